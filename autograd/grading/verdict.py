"""How a written number stands: to the exact one, and to what its writer had written before."""

from __future__ import annotations

from collections.abc import Sequence

from .intervals import Interval, interval
from .judged import Judged
from .written import Verdict, Written, follows, judge, likelier, slack


def verdict_on(written: Written, exact: float, allowed: Sequence[Interval]) -> Verdict:
    """Return the best verdict on a number: against the exact one, then against what follows."""
    verdict = judge(written, exact)
    if verdict.ok:
        return verdict
    for way in allowed:
        verdict = likelier(verdict, follows(written, way))
    return verdict


def claim(written: Written, judged: Judged) -> Interval:
    """Return which numbers the writer may go on with: those that his digits stand for."""
    if judged.verdict is Verdict.EXACT:
        return interval(judged.exact)
    if judged.verdict in (Verdict.TRUNCATED, Verdict.UNTOLD):
        return written.cut
    at = judged.follows
    if judged.verdict is Verdict.CARRIED and abs(written.number - at) <= slack(at):
        return interval(at)
    if judged.verdict is Verdict.CARRIED and at not in written.claimed:
        return written.cut
    return interval(0.0) if judged.verdict.blamed and not written.value else written.claimed


def equal(a: float, b: float) -> bool:
    """Whether two results are the same, but for the rounding of floats."""
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b)) + 1e-14


def fits(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether an answer has the shape of its quantity; [[1, 2]] and [1, 2] are the same."""
    return given == wanted or [n for n in given if n > 1] == [n for n in wanted if n > 1]
