"""A scene of boxes: a graph, or its neurons or layers, as the live page draws it.

The boxes are laid out here, with room for longer numbers, because the page only fills in numbers.
The scene also has the order of the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..engine.ops import CONSTANT
from ..engine.topological import order_indices
from ..graph.graph import Graph
from . import text
from .card_sizes import NUMBER, card_size, groups_of, label_size
from .direction import arrange_towards
from .layout import Layout, Link, Point
from .page_data import names_on_page
from .picture_parts import Card, Picture
from .selection import Cut
from .svg import svg

_ROOM = "−0.12345"  # the widest number that fits on a card without compressed text
_PADDING = 4  # pixels around the label of an arrow
_CARD_PADDING = 14  # pixels around the numbers of a card


@dataclass(frozen=True, slots=True)
class BoxScene:
    """Boxes and arrows for one level of detail of a page, and the selected part of the graph."""

    name: str
    cut: Cut
    picture: Picture

    def data(self, graph: Graph) -> dict[str, Any]:
        """Return the scene laid out, as the page reads it."""
        layout = _layout(self.picture)
        return {
            "name": self.name,
            "width": round(layout.width, 1),
            "height": round(layout.height, 1),
            "cards": list(_cards(self, layout, graph)),
            "arrows": list(_arrows(self.picture, layout)),
            "frames": list(_frames(self.picture, layout)),
            "steps": steps_of(graph, self.cut),
        }

    def svg(self) -> str:
        """Return the scene as a picture of its own."""
        return svg(self.picture)


# --- as data --------------------------------------------------------------------------------------


def _layout(picture: Picture) -> Layout:
    room = text.width(_ROOM, NUMBER) + _PADDING
    # An arrow without a label has a label size of 0 × 0, which must not grow.
    labels = [(max(w, room), h) if h else (0.0, 0.0) for w, h in map(label_size, picture.arrows)]
    return arrange_towards(
        picture.direction,
        [_card_size(card) for card in picture.cards],
        [Link(a.tail, a.head, *size) for a, size in zip(picture.arrows, labels, strict=True)],
        groups_of(picture),
    )


def _card_size(card: Card) -> tuple[float, float]:
    width, height = card_size(card)
    if card.kind == "more":
        return width, height
    return max(width, text.width("∂ " + _ROOM, NUMBER) + _CARD_PADDING), height


def _cards(scene: BoxScene, layout: Layout, graph: Graph) -> Iterator[dict[str, Any]]:
    names = names_on_page(graph)
    for card, item, box in zip(scene.picture.cards, scene.cut.items, layout.boxes, strict=True):
        place = [round(x, 1) for x in (box.x, box.y, box.width, box.height)]
        data: dict[str, Any] = {"kind": card.kind, "box": place, "name": card.name}
        if card.node is not None and card.mark == graph.names[card.node]:
            name = names[card.node] or ""
            # The name of a node without a label is its formula, such as (w·x) or tanh(z), or its
            # operation and index, such as dot₄₀₅. A formula is left out, because the card shows the
            # operation.
            if not name.endswith(")"):
                data["mark"] = name
        elif card.mark:
            data["mark"] = card.mark
        if card.note:
            data["note"] = card.note
        if card.focused:
            data["focused"] = True
        # A card without nodes says how many parents are left out of the picture.
        is_group = card.node is None and item.nodes
        yield data | ({"nodes": item.nodes} if is_group else {"node": card.node})


def _arrows(picture: Picture, layout: Layout) -> Iterator[list[Any]]:
    """Yield [tail, head, edge or None, curve, label] for each arrow.

    The label is [middle x, top y, width], or None.
    """
    for arrow, curve, box in zip(picture.arrows, layout.curves, layout.labels, strict=True):
        label = box and [round(box.middle.x, 1), round(box.y, 1), round(box.width, 1)]
        yield [arrow.tail, arrow.head, arrow.edge, _curve(curve), label]


def _curve(points: tuple[Point, ...]) -> list[float]:
    """Return the coordinates of a curve. Consecutive level pieces become one."""
    kept = [points[0]]
    for at in range(1, len(points), 3):
        piece = points[at : at + 3]
        if len({point.y for point in (*kept[-4:], *piece)}) == 1 and len(kept) > 1:
            del kept[-2:]
            piece = piece[-2:]
        kept += piece
    return [round(x, 1) for point in kept for x in point]


def _frames(picture: Picture, layout: Layout) -> Iterator[dict[str, Any]]:
    for frame, box in zip(picture.frames, layout.frames, strict=True):
        place = box and [round(x, 1) for x in (box.x, box.y, box.width, box.height)]
        yield {"name": frame.name, "box": place, "parent": frame.parent, "members": frame.members}


# --- the order of the steps -----------------------------------------------------------------------


def steps_of(graph: Graph, shown: Cut) -> dict[str, list[int]]:
    """Return the boxes in the order of the forward sweep, and the arrows in backward order.

    If every node is shown, these are the steps of `trace`.
    """
    order = _order(shown)
    computed = [box for box in order if any(graph.nodes[k].parents for k in shown.items[box].nodes)]
    arrows_into: dict[int, list[int]] = {}
    for arrow, tie in enumerate(shown.ties):
        if any(graph.nodes[edge.parent].op is not CONSTANT for edge in tie.edges):
            arrows_into.setdefault(tie.head, []).append(arrow)
    slots = {arrow: tie.edges[0].slot for arrow, tie in enumerate(shown.ties) if tie.edges}
    backward = [
        arrow
        for box in reversed(order)
        for arrow in sorted(arrows_into.get(box, ()), key=slots.__getitem__)
    ]
    return {"forward": computed, "backward": backward}


def _order(shown: Cut) -> list[int]:
    """Return the boxes in topological order.

    Among boxes that are ready, the one whose last node has the smallest index comes first.
    """
    later: list[list[int]] = [[] for _ in shown.items]
    for tie in shown.ties:
        later[tie.tail].append(tie.head)
    return order_indices(later, [max(item.nodes, default=-1) for item in shown.items])
