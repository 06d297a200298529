"""`Segment`: one number of a sheet, which can be computed again with a mistake in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from ..engine.operation import FLOATS, Op
from ..engine.value import Value
from .book import Book
from .counterfactual import Edit, Numbers
from .intervals import Interval, hull, interval
from .ledger import TooMuchWorkError
from .subgraphs import MOST_NODES, nodes_of_gradient, nodes_of_value
from .sweep import Sweep

_MOST_TRIED = 24  # nodes at which one slip is tried

Use = tuple[Value, int]
Place = tuple[str, tuple[int, ...]]


class Segment:
    """One number of a sheet, with the part of the graph between it and earlier written numbers.

    If the sheet has a number for z, the part of a = σ(z) begins at z. `predict` computes the number
    again, with or without a mistake.

    Attributes:
        book: the names of the sheet and the writer's numbers.
        node: the node of a value. For a gradient dC/dw it is the node of w.
        sweep: the gradients of C for a gradient dC/dw, or None for a value.
        name: the name of the number, such as "w'" or "dC/dw".
        index: the place of the number in a vector or matrix.
        sign: −1 if the sheet writes the gradient with the opposite sign, otherwise 1.
        stops: the nodes whose gradients the writer wrote before.
        nodes: the nodes of the segment, parents first.
        digits: how many significant digits the writer gave.
    """

    digits = 10

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
        # A whole segment goes on to the output, whatever gradients were written.
        self.stops = set() if whole or sweep is None else set(sweep.written) - {node}
        self.nodes = (
            nodes_of_gradient(node, sweep, self.stops) if sweep else nodes_of_value(node, book)
        )

    @cached_property
    def allowed(self) -> Interval:
        """The interval that the writer's earlier numbers allow for this number."""
        if self.sweep is None:
            return self.book.ledger.enter(self.node)
        return hull(*(self.sweep.follows(self.node, form) for form in self.sweep.forms))

    @property
    def is_too_large(self) -> bool:
        """Whether the number has too many nodes to be computed again."""
        return len(self.nodes) > MOST_NODES

    @property
    def is_gradient(self) -> bool:
        """Whether the number is a gradient, not a value."""
        return self.sweep is not None

    @cached_property
    def numbers(self) -> list[Numbers]:
        """The two kinds of numbers to compute with: the writer's own, and the exact ones."""
        return [Numbers(self.book, True), Numbers(self.book, False)]

    @cached_property
    def inner(self) -> set[Value]:
        """The nodes of the segment."""
        return set(self.nodes)

    @cached_property
    def parts(self) -> dict[Value, Segment]:
        """The segments of the gradients in a value's formula that the sheet has not written."""
        found: dict[Value, Segment] = {}
        derivatives = self.book.ledger.derivatives
        for leaf in [p for node in self.nodes for p in (node, *node.parents)]:
            if leaf in derivatives and leaf not in found and not self.is_gradient:
                sweep, cell, sign = derivatives[leaf]
                if cell not in sweep.written:
                    found[leaf] = Segment(self.book, cell, sweep, leaf.label, (), sign)
        return found

    def gradient_of(self, node: Value, numbers: Numbers) -> float:
        """Return the gradient of any node of the sweep."""
        assert self.sweep
        return _gradient_in(self.sweep, node, numbers)

    def gradients_before(self, names: Iterable[str]) -> list[dict[str, float]]:
        """Return mappings from name to previous gradient, one for each kind of `numbers`.

        The list is empty if the previous step has none of these gradients.
        """
        before = {name: self.book.before[name] for name in names if name in self.book.before}
        return [
            {
                n: sign * _gradient_in(sweep, node, numbers)
                for n, (sweep, node, sign) in before.items()
            }
            for numbers in (self.numbers if before else ())
        ]

    def value_before(self, node: Value) -> Value | None:
        """Return the number that had the same name and index in an earlier step, or None."""
        place = self.book.places.get(node)
        earlier = [other for other in self._nodes_by_place.get(place, ()) if other is not node]
        return earlier[-1] if place and earlier else None

    @cached_property
    def _nodes_by_place(self) -> dict[Place | None, list[Value]]:
        """The numbers of all steps, by name and index."""
        found: dict[Place | None, list[Value]] = {}
        for node, place in self.book.places.items():
            found.setdefault(place, []).append(node)
        return found

    @cached_property
    def size(self) -> int:
        """How many numbers one prediction reads, at least 1."""
        own = sum(1 + len(node.parents) for node in self.nodes)
        return own + sum(part.size for part in self.parts.values()) or 1

    def with_exact_numbers(self) -> Segment:
        """Return the segment of this number computed from exact numbers, as formulas are judged."""
        copy = Segment(
            self.book, self.node, self.sweep, self.name, self.index, self.sign, whole=True
        )
        copy.numbers = [Numbers(self.book, False)]
        copy.allowed = interval(copy.predict((), copy.numbers[0]))
        return copy

    def from_output(self) -> Segment:
        """Return the same gradient, computed from the output instead of from written gradients."""
        return Segment(
            self.book, self.node, self.sweep, self.name, self.index, self.sign, whole=True
        )

    def uses(self, node: Value) -> list[Use]:
        """Return the uses of a node inside the segment."""
        assert self.sweep
        return [use for use in self.sweep.uses.get(node, []) if use[0] in self.inner]

    def with_ops(self, *ops: Op) -> list[Value]:
        """Return the nodes of these operations, in the order of `find`."""
        return self.find(lambda node: node.op in ops)

    def find(self, wanted: Callable[[Value], bool]) -> list[Value]:
        """Return the nodes of the segment that a function accepts, those near the number first.

        A slip is tried at these nodes. The node of a gradient itself is left out, because its own
        local derivatives are not part of its gradient.
        """
        order = self.nodes if self.is_gradient else reversed(self.nodes)
        found = [node for node in order if node.parents and wanted(node)]
        return [n for n in found if not self.is_gradient or n is not self.node][:_MOST_TRIED]

    @property
    def activations(self) -> list[Value]:
        """The activations of the segment, a = f(z)."""
        return self.find(lambda node: bool(node.op.activation))

    def predict(self, edits: Sequence[Edit], numbers: Numbers) -> float:
        """Return the number with these edits, or nan if it cannot be computed."""
        if self.is_too_large:
            return math.nan
        try:
            result = self._gradient(edits, numbers) if self.sweep else self._value(edits, numbers)
            return self.sign * float(result)
        except TooMuchWorkError:
            raise
        except (ArithmeticError, ValueError):
            return math.nan

    def _gradient(self, edits: Sequence[Edit], numbers: Numbers) -> float:
        assert self.sweep
        adjoints: dict[Value, float] = {}
        for node in reversed(self.nodes):
            uses = () if node in self.stops else self.sweep.uses.get(node, ())
            parts = [
                adjoints[child] * self._local(child, slot, edits, numbers, adjoints[child])
                for child, slot in uses
                if child in adjoints
            ]
            right = self._adjoint(node, parts, numbers)
            for edit in edits:
                right = edit.gather(numbers, node, parts, right) if edit.gather else right
            adjoints[node] = right
        return adjoints.get(self.node, 0.0)  # no path leads to the output

    def _adjoint(self, node: Value, parts: list[float], numbers: Numbers) -> float:
        """Return the correct gradient of a node: the written one, or the sum over its uses."""
        return math.fsum(parts) if parts else self.adjoint_before(node, numbers)

    def adjoint_before(self, node: Value, numbers: Numbers) -> float:
        """Return the gradient where a segment ends: a written one, or 1 for the output, else 0."""
        assert self.sweep
        if node in self.stops:
            return self.sweep.written[node].middle if numbers.are_own else self.sweep.adjoint(node)
        return 1.0 if node is self.sweep.output else 0.0

    def _local(
        self, child: Value, slot: int, edits: Sequence[Edit], numbers: Numbers, upstream: float
    ) -> float:
        partial = numbers.partials(child)[slot]
        for edit in edits:
            if edit.local:
                partial = edit.local(numbers, child, slot, partial, upstream)
        return partial

    def _value(self, edits: Sequence[Edit], numbers: Numbers) -> float:
        values = {leaf: part.predict(edits, numbers) for leaf, part in self.parts.items()}
        for node in self.nodes:
            if node in values:
                continue
            inputs = [values[p] if p in values else numbers.data(p) for p in node.parents]
            right = node.op.forward(FLOATS, *inputs) if node.parents else numbers.data(node)
            for edit in edits:
                right = edit.compute(numbers, node, inputs, right) if edit.compute else right
            values[node] = right
        return values[self.node]


def _gradient_in(sweep: Sweep, node: Value, numbers: Numbers) -> float:
    """Return a gradient of a sweep: the exact one, or the written one, or else what follows."""
    if not numbers.are_own:
        return sweep.adjoint(node)
    return (sweep.written.get(node) or sweep.follows(node)).middle
