"""Narrow intervals for the numbers that follow from the earlier numbers of a writer.

For each written number, the writer made one choice: to continue with its digits, or with what was
computed for it. Interval arithmetic treats the two uses of p in p·(1 − p) as two choices, so its
interval is too wide. Here, a number is instead computed again for one choice at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

from ..engine.value import Value
from .interval_functions import over_intervals
from .intervals import Held, Interval, interval
from .ledger import Ledger, Place, local_derivatives
from .sweep import Form, Sweep

MOST_CHOICES = 40  # behind one number, which is computed again for each of them


C = TypeVar("C", bound="Choices")


class Choices:
    """The numbers of a ledger, with a single number in place of each written number's interval.

    Args:
        ledger: the numbers of the writer.
        chosen: the single number for some written numbers. For all others, it is the middle of the
            interval.

    Attributes:
        used: the intervals of the written numbers that were read.
    """

    def __init__(self, ledger: Ledger, chosen: Mapping[Place, float]) -> None:
        self._ledger, self._chosen = ledger, chosen
        self.used: dict[Place, Interval] = {}
        self._own: dict[Value, Interval] = {}

    @property
    def size(self) -> int:
        """How many numbers were computed."""
        return len(self._own)

    def softmax_with(self, z: Value) -> dict[Value, Value]:
        """Return the outputs of the softmax with the input z, by input."""
        return self._ledger.softmax_with(z)

    def own(self, node: Value) -> Interval:
        """Return the number that the writer continues with."""
        stack = [node]
        while stack:
            top = stack[-1]
            if top not in self._own and not self._is_chosen(top):
                missing = [parent for parent in top.parents if parent not in self._own]
                if missing:
                    stack += missing
                    continue
                self._own[top] = self.enter(top)
            stack.pop()
        return self._own[node]

    def _is_chosen(self, node: Value) -> bool:
        """Store the number of a node that is written or stands for a gradient.

        Return whether the number of the node is known.
        """
        if node in self._ledger.derivatives:
            sweep, cell, sign = self._ledger.derivatives[node]
            found = self.written(sweep, cell) or sweep.follows(cell, numbers=self)
            self._own[node] = sign * found
        elif self._ledger.was_written(node):
            self._own[node] = self._choice((None, node), self._ledger.own(node))
        return node in self._own

    def enter(self, node: Value) -> Interval:
        """Return the number of a node, computed from those of its parents."""
        inputs = [self.own(parent) for parent in node.parents]
        return over_intervals(node.op, inputs) if inputs else interval(node.data)

    def written(self, sweep: Sweep, node: Value) -> Interval | None:
        """Return a gradient that the writer has written, or None."""
        held = sweep.written.get(node)
        return held and self._choice((sweep, node), held)

    def _choice(self, source: Place, held: Interval) -> Interval:
        self.used[source] = held
        return interval(self._chosen.get(source, held.middle))

    def partials(self, node: Value, form: Form) -> tuple[Interval, ...]:
        """Return the local derivatives of a node, in one form."""
        return local_derivatives(self, node, form)


class FromOutput(Choices):
    """The same for a writer who uses no written gradient."""

    def written(self, sweep: Sweep, node: Value) -> Interval | None:
        return None


def narrowed(
    choose: Callable[[Mapping[Place, float]], C], ledger: Ledger, compute: Callable[[C], Interval]
) -> Interval | None:
    """Return the interval of what `compute` returns for all choices of the writer.

    The effects of single choices are added up, which is exact if the result is linear in them. The
    interval also includes two other results: with all choices that lower the result, and with all
    that raise it. The result is None if this is too much work, or a number is not finite.

    Args:
        choose: the function that returns the numbers with some of them chosen.
        ledger: the numbers of the writer.
        compute: the function of these numbers.
    """
    if ledger.choices_left <= 0:
        return None
    written = choose({})
    middle = compute(written).middle
    ledger.choices_left -= written.size
    open_ = {source: held for source, held in written.used.items() if held.radius}
    work = written.size * (2 * len(open_) + 1)
    if len(open_) > MOST_CHOICES or not math.isfinite(middle) or work > ledger.choices_left:
        return None
    ledger.choices_left -= work
    low = high = middle
    lowest, highest = dict[Place, float](), dict[Place, float]()
    for source, held in open_.items():
        found = {end: compute(choose({source: end})).middle for end in (held.low, held.high)}
        found[held.middle] = middle
        lowest[source], highest[source] = (
            min(found, key=found.__getitem__),
            max(found, key=found.__getitem__),
        )
        low += found[lowest[source]] - middle
        high += found[highest[source]] - middle
    ends = [compute(choose(chosen)).middle for chosen in (lowest, highest)]
    if math.isnan(low + high):
        return None
    return Held(min(low, *ends), max(high, *ends), middle)
