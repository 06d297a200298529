"""The slope of a function at a point, measured by differences, with an estimate of its error.

The difference quotient over a step h has two errors. One grows with h, because the function is
curved within the step. The other grows as h shrinks, because the rounding error is divided by h.
The step is therefore halved over many orders of magnitude, and the quotients are extrapolated to
h = 0. The best step is not known beforehand. With the extrapolation, it is below 1e-6 for 1/x at
1e-5, and near 0.01 for exp at 1e-9.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from .extrapolation import Estimate, Extrapolation

EPSILON = 2.0**-52
# The first step, relative to the point. It is not a round number, because a round number may be a
# multiple of the function's period.
_STEP = 0.27
# How often the step is halved, beginning at about |x| for the point x. With more halvings,
# (x + h) − x would have no correct digits.
_HALVINGS_NEAR = 46
# If |x| < 1, larger steps are tried first, from 1 down to |x|, but at most this many.
_HALVINGS_FAR = 60
_HALVINGS_AT_ZERO = 110  # many, because the point 0 does not tell which step is small
_PROBE_EVERY = 10  # how many halvings lie between two steps that confirm a slope
_LEAST_SUPPORT = 6  # the smallest number of steps that must agree; fewer may agree by chance
_LEAST_KINK = 1e-6  # the smallest relative difference between the slopes of the sides of a kink
_NEGLIGIBLE = 1e-9  # a slope this small relative to the steepest difference quotient counts as 0
# The smallest distance examined at the point 0, where a distance relative to the point would be 0.
_TINY = 1e-300


class Differences:
    """Differences of a function around a point at ever smaller steps.

    Args:
        function: a function of one number. It counts as undefined where it raises an error.
        point: the point.
        noise: how far rounding may move the function's value at the point.

    Attributes:
        central: the extrapolation of differences to both sides.
        left, right: the extrapolations of differences to one side.

    >>> differences = Differences(math.exp, 0.0, noise=1e-16)
    >>> differences.refine(until=1e-10)
    >>> round(differences.central.best().slope, 12)
    1.0
    """

    def __init__(self, function: Callable[[float], float], point: float, noise: float) -> None:
        self.point, self.noise = point, noise
        self._function = function
        self.value = function(point)
        self.central = Extrapolation(4.0)
        self.left, self.right = Extrapolation(2.0), Extrapolation(2.0)
        self._steps = list(_steps(point))
        self._largest_rise = self._steepest = 0.0

    def refine(self, until: float = 0.0) -> None:
        """Halve the step until the slope has the relative error `until`, or no step is left.

        If `until` is 0, all steps are taken.
        """
        if not until:  # the smallest steps need a good estimate of the rounding error
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
        - No step changes the function by as much as the recorded slope predicts for one step to the
          next floating-point number. The steps are then too coarse to see the slope. An example is
          sin at 1e20, which oscillates between neighboring floating-point numbers.
        """
        best = self.best
        if best is None:
            return Estimate(math.nan, math.inf)
        least_rise = max(100 * self.noise, abs(recorded) * EPSILON * abs(self.point))
        has_risen = self._largest_rise >= least_rise
        return (
            best if has_risen and best.support >= _LEAST_SUPPORT else replace(best, doubt=math.inf)
        )

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
        # At a jump, the function changes by the same amount over every small distance. Elsewhere,
        # it changes about 1,000 times as much over the largest of these distances as over the
        # smallest.
        least = max(4 * EPSILON * abs(self.point), _TINY)
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
            self._agrees_at(found, step, may_bend=step == steps[0]) for step in steps
        )

    def _agrees_at(self, found: Estimate, step: float, *, may_bend: bool) -> bool:
        """Return whether the differences at this step agree with the slope `found`."""
        value_below, value_above = (
            self._evaluate(self.point - step),
            self._evaluate(self.point + step),
        )
        rounding = 4 * self._rounding(value_below, value_above) / step
        slope = (value_above - value_below) / ((self.point + step) - (self.point - step))
        bend = (value_above - 2 * self.value + value_below) / step
        # A quotient of one step is not extrapolated, so it may differ from the slope by 0.1%.
        allowed = rounding + 1e-3 * abs(found.slope) + 2 * found.doubt
        is_straight = abs(bend) <= rounding + _LEAST_KINK * abs(found.slope)
        return abs(slope - found.slope) <= allowed and (may_bend or is_straight)

    def _rise(self, step: float) -> float:
        return self._evaluate(self.point + step) - self._evaluate(self.point - step)

    def _add(self, step: float) -> None:
        """Add the difference quotients of this step to the three extrapolations."""
        below, above = self.point - step, self.point + step
        value_below, value_above = self._evaluate(below), self._evaluate(above)
        rounding = self._rounding(value_below, value_above)
        for table, low, high, rise in (
            (self.central, below, above, value_above - value_below),
            (self.left, below, self.point, self.value - value_below),
            (self.right, self.point, above, value_above - self.value),
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
        sides is used, because there may be a jump on one side.
        """
        # The points lie within a few thousand units in the last place, where the smooth part of the
        # function is nearly a straight line.
        spacing = _STEP * 3000 * EPSILON * abs(self.point) or _TINY
        return min(self._jitter(side * spacing) for side in (-1, 1))

    def _jitter(self, spacing: float) -> float:
        """Return the estimated rounding error of the function at seven points with this spacing."""
        values = [self._evaluate(self.point + k * spacing) for k in range(1, 8)]
        for _ in range(3):
            values = [after - before for before, after in pairwise(values)]
        # Rounding errors of size e give third differences up to 8e. Half of the largest one is a
        # cautious estimate of e.
        return max((abs(x) / 2 for x in values if math.isfinite(x)), default=0.0)

    def _rounding(self, value_below: float, value_above: float) -> float:
        defined = (y for y in (value_below, value_above) if not math.isnan(y))
        return max([self.noise, *(EPSILON * abs(y) for y in defined)])


def _steps(point: float) -> Iterator[float]:
    """Yield the steps to take at a point, in descending order."""
    if point == 0.0:
        yield from (_STEP * 0.5**k for k in range(_HALVINGS_AT_ZERO))
        return
    far = max(0, math.ceil(-math.log2(abs(point))))  # doublings from the size of the point to 1
    yield from (_STEP * abs(point) * 2.0**k for k in range(far, max(far - _HALVINGS_FAR, 0), -1))
    yield from (_STEP * abs(point) * 0.5**k for k in range(_HALVINGS_NEAR))
