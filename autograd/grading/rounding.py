"""Rounding on the way: what a number may be if its writer rounds every step inside a line.

A number is computed again from the numbers that it rests on, and each sum, product and function is
rounded in the way of the writer. There are two models of a rounded step:

- Its result is rounded to the nearest number with so many decimals or digits. The steps are those
  of the recorded graph.
- Its result may be anything within half a unit. This model allows the same steps in another order,
  but it excuses more wrong numbers. It is used for numbers of many digits and for float32.
"""

from __future__ import annotations

import functools
import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..engine.value import Value
from .bench import Bench, below
from .counterfactual import Base
from .intervals import INTERVALS, Interval, hull, interval, partials_over_intervals
from .lines import TENTH
from .single_precision import is_print, may_be_prints, nearest_float32
from .verdict import Verdict
from .written import Written

_DECIMAL = re.compile(r"[-+−]?\d{,20}\.\d{1,20}")
_ONE_OFF = Fraction(3, 2)  # units from the exact number to one that is one unit off when rounded
_FEWEST_DIGITS = 3  # a number with fewer is not judged by the habits of the sheet if it is far off
_DIGITS_IN_ANY_ORDER = 6  # for a number that is at most one unit off
_MANY_DIGITS = 7  # a mistake hardly ever leaves a number that agrees in so many digits
_WIDEST = 0.01  # relative radius: a wider interval would excuse nearly any number
_TIE = 1e-6  # a number this near to half a unit, in units, is a tie

Unit = Callable[[float], float]
"""The size of the last place that is kept of a number."""
End = Callable[[float, float, int], float]
"""The new end of an interval from the old end, the unit, and −1 (low end) or 1 (high end)."""


@dataclass(frozen=True)
class Habit:
    """How the writer of a sheet rounds.

    Attributes:
        units: what steps are rounded to: the most decimals, and the most digits, that at least two
            results of the sheet have. One number alone shows no habit.
        in_another_order: twice the unit with the most decimals, which bounds the rounding of
            steps that the writer takes in another order than the graph.
        zero: the unit of a 0 without decimals, which is that of the fewest decimals on the sheet.
        may_be_float32: whether a program with float32 may have printed all results.
    """

    units: tuple[Unit, ...] = ()
    in_another_order: Unit | None = None
    zero: Fraction = TENTH
    may_be_float32: bool = False

    @classmethod
    def of(cls, results: Iterable[str], *, is_float32: bool) -> Habit:
        """Return the habit of a writer, or a program, that wrote these results."""
        numbers = [Written.read(text) for text in results if _DECIMAL.fullmatch(text)]
        units = Counter(number.unit for number in numbers)
        zero = max(units, default=cls.zero)
        if is_float32:
            return cls((_float32,), zero=zero)
        digits = Counter(number.significant for number in numbers)
        finest, most = min(units, default=zero), max(digits, default=0)
        found = [_decimals(finest)] if units[finest] > 1 else []
        in_another_order = _decimals(2 * finest) if found else None
        found += [_digits(most)] if digits[most] > 1 else []
        return cls(tuple(found), in_another_order, zero, may_be_prints(numbers))


def judge_by_rounding(benches: Iterable[Bench], written: Written, habit: Habit) -> Verdict | None:
    """Return the verdict on a number that rounding every step may give, or None if it may not.

    The number is NEARLY right if it may be computed from exact numbers. It is CARRIED if only the
    writer's own earlier numbers lead to it.
    """
    if written.significant < 2 or not written.unit:
        return None
    for bench in benches:
        for base in reversed(bench.bases):  # the exact numbers first
            right = bench.predict((), base)
            if math.isfinite(right) and any(
                _may_give(bench, base, rounding, written)
                for rounding in _roundings(written, right, habit)
            ):
                return Verdict.CARRIED if base.own else Verdict.NEARLY
    return None


def _roundings(written: Written, right: float, habit: Habit) -> Iterator[_Rounding]:
    """Yield the ways of rounding that the writer may have used for a number.

    A number that is one unit off may have been computed with its own digits. One that is farther
    off needs the habits of the sheet.
    """
    is_near = abs(written.value - Fraction(right)) <= _ONE_OFF * written.unit
    units = [_decimals(written.unit), _digits(written.significant)] if is_near else []
    units += habit.units if is_near or written.significant >= _FEWEST_DIGITS else ()
    for unit in units:
        if unit is not _float32:
            yield _Rounding(unit, _half_to_even)
            yield _Rounding(unit, _half_up)
        if unit is _float32 or (is_near and written.significant >= _DIGITS_IN_ANY_ORDER):
            yield _Rounding(unit, _widened)
    if habit.in_another_order and written.significant >= _MANY_DIGITS:
        yield _Rounding(habit.in_another_order, _widened)
    if habit.may_be_float32 and (is_print(written) or _ends_before(right, written)):
        yield _Rounding(_float32, _widened)


