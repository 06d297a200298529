"""Groups of sums as sums over an axis: dot products of varying vectors, and adjacent sums.

Attention takes the dot product of every vector aᵢ with every vector bⱼ. All these dot products are
one sum of products, yᵢⱼ = Σ aᵢ_f bⱼ_f over f, for each example. The dot products of each aᵢ with
its bᵢ are a sum of products too. Sums of adjacent rows, such as the denominators of several
softmaxes, are sums over the rows of blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..engine.ops import DOT, SUM
from .calls import Call
from .instructions import Location

_FEWEST = 4  # the smallest number of summands; fewer are added one by one
Places = Sequence[Location]


class Contraction(NamedTuple):
    """Dot products that `np.einsum` computes. In its equations, e is the index of the examples.

    Attributes:
        a: the places of the vectors aᵢ, one after the other.
        b: the places of the vectors bⱼ.
        count_a: how many vectors aᵢ there are.
        count_b: how many vectors bⱼ there are, or 0 if bᵢ belongs to aᵢ.
    """

    a: Places
    b: Places
    count_a: int
    count_b: int

    @property
    def equations(self) -> tuple[str, str, str]:
        """The equations of the values, of the adjoints of a and of the adjoints of b."""
        if self.count_b:
            return "ife,jfe->ije", "ije,jfe->ife", "ije,ife->jfe"
        return "ife,ife->ie", "ie,ife->ife", "ie,ife->ife"


def find_contraction(call: Call, operands: Sequence[Places]) -> Contraction | None:
    """Return a call of dot products as a contraction, or None if it cannot be one.

    `operands` has, for each operand, its places for all members.
    """
    half, count = len(operands) // 2, len(call.members)
    if call.op is not DOT or len(operands) % 2 or half < 2 or count < 2:
        return None
    if any(places[0].array == "shared" for places in operands):
        return None
    a = [tuple(vector) for vector in zip(*operands[:half], strict=True)]
    b = [tuple(vector) for vector in zip(*operands[half:], strict=True)]
    inner = next((k for k in range(count) if a[k] != a[0]), count)
    if count % inner == 0:
        firsts, seconds = a[::inner], b[:inner]
        if a == [v for v in firsts for _ in seconds] and b == seconds * len(firsts):
            return Contraction(_joined(firsts), _joined(seconds), len(firsts), len(seconds))
    return Contraction(_joined(a), _joined(b), count, 0)


def find_sums(call: Call, operands: Sequence[Places]) -> Places | None:
    """Return the places of all summands, sum by sum, or None if the call is not a group of sums."""
    if call.op is not SUM or len(call.members) < 2 or len(operands) < _FEWEST:
        return None
    if len({places[0].array for places in operands} | {"shared"}) > 2 or not call.varies:
        return None
    places = _joined(list(zip(*operands, strict=True)))
    return None if places[0].array == "shared" else places


def _joined(vectors: Sequence[Sequence[Location]]) -> list[Location]:
    return [place for vector in vectors for place in vector]
