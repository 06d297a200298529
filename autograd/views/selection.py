"""Choose the part of a graph that is drawn: around a focus, some steps deep, or in groups.

Boxes say how many nodes and uses are left out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Container
from dataclasses import dataclass, replace

from ..engine.topological import order_indices
from ..graph.graph import Graph
from ..graph.parts import Edge
from .neurons import NeuronPlace, families_of, neurons_of

LEVELS = ("network", "layer", "neuron", "scalar")
SCALARS = (None, "scalar")

LIMIT = 2000
"""A picture of more boxes than this is refused."""


@dataclass(frozen=True, slots=True)
class Item:
    """One box: a node, a group of nodes, or a count of parents that are not drawn.

    Attributes:
        nodes: the indices of its nodes; empty for a count.
        name: the name of a group, or "".
        cut: the number of parents that are not drawn, for a count.
        other_uses: the number of edges to children that are not drawn.
        neuron: the neuron or the layer that its nodes are in.
    """

    nodes: tuple[int, ...]
    name: str = ""
    cut: int = 0
    other_uses: int = 0
    neuron: NeuronPlace | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """An arrow between two items, with the edges that it stands for. A cut item has no edges."""

    tail: int
    head: int
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """What is drawn: items and the ties between them."""

    items: tuple[Item, ...]
    ties: tuple[Tie, ...]


def cut(
    graph: Graph,
    *,
    focus: int | None = None,
    depth: int | None = None,
    level: str | None = None,
    expanded: Container[int] = (),
) -> Cut:
    """Return the part of a graph around a focus and at most `depth` steps back.

    `level` puts the nodes into groups, except for those in `expanded`.

    Raises:
        ValueError: an argument makes no sense, or too much is left to draw.
    """
    check_level(level)
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ValueError(f"depth is a number of steps back from the output, not {depth!r}")
    edges = _edges_on_paths(graph, focus)
    if depth is not None:
        edges = _edges_within(graph, edges, depth)
    kept = set(graph.outputs)
    if focus is not None and depth is None:
        kept.add(focus)
    for edge in edges:
        kept |= {edge.child, edge.parent}
    _refuse_long(len(kept) if level in SCALARS else 0)
    found = _collapsed(graph, kept, edges, level, expanded)
    _refuse_long(len(found.items))
    return found


def check_level(level: str | None) -> None:
    """Refuse an unknown level of detail.

    Raises:
        ValueError: the message lists the levels.
    """
    if level is not None and level not in LEVELS:
        known = ", ".join(f'"{known}"' for known in LEVELS)
        raise ValueError(f"level is one of {known}, or None; got {level!r}")


def _refuse_long(count: int) -> None:
    if count > LIMIT:
        raise ValueError(
            f"{count} boxes are too many to draw (at most {LIMIT}). Draw a part: focus=<a value, "
            'label or index>, depth=<steps back from the output>, or level="neuron" or "layer"'
        )


def _edges_on_paths(graph: Graph, focus: int | None) -> list[Edge]:
    """Return the edges on paths that lead through the focus to the output."""
    needed = _needed_edges(graph)
    if focus is None:
        return needed
    sources, users = {focus}, {focus}
    before, after = [], []
    for edge in reversed(needed):
        if edge.child in sources:
            sources.add(edge.parent)
            before.append(edge)
    for edge in needed:
        if edge.parent in users:
            users.add(edge.child)
            after.append(edge)
    return sorted(before + after)


def _needed_edges(graph: Graph) -> list[Edge]:
    """Return the edges that the outputs depend on. Only guards read the other edges."""
    return [edge for edge in graph.edges if edge.child in graph.needed]


def _edges_within(graph: Graph, edges: list[Edge], depth: int) -> list[Edge]:
    parents: dict[int, list[Edge]] = {}
    for edge in edges:
        parents.setdefault(edge.child, []).append(edge)
    steps, waiting = dict.fromkeys(graph.outputs, 0), deque(graph.outputs)
    while waiting:
        child = waiting.popleft()
        if steps[child] < depth:
            for edge in parents.get(child, ()):
                if edge.parent not in steps:
                    steps[edge.parent] = steps[child] + 1
                    waiting.append(edge.parent)
    return [edge for edge in edges if steps.get(edge.child, depth) < depth]


def _collapsed(
    graph: Graph,
    kept: set[int],
    edges: list[Edge],
    level: str | None,
    expanded: Container[int],
) -> Cut:
    neurons = neurons_of(graph)
    keys = _keys(graph, neurons, level, expanded)
    items, place = _items(sorted(kept), neurons, keys)
    shown: dict[tuple[int, int], list[Edge]] = {}
    for edge in edges:
        tail, head = place[edge.parent], place[edge.child]
        if tail != head:
            shown.setdefault((tail, head), []).append(edge)
    ties: list[Tie] = []
    for (tail, head), between in shown.items():
        if len(items[tail].nodes) == 1 == len(items[head].nodes):
            ties += [Tie(tail, head, (edge,)) for edge in between]
        else:
            ties.append(Tie(tail, head, tuple(between)))
    if level not in SCALARS:
        _refuse_cycles(len(items), ties, level)
    return _with_counts(graph, kept, edges, items, place, ties)


def _keys(
    graph: Graph,
    neurons: tuple[NeuronPlace | None, ...],
    level: str | None,
    expanded: Container[int],
) -> list[object]:
    """Return the key of each node's item: its neuron, the name of a group, or its own index."""
    if level in SCALARS:
        return list(range(len(graph.nodes)))
    split = {neuron.layer for node, neuron in enumerate(neurons) if neuron and node in expanded}
    families = families_of(graph, neurons)
    keys: list[object] = []
    for node, neuron in enumerate(neurons):
        is_alone = node in expanded
        key: object = node if is_alone else families.get(node, node)
        if neuron and not is_alone:
            rest = "rest of " if neuron.layer in split else ""
            key = neuron if level == "neuron" else f"{rest}{neuron.around}"
        keys.append(key)
    return keys


