"""Tables with a quantity in each row, and with headings such as old, gradient and new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..late_pattern import compile_late
from .sheet_source import Source

Role = Literal["value", "formula", "gradient", "new"]

_WORDS_OF_ROLES: tuple[tuple[Role, str], ...] = (
    (
        "value",
        "old before initial current start forward value data activation alt vorher avant ancien",
    ),
    ("formula", "formula expression definition computation formel formule"),
    ("gradient", "gradient grad gradients derivative backward adjoint slope ableitung gradiente"),
    ("new", "new after updated neu nachher nouveau après nouvelle"),
)
_ROLES = {word: role for role, words in _WORDS_OF_ROLES for word in words.split()}
_TOP = r"(?:∂|\\partial\s*|\bd)\s*([^\W\d_]\w*)\s*(?:/|\}\s*\{)\s*(?:∂|\\partial|d)"
_SLOPE = compile_late(rf"[\s$`]*(?:\\d?frac\s*\{{\s*)?{_TOP}.*")
_MULTIPLE = compile_late(
    r"(?i)[×*·⋅]|^[\s$`]*[-−]|/\s*\d|[ηα]|\b(?:lr|alpha|eta|rate|step|times)\b|\\(?:eta|alpha|times)"
)
_NAME = compile_late(r"[\s$`*]*(\\?[^\W\d](?:[\w'′]|_?\{\w+\})*)[\s$`*]*")
_NUMBER = compile_late(r"[-+−]?\d*[.,]?\d+(?:e[-+−]?\d+)?")
# The text of a cell that holds no formula: words, a dash or nothing.
WORDS = compile_late(r"[^\W\d_]{3,}(?:\s+[^\W\d_]+)*|[-–—]*|(?:[^\W\d_]+\s+)+[^\W\d_]{3,}")


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with its position in the source."""

    text: str
    place: int

    @property
    def is_number(self) -> bool:
        """Whether the cell holds one number."""
        return _NUMBER.fullmatch(self.text.strip(" $`*")) is not None


@dataclass(frozen=True)
class TableEntry:
    """A number in a table with headings such as old, gradient and new.

    Attributes:
        source: the line of the row.
        name: the quantity.
        cells: one cell, or a formula and its value.
        role: what the cells hold.
        top: the L of the heading ∂L/∂w, or "".
    """

    source: Source
    name: str
    cells: tuple[Cell, ...]
    role: Role
    top: str = ""


@dataclass(frozen=True)
class _Column:
    role: Role
    top: str = ""


def entries_of(sources: Sequence[Source]) -> Iterator[TableEntry]:
    """Yield the entries of a table whose headings, or first cells of rows, are words such as old.

    All values come first, then all gradients and then all new values. Otherwise a gradient in the
    first row could come before the loss in the last row, of which it is the gradient.
    """
    table = [[(source, cell) for cell in _all_cells(source)] for source in sources]
    if len({len(row) for row in table}) != 1 or any(cell.is_number for _, cell in table[0]):
        return
    if not any(_columns(table)):  # the names may be the headings, and old and new the first cells
        table = list(map(list, zip(*table, strict=True)))
        if not all(_columns(table)):
            return
    columns, rows = _columns(table), table[1:]
    formulas = [_formula_in(row[0][1]) for row in rows]
    names = [_name_in(row[0][1].text.partition("=")[0]) for row in rows]
    if not all(names) or all(one is None or one.role in ("value", "formula") for one in columns):
        return
    for roles in (("formula", "value"), ("gradient",), ("new",)):
        for name, formula, row in zip(names, formulas, rows, strict=True):
            found = [
                (column, *place)
                for role in roles
                for column, place in zip(columns, row[1:], strict=True)
                if column and column.role == role and not WORDS.fullmatch(place[1].text)
            ]
            for column, source, _ in found[:1]:
                cells = tuple(part for _, _, cell in found for part in _members_in(cell))
                if formula and column.role == "value":
                    cells = (formula, *cells)
                yield TableEntry(source, name, cells, column.role, column.top)


def _all_cells(source: Source) -> Iterator[Cell]:
    """Yield the cells of a row, including empty ones, so that the columns can be counted."""
    code = source.code.rstrip().removesuffix("|")
    start = len(code) - len(code.lstrip()) + code.lstrip().startswith("|")
    for part in code[start:].split("|"):
        yield Cell(part.strip(), start + len(part) - len(part.lstrip()))
        start += len(part) + 1


def _columns(table: Sequence[Sequence[tuple[Source, Cell]]]) -> list[_Column | None]:
    """Return what each column after the first one holds, or None where its heading does not say.

    For a heading such as η × gradient it is None, because the column holds multiples of gradients.
    """
    return [_column_of(heading.text) for _, heading in table[0][1:]]


def _column_of(heading: str) -> _Column | None:
    if slope := _SLOPE.fullmatch(heading):
        return _Column("gradient", slope[1])
    if _MULTIPLE.search(heading):
        return None
    words = re.findall(r"[^\W\d_]+", heading.casefold())
    roles = list(dict.fromkeys(role for word in words if (role := _ROLES.get(word))))
    # In "new value", only the word "new" says what the column holds.
    found = [role for role in roles if role != "value"] or roles
    return _Column(found[0]) if len(found) == 1 else None


def _formula_in(cell: Cell) -> Cell | None:
    """Return the formula in a first cell such as f = x·y, or None."""
    before, sign, formula = cell.text.partition("=")
    place = cell.place + len(before) + 1 + len(formula) - len(formula.lstrip())
    return Cell(formula.strip(), place) if sign else None


def _members_in(cell: Cell) -> Iterator[Cell]:
    """Yield the members of the chain in a cell such as 0.3 - 0.1*2 = 0.1."""
    for found in re.finditer(r"[^\s=≈→](?:[^=≈→]*[^\s=≈→])?", cell.text):
        yield Cell(found[0], cell.place + found.start())


def _name_in(cell: str) -> str:
    """Return the name of a quantity if the cell holds nothing else, or ""."""
    found = _NAME.fullmatch(cell)
    return found[1] if found else ""
