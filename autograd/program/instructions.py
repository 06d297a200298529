"""The instructions of a program: functions of NumPy on rows of its arrays.

An array has one row for each number. Those for all examples have one column, the others one column
for each example:

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
from typing import Any, NamedTuple

from numpy.typing import NDArray

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
"""The array that holds the adjoints of another one's rows."""


class Location(NamedTuple):
    """Where a number is: a row of an array."""

    array: str
    row: int


class Rows(NamedTuple):
    """Rows start … stop of an array.

    Where `columns` is not 0, these rows of a shared array are read as a matrix with that many
    columns. `transposed` stands for the transpose of it.
    """

    array: str
    start: int
    stop: int
    columns: int = 0
    transposed: bool = False

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.stop - self.start

    @property
    def is_shared(self) -> bool:
        """Whether there is one column for all examples."""
        return self.array in SHARED

    def of(self, arrays: Mapping[str, Array]) -> Array:
        """Return the view."""
        view = arrays[self.array][self.start : self.stop]
        view = view.reshape(-1, self.columns) if self.columns else view
        return view.T if self.transposed else view

    def transpose(self) -> Rows:
        """Return the transposed matrix."""
        return self._replace(transposed=not self.transposed)

    def __str__(self) -> str:
        matrix = f".reshape(-1, {self.columns})" if self.columns else ""
        return f"{self.array}[{self.start}:{self.stop}]{matrix}{'.T' if self.transposed else ''}"


Operand = Rows | float | tuple[int, ...]


class Instruction(NamedTuple):
    """``function(*operands, out)``: a function of NumPy, or one of `binding.HELPERS`.

    `passes_back` says that the operands are adjoints and a local derivative. An adjoint of 0 then
    passes back 0, even if the local derivative is infinite.
    """

    function: str
    operands: tuple[Operand, ...]
    out: Rows
    passes_back: bool = False

    def uses(self, array: str) -> bool:
        """Whether an array is read or written."""
        return self.out.array == array or any(
            isinstance(operand, Rows) and operand.array == array for operand in self.operands
        )
