"""Activation functions, which are given by a name, an operation or a function.

Softmax is here too. It is the only activation that is applied to a whole layer at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.engine.functions import logsumexp, record
from autograd.engine.namespace import NUMPY
from autograd.engine.number import shortened
from autograd.engine.operation import OPS, Op, op_named
from autograd.engine.ops import LOGSUMEXP, make_leaky_relu
from autograd.engine.value import Value

Activation = str | Op | Callable[[Value], Value]
"""An activation: the name of an operation of one number, the operation itself, or a function.

The name "linear" means that there is no activation. The name "softmax" means the softmax of a whole
layer.
"""

LINEAR, SOFTMAX = "linear", "softmax"
# Names that other libraries use. They are refused, but the message says what to write instead.
_ALSO_CALLED = {"swish": "silu", "identity": "linear", "none": "linear", "leakyrelu": "leaky_relu"}


def named_activation(activation: Any) -> Activation:
    """Return the name of an activation, or the activation itself if no name stands for it.

    For example, a function of your own has no such name.

    Raises:
        TypeError: it is neither a name, nor an operation, nor a function of one Value.
        ValueError: there is no operation of one number with that name.

    >>> named_activation(Value.tanh), named_activation("leaky_relu(0.2)")
    ('tanh', 'leaky_relu(0.2)')
    """
    # What `autograd.operation` returns is a function with its operation as an attribute.
    activation = getattr(activation, "op", activation)
    if isinstance(activation, str):
        if activation != SOFTMAX:
            activation_operation(activation)
        return activation
    if isinstance(activation, Op):
        activation_operation(activation)
        return activation.name if _is_known(activation) else activation
    if not callable(activation):
        raise TypeError(
            'an activation is a name such as "relu", or "linear" for none, or a function of one '
            f"Value; got {shortened(activation)}"
        )
    name = getattr(activation, "__name__", "")
    if name in OPS and getattr(Value, name, None) is activation:  # a method, such as Value.tanh
        return name
    _check_function(activation)
    return activation  # type: ignore[no-any-return]


def activation_name(activation: Activation) -> str:
    """Return the name of an activation, for messages and pictures."""
    if isinstance(activation, str):
        return activation
    if isinstance(activation, Op):
        return activation.name
    return getattr(activation, "__name__", type(activation).__name__)


def activation_operation(activation: Activation) -> Op | None:
    """Return the operation that an activation of one number performs, or None for "linear".

    Raises:
        ValueError: there is no operation of one number with that name.

    >>> [activation_operation(name) for name in ("sigmoid", "leaky_relu(0.2)", "linear")]
    [<op sigmoid>, <op leaky_relu(0.2)>, None]
    """
    if activation == LINEAR:
        return None
    if activation == SOFTMAX:
        raise ValueError("softmax is an activation of a whole layer, not of one neuron")
    op = activation if isinstance(activation, Op) else _find_operation(activation_name(activation))
    if op.arity != 1:
        raise ValueError(f"an activation is an operation of one number; {op.name} is not")
    return op


def is_rectifying(activation: Activation) -> bool:
    """Return whether an activation is in the ReLU family.

    It passes on about half of its inputs, so the initial weights of its layer are larger.
    """
    if activation in (LINEAR, SOFTMAX) or not isinstance(activation, str | Op):
        return False
    op = activation_operation(activation)
    return op is not None and op.activation == "rectifying"


def _find_operation(name: str) -> Op:
    if name == "leaky_relu":
        return make_leaky_relu(0.01)  # the default slope in PyTorch
    try:
        return op_named(name)
    except ValueError:
        known = ["linear", "softmax", "leaky_relu", *(k for k, op in OPS.items() if op.arity == 1)]
        other = _ALSO_CALLED.get(name.lower(), name.lower())
        similar = [other] if other in known else get_close_matches(other, known, 1)
        raise ValueError(
            f"no activation is named {name!r}; there are {', '.join(known)}"
            + (f". Write {similar[0]!r}" if similar else "")
        ) from None


def _is_known(op: Op) -> bool:
    """Return whether looking up the name of an operation finds this same operation."""
    try:
        return op_named(op.name) is op
    except ValueError:
        return False


def _check_function(function: Callable[..., Any]) -> None:
    """Refuse a function that cannot be an activation, such as a class or one of `math`'s."""
    name = getattr(function, "__name__", repr(function))
    try:
        result = function(Value(0.5))
    except (ValueError, ArithmeticError):
        return  # the function is accepted, because it may be undefined at 0.5 only
    except Exception as error:
        raise TypeError(
            f"the activation {name} must take one Value; it raised {type(error).__name__}: {error}"
        ) from None
    if not isinstance(result, Value):
        raise TypeError(
            f"the activation {name} must return a Value; it returned {shortened(result)}. Use the "
            "functions of autograd, such as autograd.tanh"
        )


def recording_function(activation: Activation) -> Callable[[Value], Value] | None:
    """Return the function that records g of a Value, or None for "linear"."""
    if not isinstance(activation, str | Op):
        return activation
    op = activation_operation(activation)
    if op is None:
        return None
    method: Callable[[Value], Value] | None = getattr(Value, op.name, None)
    # A custom operation may have the name of a method, but the method records another operation.
    return method if OPS.get(op.name) is op and method else lambda z: record(op, (z,))


def softmax(z: Sequence[Value]) -> list[Value]:
    """Return aᵢ = exp(zᵢ) / Σ exp(zⱼ), computed as exp(zᵢ − ln Σ exp zⱼ) to avoid overflow.

    >>> [round(a.data, 4) for a in softmax([Value(1000.0), Value(1000.0)])]
    [0.5, 0.5]
    """
    log_sum = logsumexp(z)
    return [(entry - log_sum).exp() for entry in z]


def activate(activation: Activation, z: Any) -> Any:
    """Return a = g(z) for an array z. Softmax sums over the first axis, the neurons."""
    if activation == SOFTMAX:
        return np.exp(z - LOGSUMEXP.forward(NUMPY, *z))
    if not isinstance(activation, str | Op):
        return _map_entries(lambda number: activation(Value(number)).data, z)
    op = activation_operation(activation)
    return z if op is None else op.forward(NUMPY, z)


def slope(activation: Activation, z: Any, a: Any) -> Any:
    """Return g′(z), entry by entry. Softmax is refused, because its outputs depend on every z."""
    if not isinstance(activation, str | Op):
        return _map_entries(lambda number: _slope_of_function(activation, number), z)
    op = activation_operation(activation)
    if op is None:
        return np.ones_like(z)
    with np.errstate(over="ignore"):  # cosh² may overflow; the slope is then 0
        return np.broadcast_to(op.partials(NUMPY, a, z)[0], np.shape(z))


def _map_entries(function: Callable[[float], float], z: Any) -> Any:
    return np.array([function(number) for number in np.ravel(z).tolist()]).reshape(np.shape(z))


def _slope_of_function(function: Callable[[Value], Value], number: float) -> float:
    z = Value(number)
    function(z).backward()
    return z.grad
