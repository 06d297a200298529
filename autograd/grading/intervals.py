"""Intervals, and the table's operations evaluated with them.

A number written with three digits stands for all numbers that round to it. An operation evaluated
with intervals gives an interval that contains its value for each of these numbers.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from typing import Any

from ..engine.namespace import FLOATS, Namespace
from ..engine.operation import OPS, Op


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
        """Its middle."""
        return self.low if self.low == self.high else 0.5 * (self.low + self.high)

    @property
    def radius(self) -> float:
        """Half its width."""
        return 0.5 * (self.high - self.low)

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high

    def meets(self, other: Interval, slack: float = 0.0) -> bool:
        """Whether the two have a number in common, or nearly."""
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
        return Intervals.pow(self, exponent)

    def __abs__(self) -> Interval:
        return Intervals.abs(self)

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


EVERYTHING = Interval(-math.inf, math.inf)


def interval(x: Interval | float) -> Interval:
    """Return an interval unchanged, a number as the interval that holds only it."""
    return x if isinstance(x, Interval) else Interval(x, x)


def _safe(low: float, high: float, *ends: float) -> Interval:
    """Return the interval, or all numbers if an end is undefined (∞ − ∞, 0·∞)."""
    return EVERYTHING if any(end != end for end in (low, high, *ends)) else Interval(low, high)


def hull(*parts: Interval) -> Interval:
    """Return the smallest interval that contains all of these."""
    return Interval(min(part.low for part in parts), max(part.high for part in parts))


def _rising(function: Callable[[float], float]) -> Callable[[Interval | float], Interval]:
    """Return a function that never falls over intervals: its values at the two ends."""

    def over(x: Interval | float) -> Interval:
        x = interval(x)
        return _safe(_end(function, x.low), _end(function, x.high))

    return over


def _falling(function: Callable[[float], float]) -> Callable[[Interval | float], Interval]:
    """Return a function that never rises over intervals: its values at the two ends."""
    rising = _rising(lambda x: -function(x))
    return lambda x: -rising(x)


def _end(function: Callable[[float], float], x: float) -> float:
    try:
        return function(x)
    except OverflowError:
        return math.inf


def _wave(function: Callable[[float], float], top: float) -> Callable[[Any], Interval]:
    """Return sin or cos over intervals; `top` is one place of its greatest value."""

    def over(x: Interval | float) -> Interval:
        x = interval(x)
        if not x.high - x.low < 2 * math.pi:
            return Interval(-1.0, 1.0)
        ends = function(x.low), function(x.high)
        return Interval(
            -1.0 if _passes(x, top + math.pi) else min(ends), 1.0 if _passes(x, top) else max(ends)
        )

    return over


def _passes(x: Interval, place: float) -> bool:
    """Whether place + 2πk lies in the interval for some k."""
    turns = math.ceil((x.low - place) / (2 * math.pi))
    return place + 2 * math.pi * turns <= x.high


class Intervals:
    """The namespace of intervals; formulas come as textbooks print them, σ′ = σ(1 − σ)."""

    textbook = True
    acos = staticmethod(_falling(FLOATS.acos))
    asin, atan, tanh, sinh, asinh = map(
        staticmethod,
        map(_rising, (FLOATS.asin, FLOATS.atan, FLOATS.tanh, FLOATS.sinh, FLOATS.asinh)),
    )
    acosh, atanh, exp, expm1, sqrt = map(
        staticmethod,
        map(_rising, (FLOATS.acosh, FLOATS.atanh, FLOATS.exp, FLOATS.expm1, FLOATS.sqrt)),
    )
    log, log1p = map(staticmethod, map(_rising, (FLOATS.log, FLOATS.log1p)))
    sin, cos = staticmethod(_wave(math.sin, math.pi / 2)), staticmethod(_wave(math.cos, 0.0))

    @staticmethod
    def cosh(x: Interval | float) -> Interval:
        """Return cosh, which rises with |x|."""
        return _rising(FLOATS.cosh)(Intervals.abs(x))

    @staticmethod
    def tan(x: Interval | float) -> Interval:
        """Return tan, or all numbers if there is a pole in the interval."""
        x = interval(x)
        poles = x.high - x.low >= math.pi or _passes(Interval(2 * x.low, 2 * x.high), math.pi)
        return EVERYTHING if poles else Interval(math.tan(x.low), math.tan(x.high))

    @staticmethod
    def abs(x: Interval | float) -> Interval:
        """Return |x|."""
        x = interval(x)
        low, high = sorted((abs(x.low), abs(x.high)))
        return Interval(0.0 if 0.0 in x else low, high)

    @staticmethod
    def square(x: Interval | float) -> Interval:
        """Return x², which is never below 0."""
        size = Intervals.abs(x)
        return size * size

    @staticmethod
    def pow(base: Interval | float, exponent: Interval | float) -> Interval:
        """Return the power, computed with logarithms if the exponent is not a whole number."""
        base, exponent = interval(base), interval(exponent)
        n = exponent.low
        if n != exponent.high or n != int(n):
            return _rising(math.exp)(exponent * _rising(math.log)(base))
        if n < 0:
            return 1.0 / Intervals.pow(base, -n)
        if n % 2 == 0:
            base = Intervals.abs(base)
        return Interval(base.low**n, base.high**n)

    @staticmethod
    def where(condition: Truth | Interval, yes: Any, no: Any) -> Interval:
        """Return the branch that is taken, or the hull of both if that is not decided.

        A recorded condition is a number, which is above 0 if the condition holds.
        """
        if isinstance(condition, Interval):
            condition = condition > 0
        if condition is Undecided.UNDECIDED:
            return hull(interval(yes), interval(no))
        return interval(yes if condition else no)

    @staticmethod
    def minimum(a: Interval | float, b: Interval | float) -> Interval:
        """Return the smaller of two."""
        return -Intervals.maximum(-interval(a), -interval(b))

    @staticmethod
    def maximum(a: Interval | float, b: Interval | float) -> Interval:
        """Return the larger of two."""
        a, b = interval(a), interval(b)
        return Interval(max(a.low, b.low), max(a.high, b.high))


def _monotone(op: Op) -> Callable[[Interval | float], Interval]:
    """Return a monotone operation over intervals: its values at the two ends."""
    function = partial(op.forward, FLOATS)
    return _rising(function) if op.monotone > 0 else _falling(function)


# Formulas may call other operations. A monotone one is computed from its values at the two ends,
# because evaluating its formula over intervals would give a wider interval.
for _op in OPS.values():
    if _op.monotone and not hasattr(Intervals, _op.name):
        setattr(Intervals, _op.name, staticmethod(_monotone(_op)))


class StableIntervals(Intervals):
    """The same for the forms that floats are computed in, such as −y/b for the slope of a/b."""

    textbook = False


INTERVALS: Namespace = Intervals()
STABLE_INTERVALS: Namespace = StableIntervals()


def over_intervals(op: Op, inputs: Sequence[Interval]) -> Interval:
    """Return what an operation may give for inputs in these intervals.

    >>> from autograd.engine.ops import RELU
    >>> over_intervals(RELU, [Interval(-1.0, 2.0)])
    [0.0, 2.0]
    """
    if all(x.low == x.high for x in inputs):
        try:
            return interval(op.forward(FLOATS, *(x.low for x in inputs)))
        except (ArithmeticError, ValueError):
            return EVERYTHING
    try:
        return interval(op(INTERVALS, *inputs))
    except (ArithmeticError, ValueError):
        return EVERYTHING


def partials_over_intervals(
    op: Op, output: Interval, inputs: Sequence[Interval], xp: Namespace = INTERVALS
) -> tuple[Interval, ...]:
    """Return what the local derivatives may be for inputs, and an output, in these intervals."""
    try:
        return tuple(interval(p) for p in op.partials(xp, output, *inputs))
    except (ArithmeticError, ValueError):
        return (EVERYTHING,) * len(inputs)
