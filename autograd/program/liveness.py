"""Use rows again. When a number has been read for the last time, its row is free again.

Even in a long program, few rows are then in use at any time, and they stay in the fast caches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..engine.note import new_tuple
from .instructions import Grid, Instruction, Operand, Rows

# The functions that compute contributions. In place, they take at most as long, as measured.
_NUMBER_BY_NUMBER = frozenset(["multiply", "divide", "negative", "add", "subtract"])


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
    first: dict[tuple[int, int], int] = {(row, row + 1): -1 for row in held}
    last = dict(first)
    touching = []
    for moment, instruction in enumerate(instructions):
        spans = _spans(instruction, array)
        touching.append(bool(spans))
        for span in spans:
            first.setdefault(span, moment)
            last[span] = moment
    lives = _lives([(*span, moment, last[span]) for span, moment in first.items()])
    row, count = _allocate(lives, instructions)
    move = _Move(array, row)
    moved = [
        _renumber(instruction, move, count) if touches else instruction
        for instruction, touches in zip(instructions, touching, strict=True)
    ]
    return tuple(moved), row, count


def _spans(instruction: Instruction, array: str) -> list[tuple[int, int]]:
    """Return the spans of rows that an instruction reads or writes."""
    out = instruction.out
    spans = [
        (operand.start, operand.stop)
        for operand in instruction.operands
        if operand.__class__ in (Rows, Grid) and operand.array == array
    ]
    if out.array == array and instruction.function == "scatter_add":
        spans += [(row, row + 1) for row in instruction.operands[1]]  # type: ignore[union-attr, misc, operator]
    elif out.array == array:
        spans.append((out.start, out.stop))
    return spans


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


def _allocate(
    lives: Sequence[_Life], instructions: Sequence[Instruction]
) -> tuple[dict[int, int], int]:
    """Return the new row of every row, and how many new rows there are.

    An instruction may write to rows that it reads only if it computes number by number, in place.
    """
    ended: dict[int, list[tuple[int, int]]] = defaultdict(list)  # by moment: length, first row
    free: dict[int, list[int]] = defaultdict(list)  # by length; the one freed last is used first
    row: dict[int, int] = {}
    count, done = 0, -1
    for start, stop, first, last in sorted(lives, key=lambda life: life.first):
        for moment in range(done, first):
            for length, freed in ended.pop(moment, ()):
                free[length].append(freed)
        done, length = max(done, first), stop - start
        place = None
        if ended[first]:
            place = _find_overwritten(instructions[first], start, stop, ended[first], row)
        if place is not None:
            ended[first].remove((length, place))
        elif free[length]:
            place = free[length].pop()
        else:
            place, count = count, count + length
        ended[last].append((length, place))
        for offset in range(length):
            row[start + offset] = place + offset
    return row, count


def _find_overwritten(
    instruction: Instruction,
    start: int,
    stop: int,
    ended: Sequence[tuple[int, int]],
    row: Mapping[int, int],
) -> int | None:
    """Return the new row of an operand that the result may overwrite, or None."""
    out = instruction.out
    if instruction.function not in _NUMBER_BY_NUMBER or not _are_plain(out, start, stop):
        return None
    for operand in instruction.operands:
        if operand.__class__ is Rows and operand[0] == out.array:
            first = operand[1]
            end = first + stop - start
            if _are_plain(operand, first, end) and (stop - start, row.get(first, -1)) in ended:
                return row[first]
    return None


def _are_plain(rows: Any, start: int, stop: int) -> bool:
    """Whether these are the rows start … stop, not read as a matrix."""
    return rows.__class__ is Rows and rows[1:] == (start, stop, 0, False, 0)


class _Move(dict[Any, Any]):
    """Maps rows of an array to their new rows, each of which is made once."""

    def __init__(self, array: str, row: Mapping[int, int]) -> None:
        super().__init__()
        self.array, self.row = array, row

    def __missing__(self, old: Rows | Grid) -> Rows | Grid:
        new: Rows | Grid = old
        if old.array == self.array:
            start = self.row[old.start]
            if isinstance(old, Rows):
                new = old._replace(start=start, stop=start + old.height)
            else:
                new = old._replace(start=start)
        self[old] = new
        return new


def _renumber(instruction: Instruction, move: _Move, count: int) -> Instruction:
    function, operands, out, passes_back = instruction
    if function == "scatter_add" and out.array == move.array:
        added, rows = operands
        moved: tuple[Operand, ...] = (move[added], tuple([move.row[r] for r in rows]))  # type: ignore[union-attr, index]
        return Instruction(function, moved, Rows(out.array, 0, count), passes_back)
    moved = tuple([move[o] if o.__class__ in (Rows, Grid) else o for o in operands])
    renumbered: Instruction = new_tuple(Instruction, (function, moved, move[out], passes_back))
    return renumbered
