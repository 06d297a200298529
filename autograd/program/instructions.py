"""The instructions of a program: NumPy calls on rows of its arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .products import product

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows start … stop of an array; as a matrix of so many columns, or its transpose, if asked."""

    array: str
    start: int
    stop: int
    columns: int = 0
    transposed: bool = False

    def __len__(self) -> int:
        return self.stop - self.start

    def of(self, arrays: Mapping[str, Array]) -> Array:
        """Return the view."""
        view = arrays[self.array][self.start : self.stop]
        view = view.reshape(-1, self.columns) if self.columns else view
        return view.T if self.transposed else view

    def turned(self) -> Rows:
        """Return the transpose."""
        return replace(self, transposed=not self.transposed)

    def __str__(self) -> str:
        matrix = f".reshape(-1, {self.columns})" if self.columns else ""
        return f"{self.array}[{self.start}:{self.stop}]{matrix}{'.T' if self.transposed else ''}"


Operand = Rows | float | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Instruction:
    """``function(*operands, out)``: a NumPy function, or one of `HELPERS`.

    `passes_back` says that the operands are adjoints and a local derivative. An adjoint of 0 then
    passes back 0, even if the local derivative is infinite: see `bind_past_zeros`.
    """

    function: str
    operands: tuple[Operand, ...]
    out: Rows
    passes_back: bool = False

    def uses(self, arrays: frozenset[str]) -> bool:
        """Whether one of these arrays is read or written."""
        rows = [self.out, *(o for o in self.operands if isinstance(o, Rows))]
        return any(r.array in arrays for r in rows)


Bound = Callable[[], Any]


def bind(instruction: Instruction, arrays: Mapping[str, Array]) -> Bound:
    """Return the call that carries an instruction out on views of the arrays."""
    if instruction.function == "scatter_add":
        return _bound_scatter(instruction, arrays)
    function = HELPERS.get(instruction.function) or getattr(np, instruction.function)
    out = instruction.out.of(arrays)
    arguments = [_argument(operand, arrays) for operand in instruction.operands]
    views = [a for a in arguments if isinstance(a, np.ndarray)]
    kind = views[0].dtype if out.dtype == np.bool_ else out.dtype
    # Numbers as arrays: NumPy would make one at each call, which is a third of a short call's time.
    arguments = [np.array(a, kind) if isinstance(a, float) else a for a in arguments]
    if instruction.function == "matmul":
        return product(arguments[0], arguments[1], out)
    if instruction.function in _DIRECT:
        return _DIRECT[instruction.function](out, *arguments)
    return partial(function, *arguments, out)


def bind_past_zeros(instruction: Instruction, arrays: Mapping[str, Array]) -> Bound:
    """Return the call of `bind`, made so that an adjoint of 0 always passes back 0.

    In floating point 0·∞ is nan, and so the plain call would make an error of it.
    """
    if not instruction.passes_back:
        return bind(instruction, arrays)
    upstream, local = (_argument(operand, arrays) for operand in instruction.operands)
    out = instruction.out.of(arrays)
    if instruction.function == "dot_rows":
        return lambda: dot_rows(upstream, np.where(upstream == 0, 0, local), out)
    call = bind(instruction, arrays)

    def carry_out() -> None:
        call()
        np.copyto(out, 0, where=upstream == 0)

    return carry_out


def _bound_scatter(instruction: Instruction, arrays: Mapping[str, Array]) -> Bound:
    """Return `scatter_add` with the order of its rows worked out beforehand."""
    contribution, rows = instruction.operands
    assert isinstance(contribution, Rows)
    source, target = contribution.of(arrays), instruction.out.of(arrays)
    index = np.array(rows)
    order, unique, starts = segments(index)
    if len(unique) == len(index):
        return partial(_add_rows, source, index, target)
    return partial(_add_segments, source, order, unique, starts, target)


def _add_rows(source: Array, rows: Array, target: Array) -> None:
    target[rows] += source


def _add_segments(source: Array, order: Array, unique: Array, starts: Array, target: Array) -> None:
    target[unique] += np.add.reduceat(source[order], starts, axis=0)


def segments(rows: Array) -> tuple[Array, Array, Array]:
    """Return the order that sorts rows, the different rows, and where each begins in that order."""
    order = np.argsort(rows, kind="stable")
    unique, starts = np.unique(rows[order], return_index=True)
    return order, unique, starts


def _argument(operand: Operand, arrays: Mapping[str, Array]) -> Any:
    if isinstance(operand, Rows):
        return operand.of(arrays)
    return np.array(operand) if isinstance(operand, tuple) else operand


# --- what NumPy does not have as one function with an `out` ---------------------------------------


def copy(a: Any, out: Array) -> None:
    """out ← a, a number or rows."""
    np.copyto(out, a)


def where(condition: Array, yes: Any, no: Any, out: Array) -> None:
    """out ← yes where the condition holds, no elsewhere."""
    np.copyto(out, no)
    np.copyto(out, yes, where=condition)


def take(a: Array, rows: Array, out: Array) -> None:
    """out ← these rows of a."""
    np.take(a, rows, axis=0, out=out, mode="clip")  # "clip" writes to `out` without a copy


def sum_rows(a: Array, out: Array) -> None:
    """out ← the sum of each row, over the batch."""
    np.add.reduce(a, axis=1, keepdims=True, out=out)


def sum_columns(a: Array, out: Array) -> None:
    """out ← the sum of all rows."""
    np.add.reduce(a, axis=0, keepdims=True, out=out)


def dot_rows(a: Array, b: Array, out: Array) -> None:
    """out ← Σ a·b of each row, over the batch."""
    np.vecdot(a, b, out=out[:, 0])


def scatter_add(a: Array, rows: Array, out: Array) -> None:
    """out[rows] += a, rows that occur more than once included."""
    order = np.argsort(rows, kind="stable")
    unique, starts = np.unique(rows[order], return_index=True)
    out[unique] += np.add.reduceat(a[order], starts, axis=0)


# The same without a call of Python in between. (The last two want their `out` by name.)
_DIRECT: dict[str, Callable[..., Bound]] = {
    "copy": lambda out, a: partial(np.copyto, out, a),
    "take": lambda out, a, rows: partial(np.take, a, rows, 0, out, "clip"),
    "sum_rows": lambda out, a: partial(np.add.reduce, a, 1, None, out, True),
    "sum_columns": lambda out, a: partial(np.add.reduce, a, 0, None, out, True),
    "dot_rows": lambda out, a, b: partial(np.vecdot, a, b, out[:, 0]),
    "maximum": lambda out, a, b: partial(np.maximum, a, b, out=out),
    "minimum": lambda out, a, b: partial(np.minimum, a, b, out=out),
}

HELPERS: dict[str, Callable[..., None]] = {
    helper.__name__: helper
    for helper in (copy, where, take, sum_rows, sum_columns, dot_rows, scatter_add)
}
