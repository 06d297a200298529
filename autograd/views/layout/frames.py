"""Keep groups apart. The upper and the lower side of each frame are unknowns, as the cells are.

Each unknown has to be some distance below another one. One solution pushes unknowns down until all
these constraints hold, and another one pushes them up. The constraints are linear, so the mean of
the two is also a solution. It moves cells only a little.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from math import inf
from typing import NamedTuple

from ...engine.topological import order_indices
from .cells import Cells
from .nesting import NONE

BOX_GAP = 16.0
"""The distance between two boxes of one layer."""
LINE_GAP = 9.0
"""The distance between a passing edge and its neighbors."""
LABEL_GAP = 3.0
"""The distance between two edge labels."""
FRAME_PAD = 9.0
"""The distance between a frame and its contents, and between two frames."""


class Below(NamedTuple):
    """`lower` lies at least `distance` below `upper`; both are numbers of unknowns."""

    upper: int
    lower: int
    distance: float


class Sides:
    """The unknowns of a layout, cells first, then two sides per group, and their order."""

    def __init__(self, cells: Cells):
        self.cells = cells
        self.count = len(cells.height)
        self.chains = [self._chain(column) for column in cells.columns]
        self.distances = [self._distances(n) for n in range(len(cells.columns))]
        self.shifts = [list(accumulate(distances)) for distances in self.distances]
        self._bounds = [self._sides_beside(n) for n in range(len(cells.columns))]
        self.side: dict[int, float] = {}

    def top(self, group: int) -> int:
        """Return the unknown that is the upper side of a group's frame."""
        return self.count + 2 * group

    def bottom(self, group: int) -> int:
        """Return the unknown that is the lower side of a group's frame."""
        return self.count + 2 * group + 1

    def _chain(self, column: Sequence[int]) -> list[Below]:
        """Return the constraints between neighbors in a column, including the sides of frames."""
        cells, chain = self.cells, []
        for upper, lower in zip([NONE, *column], [*column, NONE], strict=True):
            above = cells.home[upper] if upper != NONE else NONE
            below = cells.home[lower] if lower != NONE else NONE
            steps = self._steps(upper, lower, above, below)
            chain += [
                Below(first, second, distance) for (first, _), (second, distance) in pairwise(steps)
            ]
        return chain

    def _steps(self, upper: int, lower: int, above: int, below: int) -> list[tuple[int, float]]:
        """Return the unknowns between one cell and the next one below, with their distances."""
        cells, lineage = self.cells, self.cells.nesting.lineage
        shared = 0
        for one, two in zip(lineage[above], lineage[below], strict=False):
            if one != two:
                break
            shared += 1
        exited = lineage[above][shared:][::-1]
        entered = lineage[below][shared:]
        if not exited and not entered:
            ends = NONE in (upper, lower)
            return [] if ends else [(upper, 0.0), (lower, _apart(cells, upper, lower))]
        steps: list[tuple[int, float]] = [] if upper == NONE else [(upper, 0.0)]
        reach = 0.0 if upper == NONE else cells.height[upper] / 2
        for group in exited:
            steps.append((self.bottom(group), reach + FRAME_PAD))
            reach = 0.0
        for group in entered:
            steps.append((self.top(group), reach + FRAME_PAD))
            reach = cells.nesting.groups[group].header
        if lower != NONE:
            steps.append((lower, reach + FRAME_PAD + cells.height[lower] / 2))
        return steps

    def _distances(self, number: int) -> list[float]:
        """Return the distance of each cell of a column from the one above it."""
        found, total, column = [], 0.0, self.cells.columns[number]
        for below in self.chains[number]:
            total += below.distance
            if below.lower < self.count:
                found.append(total)
                total = 0.0
        # The distance from a frame's upper side to the first cell is no distance between cells.
        return [0.0, *found[len(found) - len(column) + 1 :]] if column else []

    def part(self, y: list[float]) -> bool:
        """Move cells in `y`, and set the frames' sides, so that every constraint holds.

        If the constraints contradict each other, return False and move nothing.
        """
        lower, order = self._below
        if len(order) < len(lower):
            return False
        wanted = [*y, *self._wanted_sides(y)]
        pushed = _mean(_pushed_down(wanted, lower, order), _pushed_up(wanted, lower, order))
        y[:] = pushed[: self.count]
        self.side = dict(enumerate(pushed[self.count :], self.count))
        return True

    @cached_property
    def _below(self) -> tuple[list[list[tuple[int, float]]], list[int]]:
        """For each unknown, the unknowns below it with their distances; and a topological order.

        The order leaves out unknowns on or after a cycle.
        """
        count = self.count + 2 * len(self.cells.nesting.groups)
        lower: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        for chain in self.chains:
            for upper, below, distance in chain:
                lower[upper].append((below, distance))
        return lower, order_indices([[other for other, _ in rules] for rules in lower])

    def _wanted_sides(self, y: Sequence[float]) -> list[float]:
        found = extents(self.cells, y)
        groups = range(len(self.cells.nesting.groups))
        return [side for group in groups for side in found.get(group, (0.0, 0.0))]

    def placed_links(self) -> Iterator[Below]:
        """Yield the constraints between unknowns that have a place.

        A side that could not be placed is passed over, and the distances to it and from it add up.
        """
        for chain in self.chains:
            last, reach = NONE, 0.0
            for upper, lower, distance in chain:
                if self._has_place(upper):
                    last, reach = upper, 0.0
                reach += distance
                if last != NONE and self._has_place(lower):
                    yield Below(last, lower, reach)

    def _has_place(self, unknown: int) -> bool:
        return unknown < self.count or unknown in self.side

    def _sides_beside(self, number: int) -> tuple[list[tuple[int, Below]], list[tuple[int, Below]]]:
        """Return the rows of a column just below a side of a frame, and those just above one."""
        row = {cell: index for index, cell in enumerate(self.cells.columns[number])}
        above, below = [], []
        for rule in self.chains[number]:
            if rule.lower in row and rule.upper >= self.count:
                above.append((row[rule.lower], rule))
            if rule.upper in row and rule.lower >= self.count:
                below.append((row[rule.upper], rule))
        return above, below

    def clip(self, number: int, found: list[float]) -> list[float]:
        """Return a column's positions moved to where the sides of the frames allow them."""
        above, below = self._bounds[number]
        if not above and not below:
            return found
        shifts, side = self.shifts[number], self.side
        lows, highs = [-inf] * len(found), [inf] * len(found)
        for row, (upper, _, distance) in above:
            lows[row] = side[upper] + distance - shifts[row]
        for row, (_, lower, distance) in below:
            highs[row] = side[lower] - distance - shifts[row]
        ceilings = list(accumulate(reversed(highs), min))
        limits = zip(found, shifts, accumulate(lows, max), reversed(ceilings), strict=True)
        return [min(max(y - shift, low), high) + shift for y, shift, low, high in limits]


