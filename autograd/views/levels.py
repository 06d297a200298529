"""What the live page shows, as data: the positions, and the order of the steps.

A scene is one level of detail: every node, or a box for each neuron or layer. It is laid out here
once. The page moves nothing and only fills in numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.ops import CONSTANT
from ..engine.topological import order_indices
from ..graph.graph import Graph
from ..graph.paths import largest_paths
from . import text
from .direction import arrange_towards, check_direction
from .folding import MOST_UNITS
from .layout import Layout, Link, Point
from .network_data import network_data
from .network_names import check_unnamed
from .network_scene import NetworkScene, scene_of
from .network_svg import NetworkPicture, network_svg
from .neurons import neurons_of
from .page_data import names_on_page
from .picture import Card, Picture, picture_of
from .selection import LIMIT, SCALARS, Cut, check_level, cut
from .svg import NUMBER, SMALL, card_size, groups_of, label_size, svg
from .unit_parts import Path
from .units import Network, deep_network, folded_network, network_of, readable_network

NAMES = {None: "scalars", "scalar": "scalars", "neuron": "neurons", "layer": "layers"}

FEW = 60  # a graph of up to so many nodes opens with a box for each node

MOST_LENGTH = 20  # a chain of up to so many operations fits in one row of a page

MOST_SCALARS = 600  # a page that opens as a network also has a box for each of up to so many nodes

_ROOM = "−0.12345"  # what a live number may grow to before its letters are squeezed
_PATHS = 3  # how many paths from a focus to the output are expanded in a collapsed scene
_PADDING = 4  # pixels around the label of an arrow
_CARD_PADDING = 14  # pixels around the numbers of a card


@dataclass(frozen=True, slots=True)
class Scene:
    """One level of detail of a page, ready to be laid out."""

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


@dataclass(frozen=True, slots=True)
class NetworkLevel:
    """The network at one look: a circle for each unit, a line for each wire."""

    scene: NetworkScene
    title: str
    name: str
    inner: Mapping[Path, int]  # for each block, the index of the scene that shows its inside
    outer: int | None  # the index of the scene in which this block is one box

    def data(self, graph: Graph) -> dict[str, Any]:
        """Return the scene as the page reads it."""
        around = {} if self.outer is None else {"outer": self.outer}
        return network_data(self.scene, self.inner) | {"name": self.name} | around

    def svg(self) -> str:
        """Return the scene as a picture of its own."""
        return network_svg(NetworkPicture(self.scene, self.title))


Scenes = list[Scene | NetworkLevel]


def scenes_of(
    graph: Graph,
    *,
    title: str = "",
    focus: int | None = None,
    depth: int | None = None,
    level: str | None = None,
    direction: str = "LR",
    names: Sequence[str] | None = None,
) -> Scenes:
    """Return the scene asked for, then those of neurons and of layers, if the graph has any.

    If `level` is "neuron" or "layer" and there is a `focus`, the largest paths from the focus to
    the output are expanded.

    Raises:
        ValueError: there is too much to draw, or an argument makes no sense.
    """
    is_cut = focus is not None or depth is not None
    few = FEW if _length(graph) <= MOST_LENGTH else 0  # no box for each node of a long chain
    network = network_to_show(graph, level, is_cut=is_cut, direction=direction, few=few)
    drawn = _Drawn(graph, title, direction)
    if network:
        boxes = list(drawn.boxes())
        levels = list(_with_insides(network, title, names, 1 + len(boxes)))
        return [levels[0], *boxes, *levels[1:]]
    check_unnamed(names)
    if level not in SCALARS and focus is not None:
        shown = cut(graph, depth=depth, level=level, expanded=_on_paths(graph, focus))
        first = drawn.scene("paths", shown, focus)
    else:
        shown = cut(graph, focus=focus, depth=depth, level=level)
        first = drawn.scene(NAMES[level], shown, focus)
    shows_whole_graph = depth is None and (focus is None or first.name == "paths")
    if shows_whole_graph and any(neurons_of(graph)):
        return [first, *drawn.levels(len(first.cut.items))]
    return [first]


def _length(graph: Graph) -> int:
    """Return how many operations follow each other on the longest path."""
    length = [0] * len(graph.nodes)
    for node in graph.nodes:
        length[node.index] = max((length[parent] + 1 for parent in node.parents), default=0)
    return max(length)


def network_to_show(
    graph: Graph, level: str | None, *, is_cut: bool, direction: str = "LR", few: int = FEW
) -> Network | None:
    """Return the network to open with: if it is asked for, or if there are more than `few` numbers.

    A graph without blocks is folded into units. A unit ends at a number that has a name or is read
    more than once.

    Raises:
        ValueError: a network is asked for and the graph has no blocks, or it is cut, or it is to be
            drawn from top to bottom.
    """
    check_level(level)
    check_direction(direction)
    if level not in (None, "network") or (level is None and (is_cut or len(graph.nodes) <= few)):
        return None
    if direction != "LR" and level is None and len(graph.nodes) <= LIMIT:
        return None  # boxes, which can be drawn from top to bottom
    if direction != "LR" and level is not None:
        raise ValueError(
            'a network is drawn from left to right; direction="TB" goes with the levels "scalar", '
            '"neuron" and "layer"'
        )
    if is_cut:
        raise ValueError('level="network" shows the whole network: leave out focus and depth')
    network = network_of(graph)
    if network is None and level == "network":
        raise ValueError(
            'level="network" draws the blocks of a graph, and this one has none: record it with '
            'the layers of nn, or inside `with block("layer 1"):`'
        )
    if network is not None:
        network = readable_network(network)
    return folded_network(graph) if network is None or len(network.units) > MOST_UNITS else network


MOST_INSIDES = 60  # blocks of a deep network that open into scenes of their own


def _with_insides(
    network: Network, title: str, names: Sequence[str] | None, start: int
) -> Iterator[NetworkLevel]:
    """Yield the scene of a network, and for each of its blocks a scene in which it is open.

    The first scene has the index 0 in the list of all scenes, and the others begin at `start`.
    """
    shown, scene_of_path = [network], {network.opened: 0}
    outer: dict[Path, int | None] = {network.opened: None}
    for one in shown:  # the loop also visits the networks that it appends
        for unit in one.units:
            is_new = unit.kind == "block" and unit.path not in scene_of_path
            is_new = is_new and len(shown) <= MOST_INSIDES
            if is_new and one.blocks and unit.path in one.blocks.units:
                scene_of_path[unit.path] = start + len(shown) - 1  # the first of `shown` is at 0
                outer[unit.path] = scene_of_path[one.opened]
                shown.append(deep_network(one.graph, one.blocks, unit.path))
    for one in shown:
        name = ", ".join(one.opened) or "network"
        yield NetworkLevel(scene_of(one, names), title, name, scene_of_path, outer[one.opened])


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A graph, and what all pictures of it on one page have in common."""

    graph: Graph
    title: str
    direction: str

    def scene(self, name: str, shown: Cut, focus: int | None = None) -> Scene:
        """Return the scene of what was cut out of the graph."""
        picture = picture_of(
            self.graph,
            shown,
            title=self.title,
            gradients=True,
            focus=focus,
            direction=self.direction,
        )
        return Scene(name, shown, picture)

    def boxes(self) -> Iterator[Scene]:
        """Yield the scenes of boxes that are not too large to draw, the finest first."""
        if len(self.graph.nodes) <= MOST_SCALARS:
            yield self.scene(NAMES[None], cut(self.graph))
        if len(self.graph.nodes) <= LIMIT:
            yield from self.levels(len(self.graph.nodes))

    def levels(self, finest: int) -> Iterator[Scene]:
        """Yield a scene of neurons and one of layers, where they differ from the finest scene."""
        sizes = {finest}  # a scene with as many boxes as a finer one shows the same boxes
        for level in ("neuron", "layer"):
            try:
                coarse = cut(self.graph, level=level)
            except ValueError:  # the groups feed each other, or are too many: no such scene
                continue
            if len(coarse.items) not in sizes:
                sizes.add(len(coarse.items))
                yield self.scene(NAMES[level], coarse)


