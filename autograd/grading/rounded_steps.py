"""Numbers computed again with every step rounded, as the writer of a sheet rounds.

There are two models of a rounded step:

- Its result is rounded to the nearest number with so many decimals or digits. The steps are those
  of the recorded graph.
- Its result may be anything within half a unit. This model allows the same steps in another order,
  but it excuses more wrong numbers.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ..engine.value import Value
from .counterfactual import Numbers
from .intervals import INTERVALS, Interval, hull, interval, partials_over_intervals
from .segment import Segment, below
from .single_precision import nearest_float32

TIE = 1e-6  # a number this near to half a unit, in units, is a tie

Unit = Callable[[float], float]
"""The size of the last place that is kept of a number."""
End = Callable[[float, float, int], float]
"""The new end of an interval from the old end, the unit, and −1 (low end) or 1 (high end)."""


def decimals(unit: Fraction) -> Unit:
    return lambda x: float(unit)


def significant_digits(count: int) -> Unit:
    return lambda x: 10.0 ** (math.floor(math.log10(abs(x))) + 1 - count) if x else 0.0


def float32(x: float) -> float:
    """Return twice the distance of neighboring float32, because exp and others are less exact."""
    return 2 * 2.0 ** (math.frexp(x)[1] - 24)


def widened(x: float, unit: float, away: int) -> float:
    return x + away * unit / 2


def half_to_even(x: float, unit: float, away: int) -> float:
    return round(x, -round(math.log10(unit)))  # as programs print a number


def half_up(x: float, unit: float, away: int) -> float:
    return math.copysign(math.floor(abs(x) / unit + 0.5 + TIE), x) * unit


# --- formulas with rounded steps ------------------------------------------------------------------

_UNROUNDED = frozenset(("abs", "where", "minimum", "maximum"))


class Rounding:
    """The namespace of intervals for formulas whose steps are rounded."""

    textbook = True

    def __init__(self, unit: Unit, end: End) -> None:
        self.unit, self._end = unit, end

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(INTERVALS, name)
        after = self.unrounded if name in _UNROUNDED else self.rounded
        return lambda *inputs: after(function(*inputs))

    def pow(self, u: Interval | float, exponent: Interval | float) -> Interval:
        """Return a power, rounded; the first power is no step."""
        return self.unrounded(u) ** exponent

    def given(self, x: float) -> _Rounded:
        """Return a number that a formula begins with. A program may store it as a float32."""
        stored = nearest_float32(x) if self.unit is float32 else x
        return self.unrounded(hull(interval(x), interval(stored)))

    def unrounded(self, x: Interval | float) -> _Rounded:
        """Return a number or an interval as it is. Steps with it are rounded."""
        x = interval(x)
        return _Rounded(x.low, x.high, self)

    def rounded(self, x: Interval) -> _Rounded:
        """Return the result of a step as the writer has it: rounded, if it has more digits."""
        unit = max(self.unit(x.low), self.unit(x.high))
        if x.low == x.high and _is_multiple(x.low, unit):
            return self.unrounded(x)
        return _Rounded(self._end(x.low, unit, -1), self._end(x.high, unit, 1), self)


def _is_multiple(x: float, unit: float) -> bool:
    count = x / unit if unit else 0.0
    return abs(count - round(count)) <= 1e-13 * abs(count) + 1e-9


class _Rounded(Interval):
    """An interval whose sums, products, quotients and powers are rounded, each once."""

    __slots__ = ("rounding",)

    def __init__(self, low: float, high: float, rounding: Rounding) -> None:
        super().__init__(low, high)
        self.rounding = rounding

    def __add__(self, other: Interval | float) -> Interval:
        return self.rounding.rounded(super().__add__(other))

    def __sub__(self, other: Interval | float) -> Interval:
        return self.rounding.rounded(super().__sub__(other))

    def __rsub__(self, other: Interval | float) -> Interval:
        return -(self - other)

    def __mul__(self, other: Interval | float) -> Interval:
        return self.rounding.rounded(super().__mul__(other))

    def __truediv__(self, other: Interval | float) -> Interval:
        return self.rounding.rounded(super().__truediv__(other))

    def __rtruediv__(self, other: Interval | float) -> Interval:
        return self.rounding.unrounded(other) / self

    def __pow__(self, exponent: Interval | float) -> Interval:
        return self if exponent == 1 else self.rounding.rounded(super().__pow__(exponent))

    def __neg__(self) -> Interval:
        return self.rounding.unrounded(super().__neg__())


class Recomputation:
    """Computes a number again from exact numbers, or from the writer's, and rounds every step."""

    def __init__(self, numbers: Numbers, rounding: Rounding) -> None:
        self._numbers, self._rounding = numbers, rounding
        self._known: dict[Value, Interval] = {}

    def result(self, segment: Segment) -> Interval:
        """Return the interval that the number under examination may lie in."""
        return (
            self._gradient(segment) if segment.sweep else self._value(segment.node, segment.parts)
        )

    def _value(self, node: Value, parts: Mapping[Value, Segment]) -> Interval:
        for inner in below(node, self._numbers.book):
            if inner not in self._known:
                self._known[inner] = self._computed(inner, parts)
        return self._known[node]

    def _computed(self, node: Value, parts: Mapping[Value, Segment]) -> Interval:
        if node in parts:
            return parts[node].sign * self._gradient(parts[node])
        if not node.parents:
            return self._given(node)
        inputs = [self._input(parent, parts) for parent in node.parents]
        return self._rounding.unrounded(node.op.forward(self._rounding, *inputs))

    def _input(self, node: Value, parts: Mapping[Value, Segment]) -> Interval:
        if node in self._known:
            return self._known[node]
        return self._computed(node, parts) if node in parts else self._given(node)

    def _given(self, node: Value) -> Interval:
        return self._rounding.given(self._numbers.data(node))

    def _gradient(self, segment: Segment) -> Interval:
        assert segment.sweep
        adjoints: dict[Value, Interval] = {}
        for node in reversed(segment.nodes):
            parts = [
                adjoints[child] * self._partials(child)[slot]
                for child, slot in (
                    () if node in segment.stops else segment.sweep.uses.get(node, ())
                )
                if child in adjoints
            ]
            end = self._rounding.unrounded(segment.adjoint_before(node, self._numbers))
            adjoints[node] = functools.reduce(operator.add, parts) if parts else end
        return adjoints.get(segment.node, interval(0.0))

    def _partials(self, node: Value) -> tuple[Interval, ...]:
        output, *inputs = [self._as_held(one) for one in (node, *node.parents)]
        return partials_over_intervals(node.op, output, inputs, self._rounding)

    def _as_held(self, node: Value) -> Interval:
        """Return a number as it was written or given, or else as its steps are rounded."""
        if self._numbers.book.was_written(node) or not node.parents:
            return self._given(node)
        return self._value(node, {})
