"""ATen's operations, as `from_torch` computes them with Values.

An operation is a function of arrays of entries, plain tensors and numbers, in the order of ATen's
arguments. Operations that only move entries, such as `view`, are run by PyTorch on numbers that
stand for the entries.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from operator import mul as times
from typing import Any

import numpy as np

from ..engine.functions import logsumexp
from ..engine.ops import make_power
from . import elementwise
from .contractions import adaptive_average, average_pool, convolution, matrix_product
from .elementwise import add, angle, clamp, div, mul, power, unary
from .entries import Entries, apply, as_entries, entrywise, log_softmax, softmax, sum_of
from .norms import batch_norm, batch_norm_of_batch, group_norm, layer_norm
from .reductions import (
    along_one,
    cumulative,
    distances,
    largest,
    mean_along,
    norm,
    product_along,
    smallest,
    sum_along,
    trilinear,
    variance,
)

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
    *("argmax", "argmin", "sign", "floor", "ceil", "round", "trunc", "bucketize", "searchsorted"),
}
_SAME_NAME = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "asin", "acos", "sinh", "cosh", "asinh"),
    *("acosh", "atanh", "tanh", "sigmoid", "relu", "silu", "erf", "erfc", "expm1", "log1p", "abs"),
)


# The operations of `elementwise` that have the names of ATen.
_ENTRY_BY_ENTRY = (
    *("add", "sub", "mul", "div", "fmod", "remainder", "copysign", "maximum", "minimum", "clamp"),
    *("where", "gelu", "softplus", "leaky_relu", "elu", "hardtanh", "hardsigmoid", "hardswish"),
)


def _matrix_vector(a: Any, b: Any) -> Entries:
    return matrix_product(a, b.reshape(-1, 1)).reshape(-1)


def _addmm(bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Entries:
    if alpha != 1 or beta != 1:
        return add(mul(bias, beta), mul(matrix_product(a, b), alpha))
    return matrix_product(a, b, bias)


def _addmv(bias: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Entries:
    return add(mul(bias, beta), mul(_matrix_vector(a, b), alpha))


def _scatter(x: Any, axis: int, index: Any, source: Any) -> Entries:
    """Return a copy of x in which entry ``index[place]`` along an axis is ``source[place]``."""
    result: Entries = x.copy()
    index = index.astype(int)
    sources = np.broadcast_to(as_entries(source), index.shape) if np.ndim(source) == 0 else source
    for place in np.ndindex(index.shape):
        target = list(place)
        target[axis] = index[place]
        result[tuple(target)] = sources[place]
    return result


def _pad(x: Any, widths: list[int], number: float = 0.0) -> Entries:
    """Return x with entries added at the ends of its last axes, or left out for negative widths."""
    pairs = [(0, 0)] * (x.ndim - len(widths) // 2)
    pairs += [(widths[k], widths[k + 1]) for k in range(len(widths) - 2, -1, -2)]
    kept = [slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, pairs, strict=True)]
    added = [(max(a, 0), max(b, 0)) for a, b in pairs]
    return as_entries(np.pad(x[tuple(kept)], added, constant_values=number))


OPERATIONS: dict[str, Callable[..., Any]] = {
    **{name: unary(name) for name in _SAME_NAME},
    **{name: getattr(elementwise, name) for name in _ENTRY_BY_ENTRY},
    "neg": lambda x: entrywise(lambda v: -v, x),
    "rsqrt": lambda x: entrywise(lambda v: apply(make_power(-0.5), v), x),
    "reciprocal": lambda x: entrywise(lambda v: 1 / v, x),
    "pow": power,
    "clamp_min": lambda x, low: clamp(x, low),
    "sum": sum_along,
    "mean": mean_along,
    "prod": product_along,
    "amax": largest,
    "amin": smallest,
    "var": variance,
    "_softmax": along_one(softmax),
    "_log_softmax": along_one(log_softmax),
    "cumsum": cumulative(sum_of),
    "logcumsumexp": cumulative(logsumexp),
    "cumprod": along_one(lambda row: list(accumulate(row, times))),
    "var_mean": lambda x, axes=None, **options: (
        variance(x, axes, **options),
        mean_along(x, axes, options.get("keepdim", False)),
    ),
    "linalg_vector_norm": norm,
    "_cdist_forward": distances,
    "_trilinear": trilinear,
    "atan2": lambda y, x: entrywise(angle, y, x),
    "hypot": elementwise.hypotenuse,
    "exp2": lambda x: entrywise(lambda v: 2.0**v, x),
    "log2": lambda x: div(unary("log")(x), math.log(2)),
    "log10": lambda x: div(unary("log")(x), math.log(10)),
    "rrelu_with_noise_functional": elementwise.rrelu,
    "native_layer_norm": layer_norm,
    "native_group_norm": group_norm,
    "_native_batch_norm_legit_no_training": batch_norm,
    "_native_batch_norm_legit_functional": batch_norm_of_batch,
    "_native_batch_norm_legit": lambda x, w, b, *more: batch_norm_of_batch(
        x, w, b, None, None, *more
    ),
    "mm": matrix_product,
    "bmm": lambda a, b: np.stack([matrix_product(p, q) for p, q in zip(a, b, strict=True)]),
    "mv": _matrix_vector,
    "dot": lambda a, b: matrix_product(a.reshape(1, -1), b.reshape(-1, 1)).reshape(()),
    "addmm": _addmm,
    "addmv": _addmv,
    "scatter": _scatter,
    "constant_pad_nd": _pad,
    "convolution": convolution,
    "avg_pool2d": average_pool,
    "avg_pool1d": average_pool,
    "avg_pool3d": average_pool,
    "_adaptive_avg_pool2d": adaptive_average,
}
