"""Which variable holds which rows of an array, while a plan is written as definitions.

A plan writes to rows of arrays. A pure function has no arrays to write to, so every instruction
defines a new variable. `Pieces` remembers for each array which rows are in which variable.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """Rows start … stop of an array. A variable holds them, in its rows from `offset` on.

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
        """Store that rows start … stop are now in a variable, and no longer where they were."""
        first, last = self._overlapping(start, stop)
        kept = [
            part
            for piece in self.all[first:last]
            for part in (piece.part(piece.start, start), piece.part(stop, piece.stop))
            if part.start < part.stop
        ]
        new = Piece(start, stop, variable, offset, height or stop - start)
        self.all[first:last] = sorted([*kept, new])

    def read(self, start: int, stop: int) -> list[Piece]:
        """Return the pieces that rows start … stop are made of."""
        first, last = self._overlapping(start, stop)
        return [piece.part(start, stop) for piece in self.all[first:last]]

    def _overlapping(self, start: int, stop: int) -> tuple[int, int]:
        """Return the first and last index of the pieces with rows between `start` and `stop`."""
        return (
            bisect_right(self.all, start, key=lambda piece: piece.stop),
            bisect_left(self.all, stop, key=lambda piece: piece.start),
        )

    def places(self, rows: Sequence[int]) -> tuple[list[Piece], list[int]]:
        """Return pieces to concatenate, and where single rows are in their concatenation.

        If one variable holds all rows, the only piece is the whole variable.

        >>> pieces = Pieces()
        >>> pieces.put(0, 6, "a")
        >>> pieces.put(1, 2, "b")
        >>> pieces.places([0, 2, 4])
        ([Piece(start=0, stop=6, variable='a', offset=0, height=6)], [0, 2, 4])
        """
        touched, places = self.holding(rows)
        if len({piece.variable for piece in touched}) > 1:
            return touched, places
        whole = touched[0]._replace(start=0, stop=touched[0].height, offset=0)
        offsets = [
            range(piece.offset, piece.offset + piece.stop - piece.start) for piece in touched
        ]
        found = [row for offset in offsets for row in offset]
        return [whole], [found[place] for place in places]

    def holding(self, rows: Sequence[int]) -> tuple[list[Piece], list[int]]:
        """Return the pieces that hold single rows, and where each row is in their concatenation."""
        found = {self._overlapping(row, row + 1)[0] for row in rows}
        touched = [self.all[k] for k in sorted(found)]
        place, count = {}, 0
        for piece in touched:
            place.update({row: count + row - piece.start for row in range(piece.start, piece.stop)})
            count += piece.stop - piece.start
        return touched, [place[row] for row in rows]


def interleaved(pieces: Sequence[Piece]) -> list[Piece]:
    """Return one piece for each variable, if the pieces are single rows that take turns.

    >>> pieces = Pieces()
    >>> for row, (variable, offset) in enumerate([("a", 0), ("b", 0), ("a", 1), ("b", 1)]):
    ...     pieces.put(row, row + 1, variable, offset, 2)
    >>> [str(piece) for piece in interleaved(pieces.all)]
    ['a', 'b']
    """
    count = len({piece.variable for piece in pieces})
    rounds = len(pieces) // count
    for k, piece in enumerate(pieces):
        turn, first = divmod(k, count)
        expected = (pieces[first].variable, pieces[first].offset + turn, 1)
        if (piece.variable, piece.offset, piece.stop - piece.start) != expected:
            return []
    if rounds < 2 or rounds * count < len(pieces):
        return []
    return [p._replace(stop=p.start + rounds) for p in pieces[:count]]
