"""What a drawing shows, apart from positions and file formats: cards, arrows and frames."""

from __future__ import annotations

from dataclasses import dataclass

from .text import counted

EDGE_WORDS = "on an edge: local derivative ∂child/∂parent"


@dataclass(frozen=True, slots=True)
class Card:
    """One box. Texts that are not shown are "".

    Attributes:
        kind: "leaf", "constant", "node", "output", "group" or "more".
        name: the first row.
        mark: the gray words beside the name: the operation of a node with a label, or the default
            name of one without.
        value, gradient, note: the further rows.
        tip: the text that is shown when the mouse rests on the box.
        node: the index of the node, or None for a box of several nodes.
        focused: whether the box is that of the focus.
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

    `sign` is the sign of its contribution to the gradient: "+", "−" or "0", or "" without
    gradients. `share` is the size of the contribution in units of the largest one.
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
    """A neuron or a layer. `members` are the cards directly in it, `parent` the frame around it."""

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
