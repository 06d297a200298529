"""The slope of a function at a point, measured by differences, with an estimate of its error.

The difference quotient over a step h has two errors. One grows with h, because the function bends
within the step. The other shrinks with h, because rounding is divided by h. Nobody knows beforehand
which step is best. The best step for 1/x at 1e-5 is below 1e-6, and the one for exp at 1e-9 is near
0.1. The step is therefore halved over many orders of magnitude. Each new quotient is extrapolated
to h = 0 together with the quotients before it, which is the method of Richardson and Romberg. Every
extrapolated slope has an error estimate, called its doubt. A slope is extrapolated from two others.
Its doubt is the larger of its distances from them, plus the rounding error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

EPSILON = 2.0**-52
# The first step, relative to the point. It is not a round number, because a round number may be a
# multiple of the function's period.
_STEP = 0.27
# How often the step is halved, beginning at about |x| for the point x. With more halvings,
# (x + h) − x would have no correct digits.
_HALVINGS_NEAR = 46
_HALVINGS_FAR = 60  # if |x| < 1, at most this many steps between |x| and 1 are taken too
_HALVINGS_AT_ZERO = 110  # many, because the point 0 does not tell which step is small
_DEPTH = 5  # how many powers of h are eliminated; with more, rounding errors grow
_PROBE_EVERY = 10  # how many halvings lie between two steps that confirm a slope
_LEAST_SUPPORT = 6  # how many steps must agree, because a few may agree by chance
_LEAST_KINK = 1e-6  # the least relative difference between the slopes of the two sides of a kink
_NEGLIGIBLE = 1e-9  # a slope this small relative to the steepest difference quotient counts as 0
_TINY = 1e-300  # the least distance examined, because a distance relative to the point 0 is 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured slope, its error estimate `doubt`, and the number of steps that agree with it."""

    slope: float
    doubt: float
    support: int = 1

    @property
    def low(self) -> float:
        """The least slope that the measurement allows."""
        return self.slope - 2 * self.doubt

    @property
    def high(self) -> float:
        """The largest slope that the measurement allows."""
        return self.slope + 2 * self.doubt


@dataclass(slots=True)
class Extrapolation:
    """Richardson's table of difference quotients, from which powers of h are eliminated in turn.

    Halving h divides the leading error by `ratio`. It is 4 for central differences, whose error has
    only even powers of h, and 2 for differences to one side.
    """

    ratio: float
    estimates: list[Estimate] = field(default_factory=list)
    _last_row: list[float] = field(default_factory=list)

    def add(self, difference: float, rounding: float) -> None:
        """Add the difference quotient of the next smaller step. After nan, a new table begins."""
        if not math.isfinite(difference):
            self._last_row = []
            return
        row, best = [difference], Estimate(difference, math.inf)
        for k, earlier in enumerate(self._last_row[:_DEPTH], start=1):
            row.append(row[-1] + (row[-1] - earlier) / (self.ratio**k - 1))
            doubt = max(abs(row[k] - row[k - 1]), abs(row[k] - earlier)) + rounding
            if doubt < best.doubt:
                best = Estimate(row[k], doubt)
        self._last_row = row
        if math.isfinite(best.doubt):
            self.estimates.append(best)

    def best(self) -> Estimate | None:
        """Return the estimate of least doubt that agrees with all estimates from smaller steps.

        Smaller steps take precedence, because a slope is a limit, and because a large step may
        average over a kink or a bump.
        """
        low, high, agreeing = -math.inf, math.inf, []
        for estimate in reversed(self.estimates):
            if estimate.low > high or estimate.high < low:
                break
            low, high = max(low, estimate.low), min(high, estimate.high)
            agreeing.append(estimate)
        best = min(agreeing, key=lambda estimate: estimate.doubt, default=None)
        return best and replace(best, support=len(agreeing))


