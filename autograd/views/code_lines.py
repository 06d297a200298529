"""The code that recorded a graph, for the code pane of a page."""

from __future__ import annotations

import ast
import linecache
from typing import Any

from ..engine.source_line import SourceLine, short_name
from ..graph.graph import Graph

# Of a longer stretch of code, a page shows only the lines with nodes, and at most this many.
_MOST_LINES = 400

_Spans = list[tuple[int, int, bool]]
"""The first and the last line of each statement, and whether it is shown as a whole."""


def code_of(graph: Graph) -> dict[str, Any] | None:
    """Return the lines of code that recorded the nodes, or None if no node has such a line.

    "at" holds the file and the line of each node, or None. "files" holds the names of files with
    their lines. A line is its number and its text. A line without nodes also has the first and the
    last line of the statement around it.
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


def _lines(file: str, used: dict[int, SourceLine]) -> list[tuple[Any, ...]]:
    """Return the lines from the first statement or function with nodes to the last one."""
    source = linecache.getlines(file)
    is_same = all(
        number <= len(source) and source[number - 1].strip() == line.text
        for number, line in used.items()
    )
    if not is_same:  # The file was changed, or the graph was read from JSON on another machine.
        return [(number, line.text) for number, line in sorted(used.items())]
    spans = _statements(source)
    whole = [span[:2] for span in spans if span[2] and any(span[0] <= n <= span[1] for n in used)]
    first = min([*used, *(first for first, _ in whole)])
    last = max([*used, *(last for _, last in whole)])
    wanted = range(first, last + 1) if last - first < _MOST_LINES else sorted(used)[:_MOST_LINES]
    texts = {number: source[number - 1].rstrip() for number in wanted}
    indent = min((len(t) - len(t.lstrip()) for t in texts.values() if t), default=0)
    return [(n, text[indent:], *_span(n, text, used, spans)) for n, text in texts.items()]


def _statements(source: list[str]) -> _Spans:
    """Return the lines of every statement, inner ones after those around them."""
    try:
        tree = ast.parse("".join(source))
    except SyntaxError:  # a cell with lines that are not Python
        return []
    found = (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    # Functions, and statements without a body such as x = …, are shown as a whole.
    return [
        (s.lineno, s.end_lineno or s.lineno, not hasattr(s, "body") or hasattr(s, "args"))
        for s in found
    ]


def _span(number: int, text: str, used: dict[int, SourceLine], spans: _Spans) -> tuple[int, ...]:
    """Return the lines of the smallest statement around a line that has no node of its own."""
    if number in used or not text.strip() or text.lstrip().startswith("#"):
        return ()
    around = [(last - first, first, last) for first, last, _ in spans if first <= number <= last]
    _, first, last = min(around, default=(0, number, number))
    return (first, last) if first < last else ()
