"""Which variable holds which rows of an array, while a plan is written as definitions.

A plan writes to rows of arrays. A pure function has no arrays to write to: every instruction
defines a new variable instead. `Pieces` remembers for each array which rows are in which variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """Rows start … stop of an array, which are rows of a variable from `offset` on.

    `height` is how many rows the variable has.
    """

    start: int
    stop: int
    variable: str
    offset: int
    height: int

    def part(self, start: int, stop: int) -> Piece:
        """Return the piece of the rows between `start` and `stop` that this one holds."""
        first, last = max(start, self.start), min(stop, self.stop)
        return Piece(first, last, self.variable, self.offset + first - self.start, self.height)

    def __str__(self) -> str:
        if self.stop - self.start == self.height:
            return self.variable
        return f"{self.variable}[{self.offset}:{self.offset + self.stop - self.start}]"


class Pieces:
    """The pieces of one array, in the order of its rows.

    >>> pieces = Pieces()
    >>> pieces.put(0, 4, "a")
    >>> pieces.put(1, 2, "b")
    >>> [str(piece) for piece in pieces.read(0, 3)]
    ['a[0:1]', 'b', 'a[2:3]']
    """

    def __init__(self) -> None:
        self.all: list[Piece] = []

    def put(self, start: int, stop: int, variable: str, offset: int = 0, height: int = 0) -> None:
        """Note that rows start … stop are now in a variable, and not where they were before."""
        kept = [
            part
            for piece in self.all
            for part in (piece.part(piece.start, start), piece.part(stop, piece.stop))
            if part.start < part.stop
        ]
        new = Piece(start, stop, variable, offset, height or stop - start)
        self.all = sorted([*kept, new])

    def read(self, start: int, stop: int) -> list[Piece]:
        """Return the pieces that rows start … stop are made of."""
        return [
            piece.part(start, stop)
            for piece in self.all
            if piece.start < stop and piece.stop > start
        ]

    def holding(self, rows: Sequence[int]) -> tuple[list[Piece], list[int]]:
        """Return the pieces that hold single rows, and where each row is in their concatenation."""
        wanted = set(rows)
        touched = [p for p in self.all if not wanted.isdisjoint(range(p.start, p.stop))]
        place, count = {}, 0
        for piece in touched:
            place.update({row: count + row - piece.start for row in range(piece.start, piece.stop)})
            count += piece.stop - piece.start
        return touched, [place[row] for row in rows]
