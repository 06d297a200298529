"""The verdict on a written number.

The number is compared with the exact one to its last digit. Then it is compared with what follows
from the writer's earlier numbers, because right arithmetic on a mistake is not a new mistake.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from . import single_precision
from .intervals import Held, Interval, interval
from .written import Written

# Units by which a number that the writer kept may be off, because its steps were rounded to further
# digits.
_SPARE = 0.1


class Verdict(Enum):
    """How a written number compares with the exact one. Better verdicts come first."""

    EXACT = "exact"
    ROUNDED = "right as rounded"
    TRUNCATED = "truncated"
    NEARLY = "right but for rounding on the way"
    CARRIED = "carried on"
    UNTOLD = "too few digits to tell"
    WRONG = "wrong"
    CONVENTION = "opposite sign convention"
    BLANK = "blank"

    @property
    def ok(self) -> bool:
        """Whether the number is right in the digits it was written in."""
        return self in (Verdict.EXACT, Verdict.ROUNDED)

    @property
    def right(self) -> bool:
        """Whether the number counts as right."""
        return self.ok or self in (Verdict.TRUNCATED, Verdict.NEARLY, Verdict.CONVENTION)

    @property
    def blamed(self) -> bool:
        """Whether the number is a new mistake, not a consequence of an earlier one."""
        return self is Verdict.WRONG


@dataclass(frozen=True, slots=True)
class Found:
    """A slip that gives the written number.

    Attributes:
        key: which slip, such as "f-prime-forgotten".
        sentence: what was done, to be read after "if", such as "you forget the slope f′(z) at a".
        predicted: the number that this slip gives.
        chance: the probability that one of the slips tried so far fits a random number.
        is_seen: whether the sheet itself shows the slip, so that the number need not prove it.
    """

    key: str
    sentence: str
    predicted: float
    chance: float = 0.0
    is_seen: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether chance explains the agreement in less than 1 % of cases."""
        return self.chance < 0.01


@dataclass(frozen=True, slots=True)
class Judged:
    """One written number, or one formula for a gradient, with its verdict.

    Attributes:
        quantity: the name of the quantity or derivative, such as W1[1,2] or dC/dw.
        kind: "value", "gradient", "working" for a formula, which is judged by its value, or
            "numbers" for the numbers substituted into one.
        line: the number of its line.
        written: the text on the sheet.
        exact: the correct number.
        follows: the number that follows from the writer's earlier numbers.
        verdict: how it compares with these.
        slips: for a wrong number, the slips that give it, the likeliest first. For a number that is
            carried on, the slip of an earlier step that was made again.
        working: for a wrong number, the correct working, in symbols and numbers.
        causes: for a number that is carried on, the lines of the mistakes it was computed from.
        pair: for a gradient, the names of what is differentiated and with respect to what.
    """

    quantity: str
    kind: Literal["value", "gradient", "working", "numbers"]
    line: int
    written: str
    exact: float
    follows: float
    verdict: Verdict
    slips: tuple[Found, ...] = ()
    working: str = ""
    causes: tuple[int, ...] = ()
    pair: tuple[str, str] | None = None


# --- against the exact number ---------------------------------------------------------------------


def slack(exact: float, unit: float = 1.0) -> float:
    """Return the rounding error of floats in a result near `exact`.

    It is far below the written unit, because 3e-20 is not a rounding of 2e-20.
    """
    return abs(exact) * 1e-12 + min(1e-15, 1e-3 * unit)


