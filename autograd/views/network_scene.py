"""Where everything in the picture of a network is: circles, boxes, wires and words, as coordinates.

Lengths are in pixels. The SVG, the live page and matplotlib draw the same scene.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, hypot, isqrt

from ..graph.wording import number
from . import text
from .text import shortened
from .units import Column, Network, Unit, Wire

HEIGHT = 520.0  # of the tallest column
LARGEST, SMALLEST = 28.0, 5.0  # radii of circles
READABLE = 18.0  # the radius from which a number fits into a circle
MOST_IN_A_COLUMN = 24  # units above each other; more of them wrap
IMAGE = 64  # inputs from which a square number of them is drawn as an image
PIXEL = 8.0
MOST_WIRES = 600
NAME_LENGTH = 18
SMALL = 12.0
_GAP, _WIDE_GAP, _MARGIN = 120.0, 250.0, 16.0
_LOOSE = 104.0  # the distance of few units from each other
_WIDTH = 1120.0  # that the columns spread over if the gaps allow it


@dataclass(frozen=True, slots=True)
class Spot:
    """One unit in the picture.

    Attributes:
        shape: "circle", "pixel" or "box".
        x, y: its middle.
        radius: of a circle; half the width of a pixel.
        width, height: of a box.
        name: the words beside it, or in a box.
        fill, ring: its value and its gradient, each divided by the largest of its column.
    """

    unit: int
    shape: str
    x: float
    y: float
    radius: float = 0.0
    width: float = 0.0
    height: float = 0.0
    name: str = ""
    side: str = ""
    fill: float = 0.0
    ring: float = 0.0


@dataclass(frozen=True, slots=True)
class WireLine:
    """A wire from the border of one spot to that of another; `size` is |weight|, at most 1."""

    wire: int
    x1: float
    y1: float
    x2: float
    y2: float
    size: float


@dataclass(frozen=True, slots=True)
class Caption:
    """The name of a column, centered below it."""

    words: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class NetworkScene:
    """Everything in the picture of a network."""

    network: Network
    width: float
    height: float
    spots: tuple[Spot, ...]
    lines: tuple[WireLine, ...]
    captions: tuple[Caption, ...]

    @property
    def hidden_wires(self) -> int:
        """How many wires are not drawn because there are too many."""
        return len(self.network.wires) - len(self.lines)


def scene_of(network: Network) -> NetworkScene:
    """Return the scene of a network, 1,150 pixels wide or as wide as its columns need."""
    shapes = [_shape(network, column) for column in network.columns]
    gap = (_WIDTH - sum(shape.width for shape in shapes)) / max(1, len(shapes) - 1)
    gap = min(_WIDE_GAP, max(_GAP, gap))
    left = _MARGIN + shapes[0].before
    tallest = max(shape.height for shape in shapes)
    spots: list[Spot] = []
    captions: list[Caption] = []
    for column, shape in zip(network.columns, shapes, strict=True):
        middle = left + shape.width / 2
        spots += _spots(network, column, shape, middle, _MARGIN + tallest / 2)
        captions.append(Caption(column.name, middle, _MARGIN + tallest + 22))
        left += shape.width + gap
    width = left - gap + shapes[-1].after + _MARGIN
    spots.sort(key=lambda spot: spot.unit)
    lines = tuple(_lines(network, spots))
    return NetworkScene(
        network, width, tallest + 2 * _MARGIN + 26, tuple(spots), lines, tuple(captions)
    )


# --- columns --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a column is laid out: its kind, its rows, and the room that it and its names take."""

    kind: str
    rows: int
    radius: float
    width: float
    height: float
    step: float
    before: float = 0.0
    after: float = 0.0


def _shape(network: Network, column: Column) -> _Shape:
    count = len(column.units)
    units = [network.units[k] for k in column.units]
    if all(unit.kind == "number" for unit in units):
        width = max(_box_width(network, unit) for unit in units)
        return _Shape("box", count, 0.0, width, count * 70.0 - 16.0, 70.0)
    side = isqrt(count)
    if count >= IMAGE and side * side == count and units[0].kind == "input":
        return _Shape("pixel", side, PIXEL / 2, side * PIXEL, side * PIXEL, PIXEL)
    rows = min(count, MOST_IN_A_COLUMN)
    radius = min(LARGEST, max(SMALLEST, HEIGHT / (2.35 * rows)))
    step = min(_LOOSE, max(2.35 * radius, HEIGHT / 2 / rows))
    across = ceil(count / rows)
    names = max(text.width(_name(network, unit), SMALL) for unit in units) + 10
    return _Shape(
        "circle",
        rows,
        radius,
        2.35 * radius * (across - 1) + 2 * radius,
        step * (rows - 1) + 2 * radius,
        step,
        before=names if units[0].kind == "input" else 0.0,
        after=names,
    )


