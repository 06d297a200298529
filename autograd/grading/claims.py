"""The writer's own numbers beside the exact ones, on the recorded graph.

What a line *should* be is in the graph. What it may be, given what its writer wrote before, is an
interval for each node: a written number stands for all numbers that round to it, and what is
computed from it for all that these allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..engine.adjoints import adjoints_of
from ..engine.topological import inner_nodes
from ..engine.value import Value
from .intervals import (
    EVERYTHING,
    STABLE_INTERVALS,
    Interval,
    interval,
    over_intervals,
    partials_over_intervals,
)

MOST_WORK = 700_000  # edges walked for one sheet, in some three seconds; beyond, it is refused

# How a slope is computed: a(1 − a) from the output as it was written, or as it is recomputed from
# the input, or −(a/b)/b from the output where textbooks have −a/b².
Form = Literal["written", "recomputed", "stable"]
FORMS: tuple[Form, ...] = ("written", "recomputed", "stable")


class TooMuchWorkError(ValueError):
    """The sheet would take too long to check."""


class Ledger:
    """For every node of a sheet the interval of what the writer may hold it for.

    Attributes:
        derivatives: for every number that stands for ±∂C/∂w in a formula: the sweep of C, w, and
            the sign.
        origins: for every number that begins a step: the updated number it was taken from.
    """

    def __init__(self) -> None:
        self.derivatives: dict[Value, tuple[Sweep, Value, float]] = {}
        self.origins: dict[Value, Value] = {}
        self._own: dict[Value, Interval] = {}
        self._written: set[Value] = set()
        self._entered: list[Value] = []  # nodes in the order in which they were computed
        self._places: dict[Value, int] = {}  # in that list
        self._computed: dict[Value, Interval] = {}
        self._sweeps: dict[Value, Sweep] = {}
        self._partials: dict[tuple[Value, Form], tuple[Interval, ...]] = {}
        self._work = 0

    def enter(self, value: Value) -> Interval:
        """Compute the intervals of a node and all behind it that are new; return the node's."""
        stack = [value]
        while stack:
            node = stack[-1]
            if node in self._own:
                stack.pop()
                continue
            parents = node.parents
            missing = [parent for parent in parents if parent not in self._own]
            if missing:
                stack += missing
                continue
            stack.pop()
            self.spend(1 + len(parents))
            self._own[node] = self._computed[node] = self._compute(node, parents)
            self._places[node] = len(self._entered)
            self._entered.append(node)
        return self._computed[value]

    def _compute(self, node: Value, parents: Sequence[Value]) -> Interval:
        if not parents:
            return interval(node.data)
        return over_intervals(node.op, [self._own[parent] for parent in parents])

    def own(self, node: Value) -> Interval:
        """Return what the writer holds a node for: as written, else as computed from what was."""
        self.enter(node)
        return self._own[node]

    def write(self, node: Value, claimed: Interval) -> None:
        """Note that the writer wrote this number for a node, or for the gradient it stands for."""
        self.enter(node)
        self._forget_dependents(node)
        self._own[node] = claimed
        self._written.add(node)
        if node in self.derivatives:
            sweep, cell, sign = self.derivatives[node]
            sweep.write(cell, sign * claimed)
        if self._partials:
            self._partials.clear()
            for sweep in self._sweeps.values():
                sweep.forget()

    def _forget_dependents(self, node: Value) -> None:
        """Forget what was computed from a node before its number was written."""
        changed = {node}
        for other in self._entered[self._places[node] + 1 :]:
            is_stale = other in self._own and other not in self._written
            if is_stale and not changed.isdisjoint(other.parents):
                changed.add(other)
                del self._own[other], self._computed[other]

    def partials(self, node: Value, form: Form) -> tuple[Interval, ...]:
        """Return the local derivatives in the writer's numbers, in one form."""
        known = self._partials.get((node, form))
        if known is not None:
            return known
        inputs = [self.own(parent) for parent in node.parents]
        self.spend(len(inputs))
        output = over_intervals(node.op, inputs) if form == "recomputed" else self.own(node)
        found = partials_over_intervals(node.op, output, inputs)
        if form == "stable":
            stable = partials_over_intervals(node.op, output, inputs, STABLE_INTERVALS)
            found = found if EVERYTHING in stable else stable
        self._partials[node, form] = found
        return found

    def sweep(self, output: Value) -> Sweep:
        """Return the gradients of one output."""
        if output not in self._sweeps:
            self._sweeps[output] = Sweep(output, self)
        return self._sweeps[output]

    def written_gradients(self) -> list[tuple[Sweep, Value]]:
        """Return every gradient that the writer wrote, of each output in the order written."""
        return [(sweep, node) for sweep in self._sweeps.values() for node in sweep.written]

    def spend(self, edges: int) -> None:
        """Count work.

        Raises:
            TooMuchWorkError: the sheet's share is used up.
        """
        self._work += edges
        if self._work > MOST_WORK:
            raise TooMuchWorkError(
                "this would take too long to check; split the calculation into several sheets"
            )


