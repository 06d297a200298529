"""The gradients of one output: the exact ones, and those that follow from the writer's numbers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ..engine.adjoints import adjoints_of
from ..engine.topological import inner_nodes
from ..engine.value import Value
from .intervals import Interval, interval
from .structure import leads_to_softmax

Form = Literal["written", "recomputed", "stable", "without mean", "softmax", "softmax by pairs"]
"""How people compute a gradient. The forms agree for right numbers, but not after a mistake.

- "written": the slope a(1 − a) is computed from a as it was written.
- "recomputed": a is computed again.
- "stable": the slope of a/b by b is −(a/b)/b in place of the textbook's −a/b².
- "without mean": the path through the variance is left out, because the variance does not change
  with the mean. The closed form of the normalization gradient relies on this.
- "softmax", "softmax by pairs": the two textbook formulas for the gradient before a softmax.
"""
_ALWAYS: tuple[Form, ...] = ("written", "recomputed", "stable")
_SOFTMAX: tuple[Form, ...] = ("softmax", "softmax by pairs")
_MOST_AHEAD = 12  # quantities that are tested for not changing with a wrong mean
_MOST_PAIRS = 50  # the most outputs of a softmax whose pairs anybody writes out


class OwnNumbers(Protocol):
    """The numbers that a writer continues with. `Ledger` and `Choices` implement this protocol."""

    def own(self, node: Value) -> Interval:
        """Return the interval that the writer continues with."""

    def partials(self, node: Value, form: Form) -> tuple[Interval, ...]:
        """Return the local derivatives of a node in the writer's numbers."""

    def enter(self, node: Value) -> Interval:
        """Return a number as it is computed from those of its parents."""

    def written(self, sweep: Sweep, node: Value) -> Interval | None:
        """Return a gradient that the writer has written, or None."""

    def softmax_with(self, z: Value) -> dict[Value, Value]:
        """Return the outputs of the softmax with the input z, by input."""


class SheetNumbers(OwnNumbers, Protocol):
    """What a sweep needs from the ledger. `Ledger` implements this protocol."""

    mistakes: set[Value]
    changes: int

    @property
    def has_softmax(self) -> bool:
        """Whether the sheet computes a softmax."""

    def sweep(self, output: Value) -> Sweep:
        """Return the gradients of one output."""

    def note(self, sweep: Sweep | None, node: Value) -> None:
        """Take notice of a written number."""

    def spend(self, edges: int) -> None:
        """Count work."""


@dataclass(frozen=True)
class _Computation:
    """The gradients that were computed in one form, from one choice of the writer's numbers.

    Attributes:
        means: Σ pⱼgⱼ of each softmax, by its outputs.
    """

    form: Form
    numbers: OwnNumbers
    gradients: dict[Value, Interval] = field(default_factory=dict)
    means: dict[tuple[int, int], Interval] = field(default_factory=dict)

    def forget_users_of(self, parents: Iterable[Value], kept: Container[Value]) -> None:
        """Forget the gradients that rest on that of a node with these parents."""
        self.means.clear()
        stack = list(parents)
        while stack:
            parent = stack.pop()
            if self.gradients.pop(parent, None) is not None and parent not in kept:
                stack += parent.parents


