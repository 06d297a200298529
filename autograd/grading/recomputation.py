"""A number of a sheet, computed again with rounded steps."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping

from ..engine.ops import LOG
from ..engine.value import Value
from .counterfactual import Numbers
from .interval_functions import partials_over_intervals
from .intervals import Interval, interval
from .rounded_steps import Order, Rounding
from .segment import Segment
from .structure import leads_to_softmax
from .subgraphs import nodes_of_value

# A rounded step takes as long as this many visits of an edge. Every further term of a sum or of a
# softmax takes as long as that many.
_WORK, _WORK_OF_TERM = 10, 50


class Recomputation:
    """Computes a number again from exact numbers, or from the writer's, and rounds every step.

    With `has_closed_form`, gradients before a softmax are computed by the formula of textbooks.
    """

    def __init__(self, numbers: Numbers, rounding: Rounding, *, has_closed_form: bool) -> None:
        self._numbers, self.rounding = numbers, rounding
        self._has_closed_form = has_closed_form
        self._known: dict[Value, Interval] = {}

    def results(self, segment: Segment) -> tuple[Interval, ...]:
        """Return the possible results for the number of a segment."""
        found = (
            self._gradient(segment) if segment.sweep else self._value(segment.node, segment.parts)
        )
        return self.rounding.unrounded(found).branches

    def _value(self, node: Value, parts: Mapping[Value, Segment]) -> Interval:
        if node in self._known:
            return self._known[node]
        for inner in nodes_of_value(node, self._numbers.book, self._known):
            self._known[inner] = self._computed(inner, parts)
        if node not in self._known:
            raise ValueError("the number is computed with too many nodes")
        return self._known[node]

    def _computed(self, node: Value, parts: Mapping[Value, Segment]) -> Interval:
        terms = max(0, len(node.parents) - 2)
        self._numbers.book.ledger.spend(_WORK + _WORK_OF_TERM * terms)
        if node in parts:
            return parts[node].sign * self._gradient(parts[node])
        if not node.parents:
            return self._given(node)
        inputs = [self._input(parent, parts) for parent in node.parents]
        return self.rounding.unrounded(node.op.forward(self.rounding, *inputs))

    def _input(self, node: Value, parts: Mapping[Value, Segment]) -> Interval:
        if node in self._known:
            return self._known[node]
        return self._computed(node, parts) if node in parts else self._given(node)

    def _given(self, node: Value) -> Interval:
        return self.rounding.given(self._numbers.data(node))

    def _gradient(self, segment: Segment) -> Interval:
        assert segment.sweep
        adjoints: dict[Value, Interval] = {}
        for node in reversed(segment.nodes):
            uses = () if node in segment.stops else segment.sweep.uses.get(node, ())
            parts = []
            outputs = self._softmax_with(node, segment)
            if outputs and adjoints.keys() & outputs.values():
                parts.append(self._before_softmax(node, outputs, adjoints, segment))
                uses = [use for use in uses if not leads_to_softmax(use[0])]
            parts += [
                adjoints[child] * self._partials(child)[slot]
                for child, slot in uses
                if child in adjoints
            ]
            if self.rounding.order is Order.LAST_FIRST:
                parts.reverse()
            self._numbers.book.ledger.spend(_WORK * len(parts))
            known = self.rounding.unrounded(segment.adjoint_before(node, self._numbers))
            adjoints[node] = functools.reduce(operator.add, parts) if parts else known
        return adjoints.get(segment.node, interval(0.0))

    def _softmax_with(self, z: Value, segment: Segment) -> Mapping[Value, Value]:
        """Return the outputs of the softmax with this input if the closed form is used, else {}.

        Before a cross-entropy, the closed form is p − y. Whoever computes its gradient step by step
        writes down 1/p, so without that number only the closed form is used.
        """
        outputs = {} if z in segment.stops else self._numbers.book.ledger.softmax_with(z)
        is_short = any(_is_logged(o, segment) for o in outputs.values())
        return outputs if is_short or self._has_closed_form else {}

    def _before_softmax(
        self,
        z: Value,
        outputs: Mapping[Value, Value],
        adjoints: Mapping[Value, Interval],
        segment: Segment,
    ) -> Interval:
        """Return pᵢ·(gᵢ − Σ pⱼgⱼ) for the gradients g of the outputs p of a softmax.

        If pⱼ is used in a logarithm, pⱼgⱼ is the gradient of the logarithm, because pⱼ·1/pⱼ is 1.
        """
        p = {input_: self._as_held(output) for input_, output in outputs.items()}
        g = {i: adjoints[o] for i, o in outputs.items() if o in adjoints}
        products = {i: p[i] * g[i] for i in g}
        for i in [i for i in g if _is_logged(outputs[i], segment)]:
            products[i] = functools.reduce(
                operator.add, (adjoints[child] for child, _ in segment.uses(outputs[i]))
            )
        mean = functools.reduce(operator.add, products.values())
        if z in g and _is_logged(outputs[z], segment):
            return products[z] - p[z] * mean
        return p[z] * (g[z] - mean if z in g else -mean)

    def _partials(self, node: Value) -> tuple[Interval, ...]:
        output, *inputs = [self._as_held(one) for one in (node, *node.parents)]
        return partials_over_intervals(node.op, output, inputs, self.rounding)

    def _as_held(self, node: Value) -> Interval:
        """Return the given or written number of a node.

        If there is none, compute it with rounded steps.
        """
        if self._numbers.book.was_written(node) or not node.parents:
            return self._given(node)
        return self._value(node, {})


def _is_logged(output: Value, segment: Segment) -> bool:
    """Whether a number has no written gradient, and the segment uses only its logarithm."""
    uses = segment.uses(output)
    return output not in segment.stops and bool(uses) and all(c.op is LOG for c, _ in uses)