class Sweep:
    """∂output/∂node, exactly for all nodes, and in the writer's own numbers as they are asked for.

    Attributes:
        output: what is differentiated.
        exact: ∂output/∂node for every node that it depends on.
        written: the gradients that the writer has written so far.
    """

    def __init__(self, output: Value, ledger: Ledger) -> None:
        self.output, self._ledger = output, ledger
        self.order = inner_nodes(output)
        ledger.spend(sum(len(node.parents) for node in self.order))
        self.uses: dict[Value, list[tuple[Value, int]]] = {output: []}
        for node in self.order:
            for slot, parent in enumerate(node.parents):
                self.uses.setdefault(parent, []).append((node, slot))
        self.exact = adjoints_of(output)
        self.written: dict[Value, Interval] = {}
        self._own: dict[Form, dict[Value, Interval]] = {form: {} for form in FORMS}

    def adjoint(self, node: Value) -> float:
        """Return ∂output/∂node, 0 where the output does not depend on it."""
        return self.exact.get(node, 0.0)

    def follows(self, wanted: Value, form: Form = "written") -> Interval:
        """Return ∂output/∂wanted as it follows from what the writer wrote before."""
        memo = self._own[form]
        stack = [child for child, _ in self.uses.get(wanted, [])]
        while stack:  # first the gradients of all that it is used by
            node = stack[-1]
            missing = [child for child, _ in self.uses[node] if not self._known(child, memo)]
            if missing and not self._known(node, memo):
                stack += missing
                continue
            stack.pop()
            if not self._known(node, memo):
                memo[node] = self._gather(node, memo, form)
        return self._gather(wanted, memo, form)

    def _known(self, node: Value, memo: dict[Value, Interval]) -> bool:
        return node in self.written or node in memo

    def _gather(self, node: Value, memo: dict[Value, Interval], form: Form) -> Interval:
        """Return Σ upstream × local derivative over the node's uses."""
        if node is self.output:
            return interval(1.0)
        total = interval(0.0)
        for child, slot in self.uses.get(node, []):
            upstream = self.written.get(child) or memo[child]
            local = self._ledger.partials(child, form)[slot]
            total = total + upstream * local
        return total

    def forget(self) -> None:
        """Forget what was computed: a number that it rests on was written since."""
        for memo in self._own.values():
            memo.clear()

    def write(self, node: Value, claimed: Interval) -> None:
        """Note that the writer wrote this gradient; what was computed from another is forgotten."""
        self.written[node] = claimed
        if not node.parents:
            return
        for memo in self._own.values():
            stack = list(node.parents)
            while stack:
                parent = stack.pop()
                if memo.pop(parent, None) is not None and parent not in self.written:
                    stack += parent.parents
