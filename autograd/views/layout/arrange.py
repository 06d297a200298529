"""The layout from end to end: layers, order, heights, curves, frames."""

from __future__ import annotations

from collections.abc import Sequence

from .cells import Cells
from .frames import FRAME_PAD, extents
from .layering import layered
from .ordering import follow_wishes, reduce_crossings
from .placement import place_boxes, wishes
from .records import Box, Group, Layout, Link
from .routing import Columns, box_at, columns_of, curves_of, lanes

Size = tuple[float, float]

_TIDY_LIMIT = 4000
"""With more cells, the order is not improved further by `follow_wishes`."""


def arrange(sizes: Sequence[Size], edges: Sequence[Link], groups: Sequence[Group] = ()) -> Layout:
    """Lay out boxes of the given sizes in layers, from left to right along the edges.

    No two boxes overlap, no edge passes through a box between its ends, and labels overlap neither
    boxes nor each other. The same input always gives the same layout.

    Raises:
        ValueError: the edges form a cycle.
    """
    if not sizes:
        return Layout(0.0, 0.0, (), (), (), tuple(None for _ in groups))
    layers, nesting = layered(len(sizes), edges, groups)
    cells = Cells([height for _, height in sizes], layers, edges, nesting)
    reduce_crossings(cells)
    if len(cells.height) <= _TIDY_LIMIT:
        follow_wishes(cells, wishes(cells))
    cells.open_gaps()
    y = _from_top(cells, place_boxes(cells))
    columns = columns_of(cells, y, [width for width, _ in sizes])
    boxes = [box_at(cells, columns, y, box, width) for box, (width, _) in enumerate(sizes)]
    labels = tuple(
        box_at(cells, columns, y, cells.label_of[number], edge.width)
        if number in cells.label_of
        else None
        for number, edge in enumerate(edges)
    )
    frames = _frames(cells, columns, y, boxes)
    found = [box for box in (*boxes, *labels, *frames) if box]
    right, bottom = max(box.right for box in found), max([*y, *(box.bottom for box in found)])
    curves = curves_of(cells, columns, y, boxes)
    return Layout(right, bottom, tuple(boxes), curves, labels, frames)


def _from_top(cells: Cells, y: Sequence[float]) -> list[float]:
    """Return the y of all cells, shifted so that the picture begins at 0."""
    tops = [at - height / 2 for at, height in zip(y, cells.height, strict=True)]
    tops += [top for top, _ in extents(cells, y).values()]
    top = min([*tops, *lanes(cells, y).values()])
    return [at - top for at in y]


def _frames(
    cells: Cells, columns: Columns, y: Sequence[float], boxes: Sequence[Box]
) -> tuple[Box | None, ...]:
    """Return the frame of every group, or None if it would contain a box of another group."""
    frames: list[Box | None] = [None] * len(cells.nesting.groups)
    for group, (top, bottom) in extents(cells, y).items():
        left, right = _sides(cells, columns, group)
        frames[group] = Box(left, top, right - left, bottom - top)
    return _without_wrong(cells, boxes, frames)


def _sides(cells: Cells, columns: Columns, group: int) -> tuple[float, float]:
    first, last = cells.spans[group]
    pad = (cells.nesting.inside[group] + 1) * FRAME_PAD
    return columns.left[first] - pad, columns.right[last] + pad


def _without_wrong(
    cells: Cells, boxes: Sequence[Box], frames: list[Box | None]
) -> tuple[Box | None, ...]:
    """Drop frames that touch a box that is not a member, or the frame of another group."""
    lineage = cells.nesting.lineage
    for group in cells.nesting.kept:
        frame, (first, last) = frames[group], cells.spans[group]
        beside = (cell for column in cells.columns[first : last + 1 : 2] for cell in column)
        if frame and any(
            cell < cells.boxes
            and group not in lineage[cells.nesting.home[cell]]
            and frame.overlaps(boxes[cell])
            for cell in beside
        ):
            frames[group] = None
    for group in cells.nesting.kept:
        for other in cells.nesting.kept:
            one, two = frames[group], frames[other]
            nested = group in lineage[other] or other in lineage[group]
            if one and two and not nested and one.overlaps(two):
                frames[max(group, other)] = None
    return tuple(frames)
