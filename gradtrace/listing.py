"""The commands ``gradtrace trace`` and ``gradtrace help``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.resources import files

from autograd.grading.worksheet import Worksheet
from autograd.graph.tracing import trace

from .exit_status import RIGHT
from .sheet import add_output, with_sheet, write_or_print


def list_steps(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Print every step of both sweeps."""
    parser.add_argument("file", metavar="FILE", help="a worksheet; - is standard input")
    add_output(parser)
    options = parser.parse_args(arguments)
    return with_sheet(options, lambda sheet: _list_steps(sheet, options))


def _list_steps(sheet: Worksheet, options: argparse.Namespace) -> None:
    write_or_print(f"{trace(sheet.output)}\n", options.output, [options.file])


def show_language(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Print the reference of the language of worksheets."""
    parser.add_argument("topic", choices=["sheet"], help="sheet: what can be written, in examples")
    add_output(parser)
    path = parser.parse_args(arguments).output
    write_or_print(
        files("autograd.language").joinpath("forms.txt").read_text(encoding="utf-8"), path
    )
    return RIGHT
