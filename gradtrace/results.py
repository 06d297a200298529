"""The table that ``gradtrace check`` prints for several files, as text or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograd.grading.report import Report
from autograd.grading.verdict import Verdict
from autograd.graph.wording import aligned
from autograd.language.sheet_source import WorksheetError

from .exit_status import FAILED, RIGHT, WRONG

_HEADINGS = ("file", "right", "carried", "wrong", "first mistake")
_FORMULA_SIGNS = tuple("=+-@\t\r")  # a spreadsheet takes a cell that begins so for a formula


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome for one file: its report, or the error that prevented one."""

    name: str
    report: Report | None
    error: Exception | None = None

    @property
    def status(self) -> int:
        """The exit status for this file alone."""
        if self.report is None:
            return FAILED
        if self.report.unread:
            return FAILED
        return RIGHT if self.report.ok else WRONG

    @property
    def data(self) -> dict[str, object]:
        """The report or the error as plain data, which can be written as JSON."""
        if self.report is not None:
            return self.report.as_data()
        data: dict[str, object] = {"title": self.name, "ok": False, "error": str(self.error)}
        if isinstance(self.error, WorksheetError):
            data |= self.error.as_data()
        return data

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of the row for this file."""
        if self.report is None:
            return (self.name, "", "", "", str(self.error).partition("\n")[0])
        counts = self.report.right, self.report.carried, self.report.counts[Verdict.WRONG]
        first = _first_mistake(self.report) or "".join(
            f"line {error.line} was not read: {error.message}" for error in self.report.unread[:1]
        )
        return (self.name, *map(str, counts), first)


def _first_mistake(report: Report) -> str:
    first = report.first_wrong
    return f"line {first.line}, {first.quantity}: {first.written}" if first else ""


def results_table(results: Iterable[Result]) -> str:
    """Return the table as text.

    >>> print(results_table([Result("a.calc", None, ValueError("line 1, column 3: no number"))]))
      file    right  carried  wrong  first mistake
      a.calc                         line 1, column 3: no number
    """
    return "\n".join(aligned([list(_HEADINGS), *(list(result.cells) for result in results)]))


def results_csv(results: Iterable[Result]) -> str:
    """Return the table as CSV. A cell that would be read as a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADINGS)
    writer.writerows(map(_escape_formulas, (result.cells for result in results)))
    return text.getvalue()


def _escape_formulas(cells: Sequence[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell for cell in cells]
