"""The wires of a network that are drawn, with their lines and the places of their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot

from . import text
from .spots import SMALL, Spot, SpotRow
from .unit_parts import Wire
from .units import Network

MOST_WIRES = 600
MOST_WRITTEN = 24  # the most wires whose numbers are written
_PLACES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78)  # the places on a wire where its number may stand
_NUMBER = (text.width("−0.0000", SMALL) + 4, SMALL + 4)  # the size of a number on a wire

_LEAST_BEND = 8.0  # the least gap between two spots for a wire that is level at both ends
OVER = 24.0  # how far above a row wires pass over its boxes

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # its left upper corner, its width, its height


@dataclass(frozen=True, slots=True)
class WireLine:
    """A wire from the border of one spot to that of another.

    Attributes:
        wire: its index in `Network.wires`.
        points: where it begins, bends and ends.
        size: |weight| divided by the largest of the network, or 0 without a weight.
        place: where on the line its number is written, from 0 to 1, or None.
        name: the name of the numbers that a block passes on.
        passes_over: whether it passes above the boxes in its way.
    """

    wire: int
    points: tuple[Point, ...]
    size: float
    place: float | None = None
    name: str = ""
    passes_over: bool = False

    def at(self, place: float) -> Point:
        """Return the point of a wire without bends at a place from 0 to 1."""
        (x1, y1), (x2, y2) = self.points[0], self.points[-1]
        across, down = place, place
        if self.is_curve:
            across, down = 1.5 * place * (1 - place) + place**3, place * place * (3 - 2 * place)
        return x1 + across * (x2 - x1), y1 + down * (y2 - y1)

    @property
    def is_curve(self) -> bool:
        """Whether it is level at its ends. A number can be told apart better on a straight line."""
        return len(self.points) == 2 and self.place is None

    @property
    def way(self) -> str:
        """The path of an SVG: a curve that is level at its ends, or a line with bends."""
        if not self.is_curve:
            return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in self.points)
        (x1, y1), (x2, y2) = self.points
        middle = (x1 + x2) / 2
        return f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"

    @property
    def polyline(self) -> list[Point]:
        """The wire as points that straight lines may join."""
        return [self.at(k / 16) for k in range(17)] if self.is_curve else list(self.points)


def lines_between(
    network: Network,
    spots: Sequence[Spot],
    rows: Sequence[SpotRow],
    width: float,
    largest: float,
    names: Mapping[int, str],
) -> list[WireLine]:
    """Return the lines of the strongest wires between every two columns, at most `MOST_WIRES`.

    Wires of shared leaves are not drawn, because they lead everywhere.
    """
    column = network.column_of
    between: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, wire in enumerate(network.wires):
        if wire.tail not in network.shared:
            between[column[wire.tail], column[wire.head]].append(index)
    room = MOST_WIRES  # What few wires leave of their share goes to the others.
    waiting = sorted(between.values(), key=len)
    lines: list[WireLine] = []
    for done, indices in enumerate(waiting):
        share = room // (len(waiting) - done)
        kept = sorted(sorted(indices, key=lambda k: -_strength(network, network.wires[k]))[:share])
        room -= len(kept)
        for k in kept:
            wire = network.wires[k]
            tail, head = spots[wire.tail], spots[wire.head]
            is_next = column[wire.head] <= column[wire.tail] + 1
            passes_over = not is_next and _is_blocked(tail, head, spots, rows)
            points = _points(tail, head, rows, width, passes_over)
            size = 0.0 if wire.parameter is None else abs(wire.weight) / (largest or 1.0)
            lines.append(WireLine(k, points, size, None, names.get(k, ""), passes_over))
    return _numbered(network, lines, spots) if len(lines) <= MOST_WRITTEN else lines


def _strength(network: Network, wire: Wire) -> float:
    """Return |weight · value|, so that bright pixels come first. |weight| breaks ties."""
    value = network.graph.nodes[network.units[wire.tail].result].data
    return abs(wire.weight * value) + 1e-6 * abs(wire.weight)


def _is_blocked(tail: Spot, head: Spot, spots: Sequence[Spot], rows: Sequence[SpotRow]) -> bool:
    """Whether another box stands between two boxes, or the two are in different rows."""
    if not tail.width:
        return False
    if _row(tail, rows) != _row(head, rows):
        return True
    slope = (head.y - tail.y) / (head.x - tail.x or 1.0)
    return any(
        abs(tail.y + slope * (spot.x - tail.x) - spot.y) < spot.height / 2
        for spot in spots
        if tail.x < spot.x < head.x and _row(spot, rows) == _row(tail, rows)
    )


def _points(
    tail: Spot, head: Spot, rows: Sequence[SpotRow], width: float, passes_over: bool
) -> tuple[Point, ...]:
    """Return the two ends, or a line above the boxes of a row and around its right side."""
    above, below = _row(tail, rows), _row(head, rows)
    if above == below and not passes_over:
        return _ends(tail, head)
    over, gutter = rows[above].top - OVER, rows[below].top - 14
    right, left = width - 8, head.x - _half(head) - 18
    start: tuple[Point, ...] = ((tail.x + _half(tail), tail.y),)
    if passes_over:
        start = ((tail.x, tail.y - tail.height / 2), (tail.x, over))
    around: tuple[Point, ...] = ((left, over),)
    if above != below:
        around = ((right, start[-1][1]), (right, gutter), (left, gutter))
    return (*start, *around, (left, head.y), (head.x - _half(head), head.y))


def _half(spot: Spot) -> float:
    return spot.width / 2 or spot.radius


def _row(spot: Spot, rows: Sequence[SpotRow]) -> int:
    return next(k for k, row in enumerate(rows) if row.top - 1 <= spot.y <= row.bottom + 1)


def _ends(tail: Spot, head: Spot) -> tuple[Point, Point]:
    """Return the ends of a wire: on facing sides, if there is room between them."""
    left, right = tail.x + _half(tail), head.x - _half(head)
    if left + _LEAST_BEND < right:
        return (left, tail.y), (right, head.y)
    return _straight(tail, head)


def _straight(tail: Spot, head: Spot) -> tuple[Point, Point]:
    """Return the points where the line between the middles of two spots crosses their borders."""
    length = hypot(head.x - tail.x, head.y - tail.y) or 1.0
    across, down = (head.x - tail.x) / length, (head.y - tail.y) / length
    start, end = _reach(tail, across, down), _reach(head, across, down)
    return (
        (tail.x + across * start, tail.y + down * start),
        (head.x - across * end, head.y - down * end),
    )


def _reach(spot: Spot, across: float, down: float) -> float:
    """Return how far the border of a spot is from its middle in a direction."""
    if not spot.width:
        return spot.radius
    return min(
        spot.width / 2 / (abs(across) or 1e-9),
        spot.height / 2 / (abs(down) or 1e-9),
    )


# --- numbers on wires -----------------------------------------------------------------------------


def _numbered(network: Network, lines: Sequence[WireLine], spots: Sequence[Spot]) -> list[WireLine]:
    """Return the lines with places for the numbers of weights, where there is room.

    A number touches no unit and no other number, and as few other lines as possible, so that it is
    clear which line it belongs to.
    """
    taken = [_room_of(spot) for spot in spots]
    straightened = [_straightened(network, line, spots) for line in lines]
    found = []
    for line, curve in zip(straightened, lines, strict=True):
        places = () if line.place is None else _PLACES
        rooms = {place: _around(line.at(place)) for place in places}
        free = [p for p, room in rooms.items() if not any(_overlap(room, t) for t in taken)]
        others = [other for other in straightened if other is not line]
        best = min(free, key=lambda p: sum(_meets(o, rooms[p]) for o in others), default=None)
        if best is not None:
            taken.append(rooms[best])
        found.append(curve if best is None else replace(line, place=best))
    return found


def _straightened(network: Network, line: WireLine, spots: Sequence[Spot]) -> WireLine:
    """Return a straight line with its number in the middle, if the wire has a weight."""
    wire = network.wires[line.wire]
    if wire.parameter is None or not line.is_curve:
        return line
    return replace(line, points=_straight(spots[wire.tail], spots[wire.head]), place=0.5)


def _room_of(spot: Spot) -> Rectangle:
    half, high = _half(spot), spot.height / 2 or spot.radius
    below = SMALL + 6 if spot.has_bias else 0.0
    wide = max(half, 40.0) if spot.has_bias else half
    return spot.x - wide, spot.y - high, 2 * wide, 2 * high + below


def _around(point: Point) -> Rectangle:
    width, height = _NUMBER
    return point[0] - width / 2, point[1] - height / 2, width, height


def _overlap(one: Rectangle, two: Rectangle) -> bool:
    return (
        one[0] < two[0] + two[2]
        and two[0] < one[0] + one[2]
        and one[1] < two[1] + two[3]
        and two[1] < one[1] + one[3]
    )


def _meets(line: WireLine, room: Rectangle) -> bool:
    points = (line.at(k / 40) for k in range(41))
    return any(
        room[0] <= x <= room[0] + room[2] and room[1] <= y <= room[1] + room[3] for x, y in points
    )
