"""`from_torch`: a computation of PyTorch as a `Graph` of scalars."""

from __future__ import annotations

import copy
import inspect
import logging
import re
import warnings
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from ..engine.collector import collector_paused
from ..engine.functions import dot
from ..engine.value import Value
from ..graph.graph import Graph
from .entries import Entries
from .interpreter import Interpreter


def from_torch(module_or_loss: Callable[..., Any], *inputs: Any) -> Graph:
    """Return a computation of PyTorch as a graph of scalars, in double precision.

    The parameters of the module are leaves with its names, such as "0.weight[2,1]", and so are the
    inputs that are floating-point tensors. Each submodule is a block. The gradients of the graph
    are those of PyTorch. Comparisons, such as those of a pooling layer, are decided by the numbers
    given.

    Args:
        module_or_loss: a `torch.nn.Module`, or a function of tensors that uses modules, such as
            ``lambda x, y: loss(module(x), y)``.
        inputs: the tensors that it is called with. One example is enough, and a batch of many
            examples gives a graph of many nodes.

    Raises:
        ImportError: PyTorch is not installed.
        TypeError: `module_or_loss` is a tensor or cannot be called.
        NotImplementedError: an operation is not known; the message has the line of the module. Or
            PyTorch cannot trace the module, or its trace gives other numbers than the module.
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
    with collector_paused():
        interpreter = Interpreter(torch, program)
        outputs = interpreter.run(inputs)
        _check_against_module(torch, module, inputs, outputs, interpreter.leaves)
        return Graph.of(outputs)


def _check_against_module(
    torch: Any, module: Any, inputs: Any, outputs: list[Value], leaves: dict[Any, Entries]
) -> None:
    """Compare with the module itself, because a trace of PyTorch may differ from it.

    A trace has the operations of the module. It does not tell which of them PyTorch keeps out of
    the gradients, such as those inside `torch.no_grad`, or have a backward function of their own.
    The module is copied, because a layer such as `BatchNorm1d` changes when it is called.
    """
    copied, given = copy.deepcopy(module), [_with_gradient(torch, x) for x in inputs]
    with torch.enable_grad():
        try:
            results = copied(*given)
        except RuntimeError:  # a loss may refuse targets that require gradients
            given = list(inputs)
            results = copied(*given)
    tensors = [t for t in torch.utils._pytree.tree_leaves(results) if hasattr(t, "dtype")]
    tensors = [t for t in tensors if t.is_floating_point()]
    wanted = np.array([number for t in tensors for number in t.ravel().tolist()])
    found = np.array([value.data for value in outputs])
    if wanted.shape != found.shape:
        return
    # Single precision has 7 digits, of which a long sum loses some.
    is_double = all(t.dtype == torch.float64 for t in tensors)
    tolerance = 1e-9 if is_double else 1e-3
    if not np.allclose(found, wanted, tolerance, tolerance):
        k = int(np.argmax(np.abs(found - wanted)))
        _refuse_trace(module, f"output {k + 1}", found[k], wanted[k])
    # The weights of the outputs differ, because the gradient of a plain sum may be 0, as after a
    # softmax. The slope of PyTorch's hardsigmoid has only 8 digits.
    weights = np.cos(np.arange(len(wanted)))
    ours = Graph.of(dot(weights.tolist(), outputs))
    adjoint_of = {node.label: ours.adjoints[node.index] for node in ours.nodes if node.is_leaf}
    total = torch.cat([t.double().ravel() for t in tensors]) @ torch.tensor(weights)
    tolerance = 1e-6 if is_double else 1e-3
    # A function uses its modules themselves, and a module is copied here.
    used = [(p, p) for p in module.parameters()]
    used += [*zip(module.parameters(), copied.parameters(), strict=True)]
    used += [pair for pair in zip(inputs, given, strict=True) if pair[0] is not pair[1]]
    known = [(leaves.get((x.data_ptr(), tuple(x.shape))), t) for x, t in used if t.requires_grad]
    for entries, tensor in known if total.requires_grad else ():
        (slopes,) = torch.autograd.grad(total, tensor, retain_graph=True, allow_unused=True)
        if entries is None or slopes is None:
            continue
        gradient = slopes.double().ravel().numpy()
        labels = [leaf.label for leaf in entries.ravel().tolist()]
        found = np.array([adjoint_of.get(label, 0.0) for label in labels])
        differences = np.abs(found - gradient)
        if differences.max(initial=0) > tolerance * (1 + np.abs(gradient).max(initial=0)):
            k = int(np.argmax(differences))
            _refuse_trace(module, f"the gradient of {labels[k]}", found[k], gradient[k])


def _with_gradient(torch: Any, x: Any) -> Any:
    is_float = isinstance(x, torch.Tensor) and x.is_floating_point()
    return x.detach().clone().requires_grad_() if is_float else x


def _refuse_trace(module: Any, what: str, found: float, wanted: float) -> None:
    raise NotImplementedError(
        f"PyTorch's trace of {type(module).__name__} differs from the module: {what} is "
        f"{found:.6g} by the trace and {wanted:.6g} by the module. A graph would explain "
        "another computation; write the module with other operations of PyTorch"
    )


def _export(torch: Any, module: Any, inputs: Any) -> Any:
    """Return the computation as PyTorch traces it, in its basic operations."""
    logger = logging.getLogger("torch")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # the error below says what PyTorch would log
    try:
        program = torch.export.export(module, tuple(inputs), strict=False)
        table = torch.export.default_decompositions()
        table.pop(torch.ops.aten.detach.default, None)  # it would become a plain copy
        return program.run_decompositions(table)
    except (RuntimeError, torch._dynamo.exc.TorchDynamoException) as error:
        text = str(error).strip()
        where = re.search(r"Caused by: (.*)", text)
        raise NotImplementedError(
            f"PyTorch cannot trace {type(module).__name__}: {text.splitlines()[0]}"
            + (f" {where.group(1)}" if where else "")
        ) from error
    finally:
        logger.setLevel(level)


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
    known = inspect.getclosurevars(given)
    for name, used in {**known.globals, **known.nonlocals}.items():
        if isinstance(used, torch.nn.Module):
            function.add_module(name, used)
    return function


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
