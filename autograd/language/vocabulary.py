"""The functions that a worksheet may call, and how each one is computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from ..engine import functions
from ..engine.functions import constant
from ..engine.operation import OPS, Op
from ..engine.ops import COMPARISONS, CONSTANT
from ..engine.second_order import grad
from ..engine.value import Value
from .quantity import MOST_CELLS, Quantity, check_size, each, matmul, outer, scalar, stacked, times

Function = Callable[..., Quantity]


def power(base: Quantity, exponent: Quantity) -> Quantity:
    """Return base**exponent. A constant exponent is part of the operation and not an operand."""
    if len(base.shape) == 2 and all(item.data == -1 for item in exponent.items):
        raise ValueError("the inverse of a matrix is not known here; write its numbers")
    if all(item.op is CONSTANT for item in exponent.items):
        return each(lambda a, n: a**n.data, base, exponent)
    return each(lambda a, n: a**n, base, exponent)


def slope_of(function: Function, x: Quantity) -> Quantity:
    """Return f′(x) elementwise, as Values recorded by the derivative rules of the operations."""
    slopes = []
    for item in x.items:
        output = function(scalar(item)).items[0]
        slopes += grad(output, [item])
    return Quantity(x.shape, tuple(slopes))


def _softmax(z: Quantity) -> Quantity:
    """Return exp(zᵢ − logsumexp(z)).

    This equals exp(zᵢ) divided by the sum of all exp(zⱼ), but it does not overflow.
    """
    if not z.shape:
        raise ValueError("softmax needs all numbers of a list; write softmax([1, 2]) or p = …")
    if len(z.shape) == 2:
        rows = [_softmax(Quantity((len(row),), row)) for row in z.rows]
        return Quantity(z.shape, tuple(item for row in rows for item in row.items))
    whole = functions.logsumexp(z.items)
    return Quantity(z.shape, tuple((item - whole).exp() for item in z.items))


def _leaky(x: Quantity, slope: Quantity | None = None) -> Quantity:
    a = slope.items[0].data if slope else 0.01
    return each(lambda item: item.leaky_relu(a), x)


def _total(*quantities: Quantity) -> Quantity:
    items = [item for quantity in quantities for item in quantity.items]
    return scalar(functions.total(items) if len(items) > 1 else items[0])


def _mean(*quantities: Quantity) -> Quantity:
    count = sum(len(quantity.items) for quantity in quantities)
    total = _total(*quantities).items[0]
    return scalar(total / count if count > 1 else total)


def _variance(x: Quantity) -> Quantity:
    """Return the mean of the squared deviations from the mean, with the divisor n, not n − 1."""
    return _mean(each(Value.square, each(lambda a, m: a - m, x, _mean(x))))


def _norm(x: Quantity) -> Quantity:
    return each(functions.sqrt, _total(each(Value.square, x)))


def _absolute(x: Quantity) -> Quantity:
    if x.shape:
        raise ValueError(
            f"|…| of {x.kind} has two readings: write ‖…‖ for the norm or abs(…) for each number"
        )
    return each(functions.absolute, x)


def _angle(*quantities: Quantity) -> Quantity:
    """Return ⟨p, q⟩: the dot product of two vectors, or a vector of numbers."""
    if len(quantities) == 2 and all(q.shape for q in quantities):
        return matmul(*quantities)
    return stacked(quantities)


def _total_between(x: Quantity, lower: Quantity, upper: Quantity) -> Quantity:
    """Return the sum from xₗ to xᵤ, or (u − l + 1)·x for a number x."""
    first, last = (int(limit.items[0].data) for limit in (lower, upper))
    count = last - first + 1
    if not x.shape:
        return each(lambda a: a * count, x)
    if count == len(x.items):  # also where the index is counted from 0
        return _total(x)
    if len(x.shape) > 1 or not 1 <= first <= last <= len(x.items):
        raise ValueError(f"the sum has {count} terms, but there is {x.kind}")
    return _total(Quantity((count,), x.items[first - 1 : last]))


def _extreme(function: Callable[..., Value], *quantities: Quantity) -> Quantity:
    """Return the extreme element of one quantity, or the elementwise extremes of several."""
    if len(quantities) == 1:
        first, *others = quantities[0].items
        for other in others:
            first = function(first, other)
        return scalar(first)
    result = quantities[0]
    for quantity in quantities[1:]:
        result = each(function, result, quantity)
    return result


def _step(x: Quantity) -> Quantity:
    return each(lambda item: (item >= 0).as_value(), x)


def _sign(x: Quantity) -> Quantity:
    return each(lambda item: (item > 0) - (item < 0), x)


def _filled(value: float) -> Function:
    """Return a function that fills a shape, such as 3 or [2, 3], with a number."""

    def fill(*sizes: Quantity) -> Quantity:
        shape = tuple(int(item.data) for size in sizes for item in size.items)
        if not all(0 < n <= MOST_CELLS for n in shape) or len(shape) > 2:
            raise ValueError("a shape is one or two whole numbers above 0")
        check_size(math.prod(shape))
        return Quantity(shape, tuple(constant(value) for _ in range(math.prod(shape))))

    return fill


def _identity_matrix(size: Quantity) -> Quantity:
    zeros = _filled(0.0)(size, size)
    n = zeros.shape[0]
    items = (constant(1.0) if k % (n + 1) == 0 else item for k, item in enumerate(zeros.items))
    return Quantity(zeros.shape, tuple(items))


def _where(condition: Quantity, then: Quantity, otherwise: Quantity) -> Quantity:
    return each(_choose, condition, then, otherwise)


def _choose(condition: Value, then: Value, otherwise: Value) -> Value:
    """Return one of two numbers. Only a comparison such as x > 0 is recorded, not a mask."""
    if condition.op in COMPARISONS:
        return functions.where(condition > 0, then, otherwise)
    return then if condition.data else otherwise


def _mse(a: Quantity, b: Quantity) -> Quantity:
    return _mean(each(Value.square, each(lambda x, y: x - y, a, b)))


def _log(base: float) -> Function:
    return partial(each, lambda a: a.log() / math.log(base))


def _logsumexp(z: Quantity) -> Quantity:
    return scalar(functions.logsumexp(z.items))


ANY = 1000  # the most arguments of a function that takes any number of them


def _of_table(op: Op) -> tuple[int, int, Function]:
    """Return the `FUNCTIONS` entry that applies an operation of the table elementwise."""
    count = op.arity or ANY
    # Compiled at first use, because a worksheet uses few of the operations.
    return count, count, lambda *inputs: each(functions.function_of(op), *inputs)


# By name: the fewest arguments, the most arguments, and the function.
FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    **{op.name: _of_table(op) for op in functions.CALLED.values()},
    "log10": (1, 1, _log(10)),
    "log2": (1, 1, _log(2)),
    "leaky_relu": (1, 2, _leaky),
    "step": (1, 1, _step),
    "sign": (1, 1, _sign),
    "identity": (1, 1, lambda x: x),
    "maximum": (1, ANY, lambda *x: _extreme(Value.maximum, *x)),
    "minimum": (1, ANY, lambda *x: _extreme(Value.minimum, *x)),
    "sum": (1, ANY, _total),
    "mean": (1, ANY, _mean),
    "var": (1, 1, _variance),
    "std": (1, 1, lambda x: each(functions.sqrt, _variance(x))),
    "norm": (1, 1, _norm),
    "len": (1, 1, lambda x: scalar(constant(float(x.shape[0] if x.shape else 1)))),
    "|": (1, 1, _absolute),
    "length": (1, 1, lambda x: _norm(x) if x.shape else _absolute(x)),
    "⟨": (1, ANY, _angle),
    "Σ": (3, 3, _total_between),
    "mse": (2, 2, _mse),
    "where": (3, 3, _where),
    "zeros": (1, 2, _filled(0.0)),
    "ones": (1, 2, _filled(1.0)),
    "zeros_like": (1, 1, partial(each, lambda a: constant(0.0))),
    "ones_like": (1, 1, partial(each, lambda a: constant(1.0))),
    "eye": (1, 1, _identity_matrix),
    "dot": (2, 2, lambda a, b: matmul(a, b) if a.shape and b.shape else times(a, b)),
    "outer": (2, 2, outer),
    "logsumexp": (1, 1, _logsumexp),
    "softmax": (1, ANY, lambda *z: _softmax(z[0] if len(z) == 1 else stacked(z))),
    "neg": (1, 1, partial(each, lambda a: -a)),
    "^": (2, 2, power),
    ".T": (1, 1, lambda x: x.transposed),
}
ALIASES = {
    **{alias: op.name for op in OPS.values() for alias in op.aliases},
    "sigma": "sigmoid",
    "sig": "sigmoid", "sgm": "sigmoid", "sigm": "sigmoid", "logsig": "sigmoid",
    "sigmoide": "sigmoid", "sigmoïde": "sigmoid", "sigmoida": "sigmoid",
    "expit": "sigmoid", "lg": "log10",
    "amax": "maximum", "amin": "minimum",
    "leakyrelu": "leaky_relu", "lrelu": "leaky_relu", "swish": "silu", "heaviside": "step",
    "unit_step": "step", "sgn": "sign", "signum": "sign", "fabs": "abs", "average": "mean",
    "avg": "mean", "variance": "var", "stdev": "std", "linear": "identity", "transpose": ".T",
    "matmul": "dot", "pow": "^", "power": "^", "negative": "neg",
    **{name: name for name in FUNCTIONS},
}  # fmt: skip


def function_name(name: str) -> str:
    """Return the canonical name of a function, or "" if no function has this name."""
    return ALIASES.get(name, "") or ALIASES.get(name.casefold(), "")
