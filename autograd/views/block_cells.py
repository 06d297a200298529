"""What the box of a block shows: each number that leaves it as a cell, and its tables, such as the
attention of a head, as heat maps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from typing import NamedTuple

from . import text
from .heat_maps import Table
from .spots import SMALL, Cell
from .unit_parts import Unit

_WIDTH = 144.0  # of the cells
_MOST_ROWS, _ROW = 8, 16  # cells below each other at most, and beside each other if there are few
_LARGEST = 14.0  # a cell
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


def _heat_maps(tables: Sequence[Table]) -> Iterator[Cell]:
    """Yield the cells of tables: beside each other, or as many below each other as beside."""
    columns, rows = (
        max(1 + max(e[axis] for e in t.entries) - min(e[axis] for e in t.entries) for t in tables)
        for axis in (1, 0)
    )
    beside = len(tables) if len(tables) * columns <= _ROW else ceil(sqrt(len(tables)))
    side = min(_LARGEST, (_WIDTH - _GAP * (beside - 1)) / (beside * columns))
    for place, table in enumerate(tables):
        down, across = divmod(place, beside)
        left, top = across * (columns * side + _GAP), down * (rows * side + _GAP)
        first = [min(entry[axis] for entry in table.entries) for axis in (0, 1)]
        for row, column, node in table.entries:
            x, y = left + (column - first[1]) * side, top + (row - first[0]) * side
            yield Cell(x, y, side, side, node, "table")
