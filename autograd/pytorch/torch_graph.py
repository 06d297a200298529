"""`from_torch`: a computation of PyTorch as a `Graph` of scalars."""

from __future__ import annotations

import inspect
import io
import logging
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from ..engine.collector import collector_paused
from ..engine.kept_guards import own_guards
from ..graph.graph import Graph
from ..program.recorded_result import compared_leaves
from .agreement import check_agreement
from .interpreter import Interpreter
from .origins import describe_failed_line


def from_torch(module_or_loss: Callable[..., Any], *inputs: Any) -> Graph:
    """Return a computation of PyTorch as a graph of scalars, in double precision.

    The parameters of the module are leaves with its names, such as "0.weight[2,1]", and so are the
    inputs that are floating-point tensors. Each submodule is a block. The gradients of the graph
    are compared with those of PyTorch. Comparisons, such as those of a pooling layer, are decided
    by the given numbers, and leave guards. A number that is detached, or computed under
    `torch.no_grad`, is a constant with a guard.

    Args:
        module_or_loss: a `torch.nn.Module`, or a function of tensors that uses modules, such as
            ``lambda x, y: loss(module(x), y)``.
        inputs: the tensors that it is called with. One example is enough, and a batch of many
            examples gives a graph of many nodes.

    Raises:
        ImportError: PyTorch is not installed.
        TypeError: `module_or_loss` is a tensor or cannot be called.
        NotImplementedError: an operation is not known, PyTorch cannot trace the module, or the
            graph has other numbers or gradients than the module.
        ValueError: the graph would have more than a million edges or leaves, or there is no output.

    >>> import pytest; torch = pytest.importorskip("torch")
    >>> line = torch.nn.Linear(2, 1).double()
    >>> graph = from_torch(line, torch.tensor([1.0, 2.0], dtype=torch.float64))
    >>> [node.label for node in graph.nodes if node.is_leaf]
    ['input[1]', 'input[2]', 'weight[1,1]', 'weight[1,2]', 'bias[1]']
    """
    if not callable(module_or_loss) and not hasattr(module_or_loss, "grad_fn"):  # as a tensor has
        raise TypeError(
            f"expected a torch.nn.Module or a function of tensors; got {module_or_loss!r}"
        )
    torch = _import_torch()
    module = _as_module(torch, module_or_loss)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns about its own code
        program = _export(torch, module, inputs)
    with collector_paused(), own_guards():
        interpreter = Interpreter(torch, program)
        outputs = interpreter.run(inputs)
        check_agreement(torch, module, inputs, outputs, interpreter.named_leaves)
        return Graph.of(outputs, compared_leaves())


_ADVICE = {
    "fake tensor": ". Write x.detach() for x.data",
    "data-dependent": ". Write torch.where(condition, a, b) for a choice that numbers decide",
}
"""What to write instead, by words of PyTorch's message."""


def _export(torch: Any, module: Any, inputs: Any) -> Any:
    """Return the computation as PyTorch traces it, in its basic operations."""
    logger = logging.getLogger("torch")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # the error below says what PyTorch would log
    try:
        with redirect_stderr(io.StringIO()):  # PyTorch prints what it has traced before an error
            program = torch.export.export(module, tuple(inputs), strict=False)
        _detach_without_gradients(torch, program.graph_module)
        table = torch.export.default_decompositions()
        table.pop(torch.ops.aten.detach.default, None)  # which would leave it out
        return program.run_decompositions(table)
    except (RuntimeError, torch._dynamo.exc.TorchDynamoException) as error:
        text = str(error).strip()
        raise NotImplementedError(
            f"PyTorch cannot trace {type(module).__name__}: {text.splitlines()[0]}"
            + describe_failed_line(error)
            + "".join(advice for words, advice in _ADVICE.items() if words in text)
        ) from error
    finally:
        logger.setLevel(level)


def _detach_without_gradients(torch: Any, module: Any) -> None:
    """Detach the results of blocks under `torch.no_grad`, because decompositions inline them."""
    for node in module.graph.nodes:
        if getattr(node.target, "__name__", "") != "wrap_with_set_grad_enabled" or node.args[0]:
            continue
        block = getattr(module, node.args[1].target)
        (end,) = block.graph.find_nodes(op="output")

        def detach(result: Any, block: Any = block, end: Any = end) -> Any:
            with block.graph.inserting_before(end):
                detached = block.graph.call_function(torch.ops.aten.detach.default, (result,))
            detached.meta.update(result.meta)
            return detached

        end.args = torch.fx.node.map_arg(end.args, detach)
        block.recompile()


def _import_torch() -> Any:
    try:
        import torch
    except ImportError:
        raise ImportError(
            'from_torch needs PyTorch, which is not installed: pip install "gradtrace[torch]"'
        ) from None
    return torch


def _as_module(torch: Any, given: Any) -> Any:
    """Return a module unchanged, and a function as a module that owns the modules it uses."""
    if isinstance(given, torch.nn.Module):
        return given
    if isinstance(given, torch.Tensor):
        raise TypeError(
            "a tensor does not keep the operations that computed it; pass the function that "
            "computes it: from_torch(lambda x, y: loss(module(x), y), x, y)"
        )
    forward = _rename_forward(given)

    class Function(torch.nn.Module):  # type: ignore[misc]
        def forward(self, *tensors: Any) -> Any:
            return forward(*tensors)

    function = Function()
    for name, used in _used_modules(torch, given).items():
        function.add_module(name, used)
    return function


def _used_modules(torch: Any, given: Any) -> dict[str, Any]:
    """Return the modules that a function uses, by name."""
    if isinstance(given, partial):
        named = {**{f"argument{k}": x for k, x in enumerate(given.args)}, **given.keywords}
        found = {**_used_modules(torch, given.func), **named}
    elif isinstance(given, FunctionType | MethodType):
        known = inspect.getclosurevars(given)
        found = {**known.globals, **known.nonlocals}
        if isinstance(given, MethodType):
            found["self"] = given.__self__
    else:  # a function of PyTorch itself, which uses no module, or an object that can be called
        found = dict(getattr(given, "__dict__", {}))
    return {name: used for name, used in found.items() if isinstance(used, torch.nn.Module)}


def _rename_forward(given: Callable[..., Any]) -> Callable[..., Any]:
    """Return a copy of a function whose code is named forward.

    PyTorch keeps the lines of code only of functions with this name.
    """
    if not isinstance(given, FunctionType):
        return given
    code = given.__code__.replace(co_name="forward")
    copied = FunctionType(code, given.__globals__, "forward", None, given.__closure__)
    copied.__defaults__, copied.__kwdefaults__ = given.__defaults__, given.__kwdefaults__
    return copied
