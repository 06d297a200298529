"""Use rows again. When a number has been read for the last time, its row is free again.

Even in a long program, few rows are then in use at any time, and they stay in the fast caches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from operator import itemgetter
from typing import Any, NamedTuple

from ..engine.note import new_tuple
from .instructions import Grid, Instruction, Rows, rows_at


class _Life(NamedTuple):
    """Rows that must stay side by side, and the first and last instruction that uses them."""

    start: int
    stop: int
    first: int
    last: int


def recycle(
    instructions: Sequence[Instruction], array: str, held: Sequence[int] = ()
) -> tuple[tuple[Instruction, ...], dict[int, int], int]:
    """Renumber the rows of an array. Return the instructions, the new rows, and how many there are.

    The rows in `held` are written before the first instruction.
    """
    first: dict[Rows | Grid, int] = {rows_at((array, row)): -1 for row in held}
    last = first.copy()
    for moment, instruction in enumerate(instructions):
        for rows in _find_used(instruction, array):
            first.setdefault(rows, moment)
            last[rows] = moment
    lives = _lives([(rows.start, rows.stop, first[rows], last[rows]) for rows in first])
    row, count = _allocate(lives)
    moved = {rows: rows.move(row[rows.start]) for rows in first}
    return tuple([_renumber(i, array, moved, count) for i in instructions]), row, count


def _find_used(instruction: Instruction, array: str) -> list[Any]:
    """Return the rows of an array that an instruction reads or writes."""
    function, operands, out, _ = instruction
    used = [o for o in (*operands, out) if o.__class__ in (Rows, Grid) and o[0] == array]
    if function == "scatter_add" and out.array == array:  # `out` is the whole array
        used[-1:] = [rows_at((array, row)) for row in _indices(instruction)]
    return used


def _indices(scatter: Instruction) -> Sequence[int]:
    """Return the rows that a "scatter_add" adds to."""
    indices: Any = scatter.operands[1]
    return indices  # type: ignore[no-any-return]


def _lives(uses: Sequence[tuple[int, int, int, int]]) -> list[_Life]:
    """Return the lives of rows from the first and last use of each span.

    Overlapping spans have one life, because they stay adjacent.
    """
    lives: list[_Life] = []
    for use in sorted(uses):
        start, stop, first, last = use
        if lives and start < lives[-1].stop:
            before = lives[-1]
            first, last = min(first, before.first), max(last, before.last)
            lives[-1] = _Life(before.start, max(stop, before.stop), first, last)
        else:
            lives.append(_Life(*use))
    return lives


def _allocate(lives: Sequence[_Life]) -> tuple[dict[int, int], int]:
    """Return the new row of every row, and how many new rows there are.

    No instruction writes to rows that it reads, because it may read them more than once.
    """
    ended: list[tuple[int, int, int]] = []  # a heap of the last use, the length, the first new row
    free: dict[int, list[int]] = defaultdict(list)  # by length; the one freed last is used first
    row: dict[int, int] = {}
    count = 0
    for start, stop, first, last in sorted(lives, key=itemgetter(2)):
        while ended and ended[0][0] < first:
            _, length, place = heappop(ended)
            free[length].append(place)
        length = stop - start
        if free[length]:
            place = free[length].pop()
        else:
            place, count = count, count + length
        heappush(ended, (last, length, place))
        for offset in range(length):
            row[start + offset] = place + offset
    return row, count


def _renumber(
    instruction: Instruction, array: str, moved: Mapping[Any, Any], count: int
) -> Instruction:
    function, operands, out, passes_back = instruction
    operands = tuple([moved.get(operand, operand) for operand in operands])
    if function == "scatter_add" and out.array == array:
        indices = _indices(instruction)
        operands = operands[0], tuple([moved[rows_at((array, row))].start for row in indices])
        out = Rows(array, 0, count)
    renumbered: Instruction = new_tuple(
        Instruction, (function, operands, moved.get(out, out), passes_back)
    )
    return renumbered
