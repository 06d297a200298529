"""One written number and all that is to be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .written import Verdict


@dataclass(frozen=True, slots=True)
class Found:
    """A slip that produces the written number: what it is, and what to do instead."""

    key: str
    sentence: str
    instead: str
    predicted: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One written number, or one working, and what is to be said about it.

    Attributes:
        quantity: what it is the number of, such as W1[1,2] or dC/dw.
        kind: "value", "gradient" or "working" (a formula, judged by what it comes to).
        line: the number of its line.
        written: as the writer wrote it.
        exact: what it should be.
        follows: what it would be by the writer's own earlier numbers.
        verdict: how it stands to these.
        slips: for a wrong one, what produces exactly this number, likeliest first.
        working: for a wrong one, the right working, in words and numbers.
    """

    quantity: str
    kind: Literal["value", "gradient", "working"]
    line: int
    written: str
    exact: float
    follows: float
    verdict: Verdict
    slips: tuple[Found, ...] = ()
    working: str = ""
