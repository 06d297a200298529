"""Places that are next to each other: runs of consecutive rows, and grids at equal distances."""

from __future__ import annotations

from collections.abc import Sequence
from operator import eq

from .instructions import Grid, Location


def runs(places: Sequence[Location]) -> list[tuple[Location, int]]:
    """Return maximal runs of consecutive rows of one array, as (first place, length)."""
    if len(places) == 1:
        return [(places[0], 1)]
    found: list[tuple[Location, int]] = []
    array, stop, length = "", -1, 0
    for place in places:
        if place[1] == stop and place[0] == array:
            stop, length = stop + 1, length + 1
            found[-1] = found[-1][0], length
        else:
            (array, stop), length = place, 1
            stop += 1
            found.append((place, 1))
    return found


def find_grid(places: Sequence[Location]) -> Grid | None:
    """Return the two-level grid of these places, or None if they do not form one.

    >>> find_grid([Location("values", row) for row in (3, 5, 13, 15)])
    Grid(array='values', start=3, shape=(2, 2), steps=(10, 2))
    """
    array, first = places[0]
    # A list is faster here than an array, because the check usually fails after a few rows.
    rows = [row for _, row in places]
    step = rows[1] - first if len(rows) > 1 else 1
    length = next((k for k in range(1, len(rows)) if rows[k] - rows[k - 1] != step), len(rows))
    outer = rows[length] - first if length < len(rows) else 0
    blocks, rest = divmod(len(rows), length)
    if rest or min(step, outer) < 0:
        return None
    grid = Grid(array, first, (blocks, length), (outer, step))
    is_right = all(map(eq, rows, grid.rows)) and all(place.array == array for place in places)
    return grid if is_right else None
