"""The box of a block: a cell for each number that leaves the block, and heat maps of its tables.

A table is, for example, the attention of a head.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from typing import NamedTuple

from . import text
from .heat_maps import Table
from .spots import SMALL, Cell
from .unit_parts import Unit

_WIDTH = 144.0  # the width of all cells
_MOST_ROWS = 8  # cells below each other
_ROW = 16  # cells beside each other, or more if there would be too many rows
_LARGEST = 14.0  # the side of a cell
_HEADER, _PAD, _GAP = 22.0, 8.0, 6.0


class Cells(NamedTuple):
    """All cells of a box, and the size of the box."""

    width: float
    height: float
    cells: tuple[Cell, ...]


def cells_of(unit: Unit, tables: Sequence[Table], name: str) -> Cells:
    """Return the cells of a block: its tables, its results, and below them their gradients."""
    own = [t for t in tables if unit.path and t.blocks[: len(unit.path)] == unit.path]
    parts = [list(_heat_maps(own))] if own else []
    kinds = ("value", "gradient") if unit.path else ("value",)
    parts += [list(_grid(unit.results, kind)) for kind in kinds]
    wide = [max(cell.x + cell.width for cell in part) for part in parts]
    width = max(*wide, text.width(name, SMALL + 1, bold=True)) + 2 * _PAD
    heights = [max(cell.y + cell.height for cell in part) for part in parts]
    height = _HEADER + sum(heights) + _GAP * len(parts) + _PAD / 2
    top, cells = _HEADER - height / 2, list[Cell]()
    for part, high, across in zip(parts, heights, wide, strict=True):
        cells += [cell._replace(x=cell.x - across / 2, y=cell.y + top) for cell in part]
        top += high + _GAP
    return Cells(width, height, tuple(cells))


def _grid(nodes: Sequence[int], kind: str) -> Iterator[Cell]:
    columns = max(min(len(nodes), _ROW), ceil(len(nodes) / _MOST_ROWS))
    width = min(_LARGEST, _WIDTH / columns)
    height = max(width, min(_LARGEST, 3 * _LARGEST / ceil(len(nodes) / columns)))
    for place, node in enumerate(nodes):
        down, across = divmod(place, columns)
        yield Cell(across * width, down * height, width, height, node, kind)


def _extent(table: Table, axis: int) -> int:
    """Return how many rows (axis 0) or columns (axis 1) the entries of a table extend over."""
    places = [entry[axis] for entry in table.entries]
    return 1 + max(places) - min(places)


def _heat_maps(tables: Sequence[Table]) -> Iterator[Cell]:
    """Yield the cells of tables, which stand in a row if they fit, else in a square."""
    rows, columns = (max(_extent(table, axis) for table in tables) for axis in (0, 1))
    beside = len(tables) if len(tables) * columns <= _ROW else ceil(sqrt(len(tables)))
    side = min(_LARGEST, (_WIDTH - _GAP * (beside - 1)) / (beside * columns))
    for place, table in enumerate(tables):
        down, across = divmod(place, beside)
        left, top = across * (columns * side + _GAP), down * (rows * side + _GAP)
        first = [min(entry[axis] for entry in table.entries) for axis in (0, 1)]
        for row, column, node in table.entries:
            x, y = left + (column - first[1]) * side, top + (row - first[0]) * side
            yield Cell(x, y, side, side, node, "table")
