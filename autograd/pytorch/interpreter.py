"""`Interpreter`: run a program that PyTorch exported, with Values in place of its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..engine import recorder
from ..engine.functions import constant
from ..engine.note import Note, guard_of, with_guard
from ..engine.value import Value
from .choices import guard_comparison
from .entries import Entries
from .nested_arguments import has_values, map_arrays
from .operations import COMPARISONS, MOVES, OPERATIONS
from .origins import block_path, describe_line, source_line_of
from .rerun import (
    CHOICES,
    LINEAR,
    POOLS,
    Call,
    as_entries_of,
    choose,
    max_pool,
    move,
    run_linear,
)
from .sizes import expected_edges, shapes_of

MOST_EDGES = 1_000_000  # a larger graph takes gigabytes, and nobody can read it


class Interpreter:
    """Runs an exported program with arrays of Values in place of tensors.

    Args:
        torch: the module `torch`, which is imported only when it is used.
        program: what `torch.export.export` returned.

    Attributes:
        edges: the number of edges recorded so far.
        numbers: the number of leaves recorded so far.
        leaves: the array of Values of each tensor, by the memory and the shape of the tensor.
        named_leaves: the array of Values of each parameter, by name, and of each input, by number.
        results: the result of each node of the program that was run.
    """

    def __init__(self, torch: Any, program: Any) -> None:
        self.torch, self.program = torch, program
        self.edges = self.numbers = 0
        self.leaves: dict[Any, Entries] = {}
        self.named_leaves: dict[str | int, Entries] = {}
        self.results: dict[str, Any] = {}

    def run(self, inputs: Any) -> list[Value]:
        """Return the outputs of the program for these tensors."""
        given = enumerate(self.torch.utils._pytree.tree_leaves(tuple(inputs)))
        signature = self.program.graph_signature
        state = {**self.program.state_dict, **self.program.constants}
        names = {
            **signature.inputs_to_parameters,
            **signature.inputs_to_buffers,
            **getattr(signature, "inputs_to_lifted_tensor_constants", {}),
        }
        for node in self.program.graph.nodes:
            if node.name in signature.input_tokens:
                continue  # a token by which PyTorch keeps checks in order, as of torch.linalg.inv
            if node.op == "placeholder":
                is_parameter = node.name in signature.inputs_to_parameters
                known = names.get(node.name)
                key, tensor = next(given) if known is None else (known, state[known])
                is_leaf = known is None or is_parameter
                result = self._leaf(tensor, known or node.name, is_leaf, is_parameter)
                self.results[node.name] = result
                if isinstance(result, np.ndarray):
                    self.named_leaves[key] = result
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
        self.numbers += tensor.numel()
        if self.numbers > MOST_EDGES:
            raise ValueError(
                f"the graph would have more than {MOST_EDGES:,} leaves: with {name}, of shape "
                f"{tuple(tensor.shape)}, it has {self.numbers:,}. Nobody can read that many. Pass "
                "the submodule that you want to see, or a smaller table"
            )
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
        if name == "_assert_tensor_metadata":
            return None  # a check of the traced program, which records nothing
        if not has_values((args, options)):
            return node.target(*args, **options)
        self._check_size(node, name, args)
        call = Call(self.torch, name, node.target, args, options)
        if name in ("detach", *COMPARISONS) or name.endswith("_like"):
            guard_comparison(name, args, options)
            return call.run_on_data()
        run = self._runner(name, args)
        if run is None and name not in OPERATIONS:
            self._refuse(node, name)
        try:
            result = self._record(call) if run is None else run(call)
        except (NotImplementedError, ArithmeticError, ValueError) as error:
            raise type(error)(f"{error}{describe_line(node)}") from None
        self._count_edges(node, result)
        return result

    def _record(self, call: Call) -> Any:
        """Return the result of an operation that is computed with Values."""
        kept = {k: v for k, v in call.options.items() if k not in ("dtype", "layout", "device")}
        return OPERATIONS[call.name](*self._entries(call.args), **self._entries(kept))

    def _resolve(self, given: Any) -> Any:
        """Return arguments in which nodes of the program are replaced by their results."""
        return self.torch.fx.node.map_arg(given, lambda node: self.results[node.name])

    @staticmethod
    def _runner(name: str, args: Any) -> Callable[..., Any] | None:
        """Return the function by which PyTorch itself runs an operation, or None."""
        if name in MOVES:
            return move
        if name in POOLS:
            return max_pool
        takes_two = name in ("max", "min") and len(args) > 1 and not isinstance(args[1], int)
        if name in CHOICES and not takes_two:
            return choose
        # Average pooling that rounds the number of windows up has the argument ceil_mode.
        is_rounded_up = name.startswith("avg_pool") and len(args) > 4 and args[4]
        return run_linear if name in LINEAR or is_rounded_up else None

    def _entries(self, given: Any) -> Any:
        """Return arguments with tensors as arrays of numbers."""
        return map_arrays(given, as_entries_of, of=self.torch.Tensor)

    # --- errors that name the line of the module --------------------------------------------------

    def _refuse(self, node: Any, name: str) -> None:
        path = " / ".join(block_path(node))
        place = f" in {path}" if path else ""
        known = ", ".join(sorted(OPERATIONS))
        advice = "; call module.eval() first" if "dropout" in name or "rand" in name else ""
        if name == "_local_scalar_dense":  # PyTorch's name for `item`
            name, advice = "item", ": write x.detach() for x.item() or float(x)"
        raise NotImplementedError(
            f"from_torch does not know the operation {name}{place}{describe_line(node)}"
            f"{advice}. It knows operations that move entries and {known}"
        )

    def _check_size(self, node: Any, name: str, args: Any) -> None:
        """Refuse an operation that has too many edges, before its scalars are recorded."""
        result = node.meta.get("val")
        first = result[0] if isinstance(result, tuple | list) and result else result
        shape = tuple(getattr(first, "shape", ()))
        if not all(isinstance(length, int) for length in shape):
            raise NotImplementedError(
                f"the shape of the result of {name} depends on the numbers{describe_line(node)}: "
                "choose the entries by their places"
            )
        if name in MOVES:  # they have no edges, but one entry for each number of the result
            more = math.prod(shape) if math.prod(shape) > MOST_EDGES else 0
        else:
            more = expected_edges(name, shapes_of(args), shape)
        self._check_edges(node, more)

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
        place = Note("", block_path(node), None, source_line_of(node))
        recorder.current_note = with_guard(place, guard_of(before))
        try:
            yield
        finally:
            recorder.current_note = with_guard(before, guard_of(recorder.current_note))
