"""`from_torch`: a computation of PyTorch as a `Graph` of scalars."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np

from ..engine import recorder
from ..engine.collector import collector_paused
from ..engine.note import Note
from ..engine.source_line import SourceLine
from ..engine.value import Value, constant
from ..graph.graph import Graph
from .entries import Entries, as_entries
from .operations import COMPARISONS, MOVES, OPERATIONS

MOST_EDGES = 1_000_000
_LINE = re.compile(r'File "(?P<file>[^"]+)", line (?P<number>\d+), in [^\n]*\n\s*(?P<text>[^\n]*)')


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
        NotImplementedError: an operation is not known; the message has the line of the module.
        ValueError: the graph would have more than a million edges, or there is no output.

    >>> import pytest; torch = pytest.importorskip("torch")
    >>> line = torch.nn.Linear(2, 1).double()
    >>> graph = from_torch(line, torch.tensor([1.0, 2.0], dtype=torch.float64))
    >>> [node.label for node in graph.nodes if node.is_leaf]
    ['input[1]', 'input[2]', 'weight[1,1]', 'weight[1,2]', 'bias[1]']
    """
    torch = _import_torch()
    module = _as_module(torch, module_or_loss)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch about its own code
        program = torch.export.export(module, tuple(inputs), strict=False)
        program = program.run_decompositions(torch.export.default_decompositions())
    with collector_paused():
        outputs = _Interpreter(torch, program).run(inputs)
        return Graph.of(outputs)


def _import_torch() -> Any:
    try:
        import torch
    except ImportError:
        raise ImportError(
            'from_torch needs PyTorch, which is not installed: pip install "gradtrace[torch]"'
        ) from None
    return torch


def _as_module(torch: Any, given: Any) -> Any:
    """Return a module as it is, and a function as a module that owns the modules it uses."""
    if isinstance(given, torch.nn.Module):
        return given
    if isinstance(given, torch.Tensor):
        raise TypeError(
            "a tensor does not keep the operations that gave it; pass the function that computes "
            "it: from_torch(lambda x, y: loss(module(x), y), x, y)"
        )
    if not callable(given):
        raise TypeError(f"expected a torch.nn.Module or a function of tensors; got {given!r}")

    forward = _named_forward(given)

    class Function(torch.nn.Module):  # type: ignore[misc]
        def forward(self, *tensors: Any) -> Any:
            return forward(*tensors)

    function = Function()
    known = inspect.getclosurevars(given)
    for name, used in {**known.globals, **known.nonlocals}.items():
        if isinstance(used, torch.nn.Module):
            function.add_module(name, used)
    return function


def _named_forward(given: Callable[..., Any]) -> Callable[..., Any]:
    """Return a copy of a function whose code is named forward.

    PyTorch notes the lines of functions of this name only.
    """
    if not isinstance(given, FunctionType):
        return given
    code = given.__code__.replace(co_name="forward")
    copied = FunctionType(code, given.__globals__, "forward", None, given.__closure__)
    copied.__defaults__, copied.__kwdefaults__ = given.__defaults__, given.__kwdefaults__
    return copied


