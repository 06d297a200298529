"""The input of a layout, which is sizes and nesting, and its output, which is positions.

Lengths are in pixels; x grows to the right, y downwards. Nothing here knows what a box means.
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
    """Boxes to be kept together in one frame; `parent` is the index of the group around it.

    `members` are the boxes directly in it, not those of inner groups. A parent stands before its
    inner groups. `header` is the height kept free for a title above the members.
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
    """Where everything is.

    `curves[k]` are the control points of edge k's cubic Bézier curve: a start, then three points
    per piece. `labels[k]` is None for an edge without a label, `frames[k]` None for a group whose
    frame would be wrong (around a stranger or across a sibling).
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[tuple[Point, ...], ...]
    labels: tuple[Box | None, ...]
    frames: tuple[Box | None, ...]
