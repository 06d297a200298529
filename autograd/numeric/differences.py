"""The slope of a function by central differences, improved step by step as Romberg does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

_LADDER = 6  # halvings of the step; the entry that changes least from its neighbours is taken
_SHRINKINGS = 6


class Slope:
    """The measured slope of a function of one number.

    Args:
        function: of a number near `at`.
        at: where.
        step: h of the first difference.
        kink: of a step, the name of what has a corner between at − h and at + h, or nothing.

    >>> round(Slope(math.exp, 0.0, 1e-3).measured, 12)
    1.0
    """

    def __init__(
        self,
        function: Callable[[float], float],
        at: float,
        step: float,
        kink: Callable[[float], str] = lambda h: "",
    ) -> None:
        self.function, self.at, self.step, self._kink = function, at, step, kink
        self.measured, self.doubt = self._inside()
        self.kink = ""

    def avoid_kinks(self) -> None:
        """Measure again with so small a step that no corner lies within; name one that stays."""
        for _ in range(_SHRINKINGS):
            self.kink = self._kink(self.step)
            if not self.kink:
                break
            self.step /= 10
        self.measured, self.doubt = self._inside()

    def _inside(self) -> tuple[float, float]:
        """Return the slope and its doubt, with a step that stays where the function is defined."""
        for _ in range(_SHRINKINGS):
            try:
                return self._extrapolated()
            except (ValueError, ArithmeticError):
                self.step /= 10
        return self._extrapolated()

    def _extrapolated(self) -> tuple[float, float]:
        best, doubt = math.nan, math.inf
        before: list[float] = []
        for row in self._rows():
            for k, entry in enumerate(row[1:], start=1):
                change = max(abs(entry - row[k - 1]), abs(entry - before[k - 1]))
                if change < doubt:
                    best, doubt = entry, change
            before = row
        return best, doubt

    def _rows(self) -> Iterator[list[float]]:
        """Yield the rows of Romberg's table: h halved, and its next power removed."""
        before: list[float] = []
        h = self.step
        for _ in range(_LADDER):
            row = [(self.function(self.at + h) - self.function(self.at - h)) / (2 * h)]
            for k, entry in enumerate(before, start=1):
                row.append(row[-1] + (row[-1] - entry) / (4.0**k - 1))
            yield row
            before, h = row, h / 2
