"""Intervals: a number written with three digits stands for all numbers that round to it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from enum import Enum


class Undecided(Enum):
    """The answer to "is x > 0?" where x may lie on either side."""

    UNDECIDED = 0


Truth = bool | Undecided


class Interval:
    """All numbers from `low` to `high`.

    >>> Interval(1.0, 2.0) - Interval(0.5, 1.0)
    [0.0, 1.5]
    """

    __slots__ = ("high", "low")

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    @property
    def middle(self) -> float:
        """The midpoint."""
        return self.low if self.low == self.high else 0.5 * (self.low + self.high)

    @property
    def radius(self) -> float:
        """Half its width."""
        return 0.5 * (self.high - self.low)

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high

    def meets(self, other: Interval, slack: float = 0.0) -> bool:
        """Whether the intervals overlap, or lie no farther than `slack` apart."""
        return self.low <= other.high + slack and other.low <= self.high + slack

    def __add__(self, other: Interval | float) -> Interval:
        b = interval(other)
        return _safe(self.low + b.low, self.high + b.high)

    def __sub__(self, other: Interval | float) -> Interval:
        b = interval(other)
        return _safe(self.low - b.high, self.high - b.low)

    def __mul__(self, other: Interval | float) -> Interval:
        return self._from_ends(operator.mul, interval(other))

    def __truediv__(self, other: Interval | float) -> Interval:
        b = interval(other)
        return EVERYTHING if b.low <= 0 <= b.high else self._from_ends(operator.truediv, b)

    def _from_ends(self, operation: Callable[[float, float], float], b: Interval) -> Interval:
        """Return the hull of an operation on every end of this interval and every end of b."""
        ends = [operation(x, y) for x in (self.low, self.high) for y in (b.low, b.high)]
        return _safe(min(ends), max(ends), *ends)

    def __radd__(self, other: float) -> Interval:
        return self + other

    def __rsub__(self, other: float) -> Interval:
        return interval(other) - self

    def __rmul__(self, other: float) -> Interval:
        return self * other

    def __rtruediv__(self, other: float) -> Interval:
        return interval(other) / self

    def __pow__(self, exponent: Interval | float) -> Interval:
        exponent = interval(exponent)
        n = exponent.low
        if n != exponent.high or n != int(n):  # computed with logarithms
            return rising(math.exp)(exponent * rising(math.log)(self))
        if n < 0:
            return 1.0 / self**-n
        base = abs(self) if n % 2 == 0 else self
        return Interval(base.low**n, base.high**n)

    def __abs__(self) -> Interval:
        low, high = sorted((abs(self.low), abs(self.high)))
        return Interval(0.0 if 0.0 in self else low, high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __gt__(self, other: Interval | float) -> Truth:
        b = interval(other)
        return self.low > b.high or (Undecided.UNDECIDED if self.high > b.low else False)

    def __ge__(self, other: Interval | float) -> Truth:
        b = interval(other)
        return self.low >= b.high or (Undecided.UNDECIDED if self.high >= b.low else False)

    def __lt__(self, other: Interval | float) -> Truth:
        return interval(other).__gt__(self)

    def __le__(self, other: Interval | float) -> Truth:
        return interval(other).__ge__(self)

    def __repr__(self) -> str:
        return f"[{self.low}, {self.high}]"


class Held(Interval):
    """A written number, and the interval of the numbers that its writer may hold it for.

    Its `middle` is the number as written, which need not be the middle of the interval.
    """

    __slots__ = ("number",)

    def __init__(self, low: float, high: float, number: float) -> None:
        super().__init__(low, high)
        self.number = number

    @property
    def middle(self) -> float:
        """The number as written."""
        return self.number

    def __neg__(self) -> Held:
        return Held(-self.high, -self.low, -self.number)

    def __rmul__(self, other: float) -> Interval:
        return -self if other == -1 else self if other == 1 else super().__rmul__(other)


EVERYTHING = Interval(-math.inf, math.inf)


def interval(x: Interval | float) -> Interval:
    """Return an interval unchanged, or a number as the interval of only this number."""
    return x if isinstance(x, Interval) else Interval(x, x)


def _safe(low: float, high: float, *ends: float) -> Interval:
    """Return the interval, or all numbers if an end is undefined (∞ − ∞, 0·∞)."""
    return EVERYTHING if any(end != end for end in (low, high, *ends)) else Interval(low, high)


def hull(*parts: Interval) -> Interval:
    """Return the smallest interval that contains all of these."""
    return Interval(min(part.low for part in parts), max(part.high for part in parts))


def rising(function: Callable[[float], float]) -> Callable[[Interval | float], Interval]:
    """Return a non-decreasing function as one of intervals, by its values at the two ends."""

    def over(x: Interval | float) -> Interval:
        x = interval(x)
        return _safe(_end(function, x.low), _end(function, x.high))

    return over


def _end(function: Callable[[float], float], x: float) -> float:
    try:
        return function(x)
    except OverflowError:
        return math.inf
