"""The operations as functions: ``tanh(x)`` for ``x.tanh()``, and those of many inputs."""

from __future__ import annotations

from collections.abc import Iterable

from . import ops
from .number import Number
from .ops import DOT, SUM
from .recorder import recorder
from .value import Value, record

exp, log, sqrt = Value.exp, Value.log, Value.sqrt
sin, cos, tan, atan = Value.sin, Value.cos, Value.tan, Value.atan
tanh, sigmoid, relu = Value.tanh, Value.sigmoid, Value.relu
softplus, silu, gelu = Value.softplus, Value.silu, Value.gelu
square, absolute = Value.square, Value.absolute
maximum, minimum = recorder(ops.MAXIMUM, Value), recorder(ops.MINIMUM, Value)


def leaky_relu(x: Value | Number, slope: float = 0.01) -> Value:
    """Return x above 0 and slope·x elsewhere."""
    return record(ops.leaky_relu_row(slope), (x,))


def dot(
    w: Iterable[Value | Number], x: Iterable[Value | Number], b: Value | Number | None = None
) -> Value:
    """Return Σ wᵢxᵢ + b as one node: ∂/∂wᵢ = xᵢ, ∂/∂xᵢ = wᵢ, ∂/∂b = 1.

    Raises:
        ValueError: `w` and `x` differ in length, or there is nothing to add.

    >>> dot([2.0, 3.0], [Value(10.0), Value(1.0)], 0.5).data
    23.5
    """
    w, x = tuple(w), tuple(x)
    if len(w) != len(x):
        raise ValueError(f"dot: w has {len(w)} numbers, x has {len(x)}; they must pair up")
    if not w and b is None:
        raise ValueError("dot: nothing to add; give at least one w and x, or b")
    return record(DOT, (*w, *x) if b is None else (*w, *x, b))


def total(terms: Iterable[Value | Number]) -> Value:
    """Return Σ xᵢ as one node; Python's `sum` makes a node of each +.

    Raises:
        ValueError: there are no terms.

    >>> total([Value(1.0), 2, 3]).data
    6.0
    """
    terms = tuple(terms)
    if not terms:
        raise ValueError("total: no terms to add; give at least one")
    return record(SUM, terms)


def logsumexp(terms: Iterable[Value | Number]) -> Value:
    """Return ln Σ exp xᵢ as one node, without overflow; its partials are the softmax.

    Raises:
        ValueError: there are no terms.
    """
    terms = tuple(terms)
    if not terms:
        raise ValueError("logsumexp: no terms; give at least one")
    return record(ops.LOGSUMEXP, terms)
