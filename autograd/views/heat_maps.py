"""Tables of softmax weights, such as the attention of a head, for the heat maps of a page.

A softmax is recognized by its operations: exp(zᵢ − ln Σ exp zⱼ), or exp zᵢ divided by a sum that
has this term, also if the sum was written with +. Its weights are one row. Rows of the same block
form one table. If each block has only one row, the rows of sibling blocks form one table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..engine.ops import ADD, CONSTANT, DIV, EXP, LOGSUMEXP, SUB, SUM
from ..graph.graph import Graph
from ..graph.parts import Node

_MOST_TABLES = 24  # further tables are left out
_LEAST_ENTRIES = 3  # causal attention to two tokens has 3; smaller tables are left out


class Table(NamedTuple):
    """The weights of several softmaxes, each of which is a row.

    Attributes:
        blocks: the names of the blocks around the softmaxes, outermost first.
        rows: the names of the rows.
        entries: (row, column, node) for each weight. Rows and columns are counted from 1, and the
            node is an index.
    """

    blocks: tuple[str, ...]
    rows: list[str]
    entries: list[tuple[int, int, int]]


def tables_in(graph: Graph) -> list[Table]:
    """Return the tables of a graph, in the order in which they are computed."""
    softmaxes: dict[tuple[int, ...], list[tuple[int, Node]]] = {}
    for terms, place, node in _weights(graph):
        softmaxes.setdefault(terms, []).append((place, node))
    homes = Counter(row[0][1].block for row in softmaxes.values())
    tables: dict[tuple[str, ...], Table] = {}
    for row in softmaxes.values():
        block = row[0][1].block
        # True if its block has no other softmax, as in attention with one block per token.
        is_alone = homes[block] == 1
        around = block[:-1] if is_alone else block
        table = tables.setdefault(around, Table(around, [], []))
        number = len(table.rows) + 1
        table.rows.append(block[-1] if block and is_alone else str(number))
        table.entries.extend((number, place, node.index) for place, node in row)
    return [t for t in tables.values() if len(t.entries) >= _LEAST_ENTRIES][:_MOST_TABLES]


def _weights(graph: Graph) -> Iterator[tuple[tuple[int, ...], int, Node]]:
    """Yield (terms of the sum, position of this term from 1, node) for each weight."""
    for node in graph.nodes:
        if node.op is EXP:
            difference = graph.nodes[node.parents[0]]
            if difference.op is not SUB:
                continue
            term, total = difference.parents
            is_sum = graph.nodes[total].op is LOGSUMEXP
        elif node.op is DIV:
            term, total = node.parents
            is_sum = graph.nodes[total].op in (ADD, SUM) and graph.nodes[term].op is EXP
        else:
            continue
        terms = tuple(_terms(graph, total))
        if is_sum and term in terms:
            yield terms, terms.index(term) + 1, node


def _terms(graph: Graph, total: int) -> Iterator[int]:
    """Yield the terms of a sum; those of a sum that was written with + are not sums."""
    waiting = [*graph.nodes[total].parents]
    while waiting:
        k = waiting.pop(0)
        if graph.nodes[k].op is ADD and graph.nodes[total].op is ADD:
            waiting = [*graph.nodes[k].parents, *waiting]
        elif graph.nodes[k].op is not CONSTANT:  # the 0 with which Python's sum begins
            yield k


def tables_of(graph: Graph) -> list[dict[str, Any]]:
    """Return the tables of several rows as data: each with "name", "rows" and "entries"."""
    return [
        {"name": ", ".join((*blocks, "softmax")), "rows": rows, "entries": entries}
        for blocks, rows, entries in tables_in(graph)
        if len(rows) > 1
    ]
