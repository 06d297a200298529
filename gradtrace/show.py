"""The command ``gradtrace show``: the graph of a worksheet as a picture."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from autograd.grading.worksheet import Worksheet
from autograd.language.sheet_source import WorksheetError
from autograd.views.drawing import draw

from .sheet import with_sheet


def draw_sheet(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Write the picture of a worksheet's graph."""
    parser.add_argument("file", metavar="FILE", help="a worksheet; - is standard input")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help="an .svg or .dot file (default: FILE.svg, here)",
    )
    options = parser.parse_args(arguments)
    return with_sheet(options, lambda sheet: _draw(sheet, options.output))


def _draw(sheet: Worksheet, path: Path | None) -> None:
    path = path or Path(Path(sheet.name.replace(" ", "-")).name).with_suffix(".svg")
    output = sheet.output
    output.backward()
    try:
        drawing = draw(output, title=sheet.name)
    except ValueError as error:
        raise WorksheetError(f"this cannot be drawn: {error}") from None
    print(f"The graph is drawn in {drawing.save(path)}")
