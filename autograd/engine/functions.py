"""The operations as functions: ``tanh(x)`` for ``x.tanh()``, and those of many inputs.

Every operation of the table that is called by name is here. `tanh` and its like are not written
out: they are looked up in the table, so that a new operation needs no line in this module.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from typing import cast

from . import ops
from .number import Number
from .operation import OPS, Op
from .ops import DOT, SUM
from .value import Value, record


def is_called(op: Op) -> bool:
    """Return whether an operation is written as a call of a few numbers: f(x), not a + b."""
    return bool(op.arity) and not op.infix


def exported_name(op: Op) -> str:
    """Return the name of the operation's function; Python's own `abs` is called `absolute`."""
    return op.ufunc if hasattr(builtins, op.name) else op.name


CALLED = {exported_name(op): op for op in OPS.values() if is_called(op)}


def function_of(op: Op) -> Callable[..., Value]:
    """Return the function that records an operation that is written as a call."""
    return cast("Callable[..., Value]", getattr(Value, exported_name(op)))


def __getattr__(name: str) -> Callable[..., Value]:
    if name in CALLED:
        return function_of(CALLED[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]


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


__all__ = sorted([*CALLED, "dot", "leaky_relu", "logsumexp", "total"])
