"""Rounding on the way: what a number may be if its writer rounds every step inside a line.

A number is computed again from the numbers that it rests on, and each sum, product and function is
rounded in the way of the writer.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from .counterfactual import Numbers
from .intervals import interval
from .lines import TENTH
from .rounded_steps import (
    TIE,
    Recomputation,
    Rounding,
    Unit,
    decimals,
    float32,
    half_to_even,
    half_up,
    significant_digits,
    widened,
)
from .segment import Segment
from .single_precision import is_print, may_be_prints
from .verdict import Verdict
from .written import Written

_DECIMAL = re.compile(r"[-+−]?\d{,20}\.\d{1,20}")
_ONE_OFF = Fraction(3, 2)  # units from the exact number to one that is one unit off when rounded
_FEWEST_DIGITS = 3  # a number with fewer is not judged by the habits of the sheet if it is far off
_DIGITS_IN_ANY_ORDER = 6  # for a number that is at most one unit off
_MANY_DIGITS = 7  # a mistake hardly ever leaves a number that agrees in so many digits
_WIDEST = 0.01  # relative radius: a wider interval would excuse nearly any number


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
            return cls((float32,), zero=zero)
        digits = Counter(number.significant for number in numbers)
        finest, most = min(units, default=zero), max(digits, default=0)
        found = [decimals(finest)] if units[finest] > 1 else []
        in_another_order = decimals(2 * finest) if found else None
        found += [significant_digits(most)] if digits[most] > 1 else []
        return cls(tuple(found), in_another_order, zero, may_be_prints(numbers))


def judge_by_rounding(
    segments: Iterable[Segment], written: Written, habit: Habit
) -> Verdict | None:
    """Return the verdict on a number that rounding every step may give, or None if it may not.

    The number is NEARLY right if it may be computed from exact numbers. It is CARRIED if only the
    writer's own earlier numbers lead to it.
    """
    if written.significant < 2 or not written.unit:
        return None
    for segment in segments:
        for numbers in reversed(segment.numbers):  # the exact numbers first
            right = segment.predict((), numbers)
            if math.isfinite(right) and any(
                _may_give(segment, numbers, rounding, written)
                for rounding in _roundings(written, right, habit)
            ):
                return Verdict.CARRIED if numbers.are_own else Verdict.NEARLY
    return None


def _roundings(written: Written, right: float, habit: Habit) -> Iterator[Rounding]:
    """Yield the ways of rounding that the writer may have used for a number.

    A number that is one unit off may have been computed with its own digits. One that is farther
    off needs the habits of the sheet.
    """
    is_near = abs(written.value - Fraction(right)) <= _ONE_OFF * written.unit
    units = [decimals(written.unit), significant_digits(written.significant)] if is_near else []
    units += habit.units if is_near or written.significant >= _FEWEST_DIGITS else ()
    for unit in units:
        if unit is not float32:
            yield Rounding(unit, half_to_even)
            yield Rounding(unit, half_up)
        if unit is float32 or (is_near and written.significant >= _DIGITS_IN_ANY_ORDER):
            yield Rounding(unit, widened)
    if habit.in_another_order and written.significant >= _MANY_DIGITS:
        yield Rounding(habit.in_another_order, widened)
    if habit.may_be_float32 and (is_print(written) or _ends_before(right, written)):
        yield Rounding(float32, widened)


def _ends_before(right: float, written: Written) -> bool:
    """Whether a number has fewer digits than the written one, as 21.0744 has beside 21.074398.

    Nobody writes such digits by hand, but a program does that computes with binary numbers.
    """
    digits = written.significant
    return digits >= _MANY_DIGITS and Written.read(f"{right:.12g}").significant < digits


def _may_give(segment: Segment, numbers: Numbers, rounding: Rounding, written: Written) -> bool:
    try:
        reached = Recomputation(numbers, rounding).result(segment)
        is_cut = not math.isclose(rounding.unit(reached.middle), written.unit, rel_tol=0.01)
    except (ArithmeticError, ValueError):
        return False
    slack = (0.5 * is_cut + TIE) * float(written.unit)  # written with other digits than computed
    is_narrow = reached.radius <= _WIDEST * abs(reached.middle)
    return is_narrow and reached.meets(interval(segment.sign * written.number), slack)