def _on_paths(graph: Graph, focus: int) -> frozenset[int]:
    paths = largest_paths(graph, focus, _PATHS)
    edges = [edge for path in paths for edge in path.edges]
    return frozenset({focus} | {node for edge in edges for node in (edge.child, edge.parent)})


# --- as data --------------------------------------------------------------------------------------


def _layout(picture: Picture) -> Layout:
    room = text.width(_ROOM, SMALL) + _PADDING
    labels = [(max(w, room), h) if h else (0.0, 0.0) for w, h in map(label_size, picture.arrows)]
    return arrange_towards(
        picture.direction,
        [_card_size(card) for card in picture.cards],
        [Link(a.tail, a.head, *size) for a, size in zip(picture.arrows, labels, strict=True)],
        groups_of(picture),
    )


def _card_size(card: Card) -> tuple[float, float]:
    width, height = card_size(card)
    changes = card.kind in ("leaf", "node", "output", "group")
    room = text.width("∂ " + _ROOM, NUMBER) + _CARD_PADDING if changes else 0.0
    return max(width, room), height


def _cards(scene: Scene, layout: Layout, graph: Graph) -> Iterator[dict[str, Any]]:
    names = names_on_page(graph)
    for card, item, box in zip(scene.picture.cards, scene.cut.items, layout.boxes, strict=True):
        place = [round(x, 1) for x in (box.x, box.y, box.width, box.height)]
        data: dict[str, Any] = {"kind": card.kind, "box": place, "name": card.name}
        if card.node is not None and card.mark == graph.names[card.node]:
            name = names[card.node] or ""
            is_formula = name.endswith(")")  # left out, because the card shows the operation
            data |= {} if is_formula else {"mark": name}
        elif card.mark:
            data["mark"] = card.mark
        data |= {"note": card.note} if card.note else {}
        data |= {"focused": True} if card.focused else {}
        is_group = card.node is None and item.nodes  # a card without nodes counts what was cut
        yield data | ({"nodes": item.nodes} if is_group else {"node": card.node})


