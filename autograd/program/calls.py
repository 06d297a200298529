"""`Call`, which computes some terms together, and `Schedule`, the calls in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from ..engine.note import new_tuple
from ..engine.operation import Op
from .fuse import Term
from .instructions import Location

_WIDE = 128  # the smallest number of outputs and inputs of a wide layer


class Call(NamedTuple):
    """Terms computed by one call: equal operations side by side, or one matrix product.

    Attributes:
        op: the operation.
        members: the terms. In a matrix product, they are DOTs. Those of one position have the same
            inputs in the same order.
        is_product: whether the call is a matrix product.
        varies: whether the results differ from example to example.
        positions: for a matrix product, how many input vectors the same weights are applied to,
            such as those of the tokens of a text. The members are ordered by input vector.
    """

    op: Op
    members: tuple[int, ...]
    is_product: bool
    varies: bool
    positions: int = 1


@dataclass
class Schedule:
    """The calls in order, and the place of every term.

    Attributes:
        terms: the terms. The operands of some are in another order than in the result of `fuse`.
        inputs: for each row of the array "inputs", the node of the graph, or None if no node uses
            the row.
        calls: the calls.
        places: the place of every term.
        rows: how many rows each array has.
    """

    terms: list[Term]
    inputs: list[int | None]
    calls: list[Call] = field(default_factory=list)
    places: dict[int, Location] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=lambda: {"shared": 0, "inputs": 0, "values": 0})

    def put(self, index: int, array: str) -> None:
        """Give a term the next row of an array."""
        row = self.rows[array]
        # `new_tuple` is faster than Location(…).
        self.places[index] = new_tuple(Location, (array, row))
        self.rows[array] = row + 1

    def operands(self, call: Call) -> list[list[Location]]:
        """Return for each operand of a call its places, one for each member."""
        places, parents = self.places, [self.terms[member].parents for member in call.members]
        if len(parents) == 1:  # as below, but faster
            return [[places[p]] for p in parents[0]]
        return [[places[p] for p in slot] for slot in zip(*parents, strict=True)]


def split_dot(term: Term) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the weights and the inputs of a DOT, and its bias as a tuple that may be empty."""
    n = len(term.parents) // 2
    return term.parents[:n], term.parents[n : 2 * n], term.parents[2 * n :]


def has_bias(term: Term) -> bool:
    """Return whether a DOT has a bias, which is its last operand."""
    return len(term.parents) % 2 == 1


def is_wide(outputs: int, inputs: int) -> bool:
    """Return whether the weights of a matrix product are stored with one row per output.

    In wide layers, the products of a step are 3 to 5% faster this way, as measured. In thin layers,
    one row per input is faster, and the gradient of the weights in float32 takes half the time.
    """
    return min(outputs, inputs) >= _WIDE


def weights_of(parts: Sequence[tuple[tuple[int, ...], ...]]) -> list[int]:
    """Return the weights of DOTs that make one matrix product, in the order of their rows."""
    rows = [weights for weights, *_ in parts]
    if not is_wide(len(rows), len(rows[0])):
        rows = list(zip(*rows, strict=True))
    return list(chain.from_iterable(rows))
