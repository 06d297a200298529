"""What follows from the numbers of a writer, as narrowly as their choices allow.

For each written number, the writer continued with its digits or with what was computed for it.
Interval arithmetic forgets that both uses of a number are the same choice, so that it allows too
much for p·(1 − p). Here a number is computed again for one choice at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from ..engine.value import Value
from .interval_functions import over_intervals
from .intervals import Held, Interval, interval
from .ledger import Ledger, local_derivatives
from .sweep import Form, OwnNumbers, Sweep

MOST_CHOICES = 40  # of one number, because each is computed for itself

Source = tuple[Sweep | None, Value]


class Choices:
    """The numbers of a ledger, each as one number, which is the written one or another choice.

    Attributes:
        used: the intervals of the written numbers that were read.
    """

    def __init__(self, ledger: Ledger, chosen: Mapping[Source, float] | None = None) -> None:
        self._ledger, self._chosen = ledger, chosen or {}
        self.used: dict[Source, Interval] = {}
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
        """Whether the writer wrote a number, or the gradient that it stands for. Then read it."""
        if node in self._ledger.derivatives:
            sweep, cell, sign = self._ledger.derivatives[node]
            found = self.written(sweep, cell) or sweep.follows(cell, numbers=self)
            self._own[node] = sign * found
        elif self._ledger.was_written(node):
            self._own[node] = self._choice((None, node), self._ledger.own(node))
        return node in self._own

    def enter(self, node: Value) -> Interval:
        """Return a number as it is computed from those of its parents."""
        inputs = [self.own(parent) for parent in node.parents]
        return over_intervals(node.op, inputs) if inputs else interval(node.data)

    def written(self, sweep: Sweep, node: Value) -> Interval | None:
        """Return a gradient that the writer has written, or None."""
        held = sweep.written.get(node)
        return held and self._choice((sweep, node), held)

    def _choice(self, source: Source, held: Interval) -> Interval:
        self.used[source] = held
        return interval(self._chosen.get(source, held.middle))

    def partials(self, node: Value, form: Form) -> tuple[Interval, ...]:
        """Return the local derivatives of a node, in one form."""
        return local_derivatives(self, node, form)


def narrowed(ledger: Ledger, compute: Callable[[OwnNumbers], Interval]) -> Interval:
    """Return what `compute` returns for the choices of the writer, as an interval.

    The effects of single choices are added up, which is exact where the number is linear in them.
    The two outermost results are also computed.
    """
    written = Choices(ledger)
    middle = compute(written).middle
    open_ = {source: held for source, held in written.used.items() if held.radius}
    work = written.size * (2 * len(open_) + 2)
    if len(open_) > MOST_CHOICES or not math.isfinite(middle) or work > ledger.choices_left:
        return compute(ledger)
    ledger.choices_left -= work
    low = high = middle
    lowest, highest = dict[Source, float](), dict[Source, float]()
    for source, held in open_.items():
        found = {
            end: compute(Choices(ledger, {source: end})).middle for end in (held.low, held.high)
        }
        found[held.middle] = middle
        lowest[source], highest[source] = (
            min(found, key=found.__getitem__),
            max(found, key=found.__getitem__),
        )
        low += found[lowest[source]] - middle
        high += found[highest[source]] - middle
    ends = [compute(Choices(ledger, chosen)).middle for chosen in (lowest, highest)]
    if math.isnan(low + high):
        return compute(ledger)
    return Held(min(low, *ends), max(high, *ends), middle)
