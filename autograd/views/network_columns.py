"""How the units of a column are laid out: as circles, as the pixels of an image, or as boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isqrt

from ..graph.wording import number_text
from . import text
from .block_cells import Cells
from .spots import READABLE, SMALL, Scale, Spot
from .unit_parts import Column, Unit
from .units import Network

HEIGHT = 420.0  # of the tallest column
LARGEST, SMALLEST = 28.0, 5.0  # radii of circles
MOST_IN_A_COLUMN = 24  # units above each other; more of them wrap
MOST_BOXES = 6  # numbers above each other that are drawn as boxes; more are circles
IMAGE = 64  # inputs from which a square number of them is drawn as an image
MOST_NAMES = 12  # names of units beside each other that are written
IMAGE_SIDE = 210.0
_BOX_HEIGHT = 60.0
_LOOSE = 104.0  # the distance of few units from each other
_BELOW = SMALL + 6  # the room of a bias below its circle


@dataclass(frozen=True, slots=True)
class Named:
    """A network, the names of its units, and the cells of those that are blocks."""

    network: Network
    names: Sequence[str]
    cells: Mapping[int, Cells]

    def box(self, unit: int) -> tuple[float, float]:
        """Return the size of a unit that is drawn as a box."""
        if unit in self.cells:
            return self.cells[unit].width, self.cells[unit].height
        value = number_text(self.network.graph.nodes[self.network.units[unit].result].data)
        words = self.names[unit], value, "∂ −0.00000"
        return max(text.width(word, SMALL) for word in words) + 16, _BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """How a column is laid out: its kind, its rows, and the room that it and its names take."""

    kind: str
    rows: int
    radius: float
    width: float
    height: float
    step: float
    before: float = 0.0
    after: float = 0.0


def shape_of(named: Named, column: Column) -> ColumnShape:
    """Return how a column is laid out."""
    network, count = named.network, len(column.units)
    units = [network.units[k] for k in column.units]
    kinds = {unit.kind for unit in units}
    if "block" in kinds or (kinds == {"number"} and count <= MOST_BOXES):
        sizes = [named.box(k) for k in column.units]
        step = max(height for _, height in sizes) + 16
        width = max(width for width, _ in sizes)
        return ColumnShape("box", count, 0.0, width, count * step - 16.0, step)
    side = isqrt(count)
    if count >= IMAGE and side * side == count and units[0].kind == "input":
        pixel = IMAGE_SIDE / side
        return ColumnShape("pixel", side, pixel / 2, IMAGE_SIDE, IMAGE_SIDE, pixel)
    rows = min(count, MOST_IN_A_COLUMN)
    radius = min(LARGEST, max(SMALLEST, HEIGHT / (2.35 * rows)))
    loose = 2.35 * radius if units[0].kind == "shared" else min(_LOOSE, HEIGHT / 2 / rows)
    step = max(2.35 * radius, loose)
    across = ceil(count / rows)
    beside = _written(named, column, across)
    room = max((text.width(named.names[k], SMALL) + 10 for k in beside), default=0.0)
    is_input = units[0].kind in ("input", "shared")
    return ColumnShape(
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


def _written(named: Named, column: Column, across: int) -> Sequence[int]:
    """Return the units of a column whose names are written: all, or none of many."""
    shown = [k for k in column.units if named.names[k] and _is_told(named.network, k)]
    return shown if len(column.units) <= MOST_NAMES and across == 1 else ()


def _is_told(network: Network, unit: int) -> bool:
    """Whether a circle's name says more than which operation it is."""
    found = network.units[unit]
    return found.kind != "number" or bool(network.graph.nodes[found.result].label)


def spots_of(
    named: Named, column: Column, shape: ColumnShape, middle: tuple[float, float], scale: Scale
) -> Iterator[Spot]:
    """Yield the units of a column: downwards and then across; the pixels of an image row by row."""
    network = named.network
    graph = network.graph
    values = [graph.nodes[network.units[k].result].data for k in column.units]
    gradients = [graph.adjoints[network.units[k].result] for k in column.units]
    largest = scale.value or 1.0
    if shape.kind == "pixel":
        largest = max(map(abs, values)) or 1.0
    count = len(column.units)
    wide = ceil(count / shape.rows)
    beside = set(_written(named, column, wide))
    units = [network.units[k] for k in column.units]
    has_biases = shape.kind == "circle" and _shows_biases(units, shape.radius, shape.step)
    step = shape.step if shape.kind == "pixel" else 2.35 * shape.radius
    for place, (k, value, gradient) in enumerate(zip(column.units, values, gradients, strict=True)):
        across, down = divmod(place, shape.rows)
        if shape.kind == "pixel":
            across, down = down, across
        rows = shape.rows if shape.kind == "pixel" else min(shape.rows, count - across * shape.rows)
        unit, cells = network.units[k], named.cells.get(k)
        yield Spot(
            k,
            "block" if cells else shape.kind,
            middle[0] + (across - (wide - 1) / 2) * step,
            middle[1] + (down - (rows - 1) / 2) * shape.step,
            shape.radius,
            *(named.box(k) if shape.kind == "box" else (0.0, 0.0)),
            named.names[k] if shape.kind == "box" or k in beside else "",
            "before" if unit.kind in ("input", "shared") else "",
            value / largest,
            gradient / (scale.gradient or 1.0),
            has_biases and unit.bias is not None,
            cells.cells if cells else (),
        )
