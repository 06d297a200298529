"""A number written by hand is text: "0.0832" claims ±0.00005, and is judged in its own digits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property

from .intervals import Interval


class Verdict(Enum):
    """How a written number stands to the exact one."""

    EXACT = "exact"
    ROUNDED = "right as rounded"
    TRUNCATED = "truncated"
    CARRIED = "carried on"
    WRONG = "wrong"
    CONVENTION = "opposite sign convention"
    UNTOLD = "too few digits to tell"
    BLANK = "blank"

    @property
    def ok(self) -> bool:
        """Whether the number is right in the digits it was written in."""
        return self in (Verdict.EXACT, Verdict.ROUNDED)

    @property
    def blamed(self) -> bool:
        """Whether this is a mistake of its own, not right and not a consequence."""
        return self is Verdict.WRONG


_MOST_DIGITS = 60
_LARGEST_EXPONENT = 300
_MINUS = str.maketrans("−–⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "---+0123456789")
_DECIMAL = re.compile(
    r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4})|\s*[·×*⋅x]\s*10\s*(?:\^|\*\*)?\s*"
    r"[({]?([+-]?\d{1,4})[)}]?)?"
)
_QUOTIENT = re.compile(r"([+-]?\d+)\s*/\s*(\d+)")


@dataclass(frozen=True)
class Written:
    """A number as written: its value, and the unit of its last digit (0 for a fraction like 1/3).

    >>> Written.read("−0.130")
    Written(text='−0.130', value=Fraction(-13, 100), unit=Fraction(1, 1000))
    >>> Written.read("1.5·10⁻³").unit
    Fraction(1, 10000)
    """

    text: str
    value: Fraction
    unit: Fraction

    @classmethod
    def read(cls, text: str) -> Written:
        """Return a written number.

        Raises:
            ValueError: it is no decimal number and no fraction of whole numbers.
        """
        plain = text.strip().translate(_MINUS)
        if len(plain) > _MOST_DIGITS:
            raise ValueError(
                f"{plain[:20]}… is too long: a number has at most {_MOST_DIGITS} signs"
            )
        if quotient := _QUOTIENT.fullmatch(plain):
            if not int(quotient[2]):
                raise ValueError(f"{text!r} divides by 0")
            return cls(text.strip(), Fraction(int(quotient[1]), int(quotient[2])), Fraction(0))
        decimal = _DECIMAL.fullmatch(plain)
        if not decimal or not (decimal[2] or decimal[3]):
            raise ValueError(_advice(text))
        sign, whole, fraction, *exponents = decimal.groups()
        exponent = int(exponents[0] or exponents[1] or 0)
        if abs(exponent) > _LARGEST_EXPONENT:
            raise ValueError(f"{text!r} is out of range: exponents go from -300 to 300")
        unit = Fraction(10) ** (exponent - len(fraction or ""))
        size = int((whole or "") + (fraction or "")) * unit
        return cls(text.strip(), -size if sign == "-" else size, unit)

    @classmethod
    def of(cls, x: float) -> Written:
        """Return a float in its shortest digits, as Python prints it."""
        return cls.read(repr(float(x)))

    @cached_property
    def number(self) -> float:
        """The written number as a float."""
        return float(self.value)

    @property
    def significant(self) -> int:
        """How many significant digits it has; 0 for a zero, however long."""
        if not self.value:
            return 0
        return len(str(abs(self.value) // self.unit)) if self.unit else _MOST_DIGITS

    @cached_property
    def claimed(self) -> Interval:
        """All numbers that round to it, either way in the middle."""
        return self.within(Fraction(1, 2))

    @cached_property
    def cut(self) -> Interval:
        """All numbers that it may be cut from, and those that round to it."""
        # A whole unit would be cut to the next number already.
        half, one = (
            float(self.unit * share) for share in (Fraction(1, 2), Fraction(999_999, 10**6))
        )
        x = self.number
        return Interval(x - (half if x > 0 else one), x + (half if x < 0 else one))

    def within(self, share: Fraction) -> Interval:
        """Return all numbers within so many units of it."""
        reach = self.unit * share
        return Interval(float(self.value - reach), float(self.value + reach))

    @property
    def is_vague(self) -> bool:
        """Whether it has at most one significant digit, too few to prove anything: 0.00, 0.1."""
        return self.significant < 2


def _advice(text: str) -> str:
    shown = text if len(text) <= 30 else text[:29] + "…"
    if re.fullmatch(r"\s*[+-]?\d+,\d+\s*", text):
        return f"{shown!r} is not a number: decimals are written with a point, 0.5"
    return f"{shown!r} is not a decimal number, such as -0.4 or 3.2e-5"


def slack(exact: float) -> float:
    """Return the rounding that our own floats may have, from sums of products near `exact`."""
    return abs(exact) * 1e-12 + 1e-15


def judge(written: str | Written, exact: float) -> Verdict:
    """Return the verdict on a number as written, by its last digit, against the exact one alone.

    A true minus sign is accepted. Half a unit in the last place may go either way. A single
    significant digit tells too little unless the number is exact, because 1 is written for 0.51 and
    for 1.99.

    Raises:
        ValueError: `written` is no decimal number.

    >>> judge("0.0832", 0.083232).value, judge("−0.13", -0.13056).value
    ('right as rounded', 'right as rounded')
    >>> judge("0.2408", 0.24080000000000001).value, judge("0.66", 2 / 3).value
    ('exact', 'truncated')
    >>> judge("0.65", 2 / 3).value, judge("0.00", 0.0042).value
    ('wrong', 'too few digits to tell')
    """
    number = Written.read(written) if isinstance(written, str) else written
    if not math.isfinite(exact):
        return Verdict.WRONG
    true, spare = Fraction(exact), Fraction(slack(exact))
    error = abs(number.value - true)
    if error <= spare:
        return Verdict.EXACT
    if error <= number.unit / 2 + spare:
        return Verdict.UNTOLD if number.is_vague else Verdict.ROUNDED
    shorter = abs(number.value) < abs(true)
    if error >= number.unit - spare or not shorter:
        return Verdict.WRONG
    return Verdict.UNTOLD if number.is_vague else Verdict.TRUNCATED


def follows(written: Written, carried: Interval) -> Verdict:
    """Return the verdict on a number against what the writer's own numbers allow.

    *Carried on* where some number in the interval is written like this, rounded or cut; *too few
    digits* where the interval is so wide that nearly any number would follow.

    >>> follows(Written.read("0.25"), Interval(0.252, 0.262)).value
    'carried on'
    >>> follows(Written.read("0.25"), Interval(-1.0, 2.0)).value
    'too few digits to tell'
    >>> follows(Written.read("0.25"), Interval(0.3, 0.4)).value
    'wrong'
    """
    spare = slack(carried.middle)
    if not (written.claimed.meets(carried, spare) or written.cut.meets(carried, spare)):
        return Verdict.WRONG
    if written.is_vague:
        same = carried.radius == 0 and abs(carried.middle - written.number) <= spare
        return Verdict.CARRIED if same else Verdict.UNTOLD
    vague = carried.radius > 0 and not carried.radius <= 0.5 * abs(carried.middle)
    return Verdict.UNTOLD if vague else Verdict.CARRIED


def likelier(one: Verdict, other: Verdict) -> Verdict:
    """Return the better of two verdicts on the same number."""
    order = list(Verdict)
    ranks = {verdict: order.index(verdict) for verdict in order} | {Verdict.UNTOLD: 3.5}
    return min(one, other, key=lambda verdict: ranks[verdict])
