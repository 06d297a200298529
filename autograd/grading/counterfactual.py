"""Mistakes, as changes of the computation that a graph records.

An `Edit` changes what some nodes compute, some local derivatives, or how the contributions to a
gradient are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..engine.value import Value
from .book import Book
from .structure import TEXTBOOK

Compute = Callable[["Numbers", Value, list[float], float], float]
Local = Callable[["Numbers", Value, int, float, float], float]
Gather = Callable[["Numbers", Value, list[float], float], float]


@dataclass(frozen=True)
class Edit:
    """A mistake. What an attribute of None would change is computed correctly.

    Attributes:
        compute: ``compute(numbers, node, inputs, right)`` returns the wrong value of a node.
            `right` is the correct value.
        local: ``local(numbers, child, slot, right, upstream)`` returns a wrong local derivative.
        gather: ``gather(numbers, node, parts, right)`` returns the wrong gradient of a node.
            `parts` are the contributions of its uses.
        what: the place of the mistake, for the sentence of the slip.
    """

    compute: Compute | None = None
    local: Local | None = None
    gather: Gather | None = None
    what: str = ""


@dataclass(frozen=True)
class Numbers:
    """The numbers to compute with: the exact ones, or those that the writer continues with.

    A written number stands for an interval. The middle of the interval is used.
    """

    book: Book
    are_own: bool
    _known: dict[Value, Sequence[float]] = field(default_factory=dict, repr=False, compare=False)

    def data(self, node: Value) -> float:
        """Return the number of a node."""
        return self.book.ledger.own(node).middle if self.are_own else node.data

    def partials(self, node: Value) -> Sequence[float]:
        """Return the local derivatives of a node, by textbook formulas for the writer's numbers."""
        if not self.are_own:
            return node.partials
        if node not in self._known:
            inputs = map(self.data, node.parents)
            self._known[node] = node.op.partials(TEXTBOOK, self.data(node), *inputs)
        return self._known[node]
