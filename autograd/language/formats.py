"""Extraction of the calculation from a file.

A LaTeX file contributes the body of its document, in which its macros are expanded. A notebook
contributes its cells.
"""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import PurePath
from typing import Any

from ..late_pattern import compile_late
from .latex_macros import expand_macros
from .layout import LONGEST_SHEET
from .printing import printed_lines
from .sheet_source import WorksheetError

SUFFIXES = (".calc", ".md", ".txt", ".tex", ".py", ".ipynb")
MOST_BYTES = 4 * LONGEST_SHEET
_REFUSED = {
    **dict.fromkeys((".csv", ".tsv", ".xlsx", ".xls", ".ods"), "a table"),
    **dict.fromkeys((".pdf", ".docx", ".doc", ".odt", ".rtf"), "a document with its layout"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic"), "a picture"),
    **dict.fromkeys((".zip", ".gz", ".tar", ".7z"), "an archive"),
}
_BODY = compile_late(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", re.DOTALL)
_NUMBERS = compile_late(r"(?:array|tensor)?\(?[-\d.\[][-+\d.e,\s\[\]]*\)?")
_PRINTED = compile_late(rf"\s*[^\W\d][\w/∂.']*\s*[=:]\s*{_NUMBERS.pattern}")
_EXPRESSION = compile_late(r"[^\W\d][\w.\[\]/*+() -]*")  # the last line of a cell, which is shown
_PRINT = compile_late(r"(?m)^print\(\s*([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*\s*(?:,\s*)?)\)")
_CALC_CELL = compile_late(r"\s*%%calc\b[^\n]*\n?")


def read_file(content: bytes, name: str = "") -> str:
    """Return the part of a file that contains its calculation, as text.

    In a notebook, this part is the cells that begin with ``%%calc``. If no cell does, it is all
    cells.

    Raises:
        WorksheetError: the file is not text, is too long, or is of a kind that is not supported.

    >>> read_file(b"x = 1", "sheet.calc")
    'x = 1'
    """
    suffix = PurePath(name).suffix.casefold()
    if suffix in _REFUSED:
        raise WorksheetError(
            f"{suffix} is {_REFUSED[suffix]}; write the calculation as text, such as z = w*x = 0.4 "
            "on a line of its own, and save it as .txt, .md, .tex or .calc"
        )
    if suffix == ".ipynb":
        return _notebook(content)
    if len(content) > MOST_BYTES:
        raise WorksheetError(f"the file is too long: at most {LONGEST_SHEET} characters are read")
    text = expand_macros(_decode(content)) if suffix in (".tex", ".md") else _decode(content)
    return _latex_body(text) if suffix == ".tex" else text


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorksheetError(
            f"the file is not UTF-8 text (byte {error.start + 1}); save it as UTF-8"
        ) from None


def _latex_body(text: str) -> str:
    """Return a document without its preamble.

    Empty lines replace the preamble, so that errors show the line numbers of the file.
    """
    body = _BODY.search(text)
    return "\n" * text.count("\n", 0, body.start(1)) + body[1] if body else text


# --- notebooks ------------------------------------------------------------------------------------


def _notebook(content: bytes) -> str:
    try:
        cells = [cell for cell in json.loads(_decode(content))["cells"] if _source(cell).strip()]
        sheets = [cell for cell in cells if _CALC_CELL.match(_source(cell))]
        return "\n\n".join(_cell_text(cell) for cell in sheets or cells)
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        raise WorksheetError("the file is not a notebook: it is not JSON with cells") from None


def _source(cell: Any) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _cell_text(cell: Any) -> str:
    """Return the source of a cell, with the numbers that it printed or showed."""
    source = _CALC_CELL.sub("", _source(cell))
    last = source.rpartition("\n")[2]
    for output in cell.get("outputs") or ():
        printed = "".join(output.get("text") or ()).split("\n")
        worded = set(printed_lines(printed, source.split("\n")))
        source += "".join(
            f"\n{line}" for line in printed if line in worded or _PRINTED.fullmatch(line)
        )
        source += "".join(f"\n{line}" for line in _printed_names(source, printed))
        shown = "".join((output.get("data") or {}).get("text/plain") or ())
        if _NUMBERS.fullmatch(shown) and _EXPRESSION.fullmatch(last):
            source += f" -> {shown}"
    return source


def _printed_names(source: str, printed: list[str]) -> list[str]:
    """Return w -> 1.2 and b -> 0.6 for print(w, b) and its output 1.2 0.6.

    The calls and the lines of the output are matched in order, so there must be as many of both.
    """
    calls = [call[1].replace(",", " ").split() for call in _PRINT.finditer(source)]
    values = [line.split() for line in printed if line.strip()]
    if len(calls) != source.count("print(") or [*map(len, calls)] != [*map(len, values)]:
        return []
    pairs = zip(chain.from_iterable(calls), chain.from_iterable(values), strict=True)
    return [f"{name} -> {value}" for name, value in pairs if _NUMBERS.fullmatch(value)]
