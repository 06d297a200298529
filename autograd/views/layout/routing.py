"""Give columns their x and edges their curves, once every cell has its y.

Between two layers lies a gap without boxes. An edge bends only in gaps, and it is level where it
passes a layer. Therefore it touches no box except those at its ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from .cells import Cells
from .frames import FRAME_PAD
from .records import Box, Point

_LEAD = 20.0
"""The least room before the labels of a gap, where edges bend."""
_TRAIL = 20.0
"""The least room after the labels, where curves meet and arrowheads stand."""
_PORT = 11.0
"""The largest distance between the ends of two edges on one side of a box."""
_HAIR = 1e-6

Curve = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The left and the right side of every column."""

    left: list[float]
    right: list[float]


def columns_of(cells: Cells, y: Sequence[float], widths: Sequence[float]) -> Columns:
    """Return the columns. Steep edges and frame sides widen the gaps between them."""
    wide = _widths(cells, widths)
    closing, opening = _frame_rooms(cells)
    lead, trail = _bends(cells, y)
    columns = Columns([], [])
    x = opening[0]
    for number, width in enumerate(wide):
        if number % 2:
            x += closing[number - 1] + lead[number]
        elif number:
            x += trail[number - 1] + opening[number]
        columns.left.append(x)
        x += width
        columns.right.append(x)
    return columns


def _widths(cells: Cells, widths: Sequence[float]) -> list[float]:
    wide = [0.0] * len(cells.columns)
    for box, width in enumerate(widths):
        wide[cells.column[box]] = max(wide[cells.column[box]], width)
    for number, cell in cells.label_of.items():
        wide[cells.column[cell]] = max(wide[cells.column[cell]], cells.edges[number].width)
    return wide


def _frame_rooms(cells: Cells) -> tuple[list[float], list[float]]:
    """Return the room for frame sides to the right and to the left of each column."""
    closing, opening = [0.0] * len(cells.columns), [0.0] * len(cells.columns)
    for group in cells.nesting.kept:
        first, last = cells.spans[group]
        if first <= last:
            room = (cells.nesting.inside[group] + 1) * FRAME_PAD
            opening[first] = max(opening[first], room)
            closing[last] = max(closing[last], room)
    return closing, opening


