"""The earlier mistakes that a number rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..engine.value import Value
from .ledger import Ledger, Place
from .sweep import Sweep

_MOST_STEPS = 20_000  # nodes visited for one number


def causes_of(
    ledger: Ledger, places: Iterable[Place], mistakes: Mapping[object, tuple[int, ...]]
) -> tuple[int, ...]:
    """Return the lines of the mistakes among some numbers and what they were computed from.

    `mistakes` holds the lines that are to blame for a wrong number. Its keys are the node of a
    value, or the output and the node of a gradient.
    """
    found: set[int] = set()
    seen: set[Place] = set()
    stack = list(places)
    while stack and len(seen) < _MOST_STEPS:
        place = stack.pop()
        if place not in seen:
            seen.add(place)
            lines = mistakes.get((place[0].output, place[1]) if place[0] else place[1])
            if lines is None:
                stack += sources(ledger, *place)
            else:
                found.update(lines)
    return tuple(sorted(found))


def sources(ledger: Ledger, sweep: Sweep | None, cell: Value) -> Iterator[Place]:
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
