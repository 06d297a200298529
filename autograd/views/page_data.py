"""The graph of a live page, as data for its script."""

from __future__ import annotations

from typing import Any

from ..engine.operation import Op
from ..engine.ops import CONSTANT
from ..grading.slips.predictions import MOST_NODES, predictions
from ..graph.graph import Graph
from ..graph.parts import Node
from ..graph.rerecording import record_again
from ..graph.wording import name_text
from .answer_sheet import Row
from .neurons import neurons_of
from .templates import row_of_page
from .text import cut_middle, printable

_LEAF, _CONSTANT, _PARAMETER = -1, -2, -3  # in place of a row's number; engine.js knows them
_LABEL_LENGTH = 300

_RowKey = tuple[Op, int, bool]  # the operation, of how many inputs, whether its node has a label


def graph_data(graph: Graph) -> dict[str, Any]:
    """Return the graph as the script reads it: its operations, nodes, leaves and guards."""
    rows, operations = _rows(graph), operations_of(graph)
    return {
        "rows": [row_of_page(*row, code=operations.index(row[:2])) for row in rows],
        "nodes": _nodes(graph, rows),
        "leaves": _leaves(graph),
        "output": graph.outputs[0],
        "guards": [
            [g.left, g.relation, g.right, g.bound, g.outcome, g.explain()] for g in graph.guards
        ],
    }


def operations_of(graph: Graph) -> list[Row]:
    """Return the operations of a graph, each with how many inputs it has."""
    return list(dict.fromkeys((op, count) for op, count, _ in _rows(graph)))


def slips_data(graph: Graph) -> dict[str, Any]:
    """Return what known slips give for each number, for answers to be compared with.

    A slip is a pair: the number that it gives, and the index of the sentence that says it.
    """
    if len(graph.nodes) > MOST_NODES:
        return {}
    values = record_again(graph.nodes, {}, expand=False)
    words: dict[str, int] = {}
    told = [
        {
            node: [[float(f"{x:.9g}"), words.setdefault(said, len(words))] for x, said in found]
            for node, found in predicted.items()
        }
        for predicted in predictions(values, values[graph.outputs[0]])
    ]
    return {"slips": {"values": told[0], "gradients": told[1], "words": [*words]}}


def _rows(graph: Graph) -> list[_RowKey]:
    computed = (node for node in graph.nodes if node.parents)
    return list(dict.fromkeys((n.op, len(n.parents), bool(n.label)) for n in computed))


def _nodes(graph: Graph, rows: list[_RowKey]) -> list[list[Any]]:
    """Return row, parents, number, name, and the label where it differs, of every node."""
    neurons = neurons_of(graph)
    place = {row: k for k, row in enumerate(rows)}
    nodes: list[list[Any]] = []
    for node, neuron in zip(graph.nodes, neurons, strict=True):
        row = place.get((node.op, len(node.parents), bool(node.label)))
        if row is None:
            row = _CONSTANT if node.op is CONSTANT else _PARAMETER if neuron else _LEAF
        label = cut_middle(graph.names[node.index], _LABEL_LENGTH) if node.label else ""
        name = _name(node, graph.names[node.index])
        more = [label] if label and label != name else []
        nodes.append([row, node.parents, node.data, name, *more])
    return nodes


def _leaves(graph: Graph) -> list[int]:
    """Return the leaves in the order of the lines that made them, where these are known.

    Inputs come before the parameters of neurons, and constants come last.
    """
    leaves = [node for node in graph.nodes if not node.parents]
    neurons = neurons_of(graph)
    lines = [node.line for node in leaves if node.op is not CONSTANT]
    places = {line: (line.file, line.number) for line in lines if line}
    has_lines = None not in lines

    def key(node: Node) -> tuple[object, ...]:
        line = places[node.line] if has_lines and node.line in places else ("", 0)
        return node.op is CONSTANT, line, neurons[node.index] is not None, node.index

    return [node.index for node in sorted(leaves, key=key)]


def _name(node: Node, name: str) -> str | None:
    if node.op is CONSTANT and not node.label:
        return None  # called by its number
    return name_text(printable(name) if node.label else name)
