"""Lay out boxes from left to right or from top to bottom.

The layout itself only goes from left to right. For boxes from top to bottom, the width and the
height of every box are exchanged before the layout, and x and y after it.
"""

from __future__ import annotations

from collections.abc import Sequence

from .layout import Box, Group, Layout, Link, Point, arrange

DIRECTIONS = ("LR", "TB")

Size = tuple[float, float]


def check_direction(direction: str) -> None:
    """Refuse an unknown direction.

    Raises:
        ValueError: the message lists the directions.
    """
    if direction not in DIRECTIONS:
        raise ValueError(
            f'direction is "LR" (left to right) or "TB" (top to bottom); got {direction!r}'
        )


def arrange_towards(
    direction: str, sizes: Sequence[Size], links: Sequence[Link], groups: Sequence[Group]
) -> Layout:
    """Return the layout of boxes whose edges point to the right ("LR") or downwards ("TB").

    `Group.header` is the room for a group's name: above its members, or to their left in "TB".
    """
    if direction == "LR":
        return arrange(sizes, links, groups)
    transposed = [Link(link.tail, link.head, link.height, link.width) for link in links]
    found = arrange([(height, width) for width, height in sizes], transposed, groups)
    return Layout(
        found.height,
        found.width,
        tuple(_transpose(box) for box in found.boxes),
        tuple(tuple(Point(y, x) for x, y in curve) for curve in found.curves),
        tuple(box and _transpose(box) for box in found.labels),
        tuple(box and _transpose(box) for box in found.frames),
    )


def _transpose(box: Box) -> Box:
    return Box(box.y, box.x, box.height, box.width)
