"""What was found out about a hand calculation."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from .account import account, account_html, line_data
from .judged import Judged
from .written import Verdict


@dataclass(frozen=True)
class Report:
    """The verdict on every number of a hand calculation; prints, and shows in notebooks.

    Attributes:
        lines: every number, in the order of the sheet.
        convention: a sentence, where the writer uses the opposite sign throughout.
        title: what was checked.
    """

    lines: tuple[Judged, ...]
    convention: str = ""
    title: str = field(default="", compare=False)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong. Blanks, and lines that tell too little, are not wrong."""
        return not any(line.verdict.blamed for line in self.lines)

    @property
    def first_wrong(self) -> Judged | None:
        """The first mistake, None where there is none."""
        return next((line for line in self.lines if line.verdict.blamed), None)

    @property
    def counts(self) -> Counter[Verdict]:
        """How often each verdict was given."""
        return Counter(line.verdict for line in self.lines)

    @property
    def right(self) -> int:
        """How many numbers are right, or follow rightly from the writer's own."""
        return sum(self.counts[verdict] for verdict in _CREDITED)

    @property
    def asked(self) -> int:
        """How many numbers there are to be right: all but those too short to tell."""
        return len(self.lines) - self.counts[Verdict.UNTOLD]

    @property
    def score(self) -> float:
        """The share of numbers that are right or follow rightly; 1 where none was asked for."""
        return self.right / self.asked if self.asked else 1.0

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(self.as_data(), ensure_ascii=False, indent=1)

    def as_data(self) -> dict[str, object]:
        """Return everything as plain dictionaries and lists."""
        first = self.first_wrong
        return {
            "title": self.title,
            "ok": self.ok,
            "score": self.score,
            "right": self.right,
            "asked": self.asked,
            "first_wrong": self.lines.index(first) if first else None,
            "convention": self.convention,
            "lines": [line_data(line) for line in self.lines],
        }

    def __str__(self) -> str:
        return account(self.lines, self.convention, self.title)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return account_html(self.lines, self.convention, self.title)


_CREDITED = (
    Verdict.EXACT,
    Verdict.ROUNDED,
    Verdict.TRUNCATED,
    Verdict.CARRIED,
    Verdict.CONVENTION,
)
