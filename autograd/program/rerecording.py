"""Check that a function records the same graph for other examples. A program relies on this.

A number that is read by `.data` leaves the graph. A program would store it as a constant, and keep
the choice that Python made with it. Other examples would then get wrong numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..engine.topological import inner_nodes
from ..engine.value import Value
from .instructions import Array

ADVICE = (
    "Calculate and compare with the Values, not with their .data: write `if x > 0` for "
    "`if x.data > 0`, or where(x > 0, a, b), and x * x for x * x.data"
)
_OTHER_OPERATIONS = "two recordings have other operations, and no comparison of Values chose them"
# The largest and the smallest number of recordings to compare. Between these two, as many are
# compared as have about `_NODES` nodes together.
_MOST, _FEWEST, _NODES = 64, 8, 40_000


class Rerecording:
    """A recording of a function, for comparison with other recordings of the same function.

    Args:
        output: what the function returned.
        inputs: the leaves that it was called with.
        parameters: the other leaves, as far as they are known.
    """

    def __init__(
        self, output: Value, inputs: Sequence[Value], parameters: Sequence[Value] = ()
    ) -> None:
        self._nodes, self._inputs = inner_nodes(output), inputs
        self._known = {*self._nodes, *inputs, *parameters}

    def difference(self, output: Value, inputs: Sequence[Value]) -> str:
        """Return in words how the graph of another recording differs, or "" if it does not."""
        nodes = inner_nodes(output)
        if len(nodes) != len(self._nodes):
            return _OTHER_OPERATIONS
        twins = dict(zip([*nodes, *inputs], [*self._nodes, *self._inputs], strict=True))
        # Neurons share tuples of parents, so the pairs of tuples that were compared are skipped.
        compared: set[tuple[int, int]] = set()
        for ours, theirs in zip(self._nodes, nodes, strict=True):
            if ours.op.name != theirs.op.name:
                return _OTHER_OPERATIONS
            for p, q in ((ours._a, theirs._a), (ours._b, theirs._b)):
                if p is q or (id(p), id(q)) in compared:
                    continue
                compared.add((id(p), id(q)))
                found = self._difference_of_parents(_as_tuple(p), _as_tuple(q), twins)
                if found:
                    return found
        return ""

    def _difference_of_parents(self, ours: Sequence[Any], theirs: Sequence[Any], twins: Any) -> str:
        wanted = [twins.get(q, q) for q in theirs]
        if len(wanted) == len(ours) and all(map(operator.is_, ours, wanted)):
            return ""
        for p, q in zip(ours, wanted, strict=False):
            if p is q:
                continue
            if p in self._known or q in self._known or p.op is not q.op:
                return _OTHER_OPERATIONS
            if p.data != q.data:
                return (
                    f"two recordings have the numbers {p.data:g} and {q.data:g} in the same place"
                )
        return "" if len(wanted) == len(ours) else _OTHER_OPERATIONS


def _as_tuple(parents: Any) -> tuple[Any, ...]:
    if parents is None:
        return ()
    return parents if parents.__class__ is tuple else (parents,)


@contextmanager
def other_numbers(parameters: Iterable[Value], numbers: Iterable[float]) -> Iterator[None]:
    """Give Values other data inside a ``with`` block."""
    changed = list(parameters)
    before = [parameter.data for parameter in changed]
    try:
        for parameter, number in zip(changed, numbers, strict=True):
            parameter.data = number
        yield
    finally:
        for parameter, number in zip(changed, before, strict=True):
            parameter.data = number


def sample_size(nodes: int) -> int:
    """Return how many recordings to compare for a graph with this many nodes."""
    return max(_FEWEST, min(_MOST, _NODES // nodes))


def sample(columns: Array, count: int) -> list[Any]:
    """Return the indices of up to `count` examples, extreme ones and others drawn at random.

    An example is extreme if it has the largest or the smallest number in one of the last rows,
    which are the targets if there are targets.
    """
    rows = columns[-max(1, count // 4) :]
    drawn = np.random.default_rng(0).permutation(columns.shape[1])[:count]
    return list(dict.fromkeys([*rows.argmax(1), *rows.argmin(1), *drawn]))[:count]
