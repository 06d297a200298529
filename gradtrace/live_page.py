"""The command that writes a live page: what it does once its arguments are known."""

from __future__ import annotations

from pathlib import Path

from autograd.engine.value import Value
from autograd.graph.graph import Graph
from autograd.views.page import page

from .sheet import read_sheet


def write_page(
    source: str,
    target: Path | None = None,
    *,
    title: str = "",
    focus: str | None = None,
    depth: int | None = None,
    collapse: str | None = None,
) -> str:
    """Write the live page of a worksheet or of a graph's JSON file, and return the page's path.

    Raises:
        GraphError, WorksheetError: the file holds neither.
        ValueError: it cannot be shown like this; the message says how to cut it down.
        OSError: a file cannot be read or written.
    """
    name, recorded = _recorded(source)
    made = page(recorded, title=title or name, focus=focus, depth=depth, collapse=collapse)
    return made.save(target or Path(Path(name.replace(" ", "-")).name).with_suffix(".html"))


def _recorded(source: str) -> tuple[str, Value | Graph]:
    """Return the title and what was recorded: a graph's JSON, or a worksheet's output."""
    if source.endswith(".json"):
        return Path(source).name, Graph.from_json(Path(source).read_text(encoding="utf-8"))
    sheet = read_sheet(source)
    return sheet.name, sheet.output
