"""The scenes that a live page offers, each of which is one level of detail.

A graph of few numbers has a box for each of them, and is also shown as its neurons and layers. A
larger graph opens as a network, in which circles and blocks can be opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..graph.graph import Graph
from ..graph.paths import largest_paths
from .box_scene import BoxScene
from .direction import check_direction
from .folding import MOST_UNITS
from .network_data import network_data
from .network_names import check_unnamed
from .network_scene import NetworkScene, scene_of
from .network_svg import NetworkPicture, network_svg
from .neurons import neurons_of
from .picture import picture_of
from .selection import LIMIT, SCALARS, Cut, check_level, cut
from .unit_parts import Path
from .units import Network, deep_network, folded_network, network_of, readable_network

NAMES = {None: "scalars", "scalar": "scalars", "neuron": "neurons", "layer": "layers"}

FEW = 60  # the most nodes of a graph that opens with a box for each of them
MOST_EDGES = 90  # the most edges of such a graph
MOST_LENGTH = 20  # the most operations after each other that fit in one row of a page
MOST_SCALARS = 600  # the most nodes of a network whose page also offers a box for each of them
MOST_INSIDES = 60  # the most blocks of a deep network that open into scenes of their own
_LESS = 0.75  # neurons and layers are offered if they are at most this share of the nodes
_PATHS = 3  # the number of paths from a focus to the output whose nodes are shown one by one


@dataclass(frozen=True, slots=True)
class NetworkLevel:
    """A network, or the inside of one of its blocks, as circles, boxes and wires."""

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


Scenes = list[BoxScene | NetworkLevel]


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
    """Return the scenes of a page. The page opens with the first one.

    The first scene is the one that is asked for. Those of neurons and layers follow, if the graph
    has any. If `level` is "neuron" or "layer" and there is a `focus`, the nodes on the largest
    paths from the focus to the output are shown one by one.

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
    """Return the network that a picture shows, or None if the picture shows boxes.

    A picture shows a network if `level` asks for it, or if the graph has more than `few` nodes or
    more than `MOST_EDGES` edges. A graph without blocks is folded into units: a unit ends at a
    number that has a name or is read more than once.

    Raises:
        ValueError: a network is asked for and the graph has no blocks, or it is cut, or it is to be
            drawn from top to bottom.
    """
    check_level(level)
    check_direction(direction)
    is_small = len(graph.nodes) <= few and len(graph.edges) <= MOST_EDGES
    if level not in (None, "network") or (level is None and (is_cut or is_small)):
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
        yield NetworkLevel(
            scene_of(one, names, notes=True), title, name, scene_of_path, outer[one.opened]
        )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A graph, and what all pictures of it on one page have in common."""

    graph: Graph
    title: str
    direction: str

    def scene(self, name: str, shown: Cut, focus: int | None = None) -> BoxScene:
        """Return the scene of what was cut out of the graph."""
        picture = picture_of(
            self.graph,
            shown,
            title=self.title,
            gradients=True,
            focus=focus,
            direction=self.direction,
        )
        return BoxScene(name, shown, picture)

    def boxes(self) -> Iterator[BoxScene]:
        """Yield the scenes of boxes that are not too large to draw, the finest first."""
        if len(self.graph.nodes) <= MOST_SCALARS:
            yield self.scene(NAMES[None], cut(self.graph))
        if len(self.graph.nodes) <= LIMIT:
            yield from self.levels(len(self.graph.nodes))

    def levels(self, finest: int) -> Iterator[BoxScene]:
        """Yield a scene of neurons and one of layers, where they differ from the finest scene."""
        sizes = {finest}  # a scene with as many boxes as a finer one shows the same boxes
        for level in ("neuron", "layer"):
            try:
                coarse = cut(self.graph, level=level)
            except ValueError:  # the groups feed each other, or are too many: no such scene
                continue
            size = len(coarse.items)
            if size not in sizes and size <= _LESS * len(self.graph.nodes):
                sizes.add(size)
                yield self.scene(NAMES[level], coarse)


def _on_paths(graph: Graph, focus: int) -> frozenset[int]:
    paths = largest_paths(graph, focus, _PATHS)
    edges = [edge for path in paths for edge in path.edges]
    return frozenset({focus} | {node for edge in edges for node in (edge.child, edge.parent)})