def _bends(cells: Cells, y: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the room before and after the labels of each gap, by its steepest edge.

    The factors and limits were chosen by eye.
    """
    lead, trail = [_LEAD] * len(cells.columns), [_TRAIL] * len(cells.columns)
    for path in cells.paths:
        for left, right in pairwise(path):
            rise = abs(y[left] - y[right])
            if cells.column[left] % 2:  # a gap, in which `left` is a label or a passing edge
                gap = cells.column[left]
                trail[gap] = max(trail[gap], min(48.0, 0.3 * rise))
            else:
                gap = cells.column[left] + 1
                lead[gap] = max(lead[gap], min(72.0, 0.35 * rise))
    return lead, trail


def box_at(cells: Cells, columns: Columns, y: Sequence[float], cell: int, width: float) -> Box:
    """Return the rectangle of a box or a label, in the middle of its column."""
    column, height = cells.column[cell], cells.height[cell]
    middle = (columns.left[column] + columns.right[column]) / 2
    return Box(middle - width / 2, y[cell] - height / 2, width, height)


def curves_of(
    cells: Cells, columns: Columns, y: Sequence[float], boxes: Sequence[Box]
) -> tuple[Curve, ...]:
    """Return the curve of every edge."""
    outs, ins = _ports(cells, y)
    lane_of = lanes(cells, y)
    curves = []
    for number, path in enumerate(cells.paths):
        ports = outs[number], ins[number]
        if number in cells.far:
            stops = _stops_outside(cells, columns, y, path, lane_of[path[0]])
        else:
            stops = _stops_inside(cells, columns, y, path)
        curves.append(_curve(_with_ends(cells, columns, boxes, path, stops, ports)))
    return tuple(curves)


def lanes(cells: Cells, y: Sequence[float]) -> dict[int, float]:
    """Return for each box with far edges the y at which they run above everything else."""
    reach: dict[int, int] = {}
    for number in sorted(cells.far):
        edge = cells.edges[number]
        reach[edge.tail] = max(reach.get(edge.tail, 0), cells.column[edge.head])
    highest = min(
        (y[cell] - cells.height[cell] / 2 for cell in range(len(cells.height))), default=0.0
    )
    ends: list[int] = []
    found: dict[int, float] = {}
    for box in sorted(reach, key=lambda box: (cells.column[box], -reach[box], box)):
        free = (lane for lane, end in enumerate(ends) if end <= cells.column[box])
        lane = next(free, len(ends))
        ends[lane : lane + 1] = [reach[box]]
        found[box] = highest - 4 * FRAME_PAD - _PORT * lane
    return found


def _ports(cells: Cells, y: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the y at which every edge leaves its tail and enters its head.

    The edges on one side of a box are in the order of the cells that they come from or lead to.
    They do not cross at the box, and two edges between the same boxes stay apart.
    """
    outs, ins = [0.0] * len(cells.paths), [0.0] * len(cells.paths)
    for ports, end, beside in ((outs, 0, 1), (ins, -1, -2)):  # places of the box and its neighbor
        sides: dict[int, list[int]] = defaultdict(list)
        for number, path in enumerate(cells.paths):
            sides[path[end]].append(number)
        for box, numbers in sides.items():
            numbers.sort(key=lambda number: _side_key(cells, y, number, beside))
            step = min(_PORT, 0.7 * cells.height[box] / len(numbers))
            first = y[box] - step * (len(numbers) - 1) / 2
            for rank, number in enumerate(numbers):
                ports[number] = first + rank * step
    return outs, ins


def _side_key(cells: Cells, y: Sequence[float], number: int, beside: int) -> float:
    if number in cells.far and beside == 1:
        return -inf
    return y[cells.paths[number][beside]]


Stop = tuple[float, float, bool]
"""A point an edge passes, and whether it is level there."""


def _with_ends(
    cells: Cells,
    columns: Columns,
    boxes: Sequence[Box],
    path: Sequence[int],
    stops: Iterable[Stop],
    ports: tuple[float, float],
) -> list[Stop]:
    """Return all stops of an edge. It is level until it leaves the columns of its ends."""
    leaving, entering = boxes[path[0]].right, boxes[path[-1]].x
    side, other_side = columns.right[cells.column[path[0]]], columns.left[cells.column[path[-1]]]
    return [
        (leaving, ports[0], True),
        *([(side, ports[0], True)] if side > leaving + _HAIR else []),
        *stops,
        *([(other_side, ports[1], True)] if other_side < entering - _HAIR else []),
        (entering, ports[1], True),
    ]


def _stops_inside(
    cells: Cells, columns: Columns, y: Sequence[float], path: Sequence[int]
) -> Iterator[Stop]:
    for cell in path[1:-1]:
        column = cells.column[cell]
        left, right = columns.left[column], columns.right[column]
        if column % 2:
            yield (left + right) / 2, y[cell], False
        else:
            yield left, y[cell], True
            yield right, y[cell], True


def _stops_outside(
    cells: Cells, columns: Columns, y: Sequence[float], path: Sequence[int], lane: float
) -> Iterator[Stop]:
    yield columns.left[cells.column[path[0]] + 2], lane, True
    yield columns.right[cells.column[path[-1]] - 2], lane, True
    yield from _stops_inside(cells, columns, y, path)


def _curve(stops: Sequence[Stop]) -> Curve:
    """Return a smooth curve that is monotone between every two stops.

    The slope at a stop is the harmonic mean of the slopes on its two sides, or 0 at an extremum.
    With this choice of Fritsch and Butland, cubic pieces are monotone.
    """
    slopes = [0.0] * len(stops)
    for index in range(1, len(stops) - 1):
        if not stops[index][2]:
            slopes[index] = _between(_slope(stops, index), _slope(stops, index + 1))
    x0, y0, _ = stops[0]
    points, slope = [Point(x0, y0)], 0.0
    for (x1, y1, _), next_slope in zip(stops[1:], slopes[1:], strict=True):
        third = (x1 - x0) / 3
        # Level ends take longer handles, so that the S of an edge looks smooth.
        start = third if slope else 1.35 * third
        end = third if next_slope else 1.35 * third
        points.append(Point(x0 + start, y0 + start * slope))
        points.append(Point(x1 - end, y1 - end * next_slope))
        points.append(Point(x1, y1))
        x0, y0, slope = x1, y1, next_slope
    return tuple(points)


def _slope(stops: Sequence[Stop], index: int) -> float:
    (x0, y0, _), (x1, y1, _) = stops[index - 1], stops[index]
    return (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0


def _between(before: float, after: float) -> float:
    return 2 * before * after / (before + after) if before * after > 0 else 0.0