class Sweep:
    """The gradients ∂output/∂node, exactly and in the writer's own numbers.

    Attributes:
        output: the node that is differentiated.
        exact: ∂output/∂node for every node that it depends on.
        written: the gradients that the writer has written so far.
    """

    def __init__(self, output: Value, ledger: SheetNumbers) -> None:
        self.output, self._ledger = output, ledger
        self.order = inner_nodes(output)
        ledger.spend(sum(len(node.parents) for node in self.order))
        self.uses: dict[Value, list[tuple[Value, int]]] = {output: []}
        for node in self.order:
            for slot, parent in enumerate(node.parents):
                self.uses.setdefault(parent, []).append((node, slot))
        self.exact = adjoints_of(output)
        self.written: dict[Value, Interval] = {}
        self._own: dict[Form, _Computation] = {}
        self._changes = ledger.changes  # the state of the ledger for which these were computed
        self._flat: dict[Value, list[Sweep]] = {}  # found by `_flat_ahead`, by node
        self._has_flat, self._mistakes_seen = False, 0  # whether a mistake is such a mean

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that may differ on this sheet."""
        if self._mistakes_seen != len(self._ledger.mistakes):
            self._mistakes_seen = len(self._ledger.mistakes)
            self._has_flat = any(map(self._flat_ahead, self._ledger.mistakes))
        without_mean: tuple[Form, ...] = ("without mean",) if self._has_flat else ()
        return _ALWAYS + without_mean + (_SOFTMAX if self._ledger.has_softmax else ())

    def adjoint(self, node: Value) -> float:
        """Return ∂output/∂node, 0 where the output does not depend on it."""
        return self.exact.get(node, 0.0)

    def contributed(self, node: Value) -> float:
        """Return the sum of the sizes of what the uses of a node contribute to its gradient."""
        uses = self.uses.get(node, ())
        return sum(abs(self.adjoint(child) * child.partials[slot]) for child, slot in uses)

    def follows(
        self, wanted: Value, form: Form = "written", numbers: OwnNumbers | None = None
    ) -> Interval:
        """Return ∂output/∂wanted, computed from the numbers that the writer wrote before.

        `numbers` may hold other choices of them than the ledger.
        """
        if self._changes != self._ledger.changes:
            self._changes = self._ledger.changes
            self._own.clear()
        if numbers is None or numbers is self._ledger:
            done = self._own.setdefault(form, _Computation(form, self._ledger))
        else:
            done = _Computation(form, numbers)
        stack = [child for child, _ in self.uses.get(wanted, [])]
        while stack:  # a gradient needs the gradients of all nodes that use its node
            node = stack[-1]
            missing = [child for child, _ in self.uses[node] if not self._known(child, done)]
            if missing and not self._known(node, done):
                stack += missing
                continue
            stack.pop()
            if not self._known(node, done):
                done.gradients[node] = self._gather(node, done)
        return self._gather(wanted, done)

    def _known(self, node: Value, done: _Computation) -> bool:
        return node in done.gradients or done.numbers.written(self, node) is not None

    def _slope(self, node: Value, done: _Computation) -> Interval | None:
        """Return a gradient as it was written, or else as it was computed."""
        return done.numbers.written(self, node) or done.gradients.get(node)

    def _gather(self, node: Value, done: _Computation) -> Interval:
        """Return Σ upstream × local derivative over the node's uses."""
        if node is self.output:
            return interval(1.0)
        total, uses = interval(0.0), self.uses.get(node, [])
        outputs = done.numbers.softmax_with(node) if done.form.startswith("softmax") else {}
        if outputs:
            total = self._before_softmax(outputs, node, done)
            uses = [use for use in uses if not leads_to_softmax(use[0])]
        for child, slot in uses:
            upstream = done.numbers.written(self, child) or done.gradients[child]
            total = total + upstream * done.numbers.partials(child, done.form)[slot]
        for flat in self._flat_ahead(node) if done.form == "without mean" else ():
            if above := self._slope(flat.output, done):
                total = total - above * flat.follows(node, numbers=done.numbers)
        return total

    def _flat_ahead(self, node: Value) -> list[Sweep]:
        """Return the sweeps of the named quantities that do not change with a wrong number.

        An example is the variance, which is computed from the mean but does not change with it.
        """
        if node not in self._ledger.mistakes or node not in self.uses:
            return []
        if node not in self._flat:
            found: list[Sweep] = []
            self._flat[node] = found
            for ahead in map(self._ledger.sweep, self._named_ahead(node)):
                parts = [ahead.adjoint(child) * child.partials[k] for child, k in ahead.uses[node]]
                is_flat = abs(sum(parts)) <= 1e-9 * sum(map(abs, parts))
                if is_flat and not any(one.output in ahead.uses for one in found):
                    found.append(ahead)
        return self._flat[node]

    def _named_ahead(self, node: Value) -> Iterator[Value]:
        """Yield the first named quantities that are computed from a node."""
        found, stack = {node}, [node]
        while stack and len(found) < 100 * _MOST_AHEAD:
            for child, _ in self.uses[stack.pop()]:
                if child not in found and child is not self.output:
                    found.add(child)
                    stack.append(child)
        named = [child for child in self.order if child in found and child.label]
        yield from [child for child in named if child is not node][:_MOST_AHEAD]

    def _before_softmax(
        self, outputs: dict[Value, Value], z: Value, done: _Computation
    ) -> Interval:
        """Return the gradient of zᵢ before a softmax with the outputs p and their gradients g.

        It is pᵢ·(gᵢ − Σ pⱼgⱼ), or by pairs pᵢ·Σ pⱼ(gᵢ − gⱼ).
        """

        def own(input_: Value) -> tuple[Interval, Interval]:
            """Return pⱼ and gⱼ in the writer's numbers."""
            output = outputs[input_]
            return done.numbers.own(output), self._slope(output, done) or interval(0.0)

        (p, g), zero = own(z), interval(0.0)
        if done.form == "softmax by pairs" and len(outputs) <= _MOST_PAIRS:
            others = [own(j) for j in outputs if j is not z]
            return p * sum((p_other * (g - g_other) for p_other, g_other in others), zero)
        key = id(outputs), len(outputs)
        if key not in done.means:
            done.means[key] = sum((p_j * g_j for p_j, g_j in map(own, outputs)), zero)
        return p * (g - done.means[key])

    def write(self, node: Value, claimed: Interval) -> None:
        """Record a written gradient, and forget the gradients that were computed without it."""
        self.written[node] = claimed
        self._ledger.note(self, node)
        if node.parents:
            for done in self._own.values():
                done.forget_users_of(node.parents, self.written)
