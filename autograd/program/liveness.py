"""Use rows again. When a number has been read for the last time, its row is free again.

Even in a long program, few rows are then in use at any time, and they stay in the fast caches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

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
    uses = [(row, row + 1, -1) for row in held]
    touching = []
    for moment, instruction in enumerate(instructions):
        spans = _spans(instruction, array)
        uses += [(start, stop, moment) for start, stop in spans]
        touching.append(bool(spans))
    row, count = _allocate(_lives(uses), instructions)
    moved = [
        _renumber(instruction, array, row, count) if touches else instruction
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


def _lives(uses: Sequence[tuple[int, int, int]]) -> list[_Life]:
    """Return the lives of rows. Overlapping spans have one life, because they stay adjacent."""
    lives: list[_Life] = []
    for start, stop, moment in sorted(uses):
        if lives and start < lives[-1].stop:
            before = lives[-1]
            lives[-1] = _Life(
                before.start,
                max(stop, before.stop),
                min(moment, before.first),
                max(moment, before.last),
            )
        else:
            lives.append(_Life(start, stop, moment, moment))
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
        row.update(zip(range(start, stop), range(place, place + length), strict=True))
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
    if instruction.function not in _NUMBER_BY_NUMBER or out != Rows(out.array, start, stop):
        return None
    for operand in instruction.operands:
        if isinstance(operand, Rows) and operand == Rows(out.array, operand.start, operand.stop):
            place = row.get(operand.start, -1)
            if operand.height == stop - start and (operand.height, place) in ended:
                return place
    return None


def _renumber(
    instruction: Instruction, array: str, row: Mapping[int, int], count: int
) -> Instruction:
    def move(operand: Operand) -> Operand:
        if operand.__class__ is Rows and operand[0] == array:
            _, first, stop, columns, transposed, blocks = operand
            start = row[first]
            return Rows(array, start, start + stop - first, columns, transposed, blocks)
        if isinstance(operand, Grid) and operand.array == array:
            return operand._replace(start=row[operand.start])
        return operand

    operands = tuple([move(operand) for operand in instruction.operands])
    if instruction.function == "scatter_add" and instruction.out.array == array:
        rows = tuple(row[r] for r in operands[1])  # type: ignore[union-attr, index]
        whole = Rows(array, 0, count)
        return instruction._replace(operands=(operands[0], rows), out=whole)
    out = move(instruction.out)
    return Instruction(instruction.function, operands, out, instruction.passes_back)  # type: ignore[arg-type]
