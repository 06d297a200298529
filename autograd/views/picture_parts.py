"""What a drawing shows, apart from positions and file formats: cards, arrows and frames."""

from __future__ import annotations

from dataclasses import dataclass

from .text import counted

EDGE_WORDS = "on an edge: local derivative ∂child/∂parent"


@dataclass(frozen=True, slots=True)
class Card:
    """One box. `kind` is leaf, constant, node, output, group or more.

    `name` stands on top, `mark` beside it in gray (the operation of a labeled node, the number of
    one without a label); then come the `value` and the `gradient`, each "" if it is not shown, and
    a `note`.
    """

    kind: str
    name: str
    mark: str = ""
    value: str = ""
    gradient: str = ""
    note: str = ""
    tip: str = ""
    node: int | None = None
    focused: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """One edge between two cards, from parent to child.

    `sign` is + or − or 0 by its contribution to the gradient, "" while gradients are not shown;
    `share` is the size of the contribution, from 0 to 1 (the largest in the picture).
    """

    tail: int
    head: int
    text: str
    sign: str = ""
    share: float = 0.0
    tip: str = ""
    edge: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A neuron or a layer: the cards directly in it, and the frame around it by number."""

    name: str
    members: tuple[int, ...]
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a drawing shows."""

    cards: tuple[Card, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    frames: tuple[Frame, ...] = ()
    title: str = ""
    output: str = ""
    gradients: bool = False
    direction: str = "LR"

    @property
    def size(self) -> str:
        """How much is drawn, in words."""
        return f"{counted(len(self.cards), 'box')}, {counted(len(self.arrows), 'edge')}"
