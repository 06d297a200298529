"""The coordinates of circles, boxes, wires and words in the picture of a network.

Lengths are in pixels. The SVG and the live page draw the same scene. Columns go from left to right.
Those of a long network, such as a recurrent one, wrap into rows like words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from .block_cells import Cells, cells_of
from .heat_maps import tables_in
from .layout import Box
from .network_captions import ColumnPlace, captions_of
from .network_columns import ColumnShape, Named, shape_of, spots_of
from .network_names import names_of, wire_names
from .network_notes import ROOM, Note, has_notes, notes_of
from .network_wires import MOST_WIRES, WireLine, lines_between
from .spots import Caption, Scale, Spot, SpotRow
from .units import Network

__all__ = ["MOST_WIRES", "NetworkScene", "scene_of"]

_GAP, _NARROW_GAP, _WIDE_GAP, _MARGIN = 60.0, 30.0, 250.0, 20.0
_WIDTH = 900.0  # gaps are widened, within limits, to fill this width
_WIDEST = 1500.0  # a picture that would be wider wraps into rows
_BESIDE = 2.2  # the best ratio of the width to the height of a picture of several rows
_MOST_ROWS = 40  # more rows are not tried
_ABOVE = 20.0  # the room above the first row for wires that pass over boxes
_GUTTER = 40.0  # the room between rows for names of columns and wires to the next row


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
    scale: Scale
    notes: tuple[Note, ...] = ()

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
    def wires(self) -> int:
        """How many wires there are, without those of shared leaves, which are never drawn."""
        return sum(wire.tail not in self.network.shared for wire in self.network.wires)

    @property
    def hidden_wires(self) -> int:
        """How many wires are not drawn because there are too many."""
        return self.wires - len(self.lines)

    @property
    def folding(self) -> str:
        """How many numbers are folded into how many units, in words; "" if none are."""
        numbers = len(self.network.graph.nodes)
        units = sum(unit.kind != "fed" for unit in self.network.units)
        return f"{numbers:,} numbers, folded into {units:,}" if self.network.is_folded else ""


def scene_of(
    network: Network, names: Sequence[str] | None = None, *, notes: bool = False
) -> NetworkScene:
    """Return the scene of a network, with notes or without; `names` are those of its outputs.

    Raises:
        ValueError: the number of names is not the number of outputs.
    """
    called = names_of(network, names)
    boxes = [k for k, unit in enumerate(network.units) if unit.results]
    tables = tables_in(network.graph) if boxes else []
    cells = _alike({k: cells_of(network.units[k], tables, called[k]) for k in boxes})
    on_wires = wire_names(network)
    leaving = {
        network.wires[wire].tail: name
        for wire, name in on_wires.items()
        if network.units[network.wires[wire].head].kind == "block"
    }
    named = Named(network, called, cells, leaving)
    shapes = [shape_of(named, column) for column in network.columns]
    scale = _scale(network, shapes)
    notes = notes and has_notes(network)
    top = _MARGIN + (_ABOVE if boxes else 0.0) + (ROOM if notes else 0.0)
    places, rows, width = _placed(network, shapes, top)
    spots = [
        spot
        for column, shape, (_, middle) in zip(network.columns, shapes, places, strict=True)
        for spot in spots_of(named, column, shape, middle, scale)
    ]
    spots.sort(key=lambda spot: spot.unit)
    captions = captions_of([place for place, _ in places])
    height, row_of = rows[-1].bottom + _MARGIN, tuple(place.row for place, _ in places)
    lines = lines_between(network, spots, rows, width, scale.weight, on_wires)
    drawn = tuple(spots), tuple(lines), tuple(captions)
    found = notes_of(network, spots, lines, _MARGIN - 4, width) if notes else ()
    return NetworkScene(network, width, height, *drawn, tuple(rows), row_of, scale, found)


def _placed(
    network: Network, shapes: Sequence[ColumnShape], top: float
) -> tuple[list[tuple[ColumnPlace, tuple[float, float]]], list[SpotRow], float]:
    """Return the place and the middle of each column, the rows, and the width of all."""
    places, rows, width = [], [], 0.0
    for row, members in enumerate(_rows(shapes)):
        found = [shapes[k] for k in members]
        tallest = max(shape.height for shape in found)
        bottom = top + max(tallest / 2 + shape.height / 2 + shape.hung for shape in found)
        left, gaps = _MARGIN + found[0].before, _gaps(found, len(members) < len(shapes))
        for k, gap in zip(members, [*gaps, 0.0], strict=True):
            middle, right = left + shapes[k].width / 2, left + shapes[k].width
            place = ColumnPlace(network.columns[k], left, right, bottom + 24, row)
            places.append((place, (middle, top + tallest / 2)))
            left = right + gap
        width = max(width, left + found[-1].after + _MARGIN)
        bottom += 22.0 if any(network.columns[k].name for k in members) else 0.0
        rows.append(SpotRow(top, bottom))
        top = bottom + _GUTTER
    return places, rows, width


def _alike(cells: dict[int, Cells]) -> dict[int, Cells]:
    """Make boxes of the same height equally wide, such as the steps of a recurrence."""
    width: dict[float, float] = {}
    for found in cells.values():
        width[found.height] = max(width.get(found.height, 0.0), found.width)
    return {k: found._replace(width=width[found.height]) for k, found in cells.items()}


def _scale(network: Network, shapes: Sequence[ColumnShape]) -> Scale:
    """Return the largest |value| and |gradient| of circles and cells, and the largest |weight|."""
    drawn = zip(network.columns, shapes, strict=True)
    circles = [k for column, shape in drawn if shape.kind == "circle" for k in column.units]
    results = [network.units[k].result for k in circles]
    results += [node for unit in network.units for node in unit.results]
    weights = [wire.weight for wire in network.wires if wire.parameter is not None]
    values = [network.graph.nodes[k].data for k in results]
    gradients = [network.graph.adjoints[k] for k in results]
    return Scale(*(max(map(abs, found), default=0.0) for found in (values, gradients, weights)))


# --- rows -----------------------------------------------------------------------------------------


def _rows(shapes: Sequence[ColumnShape]) -> list[list[int]]:
    """Return the columns of each row. There are several rows only if one would be too wide.

    The number of rows is the one that lets the picture be drawn largest.
    """
    widths = [shape.before + shape.width + shape.after + _NARROW_GAP for shape in shapes]
    if sum(widths) <= _WIDEST:
        return [list(range(len(shapes)))]

    def size(rows: list[list[int]]) -> float:
        high = sum(max(shapes[k].height + shapes[k].hung for k in row) + _GUTTER for row in rows)
        return max(max(sum(widths[k] for k in row) for row in rows), _BESIDE * high)

    counts = range(1, min(_MOST_ROWS, len(shapes)) + 1)
    rooms = [sum(widths) / count for count in counts]  # rows of the same width
    # Widths that give every row room for the same number of columns.
    rooms += [max(widths) * ceil(len(widths) / count) for count in counts]
    return min((list(_filled(widths, max(*widths, room))) for room in rooms), key=size)


def _filled(widths: Sequence[float], room: float) -> Iterator[list[int]]:
    """Yield rows that are filled one after the other, each up to a width."""
    row: list[int] = []
    used = 0.0
    for k, width in enumerate(widths):
        if row and used + width > room + _NARROW_GAP:
            yield row
            row, used = [], 0.0
        row.append(k)
        used += width
    yield row


def _gaps(shapes: Sequence[ColumnShape], is_wrapped: bool) -> list[float]:
    """Return the distances between the columns of a row, with room for the words between them."""
    gap = (_WIDTH - sum(shape.width for shape in shapes)) / max(1, len(shapes) - 1)
    gap = _NARROW_GAP if is_wrapped else min(_WIDE_GAP, max(_GAP, gap))
    return [max(gap, one.after + two.before + 20) for one, two in pairwise(shapes)]
