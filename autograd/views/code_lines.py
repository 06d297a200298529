"""The code that recorded a graph, for the code pane of a page."""

from __future__ import annotations

import linecache
from typing import Any

from ..engine.source_line import SourceLine, short_name
from ..graph.graph import Graph

_MOST_LINES = 400  # a page shows at most this many lines of a file, those with nodes first


def code_of(graph: Graph) -> dict[str, Any] | None:
    """Return the lines of code that recorded the nodes, or None if they were not recorded.

    The result has "files", a list of names with their lines as pairs of number and text, and "at",
    the file and the line of each node, or None. Lines between those of the nodes are shown too.
    """
    used: dict[str, dict[int, SourceLine]] = {}
    for node in graph.nodes:
        if node.line:
            used.setdefault(node.line.file, {})[node.line.number] = node.line
    if not used:
        return None
    place = {file: k for k, file in enumerate(used)}
    return {
        "files": [[short_name(file), _lines(file, lines)] for file, lines in used.items()],
        "at": [node.line and [place[node.line.file], node.line.number] for node in graph.nodes],
    }


def _lines(file: str, used: dict[int, SourceLine]) -> list[tuple[int, str]]:
    """Return the lines from the first to the last one that is used."""
    source = linecache.getlines(file)
    is_same = all(
        number <= len(source) and source[number - 1].strip() == line.text
        for number, line in used.items()
    )
    first, last = min(used), max(used)
    if not is_same:  # the file was changed or is not there, as for a graph that was read from JSON
        return [(number, line.text) for number, line in sorted(used.items())]
    wanted = range(first, last + 1) if last - first < _MOST_LINES else sorted(used)[:_MOST_LINES]
    texts = [source[number - 1].rstrip() for number in wanted]
    indent = min((len(t) - len(t.lstrip()) for t in texts if t), default=0)
    return [(number, text[indent:]) for number, text in zip(wanted, texts, strict=True)]
