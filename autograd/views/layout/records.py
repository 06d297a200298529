"""The input of a layout, which are edges and groups, and its output, which are positions.

Lengths are in pixels. x grows to the right, and y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    """A place in the picture."""

    x: float
    y: float


class Link(NamedTuple):
    """An edge from box `tail` to box `head`, and the size of its label (0 by 0: no label)."""

    tail: int
    head: int
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes that are kept together in one frame.

    Attributes:
        members: the boxes directly in it, without those of inner groups.
        parent: the index of the group around it. A parent precedes its inner groups.
        header: the height for a title above the members.
    """

    members: tuple[int, ...]
    parent: int | None = None
    header: float = 0.0


class Box(NamedTuple):
    """A rectangle by its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its center."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def overlaps(self, other: Box) -> bool:
        """Whether the two boxes share more than a border."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def contains(self, other: Box) -> bool:
        """Whether `other` lies wholly inside."""
        return (
            self.x <= other.x
            and other.right <= self.right
            and self.y <= other.y
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The positions of boxes, edges, labels and frames.

    Attributes:
        curves: the control points of each edge's cubic Bézier curve: a start, then three points per
            piece.
        labels: the box of each edge's label, or None.
        frames: the frame of each group. It is None if it would contain a box of another group or
            overlap another frame.
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[tuple[Point, ...], ...]
    labels: tuple[Box | None, ...]
    frames: tuple[Box | None, ...]