def extents(cells: Cells, y: Sequence[float]) -> dict[int, tuple[float, float]]:
    """Return the upper and the lower side of the tightest frame around each group's cells."""
    around: dict[int, tuple[float, float]] = {}

    def widen(group: int, top: float, bottom: float) -> None:
        high, low = around.get(group, (inf, -inf))
        around[group] = min(high, top), max(low, bottom)

    for cell, home in enumerate(cells.home):
        if home != NONE:
            half = cells.height[cell] / 2
            widen(home, y[cell] - half, y[cell] + half)
    for group in reversed(cells.nesting.kept):
        if group in around:
            top, bottom = around[group]
            top -= FRAME_PAD + cells.nesting.groups[group].header
            around[group] = top, bottom + FRAME_PAD
            for outer in cells.nesting.lineage[group][-2:-1]:
                widen(outer, *around[group])
    return around


def _apart(cells: Cells, upper: int, lower: int) -> float:
    """Return the distance of the middles of two neighbors in one column and one group."""
    reach = (cells.height[upper] + cells.height[lower]) / 2
    if upper < cells.boxes and lower < cells.boxes:
        return reach + BOX_GAP
    labels = cells.column[upper] % 2 and cells.height[upper] and cells.height[lower]
    return reach + (LABEL_GAP if labels else LINE_GAP)


def _pushed_down(
    wanted: list[float], lower: list[list[tuple[int, float]]], order: list[int]
) -> list[float]:
    pushed = list(wanted)
    for unknown in order:
        for other, distance in lower[unknown]:
            pushed[other] = max(pushed[other], pushed[unknown] + distance)
    return pushed


def _pushed_up(
    wanted: list[float], lower: list[list[tuple[int, float]]], order: list[int]
) -> list[float]:
    pushed = list(wanted)
    for unknown in reversed(order):
        for other, distance in lower[unknown]:
            pushed[unknown] = min(pushed[unknown], pushed[other] - distance)
    return pushed


def _mean(first: list[float], second: list[float]) -> list[float]:
    return [(one + two) / 2 for one, two in zip(first, second, strict=True)]