def _arrows(picture: Picture, layout: Layout) -> Iterator[list[Any]]:
    """Yield tail, head, edge (or None), curve, and the middle and width of the label (or None)."""
    for arrow, curve, box in zip(picture.arrows, layout.curves, layout.labels, strict=True):
        label = box and [round(box.middle.x, 1), round(box.y, 1), round(box.width, 1)]
        yield [arrow.tail, arrow.head, arrow.edge, _curve(curve), label]


def _curve(points: tuple[Point, ...]) -> list[float]:
    return [round(x, 1) for point in points for x in point]


def _frames(picture: Picture, layout: Layout) -> Iterator[dict[str, Any]]:
    for frame, box in zip(picture.frames, layout.frames, strict=True):
        place = box and [round(x, 1) for x in (box.x, box.y, box.width, box.height)]
        yield {"name": frame.name, "box": place, "parent": frame.parent, "members": frame.members}


# --- the order of the steps -----------------------------------------------------------------------


def steps_of(graph: Graph, shown: Cut) -> dict[str, list[int]]:
    """Return the boxes in the order of the forward sweep, and the arrows in that of the backward.

    Where every node is shown, these are the steps of `trace`, one for one.
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
    """Return the boxes in a topological order: that of their nodes, as far as groups allow it."""
    later: list[list[int]] = [[] for _ in shown.items]
    for tie in shown.ties:
        later[tie.tail].append(tie.head)
    return order_indices(later, [max(item.nodes, default=-1) for item in shown.items])
