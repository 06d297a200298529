"""What would have come out if a rule had been applied wrongly: the recorded graph computed again.

An `Edit` changes what happens at some nodes: what a node computes, a local derivative, how the
contributions to a gradient are put together. A `Bench` is one number of a sheet together with the
part of the graph that leads to it from what was written before. It says which number an edit would
have given there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..engine.operation import FLOATS
from ..engine.value import Value
from .claims import Sweep
from .intervals import Interval, interval, partials_over_intervals
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
        ledger = self.book.ledger
        return self.sweep.follows(self.node) if self.sweep else ledger.enter(self.node)

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

    @property
    def size(self) -> int:
        """How many nodes are computed for one prediction."""
        return len(self.segment) + sum(part.size for part in self.parts.values()) or 1

    def with_exact_numbers(self) -> Bench:
        """Return the bench of the same number, computed with exact numbers only.

        A formula is judged by what it comes to in exact numbers, whatever the writer had rounded.
        """
        copy = Bench(self.book, self.node, self.sweep, self.name, self.index, self.sign, whole=True)
        copy.bases = [Base(self.book, False)]
        copy.allowed = interval(copy.predict((), copy.bases[0]))
        return copy

    def started_anew(self) -> Bench:
        """Return the bench of the same gradient, computed from the output back."""
        return Bench(self.book, self.node, self.sweep, self.name, self.index, self.sign, whole=True)

    def uses(self, node: Value) -> list[Use]:
        """Return the uses of a node on the way to the output, the last one first."""
        assert self.sweep
        return [use for use in self.sweep.uses.get(node, []) if use[0] in self.inner]

    def nodes(self, *families: str) -> list[Value]:
        """Return the nodes of these families of operations, see `find`."""
        return self.find(lambda node: node.op.family in families)

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
                for child, slot in (() if node in self.stops else self.sweep.uses[node])
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


# --- edits that several slips are made of ---------------------------------------------------------


def change_local(nodes: Iterable[Value], change: Local, what: str = "") -> Edit:
    """Return the edit that changes the local derivatives of these nodes only."""
    chosen = set(nodes)

    def local(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        return change(base, child, slot, partial, upstream) if child in chosen else partial

    return Edit(local=local, what=what)


def change_edges(
    edges: Iterable[Use], change: Callable[[Base, float], float], what: str = ""
) -> Edit:
    """Return the edit that changes the local derivatives of these edges, (child, slot)."""
    chosen = set(edges)

    def local(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        return change(base, partial) if (child, slot) in chosen else partial

    return Edit(local=local, what=what)


def change_value(nodes: Iterable[Value], change: Compute, what: str = "") -> Edit:
    """Return the edit that changes what these nodes compute."""
    chosen = set(nodes)

    def compute(base: Base, node: Value, inputs: list[float], right: float) -> float:
        return change(base, node, inputs, right) if node in chosen else right

    return Edit(compute=compute, what=what)


def change_result(bench: Bench, change: Callable[[float], float], what: str = "") -> Edit:
    """Return the edit that changes the correct number itself."""
    if not bench.is_gradient:
        return change_value([bench.node], lambda base, node, x, right: change(right), what)
    return change_gradient([bench.node], lambda base, node, parts, right: change(right), what)


def change_gradient(nodes: Iterable[Value], change: Gather, what: str = "") -> Edit:
    """Return the edit that changes the gradients of these nodes, written ones too."""
    chosen = set(nodes)

    def gather(base: Base, node: Value, parts: list[float], right: float) -> float:
        return change(base, node, parts, right) if node in chosen else right

    return Edit(gather=gather, what=what)


def scale(nodes: Iterable[Value], factor: float, what: str = "") -> Edit:
    """Return the edit that multiplies what these nodes compute, and their slopes, by a factor."""
    chosen = set(nodes)
    return Edit(
        compute=lambda base, node, x, right: factor * right if node in chosen else right,
        local=lambda base, node, slot, partial, up: factor * partial if node in chosen else partial,
        what=what,
    )


def misread(others: dict[Value, Callable[[Base], float]], what: str = "") -> Edit:
    """Return the edit that reads other numbers in place of some, forward and backward."""

    def read(base: Base, node: Value, inputs: Sequence[float]) -> list[float]:
        pairs = zip(node.parents, inputs, strict=True)
        return [others[p](base) if p in others else x for p, x in pairs]

    def compute(base: Base, node: Value, inputs: list[float], right: float) -> float:
        if not any(parent in others for parent in node.parents):
            return right
        return float(node.op.forward(FLOATS, *read(base, node, inputs)))

    def local(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        if not any(parent in others for parent in child.parents):
            return partial
        inputs = read(base, child, [base.data(parent) for parent in child.parents])
        return float(child.op.partials(FLOATS, base.data(child), *inputs)[slot])

    return Edit(compute=compute, local=local, what=what)


def read_as(node: Value) -> Callable[[Base], float]:
    """Return what reads this node's number, for `misread`."""
    return lambda base: base.data(node)
