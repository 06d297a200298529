"""Where everything in the picture of a network is: circles, boxes, wires and words, as coordinates.

Lengths are in pixels. The SVG and the live page draw the same scene. Columns stand from left to
right; those of a long network, such as a recurrent one, wrap into rows as words do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, isqrt, sqrt

from ..graph.wording import number
from . import text
from .layout import Box
from .network_captions import ColumnPlace, captions_of
from .network_names import names_of
from .network_wires import MOST_WIRES, WireLine, lines_between
from .spots import READABLE, SMALL, Caption, Spot, SpotRow
from .units import Column, Network, Unit

__all__ = ["MOST_WIRES", "NetworkScene", "scene_of"]

HEIGHT = 420.0  # of the tallest column
LARGEST, SMALLEST = 28.0, 5.0  # radii of circles
MOST_IN_A_COLUMN = 24  # units above each other; more of them wrap
MOST_BOXES = 6  # numbers above each other that are drawn as boxes; more are circles
IMAGE = 64  # inputs from which a square number of them is drawn as an image
MOST_NAMES = 12  # names of units beside each other that are written
IMAGE_SIDE = 210.0
_BOX_HEIGHT = 60.0
_GAP, _NARROW_GAP, _WIDE_GAP, _MARGIN = 60.0, 44.0, 250.0, 20.0
_LOOSE = 104.0  # the distance of few units from each other
_WIDTH = 900.0  # that the columns spread over if the gaps allow it
_WIDEST = 1500.0  # a picture that would be wider wraps into rows
_BESIDE = 2.2  # how much wider than high a picture of several rows should be
_BELOW = SMALL + 6  # the room of a bias below its circle
_GUTTER = 40.0  # between rows, for names of columns and wires to the next row


@dataclass(frozen=True, slots=True)
class NetworkScene:
    """Everything in the picture of a network."""

    network: Network
    width: float
    height: float
    spots: tuple[Spot, ...]
    lines: tuple[WireLine, ...]
    captions: tuple[Caption, ...]
    rows: tuple[SpotRow, ...]
    row_of: tuple[int, ...]  # the row of each column

    @property
    def column_of(self) -> dict[int, int]:
        """The column of each unit."""
        columns = enumerate(self.network.columns)
        return {unit: k for k, column in columns for unit in column.units}

    @property
    def images(self) -> dict[int, Box]:
        """The frames of the columns that are drawn as images."""
        found: dict[int, Box] = {}
        for place, column in enumerate(self.network.columns):
            first, last = self.spots[column.units[0]], self.spots[column.units[-1]]
            if first.shape == "pixel":
                x, y, side = first.x - first.radius, first.y - first.radius, last.x - first.x
                found[place] = Box(x, y, side + 2 * first.radius, side + 2 * first.radius)
        return found

    @property
    def hidden_wires(self) -> int:
        """How many wires are not drawn because there are too many."""
        shared = {k for k, unit in enumerate(self.network.units) if unit.kind == "shared"}
        reaching = sum(wire.tail in shared for wire in self.network.wires)
        return len(self.network.wires) - reaching - len(self.lines)

    @property
    def folding(self) -> str:
        """How many numbers are folded into how many units, in words; "" if blocks say how."""
        numbers, units = len(self.network.graph.nodes), len(self.network.units)
        return f"{numbers:,} numbers, folded into {units:,}" if self.network.is_folded else ""


def scene_of(network: Network, names: Sequence[str] | None = None) -> NetworkScene:
    """Return the scene of a network; `names` are those of its outputs.

    Raises:
        ValueError: there is not one name for each output.
    """
    called = names_of(network, names)
    shapes = [_shape(network, column, called) for column in network.columns]
    spots: list[Spot] = []
    places: list[ColumnPlace] = []
    rows: list[SpotRow] = []
    width, top = 0.0, _MARGIN
    for row, members in enumerate(_rows(shapes)):
        found = [shapes[k] for k in members]
        tallest = max(shape.height for shape in found)
        left, gap = _MARGIN + found[0].before, _gap(found, len(members) < len(shapes))
        for k in members:
            middle = left + shapes[k].width / 2
            spots += _spots(
                network, network.columns[k], shapes[k], middle, top + tallest / 2, called
            )
            right = left + shapes[k].width
            places.append(ColumnPlace(network.columns[k], left, right, top + tallest + 24, row))
            left = right + gap
        width = max(width, left - gap + found[-1].after + _MARGIN)
        named = 22.0 if any(network.columns[k].name for k in members) else 0.0
        rows.append(SpotRow(top, top + tallest + named))
        top += tallest + named + _GUTTER
    spots.sort(key=lambda spot: spot.unit)
    height = top - _GUTTER + _MARGIN
    captions = tuple(captions_of(places))
    scene = NetworkScene(
        network,
        width,
        height,
        tuple(spots),
        (),
        captions,
        tuple(rows),
        tuple(p.row for p in places),
    )
    return replace(scene, lines=tuple(lines_between(network, spots, rows, width)))


# --- rows -----------------------------------------------------------------------------------------


def _rows(shapes: Sequence[_Shape]) -> Iterator[list[int]]:
    """Yield the columns of each row: one row, or rows of about equal width for a long network."""
    widths = [shape.before + shape.width + shape.after + _NARROW_GAP for shape in shapes]
    total = sum(widths)
    if total <= _WIDEST:
        yield list(range(len(shapes)))
        return
    tallest = max(shape.height for shape in shapes) + _GUTTER
    count = max(1, round(sqrt(total / (_BESIDE * tallest))))
    room = max(_WIDTH, max(widths), total / count)
    row: list[int] = []
    used = 0.0
    for k, width in enumerate(widths):
        if row and used + width > room + _NARROW_GAP:
            yield row
            row, used = [], 0.0
        row.append(k)
        used += width
    yield row


def _gap(shapes: Sequence[_Shape], is_wrapped: bool) -> float:
    room = max((one.after + two.before for one, two in pairwise(shapes)), default=0.0)
    if is_wrapped:
        return _NARROW_GAP + room
    gap = (_WIDTH - sum(shape.width for shape in shapes)) / max(1, len(shapes) - 1)
    return min(_WIDE_GAP, max(_GAP, room + 20, gap))


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


def _shape(network: Network, column: Column, names: Sequence[str]) -> _Shape:
    count = len(column.units)
    units = [network.units[k] for k in column.units]
    if count <= MOST_BOXES and all(unit.kind == "number" for unit in units):
        width = max(
            _box_width(network, unit, names[k]) for k, unit in zip(column.units, units, strict=True)
        )
        step = _BOX_HEIGHT + 16
        return _Shape("box", count, 0.0, width, count * step - 16.0, step)
    side = isqrt(count)
    if count >= IMAGE and side * side == count and units[0].kind == "input":
        pixel = IMAGE_SIDE / side
        return _Shape("pixel", side, pixel / 2, IMAGE_SIDE, IMAGE_SIDE, pixel)
    rows = min(count, MOST_IN_A_COLUMN)
    radius = min(LARGEST, max(SMALLEST, HEIGHT / (2.35 * rows)))
    step = min(_LOOSE, max(2.35 * radius, HEIGHT / 2 / rows))
    across = ceil(count / rows)
    beside = _written(network, names, column, across)
    room = max((text.width(names[k], SMALL) + 10 for k in beside), default=0.0)
    is_input = units[0].kind in ("input", "shared")
    return _Shape(
        "circle",
        rows,
        radius,
        2.35 * radius * (across - 1) + 2 * radius,
        step * (rows - 1)
        + 2 * radius
        + (2 * _BELOW if _shows_biases(units, radius, step) else 0.0),
        step,
        before=room if is_input else 0.0,
        after=0.0 if is_input else room,
    )


def _shows_biases(units: Sequence[Unit], radius: float, step: float) -> bool:
    """Whether there is room for the biases of a column below its circles."""
    has_room = radius >= READABLE and (len(units) == 1 or step >= 2 * radius + _BELOW)
    return has_room and any(unit.bias is not None for unit in units)


def _written(network: Network, names: Sequence[str], column: Column, across: int) -> Sequence[int]:
    """Return the units of a column whose names are written: all, or none of many."""
    named = [k for k in column.units if names[k] and _is_told(network, k)]
    return named if len(column.units) <= MOST_NAMES and across == 1 else ()


def _is_told(network: Network, unit: int) -> bool:
    """Whether a circle's name says more than which operation it is."""
    found = network.units[unit]
    return found.kind != "number" or bool(network.graph.nodes[found.result].label)


