"""Give every cell its height in the picture: near its neighbours, clear of those above and below.

Each column in turn takes the positions that are closest to its neighbours' and keep the distances: a
least-squares problem that pooling adjacent violators solves exactly. Edges that pass several columns
pull hardest, so they come out straight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import inf

from .cells import Cells
from .frames import Sides

_WORK = 500_000


def place(cells: Cells) -> list[float]:
    """Return the y of the middle of every cell."""
    placing = _Placing(cells)
    rounds = max(4, min(20, _WORK // (5 * len(cells.height) + 1)))
    for turn in range(rounds):
        placing.sweep(rightwards=turn % 2 == 1, both=turn >= rounds // 2)
    if cells.nesting.kept:
        for turn in range(8):
            if turn < 3:
                placing.sides.part(placing.y)
            placing.sweep(rightwards=turn % 2 == 0, both=True)
    placing.straighten()
    return placing.y


def wishes(cells: Cells) -> list[float]:
    """Return the y that every cell would like, from a first placement: the mean of its neighbours'."""
    placing = _Placing(cells)
    for turn in range(6):
        placing.sweep(rightwards=turn % 2 == 1, both=turn >= 2)
    placing.sides.part(placing.y)
    y = placing.y
    around = (cells.before[cell] + cells.after[cell] for cell in range(len(y)))
    return [
        sum(y[other] for other in others) / len(others) if others else y[cell]
        for cell, others in enumerate(around)
    ]


def pooled(
    wanted: Sequence[float], weights: Sequence[float], distances: Sequence[float]
) -> list[float]:
    """Return the positions nearest to `wanted` (weighted squares) at least `distances` apart.

    ``distances[i]`` is between i − 1 and i; the first is ignored.

    >>> pooled([0, 0, 100], [1, 1, 1], [0, 10, 10])
    [-5.0, 5.0, 100.0]
    """
    shifts = list(accumulate(distances))
    pools: list[tuple[float, float, int]] = []
    for want, weight, shift in zip(wanted, weights, shifts, strict=True):
        mean, size = want - shift, 1
        while pools and pools[-1][0] > mean:
            other, its_weight, its_size = pools.pop()
            mean = (mean * weight + other * its_weight) / (weight + its_weight)
            weight += its_weight
            size += its_size
        pools.append((mean, weight, size))
    flat = [mean for mean, _, size in pools for _ in range(size)]
    return [float(mean + shift) for mean, shift in zip(flat, shifts, strict=True)]


class _Placing:
    """The positions while they are sought: `y` of every cell, and how hard each is pulled."""

    def __init__(self, cells: Cells):
        self.cells = cells
        self.sides = Sides(cells)
        self.pull = [_pull(cells, cell) for cell in range(len(cells.height))]
        self.y = [0.0] * len(cells.height)
        for column, distances in zip(cells.columns, self.sides.distances, strict=True):
            for cell, y in zip(column, accumulate(distances), strict=True):
                self.y[cell] = y

    def sweep(self, *, rightwards: bool, both: bool) -> None:
        """Place each column by its neighbours: on the side the sweep comes from, or on both."""
        columns = range(len(self.cells.columns))
        for number in columns if rightwards else reversed(columns):
            column = self.cells.columns[number]
            wanted, weights = self._wishes(column, rightwards, both)
            found = pooled(wanted, weights, self.sides.distances[number])
            if self.sides.side:
                found = self.sides.clip(number, found)
            for cell, y in zip(column, found, strict=True):
                self.y[cell] = y

    def _wishes(
        self, column: Sequence[int], rightwards: bool, both: bool
    ) -> tuple[list[float], list[float]]:
        before, after = self.cells.before, self.cells.after
        y, pull = self.y, self.pull
        wanted, weights = [], []
        for cell in column:
            near, far = before[cell], after[cell]
            if not rightwards:
                near, far = far, near
            around = near + far if both else near or far
            weight = sum([pull[other] for other in around]) * pull[cell]
            if weight:
                total = sum([y[other] * pull[other] for other in around]) * pull[cell]
                wanted.append(total / weight)
            else:
                wanted.append(y[cell])
            weights.append(weight or 0.1)
        return wanted, weights

    def straighten(self) -> None:
        """Give runs of cells with one way in and one way out the same y where there is room."""
        above: dict[int, tuple[int, float]] = {}
        below: dict[int, tuple[int, float]] = {}
        unknown = self.y + [self.sides.side.get(n, 0.0) for n in self._side_numbers()]
        for chain in self.sides.chains:
            for upper, lower, distance in chain:
                if self._set(upper) and self._set(lower):
                    below[upper], above[lower] = (lower, distance), (upper, distance)
        for run in _runs(self.cells):
            for piece, floor, ceiling in _level_pieces(run, above, below, unknown):
                weights = [len(self.cells.before[c]) + len(self.cells.after[c]) for c in piece]
                level = sum(unknown[c] * w for c, w in zip(piece, weights, strict=True))
                level = min(max(level / sum(weights), floor), ceiling)
                for cell in piece:
                    unknown[cell] = level
        self.y = unknown[: len(self.y)]

    def _side_numbers(self) -> range:
        return range(len(self.y), len(self.y) + 2 * len(self.cells.nesting.groups))

    def _set(self, unknown: int) -> bool:
        return unknown < len(self.y) or unknown in self.sides.side


def _pull(cells: Cells, cell: int) -> float:
    if cell >= cells.boxes:
        return 3.0
    return 2.0 if len(cells.before[cell]) == 1 == len(cells.after[cell]) else 1.0


_Limits = dict[int, tuple[int, float]]


def _level_pieces(
    run: list[int], above: _Limits, below: _Limits, y: list[float]
) -> Iterator[tuple[list[int], float, float]]:
    """Cut a run into pieces for each of which there is a free level; yield them with its limits."""
    piece: list[int] = []
    floor, ceiling = -inf, inf
    for cell in run:
        low = y[above[cell][0]] + above[cell][1] if cell in above else -inf
        high = y[below[cell][0]] - below[cell][1] if cell in below else inf
        if max(low, floor) > min(high, ceiling):
            if len(piece) > 1:
                yield piece, floor, ceiling
            piece, floor, ceiling = [], -inf, inf
        piece.append(cell)
        floor, ceiling = max(low, floor), min(high, ceiling)
    if len(piece) > 1:
        yield piece, floor, ceiling


def _runs(cells: Cells) -> list[list[int]]:
    """Return the runs of single neighbours, without labels at their ends: those may slant."""
    follows = {
        cell: after[0]
        for cell, after in enumerate(cells.after)
        if len(after) == 1 and len(cells.before[after[0]]) == 1
    }
    runs = []
    labels = set(cells.label_of.values())
    for start in sorted(follows.keys() - follows.values(), key=lambda c: cells.column[c]):
        run = [start]
        while run[-1] in follows:
            run.append(follows[run[-1]])
        while run and run[-1] in labels:
            run.pop()
        if len(run) > 1:
            runs.append(run)
    return runs
