"""The commands on worksheets: check, blank, show, trace."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from autograd.grading.feedback import REVEALS
from autograd.grading.worksheet import Worksheet
from autograd.graph.steps import trace
from autograd.language.tokens import WorksheetError
from autograd.views.drawing import draw

from .terminal import style

RIGHT, WRONG, UNREADABLE = 0, 1, 2  # exit statuses


def check(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Check every sheet; the worst outcome is the exit status."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a worksheet; - is standard input")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    form.add_argument(
        "--annotate", action="store_true", help="print the sheets with the verdicts written in"
    )
    parser.add_argument(
        "--reveal",
        choices=REVEALS,
        default="hint",
        help="what to show of a wrong number: the verdict, also the slip, or also the answer",
    )
    return _check(parser.parse_args(arguments))


def blank(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Print the sheet with a blank for every answer."""
    parser.add_argument("file", metavar="FILE", help="a worksheet; - is standard input")
    return _with_sheet(parser.parse_args(arguments), lambda sheet: print(sheet.blank(), end=""))


def list_steps(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Print every step of both sweeps."""
    parser.add_argument("file", metavar="FILE", help="a worksheet; - is standard input")
    return _with_sheet(parser.parse_args(arguments), lambda sheet: print(trace(sheet.output)))


def show(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Write the picture of a worksheet's graph."""
    parser.add_argument("file", metavar="FILE", help="a worksheet; - is standard input")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help="an .svg or .dot file (default: FILE.svg, here)",
    )
    return _show(parser.parse_args(arguments))


def read_sheet(name: str) -> Worksheet:
    """Return the worksheet in a file, or from standard input for "-".

    Raises:
        OSError: the file cannot be read.
        WorksheetError: it is no worksheet.
    """
    if name != "-":
        return Worksheet.read(name)
    return Worksheet.decode(sys.stdin.buffer.read(Worksheet.most_bytes()), "standard input")


def _check(options: argparse.Namespace) -> int:
    worst, data = RIGHT, []
    for name in options.files:
        try:
            sheet = read_sheet(name)
            report = sheet.check(options.reveal)
        except (WorksheetError, OSError) as error:
            worst = UNREADABLE
            data.append(_unreadable(name, error))
            print(_message(name, error), file=sys.stderr)
            continue
        worst = max(worst, RIGHT if report.ok else WRONG)
        data.append(report.as_data())
        if options.annotate:
            print(sheet.annotated(report), end="" if sheet.text.endswith("\n") else "\n")
        elif not options.json:
            print(_color_mistakes(str(report)) + "\n")
    if options.json:
        print(json.dumps(data, ensure_ascii=False, indent=1))
    return worst


def _color_mistakes(text: str) -> str:
    return "\n".join(
        style(line, "bad") if line.endswith("WRONG") or line.startswith("First mistake") else line
        for line in text.split("\n")
    )


def _unreadable(name: str, error: Exception) -> dict[str, object]:
    place = (
        {"line": error.line, "column": error.column, "message": error.message}
        if isinstance(error, WorksheetError)
        else {}
    )
    return {"title": name, "ok": False, "error": str(error), **place}


def _message(name: str, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"gradtrace: {name}: {error.strerror or error}"
    return f"{name}: {error}"


def _with_sheet(options: argparse.Namespace, act: Callable[[Worksheet], None]) -> int:
    try:
        act(read_sheet(options.file))
    except WorksheetError as error:
        print(_message(options.file, error), file=sys.stderr)
        return UNREADABLE
    return RIGHT


def _show(options: argparse.Namespace) -> int:
    def act(sheet: Worksheet) -> None:
        path = options.output or Path(Path(sheet.name.replace(" ", "-")).name).with_suffix(".svg")
        output = sheet.output
        output.backward()
        try:
            drawing = draw(output, title=sheet.name)
        except ValueError as error:
            raise WorksheetError(f"this cannot be drawn: {error}") from None
        print(f"The graph is drawn in {drawing.save(path)}")

    return _with_sheet(options, act)
