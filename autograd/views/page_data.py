"""The graph of a live page, as data for its script."""

from __future__ import annotations

import re
from typing import Any

from ..engine.dialect import ATOM
from ..engine.operation import Op
from ..engine.ops import CONSTANT
from ..grading.slips.predictions import MOST_NODES, predictions
from ..graph.formulas import fill, formula_template
from ..graph.graph import Graph
from ..graph.parts import Node
from ..graph.rerecording import record_again
from ..graph.wording import TEXT, name_text
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
    """Return the numbers that known slips lead to, with which the page compares answers.

    A slip is a pair of its number and the index of its sentence.
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
    """Return for each node its row, parents, number and name, and its label if that differs."""
    neurons, names = neurons_of(graph), names_on_page(graph)
    place = {row: k for k, row in enumerate(rows)}
    nodes: list[list[Any]] = []
    for node, neuron in zip(graph.nodes, neurons, strict=True):
        row = place.get((node.op, len(node.parents), bool(node.label)))
        if row is None:
            row = _CONSTANT if node.op is CONSTANT else _PARAMETER if neuron else _LEAF
        label = cut_middle(graph.names[node.index], _LABEL_LENGTH) if node.label else ""
        name = names[node.index]
        more = [label] if label and label != name else []
        nodes.append([row, node.parents, node.data, name, *more])
    return nodes


def _leaves(graph: Graph) -> list[int]:
    """Return the leaves in the order of the lines of code that made them.

    If the lines are not known, leaves follow the blocks and the operations that read them first.
    Inputs come before the parameters of neurons, and constants come last.
    """
    leaves = [node for node in graph.nodes if not node.parents]
    neurons, first_uses = neurons_of(graph), _first_uses(graph)
    lines = [node.line for node in leaves if node.op is not CONSTANT]
    places = {line: (line.file, line.number) for line in lines if line}
    has_lines = None not in lines

    def key(node: Node) -> tuple[object, ...]:
        line = places[node.line] if has_lines and node.line in places else ("", 0)
        is_parameter = neurons[node.index] is not None
        return node.op is CONSTANT, line, is_parameter, first_uses.get(node.index, ()), node.index

    return [node.index for node in sorted(leaves, key=key)]


def _first_uses(graph: Graph) -> dict[int, tuple[int, ...]]:
    """Return a sort key for each leaf: the last nodes of the blocks that read it first.

    The last node of a block counts, because the steps of a recurrence end one after the other. The
    first node of a step may depend on its input alone.
    """
    ends: dict[tuple[str, ...], int] = {}
    for node in graph.nodes:
        ends |= {node.block[:depth]: node.index for depth in range(1, len(node.block) + 1)}
    uses: dict[int, tuple[int, ...]] = {}
    for node in graph.nodes:
        if node.parents:
            prefixes = (node.block[:depth] for depth in range(1, len(node.block) + 1))
            use = (*(ends[prefix] for prefix in prefixes), node.index)
            for parent in node.parents:
                if not graph.nodes[parent].parents:
                    uses[parent] = min(uses.get(parent, use), use)
    return uses


def names_on_page(graph: Graph) -> list[str | None]:
    """Return the name of each node on the page, or None for a constant.

    The name of a computed node without a label is its formula, such as (w·x), if this is short and
    unique. Otherwise it is its operation with its index, such as dot₄₀₅.
    """
    names: list[str | None] = []
    taken: set[str | None] = set()
    numbered: set[int] = set()  # nodes with names such as dot₄₀₅, which no formula contains
    for node in graph.nodes:
        is_named = node.label or node.op is not CONSTANT
        name = name_text(printable(graph.names[node.index])) if is_named else None
        if node.parents and not node.label:
            kind = node.op.name.partition("(")[0]  # without a parameter, as in power(2.0)
            name = kind + str(node.index).translate(_LOWERED)
            words = [_word(names[k], graph.nodes[k].data) for k in node.parents]
            text = _formula_as_name(node, words)
            if text and text not in taken and numbered.isdisjoint(node.parents):
                name = text
            else:
                numbered.add(node.index)
        names.append(name)
        taken.add(name)
    return names


def _formula_as_name(node: Node, words: list[tuple[str, int]]) -> str:
    if len(words) > _MOST_WRITTEN:
        return ""
    text = fill(formula_template(node.op, len(words), TEXT), words)
    text = text if _CALL.fullmatch(text) else f"({text})"
    return text if len(text) <= _NAME_LENGTH else ""


def _word(name: str | None, data: float) -> tuple[str, int]:
    text = name or TEXT.number(data)
    return text, ATOM if name else TEXT.precedence(data, text)


_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_CALL = re.compile(r"\w+\([^()]*\)")  # of a function, which needs no parentheses around it
_MOST_WRITTEN = 4  # operands of a formula that serves as a name
_NAME_LENGTH = 18  # letters of such a formula
