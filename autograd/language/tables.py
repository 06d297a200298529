"""Tables: rows such as | z | w·x + b | 0.5 |, and columns of numbers under headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .layout import Line
from .tokens import Source

_NUMBER = re.compile(r"[-+−]?\d*[.,]?\d+(?:e[-+−]?\d+)?")
_WORDS = re.compile(r"[^\W\d_]{3,}(?:\s+[^\W\d_]+)*|[-–—]*|(?:[^\W\d_]+\s+)+[^\W\d_]{3,}")
_COUNTERS = frozenset(("epoch", "iteration", "iter", "step", "round", "k", "t", "n", "i"))


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with its position in the source."""

    text: str
    place: int

    @property
    def is_number(self) -> bool:
        """Whether the cell holds one number."""
        return _NUMBER.fullmatch(self.text) is not None


@dataclass(frozen=True)
class TableRow:
    """A row of numbers under headings.

    Attributes:
        source: the line of the row.
        cells: the heading of each column, and the cell below it.
        is_round: whether the rows count the rounds of a loop, and the headings have no index.
        is_first: whether this is the first row of the table.
    """

    source: Source
    cells: tuple[tuple[str, Cell], ...]
    is_round: bool = False
    is_first: bool = False


def read_tables(lines: Iterable[Line]) -> Iterator[Line | TableRow]:
    """Yield the lines of a sheet, with the rows of its tables as calculations or as numbers.

    A row that begins with a name becomes a line in which = replaces each |.
    """
    headings: list[str] = []
    count = 0
    for line in lines:
        if line.kind != "table":
            if line.kind != "nothing" or not line.source.text.strip():
                headings = []
            yield line
            continue
        cells = list(_cells(line.source))
        if not headings and not any(cell.is_number for cell in cells):
            headings, count = [cell.text for cell in cells], 0
            continue
        row = _under_headings(line.source, headings, cells, is_first=count == 0)
        count += 1
        yield row or replace(line, kind="code", source=_as_chain(line.source, cells))


def _cells(source: Source) -> Iterator[Cell]:
    for match in re.finditer(r"[^|]+", source.code):
        text = match[0].strip()
        if text:
            yield Cell(text, match.start() + len(match[0]) - len(match[0].lstrip()))


def _under_headings(
    source: Source, headings: list[str], cells: list[Cell], *, is_first: bool
) -> TableRow | None:
    """Return the numbers of a row under their headings, or None for another row."""
    if len(headings) != len(cells) or not cells[0].is_number:
        return None
    index, number = headings[0], cells[0].text
    pattern = re.compile(rf"_(?:\{{{re.escape(index)}\}}|{re.escape(index)}(?!\w))")
    if number.isdecimal() and any(pattern.search(heading) for heading in headings[1:]):
        names = [pattern.sub(f"_{number}", heading) for heading in headings[1:]]
        return TableRow(source, tuple(zip(names, cells[1:], strict=True)), is_first=is_first)
    if number.isdecimal() and index.casefold() in _COUNTERS:
        pairs = tuple(zip(headings[1:], cells[1:], strict=True))
        return TableRow(source, pairs, is_round=True, is_first=is_first)
    if is_first and all(cell.is_number for cell in cells):
        return TableRow(source, tuple(zip(headings, cells, strict=True)), is_first=True)
    return None


def _as_chain(source: Source, cells: list[Cell]) -> Source:
    """Return the row as a line: | z | w·x + b | 0.5 | becomes z = w·x + b = 0.5.

    A cell that contains only words is left out. The line is empty if the row has another form.
    """
    kept = [cells[0], *(cell for cell in cells[1:] if not _WORDS.fullmatch(cell.text))]
    is_chain = not cells[0].is_number and not any(cell.is_number for cell in kept[1:-1])
    code = [" "] * len(source.code)
    for k, cell in enumerate(kept if is_chain and len(kept) > 1 else ()):
        code[cell.place : cell.place + len(cell.text)] = cell.text
        if k:
            code[source.code.rindex("|", 0, cell.place)] = "="
    return replace(source, code="".join(code))
