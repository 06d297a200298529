"""The report on a hand calculation, as text, as a table in a notebook, or as plain data."""

from __future__ import annotations

import html
import json
from collections import Counter
from dataclasses import dataclass, field, replace

from ..encoding import encodable
from ..language.sheet_source import WorksheetError
from .feedback import (
    COLUMNS,
    REVEALS,
    Reveal,
    mistakes,
    summary,
    table_rows,
    table_text,
    tells_exact,
)
from .verdict import Judged, Verdict

_COLORS = {Verdict.WRONG: "#c62828", Verdict.CARRIED: "#8a6d00", Verdict.BLANK: "#666666"}


@dataclass(frozen=True)
class Report:
    """The verdict on every number of a hand calculation.

    `reveal` decides what is shown: "none" the verdicts, "hint" also the slip that explains a wrong
    number, "answer" also the correct numbers and their working. `lines` always holds everything.

    Attributes:
        lines: every number, in the order of the sheet.
        convention: a sentence if the writer uses the opposite sign throughout, else "".
        title: what was checked.
        reveal: how much is shown.
        notes: sentences about what was not judged.
        unread: the errors of the lines that could not be read. They say what to write instead.
    """

    lines: tuple[Judged, ...]
    convention: str = ""
    title: str = field(default="", compare=False)
    reveal: Reveal = field(default="hint", compare=False)
    notes: tuple[str, ...] = ()
    unread: tuple[WorksheetError, ...] = ()

    def __post_init__(self) -> None:
        if self.reveal not in REVEALS:
            raise ValueError(f"reveal is one of {', '.join(REVEALS)}; got {self.reveal!r}")

    def revealing(self, reveal: Reveal) -> Report:
        """Return the same report with another `reveal`."""
        return replace(self, reveal=reveal)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong. Blanks, and numbers with too few digits, are not wrong."""
        return not any(line.verdict.blamed for line in self.lines)

    @property
    def first_wrong(self) -> Judged | None:
        """The first mistake, or None if there is none."""
        return next((line for line in self.lines if line.verdict.blamed), None)

    @property
    def counts(self) -> Counter[Verdict]:
        """How often each verdict was given."""
        return Counter(line.verdict for line in self.lines)

    @property
    def right(self) -> int:
        """How many numbers are right."""
        return sum(one.verdict.right for one in self.lines)

    @property
    def carried(self) -> int:
        """How many numbers are not right, but follow correctly from the writer's own."""
        return self.counts[Verdict.CARRIED]

    @property
    def asked(self) -> int:
        """How many numbers can be right: all but those with too few digits to tell."""
        return len(self.lines) - self.counts[Verdict.UNTOLD]

    @property
    def score(self) -> float:
        """The share of numbers that are right or follow correctly, or 1 if none was asked for."""
        return (self.right + self.carried) / self.asked if self.asked else 1.0

    def to_json(self) -> str:
        """Return as JSON everything that may be shown."""
        return json.dumps(self.as_data(), ensure_ascii=False, indent=1)

    def as_data(self) -> dict[str, object]:
        """Return as dictionaries and lists everything that may be shown."""
        first = self.first_wrong
        return {
            "title": self.title,
            "ok": self.ok,
            "score": self.score,
            "right": self.right,
            "carried": self.carried,
            "asked": self.asked,
            "first_wrong": self.lines.index(first) if first else None,
            "convention": self.convention,
            "notes": list(self.notes),
            "unread": [error.as_data() for error in self.unread],
            "lines": list(map(self._line_data, self.lines, tells_exact(self.lines, self.reveal))),
        }

    def _line_data(self, one: Judged, tells: bool) -> dict[str, object]:
        """Return one verdict as plain data. What `reveal` hides is None or empty."""
        slips = one.slips if self.reveal != "none" else ()
        return {
            "quantity": one.quantity,
            "kind": one.kind,
            "line": one.line,
            "written": one.written,
            "exact": one.exact if tells else None,
            "follows": one.follows if tells else None,
            "verdict": one.verdict.value,
            "causes": list(one.causes),
            "slips": [
                {"key": s.key, "sentence": s.sentence, "predicted": s.predicted, "chance": s.chance}
                for s in slips
            ],
            "working": one.working if tells else "",
        }

    def _sentences(self) -> list[str]:
        """Return the paragraphs below the table."""
        paragraphs = [self.convention, *mistakes(self.lines, self.reveal), "\n".join(self.notes)]
        if self.unread:
            are = "One line was" if len(self.unread) == 1 else f"{len(self.unread)} lines were"
            paragraphs += [f"{are} not read:", *map(str, self.unread)]
        return [part for part in (*paragraphs, summary(self.lines)) if part]

    @encodable
    def __str__(self) -> str:
        parts = [self.title, table_text(self.lines, self.reveal), *self._sentences()]
        return "\n\n".join(part for part in parts if part)

    __repr__ = __str__

    @property
    def latex(self) -> str:
        """The table of verdicts in LaTeX, without the ``$$`` around it."""
        cells = [list(COLUMNS), *table_rows(self.lines, self.reveal)]
        rows = [" & ".join(rf"\text{{{_in_latex(cell)}}}" for cell in row) for row in cells]
        head = rf"\begin{{array}}{{{'l' * len(COLUMNS)}}}"
        return "\n".join([head, rows[0] + r" \\ \hline", " \\\\\n".join(rows[1:]), r"\end{array}"])

    def _repr_html_(self) -> str:
        """Return the verdicts as an HTML table with the mistakes below, everything escaped."""
        head = "".join(f"<th style='text-align:left'>{cell}</th>" for cell in COLUMNS)
        rows = zip(self.lines, table_rows(self.lines, self.reveal), strict=True)
        body = "".join(_html_row(one, row) for one, row in rows)
        caption = f"<caption>{html.escape(self.title)}</caption>" if self.title else ""
        return (
            f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<pre>{html.escape(chr(10).join(self._sentences()))}</pre>"
        )


_LATEX_SIGNS = str.maketrans(
    {c: "\\" + c for c in "#$%&_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"∂": r"$\partial$", "−": "-", "→": r"$\to$", "·": r"$\cdot$", "≈": r"$\approx$"}
)


def _in_latex(cell: str) -> str:
    return cell.translate(_LATEX_SIGNS)


def _html_row(one: Judged, row: list[str]) -> str:
    # Both colors are set, because the page around may be dark.
    color = _COLORS.get(one.verdict)
    look = f";color:{color};background:#ffffff" if color else ""
    cells = "".join(f"<td style='text-align:left{look}'>{html.escape(cell)}</td>" for cell in row)
    return f"<tr>{cells}</tr>"
