"""The reader of a sheet, which takes its lines in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from ..engine.collector import collector_paused
from ..late_pattern import compile_late
from .chain import Member, Reading, Skipped
from .layout import Line, read_layout
from .leaving_out import ForgettingReader
from .line_parser import LineParser
from .members import RawChain, equal_numbers
from .notation import count_of
from .program_lines import mark_programs
from .sheet_source import Source, WorksheetError
from .table_entries import TableEntry
from .tables import Row, read_tables
from .token import Token
from .tokens import tokens
from .trees import (
    Derivative,
    Name,
    Number,
    Tree,
    names_in,
)
from .unexplained import with_unexplained_noted

_EXAMPLE = compile_late(
    r"(?i)\W*(?:training\s)?(?:example|ex\.?|sample|pattern|data\s?point|beispiel|bsp\.?)\s#?(\d{1,4})\b"
)
_EXERCISE = compile_late(
    r"(?i)\W*(?:exercise|problem|question|quiz|task|q|aufgabe|übung|exercice|ejercicio|esercizio)"
    r"[\s.]{0,2}#?\d{1,3}\b"
)
_EXAMPLES = compile_late(r"\(\s*(\w+)\s*=[^()]*\)[\s,;]*(?:and\s)?\(\s*\1\s*=[^()]*\)")
# The word after a calculation before the values of its names, as in: z = w x = 6, where w = 2
_WHERE = compile_late(
    r"(?i)\b(?:where|with|wobei|mit|avec|où|con|donde)\s{1,3}"
    r"(?=[^\W\d][\w{}\\^]{0,12}\s{0,3}=\s{0,3}[-−\d(\[.])"
)
_TARGET = compile_late(r"([^\W\d][\w{}\\^']{0,40})\s{0,9}[=≈]")
# A labeled number behind a calculation, as in: z = 3x = 6; loss: 0.25
_LABELED = compile_late(
    r"[;,|]\s{1,3}((?:[^\W\d][\w'’/∂]{0,20} ?){1,4}:\s{0,3}[-−+]?[\d.]+)\s*(?=[;,|]|$)"
)
# d/dx ln(x) at x = 2 = 0.5
_AT_POINT = compile_late(
    r"(?i)\s(?:at|bei|en|for|when|where)\s+([^\W\d]\w{0,9}\s*=\s*[-−]?[\d.]+)(?=\s*[=≈]\s*[-−]?[\d.])"
)
_HAS_NUMBER = compile_late(r"[=≈→]\s*[-−+]?[\d.\[(]")
_FREE_RULE = compile_late(r"(?=.*\w\[\s*[ijkn]\s*\])\D*")  # a rule for all i, without any number


def read_sheet(text: str, ordinary: Iterable[str] = (), *, goes_on: bool = False) -> Reading:
    """Return the statements of a sheet.

    The names in `ordinary`, such as dt, are not read as short forms of derivatives.

    Raises:
        WorksheetError: a line has no reading, or two. The message says what to write instead. With
            `goes_on`, the error is kept in `Reading.unread`, and the other lines are read.

    >>> [chain] = read_sheet("z = 2*3 = 6").chains()
    >>> chain.act, [member.role for member in chain.members]
    ('define', ['numbers', 'result'])
    """
    rows = list(read_tables(mark_programs(read_layout(text))))
    reader = Reader([row for row in rows if isinstance(row, Line)], ordinary, goes_on=goes_on)
    with collector_paused():  # because the statements of a long sheet are many objects
        for row in rows:
            try:
                reader.read_any(row)
            except WorksheetError as error:
                reader.leave_out(row, error)
        reader.finish()
    return Reading(
        tuple(with_unexplained_noted(reader.statements)),
        reader.skipped,
        tuple(reader.unread),
        reader.notation.first_index == 0 or bool(reader.notation.zero_based),
    )


class Reader(ForgettingReader):
    """A reader that takes the lines of a sheet in order."""

    def read_any(self, row: Row) -> None:
        """Read one line, or what a row of a table says.

        Raises:
            WorksheetError: it has no reading, or two.
        """
        if isinstance(row, Line):
            self.read(row)
        elif isinstance(row, TableEntry):
            self.read_entry(row)
        else:
            self.read_row(row)

    def read(self, line: Line) -> None:
        """Read one line.

        Raises:
            WorksheetError: the line has no reading, or two.
        """
        self.source = line.source
        if line.refusal:
            raise line.refusal
        self._note_example()
        if _EXERCISE.match(self.source.text):
            self._exercise_start = self.source.line
        self._note_update(line)
        count = count_of(line)
        if count and count[0] in self._counted:
            self._count(*count)
        elif line.kind == "step":
            self._next_step()
        elif line.kind == "program" or _FREE_RULE.fullmatch(line.source.code):
            self._skip()
        elif line.kind == "comment":
            self._read_comment(line)
        elif line.kind == "function":
            self._read_python_function(line)
        elif line.kind == "code":
            self._read_code(line)

    def _note_example(self) -> None:
        """Begin the next step at a heading such as "Example 2" if "Example 1" came before."""
        found = _EXAMPLE.match(self.source.text)
        if found and int(found[1]) == self._examples + 1:
            self._examples += 1
            if self._examples > 1:
                self._next_step()

    def _count(self, name: str, number: int) -> None:
        """Read a heading such as t = 2, which counts the steps of the sheet."""
        known = self.names.quantities.get(name)
        is_counter = known is None or equal_numbers(known.digits.get((), ""), str(number - 1))
        if not (self._counted[name] and is_counter):
            self._skip()
            return
        if known and self._pending:
            self._next_step()
        place = self.source.text.rindex(str(number))
        self.put_in(name, Number(float(number), place, str(number)))

    def _read_comment(self, line: Line) -> None:
        """Read a calculation in a comment. Its numbers are judged, but it defines nothing."""
        with suppress(WorksheetError):
            found = tokens(line.source, notation=self.notation)
            for raw in LineParser(line.source, found, self.names, self.notation).chains():
                if self._computes_again(raw):
                    self._chain(raw)
        self.names.notes = []

    def _computes_again(self, raw: RawChain) -> bool:
        """Whether a chain uses only known names and computes a quantity that is known."""
        trees = [*(member.tree for member in raw.members), *([raw.target] if raw.target else [])]
        if isinstance(raw.target, Name) and not self.names.knows(raw.target.name):
            raw.target, trees = None, trees[:-1]
        if any(self.names.undefined(tree) for tree in trees):
            return False
        if not isinstance(raw.target, Name):
            return isinstance(raw.target, Derivative | None)
        known, used = self.names.quantities[raw.target.name], names_in(raw.members[0].tree)
        return bool(known.uses) and raw.target.name not in used

    def _read_code(self, line: Line) -> None:
        self._in_round = self._in_total = self._counts_rounds = False
        found = tokens(line.source, notation=self.notation)
        if _EXAMPLES.search(line.source.code):
            self._skip("it gives the numbers of several examples")
            return
        if any(token.text in ("lim", r"\lim") for token in found):
            self._skip("limits are not computed here")
            return
        if _is_sketch(found):
            self._skip()
            return
        clause = _WHERE.search(line.source.code)
        if clause and _gives_values(line.source.code, clause):
            self._read_parts(_with_values_first(line.source, clause))
        elif point := _AT_POINT.search(line.source.code):
            self._read_parts(_with_point_first(line.source, point))
        elif _LABELED.search(line.source.code):
            self._read_parts(_without_labeled(line.source))
        else:
            self._read_calculations(line.source, found)

    def _read_parts(self, parts: Iterable[Source]) -> None:
        for part in parts:
            self.source = part
            self._read_calculations(part, tokens(part, notation=self.notation))

    def _read_calculations(self, source: Source, found: list[Token]) -> None:
        before, reasons = len(self.statements), list[str]()
        parser = LineParser(source, found, self.names, self.notation)
        if not parser.joiners:
            self._read_words(found)
        chains = parser.chains()
        while True:
            try:
                if not (raw := next(chains, None)):
                    break
                self._define_parts(parser.parts)
                self._chain(raw)
            except WorksheetError as error:
                is_heading = source.code.rstrip(" *_").endswith(":")
                if not (is_heading or self._is_prose(found)):
                    raise
                reasons.append(error.message.partition("; ")[0])
        if reasons:
            self._pass_over(reasons[0] if _HAS_NUMBER.search(source.code) else "", before)

    def _define_parts(self, parts: dict[str, Tree]) -> None:
        """Define the expressions in slopes such as dC/d(w*x + b) as quantities."""
        for name, tree in parts.items():
            if not self.names.knows(name) and not self.names.undefined(tree):
                member = Member("formula", tree, (tree.place, tree.place + 1))
                self._define(name, None, [member])

    def _pass_over(self, reason: str, before: int) -> None:
        """Skip a line, or the part of it that was not read after `before` statements."""
        if len(self.statements) == before:
            self._skip(reason)
        elif reason:
            self.statements.append(Skipped(self.source, reason, is_part=True))


def _with_values_first(source: Source, clause: re.Match[str]) -> Iterator[Source]:
    """Yield the values and then the formula of z = w x = 6, where w = 2, x = 3."""
    code = source.code
    before, values = code[: clause.start()].rstrip(" ,;"), code[clause.end() :]
    if before.endswith("("):
        before, values = before[:-1], values.rpartition(")")[0].ljust(len(values))
    for part in (values.rjust(len(code)), before.ljust(len(code))):
        yield replace(source, code=part)


def _with_point_first(source: Source, point: re.Match[str]) -> Iterator[Source]:
    """Yield the point x = 2 and then the calculation of d/dx ln(x) at x = 2 = 0.5."""
    code = source.code
    yield replace(source, code=point[1].rjust(point.end(1)).ljust(len(code)))
    yield replace(source, code=code[: point.start()] + " " * len(point[0]) + code[point.end() :])


def _without_labeled(source: Source) -> Iterator[Source]:
    """Yield the line without its labeled numbers, and then each of these."""
    code = source.code
    yield replace(source, code=_LABELED.sub(lambda found: " " * len(found[0]), code))
    for found in _LABELED.finditer(code):
        yield replace(source, code=found[1].rjust(found.end(1)).ljust(len(code)))


def _gives_values(code: str, clause: re.Match[str]) -> bool:
    """Whether a clause only gives values, unlike that of s = a + b with a = 2 gives s = 3."""
    target = _TARGET.search(code, 0, clause.start())
    again = rf"(?<![\w}}]){re.escape(target[1])}\s{{0,9}}[=≈]" if target else ""
    return target is not None and not re.search(again, code[clause.end() :])


def _is_sketch(found: Sequence[Token]) -> bool:
    """Whether a line with arrows, but without numbers, draws a graph: x → [ * ] → y."""
    signs = {token.text for token in found if token.kind == "sign"}
    is_open = len(found) > 1 and found[-2].text in ("->", "?")
    has_number = any(token.kind == "number" for token in found)
    has_formula = signs & {"=", "≈", "∂", "/", r"\frac"}
    return "->" in signs and not (has_formula or is_open or has_number)
