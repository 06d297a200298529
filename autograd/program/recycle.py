"""Adjoint rows used again: once a number has passed its gradient on, its row is free for another.

The rows in use at any time are then few and lie in the fast caches, however long the program.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .instructions import Instruction, Operand, Rows
from .lower import Code

_ARRAY = "G"


def recycle_adjoints(code: Code, output: int) -> int:
    """Renumber the adjoint rows of a program's backward pass; return the output's new row."""
    spans = _merged([(output, output + 1), *(s for i in code.backward for s in _spans(i))])
    unit = {row: k for k, (start, stop) in enumerate(spans) for row in range(start, stop)}
    places, count = _allocate(spans, _lives(code.backward, unit, unit[output]))
    row = {r: places[k] + r - spans[k][0] for r, k in unit.items()}
    code.backward = [_renumbered(i, row, count) for i in code.backward]
    code.rows[_ARRAY] = count
    return row[output]


def _spans(instruction: Instruction) -> Iterator[tuple[int, int]]:
    """Yield the spans of adjoint rows that an instruction reads or writes."""
    if instruction.function == "scatter_add" and instruction.out.array == _ARRAY:
        rows = instruction.operands[1]
        assert isinstance(rows, tuple)
        yield from ((row, row + 1) for row in rows)
    elif instruction.out.array == _ARRAY:
        yield instruction.out.start, instruction.out.stop
    for operand in instruction.operands:
        if isinstance(operand, Rows) and operand.array == _ARRAY:
            yield operand.start, operand.stop


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans with those that overlap made one: their rows must stay side by side."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged


def _lives(
    instructions: Sequence[Instruction], unit: dict[int, int], output: int
) -> dict[int, tuple[int, int]]:
    """Return for every span the instructions that use it first and last."""
    lives = {output: (-1, -1)}
    for k, instruction in enumerate(instructions):
        for start, _ in _spans(instruction):
            first, _ = lives.get(unit[start], (k, k))
            lives[unit[start]] = first, k
    return lives


def _allocate(
    spans: Sequence[tuple[int, int]], lives: dict[int, tuple[int, int]]
) -> tuple[dict[int, int], int]:
    """Return the first row of every span, ended spans' rows used again, and how many there are."""
    ended: dict[int, list[int]] = defaultdict(list)
    for k, (_, last) in lives.items():
        ended[last].append(k)
    free: dict[int, list[int]] = defaultdict(list)  # by length; the one freed last is used first
    places: dict[int, int] = {}
    count, done = 0, -2
    for k in sorted(lives, key=lambda k: lives[k][0]):
        for moment in range(done + 1, lives[k][0]):
            for old in ended.get(moment, ()):
                free[spans[old][1] - spans[old][0]].append(places[old])
        done = max(done, lives[k][0] - 1)
        length = spans[k][1] - spans[k][0]
        if free[length]:
            places[k] = free[length].pop()
        else:
            places[k], count = count, count + length
    return places, count


def _renumbered(instruction: Instruction, row: dict[int, int], count: int) -> Instruction:
    def moved(operand: Operand) -> Operand:
        if not isinstance(operand, Rows) or operand.array != _ARRAY:
            return operand
        start = row[operand.start]
        return replace(operand, start=start, stop=start + len(operand))

    operands = tuple(moved(operand) for operand in instruction.operands)
    if instruction.function == "scatter_add" and instruction.out.array == _ARRAY:
        source, rows = operands
        assert isinstance(rows, tuple)
        whole = replace(instruction.out, start=0, stop=count)
        return Instruction("scatter_add", (source, tuple(row[r] for r in rows)), whole)
    out = moved(instruction.out)
    assert isinstance(out, Rows)
    return Instruction(instruction.function, operands, out)
