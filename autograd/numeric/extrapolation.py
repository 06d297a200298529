"""Richardson's extrapolation of difference quotients to the step h = 0, with an error estimate.

Each new quotient is combined with the quotients of larger steps. This eliminates the leading powers
of h from the error. An extrapolated slope is computed from two others. Its error estimate, called
doubt, is the larger distance from these two, plus the rounding error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

_DEPTH = 5  # how many powers of h are eliminated; more would amplify rounding errors


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured slope, its error estimate `doubt`, and the number of steps that agree with it."""

    slope: float
    doubt: float
    support: int = 1

    @property
    def low(self) -> float:
        """The smallest slope that the measurement allows."""
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
        """Add the difference quotient of the next smaller step.

        Args:
            difference: the quotient. If it is not finite, a new table begins.
            rounding: how far rounding may move the quotient.
        """
        if not math.isfinite(difference):
            self._last_row = []
            return
        # row[k] is extrapolated from row[k − 1] and from its neighbor in the row before.
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
