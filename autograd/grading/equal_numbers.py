"""What follows from written numbers that stand for a gradient or a slope under another name."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product

from ..engine.ops import SIGMOID
from ..engine.value import Value
from .choices import Choices, FromOutput, narrowed
from .fingerprints import Fingerprints
from .intervals import EVERYTHING, Interval
from .ledger import Ledger, Place
from .sweep import Form, Sweep

_WORK = 2  # a visit of a node takes as long as computing this many numbers
_MOST_AGAIN = 300  # nodes of a gradient that is computed again from the output
_DEEPEST = 20  # nested applications of the chain rule


def other_ways(
    prints: Fingerprints, ledger: Ledger, sweep: Sweep | None, cell: Value
) -> Iterator[tuple[Interval, set[Place]]]:
    """Yield what else follows for a value or gradient, with the numbers that it follows from.

    It is the number of an equal one, or computed from equal ones. A gradient may also be computed
    from the output, without the gradients that the writer has written.
    """

    def equal(numbers: EqualNumbers) -> Interval:
        return numbers.number_of(sweep, cell) or EVERYTHING

    def computed(numbers: Choices) -> Interval:
        return sweep.follows(cell, numbers=numbers) if sweep else numbers.enter(cell)

    work = _WORK * len(sweep.order) if sweep else 1  # a gradient visits the nodes of its paths
    for by_slopes, compute in product((False, True) if sweep else (False,), (equal, computed)):
        if ledger.choices_left <= 0:
            return
        ledger.choices_left -= work
        choose = partial(EqualNumbers, prints, ledger, by_slopes)
        numbers = choose()
        way = compute(numbers)
        if numbers.is_used:
            yield narrowed(choose, ledger, compute) or way, set(numbers.used)
    if sweep and len(sweep.order) <= _MOST_AGAIN:
        # From the numbers as written, because an interval would excuse nearly any gradient.
        again = FromOutput(ledger, {})
        yield computed(again), set()
        ledger.choices_left -= again.size


class EqualNumbers(Choices):
    """The numbers of a ledger, where each number without a text takes that of an equal one.

    After the lines δ = (a − t)·s and da/dz, the gradient ∂C/∂w is computed from the numbers that
    the writer gave for δ and da/dz, although the graph of C contains neither.

    Without `chosen`, named numbers are the intervals of the ledger, which takes less time. With
    `by_slopes`, ∂C/∂a·∂a/∂z is preferred to a number that is equal to ∂C/∂z.

    Attributes:
        is_used: whether the number of an equal one was taken.
    """

    def __init__(
        self,
        prints: Fingerprints,
        ledger: Ledger,
        by_slopes: bool,
        chosen: Mapping[Place, float] | None = None,
    ) -> None:
        super().__init__(ledger, chosen or {})
        self._is_quick = chosen is None
        self._prints, self._by_slopes = prints, by_slopes
        self._depth = 0
        self.is_used = False

    def number_of(self, sweep: Sweep | None, cell: Value) -> Interval | None:
        """Return what was written for a number equal to a value or gradient, or None."""
        return self.written(sweep, cell) if sweep else self.equal(self._prints.value(cell))

    def equal(self, number: float) -> Interval | None:
        """Return what was written for an equal number, found by its fingerprint, or None."""
        found = self._prints.place(number)
        if found is None:
            return None
        (sweep, node), sign = found
        held = sweep.written.get(node) if sweep else self._ledger.own(node)
        if held is None:
            return None
        self.is_used = True
        return sign * self._choice((sweep, node), held)

    def written(self, sweep: Sweep, node: Value) -> Interval | None:
        own = super().written(sweep, node)
        if own or node is sweep.output:
            return own
        number = self._prints.gradients(sweep).get(node, 0.0)
        slopes = self._by_slopes and self._by_chain_rule(sweep, node, number)
        return slopes or self.equal(number) or self._by_chain_rule(sweep, node, number)

    def _by_chain_rule(self, sweep: Sweep, node: Value, number: float) -> Interval | None:
        """Return Σ ∂C/∂a·∂a/∂z with the written ∂a/∂z, or None if they are not all written."""
        inner = [s for s in self._prints.slopes(node) if s is not sweep and s.output in sweep.uses]
        # Of several quantities in a row, the writer uses the last one.
        last = [s for s in inner if not any(s is not o and s.output in o.uses for o in inner)]
        above = self._prints.gradients(sweep)
        parts = [above[s.output] * self._prints.gradients(s)[node] for s in last]
        if not last or self._depth > _DEEPEST or not math.isclose(math.fsum(parts), number):
            return None
        self._depth += 1
        self.is_used, total = True, Interval(0.0, 0.0)
        for one in last:
            upstream = self.written(sweep, one.output) or sweep.follows(one.output, numbers=self)
            total = total + upstream * self._choice((one, node), one.written[node])
        self._depth -= 1
        return total

    def partials(self, node: Value, form: Form) -> tuple[Interval, ...]:
        rest = self.equal(1 - self._prints.value(node)) if node.op is SIGMOID else None
        if rest:  # the slope is a·b with b = 1 − a
            return (self.own(node) * rest,)
        pairs = zip(self._prints.partials(node), super().partials(node, form), strict=True)
        return tuple(self.equal(number) or own for number, own in pairs)

    def _is_chosen(self, node: Value) -> bool:
        if not super()._is_chosen(node) and node.parents:
            found = self.equal(self._prints.value(node))
            if found or (self._is_quick and node.label):
                self._own[node] = found or self._ledger.own(node)
        return node in self._own