def _items(
    kept: list[int], neurons: tuple[NeuronPlace | None, ...], keys: list[object]
) -> tuple[list[Item], dict[int, int]]:
    """Return the items in the order of their first nodes, and the item of every node."""
    members: dict[object, list[int]] = {}
    for node in kept:
        members.setdefault(keys[node], []).append(node)
    items: list[Item] = []
    place: dict[int, int] = {}
    for key, nodes in members.items():
        neuron = neurons[nodes[0]]
        name = key if isinstance(key, str) else ""
        if isinstance(key, NeuronPlace):
            name = key.name if key.number else key.around
        place.update(dict.fromkeys(nodes, len(items)))
        items.append(Item(tuple(nodes), name, neuron=None if isinstance(key, str) else neuron))
    return items, place


def _refuse_cycles(count: int, ties: list[Tie], level: str | None) -> None:
    later: list[list[int]] = [[] for _ in range(count)]
    for tie in ties:
        later[tie.tail].append(tie.head)
    if len(order_indices(later)) < count:
        raise ValueError(
            f'level="{level}" would draw a cycle: in this graph, {level}s feed each '
            "other in both directions. Use focus= or depth= instead"
        )


def _with_counts(
    graph: Graph,
    kept: set[int],
    edges: list[Edge],
    items: list[Item],
    place: dict[int, int],
    ties: list[Tie],
) -> Cut:
    """Return the cut with the numbers of parents and of uses that are not drawn."""
    cut_edges = set(_needed_edges(graph)).difference(edges)
    parents: dict[int, set[int]] = {}
    uses: Counter[int] = Counter()
    for edge in sorted(cut_edges):
        if edge.child in kept:
            parents.setdefault(place[edge.child], set()).add(edge.parent)
        if edge.parent in kept:
            uses[place[edge.parent]] += 1
    items = [replace(item, other_uses=uses[number]) for number, item in enumerate(items)]
    for head, hidden in parents.items():
        ties.append(Tie(len(items), head, ()))
        items.append(Item((), cut=len(hidden), neuron=items[head].neuron))
    return Cut(tuple(items), tuple(ties))
