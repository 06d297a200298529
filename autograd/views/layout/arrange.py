"""The layout from end to end: layers, order, heights, curves, frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .cells import Cells
from .frames import FRAME_PAD, extents
from .layering import layered
from .ordering import follow_wishes, reduce_crossings
from .placement import place_boxes, wishes
from .records import Box, Group, Layout, Link, Point
from .routing import Columns, box_at, columns_of, curves_of

Size = tuple[float, float]

_TIDY_LIMIT = 4000
"""Up to so many cells, a first placement is made to settle the order where crossings do not."""


def arrange(sizes: Sequence[Size], edges: Sequence[Link], groups: Sequence[Group] = ()) -> Layout:
    """Lay out boxes of the given sizes in layers, from left to right along the edges.

    No two boxes overlap, no edge passes through a box that is not its end, and edge labels lie
    beside the boxes and one another. The same input always gives the same layout.

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
    y = place_boxes(cells)
    columns = columns_of(cells, y, [width for width, _ in sizes])
    boxes = [box_at(cells, columns, y, box, width) for box, (width, _) in enumerate(sizes)]
    labels = tuple(
        box_at(cells, columns, y, cells.label_of[number], edge.width)
        if number in cells.label_of
        else None
        for number, edge in enumerate(edges)
    )
    frames = _frames(cells, columns, y, boxes)
    return _moved_to_origin(
        Layout(0, 0, tuple(boxes), curves_of(cells, columns, y, boxes), labels, frames)
    )


def _frames(
    cells: Cells, columns: Columns, y: Sequence[float], boxes: Sequence[Box]
) -> tuple[Box | None, ...]:
    """Return the frame of every group, or None if it would contain a box of another group."""
    frames: list[Box | None] = [None] * len(cells.nesting.groups)
    for group, (top, bottom) in extents(cells, y).items():
        left, right = _sides(cells, columns, group)
        frames[group] = Box(left, top, right - left, bottom - top)
    return _right_ones(cells, boxes, frames)


def _sides(cells: Cells, columns: Columns, group: int) -> tuple[float, float]:
    first, last = cells.spans[group]
    pad = (cells.nesting.inside[group] + 1) * FRAME_PAD
    return columns.left[first] - pad, columns.right[last] + pad


def _right_ones(
    cells: Cells, boxes: Sequence[Box], frames: list[Box | None]
) -> tuple[Box | None, ...]:
    """Drop frames that touch a box that is not a member, or the frame of another group."""
    lineage = cells.nesting.lineage
    for group in cells.nesting.kept:
        frame = frames[group]
        if frame and any(
            group not in lineage[home] and frame.overlaps(box)
            for box, home in zip(boxes, cells.nesting.home, strict=True)
        ):
            frames[group] = None
    for group in cells.nesting.kept:
        for other in cells.nesting.kept:
            one, two = frames[group], frames[other]
            nested = group in lineage[other] or other in lineage[group]
            if one and two and not nested and one.overlaps(two):
                frames[max(group, other)] = None
    return tuple(frames)


def _moved_to_origin(layout: Layout) -> Layout:
    """Return the layout with its left upper corner at 0, 0 and its size set."""
    solid = [box for box in (*layout.boxes, *layout.labels, *layout.frames) if box]
    points = [point for curve in layout.curves for point in curve]
    left = min([box.x for box in solid] + [point.x for point in points])
    top = min([box.y for box in solid] + [point.y for point in points])
    right = max([box.right for box in solid] + [point.x for point in points])
    bottom = max([box.bottom for box in solid] + [point.y for point in points])

    def moved(box: Box | None) -> Box | None:
        return box and replace(box, x=box.x - left, y=box.y - top)

    return Layout(
        right - left,
        bottom - top,
        tuple(replace(box, x=box.x - left, y=box.y - top) for box in layout.boxes),
        tuple(tuple(Point(x - left, y - top) for x, y in curve) for curve in layout.curves),
        tuple(map(moved, layout.labels)),
        tuple(map(moved, layout.frames)),
    )
