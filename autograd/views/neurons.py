"""The places of a graph's nodes: neurons in layers, from its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..engine.ops import CONSTANT, DOT
from ..graph.graph import Graph
from ..graph.parts import Edge

_LONG_ROW = 24  # the fewest leaves that are put into one box


class NeuronPlace(NamedTuple):
    """A neuron, by the number of its layer and its own number. Number 0 is the layer itself.

    `around` is the name of the layer and `name` that of the neuron, such as "head 1".
    """

    layer: int
    number: int
    around: str
    name: str


def neurons_of(graph: Graph) -> tuple[NeuronPlace | None, ...]:
    """Return the neuron that each node belongs to, by the block it was recorded in.

    A leaf belongs to the neuron that alone uses it, if it is not an input of a weighted sum.
    """
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


def role_of(graph: Graph, edge: Edge) -> str:
    """Return "w", "x" or "b" for an operand of a weighted sum, "" for any other operand."""
    node = graph.nodes[edge.child]
    if node.op is not DOT:
        return ""
    half = len(node.parents) // 2
    return "w" if edge.slot < half else "x" if edge.slot < 2 * half else "b"


def families_of(graph: Graph, neurons: Sequence[NeuronPlace | None]) -> dict[int, str]:
    """Return the family name of each leaf in a family, which is many inputs with the same readers.

    The name is made of the first and the last one: "x1 … x784".
    """
    readers: dict[int, list[int]] = {
        node.index: [] for node in graph.nodes if node.is_leaf and neurons[node.index] is None
    }
    for edge in graph.edges:
        if edge.parent in readers:
            readers[edge.parent].append(edge.child)
    rows: dict[tuple[int, ...], list[int]] = {}
    for leaf, children in readers.items():
        rows.setdefault(tuple(children), []).append(leaf)
    return {
        index: f"{graph.nodes[row[0]].name} … {graph.nodes[row[-1]].name}"
        for row in rows.values()
        if len(row) >= _LONG_ROW
        for index in row
    }
