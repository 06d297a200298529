"""How the units of a column are laid out: as circles, as the pixels of an image, or as boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isqrt

from ..engine.operation import Op
from ..engine.ops import HALF_SQUARED_ERROR, SQUARED_ERROR
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
IMAGE = 64  # the fewest inputs that are drawn as an image, if they fill a square
IMAGE_SIDE = 210.0
_BOX_HEIGHT = 60.0
_LOOSE = 104.0  # the largest distance between the units of a column
_PITCH = 2.35  # the distance of circles that stand close to each other, in radii
_BELOW = SMALL + 6  # the room of a bias below its circle


@dataclass(frozen=True, slots=True)
class Named:
    """A network, the names of its units, and the cells of those that are blocks."""

    network: Network
    names: Sequence[str]
    cells: Mapping[int, Cells]
    leaving: Mapping[int, str]  # the name of the numbers that the next block reads

    def heading(self, unit: int) -> str:
        """Return the first row of a box."""
        op = self.network.graph.nodes[self.network.units[unit].result].op
        return heading(self.names[unit], op)

    def box(self, unit: int) -> tuple[float, float]:
        """Return the size of a unit that is drawn as a box."""
        if unit in self.cells:
            return self.cells[unit].width, self.cells[unit].height
        value = number_text(self.network.graph.nodes[self.network.units[unit].result].data)
        return box_width(self.heading(unit), value), _BOX_HEIGHT

    def room_beside(self, unit: int) -> float:
        """Return the room that the words beside a circle need."""
        has_target = self.network.units[unit].target is not None
        return room_beside(self.names[unit], has_target=has_target)


def heading(name: str, op: Op) -> str:
    """Return a name, with the formula for a squared error."""
    return f"{name} = {op.glyph}" if op in (SQUARED_ERROR, HALF_SQUARED_ERROR) else name


def box_width(*words: str) -> float:
    """Return the width of a box in which these words and a gradient fit."""
    return max(text.width(word, SMALL) for word in (*words, "∂ −0.00000")) + 16


def beside(name: str, target: float | None) -> str:
    """Return a name and a target as one line."""
    words = [] if target is None else [f"target {number_text(target, digits=3)}"]
    return " · ".join([name, *words] if name else words)


def room_beside(name: str, *, has_target: bool) -> float:
    """Return the room for a name and any target beside a circle."""
    words = beside(name, -0.12 if has_target else None)
    return text.width(words, SMALL) + 10 if words else 0.0


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
    hung: float = 0.0  # the room below the boxes for the inputs of single blocks
    across: int = 1
    has_biases: bool = False  # whether there is room for the biases below the circles
    named: frozenset[int] = frozenset()  # the circles with words beside them


def shape_of(named: Named, column: Column) -> ColumnShape:
    """Return how a column is laid out."""
    units, count = [named.network.units[k] for k in column.units], len(column.units)
    kinds = {unit.kind for unit in units}
    if not kinds.isdisjoint(("block", "fed")) or (kinds == {"number"} and count <= MOST_BOXES):
        sizes = [named.box(k) for k in column.units]
        step = max(height for _, height in sizes) + 16
        width = max(width for width, _ in sizes)
        after = text.width(named.leaving.get(column.units[0], ""), SMALL)
        own = sum(unit.kind != "fed" for unit in units) or count
        height = own * step - 16.0
        hung = (count - own) * step
        return ColumnShape("box", own, 0.0, width, height, step, after=after, hung=hung)
    side = isqrt(count)
    if count >= IMAGE and side * side == count and units[0].kind == "input":
        pixel = IMAGE_SIDE / side
        return ColumnShape("pixel", side, pixel / 2, IMAGE_SIDE, IMAGE_SIDE, pixel, across=side)
    return _circles(named, column, units)


def _circles(named: Named, column: Column, units: Sequence[Unit]) -> ColumnShape:
    rows = min(len(units), MOST_IN_A_COLUMN)
    across = ceil(len(units) / rows)
    radius = min(LARGEST, max(SMALLEST, HEIGHT / (_PITCH * rows)))
    pitch = _PITCH * radius
    step = pitch if units[0].kind == "shared" else max(pitch, min(_LOOSE, HEIGHT / 2 / rows))
    fits = radius >= READABLE and (len(units) == 1 or step >= 2 * radius + _BELOW)
    has_biases = fits and any(unit.bias is not None for unit in units)
    told = [k for k in column.units if named.room_beside(k) and _is_told(named.network, k)]
    if across > 1 or step < SMALL + 2:  # no room for names
        told = []
    room = max(map(named.room_beside, told), default=0.0)
    before, after = (room, 0.0) if units[0].kind in ("input", "shared") else (0.0, room)
    width = pitch * (across - 1) + 2 * radius
    height = step * (rows - 1) + 2 * radius + 2 * _BELOW * has_biases
    size = rows, radius, width, height, step, before, after
    return ColumnShape("circle", *size, 0.0, across, has_biases, frozenset(told))


def _is_told(network: Network, unit: int) -> bool:
    """Whether a circle has a name other than that of its operation."""
    found = network.units[unit]
    return found.kind != "number" or bool(network.graph.nodes[found.result].label)


def spots_of(
    named: Named, column: Column, shape: ColumnShape, middle: tuple[float, float], scale: Scale
) -> Iterator[Spot]:
    """Yield the spots of a column from top to bottom and then across. Pixels go row by row."""
    graph, units = named.network.graph, named.network.units
    is_image = shape.kind == "pixel"
    results = [units[k].result for k in column.units]
    largest = max(abs(graph.nodes[k].data) for k in results) if is_image else scale.value
    pitch = shape.step if is_image else _PITCH * shape.radius
    for place, (k, result) in enumerate(zip(column.units, results, strict=True)):
        across, down = divmod(place, shape.rows) if shape.kind != "box" else (0, place)
        rows = min(shape.rows, len(results) - across * shape.rows)
        if is_image:
            across, down, rows = down, across, shape.rows
        unit, cells, is_named = units[k], named.cells.get(k), k in shape.named
        is_box = shape.kind == "box"
        width, height = named.box(k) if is_box else (0.0, 0.0)
        yield Spot(
            unit=k,
            shape="block" if cells else shape.kind,
            x=middle[0] + (across - (shape.across - 1) / 2) * pitch,
            y=middle[1] + (down - (rows - 1) / 2) * shape.step,
            radius=shape.radius,
            width=width,
            height=height,
            name=named.heading(k) if is_box else named.names[k] if is_named else "",
            side="before" if unit.kind in ("input", "shared") else "",
            fill=graph.nodes[result].data / (largest or 1.0),
            ring=graph.adjoints[result] / (scale.gradient or 1.0),
            has_bias=shape.has_biases and unit.bias is not None,
            cells=cells.cells if cells else (),
            target=unit.target if is_named else None,
            room_beside=named.room_beside(k) if is_named else 0.0,
        )