class _Interpreter:
    """Runs an exported program with arrays of Values in place of tensors."""

    def __init__(self, torch: Any, program: Any) -> None:
        self.torch, self.program = torch, program
        self.edges = 0
        self.leaves: dict[Any, Entries] = {}  # by the memory of the tensor
        self.held: dict[str, Any] = {}  # what each node of the program has given

    def run(self, inputs: Any) -> list[Value]:
        given = iter(inputs)
        signature = self.program.graph_signature
        state = {**self.program.state_dict, **self.program.constants}
        names = {
            **signature.inputs_to_parameters,
            **signature.inputs_to_buffers,
            **getattr(signature, "inputs_to_lifted_tensor_constants", {}),
        }
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                is_parameter = node.name in signature.inputs_to_parameters
                known = names.get(node.name)
                tensor = next(given) if known is None else state[known]
                is_leaf = known is None or is_parameter
                self.held[node.name] = self._leaf(tensor, known or node.name, is_leaf, is_parameter)
            elif node.op == "call_function":
                with self._recorded_at(node):
                    self.held[node.name] = self._call(node)
            elif node.op == "output":
                return self._outputs(node.args[0], signature)
        raise ValueError("the module has no output")

    def _leaf(self, tensor: Any, name: str, is_leaf: bool, is_parameter: bool) -> Any:
        if not is_leaf or not isinstance(tensor, self.torch.Tensor):
            return tensor
        if not tensor.is_floating_point():
            return tensor
        key = tensor.data_ptr(), tuple(tensor.shape)
        if key in self.leaves and is_parameter:  # weights that two modules share
            return self.leaves[key]
        array = self.leaves[key] = np.empty(tuple(tensor.shape), object)
        numbers = tensor.detach().double().cpu().numpy()
        for place in np.ndindex(array.shape):
            indices = ",".join(str(k + 1) for k in place)
            array[place] = Value(float(numbers[place]), f"{name}[{indices}]" if place else name)
        return array

    def _outputs(self, results: Any, signature: Any) -> list[Value]:
        users = set(signature.user_outputs)
        arrays = [self.held[r.name] for r in results if r is not None and r.name in users]
        entries = [v for a in arrays if isinstance(a, np.ndarray) for v in a.ravel().tolist()]
        if not any(isinstance(v, Value) for v in entries):
            raise ValueError("no output of the module depends on its parameters or on its inputs")
        outputs = [v if isinstance(v, Value) else constant(v) for v in entries]
        for k, value in enumerate(outputs, start=1):
            value.label = value.label or ("loss" if len(outputs) == 1 else f"output[{k}]")
        return outputs

    # --- one operation ----------------------------------------------------------------------------

    def _call(self, node: Any) -> Any:
        name = getattr(node.target, "overloadpacket", node.target).__name__
        args = self._resolve(node.args)
        options = self._resolve(dict(node.kwargs))
        if name == "getitem":
            return args[0][args[1]]
        if not _has_values((args, options)):
            return node.target(*args, **options)
        self._check_size(node, name, args)
        if name in ("detach", *COMPARISONS) or name.endswith("_like"):
            return node.target(*self._plain(args), **self._plain(options))
        if name == "max_pool2d_with_indices":
            return self._max_pool(node, args, options)
        if name == "constant_pad_nd":
            return self._pad(node, *args)
        if name in MOVES:
            return self._move(node, args, options)
        if name not in OPERATIONS:
            self._refuse(node, name)
        options = {k: v for k, v in options.items() if k not in ("dtype", "layout", "device")}
        result = OPERATIONS[name](*self._entries(args), **self._entries(options))
        self._count(node, result)
        return result

    def _resolve(self, given: Any) -> Any:
        """Return arguments with what the nodes of the program in them have given."""
        return self.torch.fx.node.map_arg(given, lambda node: self.held[node.name])

    def _plain(self, given: Any) -> Any:
        """Return arguments with arrays of Values as tensors of their data."""
        return _mapped(given, lambda a: self.torch.tensor(_data_of(a), dtype=self.torch.float64))

    def _entries(self, given: Any) -> Any:
        """Return arguments with tensors as arrays of numbers."""

        def convert(x: Any) -> Any:
            return as_entries(x.detach().cpu().numpy()) if isinstance(x, self.torch.Tensor) else x

        if isinstance(given, dict):
            return {name: convert(x) for name, x in given.items()}
        return tuple(convert(x) for x in given)

    def _move(self, node: Any, args: Any, options: Any) -> Any:
        """Run an operation that only moves entries with the numbers of the entries."""
        entries: list[Any] = []

        def numbered(array: Entries) -> Any:
            start = len(entries)
            entries.extend(array.ravel().tolist())
            return self.torch.arange(start, len(entries)).reshape(array.shape)

        def number_all(x: Any) -> Any:
            is_data = isinstance(x, self.torch.Tensor) and x.is_floating_point()
            return numbered(as_entries(x.detach().cpu().numpy())) if is_data else x

        args = _mapped(_mapped(args, numbered), number_all, of=self.torch.Tensor)
        # An embedding and a copy do not take numbers of entries as they take floats.
        options = {k: v for k, v in options.items() if k not in ("dtype", "memory_format")}
        moved = node.target(*args, **options)
        table = np.array([*entries, None], object)

        def back(tensor: Any) -> Entries:
            return as_entries(table[tensor.numpy()])

        is_one = isinstance(moved, self.torch.Tensor)
        return back(moved) if is_one else [back(tensor) for tensor in moved]

    def _max_pool(self, node: Any, args: Any, options: Any) -> Any:
        array = args[0]
        best, places = node.target(*self._plain(args), **options)
        flat = array.reshape(*array.shape[:-2], -1)
        chosen = np.take_along_axis(flat, places.numpy().reshape(*flat.shape[:-1], -1), -1)
        return as_entries(chosen.reshape(best.shape)), places

    def _pad(self, node: Any, array: Entries, widths: list[int], number: float = 0.0) -> Entries:
        if min(widths) < 0:
            self._refuse(node, "constant_pad_nd with negative widths")
        pairs = [(0, 0)] * (array.ndim - len(widths) // 2)
        pairs += [(widths[k], widths[k + 1]) for k in range(len(widths) - 2, -1, -2)]
        return np.pad(array, pairs, constant_values=number)

    # --- errors that name the line of the module --------------------------------------------------

    def _refuse(self, node: Any, name: str) -> None:
        line = _line_of(node)
        where = f" ({line.place}: {line.text})" if line else ""
        place = " in " + " / ".join(_path_of(node)) if _path_of(node) else ""
        known = ", ".join(sorted(OPERATIONS))
        advice = "; call module.eval() first" if "dropout" in name or "rand" in name else ""
        raise NotImplementedError(
            f"from_torch does not know the operation {name}{place}{where}{advice}. It knows "
            f"operations that move entries and {known}"
        )

    def _check_size(self, node: Any, name: str, args: Any) -> None:
        """Refuse a product that alone has too many edges, before its scalars are recorded."""
        result = node.meta.get("val")
        shape = getattr(result, "shape", ())
        size = int(np.prod(shape)) if shape is not None else 0
        arrays = [a for a in args if hasattr(a, "shape") and len(a.shape) > 1]
        if name in ("mm", "addmm", "bmm") and arrays:
            self._check_edges(node, 2 * size * int(arrays[-2].shape[-1]))
        elif name == "convolution":
            self._check_edges(node, 2 * size * int(np.prod(arrays[1].shape[1:])))

    def _count(self, node: Any, result: Any) -> None:
        arrays = result if isinstance(result, tuple | list) else [result]
        for array in arrays:
            if isinstance(array, np.ndarray):
                self.edges += sum(len(v.parents) for v in array.flat if isinstance(v, Value))
        self._check_edges(node, 0)

    def _check_edges(self, node: Any, more: int) -> None:
        if self.edges + more <= MOST_EDGES:
            return
        line = _line_of(node)
        where = f" ({line.place}: {line.text})" if line else ""
        path = " / ".join(_path_of(node)) or "the function"
        raise ValueError(
            f"the graph would have more than {MOST_EDGES:,} edges: {path}{where} brings it to "
            f"{self.edges + more:,}. Nobody can read so many. Give one example in place of a "
            "batch, a shorter sequence or a smaller image, or pass the submodule that you want to "
            "see"
        )

    @contextmanager
    def _recorded_at(self, node: Any) -> Iterator[None]:
        """Record in the block of the node's module, with its line of code."""
        before = recorder.current_note
        recorder.current_note = Note("", _path_of(node), None, _line_of(node))
        try:
            yield
        finally:
            recorder.current_note = before


def _path_of(node: Any) -> tuple[str, ...]:
    """Return the modules around an operation, such as ("encoder", "0 Linear")."""
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    path, outer = [], ""
    for name, kind in stack:
        own = name.removeprefix(outer).strip(".")
        if own:
            kind = kind if isinstance(kind, str) else kind.__name__
            path.append(f"{own} {kind.rpartition('.')[2]}")
            outer = name
    return tuple(path)


def _line_of(node: Any) -> SourceLine | None:
    """Return the last line outside of PyTorch that led to an operation."""
    lines = list(_LINE.finditer(node.meta.get("stack_trace") or ""))
    own = [
        m for m in lines if "/torch/" not in m["file"].replace("\\", "/") and m["file"] != __file__
    ]
    found = (own or lines)[-1:]
    return (
        SourceLine(found[0]["file"], int(found[0]["number"]), found[0]["text"]) if found else None
    )


def _has_values(given: Any) -> bool:
    if isinstance(given, np.ndarray):
        return bool(given.dtype == object)
    if isinstance(given, dict):
        return any(_has_values(x) for x in given.values())
    return isinstance(given, tuple | list) and any(_has_values(x) for x in given)


def _mapped(given: Any, function: Callable[[Any], Any], of: Any = np.ndarray) -> Any:
    """Return nested arguments with a function applied to each array in them."""
    if isinstance(given, of):
        return function(given)
    if isinstance(given, dict):
        return {name: _mapped(x, function, of) for name, x in given.items()}
    if isinstance(given, tuple | list):
        return type(given)(_mapped(x, function, of) for x in given)
    return given


def _data_of(array: Entries) -> Any:
    data = np.empty(array.shape)
    for place in np.ndindex(array.shape):
        entry = array[place]
        data[place] = entry.data if isinstance(entry, Value) else entry
    return data
