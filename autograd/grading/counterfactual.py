"""What would have come out, had a rule been applied wrongly: the recorded graph swept anew.

An `Edit` changes what a sweep does at some nodes: a local derivative, how paths are gathered, what
a node computes. A `Bench` is one number of a sheet with the part of the graph it was computed
from, back to what the writer had written already; it says what an edit would have given there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..engine.operation import FLOATS
from ..engine.value import Value
from .claims import Sweep
from .intervals import Interval, interval, partials_over_intervals
from .scope import Book

MOST_NODES = 2_000  # of a segment that is searched for slips

LocalEdit = Callable[["Base", Value, int, float, float], float]
GatherEdit = Callable[[Value, list[float]], float]
ComputeEdit = Callable[["Base", Value, list[float], float], float]
Numbers = Callable[[Value], float]


@dataclass(frozen=True)
class Edit:
    """A rule applied wrongly; the parts that are None are applied rightly.

    Attributes:
        local: of base, child, slot, right local derivative and upstream, the wrong one.
        gather: of a node and the contributions of its uses, its gradient.
        seed: of a node whose gradient is taken as it stands, another one (or None).
        compute: of base, node, inputs and right value, the wrong value.
        finish: of the right result, the wrong one.
        what: where it is applied, for the sentence.
    """

    local: LocalEdit | None = None
    gather: GatherEdit | None = None
    seed: Callable[[Base, Value], float | None] | None = None
    compute: ComputeEdit | None = None
    finish: Callable[[float], float] | None = None
    what: str = ""


@dataclass(frozen=True)
class Base:
    """Numbers to sweep with: the exact ones, or the middles of the writer's own."""

    book: Book
    own: bool
    _known: dict[Value, Sequence[float]] = field(default_factory=dict, repr=False, compare=False)

    def data(self, node: Value) -> float:
        """Return the number of a node."""
        return self.book.ledger.own(node).middle if self.own else node.data

    def partials(self, node: Value) -> Sequence[float]:
        """Return the local derivatives of a node, in its textbook form for the writer's numbers."""
        if not self.own:
            return node.partials
        known = self._known.get(node)
        if known is None:
            inputs = [interval(self.data(parent)) for parent in node.parents]
            found = partials_over_intervals(node.op, interval(self.data(node)), inputs)
            known = self._known[node] = [partial.middle for partial in found]
        return known


class Bench:
    """One number and the segment of the graph between it and what was written before it.

    Attributes:
        node: the number itself, or what the derivative is with respect to.
        sweep: the gradients it is one of; None for a value.
        segment: the nodes between, parents first.
        allowed: what it may be by the writer's own numbers.
        name: what it is called, such as "w'" or "dC/dw".
        index: its place in a vector or matrix.
    """

    def __init__(
        self,
        book: Book,
        node: Value,
        sweep: Sweep | None,
        name: str,
        index: tuple[int, ...] = (),
        *,
        whole: bool = False,
    ) -> None:
        self.book, self.node, self.sweep, self.name, self.index = book, node, sweep, name, index
        self.whole = whole
        self.stops = set() if whole or sweep is None else set(sweep.written) - {node}
        self.segment = _above(node, sweep, self.stops) if sweep else _below(node, book)
        self.allowed: Interval = sweep.follows(node) if sweep else book.ledger.enter(node)

    @property
    def is_gradient(self) -> bool:
        """Whether the number is a gradient, not a value."""
        return self.sweep is not None

    @cached_property
    def bases(self) -> list[Base]:
        """The writer's own numbers first, then the exact ones."""
        return [Base(self.book, True), Base(self.book, False)]

    @cached_property
    def inner(self) -> set[Value]:
        """The nodes of the segment."""
        return set(self.segment)

    @property
    def uses(self) -> list[tuple[Value, int]]:
        """Where the node is used on the way to the output, the last use first."""
        assert self.sweep
        return self.sweep.uses.get(self.node, [])

    def predict(self, edits: Sequence[Edit], base: Base) -> float:
        """Return what the number would be with these edits."""
        try:
            result = self._gradient(edits, base) if self.sweep else self._value(edits, base)
            for edit in edits:
                result = edit.finish(result) if edit.finish else result
        except (ArithmeticError, ValueError):
            return math.nan
        return float(result)

    def _gradient(self, edits: Sequence[Edit], base: Base) -> float:
        assert self.sweep
        adjoints: dict[Value, float] = {}
        for node in reversed(self.segment):
            adjoints[node] = self._seed(node, edits, base, adjoints)
        return adjoints[self.node]

    def _seed(
        self, node: Value, edits: Sequence[Edit], base: Base, adjoints: dict[Value, float]
    ) -> float:
        """Return the gradient of one node: as it stands, or gathered from its uses."""
        assert self.sweep
        for edit in edits:
            replaced = edit.seed(base, node) if edit.seed else None
            if replaced is not None:
                return replaced
        if node in self.stops:
            written = self.sweep.written[node].middle
            return written if base.own else self.sweep.adjoint(node)
        if node is self.sweep.output:
            return 1.0
        parts = [
            adjoints[child] * self._local(child, slot, edits, base, adjoints[child])
            for child, slot in self.sweep.uses[node]
            if child in adjoints
        ]
        gathers = [edit.gather for edit in edits if edit.gather]
        return gathers[0](node, parts) if gathers else math.fsum(parts)

    def _local(
        self, child: Value, slot: int, edits: Sequence[Edit], base: Base, upstream: float
    ) -> float:
        partial = base.partials(child)[slot]
        for edit in edits:
            if edit.local:
                partial = edit.local(base, child, slot, partial, upstream)
        return partial

    def _value(self, edits: Sequence[Edit], base: Base) -> float:
        values: dict[Value, float] = {}
        for node in self.segment:
            inputs = [
                values.get(p, math.nan) if p in values else base.data(p) for p in node.parents
            ]
            right = node.op.forward(FLOATS, *inputs) if node.parents else base.data(node)
            for edit in edits:
                if edit.compute and node.parents:
                    right = edit.compute(base, node, inputs, right)
            values[node] = right
        return values[self.node]


def _above(node: Value, sweep: Sweep, stops: set[Value]) -> list[Value]:
    """Return the nodes on paths from `node` to the output, up to those that are written."""
    found = {node}
    stack = [node]
    while stack:
        for child, _ in () if (top := stack.pop()) in stops else sweep.uses.get(top, []):
            if child not in found:
                found.add(child)
                stack.append(child)
    return [n for n in [*(() if node.parents else (node,)), *sweep.order] if n in found]


def _below(node: Value, book: Book) -> list[Value]:
    """Return what a value is computed from, back to named numbers that were written or given."""
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[tuple[Value, bool]] = [(node, False)]
    while stack and len(order) <= MOST_NODES:
        top, ready = stack.pop()
        if ready:
            order.append(top)
        elif top not in seen:
            seen.add(top)
            stack.append((top, True))
            stack += [
                (parent, False)
                for parent in top.parents
                if parent.parents and not book.was_written(parent)
            ]
    return order


def activations(bench: Bench) -> Iterator[Value]:
    """Yield the nodes of a segment that are activations, a = f(z)."""
    for node in bench.segment:
        if node.op.activation and (node is not bench.node or not bench.is_gradient):
            yield node
