"""The parts of a network's picture: spots for units, captions, rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

READABLE = 17.0  # the radius from which a number fits into a circle
SMALL = 13.0  # the size of letters


class Cell(NamedTuple):
    """A rectangle in a box, which shows a number.

    `x` and `y` are its upper left corner, relative to the middle of the box. `kind` is "value" or
    "gradient" for a number that leaves the block, or "table".
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
        radius: the radius of a circle, or half the width of a pixel.
        width, height: the size of a box, else 0.
        name: the words beside it, or in a box.
        side: "before" if the name stands on the left.
        fill: its value, divided by the largest of all circles, or of the image of a pixel.
        ring: its gradient, divided by the largest of all circles.
        has_bias: whether its bias is written below it.
        cells: the cells in the box of a block.
        target: the leaf that a cost compares it with. Its number is written beside the circle.
        room_beside: the width of the name and the target beside a circle.
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
        path: the blocks around the columns, the outermost first.
        kind: how many units there are, and what they compute: "16 tanh".
        first, last: the indices of the first and the last column.
        left, right: the x of the sides of these columns.
        y: the y of the words.
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
        """The words of the caption."""
        return ", ".join(self.path) + (f": {self.kind}" if self.kind else "")

    @property
    def x(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2


class Scale(NamedTuple):
    """The numbers of the darkest fill, the widest ring and the widest line of a picture."""

    value: float
    gradient: float
    weight: float


@dataclass(frozen=True, slots=True)
class SpotRow:
    """Columns beside each other: where they begin and end, from top to bottom."""

    top: float
    bottom: float
