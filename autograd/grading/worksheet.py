"""Worksheets: calculations written by hand as text, which can be checked or made into exercises."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from ..engine.collector import collector_paused
from ..engine.value import Value
from ..language.chain import Reading
from ..language.formats import MOST_BYTES, read_file
from ..language.layout import split_text
from ..language.reader import read_sheet
from ..language.sheet_source import WorksheetError
from ..late_pattern import compile_late
from .blanks import answered_part, replace_part
from .convention import Pairs, candidates, is_consistent, sentence
from .feedback import Reveal, note_on
from .grader import Grader
from .indices import CountedFromZero
from .report import Report
from .second_names import Siblings
from .siblings import read_apart
from .verdict import Judged

VERDICT_MARK = "  #= "  # before a verdict that was written into a sheet
_ORDINARY = (
    "{} is read as a name of your own, because it is no derivative here. If you mean a derivative, "
    "write dC/dw, with what you differentiate for C."
)
_PER_EXAMPLE = (
    "{} is read as a name of your own. It differs from the derivative, but what you compute from "
    "it is right, as with the slopes of single examples before their mean."
)
_OLD_VERDICT = compile_late(re.escape(VERDICT_MARK) + ".*$")


@dataclass(frozen=True)
class Worksheet:
    """A calculation as a person writes it. ``str`` returns its text unchanged.

    >>> sheet = Worksheet.parse("x = 3\\ny = x^2 -> 9\\ndy/dx -> 5")
    >>> report = sheet.check()
    >>> report.ok, report.first_wrong.quantity, report.first_wrong.exact
    (False, 'dy/dx', 6.0)
    """

    text: str
    reading: Reading
    name: str = ""
    ordinary: tuple[str, ...] = ()  # names such as dt that are read as ordinary names
    goes_on: bool = False
    why_ordinary: str = _ORDINARY

    @classmethod
    def parse(cls, text: str, name: str = "", *, goes_on: bool = False) -> Self:
        """Return the sheet with this text. In Markdown, the sheet is the blocks marked calc.

        With `goes_on`, a line that cannot be read is listed in the report, and the others are
        judged.

        Raises:
            WorksheetError: the text is too long, or a line cannot be read.
        """
        if not isinstance(text, str):
            raise TypeError(f"a worksheet is text; got {type(text).__name__}")
        with collector_paused():
            return cls(text, read_sheet(text, goes_on=goes_on), name, goes_on=goes_on)

    @classmethod
    def read(cls, path: str | os.PathLike[str], *, goes_on: bool = False) -> Self:
        """Return the sheet in a file. `goes_on` is that of `parse`.

        Raises:
            OSError: the file cannot be read.
            WorksheetError: it is no text, too long, or a line is no calculation.
        """
        with Path(path).open("rb") as file:
            return cls.decode(file.read(cls.most_bytes()), os.fspath(path), goes_on=goes_on)

    @staticmethod
    def most_bytes() -> int:
        """Return how many bytes of a file are read."""
        return MOST_BYTES + 1

    @classmethod
    def decode(cls, content: bytes, name: str = "", *, goes_on: bool = False) -> Self:
        """Return the sheet in the bytes of a file. `goes_on` is that of `parse`.

        Raises:
            TypeError: `content` is not bytes.
            WorksheetError: it is no UTF-8 text, too long, or a line is no calculation.
        """
        if not isinstance(content, bytes):
            kind = type(content).__name__
            raise TypeError(f"decode takes the bytes of a file; got {kind}: parse takes text")
        return cls.parse(read_file(content, name), name, goes_on=goes_on)

    def __str__(self) -> str:
        return self.text

    def check(self, reveal: Reveal = "hint") -> Report:
        """Return the verdict on every number of the sheet.

        `reveal` says how much is shown of a wrong one: "none", "hint" or "answer".

        Raises:
            WorksheetError: a line cannot be computed, and `goes_on` is not set, or the sheet takes
                too long to check.
        """
        grader, convention = self._graded(), ""
        doubtful = grader.short_names.doubtful
        disputed = grader.short_names.disputed
        for names, why in ((doubtful, _ORDINARY), (disputed, _PER_EXAMPLE)):
            # A sheet that was read again is not read a third time.
            again = self._with_ordinary_names(names, why) if names and not self.ordinary else None
            if again and (names is doubtful or again[1].short_names.explains(names)):
                return again[0].check(reveal)
        for opposite in candidates(grader):
            turned = self._graded(opposite)
            if is_consistent(turned, opposite):
                grader, convention = turned, sentence(opposite)
                break
        grader, apart = read_apart(
            lambda siblings: self._graded(siblings=siblings), grader, self.reading.chains()
        )
        judged, said = tuple(grader.judged), [*grader.notes, *apart]
        if self.reading.counts_from_zero:
            counted = CountedFromZero(set(grader.book.names()))
            judged, said = tuple(map(counted.verdict, judged)), list(map(counted.text, said))
        ordinary = map(self.why_ordinary.format, self.ordinary)
        notes = (*self.reading.notes(), *said, *ordinary)
        unread = tuple(sorted((*self.reading.unread, *grader.unread), key=lambda one: one.line))
        return Report(judged, convention, self.name, reveal, notes, unread)

    def _with_ordinary_names(
        self, names: Iterable[str], why: str
    ) -> tuple[Worksheet, Grader] | None:
        """Return the sheet with some names read as ordinary ones, graded, or None if that fails."""
        try:
            reading = read_sheet(self.text, names, goes_on=self.goes_on)
            again = replace(self, reading=reading, ordinary=tuple(names), why_ordinary=why)
            return again, again._graded()
        except WorksheetError:
            return None

    def _graded(self, opposite: Pairs = frozenset(), siblings: Siblings | None = None) -> Grader:
        grader = Grader(opposite, siblings, goes_on=self.goes_on)
        with collector_paused():
            grader.grade(self.reading.statements)
        return grader

    @property
    def output(self) -> Value:
        """The recorded output of the sheet: what it differentiates last, else its last result.

        Raises:
            WorksheetError: a line cannot be computed, or the sheet computes nothing.
        """
        grader = self._graded()
        last = grader.book.quantity(grader.last_name)
        output = grader.outputs[-1] if grader.outputs else last.items[0] if last else None
        if output is None:
            raise WorksheetError("the sheet computes no single number that could be shown")
        return output

    def repeated(self) -> Iterator[float]:
        """Yield the sheet's last result, then its value after each further update step.

        >>> sheet = Worksheet.parse("w = 1\\nC = w^2\\nw' = w - 0.25*dC/dw")
        >>> costs = sheet.repeated()
        >>> [next(costs) for _ in range(3)]
        [1.0, 0.25, 0.0625]
        """
        grader = self._graded()
        name = grader.last_name
        while (cells := grader.book.quantity(name)) is not None:
            yield cells.items[0].data
            grader.book.repeat_step()

    def blank(self) -> Worksheet:
        """Return the sheet as an exercise, with blanks as answers and no workings of gradients."""
        lines = [_OLD_VERDICT.sub("", line) for line, _ in split_text(self.text)]
        for chain in reversed(list(self.reading.chains())):
            part = answered_part(chain)
            if part:
                replace_part(lines, chain, *part)
        return self._with_lines(lines)

    def annotated(self, report: Report | None = None) -> Worksheet:
        """Return the sheet with the verdicts as comments behind the answers.

        Verdicts of an earlier call are replaced. Without a report, the sheet is checked.

        Raises:
            TypeError: `report` is not a report.
        """
        if not isinstance(report, Report | None):
            raise TypeError(f"annotated takes what check() returned; got {report!r}")
        by_line: dict[int, list[Judged]] = {}
        report = report or self.check()
        for judged in report.lines:
            by_line.setdefault(judged.line, []).append(judged)
        lines = [line for line, _ in split_text(self.text)]
        for chain in self.reading.chains():
            last = chain.source.line + chain.source.text.count("\n")
            text = _OLD_VERDICT.sub("", lines[last - 1])
            lines[last - 1] = text + _annotation(by_line.get(chain.source.line, []), report.reveal)
        return self._with_lines(lines)

    def _with_lines(self, lines: Sequence[str]) -> Worksheet:
        """Return the sheet with other lines; line ends stay as they are."""
        ends = [end for _, end in split_text(self.text)]
        text = "".join(line + end for line, end in zip(lines, ends, strict=True))
        return Worksheet.parse(text, self.name, goes_on=self.goes_on)


def _annotation(judged: list[Judged], reveal: Reveal) -> str:
    if not judged:
        return ""
    verdicts = list(dict.fromkeys(note_on(j, reveal) for j in judged))
    if len(verdicts) > 1:
        verdicts = [f"{j.quantity}: {note_on(j, reveal)}" for j in judged]
    return VERDICT_MARK + "; ".join(verdicts)
