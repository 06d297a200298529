"""Rounding on the way: what a number may be if its writer rounded every step inside a line.

The formulas of the operations are computed with numbers that are rounded after every product, every
sum and every function, in the digits that the writer uses. For float32, and for numbers of many
digits that are far off, the order of the steps matters. There every step widens an interval by half
a unit instead.
"""

from __future__ import annotations

import functools
import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..engine.value import Value
from .bench import Bench, below
from .counterfactual import Base
from .intervals import INTERVALS, Interval, interval, partials_over_intervals
from .lines import TENTH
from .verdict import Verdict
from .written import Written

_DECIMAL = re.compile(r"[-+−]?\d{,20}\.\d{1,20}")
_NEAR = Fraction(3, 2)  # units from the exact number: one unit from the rounded number
_NEARER = Fraction(5, 4)  # units: near enough for steps in any order, of a number with these digits
_DIGITS_IN_ANY_ORDER = 6
_WIDEST = 0.01  # relative radius: a wider interval would excuse nearly any number
_MANY_DIGITS = 7  # a mistake does not leave a number of so many digits this near
_FEWEST_DIGITS = 3  # a number with fewer must be within one unit
_TIE = 1e-6  # a number this near to half a unit, in units, is a tie

Unit = Callable[[float], float]  # from x to the size of the last place that is kept of x
End = Callable[[float, float, int], float]  # from an end, the unit and −1 or 1 to a new end


@dataclass(frozen=True)
class Habit:
    """How the writer of a sheet rounds: with the most decimals or digits that the results have.

    Two results at least must have them, because one number alone shows no habit.

    Attributes:
        units: what steps are rounded to.
        zero: the unit of a 0 without decimals, which is that of the fewest decimals on the sheet.
    """

    units: tuple[Unit, ...] = ()
    zero: Fraction = TENTH

    @classmethod
    def of(cls, results: Iterable[str], *, is_float32: bool) -> Habit:
        """Return the habit of a writer, or a program, that wrote these results."""
        numbers = [Written.read(text) for text in results if _DECIMAL.fullmatch(text)]
        units = Counter(number.unit for number in numbers)
        zero = max(units, default=cls.zero)
        if is_float32:
            return cls((_float32,), zero)
        digits = Counter(number.significant for number in numbers)
        found: list[Unit] = []
        if units and units[finest := min(units)] > 1:
            found.append(_decimals(finest))
        if digits and digits[most := max(digits)] > 1:
            found.append(_digits(most))
        return cls(tuple(found), zero)


def rounds_to(benches: Iterable[Bench], written: Written, habit: Habit) -> Verdict | None:
    """Return the verdict where rounding every step may give the number; None where it may not.

    A number that is one unit off is NEARLY right if steps rounded to its own digits give it. If it
    is farther off, steps rounded to the digits of the whole sheet must give it. The verdict is
    CARRIED if only the writer's own earlier numbers lead to it.
    """
    if written.significant < 2 or not written.unit:
        return None
    own = _decimals(written.unit), _digits(written.significant)
    for bench in benches:
        for base in reversed(bench.bases):  # the exact numbers first
            right = bench.predict((), base)
            if not math.isfinite(right):
                continue
            error = abs(written.value - Fraction(right)) / written.unit
            is_near, told = error <= _NEAR, written.significant >= _FEWEST_DIGITS
            in_any_order = error <= _NEARER and written.significant >= _DIGITS_IN_ANY_ORDER
            is_long = written.significant >= _MANY_DIGITS
            if is_near and is_long:
                return Verdict.CARRIED if base.own else Verdict.NEARLY
            for unit in (*(own if is_near else ()), *(habit.units if is_near or told else ())):
                ends: list[End] = [] if is_long or unit is _float32 else [_half_to_even, _half_up]
                # The order of the steps matters by one unit, which only growing intervals allow.
                if not ends or in_any_order:
                    ends.append(_grown)
                for end in ends:
                    if _may_give(bench, base, _Namespace(unit, end), written):
                        return Verdict.CARRIED if base.own else Verdict.NEARLY
    return None


def _may_give(bench: Bench, base: Base, xp: _Namespace, written: Written) -> bool:
    try:
        reached = xp.step(_Steps(base, xp).result(bench))  # rounded once more when it is written
    except (ArithmeticError, ValueError):
        return False
    slack, x = _TIE * float(written.unit), bench.sign * written.number
    is_told = reached.radius <= _WIDEST * abs(reached.middle)
    return is_told and reached.low - slack <= x <= reached.high + slack


def _grown(x: float, unit: float, away: int) -> float:
    return x + away * unit / 2


def _half_to_even(x: float, unit: float, away: int) -> float:
    return round(x, -round(math.log10(unit)))  # as programs print a number


