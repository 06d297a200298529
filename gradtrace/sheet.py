"""The commands ``gradtrace check`` and ``gradtrace blank``, and how commands read worksheets."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograd.files import write_text
from autograd.grading.feedback import REVEALS
from autograd.grading.worksheet import Worksheet
from autograd.language.formats import SUFFIXES
from autograd.language.sheet_source import WorksheetError

from .exit_status import FAILED, RIGHT
from .results import Result, results_csv, results_table
from .terminal import style


def check_sheets(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Check every sheet, and return the exit status of the worst outcome."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a worksheet (.calc, .md, .txt, .tex, .py or .ipynb), or a folder of them; - is "
        "standard input. For several files, a table of all files is printed at the end.",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    form.add_argument(
        "--annotate", action="store_true", help="print the sheets with the verdicts written in"
    )
    form.add_argument("--csv", action="store_true", help="print only the table of files, as CSV")
    parser.add_argument(
        "--reveal",
        choices=REVEALS,
        default="hint",
        help="what to show for a wrong number: only the verdict (none), also the mistake "
        "(hint), or also the answer (answer)",
    )
    add_output(parser)
    options = parser.parse_args(arguments)
    names = list(_worksheets(options.files))
    if options.output is None:
        return _check(names, options)
    # Redirecting the output also keeps `style` from adding colors to the text of a file.
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        status = _check(names, options)
    if text := printed.getvalue():
        write_or_print(text, options.output, names)
    return status


def _check(names: Sequence[str], options: argparse.Namespace) -> int:
    """Print what the options ask for, and return the exit status."""
    results = [_check_one(name, options) for name in names]
    if options.json:
        data = [result.data for result in results]
        print(json.dumps(data, ensure_ascii=False, indent=1))
    elif options.csv:
        print(results_csv(results), end="")
    elif len(results) > 1 and not options.annotate:
        print(results_table(results))
    return max(result.status for result in results)


def write_blank(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Print the sheet with a blank for every answer. A sheet that cannot be computed is refused."""
    parser.add_argument("file", metavar="FILE", help="a worksheet; - is standard input")
    add_output(parser)
    options = parser.parse_args(arguments)
    return with_sheet(options, lambda sheet: _write_blank(sheet, options))


def _write_blank(sheet: Worksheet, options: argparse.Namespace) -> None:
    # `check` raises an error if the sheet cannot be computed, because nobody could solve it then.
    if not sheet.check().lines:
        raise ValueError(f"{sheet.name}: there is no answer that a blank could replace")
    write_or_print(str(sheet.blank()), options.output, [options.file])


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the option --output, a file to write to instead of printing."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help="a file to write to; without it, or with -, the text is printed",
    )


def write_or_print(text: str, path: Path | None, sources: Sequence[str] = ()) -> None:
    """Write a text to a file, or print it if there is no file.

    Raises:
        ValueError: the file is one of the sources, which would be lost.
    """
    if path is None or str(path) == "-":
        print(text, end="")
        return
    if path.exists() and any(Path(name).exists() and path.samefile(name) for name in sources):
        raise ValueError(f"{path} is the worksheet itself; write to another file")
    write_text(path, text)
    print(f"Written to {path}")


def load_sheet(name: str, *, goes_on: bool = False) -> Worksheet:
    """Return the worksheet in a file, or from standard input for "-".

    With `goes_on`, a line that cannot be read is listed in the report instead of raising an error.

    Raises:
        OSError: the file cannot be read.
        WorksheetError: it is not a worksheet.
    """
    if name != "-":
        return Worksheet.read(name, goes_on=goes_on)
    content = sys.stdin.buffer.read(Worksheet.most_bytes())
    return Worksheet.decode(content, "standard input", goes_on=goes_on)


def _worksheets(names: Sequence[str]) -> Iterator[str]:
    """Yield the names of the files, with a folder replaced by all worksheets in it."""
    for name in names:
        # An empty name is no folder for `os.path`, but `Path` takes it for the current folder.
        if name == "-" or not os.path.isdir(name):
            yield name
            continue
        paths = sorted(path for path in Path(name).rglob("*") if _is_worksheet(path, Path(name)))
        if not paths:
            raise ValueError(f"{name}: this folder holds no worksheet ({', '.join(SUFFIXES)})")
        yield from map(str, paths)


def _is_worksheet(path: Path, folder: Path) -> bool:
    """Return whether a file in a folder is a worksheet. Hidden files are not."""
    is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.casefold() in SUFFIXES and not is_hidden


def _check_one(name: str, options: argparse.Namespace) -> Result:
    """Check one file, and print its report or its error."""
    try:
        sheet = load_sheet(name, goes_on=True)
        report = sheet.check(options.reveal)
        if report.unread and not report.lines:
            raise report.unread[0]  # no line was checked, so the file counts as not readable
    except (WorksheetError, OSError) as error:
        if not (options.csv or options.json):
            print(_message(name, error), file=sys.stderr)
        return Result(name, None, error)
    if options.annotate:
        print(sheet.annotated(report), end="" if sheet.text.endswith("\n") else "\n")
        for unread in report.unread:
            print(_message(name, unread), file=sys.stderr)
    elif not (options.json or options.csv):
        print(_color_mistakes(str(report)) + "\n")
    return Result(name, report)


def _color_mistakes(text: str) -> str:
    # These are the lines that a report has for a wrong number and for its first mistake.
    return "\n".join(
        style(line, "bad") if line.endswith("WRONG") or line.startswith("First mistake") else line
        for line in text.split("\n")
    )


def _message(name: str, error: Exception) -> str:
    if isinstance(error, OSError):
        shown = name or "''"  # an empty name could not be seen
        return f"gradtrace: {shown}: {error.strerror or error}"
    return f"{name}: {error}"


def with_sheet(options: argparse.Namespace, act: Callable[[Worksheet], None]) -> int:
    """Do something with the worksheet that the options name, and return the exit status."""
    try:
        act(load_sheet(options.file))
    except WorksheetError as error:
        print(_message(options.file, error), file=sys.stderr)
        return FAILED
    return RIGHT
