"""Arithmetic with rounded steps, as the writer of a sheet may have calculated.

A sheet shows the result of a line, but not the digits of the steps to it. The writer may have
rounded each step, or kept it in full.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable
from enum import Enum
from fractions import Fraction
from typing import Any

from .interval_functions import INTERVALS
from .intervals import Interval, hull, interval
from .single_precision import nearest_float32

TIE = 1e-6  # in units: a number this near to half a unit may be rounded either way

_MOST_BRANCHES = 24  # possible results of a step; more are joined to one interval

Unit = Callable[[float], float]
"""The size of the last place that is kept of a number."""
Step = Callable[[Interval, float], tuple[Interval, ...]]
"""A function of an unrounded result and the unit. It returns the possible results of the step."""


@functools.lru_cache
def decimals(unit: Fraction) -> Unit:
    return lambda x: float(unit)


@functools.lru_cache
def significant_digits(count: int) -> Unit:
    return lambda x: 10.0 ** (math.floor(math.log10(abs(x))) + 1 - count) if x else 0.0


def float32(x: float) -> float:
    """Return twice the spacing of float32 numbers near x, as exp and others are less accurate."""
    return 2 * 2.0 ** (math.frexp(x)[1] - 24)


def kept_or_rounded(x: Interval, unit: float) -> tuple[Interval, ...]:
    """Return a result that is kept in full, and the same rounded to the nearest unit."""
    if not unit:
        return (x,)
    half = 0.5 + TIE  # so that a tie is rounded either way
    low, high = math.ceil(x.low / unit - half) * unit, math.floor(x.high / unit + half) * unit
    if x.low < x.high:
        return (Interval(min(x.low, low), max(x.high, high)),)
    return x, interval(low), interval(high)


def within_half_a_unit(x: Interval, unit: float) -> tuple[Interval, ...]:
    """Return every number that is at most half a unit away from a result."""
    return (Interval(x.low - unit / 2, x.high + unit / 2),)


class Order(Enum):
    """The order in which a writer multiplies and adds.

    AS_RECORDED follows the graph. The others factor out what the summands share, as in
    2·(a·x + b·y) for 2·a·x + 2·b·y. They differ in the factor that is multiplied first. The sum is
    the last of the factors.
    """

    AS_RECORDED = 0
    FIRST_FIRST = 1  # (2/m)·sum
    LAST_FIRST = 2  # (sum/m)·2
    SUM_FIRST = 3  # (sum·2)/m


# --- formulas with rounded steps ------------------------------------------------------------------

_UNROUNDED = frozenset(("abs", "where", "minimum", "maximum"))  # they return an input unchanged


class Rounding:
    """The namespace of intervals for formulas whose steps are rounded.

    Attributes:
        coarsest: the largest unit to which a step was rounded.
    """

    textbook = True

    def __init__(self, unit: Unit, step: Step, order: Order = Order.AS_RECORDED) -> None:
        self.unit, self.order, self._step = unit, order, step
        self.coarsest = 0.0

    @property
    def key(self) -> tuple[object, ...]:
        """What two equal ways of rounding have in common."""
        return self.unit, self._step, self.order

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(INTERVALS, name)
        if name in _UNROUNDED:
            return lambda *inputs: self.unrounded(function(*inputs))
        return lambda *inputs: self.step(function, *inputs)

    def pow(self, u: Interval | float, exponent: Interval | float) -> Interval:
        """Return a power, rounded; the first power is no step."""
        return self.unrounded(u) ** exponent

    def given(self, x: float) -> _Rounded:
        """Return a number that a formula begins with. A program may store it as a float32."""
        stored = nearest_float32(x) if self.unit is float32 else x
        return self.unrounded(hull(interval(x), interval(stored)))

    def unrounded(self, x: Interval | float) -> _Rounded:
        """Return a number or an interval as it is. Steps with it are rounded."""
        return x if isinstance(x, _Rounded) else _Rounded((interval(x),), self)

    def step(self, function: Callable[..., Interval], *inputs: Interval | float) -> _Rounded:
        """Return what the writer may have as the result of a step."""
        found: dict[tuple[float, ...], Interval] = {}  # by their ends in units
        for one in itertools.product(*(self.unrounded(x).branches for x in inputs)):
            result = function(*one)
            unit = max(self.unit(result.low), self.unit(result.high))
            self.coarsest = max(self.coarsest, unit)
            for branch in self._step(result, unit):
                ends = (round(end / (unit or 1.0), 6) for end in (branch.low, branch.high))
                found.setdefault(tuple(ends), branch)
        branches = tuple(found.values())
        return _Rounded(branches if len(branches) <= _MOST_BRANCHES else (hull(*branches),), self)

    def product(self, factors: Iterable[Interval]) -> _Rounded:
        """Multiply factors one by one. The product remembers its factors."""
        factors = tuple(factors)
        first, *others = self._ordered(factors)
        result = functools.reduce(self.times, others, self.unrounded(first))
        return _Rounded(result.branches, self, factors)

    def _ordered(self, factors: tuple[Interval, ...]) -> tuple[Interval, ...]:
        """Return factors in the order in which they are multiplied."""
        if self.order is Order.LAST_FIRST:
            return factors[::-1]
        return (factors[-1], *factors[:-1]) if self.order is Order.SUM_FIRST else factors

    def times(self, a: Interval, b: Interval) -> _Rounded:
        """Return a product of two, rounded; a factor of 1 or −1 is no step."""
        for x, other in ((a, b), (b, a)):
            if x.low == x.high and abs(x.low) == 1:
                branches = self.unrounded(other).branches
                return _Rounded(tuple(x.low * branch for branch in branches), self)
        return self.step(Interval.__mul__, a, b)

    def sum(self, a: _Rounded, b: _Rounded) -> _Rounded:
        """Return a sum. Unless the order is AS_RECORDED, common factors are factored out first."""
        left, right = list(a.factors), list(b.factors)
        common = [x for x in a.factors if self.order is not Order.AS_RECORDED and _take(right, x)]
        for x in common:
            _take(left, x)
        if not common:
            return self.step(Interval.__add__, a, b)
        rests = [self.product(rest) if rest else 1.0 for rest in (left, right)]
        return self.product((*common, self.step(Interval.__add__, *rests)))


def _take(factors: list[Interval], x: Interval) -> bool:
    """Remove a factor equal to x from a list, and return whether there was one."""
    for k, other in enumerate(factors):
        if (other.low, other.high) == (x.low, x.high):
            del factors[k]
            return True
    return False


class _Rounded(Interval):
    """The possible results of a step. Every operation with it is again a step.

    Attributes:
        branches: the possible numbers or intervals. The object itself is their hull.
        rounding: how steps are rounded.
        factors: what it is the product of. The divisor of a quotient counts as a factor 1/v.
    """

    __slots__ = ("branches", "factors", "rounding")

    def __init__(
        self,
        branches: tuple[Interval, ...],
        rounding: Rounding,
        factors: tuple[Interval, ...] | None = None,
    ) -> None:
        whole = hull(*branches)
        super().__init__(whole.low, whole.high)
        self.branches = branches
        self.rounding = rounding
        self.factors = factors or (self,)

    def __add__(self, other: Interval | float) -> Interval:
        return self.rounding.sum(self, self.rounding.unrounded(other))

    def __radd__(self, other: float) -> Interval:
        return self if other == 0 else self + other  # `sum` begins with 0

    def __sub__(self, other: Interval | float) -> Interval:
        return self + -self.rounding.unrounded(other)

    def __rsub__(self, other: Interval | float) -> Interval:
        return -self + other

    def __mul__(self, other: Interval | float) -> Interval:
        other = self.rounding.unrounded(other)
        for one, factor in ((self, other), (other, self)):
            if factor.low == factor.high == 1:  # the slope of a sum, which needs no factor
                return one
        if self.rounding.order is Order.AS_RECORDED:
            return self.rounding.times(self, other)
        return self.rounding.product((*self.factors, *other.factors))

    def __truediv__(self, other: Interval | float) -> Interval:
        other = self.rounding.unrounded(other)
        if self.rounding.order is Order.AS_RECORDED:
            return self.rounding.step(Interval.__truediv__, self, other)
        return self.rounding.product((*self.factors, other.reciprocal()))

    def reciprocal(self) -> _Rounded:
        """Return 1/v unrounded, the factor that a division by v stands for."""
        one = interval(1.0)
        return _Rounded(tuple(one / branch for branch in self.branches), self.rounding)

    def __rtruediv__(self, other: Interval | float) -> Interval:
        return self.rounding.unrounded(other) / self

    def __pow__(self, exponent: Interval | float) -> Interval:
        if exponent == 1:
            return self
        return self.rounding.step(INTERVALS.pow, self, exponent)

    def __neg__(self) -> Interval:
        return self * -1.0
