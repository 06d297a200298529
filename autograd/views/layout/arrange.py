"""The layout from end to end: layers, order, heights, curves, frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .cells import Cells
from .frames import FRAME_PAD
from .layers import layered
from .ordering import follow_wishes, reduce_crossings
from .placement import place, wishes
from .records import Box, Edge, Group, Layout, Point
from .routing import Columns, box_at, columns_of, curves_of

Size = tuple[float, float]

_TIDY_LIMIT = 4000
"""Up to so many cells, a first placement is made to settle the order where crossings do not."""


def arrange(sizes: Sequence[Size], edges: Sequence[Edge], groups: Sequence[Group] = ()) -> Layout:
    """Lay out boxes of the given sizes in layers, from left to right along the edges.

    No two boxes overlap, no edge passes through a box that is not its end, and edge labels lie beside
    the boxes and one another. The same input always gives the same layout.

    Raises:
        ValueError: the edges form a circle.
    """
    if not sizes:
        return Layout(0.0, 0.0, (), (), (), tuple(None for _ in groups))
    layers, nesting = layered(len(sizes), edges, groups)
    cells = Cells([height for _, height in sizes], layers, edges, nesting)
    reduce_crossings(cells)
    if len(cells.height) <= _TIDY_LIMIT:
        follow_wishes(cells, wishes(cells))
    cells.open_gaps()
    y = place(cells)
    columns = columns_of(cells, y, [width for width, _ in sizes])
    boxes = [box_at(cells, columns, y, box, width) for box, (width, _) in enumerate(sizes)]
    labels = tuple(
        box_at(cells, columns, y, cells.label_of[number], edge.width)
        if number in cells.label_of
        else None
        for number, edge in enumerate(edges)
    )
    frames = _frames(cells, columns, boxes, labels)
    return _moved_to_origin(
        Layout(0, 0, tuple(boxes), curves_of(cells, columns, y, boxes), labels, frames)
    )


def _frames(
    cells: Cells, columns: Columns, boxes: Sequence[Box], labels: Sequence[Box | None]
) -> tuple[Box | None, ...]:
    """Return the frame of every group, the innermost ones first made; None where it would be wrong."""
    nesting = cells.nesting
    inside: list[list[Box]] = [[] for _ in nesting.groups]
    for box, home in enumerate(nesting.home):
        if home >= 0:
            inside[home].append(boxes[box])
    for number, cell in cells.label_of.items():
        label, home = labels[number], cells.home[cell]
        if label and home >= 0:
            inside[home].append(label)
    frames: list[Box | None] = [None] * len(nesting.groups)
    for group in reversed(nesting.kept):
        if inside[group]:
            first, last = cells.spans[group]
            pad = (nesting.inside[group] + 1) * FRAME_PAD
            left, right = columns.left[first] - pad, columns.right[last] + pad
            frame = _around(inside[group], nesting.groups[group].header, left, right)
            frames[group] = frame
            for outer in nesting.lineage[group][-2:-1]:
                inside[outer].append(frame)
    return _right_ones(cells, boxes, frames)


def _around(inside: Sequence[Box], header: float, left: float, right: float) -> Box:
    top = min(box.y for box in inside) - FRAME_PAD - header
    bottom = max(box.bottom for box in inside) + FRAME_PAD
    return Box(left, top, right - left, bottom - top)


def _right_ones(
    cells: Cells, boxes: Sequence[Box], frames: list[Box | None]
) -> tuple[Box | None, ...]:
    """Drop frames that touch a box that is no member, or another frame not inside or around them."""
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
            if one and two and group not in lineage[other] and other not in lineage[group]:
                if one.overlaps(two):
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
