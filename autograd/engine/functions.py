"""The operations as functions, such as ``tanh(x)`` and ``dot(w, x, b)``.

Every operation of the table that can be called by its name is a function of this module. Most of
these functions, such as `tanh`, have no code here, because `__getattr__` finds them in the table. A
new operation therefore needs no line in this module.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from . import ops
from .condition import Condition
from .number import Number, check_list, shortened
from .operation import OPS, Op
from .ops import DOT, SUM
from .recorder import make_constant, operands, record_nodes
from .value import Value


def is_called(op: Op) -> bool:
    """Return whether an operation is a function with a fixed number of inputs, such as exp(x)."""
    return bool(op.arity) and not op.infix


def exported_name(op: Op) -> str:
    """Return the name of the operation's function.

    It is the name of the operation, unless Python has a built-in function of this name. The
    function of the operation `abs` is called `absolute`, as in NumPy.
    """
    return op.ufunc if hasattr(builtins, op.name) else op.name


CALLED = {exported_name(op): op for op in OPS.values() if is_called(op)}


def function_of(op: Op) -> Callable[..., Value]:
    """Return the function that records this operation, which is one of `CALLED`."""
    return cast("Callable[..., Value]", getattr(Value, exported_name(op)))


def __getattr__(name: str) -> Callable[..., Value]:
    if name in CALLED:
        return function_of(CALLED[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]


def record(op: Op, inputs: Sequence[Value | Number]) -> Value:
    """Return the node ``op(*inputs)``. Inputs that are plain numbers become constants.

    Raises:
        TypeError: an input is not a number.
        ValueError, ZeroDivisionError, OverflowError: the result is not a finite number. The class
            of the error is that of Python's `math`. The message names the operands.

    >>> record(ops.LOGSUMEXP, [0.0, 0.0]).data
    0.6931471805599453
    """
    return record_nodes(op, operands(Value, op, *inputs))


def constant(number: Number) -> Value:
    """Return the leaf that stands for a plain number in an expression, such as the 2 in 2·x."""
    return make_constant(Value, number)


def where(condition: Condition, yes: Value | Number, no: Value | Number) -> Value:
    """Return `yes` if the condition holds, else `no`, as a node that has the condition as a parent.

    If the graph is computed with other numbers, for example by `compile`, they decide which branch
    is taken. A Python ``if``, by contrast, records only one branch. Both branches of `where` are
    computed, so that ``where(x > 0, log(x), 0)`` fails at x = −1. Write
    ``where(x > 0, log(where(x > 0, x, 1)), 0)`` instead.

    Raises:
        TypeError: the condition is not a comparison of Values.

    >>> x = Value(-2.0)
    >>> y = where((x > 0) & (x < 3), x * x, -x)
    >>> y.data
    2.0
    """
    if not isinstance(condition, Condition):
        raise TypeError(
            "where: the condition is a comparison of Values, such as x > 0; got "
            f"{shortened(condition)}. Use a Python if for a condition that is True or False; for "
            "an array write [where(x > 0, x, 0) for x in array]"
        )
    return record(ops.WHERE, (condition.as_value(), yes, no))


def power(base: Value | Number, exponent: Value | Number) -> Value:
    """Return base**exponent. An exponent that is a plain number is not a parent of the node.

    >>> x = Value(2.0)
    >>> power(x, 3).data, power(3, x).data
    (8.0, 9.0)
    """
    return (base if isinstance(base, Value) else constant(base)) ** exponent


def normal_cdf(x: Value | Number) -> Value:
    """Return Φ(x), the probability that a standard normal random variable is less than x.

    The result is accurate even in the lower tail, where it is close to 0.

    >>> print(normal_cdf(Value(0.0)).data, f"{normal_cdf(Value(-10.0)).data:.12g}")
    0.5 7.61985302416e-24
    """
    return 0.5 * Value.erfc((x if isinstance(x, Value) else constant(x)) * -math.sqrt(0.5))


def normal_pdf(x: Value | Number) -> Value:
    """Return φ(x) = exp(−x²/2)/√(2π), the derivative of `normal_cdf`.

    For |x| > 40 the result is 0, because the exponential is 0 in floating point.

    >>> round(normal_pdf(Value(0.0)).data, 12)
    0.398942280401
    """
    clipped = Value.clip(x if isinstance(x, Value) else constant(x), -40.0, 40.0)
    return Value.exp(-0.5 * clipped.square()) * (1 / math.sqrt(2 * math.pi))


def leaky_relu(x: Value | Number, slope: float = 0.01) -> Value:
    """Return x if x > 0, and slope·x otherwise.

    >>> leaky_relu(Value(3.0)).data, leaky_relu(Value(-3.0), slope=0.1).data
    (3.0, -0.30000000000000004)
    """
    return record(ops.make_leaky_relu(slope), (x,))


def dot(
    w: Iterable[Value | Number], x: Iterable[Value | Number], b: Value | Number | None = None
) -> Value:
    """Return Σ wᵢxᵢ + b as a single node.

    The local derivatives are ∂/∂wᵢ = xᵢ, ∂/∂xᵢ = wᵢ and ∂/∂b = 1.

    Raises:
        TypeError: `w` or `x` is not a list.
        ValueError: `w` and `x` differ in length, or they are empty and `b` is None.

    >>> dot([2.0, 3.0], [Value(10.0), Value(1.0)], 0.5).data
    23.5
    """
    check_list("dot: w", w)
    check_list("dot: x", x)
    w, x = tuple(w), tuple(x)
    if len(w) != len(x):
        raise ValueError(f"dot: w and x must have the same length; got {len(w)} and {len(x)}")
    if not w and b is None:
        raise ValueError("dot: nothing to add; give at least one w and x, or b")
    return record(DOT, (*w, *x) if b is None else (*w, *x, b))


def total(terms: Iterable[Value | Number]) -> Value:
    """Return Σ xᵢ as a single node. Python's `sum` would record one node for each addition.

    Raises:
        TypeError: `terms` is not a list.
        ValueError: there are no terms.

    >>> total([Value(1.0), 2, 3]).data
    6.0
    """
    check_list("total: terms", terms)
    terms = tuple(terms)
    if not terms:
        raise ValueError("total: no terms to add; give at least one")
    return record(SUM, terms)


def logsumexp(terms: Iterable[Value | Number]) -> Value:
    """Return ln Σ exp xᵢ as a single node, without overflow. Its partials are the softmax of x.

    Terms that are the plain number −∞ are left out, because exp(−∞) is 0. Masks use such terms.

    Raises:
        TypeError: `terms` is not a list.
        ValueError: there are no terms, or all of them are −∞.

    >>> logsumexp([Value(1.0), float("-inf")]).data
    1.0
    """
    check_list("logsumexp: terms", terms)
    given = tuple(terms)
    terms = tuple(x for x in given if isinstance(x, Value) or x != -math.inf)
    if not terms:
        raise ValueError(
            "logsumexp: every term is masked by −∞; leave at least one unmasked"
            if given
            else "logsumexp: no terms; give at least one"
        )
    return record(ops.LOGSUMEXP, terms)


# The functions with code in this module. The star keeps the formatter from writing a name per line.
WRITTEN_OUT = (
    *("dot", "leaky_relu", "logsumexp", "normal_cdf", "normal_pdf", "power", "total", "where"),
)
__all__ = sorted([*CALLED, *WRITTEN_OUT])
