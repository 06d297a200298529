"""What follows if the writer gave the number of a gradient or a slope under another name."""

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
    """Yield further intervals for a value or gradient, each with the written numbers behind it.

    An interval is what was written for an equal number, or is computed with what was written for
    equal numbers. A gradient may also be computed from the output, without the gradients that the
    writer has written. Its interval comes with an empty set.
    """

    def written_equal(numbers: EqualNumbers) -> Interval:
        return numbers.number_of(sweep, cell) or EVERYTHING

    def computed(numbers: Choices) -> Interval:
        return sweep.follows(cell, numbers=numbers) if sweep else numbers.enter(cell)

    work = _WORK * len(sweep.order) if sweep else 1  # a gradient visits all nodes of its sweep
    # Only a gradient can be computed by the chain rule.
    for by_slopes, compute in product(
        (False, True) if sweep else (False,), (written_equal, computed)
    ):
        if ledger.choices_left <= 0:
            return
        ledger.choices_left -= work
        new_numbers = partial(EqualNumbers, prints, ledger, by_slopes)
        numbers = new_numbers()
        wide = compute(numbers)
        if numbers.is_used:  # The interval is not narrowed if that takes too much work.
            yield narrowed(new_numbers, ledger, compute) or wide, set(numbers.used)
    if sweep and len(sweep.order) <= _MOST_AGAIN:
        # This takes single numbers, because intervals would excuse nearly any gradient.
        again = FromOutput(ledger, {})
        yield computed(again), set()
        ledger.choices_left -= again.size


class EqualNumbers(Choices):
    """The numbers of a ledger, in which an equal number replaces one that was not written.

    After the lines δ = (a − t)·s and da/dz, the gradient ∂C/∂w is computed from the numbers that
    the writer gave for δ and da/dz, although the graph of C contains neither.

    Without `chosen`, a named number without an equal one is the interval of the ledger. That takes
    less time than computing it again. With `by_slopes`, ∂C/∂a·∂a/∂z is preferred to a number that
    is equal to ∂C/∂z.

    Attributes:
        is_used: whether an equal number or a written ∂a/∂z was used.
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
        # With `by_slopes`, the chain rule is tried first, otherwise last.
        slopes = self._by_slopes and self._by_chain_rule(sweep, node, number)
        return slopes or self.equal(number) or self._by_chain_rule(sweep, node, number)

    def _by_chain_rule(self, sweep: Sweep, node: Value, number: float) -> Interval | None:
        """Return Σ ∂C/∂a·∂a/∂z with the written ∂a/∂z, or None if they are not all written."""
        inner = [s for s in self._prints.slopes(node) if s is not sweep and s.output in sweep.uses]
        # Of several quantities on a path to the output, the writer uses only the last one. The
        # others are left out: the output of another slope is computed from them.
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
        """Store the number of a node as `Choices` does, or else that of an equal one.

        Return whether the number of the node is known.
        """
        if not super()._is_chosen(node) and node.parents:
            found = self.equal(self._prints.value(node))
            if found or (self._is_quick and node.label):
                self._own[node] = found or self._ledger.own(node)
        return node in self._own
