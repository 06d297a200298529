"""Activations g by name or by row of the operations' table, and the softmax of a whole layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.engine.functions import logsumexp
from autograd.engine.operation import OPS, Op, op_named
from autograd.engine.ops import LOGSUMEXP, leaky_relu_row
from autograd.engine.value import Value, record

Activation = str | Op
"""The name of an operation of one number, "linear", "softmax", or such a row itself."""

LINEAR, SOFTMAX = "linear", "softmax"


def activation_name(activation: Activation) -> str:
    """Return an activation's name, from which `activation_row` gives it back."""
    return activation.name if isinstance(activation, Op) else activation


def activation_row(activation: Activation) -> Op | None:
    """Return the row of an activation of one number; None for "linear".

    Raises:
        ValueError: there is no operation of one number with that name.

    >>> activation_row("sigmoid"), activation_row("leaky_relu(0.2)"), activation_row("linear")
    (<op sigmoid>, <op leaky_relu(0.2)>, None)
    """
    if activation == LINEAR:
        return None
    if activation == SOFTMAX:
        raise ValueError("softmax is an activation of a whole layer, not of one neuron")
    row = activation if isinstance(activation, Op) else _named(activation)
    if row.arity != 1:
        raise ValueError(f"an activation is an operation of one number; {row.name} is not")
    return row


def _named(name: str) -> Op:
    if name == "leaky_relu":
        return leaky_relu_row(0.01)
    try:
        return op_named(name)
    except ValueError:
        known = ", ".join(op.name for op in OPS.values() if op.arity == 1)
        raise ValueError(
            f"no activation is named {name!r}; there are linear, softmax, leaky_relu, {known}"
        ) from None


def recording(row: Op | None) -> Callable[[Value], Value] | None:
    """Return the function of one Value that records g, None for the linear one."""
    if row is None:
        return None
    own: Callable[[Value], Value] | None = getattr(Value, row.name, None)
    return own if OPS.get(row.name) is row and own else lambda z: record(row, (z,))


def softmax(z: Sequence[Value]) -> list[Value]:
    """Return aᵢ = exp(zᵢ − ln Σ exp zⱼ), numbers above 0 that add up to 1, without overflow.

    >>> [round(a.data, 4) for a in softmax([Value(1000.0), Value(1000.0)])]
    [0.5, 0.5]
    """
    whole = logsumexp(z)
    return [(entry - whole).exp() for entry in z]


def apply(activation: Activation, z: Any) -> Any:
    """Return a = g(z) over NumPy columns, by the same rows; softmax runs along the first axis."""
    if activation == SOFTMAX:
        return np.exp(z - LOGSUMEXP.forward(np, *z))
    row = activation_row(activation)
    return z if row is None else row.forward(np, z)


def slope(activation: Activation, z: Any, a: Any) -> Any:
    """Return g′(z), entry by entry, for an activation of one number.

    Raises:
        ValueError: the activation is softmax, whose entries depend on all z.
    """
    row = activation_row(activation)
    if row is None:
        return np.ones_like(z)
    with np.errstate(over="ignore"):  # cosh² may leave the floats: the slope is then 0
        return np.broadcast_to(row.partials(np, a, z)[0], np.shape(z))