def _spots(
    network: Network, column: Column, shape: _Shape, middle: float, center: float
) -> Iterator[Spot]:
    """Yield the units of a column: downwards and then across; the pixels of an image row by row."""
    graph = network.graph
    values = [graph.nodes[network.units[k].result].data for k in column.units]
    gradients = [graph.adjoints[network.units[k].result] for k in column.units]
    largest = [max(map(abs, numbers)) or 1.0 for numbers in (values, gradients)]
    count = len(column.units)
    wide = ceil(count / shape.rows)
    step = PIXEL if shape.kind == "pixel" else 2.35 * shape.radius
    for place, (k, value, gradient) in enumerate(zip(column.units, values, gradients, strict=True)):
        across, down = divmod(place, shape.rows)
        if shape.kind == "pixel":
            across, down = down, across
        rows = shape.rows if shape.kind == "pixel" else min(shape.rows, count - across * shape.rows)
        unit = network.units[k]
        yield Spot(
            k,
            shape.kind,
            middle + (across - (wide - 1) / 2) * step,
            center + (down - (rows - 1) / 2) * shape.step,
            shape.radius,
            _box_width(network, unit) if shape.kind == "box" else 0.0,
            54.0 if shape.kind == "box" else 0.0,
            "" if shape.kind == "pixel" else _name(network, unit),
            "before" if unit.kind == "input" else "",
            value / largest[0],
            gradient / largest[1],
        )


def _name(network: Network, unit: Unit) -> str:
    """Return the words beside a unit: the name of an input or an output, else none."""
    node = network.graph.nodes[unit.result]
    if unit.kind == "number":
        return shortened(node.label or node.op.glyph or node.name, NAME_LENGTH)
    shown = unit.kind == "input" or unit.result in network.graph.outputs
    return shortened(node.label, NAME_LENGTH) if shown else ""


def _box_width(network: Network, unit: Unit) -> float:
    words = _name(network, unit), number(network.graph.nodes[unit.result].data), "∂ −0.0000000"
    return max(text.width(word, SMALL) for word in words) + 22


# --- wires ----------------------------------------------------------------------------------------


def _lines(network: Network, spots: Sequence[Spot]) -> Iterator[WireLine]:
    """Yield the strongest wires between each two columns, at most `MOST_WIRES` in all."""
    column = {unit: k for k, found in enumerate(network.columns) for unit in found.units}
    between: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, wire in enumerate(network.wires):
        between[column[wire.tail], column[wire.head]].append(index)
    room = MOST_WIRES
    waiting = sorted(between.values(), key=len)
    for done, indices in enumerate(waiting):
        share = room // (len(waiting) - done)
        by_strength = sorted(indices, key=lambda k: -_strength(network, network.wires[k]))
        kept = sorted(by_strength[:share])
        room -= len(kept)
        largest = max(abs(network.wires[k].weight) for k in indices) or 1.0
        for k in kept:
            wire = network.wires[k]
            ends = _ends(spots[wire.tail], spots[wire.head])
            yield WireLine(k, *ends, abs(wire.weight) / largest)


def _strength(network: Network, wire: Wire) -> float:
    """Return |weight · value|, so that bright pixels are wired first; then |weight|."""
    value = network.graph.nodes[network.units[wire.tail].result].data
    return abs(wire.weight * value) + 1e-6 * abs(wire.weight)


def _ends(tail: Spot, head: Spot) -> tuple[float, float, float, float]:
    """Return where the line between the middles of two spots leaves the one and meets the other."""
    length = hypot(head.x - tail.x, head.y - tail.y) or 1.0
    across, down = (head.x - tail.x) / length, (head.y - tail.y) / length
    start, end = _reach(tail, across, down), _reach(head, across, down)
    return (
        tail.x + across * start,
        tail.y + down * start,
        head.x - across * end,
        head.y - down * end,
    )


def _reach(spot: Spot, across: float, down: float) -> float:
    """Return how far the border of a spot is from its middle in a direction."""
    if spot.shape != "box":
        return spot.radius
    return min(
        spot.width / 2 / (abs(across) or 1e-9),
        spot.height / 2 / (abs(down) or 1e-9),
    )