def _ends_before(right: float, written: Written) -> bool:
    """Whether a number has fewer digits than the written one, as 21.0744 has beside 21.074398.

    Nobody writes such digits by hand, but a program does that computes with binary numbers.
    """
    digits = written.significant
    return digits >= _MANY_DIGITS and Written.read(f"{right:.12g}").significant < digits


def _may_give(bench: Bench, base: Base, rounding: _Rounding, written: Written) -> bool:
    try:
        reached = _Recomputation(base, rounding).result(bench)
        is_cut = rounding.unit(reached.middle) < 0.99 * float(written.unit)
    except (ArithmeticError, ValueError):
        return False
    slack = (0.5 * is_cut + _TIE) * float(written.unit)  # written with fewer digits than computed
    is_narrow = reached.radius <= _WIDEST * abs(reached.middle)
    return is_narrow and reached.meets(interval(bench.sign * written.number), slack)


# --- units and ends -------------------------------------------------------------------------------


def _decimals(unit: Fraction) -> Unit:
    return lambda x: float(unit)


def _digits(count: int) -> Unit:
    return lambda x: 10.0 ** (math.floor(math.log10(abs(x))) + 1 - count) if x else 0.0


def _float32(x: float) -> float:
    """Return twice the distance of neighboring float32, because exp and others are less exact."""
    return 2 * 2.0 ** (math.frexp(x)[1] - 24)


def _widened(x: float, unit: float, away: int) -> float:
    return x + away * unit / 2


def _half_to_even(x: float, unit: float, away: int) -> float:
    return round(x, -round(math.log10(unit)))  # as programs print a number


def _half_up(x: float, unit: float, away: int) -> float:
    return math.copysign(math.floor(abs(x) / unit + 0.5 + _TIE), x) * unit


# --- formulas with rounded steps ------------------------------------------------------------------

_UNROUNDED = frozenset(("abs", "where", "minimum", "maximum"))


class _Rounding:
    """The namespace of intervals for formulas whose steps are rounded."""

    textbook = True

    def __init__(self, unit: Unit, end: End) -> None:
        self.unit, self._end = unit, end

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(INTERVALS, name)
        after = self.unrounded if name in _UNROUNDED else self.rounded
        return lambda *inputs: after(function(*inputs))

    def pow(self, base: Interval | float, exponent: Interval | float) -> Interval:
        """Return a power, rounded; the first power is no step."""
        return self.unrounded(base) ** exponent

    def given(self, x: float) -> _Rounded:
        """Return a number that a formula begins with. A program may store it as a float32."""
        stored = nearest_float32(x) if self.unit is _float32 else x
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

    def __init__(self, low: float, high: float, rounding: _Rounding) -> None:
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


class _Recomputation:
    """Computes a number again from exact numbers, or from the writer's, and rounds every step."""

    def __init__(self, base: Base, rounding: _Rounding) -> None:
        self._base, self._rounding = base, rounding
        self._known: dict[Value, Interval] = {}

    def result(self, bench: Bench) -> Interval:
        """Return the interval that the number under examination may lie in."""
        return self._gradient(bench) if bench.sweep else self._value(bench.node, bench.parts)

    def _value(self, node: Value, parts: Mapping[Value, Bench]) -> Interval:
        for inner in below(node, self._base.book):
            if inner not in self._known:
                self._known[inner] = self._computed(inner, parts)
        return self._known[node]

    def _computed(self, node: Value, parts: Mapping[Value, Bench]) -> Interval:
        if node in parts:
            return parts[node].sign * self._gradient(parts[node])
        if not node.parents:
            return self._given(node)
        inputs = [self._input(parent, parts) for parent in node.parents]
        return self._rounding.unrounded(node.op.forward(self._rounding, *inputs))

    def _input(self, node: Value, parts: Mapping[Value, Bench]) -> Interval:
        if node in self._known:
            return self._known[node]
        return self._computed(node, parts) if node in parts else self._given(node)

    def _given(self, node: Value) -> Interval:
        return self._rounding.given(self._base.data(node))

    def _gradient(self, bench: Bench) -> Interval:
        assert bench.sweep
        adjoints: dict[Value, Interval] = {}
        for node in reversed(bench.segment):
            parts = [
                adjoints[child] * self._partials(child)[slot]
                for child, slot in (() if node in bench.stops else bench.sweep.uses.get(node, ()))
                if child in adjoints
            ]
            end = self._rounding.unrounded(bench.adjoint_before(node, self._base))
            adjoints[node] = functools.reduce(operator.add, parts) if parts else end
        return adjoints.get(bench.node, interval(0.0))

    def _partials(self, node: Value) -> tuple[Interval, ...]:
        output, *inputs = [self._as_held(one) for one in (node, *node.parents)]
        return partials_over_intervals(node.op, output, inputs, self._rounding)

    def _as_held(self, node: Value) -> Interval:
        """Return a number as it was written or given, or else as its steps are rounded."""
        if self._base.book.was_written(node) or not node.parents:
            return self._given(node)
        return self._value(node, {})
