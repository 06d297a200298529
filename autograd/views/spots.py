"""The parts of a network's picture: spots for units, captions, rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

READABLE = 17.0  # the radius from which a number fits into a circle
SMALL = 13.0  # the size of letters


class Cell(NamedTuple):
    """A rectangle in a box: its left upper corner seen from the middle of the box, and its node.

    The kind is "value" or "gradient" (of a number that leaves the block), or "table".
    """

    x: float
    y: float
    width: float
    height: float
    node: int
    kind: str


@dataclass(frozen=True, slots=True)
class Spot:
    """One unit in the picture.

    Attributes:
        unit: its index in `Network.units`.
        shape: "circle", "pixel" or "box"; "block" is a box of cells.
        x, y: its middle.
        radius: of a circle; half the width of a pixel.
        width, height: of a box.
        name: the words beside it, or in a box.
        side: "before" if the name stands on the left.
        fill, ring: its value and its gradient, each divided by the largest of all circles; of a
            pixel, by the largest of its image.
        has_bias: whether its bias is written below it.
        cells: of a block, what its box shows.
        target: the leaf whose number stands beside it, because a cost compares the two.
        room_beside: the width that the name and the target beside a circle take.
    """

    unit: int
    shape: str
    x: float
    y: float
    radius: float = 0.0
    width: float = 0.0
    height: float = 0.0
    name: str = ""
    side: str = ""
    fill: float = 0.0
    ring: float = 0.0
    has_bias: bool = False
    cells: tuple[Cell, ...] = ()
    target: int | None = None
    room_beside: float = 0.0


@dataclass(frozen=True, slots=True)
class Caption:
    """The name of columns beside each other, centered below them.

    Attributes:
        path: the blocks they are in, the outermost first.
        kind: how many units there are, and what they compute: "16 tanh".
        first, last: the columns it belongs to.
        left, right: where these begin and end.
        y: where its words stand.
        row: the row of the columns.
    """

    path: tuple[str, ...]
    first: int
    last: int
    left: float
    right: float
    y: float
    row: int = 0
    kind: str = ""

    @property
    def words(self) -> str:
        """What it says."""
        return ", ".join(self.path) + (f": {self.kind}" if self.kind else "")

    @property
    def x(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2


class Scale(NamedTuple):
    """What the darkest fill, the widest ring and the widest line of a picture stand for.

    One scale holds for the whole network, so that what looks alike is alike.
    """

    value: float
    gradient: float
    weight: float


@dataclass(frozen=True, slots=True)
class SpotRow:
    """Columns beside each other: where they begin and end, from top to bottom."""

    top: float
    bottom: float
