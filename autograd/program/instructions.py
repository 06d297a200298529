"""The instructions of a program: functions of NumPy on rows of its arrays.

An array has one row for each number. Arrays for all examples have one column. The others have one
column for each example:

==================  ================================================================  =============
array               its rows hold                                                     columns
==================  ================================================================  =============
``shared``          parameters, then constants, then what depends on those alone      one
``inputs``          the columns that the caller passes                                examples
``values``          what varies by example                                            examples
``adjoints``        ∂output/∂ the rows of ``values``                                  examples
``input_adjoints``  ∂output/∂ the rows of ``inputs``                                  examples
``shared_adjoints`` ∂output/∂ the rows of ``shared``, summed over the examples        one
``gathered``        copies of shared rows, side by side                               one
``slopes``          local derivatives and operands kept for the backward pass         examples
``shared_slopes``   the same of what all examples share                               one
``scratch``         results that are read again within a few instructions             examples
``shared_scratch``  the same of what all examples share                               one
``masks``           results of comparisons                                            examples
``shared_masks``    the same of what all examples share                               one
==================  ================================================================  =============
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from ..engine.note import new_tuple

Array = NDArray[Any]

SHARED = frozenset(
    [
        "shared",
        "shared_adjoints",
        "gathered",
        "shared_slopes",
        "shared_scratch",
        "shared_masks",
    ]
)
"""The arrays with one column for all examples."""

TEMPORARY = frozenset(["scratch", "shared_scratch", "masks", "shared_masks"])
"""The arrays whose rows are written again and again."""

MASKS = frozenset(["masks", "shared_masks"])
"""The arrays of truth values."""

ADJOINT = {"values": "adjoints", "inputs": "input_adjoints", "shared": "shared_adjoints"}
"""For each of these arrays, the array of the adjoints of its rows."""


class Location(NamedTuple):
    """Where a number is: a row of an array."""

    array: str
    row: int


@final
class Rows(NamedTuple):
    """Rows start … stop of an array.

    If `columns` is not 0, these rows of a shared array are read as a matrix with that many columns.
    If `blocks` is not 0, they are read as that many matrices of equal height, which form an array
    of three dimensions. If `transposed` is true, the matrices are transposed.
    """

    array: str
    start: int
    stop: int
    columns: int = 0
    transposed: bool = False
    blocks: int = 0

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.stop - self.start

    @property
    def is_shared(self) -> bool:
        """Whether there is one column for all examples."""
        return self.array in SHARED

    def of(self, arrays: Mapping[str, Array]) -> Array:
        """Return the view of these rows."""
        view = arrays[self.array][self.start : self.stop]
        if self.blocks:
            view = view.reshape(self.blocks, -1, self.columns or view.shape[1])
        elif self.columns:
            view = view.reshape(-1, self.columns)
        return view.swapaxes(-1, -2) if self.transposed else view

    def move(self, start: int) -> Rows:
        """Return as many rows from another row on."""
        stop = start + self.stop - self.start
        moved: Rows = new_tuple(Rows, (self.array, start, stop, *self[3:]))
        return moved

    def transpose(self) -> Rows:
        """Return the transposed matrix."""
        return self._replace(transposed=not self.transposed)

    def __str__(self) -> str:
        text = f"{self.array}[{self.start}:{self.stop}]"
        if self.blocks:
            text += f".reshape({self.blocks}, -1, {self.columns or f'{self.array}.shape[1]'})"
        elif self.columns:
            text += f".reshape(-1, {self.columns})"
        if self.transposed:
            text += ".swapaxes(1, 2)" if self.blocks else ".T"
        return text


@final
class Grid(NamedTuple):
    """Rows of an array at equal distances: row start + i·steps[0] + j·steps[1] for every i and j.

    They are read and written in place, as an array whose three dimensions are i, j and the
    examples.

    >>> Grid("values", 4, (2, 3), (10, 1)).rows
    (4, 5, 6, 14, 15, 16)
    """

    array: str
    start: int
    shape: tuple[int, int]
    steps: tuple[int, int]

    @property
    def stop(self) -> int:
        """The row after the last one."""
        (m, n), (outer, inner) = self.shape, self.steps
        return self.start + (m - 1) * outer + (n - 1) * inner + 1

    @property
    def height(self) -> int:
        """How many rows there are. A row that occurs twice is counted twice."""
        return self.shape[0] * self.shape[1]

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows in order."""
        (m, n), (outer, inner) = self.shape, self.steps
        return tuple([self.start + i * outer + j * inner for i in range(m) for j in range(n)])

    @property
    def is_shared(self) -> bool:
        """Whether there is one column for all examples."""
        return self.array in SHARED

    def move(self, start: int) -> Grid:
        """Return the same grid from another row on."""
        return self._replace(start=start)

    def of(self, arrays: Mapping[str, Array]) -> Array:
        """Return the view of these rows."""
        return view_grid(arrays[self.array], self.start, self.shape, self.steps)

    def __str__(self) -> str:
        return f"view_grid({self.array}, {self.start}, {self.shape}, {self.steps})"


def view_grid(array: Array, start: int, shape: tuple[int, int], steps: tuple[int, int]) -> Array:
    """Return the rows start + i·steps[0] + j·steps[1] as an array of i, j and the examples."""
    row, column = array.strides
    strides = (steps[0] * row, steps[1] * row, column)
    return np.lib.stride_tricks.as_strided(array[start:], (*shape, array.shape[1]), strides)


def rows_at(place: tuple[str, int], count: int = 1) -> Rows:
    """Return `count` rows from a place on."""
    array, row = place
    rows: Rows = new_tuple(Rows, (array, row, row + count, 0, False, 0))
    return rows


Operand = Rows | Grid | float | tuple[int, ...]


class Instruction(NamedTuple):
    """``function(*operands, out)``: a function of NumPy, or a key of `binding._CALLS`.

    A function with an arrow in its name, such as "ife,jfe->ije", is a sum of products, which
    `np.einsum` computes.

    If `passes_back` is true, the operands are adjoints and a local derivative. An adjoint of 0 then
    passes back 0, even if the local derivative is infinite.
    """

    function: str
    operands: tuple[Operand, ...]
    out: Rows | Grid
    passes_back: bool = False
