"""Rounding on the way: a number may be off because its writer rounded the steps of a line.

The number is computed again, and each sum, product and function is rounded as the writer may have
done.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..late_pattern import compile_late
from .counterfactual import Numbers
from .intervals import interval
from .ledger import TooMuchWorkError
from .lines import TENTH
from .recomputation import Recomputation
from .rounded_steps import (
    TIE,
    Order,
    Rounding,
    Unit,
    decimals,
    float32,
    kept_or_rounded,
    significant_digits,
    within_half_a_unit,
)
from .segment import Segment
from .single_precision import is_print, may_be_prints
from .structure import has_two_factors
from .verdict import Verdict
from .written import Written

Way = tuple[Rounding, bool]
"""How steps are rounded, and whether gradients before a softmax have the closed form."""

_DECIMAL = compile_late(r"[-+−]?\d{,20}\.\d{1,20}")
# In units. The last digit of a number may be one off, and the exact number may be half a unit from
# its rounded value, which adds up to 3/2.
_ONE_OFF = Fraction(3, 2)
_FARTHEST_OFF = 1000  # units; one line hardly ever magnifies the rounding of its steps so much
# A number that is more than one unit off needs at least this many digits.
_FEWEST_IF_FAR_OFF = 3
# It may have fewer if a step was rounded to a unit at least this many times as large as that of the
# number. This happens if large summands cancel.
_CANCELED = 5
_MANY_DIGITS = 7  # more than people write by hand
_RELIABLE_DIGITS = 12  # rounding errors do not reach the first 12 digits of a float
_MOST_NODES = 500  # nobody writes down every step of a larger computation
_WIDEST = 0.05  # relative radius: a wider interval would excuse nearly any number


@dataclass(frozen=True)
class Habit:
    """How the writer of a sheet rounds.

    Attributes:
        units: the units to which steps are rounded: the most decimals and the most significant
            digits of any result. A unit counts only if at least two results have it. If the sheet
            has only two results, one is enough. If a program printed float32, that is the only
            unit.
        zero: the unit of a bare 0. It is the coarsest unit of all decimal results.
        may_be_float32: whether a program with float32 may have printed all results.
    """

    units: tuple[Unit, ...] = ()
    zero: Fraction = TENTH
    may_be_float32: bool = False

    @classmethod
    def of(cls, results: Iterable[str], *, is_float32: bool) -> Habit:
        """Return the habit of a writer, or a program, that wrote these results."""
        numbers = [Written.read(text) for text in results if _DECIMAL.fullmatch(text)]
        units = Counter(number.unit for number in numbers)
        zero = max(units, default=TENTH)
        if is_float32:
            return cls((float32,), zero=zero)
        digits = Counter(number.significant for number in numbers if not number.is_vague)
        finest, most = min(units, default=zero), max(digits, default=0)
        fewest = 1 if len(numbers) == 2 else 2  # of only two results, one is enough
        found = [decimals(finest)] if units[finest] >= fewest else []
        found += [significant_digits(most)] if digits[most] >= fewest else []
        return cls(tuple(found), zero, may_be_prints(numbers))


class Recomputations:
    """The recomputations of a sheet, which are kept as long as no further value is written."""

    def __init__(self) -> None:
        self._kept: dict[object, Recomputation] = {}
        self._changes = 0

    def of(self, segment: Segment, numbers: Numbers, way: Way, *, is_new: bool) -> Recomputation:
        """Return the recomputation from these numbers in one way, a new one with `is_new`."""
        rounding, has_closed_form = way
        new = Recomputation(numbers, rounding, has_closed_form=has_closed_form)
        if is_new or not segment.is_gradient:  # values may depend on gradients without a number
            return new
        if self._changes != segment.book.ledger.changes:
            self._changes = segment.book.ledger.changes
            self._kept.clear()
        return self._kept.setdefault((numbers.are_own, *rounding.key, has_closed_form), new)


def judge_by_rounding(
    segments: Iterable[Segment], written: Written, habit: Habit, recomputations: Recomputations
) -> Verdict | None:
    """Return the verdict on a number if rounding the steps explains it, else None.

    The number is NEARLY right if exact numbers lead to it, and CARRIED if only the writer's earlier
    numbers do. A single digit of a value proves neither, so that it is UNTOLD. A gradient of one
    digit is not examined.
    """
    if not written.unit or not written.value:  # a fraction such as 1/3 has no unit
        return None
    for segment in segments:
        if (segment.is_gradient and written.is_vague) or len(segment.nodes) > _MOST_NODES:
            continue
        is_softmax = segment.is_gradient and segment.book.ledger.has_softmax
        forms = (False, True) if is_softmax else (False,)
        for numbers in reversed(segment.numbers):  # the exact numbers first
            right = segment.predict(edits=(), numbers=numbers)
            if not math.isfinite(right):
                continue
            is_told = _is_told(written, right)
            ways = itertools.product(_roundings(segment, written, right, habit), forms)
            found = (recomputations.of(segment, numbers, way, is_new=not is_told) for way in ways)
            if any(_may_give(one, segment, written, is_told=is_told) for one in found):
                verdict = Verdict.CARRIED if numbers.are_own else Verdict.NEARLY
                return Verdict.UNTOLD if written.is_vague else verdict
    return None


def _units_off(written: Written, right: float) -> Fraction:
    return abs(written.value - Fraction(right)) / written.unit


def _is_told(written: Written, right: float) -> bool:
    """Whether a number has enough digits for its distance from the right one."""
    return written.significant >= _FEWEST_IF_FAR_OFF or _units_off(written, right) <= _ONE_OFF


def _roundings(
    segment: Segment, written: Written, right: float, habit: Habit
) -> Iterator[Rounding]:
    """Yield the ways of rounding that the writer may have used for a number.

    If a number is at most one unit off, its steps may have as many digits as the number. If it is
    farther off, only the habit of the sheet counts. Two programs with float32 may differ in the
    last digits, so the result of each step may be any number within its rounding error.
    """
    units_off = _units_off(written, right)
    if units_off > _FARTHEST_OFF:
        return
    is_own = units_off <= _ONE_OFF and not written.is_vague
    units = [decimals(written.unit), significant_digits(written.significant)] if is_own else []
    if is_own:  # one digit more, which the writer dropped in the end
        units += [decimals(written.unit / 10), significant_digits(written.significant + 1)]
    units += habit.units
    orders = Order if segment.is_gradient or _has_products(segment) else (Order.AS_RECORDED,)
    for unit in dict.fromkeys(units):  # the habit often is the unit of the number
        if unit is not float32:
            yield from (Rounding(unit, kept_or_rounded, order) for order in orders)
    may_be_float32 = habit.may_be_float32 and (is_print(written) or _ends_before(right, written))
    if may_be_float32 or float32 in units:
        yield Rounding(float32, within_half_a_unit)


def _ends_before(right: float, written: Written) -> bool:
    """Whether the right number ends before the written one does, as 21.0744 before 21.074398.

    Nobody writes the further digits by hand, but a program with binary numbers prints them.
    """
    exact = Written.read(f"{right:.{_RELIABLE_DIGITS}g}")
    return _MANY_DIGITS <= written.significant > exact.significant


def _has_products(segment: Segment) -> bool:
    """Whether the order of multiplication and addition may change the rounding of a value."""
    products = [n for n in segment.nodes if has_two_factors(n)]
    return len(products) > 1 or any(len(node.parents) > 2 for node in segment.nodes)


def _may_give(
    recomputation: Recomputation, segment: Segment, written: Written, *, is_told: bool
) -> bool:
    """Whether the steps of a number, rounded in one way, may lead to what was written."""
    rounding = recomputation.rounding
    try:
        reached = recomputation.results(segment)
        unit = rounding.unit(reached[0].middle)
    except TooMuchWorkError:
        raise
    except (ArithmeticError, ValueError):
        return False
    if not is_told and rounding.coarsest < _CANCELED * written.unit:
        return False
    # A number with fewer digits than it was computed with was rounded once more.
    half = 0.0 if math.isclose(unit, written.unit, rel_tol=0.01) else 0.5
    slack = (half + TIE) * float(written.unit)
    wanted = interval(segment.sign * written.number)
    return any(
        one.meets(wanted, slack) and one.radius <= _WIDEST * abs(one.middle) for one in reached
    )
