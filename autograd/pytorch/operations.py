"""ATen's operations, as `from_torch` computes them with Values.

An operation is a function of arrays of entries, plain tensors and numbers, in the order of ATen's
arguments. Operations that only move entries, such as `view`, are run by PyTorch on numbers that
stand for the entries.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from itertools import accumulate
from typing import Any

import numpy as np

from ..engine.functions import normal_cdf
from ..engine.operation import OPS
from ..engine.ops import make_leaky_relu, make_power
from ..engine.value import Value
from .contractions import adaptive_average, average_pool, convolution, matrix_product
from .entries import Entries, along, apply, as_entries, entrywise, mean_of, plus, softmax, sum_of
from .entries import log_softmax as log_softmax_of

MOVES = {
    *("alias", "cat", "clone", "contiguous", "diagonal", "embedding", "expand", "flip", "gather"),
    *("index", "index_select", "permute", "repeat", "roll", "select", "slice", "split"),
    *("split_with_sizes", "squeeze", "stack", "t", "transpose", "unbind", "unfold", "unsqueeze"),
    *("view", "_unsafe_view", "reshape", "as_strided", "_to_copy", "lift_fresh_copy", "chunk"),
    *("slice_scatter", "select_scatter", "copy", "upsample_nearest1d", "upsample_nearest2d"),
    *("upsample_nearest3d", "_upsample_nearest_exact1d", "_upsample_nearest_exact2d"),
}
COMPARISONS = {
    *("eq", "ne", "lt", "le", "gt", "ge", "isnan", "isinf", "any", "logical_not"),
    *("argmax", "argmin", "sign", "floor", "ceil", "round", "trunc"),
}
_SAME_NAME = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "asin", "acos", "sinh", "cosh", "asinh"),
    *("acosh", "atanh", "tanh", "sigmoid", "relu", "silu", "erf", "erfc", "expm1", "log1p", "abs"),
)


def _unary(name: str) -> Callable[..., Entries]:
    op = OPS[name]
    return lambda x: entrywise(lambda entry: apply(op, entry), x)


def _add(a: Any, b: Any, *, alpha: float = 1) -> Entries:
    return entrywise(plus, a, b if alpha == 1 else _mul(b, alpha))


def _mul(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: x * y, a, b)


def _sub(a: Any, b: Any, *, alpha: float = 1) -> Entries:
    return entrywise(lambda x, y: x - y, a, b if alpha == 1 else _mul(b, alpha))


def _div(a: Any, b: Any, *, rounding_mode: None = None) -> Entries:
    return entrywise(lambda x, y: x / y, a, b)


def _pow(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: apply(OPS["square"], x) if y == 2 else x**y, a, b)


def _maximum(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: _chosen("maximum", x, y), a, b)


def _minimum(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: _chosen("minimum", x, y), a, b)


def _chosen(name: str, x: Any, y: Any) -> Any:
    """Return the larger or the smaller of two entries. As in PyTorch, a tie has half the slopes."""
    return (x + y) / 2 if _number(x) == _number(y) else apply(OPS[name], x, y)


def _clamp(x: Any, low: Any = None, high: Any = None) -> Entries:
    def one(v: Any, low: Any, high: Any) -> Any:
        above = v if low is None else apply(OPS["maximum"], v, low)
        return above if high is None else apply(OPS["minimum"], above, high)

    return entrywise(one, x, low, high)


def _where(condition: Any, yes: Any, no: Any) -> Entries:
    return entrywise(lambda c, a, b: a if c else b, condition, yes, no)


def _gelu(x: Any, *, approximate: str = "none") -> Entries:
    if approximate == "tanh":
        return _unary("gelu")(x)
    return entrywise(lambda v: v * normal_cdf(v), x)


def _softplus(x: Any, beta: float = 1, threshold: float = 20) -> Entries:
    def one(v: Any) -> Any:
        return v if v.data * beta > threshold else Value.softplus(v * beta) / beta

    return entrywise(one, x)


def _leaky(x: Any, slope: float = 0.01) -> Entries:
    return entrywise(lambda v: apply(make_leaky_relu(slope), v), x)


def _elu(x: Any, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Entries:
    def one(v: Any) -> Any:
        positive = v.data > 0
        return v * scale if positive else Value.expm1(v * input_scale) * (alpha * scale)

    return entrywise(one, x)


def _hardtanh(x: Any, low: float = -1, high: float = 1) -> Entries:
    """Return x between the bounds. As in PyTorch, the slope at a bound is 0."""

    def one(v: Any) -> Any:
        if not isinstance(v, Value):
            return min(max(_number(v), low), high)
        return 0.0 * v + v.data if v.data in (low, high) else v.clip(low, high)

    return entrywise(one, x)


def _number(v: Any) -> float:
    return v.data if isinstance(v, Value) else float(v)


def _hardsigmoid(x: Any) -> Entries:
    return _hardtanh(_add(_div(x, 6), 0.5), 0, 1)


def _hardswish(x: Any) -> Entries:
    return _mul(x, _hardsigmoid(x))


def _sum(x: Any, axes: Any = None, keep: bool = False, **_: Any) -> Entries:
    return along(x, axes, keep, sum_of)


def _mean(x: Any, axes: Any = None, keep: bool = False, **_: Any) -> Entries:
    return along(x, axes, keep, mean_of)


def _prod(x: Any, axes: Any = None, keep: bool = False, **_: Any) -> Entries:
    return along(x, axes, keep, lambda row: reduce(lambda a, b: a * b, row))


def _largest(x: Any, axes: Any = None, keep: bool = False) -> Entries:
    return along(x, axes, keep, lambda row: _extreme("maximum", row))


def _smallest(x: Any, axes: Any = None, keep: bool = False) -> Entries:
    return along(x, axes, keep, lambda row: _extreme("minimum", row))


def _extreme(name: str, row: list[Any]) -> Any:
    """Return the largest or the smallest entry. As in PyTorch, equal ones share the slope."""
    best = (max if name == "maximum" else min)(map(_number, row))
    ties = [v for v in row if _number(v) == best]
    return mean_of(ties) if len(ties) > 1 else reduce(lambda a, b: apply(OPS[name], a, b), row)


def _variance(row: list[Any], correction: float = 1) -> Any:
    mean = mean_of(row)
    squares = [apply(OPS["square"], v - mean) for v in row]
    return sum_of(squares) / (len(row) - correction)


def _var(x: Any, axes: Any = None, correction: Any = None, keepdim: bool = False) -> Entries:
    degrees = 1 if correction is None else correction
    return along(x, axes, keepdim, lambda row: _variance(row, degrees))


def _along_one(function: Callable[[list[Any]], list[Any]]) -> Callable[..., Entries]:
    def operation(x: Any, axis: int, half: bool = False) -> Entries:
        moved = np.moveaxis(x, axis, -1)
        result = np.empty(moved.shape, object)
        for place in np.ndindex(moved.shape[:-1]):
            result[place] = function(moved[place].tolist())
        return np.moveaxis(result, -1, axis)

    return operation


def _cumulated(row: list[Any]) -> list[Any]:
    return [sum_of(row[: k + 1]) for k in range(len(row))]


def _multiplied(row: list[Any]) -> list[Any]:
    return list(accumulate(row, lambda a, b: a * b))


def _var_mean(x: Any, axes: Any = None, **options: Any) -> Any:
    keep = options.get("keepdim", False)
    return _var(x, axes, **options), _mean(x, axes, keep)


def _norm(x: Any, order: float = 2, axes: Any = None, keep: bool = False, **_: Any) -> Entries:
    """Return (Σ |xᵢ|ᵖ)^(1/p) along the axes, or the largest or smallest |xᵢ| for p = ±∞."""
    sizes = _unary("abs")(x)
    if math.isinf(order):
        return (_largest if order > 0 else _smallest)(sizes, axes, keep)
    powers = sizes if order == 1 else _pow(x if order == 2 else sizes, order)
    total = _sum(powers, axes, keep)
    if order == 1:
        return total
    return _unary("sqrt")(total) if order == 2 else _pow(total, 1 / order)


def _distances(a: Any, b: Any, order: float, *_: Any) -> Entries:
    return _norm(_sub(np.expand_dims(a, -2), np.expand_dims(b, -3)), order, -1)


def _trilinear(
    a: Any, b: Any, c: Any, new_a: Any, new_b: Any, new_c: Any, summed: Any, *_: Any
) -> Entries:
    """Return Σ aᵢbⱼcₖ, where each array gets new axes first."""
    parts = [np.expand_dims(x, tuple(new)) for x, new in ((a, new_a), (b, new_b), (c, new_c))]
    return _sum(_mul(_mul(parts[0], parts[1]), parts[2]), summed)


def _angle(y: Any, x: Any) -> Any:
    """Return the angle of the point (x, y), from −π to π."""
    if abs(_number(x)) < abs(_number(y)):
        return math.copysign(math.pi / 2, _number(y)) - apply(OPS["atan"], x / y)
    turn = 0.0 if _number(x) > 0 else math.copysign(math.pi, _number(y))
    return apply(OPS["atan"], y / x) + turn


def _hypotenuse(a: Any, b: Any) -> Entries:
    return _unary("sqrt")(_add(_pow(a, 2), _pow(b, 2)))


def _rrelu(
    x: Any, noise: Any, low: float = 1 / 8, high: float = 1 / 3, is_training: bool = False, *_: Any
) -> Any:
    if is_training:
        raise NotImplementedError("rrelu draws random slopes in training; call module.eval() first")
    return _leaky(x, (low + high) / 2), noise


def _normalized(x: Any, groups: Any, epsilon: float) -> Any:
    """Return (x − mean)/√(variance + ε) for each of the rows of `groups`, arrays of places."""
    flat, result = x.ravel(), np.empty(x.size, object)
    for places in groups:
        row = flat[places].tolist()
        mean = mean_of(row)
        centered = [v - mean for v in row]
        squares = sum_of([apply(OPS["square"], v) for v in centered]) / len(row)
        r = apply(make_power(-0.5), squares + epsilon)
        result[places] = [v * r for v in centered]
    return result.reshape(x.shape)


def _scaled(x: Any, weight: Any, bias: Any, shape: list[int]) -> Entries:
    x = x if weight is None else _mul(x, as_entries(weight).reshape(shape))
    return x if bias is None else _add(x, as_entries(bias).reshape(shape))


def _layer_norm(x: Any, shape: list[int], weight: Any, bias: Any, epsilon: float) -> Any:
    size = math.prod(shape)
    groups = np.arange(x.size).reshape(-1, size)
    return _scaled(_normalized(x, groups, epsilon), weight, bias, shape), None, None


def _group_norm(x: Any, weight: Any, bias: Any, n: int, c: int, hw: int, g: int, eps: float) -> Any:
    groups = np.arange(x.size).reshape(n * g, -1)
    return _scaled(_normalized(x, groups, eps), weight, bias, _channels(x)), None, None


def _channels(x: Any) -> list[int]:
    return [-1, *[1] * (x.ndim - 2)]


def _batch_norm_of_batch(
    x: Any, weight: Any, bias: Any, mean: Any = None, variance: Any = None, *more: Any
) -> Any:
    epsilon = more[-1]
    places = np.moveaxis(np.arange(x.size).reshape(x.shape), 1, 0).reshape(x.shape[1], -1)
    result = _scaled(_normalized(x, places, epsilon), weight, bias, _channels(x))
    return result, None, None, mean, variance


def _batch_norm(
    x: Any, weight: Any, bias: Any, mean: Any, variance: Any, momentum: float, epsilon: float
) -> Any:
    shape = _channels(x)
    centered = _sub(x, as_entries(mean).reshape(shape))
    r = 1 / np.sqrt(as_entries(variance).reshape(shape).astype(float) + epsilon)
    return _scaled(_mul(centered, as_entries(r)), weight, bias, shape), None, None


def _addmm(bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Entries:
    if alpha != 1 or beta != 1:
        return _add(_mul(bias, beta), _mul(matrix_product(a, b), alpha))
    return matrix_product(a, b, bias)


OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: _unary(name) for name in _SAME_NAME},
    "neg": lambda x: entrywise(lambda v: -v, x),
    "rsqrt": lambda x: entrywise(lambda v: apply(make_power(-0.5), v), x),
    "reciprocal": lambda x: entrywise(lambda v: 1 / v, x),
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "maximum": _maximum,
    "minimum": _minimum,
    "clamp": _clamp,
    "clamp_min": lambda x, low: _clamp(x, low),
    "where": _where,
    "gelu": _gelu,
    "softplus": _softplus,
    "leaky_relu": _leaky,
    "elu": _elu,
    "hardtanh": _hardtanh,
    "hardsigmoid": _hardsigmoid,
    "hardswish": _hardswish,
    "sum": _sum,
    "mean": _mean,
    "prod": _prod,
    "amax": _largest,
    "amin": _smallest,
    "var": _var,
    "_softmax": _along_one(softmax),
    "_log_softmax": _along_one(log_softmax_of),
    "cumsum": _along_one(_cumulated),
    "cumprod": _along_one(_multiplied),
    "var_mean": _var_mean,
    "linalg_vector_norm": _norm,
    "_cdist_forward": _distances,
    "_trilinear": _trilinear,
    "atan2": lambda y, x: entrywise(_angle, y, x),
    "hypot": _hypotenuse,
    "exp2": lambda x: entrywise(lambda v: 2.0**v, x),
    "log2": lambda x: _div(_unary("log")(x), math.log(2)),
    "log10": lambda x: _div(_unary("log")(x), math.log(10)),
    "rrelu_with_noise_functional": _rrelu,
    "native_layer_norm": _layer_norm,
    "native_group_norm": _group_norm,
    "_native_batch_norm_legit_no_training": _batch_norm,
    "_native_batch_norm_legit_functional": _batch_norm_of_batch,
    "_native_batch_norm_legit": lambda x, w, b, *more: _batch_norm_of_batch(
        x, w, b, None, None, *more
    ),
    "mm": matrix_product,
    "bmm": lambda a, b: np.stack([matrix_product(p, q) for p, q in zip(a, b, strict=True)]),
    "mv": lambda a, b: matrix_product(a, b.reshape(-1, 1)).reshape(-1),
    "dot": lambda a, b: matrix_product(a.reshape(1, -1), b.reshape(-1, 1)).reshape(()),
    "addmm": _addmm,
    "convolution": convolution,
    "avg_pool2d": average_pool,
    "avg_pool1d": average_pool,
    "avg_pool3d": average_pool,
    "_adaptive_avg_pool2d": adaptive_average,
}
