"""Which rows to look at to know that all numbers given are finite: few, and no inputs if possible.

A sum or a product of something that is not finite is not finite either (0·∞ is no number), so that
its result is looked at instead of what it reads. A ReLU hides it: where(nan > 0, nan, 0) is 0.
"""

from __future__ import annotations

from collections import defaultdict

from .instructions import Instruction, Rows
from .lower import Code
from .rows import runs
from .schedule import Place

_SHOWS = frozenset(["matmul", "add", "subtract", "multiply", "negative", "sum_columns"])
_GIVEN = ("X", "F")
_TEMPORARY = ("T", "S", "M", "N")  # whose rows are written again and again
_GAP = 16  # rows looked at for nothing, rather than in two calls


def watched(code: Code) -> list[Rows]:
    """Return rows of which one is not finite if an input or a parameter is not."""
    results, seen = _showing(code.forward)
    given = [Place(array, row) for array in _GIVEN for row in range(code.rows[array])]
    alone = runs([place for place in given if place not in seen])
    return _joined(results) + [Rows(p.array, p.row, p.row + length) for p, length in alone]


def _showing(instructions: list[Instruction]) -> tuple[list[Rows], set[Place]]:
    """Return results that show what they were made of, and the places of what they show."""
    results: list[Rows] = []
    seen: set[Place] = set()
    shown: dict[str, dict[Rows, set[Place]]] = defaultdict(dict)  # by array: what its rows show
    for instruction in instructions:
        places, out = _shown(instruction, shown), instruction.out
        if out.array in _TEMPORARY:
            for rows in [rows for rows in shown[out.array] if _overlap(rows, out)]:
                del shown[out.array][rows]
        if places:
            shown[out.array][out] = places
        if out.array == "V" and not places <= seen:
            results.append(out)
            seen |= places
    return results, seen


def _shown(instruction: Instruction, shown: dict[str, dict[Rows, set[Place]]]) -> set[Place]:
    """Return the places of numbers given that show in the result of an instruction."""
    found: set[Place] = set()
    if instruction.function in _SHOWS:
        for rows in instruction.operands:
            if isinstance(rows, Rows) and rows.array in _GIVEN:
                found.update(Place(rows.array, row) for row in range(rows.start, rows.stop))
            elif isinstance(rows, Rows):
                found |= shown[rows.array].get(rows, set())
    return found


def _overlap(a: Rows, b: Rows) -> bool:
    return a.start < b.stop and b.start < a.stop


def _joined(results: list[Rows]) -> list[Rows]:
    """Return the rows in order, as one where they lie together or nearly."""
    joined: list[Rows] = []
    for rows in sorted(results, key=lambda rows: rows.start):
        if joined and rows.start - joined[-1].stop <= _GAP:
            joined[-1] = Rows("V", joined[-1].start, max(joined[-1].stop, rows.stop))
        else:
            joined.append(Rows("V", rows.start, rows.stop))
    return joined
