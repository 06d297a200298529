"""The operations of the engine, evaluated with intervals.

The result is an interval that contains every value of the operation for numbers in its inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..engine.namespace import FLOATS, Namespace
from ..engine.operation import OPS, Op
from .intervals import EVERYTHING, Interval, Truth, Undecided, hull, interval, rising


def _falling(function: Callable[[float], float]) -> Callable[[Interval | float], Interval]:
    """Return a non-increasing function as one of intervals, by its values at the two ends."""
    negative = rising(lambda x: -function(x))
    return lambda x: -negative(x)


def _wave(function: Callable[[float], float], top: float) -> Callable[[Any], Interval]:
    """Return sin or cos as a function of intervals. It has a maximum at `top`."""

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
    """The namespace of intervals. Formulas have their textbook form, such as σ′ = σ(1 − σ)."""

    textbook = True
    # A static method, so that a call does not pass the namespace.
    acos = staticmethod(_falling(FLOATS.acos))
    asin, atan, tanh, sinh, asinh = map(
        staticmethod,
        map(rising, (FLOATS.asin, FLOATS.atan, FLOATS.tanh, FLOATS.sinh, FLOATS.asinh)),
    )
    acosh, atanh, exp, expm1, sqrt = map(
        staticmethod,
        map(rising, (FLOATS.acosh, FLOATS.atanh, FLOATS.exp, FLOATS.expm1, FLOATS.sqrt)),
    )
    log, log1p = map(staticmethod, map(rising, (FLOATS.log, FLOATS.log1p)))
    sin, cos = staticmethod(_wave(math.sin, math.pi / 2)), staticmethod(_wave(math.cos, 0.0))

    @staticmethod
    def cosh(x: Interval | float) -> Interval:
        """Return cosh, which rises with |x|."""
        return rising(FLOATS.cosh)(Intervals.abs(x))

    @staticmethod
    def tan(x: Interval | float) -> Interval:
        """Return tan, or all numbers if there is a pole in the interval."""
        x = interval(x)
        poles = x.high - x.low >= math.pi or _passes(Interval(2 * x.low, 2 * x.high), math.pi)
        return EVERYTHING if poles else Interval(math.tan(x.low), math.tan(x.high))

    @staticmethod
    def abs(x: Interval | float) -> Interval:
        """Return |x|."""
        return abs(interval(x))

    @staticmethod
    def square(x: Interval | float) -> Interval:
        """Return x², which is never below 0."""
        size = abs(interval(x))
        return size * size

    @staticmethod
    def pow(base: Interval | float, exponent: Interval | float) -> Interval:
        """Return the power, computed with logarithms if the exponent is not a whole number."""
        return interval(base) ** exponent

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
    """Return a monotone operation as a function of intervals."""
    function = partial(op.forward, FLOATS)
    return rising(function) if op.monotone > 0 else _falling(function)


# Formulas may call other operations. A monotone one is computed from its values at the two ends,
# because evaluating its formula over intervals would give a wider interval.
for _op in OPS.values():
    if _op.monotone and not hasattr(Intervals, _op.name):
        setattr(Intervals, _op.name, staticmethod(_monotone(_op)))


class StableIntervals(Intervals):
    """The same with the formulas that floats use, such as −y/b for the slope of y = a/b."""

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