def judge(written: str | Written, exact: float) -> Verdict:
    """Return the verdict on a written number, compared with the exact one to its last digit.

    A tie may be rounded either way. A single significant digit tells too little unless the number
    is exact, because 1 is written for 0.51 and for 1.99.

    Raises:
        ValueError: `written` is not a decimal number.

    >>> judge("0.0832", 0.083232).value, judge("−0.13", -0.13056).value
    ('right as rounded', 'right as rounded')
    >>> judge("0.2408", 0.24080000000000001).value, judge("0.66", 2 / 3).value
    ('exact', 'truncated')
    >>> judge("0.65", 2 / 3).value, judge("0.00", 0.0042).value
    ('wrong', 'too few digits to tell')
    >>> judge("4.79999924", 4.8).value
    'right but for rounding on the way'
    """
    number = Written.read(written) if isinstance(written, str) else written
    if not math.isfinite(exact):
        return Verdict.WRONG
    x, unit = number.number, float(number.unit)
    error, spare = abs(x - exact), slack(exact, unit)
    if error <= spare:
        return Verdict.EXACT
    if error <= unit / 2 + spare:
        return Verdict.UNTOLD if number.is_vague else Verdict.ROUNDED
    if error < unit - spare and abs(x) < abs(exact):
        return Verdict.UNTOLD if number.is_vague else Verdict.TRUNCATED
    return Verdict.NEARLY if single_precision.explains(number, exact) else Verdict.WRONG


# --- against the writer's own numbers -------------------------------------------------------------


def follows(written: Written, carried: Interval) -> Verdict:
    """Return the verdict on a number, compared with what the writer's own numbers allow.

    A number is *carried on* if some number in the interval is written like this, rounded or
    truncated. It has *too few digits* if the interval is so wide that nearly any number follows.

    >>> follows(Written.read("0.25"), Interval(0.252, 0.262)).value
    'carried on'
    >>> follows(Written.read("0.25"), Interval(-1.0, 2.0)).value
    'too few digits to tell'
    >>> follows(Written.read("0.25"), Interval(0.3, 0.4)).value
    'wrong'
    """
    spare = slack(carried.middle, float(written.unit))
    if not (written.claimed.meets(carried, spare) or written.cut.meets(carried, -spare)):
        exact = carried.radius == 0 and math.isfinite(carried.middle)
        nearly = exact and judge(written, carried.middle) is Verdict.NEARLY
        return Verdict.CARRIED if nearly else Verdict.WRONG
    if written.is_vague:
        same = carried.radius == 0 and abs(carried.middle - written.number) <= spare
        return Verdict.CARRIED if same else Verdict.UNTOLD
    is_narrow = carried.radius <= 0.5 * abs(carried.middle)  # False if an end is infinite
    return Verdict.UNTOLD if carried.radius > 0 and not is_narrow else Verdict.CARRIED


def verdict_on(written: Written, exact: float, allowed: Sequence[Interval]) -> Verdict:
    """Return the best of the verdicts by the exact number and by each of the allowed intervals."""
    verdict = judge(written, exact)
    if verdict.ok:
        return verdict
    order = list(Verdict)
    return min(verdict, *(follows(written, way) for way in allowed), key=order.index)


def claim(written: Written, judged: Judged) -> Interval:
    """Return the numbers that the digits stand for, with which the writer may continue.

    The writer of a right number continues with it as written, or with what was computed for it. If
    it is not known what was computed, the digits stand for all numbers that round to them.
    """
    verdict, at = judged.verdict, judged.follows
    if verdict is Verdict.EXACT:
        return interval(judged.exact)
    if verdict.blamed:
        return written.claimed if written.value else interval(0.0)
    if verdict is Verdict.CARRIED and abs(written.number - at) <= slack(at, float(written.unit)):
        return interval(at)
    is_cut = verdict in (Verdict.TRUNCATED, Verdict.UNTOLD) or (
        verdict is Verdict.CARRIED and at not in written.claimed
    )
    stands = written.cut if is_cut else written.claimed
    computed = [x for x in (judged.exact, at) if x in stands]
    # After a mistake, nothing shows with which digits its consequences were kept.
    if verdict in (Verdict.UNTOLD, Verdict.CARRIED) or not computed:
        return Held(stands.low, stands.high, written.number)
    ends = [written.number, *computed]
    spare = _SPARE * float(written.unit)
    low, high = max(stands.low, min(ends) - spare), min(stands.high, max(ends) + spare)
    return Held(low, high, written.number)


def fits(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether an answer has the shape of its quantity. [[1, 2]] and [1, 2] count as the same."""
    return given == wanted or [n for n in given if n > 1] == [n for n in wanted if n > 1]