class Differences:
    """Differences of a function around a point at ever smaller steps.

    Args:
        function: a function of one number. It counts as undefined where it raises an error.
        at: the point.
        noise: how far rounding may move the function's value there.

    >>> differences = Differences(math.exp, 0.0, noise=1e-16)
    >>> differences.refine(until=1e-10)
    >>> round(differences.central.best().slope, 12)
    1.0
    """

    def __init__(self, function: Callable[[float], float], at: float, noise: float) -> None:
        self.at, self.noise = at, noise
        self._function = function
        self.here = function(at)
        self.central = Extrapolation(4.0)
        self.left, self.right = Extrapolation(2.0), Extrapolation(2.0)
        self._steps = list(_steps(at))
        self._largest_rise = self._steepest = 0.0

    def refine(self, until: float = 0.0) -> None:
        """Halve the step until the slope has the relative error `until`, or no step is left."""
        if not until:  # all steps are taken, down to those at which rounding decides
            self.noise = max(self.noise, self._observe_noise())
        while self._steps:
            self._add(self._steps.pop(0))
            best = self.central.best() if until else None
            if best and best.doubt <= until * abs(best.slope):
                return

    @property
    def best(self) -> Estimate | None:
        """The best slope so far, or the slope of the only side where the function is defined."""
        return self.central.best() or self.left.best() or self.right.best()

    def conclude(self, recorded: float) -> Estimate:
        """Return the best slope, with infinite doubt if the steps do not determine it.

        The steps do not determine a slope in these cases:

        - Few of them agree.
        - Rounding alone changes the function's value nearly as much as any step does.
        - In every step, the function changes by less than the recorded slope times the distance to
          the next floating-point number. The steps are then too coarse to see the slope. An example
          is sin at 1e20, which oscillates between neighboring numbers.
        """
        best = self.best
        if best is None:
            return Estimate(math.nan, math.inf)
        least_rise = max(100 * self.noise, abs(recorded) * EPSILON * abs(self.at))
        is_seen = self._largest_rise >= least_rise
        return best if is_seen and best.support >= _LEAST_SUPPORT else replace(best, doubt=math.inf)

    def is_zero(self, found: Estimate) -> bool:
        """Return whether a slope cannot be distinguished from 0.

        It is compared with the steepest difference quotient, which tells how steep the function is
        nearby.
        """
        return abs(found.slope) + 4 * found.doubt <= _NEGLIGIBLE * self._steepest

    @property
    def has_kink(self) -> bool:
        """Whether the slopes of the two sides differ by more than their doubts allow."""
        left, right = self.left.best(), self.right.best()
        if left is None or right is None or min(left.support, right.support) < _LEAST_SUPPORT:
            return False
        largest = max(abs(left.slope), abs(right.slope))
        doubt = 4 * (left.doubt + right.doubt) + _LEAST_KINK * largest
        return abs(left.slope - right.slope) > doubt

    @property
    def has_jump(self) -> bool:
        """Whether the function's value, not only its slope, differs between the two sides."""
        # At a jump the function changes by the same amount over every small distance. Elsewhere it
        # changes about 1,000 times as much over the largest of these distances as over the least.
        least = max(4 * EPSILON * abs(self.at), _TINY)
        rises = [abs(self._rise(least * size)) for size in (1, 10, 100, 1000)]
        is_defined = all(map(math.isfinite, rises))
        return is_defined and min(rises) > max(1000 * self.noise, 0.9 * max(rises))

    def is_confirmed(self) -> bool:
        """Return whether differences at a few of the remaining steps agree with the best slope.

        The function may be curved within the largest of these steps. Within the smaller ones it
        must be straight, because a bend there may be a kink.
        """
        found, steps = self.best, self._steps[_PROBE_EVERY::_PROBE_EVERY]
        return found is not None and all(
            self._allows(found, step, may_bend=step == steps[0]) for step in steps
        )

    def _allows(self, found: Estimate, step: float, *, may_bend: bool) -> bool:
        under, over = self._evaluate(self.at - step), self._evaluate(self.at + step)
        rounding = 4 * self._rounding(under, over) / step
        slope = (over - under) / ((self.at + step) - (self.at - step))
        bend = (over - 2 * self.here + under) / step
        # A quotient of one step is not extrapolated, so it may differ from the slope by 0.1%.
        allowed = rounding + 1e-3 * abs(found.slope) + 2 * found.doubt
        is_straight = abs(bend) <= rounding + _LEAST_KINK * abs(found.slope)
        return abs(slope - found.slope) <= allowed and (may_bend or is_straight)

    def _rise(self, step: float) -> float:
        return self._evaluate(self.at + step) - self._evaluate(self.at - step)

    def _add(self, step: float) -> None:
        below, above = self.at - step, self.at + step
        under, over = self._evaluate(below), self._evaluate(above)
        rounding = self._rounding(under, over)
        for table, low, high, rise in (
            (self.central, below, above, over - under),
            (self.left, below, self.at, self.here - under),
            (self.right, self.at, above, over - self.here),
        ):
            slope = rise / (high - low)
            table.add(slope, rounding / step)
            if math.isfinite(slope):
                self._largest_rise = max(self._largest_rise, abs(rise))
                self._steepest = max(self._steepest, abs(slope))

    def _evaluate(self, x: float) -> float:
        try:
            return self._function(x)
        except (ValueError, ArithmeticError):
            return math.nan

    def _observe_noise(self) -> float:
        """Return how much rounding moves the function at neighboring numbers.

        Third differences remove the smooth part of the function. The smaller result of the two
        sides counts, because a jump may lie on one side of the point.
        """
        # The points lie within a few thousand units in the last place, where the smooth part of the
        # function is nearly a straight line.
        spacing = _STEP * 3000 * EPSILON * abs(self.at) or _TINY
        return min(self._jitter(side * spacing) for side in (-1, 1))

    def _jitter(self, spacing: float) -> float:
        values = [self._evaluate(self.at + k * spacing) for k in range(1, 8)]
        for _ in range(3):
            values = [after - before for before, after in pairwise(values)]
        # Rounding errors of size e give third differences up to 8e. Half of the largest one is a
        # cautious estimate of e.
        return max((abs(x) / 2 for x in values if math.isfinite(x)), default=0.0)

    def _rounding(self, under: float, over: float) -> float:
        defined = (y for y in (under, over) if not math.isnan(y))
        return max([self.noise, *(EPSILON * abs(y) for y in defined)])


def _steps(at: float) -> Iterator[float]:
    """Yield the steps to take at a point, in descending order."""
    if at == 0.0:
        yield from (_STEP * 0.5**k for k in range(_HALVINGS_AT_ZERO))
        return
    far = max(0, math.ceil(-math.log2(abs(at))))  # doublings from the size of the point to 1
    yield from (_STEP * abs(at) * 2.0**k for k in range(far, max(far - _HALVINGS_FAR, 0), -1))
    yield from (_STEP * abs(at) * 0.5**k for k in range(_HALVINGS_NEAR))
