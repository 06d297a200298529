"""Tables of computed numbers, such as the attention of a head, for the heat maps of a page."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..graph.graph import Graph

_ENTRY = re.compile(r"([^\W\d_]+)\[(\d+),(\d+)\]")
_MOST_TABLES = 24
_LEAST_ENTRIES = 3


class Table(NamedTuple):
    """Numbers with labels such as a[2,1] in the same blocks: row, column and node of each."""

    letter: str
    blocks: tuple[str, ...]
    entries: list[tuple[int, int, int]]


def tables_in(graph: Graph) -> list[Table]:
    """Return the tables of a graph: computed nodes with labels such as a[2,1] in the same blocks.

    The innermost block is left out, because each row of an attention has a block of its own.
    """
    found: dict[tuple[str, tuple[str, ...]], list[tuple[int, int, int]]] = {}
    for node in graph.nodes:
        match = _ENTRY.fullmatch(node.label) if node.parents else None
        if match:
            entries = found.setdefault((match[1], node.block[:-1]), [])
            entries.append((int(match[2]), int(match[3]), node.index))
    tables = [Table(*key, entries) for key, entries in found.items()]
    return [table for table in tables if len(table.entries) >= _LEAST_ENTRIES][:_MOST_TABLES]


def tables_of(graph: Graph) -> list[dict[str, Any]]:
    """Return the tables of several rows as data: each with a "name" and its "entries"."""
    return [
        {"name": ", ".join((*blocks, letter)), "entries": entries}
        for letter, blocks, entries in tables_in(graph)
        if len({row for row, _, _ in entries}) > 1
    ]