def _half_up(x: float, unit: float, away: int) -> float:
    return math.copysign(math.floor(abs(x) / unit + 0.5 + _TIE), x) * unit


def _decimals(unit: Fraction) -> Unit:
    return lambda x: float(unit)


def _digits(count: int) -> Unit:
    return lambda x: 10.0 ** (math.floor(math.log10(abs(x))) + 1 - count) if x else 0.0


def _float32(x: float) -> float:
    return 4 * 2.0 ** (math.frexp(x)[1] - 24)  # 4, because the inputs were rounded too


# --- formulas with rounded steps ------------------------------------------------------------------


class _Rounded(Interval):
    """An interval whose sums, products and powers are rounded."""

    __slots__ = ("xp",)

    def __init__(self, low: float, high: float, xp: _Namespace) -> None:
        super().__init__(low, high)
        self.xp = xp

    def __add__(self, other: Interval | float) -> Interval:
        return self.xp.step(super().__add__(other))

    def __sub__(self, other: Interval | float) -> Interval:
        return self.xp.step(super().__sub__(other))

    def __rsub__(self, other: Interval | float) -> Interval:
        return -(self - other)

    def __mul__(self, other: Interval | float) -> Interval:
        return self.xp.step(super().__mul__(other))

    def __truediv__(self, other: Interval | float) -> Interval:
        return self.xp.step(super().__truediv__(other))

    def __rtruediv__(self, other: Interval | float) -> Interval:
        return self.xp.keep(other) / self

    def __pow__(self, exponent: Interval | float) -> Interval:
        return self if exponent == 1 else self.xp.step(super().__pow__(exponent))

    def __neg__(self) -> Interval:
        return self.xp.keep(super().__neg__())


_UNROUNDED = frozenset(("abs", "where", "minimum", "maximum"))


class _Namespace:
    """The namespace of intervals whose ends are rounded, or grow, at every step."""

    textbook = True

    def __init__(self, unit: Unit, end: End) -> None:
        self._unit, self._end = unit, end

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(INTERVALS, name)
        after = self.keep if name in _UNROUNDED else self.step
        return lambda *inputs: after(function(*inputs))

    def pow(self, base: Interval | float, exponent: Interval | float) -> Interval:
        """Return a power, rounded; the first power is no step."""
        return self.keep(base) ** exponent

    def keep(self, x: Interval | float) -> _Rounded:
        """Return a number or an interval whose further steps are rounded."""
        x = interval(x)
        return _Rounded(x.low, x.high, self)

    def step(self, x: Interval) -> _Rounded:
        """Return the result of a step as the writer has it: rounded, if it has more digits."""
        unit = max(self._unit(x.low), self._unit(x.high))
        if x.low == x.high and _fits(x.low, unit):
            return self.keep(x)
        return _Rounded(self._end(x.low, unit, -1), self._end(x.high, unit, 1), self)


def _fits(x: float, unit: float) -> bool:
    count = x / unit if unit else 0.0
    return abs(count - round(count)) <= 1e-13 * abs(count) + 1e-9


class _Steps:
    """Computes a number again from the numbers of a base, and rounds every step."""

    def __init__(self, base: Base, xp: _Namespace) -> None:
        self._base, self._xp = base, xp
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
            return self._xp.keep(self._base.data(node))
        inputs = [self._input(parent, parts) for parent in node.parents]
        return self._xp.keep(node.op.forward(self._xp, *inputs))

    def _input(self, node: Value, parts: Mapping[Value, Bench]) -> Interval:
        if node in self._known:
            return self._known[node]
        if node in parts:
            return self._computed(node, parts)
        return self._xp.keep(self._base.data(node))

    def _gradient(self, bench: Bench) -> Interval:
        assert bench.sweep
        adjoints: dict[Value, Interval] = {}
        for node in reversed(bench.segment):
            parts = [
                adjoints[child] * self._partials(child)[slot]
                for child, slot in (() if node in bench.stops else bench.sweep.uses.get(node, ()))
                if child in adjoints
            ]
            end = self._xp.keep(bench.adjoint_before(node, self._base))
            adjoints[node] = functools.reduce(operator.add, parts) if parts else end
        return adjoints.get(bench.node, interval(0.0))

    def _partials(self, node: Value) -> tuple[Interval, ...]:
        output, *inputs = [self._held(one) for one in (node, *node.parents)]
        return partials_over_intervals(node.op, output, inputs, self._xp)

    def _held(self, node: Value) -> Interval:
        """Return a number as it was written or given, or else as its steps are rounded."""
        if self._base.book.was_written(node) or not node.parents:
            return self._xp.keep(self._base.data(node))
        return self._value(node, {})
