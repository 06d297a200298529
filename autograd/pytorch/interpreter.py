"""`Interpreter`: run a program that PyTorch exported, with Values in place of its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..engine import recorder
from ..engine.note import Note
from ..engine.value import Value, constant
from .entries import Entries, as_entries
from .nested_arguments import data_of, has_values, map_arrays
from .operations import COMPARISONS, MOVES, OPERATIONS
from .origins import block_path, describe_line, source_line_of

MOST_EDGES = 1_000_000  # a larger graph takes gigabytes, and nobody can read it


class Interpreter:
    """Runs an exported program with arrays of Values in place of tensors.

    Args:
        torch: the module `torch`, which is imported only when it is used.
        program: what `torch.export.export` returned.

    Attributes:
        edges: the number of edges recorded so far.
        leaves: the array of Values of each tensor, by the memory and the shape of the tensor.
        results: the result of each node of the program that was run.
    """

    def __init__(self, torch: Any, program: Any) -> None:
        self.torch, self.program = torch, program
        self.edges = 0
        self.leaves: dict[Any, Entries] = {}
        self.results: dict[str, Any] = {}

    def run(self, inputs: Any) -> list[Value]:
        """Return the outputs of the program for these tensors."""
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
                self.results[node.name] = self._leaf(
                    tensor, known or node.name, is_leaf, is_parameter
                )
            elif node.op == "call_function":
                with self._recorded_at(node):
                    self.results[node.name] = self._call(node)
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
        arrays = [self.results[r.name] for r in results if r is not None and r.name in users]
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
        if not has_values((args, options)):
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
        self._count_edges(node, result)
        return result

    def _resolve(self, given: Any) -> Any:
        """Return arguments in which nodes of the program are replaced by their results."""
        return self.torch.fx.node.map_arg(given, lambda node: self.results[node.name])

    def _plain(self, given: Any) -> Any:
        """Return arguments with arrays of Values as tensors of their data."""
        return map_arrays(given, lambda a: self.torch.tensor(data_of(a), dtype=self.torch.float64))

    def _entries(self, given: Any) -> Any:
        """Return arguments with tensors as arrays of numbers."""

        def convert(x: Any) -> Any:
            return as_entries(x.detach().cpu().numpy()) if isinstance(x, self.torch.Tensor) else x

        if isinstance(given, dict):
            return {name: convert(x) for name, x in given.items()}
        return tuple(convert(x) for x in given)

    def _move(self, node: Any, args: Any, options: Any) -> Any:
        """Run an operation that only moves entries. It is given the indices of the entries.

        The result has the indices in their new places, and each is replaced by its entry.
        """
        entries: list[Any] = []

        def index_entries(array: Entries) -> Any:
            start = len(entries)
            entries.extend(array.ravel().tolist())
            return self.torch.arange(start, len(entries)).reshape(array.shape)

        def index_tensor(x: Any) -> Any:
            is_data = isinstance(x, self.torch.Tensor) and x.is_floating_point()
            return index_entries(as_entries(x.detach().cpu().numpy())) if is_data else x

        args = map_arrays(map_arrays(args, index_entries), index_tensor, of=self.torch.Tensor)
        # These options are for floats, and the indices are whole numbers.
        options = {k: v for k, v in options.items() if k not in ("dtype", "memory_format")}
        moved = node.target(*args, **options)
        table = np.array([*entries, None], object)

        def look_up(tensor: Any) -> Entries:
            return as_entries(table[tensor.numpy()])

        is_single = isinstance(moved, self.torch.Tensor)
        return look_up(moved) if is_single else [look_up(tensor) for tensor in moved]

    def _max_pool(self, node: Any, args: Any, options: Any) -> Any:
        array = args[0]
        largest, indices = node.target(*self._plain(args), **options)
        flat = array.reshape(*array.shape[:-2], -1)
        chosen = np.take_along_axis(flat, indices.numpy().reshape(*flat.shape[:-1], -1), -1)
        return as_entries(chosen.reshape(largest.shape)), indices

    def _pad(self, node: Any, array: Entries, widths: list[int], number: float = 0.0) -> Entries:
        if min(widths) < 0:
            self._refuse(node, "constant_pad_nd with negative widths")
        pairs = [(0, 0)] * (array.ndim - len(widths) // 2)
        pairs += [(widths[k], widths[k + 1]) for k in range(len(widths) - 2, -1, -2)]
        return np.pad(array, pairs, constant_values=number)

    # --- errors that name the line of the module --------------------------------------------------

    def _refuse(self, node: Any, name: str) -> None:
        path = " / ".join(block_path(node))
        place = f" in {path}" if path else ""
        known = ", ".join(sorted(OPERATIONS))
        advice = "; call module.eval() first" if "dropout" in name or "rand" in name else ""
        raise NotImplementedError(
            f"from_torch does not know the operation {name}{place}{describe_line(node)}"
            f"{advice}. It knows operations that move entries and {known}"
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

    def _count_edges(self, node: Any, result: Any) -> None:
        arrays = result if isinstance(result, tuple | list) else [result]
        for array in arrays:
            if isinstance(array, np.ndarray):
                self.edges += sum(len(v.parents) for v in array.flat if isinstance(v, Value))
        self._check_edges(node, 0)

    def _check_edges(self, node: Any, more: int) -> None:
        if self.edges + more <= MOST_EDGES:
            return
        path = " / ".join(block_path(node)) or "the function"
        raise ValueError(
            f"the graph would have more than {MOST_EDGES:,} edges: {path}{describe_line(node)} "
            f"brings it to {self.edges + more:,}. Nobody can read that many. Give one example "
            "instead of a batch, a shorter sequence or a smaller image, or pass the submodule that "
            "you want to see"
        )

    @contextmanager
    def _recorded_at(self, node: Any) -> Iterator[None]:
        """Record in the block of the node's module, with its line of code."""
        before = recorder.current_note
        recorder.current_note = Note("", block_path(node), None, source_line_of(node))
        try:
            yield
        finally:
            recorder.current_note = before
