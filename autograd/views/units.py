"""The network that a graph records: units in columns, and the wires between them.

A unit is the part of a block that gives one result, such as a neuron. What is computed outside all
blocks, such as a cost, is divided in the same way. The structure comes from blocks and edges, never
from labels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from ..engine.ops import CONSTANT, DOT
from ..graph.graph import Graph
from ..graph.parts import Edge
from .neurons import role_of

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """One circle or box of a network.

    Attributes:
        kind: "input" for a leaf that units read, "neuron" inside a block, "number" outside all
            blocks, such as a cost.
        path: the blocks it is in, the outermost first; () outside all blocks.
        result: the node whose value and gradient the unit shows.
        nodes: the computed nodes inside it, in order.
        bias: the leaf that its weighted sum adds, if there is one.
    """

    kind: str
    path: Path
    result: int
    nodes: tuple[int, ...]
    bias: int | None = None


@dataclass(frozen=True, slots=True)
class Wire:
    """All uses of one unit's result by another unit.

    Attributes:
        tail, head: the indices of the two units.
        edges: the indices in `Graph.edges` of these uses.
        weight: how the head changes with the tail at its entrance: the weight of a weighted sum.
        parameter: the leaf that holds the weight, if there is one.
    """

    tail: int
    head: int
    edges: tuple[int, ...]
    weight: float
    parameter: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Units drawn above each other, and the name of what they have in common."""

    name: str
    units: tuple[int, ...]


@dataclass(frozen=True)
class Network:
    """A graph as units, wires and columns; the columns are in the order of computation."""

    graph: Graph
    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]
    columns: tuple[Column, ...]

    @cached_property
    def place(self) -> dict[int, int]:
        """The unit of each node; parameters are in the unit that reads them."""
        found: dict[int, int] = {}
        for number, unit in enumerate(self.units):
            found[unit.result] = number
            found.update(dict.fromkeys(unit.nodes, number))
        for edge in self.graph.edges:
            found.setdefault(edge.parent, found[edge.child])
        return found


def network_of(graph: Graph) -> Network | None:
    """Return the network that a graph records, or None for a graph without blocks."""
    if not any(node.block for node in graph.nodes if node.parents):
        return None
    units = [_unit(graph, nodes) for nodes in _groups(graph)]
    inside = {node: number for number, unit in enumerate(units) for node in unit.nodes}
    units += [Unit("input", (), leaf, ()) for leaf in _inputs(graph, inside)]
    place = inside | {unit.result: number for number, unit in enumerate(units)}
    wires = tuple(_wires(graph, place))
    return Network(graph, tuple(units), wires, tuple(_columns(graph, units, wires)))


# --- units ----------------------------------------------------------------------------------------


def _groups(graph: Graph) -> list[tuple[int, ...]]:
    """Return the computed nodes of each unit, in order.

    A node is in the unit of its only reader if the two are in the same block. A node that is an
    output, is read outside its block, or is read by several units, is the result of a unit.
    """
    owner: dict[int, int] = {}
    readers: dict[int, set[int]] = defaultdict(set)
    outputs = set(graph.outputs)
    for node in reversed(graph.nodes):
        if not node.parents:
            continue
        found = readers[node.index]
        only = found.pop() if len(found) == 1 and node.index not in outputs else None
        joins = only is not None and graph.nodes[only].block == node.block
        owner[node.index] = only if only is not None and joins else node.index
        for parent in node.parents:
            readers[parent].add(owner[node.index])
    members: dict[int, list[int]] = defaultdict(list)
    for index in reversed(owner):
        members[owner[index]].append(index)
    return sorted(tuple(nodes) for nodes in members.values())


def _unit(graph: Graph, nodes: tuple[int, ...]) -> Unit:
    result = nodes[-1]
    path = graph.nodes[result].block
    biases = [
        graph.nodes[node].parents[-1]
        for node in nodes
        if graph.nodes[node].op is DOT and len(graph.nodes[node].parents) % 2
    ]
    bias = biases[0] if len(biases) == 1 else None
    return Unit("neuron" if path else "number", path, result, nodes, bias)


def _inputs(graph: Graph, inside: dict[int, int]) -> list[int]:
    """Return the leaves that are data for units, and not parameters of one unit.

    In a weighted sum, the operation says which operands are weights. Elsewhere a leaf is an input
    if several units read it, and a constant of a formula, such as a target, never is.
    """
    readers: dict[int, set[int]] = defaultdict(set)
    roles: dict[int, set[str]] = defaultdict(set)
    for edge in graph.edges:
        if not graph.nodes[edge.parent].parents:
            readers[edge.parent].add(inside[edge.child])
            roles[edge.parent].add(role_of(graph, edge))
    return [
        leaf
        for leaf, found in roles.items()
        if "x" in found
        or (found == {""} and len(readers[leaf]) > 1 and graph.nodes[leaf].op is not CONSTANT)
    ]


# --- wires ----------------------------------------------------------------------------------------


def _wires(graph: Graph, place: dict[int, int]) -> Iterator[Wire]:
    uses: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, edge in enumerate(graph.edges):
        tail, head = place.get(edge.parent), place[edge.child]
        if tail is not None and tail != head:
            uses[tail, head].append(index)
    for (tail, head), indices in uses.items():
        edges = [graph.edges[index] for index in indices]
        weight = sum(edge.partial for edge in edges)
        yield Wire(tail, head, tuple(indices), weight, _parameter(graph, edges))


def _parameter(graph: Graph, edges: list[Edge]) -> int | None:
    """Return the leaf w of a use w·x in a weighted sum, or None."""
    if len(edges) != 1 or role_of(graph, edges[0]) != "x":
        return None
    parents = graph.nodes[edges[0].child].parents
    weight = parents[edges[0].slot - len(parents) // 2]
    return None if graph.nodes[weight].parents else weight


# --- columns --------------------------------------------------------------------------------------


def _columns(graph: Graph, units: list[Unit], wires: tuple[Wire, ...]) -> Iterator[Column]:
    """Yield the columns: units that as many steps lead to, divided by the block around them."""
    depth = _depths(units, wires)
    order = sorted(range(len(units)), key=lambda k: (depth[k], _around(units[k]), units[k].result))
    for (_, around), members in groupby(order, key=lambda k: (depth[k], _around(units[k]))):
        numbers = tuple(members)
        kinds = {units[k].kind for k in numbers}
        name = around or ("inputs" if kinds == {"input"} else "")
        yield Column(name, numbers)


def _around(unit: Unit) -> str:
    return ", ".join(unit.path[:-1] or unit.path)


def _depths(units: list[Unit], wires: tuple[Wire, ...]) -> list[int]:
    """Return the length of the longest way to each unit; an input is just before its readers."""
    into: dict[int, list[int]] = defaultdict(list)
    for wire in wires:
        into[wire.head].append(wire.tail)
    depth = [0] * len(units)
    for k in sorted(range(len(units)), key=lambda k: units[k].result):
        depth[k] = max((depth[tail] + 1 for tail in into[k]), default=0)
    return depth
