"""The commands that read a file: what each does once its arguments are known."""

from __future__ import annotations

from pathlib import Path

from .graph import Graph
from .views.page import page


def write_page(
    source: Path,
    target: Path | None = None,
    *,
    title: str = "",
    focus: str | None = None,
    depth: int | None = None,
    collapse: str | None = None,
) -> str:
    """Write the live page of a graph's JSON file (`Graph.to_json`), and return the page's path.

    Raises:
        GraphError: the file holds no graph.
        ValueError: it cannot be shown like this; the message says how to cut it down.
        OSError: a file cannot be read or written.
    """
    graph = Graph.from_json(source.read_text(encoding="utf-8"))
    made = page(graph, title=title, focus=focus, depth=depth, collapse=collapse)
    return made.save(target or source.with_suffix(".html"))