def _spots(
    network: Network,
    column: Column,
    shape: _Shape,
    middle: float,
    center: float,
    names: Sequence[str],
) -> Iterator[Spot]:
    """Yield the units of a column: downwards and then across; the pixels of an image row by row."""
    graph = network.graph
    values = [graph.nodes[network.units[k].result].data for k in column.units]
    gradients = [graph.adjoints[network.units[k].result] for k in column.units]
    largest = [max(map(abs, numbers)) or 1.0 for numbers in (values, gradients)]
    count = len(column.units)
    wide = ceil(count / shape.rows)
    beside = set(_written(network, names, column, wide))
    units = [network.units[k] for k in column.units]
    has_biases = shape.kind == "circle" and _shows_biases(units, shape.radius, shape.step)
    step = shape.step if shape.kind == "pixel" else 2.35 * shape.radius
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
            _box_width(network, unit, names[k]) if shape.kind == "box" else 0.0,
            _BOX_HEIGHT if shape.kind == "box" else 0.0,
            names[k] if shape.kind == "box" or k in beside else "",
            "before" if unit.kind in ("input", "shared") else "",
            value / largest[0],
            gradient / largest[1],
            has_biases and unit.bias is not None,
        )


def _box_width(network: Network, unit: Unit, name: str) -> float:
    words = name, number(network.graph.nodes[unit.result].data), "∂ −0.00000"
    return max(text.width(word, SMALL) for word in words) + 16
