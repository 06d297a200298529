"""The command ``gradtrace page``: the live page of a worksheet or of a recorded graph."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from autograd.engine.value import Value
from autograd.graph.graph import Graph
from autograd.graph.parts import GraphError
from autograd.language.sheet_source import WorksheetError
from autograd.views.page import page

from .sheet import load_sheet


def run_page(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Write one HTML file that steps through a graph and recomputes it when a leaf is changed."""
    parser.description = (
        "Write one HTML file that steps through a graph forward and backward, edge by edge, and "
        "recomputes it when a leaf is changed. The file needs no network."
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a worksheet (- is standard input), or a .json file that holds "
        "Graph.of(output).to_json()",
    )
    parser.add_argument("-o", "--output", type=Path, help="the page (default: FILE.html, here)")
    parser.add_argument("--title", default="", help="the title of the page (default: FILE)")
    parser.add_argument("--focus", metavar="LABEL", help="show only the paths through this node")
    parser.add_argument("--depth", type=int, metavar="N", help="at most N steps from the output")
    parser.add_argument(
        "--level",
        choices=("network", "layer", "neuron", "scalar"),
        help="how much detail to open with",
    )
    parser.add_argument(
        "--play",
        action="store_true",
        help="ask for the numbers, and show the curve under a leaf and two leaves wiggled",
    )
    options = vars(parser.parse_args(arguments))
    written = write_page(options.pop("file"), options.pop("output"), **options)
    print(f"The live page is {written}")
    return 0


def write_page(
    source: str,
    target: Path | None = None,
    *,
    title: str = "",
    focus: str | None = None,
    depth: int | None = None,
    level: str | None = None,
    play: bool = False,
) -> str:
    """Write the live page of a worksheet or of a graph's JSON file, and return the page's path.

    Raises:
        GraphError: the JSON file holds no graph.
        ValueError: the other file holds no worksheet, or the graph cannot be shown
            with these options; the message says what to change.
        OSError: a file cannot be read or written.
    """
    try:
        name, recorded = _read(source)
    except GraphError as error:
        raise GraphError(f"{source}: {error}") from None
    except WorksheetError as error:
        raise ValueError(f"{source}: {error}") from None
    live_page = page(
        recorded, title=title or name, focus=focus, depth=depth, level=level, play=play
    )
    return live_page.save(target or Path(Path(name.replace(" ", "-")).name).with_suffix(".html"))


def _read(source: str) -> tuple[str, Value | Graph]:
    """Return the title and the computation: a graph from JSON, or the output of a worksheet."""
    if source.endswith(".json"):
        return Path(source).name, Graph.from_json(Path(source).read_text(encoding="utf-8"))
    sheet = load_sheet(source)
    return sheet.name, sheet.output
