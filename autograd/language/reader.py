"""The reader of a sheet, which takes its lines in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from .bare_lines import BareLineReader
from .chain import Member, Reading, Skipped
from .chain_targets import NEW_NAME
from .layout import Line, read_layout
from .line_parser import LineParser
from .members import RawChain, equal_numbers
from .missing_names import RestsOnUnreadError
from .notation import changed_names, count_of
from .program_lines import mark_programs
from .sheet_source import WorksheetError
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

_EXAMPLE = re.compile(r"(?i)\W*(?:training\s)?(?:example|sample|pattern|beispiel)\s#?(\d{1,4})\b")
_EXERCISE = re.compile(
    r"(?i)\W*(?:exercise|problem|question|quiz|task|q|aufgabe|übung|exercice|ejercicio|esercizio)"
    r"[\s.]{0,2}#?\d{1,3}\b"
)
_EXAMPLES = re.compile(r"\(\s*(\w+)\s*=[^()]*\)[\s,;]*(?:and\s)?\(\s*\1\s*=[^()]*\)")
# The word after a calculation before the values of its names, as in: z = w x = 6, where w = 2
_WHERE = re.compile(
    r"(?i)\b(?:where|with|wobei|mit|avec|où|con|donde)\s{1,3}"
    r"(?=[^\W\d][\w{}\\^]{0,12}\s{0,3}=\s{0,3}[-−\d(\[.])"
)
_HAS_JOINER = re.compile("[=≈]")
_HAS_NUMBER = re.compile(r"[=≈→]\s*[-−+]?[\d.\[(]")
_FREE_RULE = re.compile(r"(?=.*\w\[\s*[ijkn]\s*\])\D*")  # a rule for all i, without any number


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
    for row in rows:
        try:
            reader.read_any(row)
        except WorksheetError as error:
            reader.leave_out(row, error)
    reader.finish()
    return Reading(
        tuple(reader.statements),
        reader.skipped,
        tuple(reader.unread),
        reader.notation.first_index == 0 or bool(reader.notation.zero_based),
    )


class Reader(BareLineReader):
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

    def leave_out(self, row: Row, error: WorksheetError) -> None:
        """Go on behind a line that cannot be read, without what rests on the names it defines."""
        self.source = row.source
        self._refuse(error)
        self.names.notes = []
        root = error.root if isinstance(error, RestsOnUnreadError) else row.source.line
        for written in changed_names(row.source.code):
            for name in {written, self._old_name(written)}:
                self._forget(name, root)

    def _old_name(self, name: str) -> str:
        """Return w for w', w_new and the like, whose value is that of w from the next step on."""
        if found := NEW_NAME.fullmatch(name):
            name = found[1] or found[2]
        name = self.names.resolve(name)[0]
        old = name.rstrip("'")
        return name if old in self.names.functions else old  # f′(x) does not change f(x)

    def _forget(self, name: str, line: int) -> None:
        """Forget a quantity and what rests on it, a function, and a formula that waits."""
        self.lost[name] = line
        for gone in self.names.forget(name):
            self.lost[gone] = line
            for known in (self._stated, self._pending, self._assigned):
                known.discard(gone)
            self._updated.pop(gone, None)
        for functions in (self.names.functions, self._functions, self._slopes):
            functions.pop(name, None)
        for waiting in self.waiting:
            target = waiting.raw.target
            waiting.is_read = waiting.is_read or (isinstance(target, Name) and target.name == name)

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
        """Read a calculation in a comment, whose numbers are judged, but which defines nothing."""
        with suppress(WorksheetError):
            found = tokens(line.source, notation=self.notation)
            for raw in LineParser(line.source, found, self.names, self.notation).chains():
                if self._computes_again(raw):
                    self._chain(raw)
        self.names.notes = []

    def _computes_again(self, raw: RawChain) -> bool:
        """Whether a chain is about a quantity that is computed already, with known names only."""
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
        if clause and _HAS_JOINER.search(line.source.code, 0, clause.start()):
            self._read_where(line, clause)
            return
        before, reasons = len(self.statements), list[str]()
        parser = LineParser(line.source, found, self.names, self.notation)
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
                is_heading = line.source.code.rstrip(" *_").endswith(":")
                if not (is_heading or self._is_prose(found)):
                    raise
                reasons.append(error.message.partition("; ")[0])
        if reasons:
            self._pass_over(reasons[0] if _HAS_NUMBER.search(line.source.code) else "", before)

    def _read_where(self, line: Line, clause: re.Match[str]) -> None:
        """Read z = w x = 6, where w = 2, x = 3, in which the values stand behind the formula."""
        code, size = line.source.code, len(line.source.code)
        before, values = code[: clause.start()].rstrip(" ,;"), code[clause.end() :]
        if before.endswith("("):
            before, values = before[:-1], values.rpartition(")")[0].ljust(len(values))
        for part in (values.rjust(size), before.ljust(size)):
            self.source = replace(line.source, code=part)
            self._read_code(replace(line, source=self.source))

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


def _is_sketch(found: Sequence[Token]) -> bool:
    """Whether a line with arrows, but without numbers, draws a graph: x → [ * ] → y."""
    signs = {token.text for token in found if token.kind == "sign"}
    is_open = len(found) > 1 and found[-2].text in ("->", "?")
    has_number = any(token.kind == "number" for token in found)
    has_formula = signs & {"=", "≈", "∂", "/", r"\frac"}
    return "->" in signs and not (has_formula or is_open or has_number)
