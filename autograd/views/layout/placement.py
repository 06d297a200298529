"""Give every cell its y, near its neighbors and apart from the cells above and below.

The columns are placed one after the other. Each takes the positions that are nearest to the
neighbors of its cells and keep their distances. This is a least-squares problem, which the
algorithm of pooling adjacent violators solves exactly. Edges that pass several columns have the
largest weights, so they become straight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import inf

from .cells import Cells
from .frames import Sides

_HELD = 24.0
"""How far a box with several edges may be moved to straighten one of them."""
_WORK = 150_000
"""About how many cells are placed, in all sweeps together."""
_ROUNDS = 12
_STILL = 0.5
"""A sweep that moves no cell farther than this is the last one."""
_PULL, _ONLY_PULL = 3.0, 12.0
"""The weights of edges and labels, and of the only edge of its two boxes. A box has 1."""

_Limits = dict[int, tuple[int, float]]


def place_boxes(cells: Cells) -> list[float]:
    """Return the y of the middle of every cell."""
    placing = _Placing(cells, _pulls(cells))
    rounds = max(4, min(_ROUNDS, _WORK // (5 * len(cells.height) + 1)))
    placing.settle(rounds)
    placing.part_groups(min(8, rounds))
    placing.straighten()
    return placing.y


def wishes(cells: Cells) -> list[float]:
    """Return the best y of every cell after a first placement.

    A box wants to be near the other ends of its edges, and a passing edge on the straight line
    between its ends. A leaf counts as being amid the boxes that use it.
    """
    placing = _Placing(cells, [1.0] * len(cells.height))
    placing.settle(6)
    placing.part_groups(3)
    anchors = _anchors(cells, placing.y)
    wanted: list[list[float]] = [[] for _ in cells.height]
    for edge, path in zip(cells.edges, cells.paths, strict=True):
        tail, head = anchors[edge.tail], anchors[edge.head]
        wanted[edge.tail].append(head)
        wanted[edge.head].append(tail)
        for step, cell in enumerate(path[1:-1], start=1):
            wanted[cell].append(tail + (head - tail) * step / (len(path) - 1))
    return [sum(ys) / len(ys) if ys else y for ys, y in zip(wanted, placing.y, strict=True)]


def _anchors(cells: Cells, y: Sequence[float]) -> list[float]:
    heads: list[list[float]] = [[] for _ in range(cells.boxes)]
    leaves = set(range(cells.boxes)) - {edge.head for edge in cells.edges}
    for edge in cells.edges:
        heads[edge.tail].append(y[edge.head])
    return [
        sum(heads[box]) / len(heads[box]) if box in leaves and heads[box] else y[box]
        for box in range(cells.boxes)
    ]


def pooled(
    wanted: Sequence[float], weights: Sequence[float], shifts: Sequence[float]
) -> list[float]:
    """Return the positions nearest to `wanted` in weighted squares that are far enough apart.

    Positions i and k are at least ``shifts[k] - shifts[i]`` apart.

    >>> pooled([0, 0, 100], [1, 1, 1], [0, 10, 20])
    [-5.0, 5.0, 100.0]
    """
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
    """The current `y` of every cell, and the weight `pull` with which it attracts its neighbors."""

    def __init__(self, cells: Cells, pull: list[float]):
        self.cells = cells
        self.sides = Sides(cells)
        self.pull = pull
        self.y = [0.0] * len(cells.height)
        for column, shifts in zip(cells.columns, self.sides.shifts, strict=True):
            for cell, y in zip(column, shifts, strict=True):
                self.y[cell] = y
        self._pulled: list[float] = []  # y times pull, which every sweep adds up
        self._pull_all()
        before, after = cells.before, cells.after
        self._left = self._side([a or b for a, b in zip(before, after, strict=True)])
        self._right = self._side([b or a for a, b in zip(before, after, strict=True)])
        self._both = self._side([a + b for a, b in zip(before, after, strict=True)])

    def _pull_all(self) -> None:
        self._pulled = [y * pull for y, pull in zip(self.y, self.pull, strict=True)]

    def _side(self, around: list[list[int]]) -> tuple[list[list[int]], list[float], list[float]]:
        """Return the neighbors of each cell, the sum of their pulls, and the cell's weight."""
        pull = self.pull
        strength = [sum([pull[other] for other in near]) for near in around]
        weights = [s * own or 0.1 for s, own in zip(strength, pull, strict=True)]
        return around, strength, weights

    def settle(self, rounds: int) -> None:
        """Sweep in both directions, first by one side, then by both sides."""
        for turn in range(rounds):
            moved = self.sweep(rightwards=turn % 2 == 1, both=turn >= rounds // 2)
            if turn > rounds // 2 and moved < _STILL:
                break

    def part_groups(self, rounds: int) -> None:
        """Move groups apart, and sweep by both sides between the sides of their frames."""
        for turn in range(rounds if self.cells.nesting.kept else 0):
            if turn < 3:
                self.sides.part(self.y)
                self._pull_all()
            self.sweep(rightwards=turn % 2 == 0, both=True)

    def sweep(self, *, rightwards: bool, both: bool) -> float:
        """Place each column by its neighbors, either on the side of the last column or on both.

        Return the largest distance that a cell has moved.
        """
        farthest = 0.0
        columns = range(len(self.cells.columns))
        for number in columns if rightwards else reversed(columns):
            column = self.cells.columns[number]
            wanted, weights = self._wishes(column, rightwards, both)
            found = pooled(wanted, weights, self.sides.shifts[number])
            if self.sides.side:
                found = self.sides.clip(number, found)
            for cell, y in zip(column, found, strict=True):
                farthest = max(farthest, abs(self.y[cell] - y))
                self.y[cell] = y
                self._pulled[cell] = y * self.pull[cell]
        return farthest

    def _wishes(
        self, column: Sequence[int], rightwards: bool, both: bool
    ) -> tuple[list[float], list[float]]:
        """Return where the neighbors of each cell pull it, and how hard they pull."""
        around, strength, weights = (
            self._both if both else self._left if rightwards else self._right
        )
        y, pulled = self.y, self._pulled
        wanted = [
            sum([pulled[other] for other in around[cell]]) / strength[cell]
            if strength[cell]
            else y[cell]
            for cell in column
        ]
        return wanted, [weights[cell] for cell in column]

    def straighten(self) -> None:
        """Give the cells of an unbranched run the same y where there is room."""
        above: dict[int, tuple[int, float]] = {}
        below: dict[int, tuple[int, float]] = {}
        unknown = self.y + [self.sides.side.get(n, 0.0) for n in self._side_numbers()]
        for upper, lower, distance in self.sides.placed_links():
            below[upper], above[lower] = (lower, distance), (upper, distance)
        for run in _runs(self.cells):
            for piece, floor, ceiling in self._level_pieces(run, above, below, unknown):
                level = min(max(self._level(piece), floor), ceiling)
                for cell in piece:
                    unknown[cell] = level
        self.y = unknown[: len(self.y)]

    def _level_pieces(
        self, run: list[int], above: _Limits, below: _Limits, y: list[float]
    ) -> Iterator[tuple[list[int], float, float]]:
        """Cut a run into pieces that have a free level."""
        piece: list[int] = []
        floor, ceiling = -inf, inf
        for cell in run:
            low = y[above[cell][0]] + above[cell][1] if cell in above else -inf
            high = y[below[cell][0]] - below[cell][1] if cell in below else inf
            if len(self.cells.before[cell]) > 1 or len(self.cells.after[cell]) > 1:
                low, high = max(low, y[cell] - _HELD), min(high, y[cell] + _HELD)
            if max(low, floor) > min(high, ceiling):
                if len(piece) > 1:
                    yield piece, floor, ceiling
                piece, floor, ceiling = [], -inf, inf
            piece.append(cell)
            floor, ceiling = max(low, floor), min(high, ceiling)
        if len(piece) > 1:
            yield piece, floor, ceiling

    def _level(self, piece: list[int]) -> float:
        """Return the y of a straight piece: that of its ends, weighted by the edges at each."""
        first, last = piece[0], piece[-1]
        before, after = len(self.cells.before[first]), len(self.cells.after[last])
        if before + after == 0:
            return (self.y[first] + self.y[last]) / 2
        return (self.y[first] * before + self.y[last] * after) / (before + after)

    def _side_numbers(self) -> range:
        return range(len(self.y), len(self.y) + 2 * len(self.cells.nesting.groups))


def _pulls(cells: Cells) -> list[float]:
    """Return the weight of each cell, which is largest on the only edge between two boxes."""
    pulls = [1.0] * cells.boxes + [_PULL] * (len(cells.height) - cells.boxes)
    uses = Counter(edge.tail for edge in cells.edges)
    needs = Counter(edge.head for edge in cells.edges)
    for edge, path in zip(cells.edges, cells.paths, strict=True):
        if uses[edge.tail] == 1 == needs[edge.head]:
            for cell in path[1:-1]:
                pulls[cell] = _ONLY_PULL
    return pulls


def _runs(cells: Cells) -> list[list[int]]:
    """Return the unbranched runs of cells. A label at the end is left out, because it may slant."""
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
