"""The earlier mistakes that a number rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..engine.value import Value
from .ledger import Ledger
from .sweep import Sweep

_MOST_STEPS = 20_000  # nodes visited for one number

Place = tuple[Sweep | None, Value]


def causes_of(
    ledger: Ledger, sweep: Sweep | None, cell: Value, mistakes: Mapping[object, int]
) -> tuple[int, ...]:
    """Return the lines of the mistakes that a value, or a gradient of a sweep, was computed from.

    `mistakes` holds the line of each wrong number, by the node of a value, or by the output and the
    node of a gradient.
    """
    found: set[int] = set()
    seen: set[Place] = {(sweep, cell)}
    stack: list[Place] = list(_sources(ledger, sweep, cell))
    while stack and len(seen) < _MOST_STEPS:
        place = stack.pop()
        if place not in seen:
            seen.add(place)
            line = mistakes.get((place[0].output, place[1]) if place[0] else place[1])
            if line is None:
                stack += _sources(ledger, *place)
            else:
                found.add(line)
    return tuple(sorted(found))


def _sources(ledger: Ledger, sweep: Sweep | None, cell: Value) -> Iterator[Place]:
    """Yield what a number was computed from."""
    if sweep is None:
        yield from ((None, parent) for parent in cell.parents)
        if cell in ledger.derivatives:
            yield ledger.derivatives[cell][:2]
        if cell in ledger.origins:
            yield None, ledger.origins[cell]
        return
    for child, _ in sweep.uses.get(cell, []):
        yield sweep, child
        yield None, child
        yield from ((None, parent) for parent in child.parents)
