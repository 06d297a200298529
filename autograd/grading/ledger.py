"""The numbers that the writer of a sheet continues with, beside the exact ones.

The graph holds the exact numbers. The writer continues with rounded or wrong ones. A written number
stands for all numbers that round to it, which is an interval. A node that is computed from written
numbers has the interval of the results that they allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..engine.value import Value
from .interval_functions import STABLE_INTERVALS, over_intervals, partials_over_intervals
from .intervals import EVERYTHING, Interval, interval
from .structure import softmax_output
from .sweep import Form, Sweep

MOST_WORK = 700_000  # edges visited for one sheet, in about three seconds
MOST_CHOSEN = 100_000  # numbers computed for single choices, in about one second


Place = tuple[Sweep | None, Value]
"""A number of a sheet: the value of a node, or its gradient in a sweep."""


class _Numbers(Protocol):
    def own(self, node: Value) -> Interval:
        """Return the numbers that the writer may continue with."""


def local_derivatives(numbers: _Numbers, node: Value, form: Form) -> tuple[Interval, ...]:
    """Return the local derivatives of a node in the writer's numbers, in one form."""
    inputs = [numbers.own(parent) for parent in node.parents]
    output = over_intervals(node.op, inputs) if form == "recomputed" else numbers.own(node)
    found = partials_over_intervals(node.op, output, inputs)
    if form == "stable":
        stable = partials_over_intervals(node.op, output, inputs, STABLE_INTERVALS)
        found = found if EVERYTHING in stable else stable
    return found


class TooMuchWorkError(ValueError):
    """The sheet would take too long to check."""


class Ledger:
    """The interval of the numbers that the writer may continue with, for every node.

    Attributes:
        derivatives: maps each constant that stands for ±∂C/∂w to (sweep of C, node of w, sign).
        origins: maps w at the start of a step to w′ of the step before.
        mistakes: the nodes whose written number does not follow from earlier ones.
        changes: how often a number was written. Gradients computed before the last one are stale.
        history: the computed values and the gradients that were written, in order.
        choices_left: how many numbers may still be computed for single choices of the writer.
    """

    def __init__(self) -> None:
        self.derivatives: dict[Value, tuple[Sweep, Value, float]] = {}
        self.origins: dict[Value, Value] = {}
        self.mistakes: set[Value] = set()
        self._own: dict[Value, Interval] = {}
        self._written: set[Value] = set()
        self._users: dict[Value, dict[Value, None]] = {}  # the nodes computed from each node
        self._computed: dict[Value, Interval] = {}
        self._sweeps: dict[Value, Sweep] = {}
        self._partials: dict[tuple[Value, Form], tuple[Interval, ...]] = {}
        self._softmaxes: dict[object, dict[Value, Value]] = {}  # by key: the output of each input
        self._softmax_with: dict[Value, dict[Value, Value]] = {}  # by input: the same
        self.changes = 0
        self.history: list[Place] = []
        self._open: set[Value] = set()  # stand for gradients without a number, and were computed
        self._work = 0
        self.choices_left = MOST_CHOSEN

    def enter(self, value: Value) -> Interval:
        """Return the interval of a node, computed from those of its parents."""
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
            for parent in parents:
                self._users.setdefault(parent, {})[node] = None
            if found := softmax_output(node):
                z, key = found
                self._softmax_with[z] = outputs = self._softmaxes.setdefault(key, {})
                outputs[z] = node
        return self._computed[value]

    @property
    def has_softmax(self) -> bool:
        """Whether the sheet computes a softmax."""
        return bool(self._softmaxes)

    def softmax_with(self, z: Value) -> dict[Value, Value]:
        """Return the outputs of the softmax with the input z, by input, or an empty dictionary."""
        return self._softmax_with.get(z, {})

    def _compute(self, node: Value, parents: Sequence[Value]) -> Interval:
        if node in self.derivatives:
            sweep, cell, sign = self.derivatives[node]
            if cell not in sweep.written:
                self._open.add(node)
            return sign * (sweep.written.get(cell) or sweep.follows(cell))
        if not parents:
            return interval(node.data)
        return over_intervals(node.op, [self._own[parent] for parent in parents])

    def own(self, node: Value) -> Interval:
        """Return the interval that the writer continues with: as written, or else as computed."""
        self.enter(node)
        return self._own[node]

    def was_written(self, node: Value) -> bool:
        """Whether a number was written or given for a node."""
        return node in self._written

    def written(self, sweep: Sweep, node: Value) -> Interval | None:
        """Return a gradient that the writer has written, or None."""
        return sweep.written.get(node)

    def write(self, node: Value, claimed: Interval) -> None:
        """Record the number written for a node.

        If the node stands for a gradient, record it in the sweep too.
        """
        self.enter(node)
        self._forget_dependents(node)
        self._own[node] = claimed
        self._written.add(node)
        if node.parents and not claimed.meets(self._computed[node], 1e-9 * abs(claimed.middle)):
            self.mistakes.add(node)
        if node in self.derivatives:
            sweep, cell, sign = self.derivatives[node]
            sweep.write(cell, sign * claimed)
        elif node.parents:
            self.note(None, node)
        self._partials.clear()
        self.changes += 1

    def note(self, sweep: Sweep | None, node: Value) -> None:
        """Add a written number to the history, and forget the gradients that may rest on it."""
        self.history.append((sweep, node))
        for gradient in self._open - self._written:
            self._forget_dependents(gradient)
            self._own.pop(gradient, None)
            self._computed.pop(gradient, None)
        self._open.clear()

    def _forget_dependents(self, node: Value) -> None:
        """Forget the intervals that were computed from a node before its number was written."""
        stack = [node]
        while stack:
            for user in self._users.get(stack.pop(), ()):
                if user in self._own and user not in self._written:
                    del self._own[user], self._computed[user]
                    stack.append(user)

    def partials(self, node: Value, form: Form) -> tuple[Interval, ...]:
        """Return the local derivatives in the writer's numbers, in one form."""
        known = self._partials.get((node, form))
        if known is not None:
            return known
        self.spend(len(node.parents))
        found = local_derivatives(self, node, form)
        self._partials[node, form] = found
        return found

    def sweep(self, output: Value) -> Sweep:
        """Return the gradients of one output."""
        if output not in self._sweeps:
            self._sweeps[output] = Sweep(output, self)
        return self._sweeps[output]

    def written_gradients(self) -> list[tuple[Sweep, Value]]:
        """Return all written gradients, grouped by output.

        Within an output they keep the order of the sheet.
        """
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
