"""What would have come out if a rule had been applied wrongly: the recorded graph computed again.

An `Edit` changes what happens at some nodes: what a node computes, a local derivative, how the
contributions to a gradient are put together. A `Bench` is one number of a sheet together with the
part of the graph that leads to it from what was written before. It says which number an edit would
have given there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..engine.operation import FLOATS, Op
from ..engine.value import Value
from .claims import FORMS, Sweep
from .intervals import Interval, hull, interval, partials_over_intervals
from .scope import Book

MOST_NODES = 2_000  # of a segment, beyond which a search for slips would take too long

Compute = Callable[["Base", Value, list[float], float], float]
Local = Callable[["Base", Value, int, float, float], float]
Gather = Callable[["Base", Value, list[float], float], float]
Use = tuple[Value, int]
Place = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Edit:
    """A rule applied wrongly; the parts that are None are applied rightly.

    Attributes:
        compute: of base, node, inputs and correct value, the wrong value.
        local: of base, child, slot, correct local derivative and upstream gradient, the wrong one.
        gather: of base, node, contributions of its uses and correct gradient, the wrong gradient.
        what: where it is applied, for the sentence of the slip.
    """

    compute: Compute | None = None
    local: Local | None = None
    gather: Gather | None = None
    what: str = ""

    def at(self, what: str) -> Edit:
        """Return the same edit with other words for where it is applied."""
        return replace(self, what=what)


@dataclass(frozen=True)
class Base:
    """Numbers to compute with: the exact ones, or the middles of the writer's own."""

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
        if node not in self._known:
            inputs = [interval(self.data(parent)) for parent in node.parents]
            found = partials_over_intervals(node.op, interval(self.data(node)), inputs)
            self._known[node] = [partial.middle for partial in found]
        return self._known[node]


