"""Tables: rows such as | z | w·x + b | 0.5 |, and columns of numbers under headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..late_pattern import compile_late
from .layout import Line
from .sheet_source import Source
from .table_entries import WORDS, Cell, TableEntry, entries_of

_REMARK = compile_late(r"[^→=]*(?:→|->)[^→=]*|(?=.*[^\W\d_]{4})[^=]*")  # as in x₁ → h₁
_NAME_IN_CELL = compile_late(
    r"\(\s*([^()]*(?:\([^()]*\)[^()]*)*?)\s*\)"  # everything is in brackets
    r"|[^$=()]*[^$=()\s\d]\s*\$([^$=]+)\$(?:[^$=]|\\\$)*"
    r"|[^$=()]+\s\(\s*\$?([^\W\d][\w{}\\^]*)\$?\s*\)\s*"
)
_SHORT_NAME = compile_late(r"[$`]?[^\W\d_][\w{}\\^']{0,5}[$`]?")
_OWN_NAME = compile_late(
    r"(?!\W*\w+\^\d\s*=)[$`\s]*(?:\\?[^\W\d][\w{}\\^']*|\\d?frac\s*\{[^{}=]*\}\s*\{[^{}=]*\}|[d∂]\w+\s?/\s?[d∂]\w+)[\s$]*="
)
_ENDS_IN_RESULT = compile_late(r"=[\s$`*(\\]*[-+−]?\d[\d.,]*(?:e[-+−]?\d+)?[\s$`*)\\]*$")
_ROUNDS = frozenset(("epoch", "iteration", "iter", "step", "round", "k", "t"))
_COUNTERS = frozenset(("#", "no", "nr", "step", "line", "row", "n", "i", "k"))
_EMPTY_HEADING = compile_late(r"\s*\|\s*\|")
_EXAMPLES = frozenset(("i", "n", "#", "no", "no.", "nr", "example", "sample"))


@dataclass(frozen=True)
class TableRow:
    """A row of numbers under headings, or all rows at once.

    Attributes:
        source: the line of the row, or the lines of all rows.
        cells: the heading of each column, and the cells below it.
        is_round: whether the rows count the rounds of a loop, and the headings have no index.
        is_first: whether this is the first row of the table.
        number: the number of the round.
    """

    source: Source
    cells: tuple[tuple[str, tuple[Cell, ...]], ...]
    is_round: bool = False
    is_first: bool = False
    number: str = ""


Row = Line | TableRow | TableEntry


def read_tables(lines: Iterable[Line]) -> Iterator[Row]:
    """Yield the lines of a sheet, with the rows of its tables as calculations or as numbers.

    A row that begins with a name becomes a line in which = replaces each |.
    """
    table: list[Line] = []
    for line in lines:
        if line.kind == "table":
            table.append(line)
        elif not (table and line.kind == "nothing" and line.source.text.strip()):
            yield from _read_table(table)
            table = []
            yield line
    yield from _read_table(table)


def _read_table(lines: Sequence[Line]) -> Iterator[Row]:
    if lines and (entries := list(entries_of([line.source for line in lines]))):
        yield from entries
        return
    rows = [list(_cells(line.source)) for line in lines]
    headings: list[str] = []
    lines_of_table = lines
    if rows and not any(cell.is_number for cell in rows[0]):
        headings = [cell.text for cell in rows[0]]
        lines, rows = lines[1:], rows[1:]
    if columns := _columns(lines, headings, rows):
        yield columns
        return
    is_numbered = _are_numbered(lines_of_table, headings, rows)
    for k, (line, cells) in enumerate(zip(lines, rows, strict=True)):
        row = _under_headings(line.source, headings, cells, is_first=k == 0)
        chain = _as_chain(line.source, cells, is_numbered=is_numbered)
        is_unread = not chain.code.strip() and any(cell.is_number for cell in cells)
        other = TableRow(chain, ()) if is_unread else replace(line, kind="code", source=chain)
        yield row or other


def _are_numbered(lines: Sequence[Line], headings: list[str], rows: Sequence[list[Cell]]) -> bool:
    """Whether the first cells of a table count its rows and are no values of a name."""
    if not headings:
        return False
    if _EMPTY_HEADING.match(lines[0].source.code):
        return True
    first = headings[0].casefold().rstrip(".")
    own = re.compile(rf"(?<![^\W\d]){re.escape(headings[0])}(?![^\W\d])")
    is_used = any(own.search(cell.text) for row in rows for cell in row)
    return first in _COUNTERS and not is_used


def _cells(source: Source, start: int = 0) -> Iterator[Cell]:
    # An = before the formula or the number of a cell is left out.
    for match in re.finditer(r"(?:^|\|)\s*(?:[=≈→](?!=)\s*)?([^|\s](?:[^|]*[^|\s])?)", source.code):
        yield _named_part(Cell(match[1], start + match.start(1)))


def _named_part(cell: Cell) -> Cell:
    """Return the name in a cell such as ( z ), Weight ($w$) or Mileage $X$ (in miles)."""
    found = _NAME_IN_CELL.fullmatch(cell.text)
    group = found and (found.lastindex or 0)
    return Cell(found[group], cell.place + found.start(group)) if found and group else cell


def _columns(
    lines: Sequence[Line], headings: list[str], rows: Sequence[list[Cell]]
) -> TableRow | None:
    """Return a table of numbers, whose columns are vectors, or None for another table."""
    is_whole = all(len(row) == len(headings) and all(c.is_number for c in row) for row in rows)
    if not (headings and rows and is_whole) or headings[0].casefold() in _ROUNDS:
        return None
    if any(re.search(rf"_\{{{re.escape(headings[0])}[-+−]1\}}", one) for one in headings):
        return None  # because its rows count steps
    source = Source(
        "\n".join(line.source.text for line in lines),
        lines[0].source.line,
        "\n".join(line.source.code for line in lines),
    )
    if headings[0].casefold() in _EXAMPLES:
        index = re.compile(rf"_(?:\{{{re.escape(headings[0])}\}}|{re.escape(headings[0])}(?!\w))")
        headings = ["", *(index.sub("", heading) for heading in headings[1:])]
    starts, start = [], 0
    for line in lines:
        starts.append(start)
        start += len(line.source.text) + 1
    shifted = [
        [replace(cell, place=cell.place + start) for cell in row]
        for row, start in zip(rows, starts, strict=True)
    ]
    columns = zip(headings, zip(*shifted, strict=True), strict=True)
    return TableRow(source, tuple((name, cells) for name, cells in columns if name))


def _under_headings(
    source: Source, headings: list[str], cells: list[Cell], *, is_first: bool
) -> TableRow | None:
    """Return the numbers of a row under their headings, or None for another row."""
    is_counted = len(headings) == len(cells) and cells[0].text.isdecimal()
    if not is_counted or any("=" in cell.text for cell in cells):
        return None
    index, number = headings[0], cells[0].text
    pattern = re.compile(rf"_(?:\{{{re.escape(index)}([-+−]1)?\}}|{re.escape(index)}(?!\w))")
    names = [
        pattern.sub(lambda found: f"_{int(number) + int((found[1] or '0').replace('−', '-'))}", one)
        for one in headings[1:]
    ]
    is_round = names == headings[1:]
    if is_round and index.casefold() not in _ROUNDS:
        return None
    pairs = tuple((name, (cell,)) for name, cell in zip(names, cells[1:], strict=True))
    return TableRow(source, pairs, is_round, is_first, number if is_round else "")


def _without_other_results(cells: list[Cell]) -> list[Cell]:
    """Return the cells of a chain without those behind its result.

    In | y = 3x | 7.0 |, the cell 7.0 is the result. In | y = 3·2 = 6.0 | 7.0 |, it is left out.
    """
    kept: list[Cell] = []
    is_open = False
    for k, cell in enumerate(cells):
        if not k or "=" in cell.text or is_open:
            kept.append(cell)
            is_open = (is_open or "=" in cell.text) and not (
                cell.is_number or _ENDS_IN_RESULT.search(cell.text)
            )
    return kept


def _as_chain(source: Source, cells: list[Cell], *, is_numbered: bool) -> Source:
    """Return the row as a line: | z | w·x + b | 0.5 | becomes z = w·x + b = 0.5.

    A cell that contains only words is left out, and the number of a row if the rows are numbered.
    The line is empty if the row has another form.
    """
    if len(cells) > 1 and "=" in cells[1].text and "=" not in cells[0].text:
        is_name = _SHORT_NAME.fullmatch(cells[0].text) and not _OWN_NAME.match(cells[1].text)
        cells = cells if is_name else cells[1:]  # because of labels, as in | input | x = 0.5 |
    elif len(cells) > 1 and cells[0].is_number and "=" in cells[1].text:
        cells = cells[1:]
    elif is_numbered and len(cells) > 2 and cells[0].text.isdecimal() and not cells[1].is_number:
        cells = cells[1:]
        if _OWN_NAME.match(cells[1].text):
            cells = cells[1:]
    kept = [cells[0], *(cell for cell in cells[1:] if not WORDS.fullmatch(cell.text))]
    if len(kept) > 2 and kept[1].is_number and all(_REMARK.fullmatch(c.text) for c in kept[2:]):
        kept = kept[:2]
    is_chain = not cells[0].is_number and not any(cell.is_number for cell in kept[1:-1])
    if any("=" in cell.text for cell in kept):
        kept = _without_other_results(kept)
    is_whole = len(kept) > 1 or "=" in kept[0].text
    code = [" "] * len(source.code)
    for k, cell in enumerate(kept if is_chain and is_whole else ()):
        code[cell.place : cell.place + len(cell.text)] = cell.text
        if k:
            begins = "=" in cell.text and "=" in kept[k - 1].text
            code[source.code.rindex("|", 0, cell.place)] = ";" if begins else "="
    return replace(source, code="".join(code))
