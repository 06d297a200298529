"""The cells of a layout: boxes, and the room for edges that pass a column.

Columns alternate: even ones are the layers (boxes and passing edges), odd ones the gaps between
them (edge labels and passing edges). An edge is a path of cells, at most one per column, from its
tail to its head. All later steps (order, heights, curves) work on cells only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .nesting import Nesting
from .records import Link

_SHORT_PIECES = 3
"""An edge of fewer pieces never runs outside, because there is no room to go up and down."""
_PASSING_LIMIT = 6000
"""With more pieces of edges, only edge labels get cells in the gaps."""
_PIECES_LIMIT = 12_000
"""With more pieces of edges, the longest edges run outside; see `Cells.far`."""


class Cells:
    """The cells of one layout. The first cells are the boxes, with the same indices.

    Attributes:
        height, home, column: the height, the innermost group and the column of each cell.
        columns: the cells of each column, from top to bottom.
        spans: the first and the last column of each group.
        paths: the cells of each edge, from tail to head.
        label_of: for each edge with a label, the cell of the label.
        before, after: the neighbors of each cell on the paths.
        far: the edges that run along the upper side of the picture. They have no cells on the way.
    """

    def __init__(
        self,
        heights: Sequence[float],
        layers: Sequence[int],
        edges: Sequence[Link],
        nesting: Nesting,
    ):
        self.edges = edges
        self.nesting = nesting
        self.boxes = len(heights)
        self.height = list(heights)
        self.column = [2 * layer for layer in layers]
        self.home = list(nesting.home)
        self.columns: list[list[int]] = [[] for _ in range(2 * max(layers, default=0) + 1)]
        for box, column in enumerate(self.column):
            self.columns[column].append(box)
        self.spans = _spans(self.column, nesting)
        self.label_of: dict[int, int] = {}
        self.far = _far_edges(self.column, edges)
        self.paths = [
            [*edge[:2]] if number in self.far else self._through_layers(edge)
            for number, edge in enumerate(edges)
        ]
        self.link()

    def _through_layers(self, edge: Link) -> list[int]:
        inner = range(self.column[edge.tail] + 2, self.column[edge.head], 2)
        return [edge.tail, *(self._added(edge, column, 0.0) for column in inner), edge.head]

    def _added(self, edge: Link, column: int, height: float) -> int:
        """Add a cell for an edge. It is in the innermost group of an end that spans the column."""
        cell = len(self.height)
        self.height.append(height)
        self.column.append(column)
        self.columns[column].append(cell)
        self.home.append(self._home(edge, column))
        return cell

    def _home(self, edge: Link, column: int) -> int:
        lineages = self.nesting.lineage
        for end in (edge.tail, edge.head):
            for group in reversed(lineages[self.home[end]]):
                first, last = self.spans[group]
                if first <= column <= last:
                    return group
        return -1

    def link(self) -> None:
        """Recompute the neighbors from the paths."""
        self.before: list[list[int]] = [[] for _ in self.height]
        self.after: list[list[int]] = [[] for _ in self.height]
        for number, path in enumerate(self.paths):
            for left, right in pairwise(path[1:] if number in self.far else path):
                self.after[left].append(right)
                self.before[right].append(left)

    def open_gaps(self) -> None:
        """Add the cells of the gap columns.

        Every edge has its label in the gap before its head. The cells of a gap are sorted by their
        edges' next cells, then by the previous ones. Edges therefore cross only to the left of the
        labels, and the labels before a box stand together.
        """
        place = {cell: row for column in self.columns for row, cell in enumerate(column)}
        gaps: list[list[tuple[int, int, int, int]]] = [[] for _ in self.columns]
        few = sum(len(path) - 1 for path in self.paths) <= _PASSING_LIMIT
        for number, (edge, path) in enumerate(zip(self.edges, self.paths, strict=True)):
            for step, (left, right) in enumerate(pairwise(path)):
                labeled = edge.height > 0 and right == edge.head
                if labeled or (few and number not in self.far):
                    first = (
                        -1 if number in self.far else place[right]
                    )  # a far edge comes from above
                    gaps[self.column[right] - 1].append((first, place[left], number, step))
        new: list[dict[int, int]] = [{} for _ in self.paths]
        for gap, pieces in enumerate(gaps):
            for _, _, number, step in sorted(pieces):
                new[number][step] = self._gap_cell(number, step, gap)
        self.paths = [_woven(path, extra) for path, extra in zip(self.paths, new, strict=True)]
        self.link()

    def _gap_cell(self, number: int, step: int, gap: int) -> int:
        edge = self.edges[number]
        labeled = edge.height > 0 and step == len(self.paths[number]) - 2
        cell = self._added(edge, gap, edge.height if labeled else 0.0)
        if labeled:
            self.label_of[number] = cell
        return cell


def _woven(path: list[int], extra: dict[int, int]) -> list[int]:
    """Return a path with one more cell after each step that has one."""
    return [
        cell for step, old in enumerate(path) for cell in (old, extra.get(step, -1)) if cell >= 0
    ]


def _far_edges(columns: Sequence[int], edges: Sequence[Link]) -> frozenset[int]:
    """Return the longest edges, so that few enough cells remain to be ordered in time.

    A variable that every step of a long chain uses has a long edge to each step.
    """
    pieces = [(columns[edge.head] - columns[edge.tail]) // 2 for edge in edges]
    total, far = sum(pieces), set()
    for number in sorted(range(len(edges)), key=lambda n: (-pieces[n], n)):
        if total <= _PIECES_LIMIT or pieces[number] < _SHORT_PIECES:
            break
        far.add(number)
        total -= pieces[number]
    tails = {edges[number].tail for number in far}
    long = (number for number, edge in enumerate(edges) if edge.tail in tails)
    return frozenset(number for number in long if pieces[number] >= _SHORT_PIECES)


def _spans(columns: Sequence[int], nesting: Nesting) -> list[tuple[int, int]]:
    """Return the first and the last column of every group."""
    spans = [(1, 0)] * len(nesting.groups)
    for box, home in enumerate(nesting.home):
        for group in nesting.lineage[home]:
            first, last = spans[group]
            column = columns[box]
            empty = last < first
            spans[group] = (column, column) if empty else (min(first, column), max(last, column))
    return spans
