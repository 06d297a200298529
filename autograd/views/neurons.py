"""The places of a graph's nodes: neurons in layers, from its blocks.

A graph without blocks, such as that of a worksheet, has only its labels: W1[2,3] is a weight of
neuron 2 in layer 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..engine.ops import CONSTANT, DOT
from ..graph.graph import Graph
from ..graph.parts import Edge

_LABEL = re.compile(r"[^\W\d_]+(?P<layer>\d+)\[(?P<neuron>\d+)(?:,\d+)*\]", re.ASCII)
_NUMBERED = re.compile(r"(?P<row>[^\W\d_]+)(?:\d+|\[\d+(?:,\d+)*\])", re.ASCII)
_LABEL_LENGTH = 40
_LONG_ROW = 24  # leaves, before a row of them is put into one box


class NeuronPlace(NamedTuple):
    """A neuron by the number of its layer and its own; number 0 is the layer itself.

    The names are those of the blocks, such as "head 1".
    """

    layer: int
    number: int
    layer_name: str = ""
    own_name: str = ""

    @property
    def around(self) -> str:
        """The name of the layer."""
        return self.layer_name or f"layer {self.layer}"

    @property
    def name(self) -> str:
        """The name of the neuron in its layer."""
        return self.own_name or f"neuron {self.number}"


def neurons_of(graph: Graph) -> tuple[NeuronPlace | None, ...]:
    """Return the neuron that each node belongs to.

    A leaf belongs to the neuron that alone uses it, if it is not an input of a weighted sum.

    In a graph without blocks, "W1[2,3]", "b1[2]", "z1[2]" and "a1[2]" belong to neuron 2 of
    layer 1. A node without a label belongs to the neuron whose numbers it is computed from (the
    last one's, if there are several) if nothing else uses it: the products and sums of an expanded
    neuron. A number that other neurons use too (an input called "x1[2]") belongs to none.
    """
    if any(node.block for node in graph.nodes if node.parents):
        return _from_blocks(graph)
    named = [_named(node.label) for node in graph.nodes]
    served = _served(graph, named)
    computed = {named[node.index] for node in graph.nodes if node.parents}
    found = [
        neuron if neuron in computed and (node.parents or served[node.index] <= {neuron}) else None
        for node, neuron in zip(graph.nodes, named, strict=True)
    ]
    return tuple(_with_inner_nodes(graph, found))


def role_of(graph: Graph, edge: Edge) -> str:
    """Return "w", "x" or "b" for an operand of a weighted sum, "" for any other operand."""
    node = graph.nodes[edge.child]
    if node.op is not DOT:
        return ""
    half = len(node.parents) // 2
    return "w" if edge.slot < half else "x" if edge.slot < 2 * half else "b"


def _from_blocks(graph: Graph) -> tuple[NeuronPlace | None, ...]:
    layers: dict[str, dict[str, int]] = {}
    found: list[NeuronPlace | None] = [None] * len(graph.nodes)
    for node in graph.nodes:
        if node.block and node.parents:
            outer, inner = node.block[0], ", ".join(node.block[1:])
            numbers = layers.setdefault(outer, {"": 0})  # "" is what is directly in the layer
            number = numbers.setdefault(inner, len(numbers))
            found[node.index] = NeuronPlace(list(layers).index(outer) + 1, number, outer, inner)
    users: dict[int, set[NeuronPlace | None]] = {}
    for edge in graph.edges:
        parent = graph.nodes[edge.parent]
        if parent.is_leaf and parent.op is not CONSTANT:
            user = None if role_of(graph, edge) == "x" else found[edge.child]
            users.setdefault(edge.parent, set()).add(user)
    for leaf, neurons in users.items():
        if len(neurons) == 1:
            (found[leaf],) = neurons
    return tuple(found)


def families_of(graph: Graph, neurons: Sequence[NeuronPlace | None]) -> dict[int, str]:
    """Return the family of each leaf in a long numbered row outside all neurons: "x1 … x784"."""
    rows: dict[str, list[int]] = {}
    for node in graph.nodes:
        found = _NUMBERED.fullmatch(node.label) if len(node.label) <= _LABEL_LENGTH else None
        if found and node.is_leaf and neurons[node.index] is None:
            rows.setdefault(found["row"], []).append(node.index)
    return {
        index: f"{graph.nodes[row[0]].label} … {graph.nodes[row[-1]].label}"
        for row in rows.values()
        if len(row) >= _LONG_ROW
        for index in row
    }


def _served(graph: Graph, named: list[NeuronPlace | None]) -> list[set[NeuronPlace]]:
    """Return the neurons that use each node, also through nodes without a name; two suffice."""
    served: list[set[NeuronPlace]] = [set() for _ in graph.nodes]
    for node in reversed(graph.nodes):
        neuron = named[node.index]
        passed = {neuron} if neuron else set() if node.label else served[node.index]
        for parent in node.parents:
            if len(served[parent]) < 2:
                served[parent] |= passed
    return served


def _named(label: str) -> NeuronPlace | None:
    match = _LABEL.fullmatch(label) if len(label) <= _LABEL_LENGTH else None
    return NeuronPlace(int(match["layer"]), int(match["neuron"])) if match else None


def _with_inner_nodes(graph: Graph, found: list[NeuronPlace | None]) -> list[NeuronPlace | None]:
    candidate = list(found)
    for node in graph.nodes:
        if not node.label and node.parents:
            sources = [neuron for p in node.parents if (neuron := candidate[p]) is not None]
            candidate[node.index] = max(sources, default=None)
    users: list[set[NeuronPlace | None]] = [set() for _ in graph.nodes]
    for node in reversed(graph.nodes):
        if not node.label and node.parents and users[node.index] == {candidate[node.index]}:
            found[node.index] = candidate[node.index]
        for parent in node.parents:
            users[parent].add(found[node.index])
    return found