class Bench:
    """One number, and the segment of the graph between it and what was written before it.

    Attributes:
        book: the names of the sheet and the writer's numbers.
        node: the number itself, or what the derivative is with respect to.
        sweep: the gradients it is one of; None for a value.
        name: what it is called, such as "w'" or "dC/dw".
        index: its place in a vector or matrix.
        sign: −1 where the sheet writes the gradient with the opposite sign.
        stops: the nodes whose gradients were written before.
        segment: the nodes between, parents first.
    """

    def __init__(
        self,
        book: Book,
        node: Value,
        sweep: Sweep | None,
        name: str,
        index: tuple[int, ...] = (),
        sign: float = 1.0,
        *,
        whole: bool = False,
    ) -> None:
        self.book, self.node, self.sweep, self.name, self.index = book, node, sweep, name, index
        self.sign = sign
        self.stops = set() if whole or sweep is None else set(sweep.written) - {node}
        self.segment = _above(node, sweep, self.stops) if sweep else _below(node, book)

    @cached_property
    def allowed(self) -> Interval:
        """What the number may be by the writer's own numbers."""
        if self.sweep is None:
            return self.book.ledger.enter(self.node)
        return hull(*(self.sweep.follows(self.node, form) for form in FORMS))

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

    @cached_property
    def parts(self) -> dict[Value, Bench]:
        """The gradients that the formula of a value uses and that the writer has not written."""
        found: dict[Value, Bench] = {}
        derivatives = self.book.ledger.derivatives
        for leaf in [p for node in self.segment for p in (node, *node.parents)]:
            if leaf in derivatives and leaf not in found and not self.is_gradient:
                sweep, cell, sign = derivatives[leaf]
                if cell not in sweep.written:
                    found[leaf] = Bench(self.book, cell, sweep, leaf.label, (), sign)
        return found

    def gradient_of(self, node: Value, base: Base) -> float:
        """Return the gradient of any node of the sweep."""
        assert self.sweep
        if not base.own:
            return self.sweep.adjoint(node)
        return (self.sweep.written.get(node) or self.sweep.follows(node)).middle

    def value_before(self, node: Value) -> Value | None:
        """Return the number that had this one's place in an earlier step, None if there is none."""
        place = self.book.places.get(node)
        earlier = [other for other in self._placed.get(place, ()) if other is not node]
        return earlier[-1] if place and earlier else None

    @cached_property
    def _placed(self) -> dict[Place | None, list[Value]]:
        """All numbers that ever had a name and index, by these."""
        found: dict[Place | None, list[Value]] = {}
        for node, place in self.book.places.items():
            found.setdefault(place, []).append(node)
        return found

    @cached_property
    def size(self) -> int:
        """How many operands are read for one prediction."""
        own = sum(1 + len(node.parents) for node in self.segment)
        return own + sum(part.size for part in self.parts.values()) or 1

    def with_exact_numbers(self) -> Bench:
        """Return the bench of the same number, computed with exact numbers only.

        A formula is judged by what it comes to in exact numbers, whatever the writer had rounded.
        """
        copy = Bench(self.book, self.node, self.sweep, self.name, self.index, self.sign, whole=True)
        copy.bases = [Base(self.book, False)]
        copy.allowed = interval(copy.predict((), copy.bases[0]))
        return copy

    def from_output(self) -> Bench:
        """Return the bench of the same gradient, computed from the output back."""
        return Bench(self.book, self.node, self.sweep, self.name, self.index, self.sign, whole=True)

    def uses(self, node: Value) -> list[Use]:
        """Return the uses of a node on the way to the output, the last one first."""
        assert self.sweep
        return [use for use in self.sweep.uses.get(node, []) if use[0] in self.inner]

    def nodes(self, *ops: Op) -> list[Value]:
        """Return the nodes of these operations, see `find`."""
        return self.find(lambda node: node.op in ops)

    def find(self, wanted: Callable[[Value], bool]) -> list[Value]:
        """Return the nodes of one kind that the number is computed through.

        The one nearest to the number comes first. For a gradient these are the nodes whose local
        derivatives are multiplied, so that a node whose own gradient was written is not among them.
        """
        order = self.segment if self.is_gradient else reversed(self.segment)
        found = [node for node in order if node.parents and wanted(node)]
        return [n for n in found if not self.is_gradient or n is not self.node][:_MOST_LISTED]

    @property
    def activations(self) -> list[Value]:
        """The activations of the segment, a = f(z)."""
        return self.find(lambda node: bool(node.op.activation))

    def predict(self, edits: Sequence[Edit], base: Base) -> float:
        """Return what the number would be with these edits, nan where it cannot be computed."""
        try:
            result = self._gradient(edits, base) if self.sweep else self._value(edits, base)
            return self.sign * float(result)
        except (ArithmeticError, ValueError):
            return math.nan

    def _gradient(self, edits: Sequence[Edit], base: Base) -> float:
        assert self.sweep
        adjoints: dict[Value, float] = {}
        for node in reversed(self.segment):
            parts = [
                adjoints[child] * self._local(child, slot, edits, base, adjoints[child])
                for child, slot in (() if node in self.stops else self.sweep.uses.get(node, ()))
                if child in adjoints
            ]
            right = self._adjoint(node, parts, base)
            for edit in edits:
                right = edit.gather(base, node, parts, right) if edit.gather else right
            adjoints[node] = right
        return adjoints[self.node]

    def _adjoint(self, node: Value, parts: list[float], base: Base) -> float:
        """Return the correct gradient of one node: as written, or added up from its uses."""
        assert self.sweep
        if node in self.stops:
            return self.sweep.written[node].middle if base.own else self.sweep.adjoint(node)
        return 1.0 if node is self.sweep.output else math.fsum(parts)

    def _local(
        self, child: Value, slot: int, edits: Sequence[Edit], base: Base, upstream: float
    ) -> float:
        partial = base.partials(child)[slot]
        for edit in edits:
            if edit.local:
                partial = edit.local(base, child, slot, partial, upstream)
        return partial

    def _value(self, edits: Sequence[Edit], base: Base) -> float:
        values = {leaf: part.predict(edits, base) for leaf, part in self.parts.items()}
        for node in self.segment:
            if node in values:
                continue
            inputs = [values[p] if p in values else base.data(p) for p in node.parents]
            right = node.op.forward(FLOATS, *inputs) if node.parents else base.data(node)
            for edit in edits:
                right = edit.compute(base, node, inputs, right) if edit.compute else right
            values[node] = right
        return values[self.node]


_MOST_LISTED = 24  # nodes of one kind in which a slip is tried


def _above(node: Value, sweep: Sweep, stops: set[Value]) -> list[Value]:
    """Return the nodes on paths from `node` to the output, up to those that are written."""
    found = {node}
    stack = [node]
    while stack:
        top = stack.pop()
        for child, _ in () if top in stops else sweep.uses.get(top, []):
            if child not in found:
                found.add(child)
                stack.append(child)
    return [n for n in [*(() if node.parents else (node,)), *sweep.order] if n in found]


def _below(node: Value, book: Book) -> list[Value]:
    """Return what a value is computed from, back to numbers that were written or given."""
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
