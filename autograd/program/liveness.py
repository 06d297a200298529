"""Rows used again: once a number has been read for the last time, its row is free for another.

The rows in use at any time are then few and lie in the fast caches, however long the program.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .instructions import Instruction, Operand, Rows

Span = tuple[int, int]


def recycle(
    instructions: Sequence[Instruction], array: str, held: Sequence[int] = ()
) -> tuple[list[Instruction], dict[int, int], int]:
    """Renumber the rows of an array; return the instructions, the new rows, and how many there are.

    Rows `held` are written before the first instruction.
    """
    used = [list(_spans(instruction, array)) for instruction in instructions]
    spans = _merged([*((row, row + 1) for row in held), *(s for each in used for s in each)])
    unit = {row: k for k, (start, stop) in enumerate(spans) for row in range(start, stop)}
    lives = _lives([[unit[start] for start, _ in each] for each in used], [unit[r] for r in held])
    places, count = _allocate(spans, lives)
    row = {r: places[k] + r - spans[k][0] for r, k in unit.items()}
    moved = {old for old, new in row.items() if old != new}
    return (
        [
            _renumbered(i, array, row, count) if any(start in moved for start, _ in each) else i
            for i, each in zip(instructions, used, strict=True)
        ],
        row,
        count,
    )


def _spans(instruction: Instruction, array: str) -> Iterator[Span]:
    """Yield the spans of rows that an instruction reads or writes."""
    if instruction.function == "scatter_add" and instruction.out.array == array:
        rows = instruction.operands[1]
        assert isinstance(rows, tuple)
        yield from ((row, row + 1) for row in rows)
    elif instruction.out.array == array:
        yield instruction.out.start, instruction.out.stop
    for operand in instruction.operands:
        if isinstance(operand, Rows) and operand.array == array:
            yield operand.start, operand.stop


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Return the spans with those that overlap made one: their rows must stay side by side."""
    merged: list[Span] = []
    for start, stop in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged


def _lives(used: Sequence[Sequence[int]], held: Sequence[int]) -> dict[int, Span]:
    """Return for every span the instructions that use it first and last."""
    lives = dict.fromkeys(held, (-1, -1))
    for moment, units in enumerate(used):
        for k in units:
            lives[k] = lives.get(k, (moment, moment))[0], moment
    return lives


def _allocate(spans: Sequence[Span], lives: dict[int, Span]) -> tuple[dict[int, int], int]:
    """Return the first row of every span, ended spans' rows used again, and how many there are.

    No instruction writes where it reads: measured, NumPy takes longer for that than the cache wins.
    """
    ended: dict[int, list[int]] = defaultdict(list)
    for k, (_, last) in lives.items():
        ended[last].append(k)
    free: dict[int, list[int]] = defaultdict(list)  # by length; the one freed last is used first
    places: dict[int, int] = {}
    count, done = 0, -2
    for k in sorted(lives, key=lambda k: lives[k][0]):
        first, length = lives[k][0], spans[k][1] - spans[k][0]
        for moment in range(done + 1, first):
            for old in ended.get(moment, ()):
                free[spans[old][1] - spans[old][0]].append(places[old])
        done = max(done, first - 1)
        if free[length]:
            places[k] = free[length].pop()
        else:
            places[k], count = count, count + length
    return places, count


def _renumbered(
    instruction: Instruction, array: str, row: dict[int, int], count: int
) -> Instruction:
    def moved(operand: Operand) -> Operand:
        if not isinstance(operand, Rows) or operand.array != array:
            return operand
        start = row[operand.start]
        return replace(operand, start=start, stop=start + len(operand))

    operands = tuple(moved(operand) for operand in instruction.operands)
    if instruction.function == "scatter_add" and instruction.out.array == array:
        source, rows = operands
        assert isinstance(rows, tuple)
        whole = replace(instruction.out, start=0, stop=count)
        return replace(instruction, operands=(source, tuple(row[r] for r in rows)), out=whole)
    out = moved(instruction.out)
    assert isinstance(out, Rows)
    return replace(instruction, operands=operands, out=out)
