"""Normalization of a layer, of groups of channels and of a batch, computed with Values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.operation import OPS
from ..engine.ops import make_power
from .elementwise import add, mul, sub
from .entries import Entries, apply, as_entries, mean_of, sum_of


def _normalized(x: Any, groups: Any, epsilon: float) -> Any:
    """Return (x − mean)/√(variance + ε) for each group, whose indices are a row of `groups`."""
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
    x = x if weight is None else mul(x, as_entries(weight).reshape(shape))
    return x if bias is None else add(x, as_entries(bias).reshape(shape))


def layer_norm(x: Any, shape: list[int], weight: Any, bias: Any, epsilon: float) -> Any:
    size = math.prod(shape)
    groups = np.arange(x.size).reshape(-1, size)
    return _scaled(_normalized(x, groups, epsilon), weight, bias, shape), None, None


def group_norm(x: Any, weight: Any, bias: Any, n: int, c: int, hw: int, g: int, eps: float) -> Any:
    groups = np.arange(x.size).reshape(n * g, -1)
    return _scaled(_normalized(x, groups, eps), weight, bias, _channels(x)), None, None


def _channels(x: Any) -> list[int]:
    return [-1, *[1] * (x.ndim - 2)]


def batch_norm_of_batch(
    x: Any, weight: Any, bias: Any, mean: Any = None, variance: Any = None, *more: Any
) -> Any:
    epsilon = more[-1]
    places = np.moveaxis(np.arange(x.size).reshape(x.shape), 1, 0).reshape(x.shape[1], -1)
    result = _scaled(_normalized(x, places, epsilon), weight, bias, _channels(x))
    return result, None, None, mean, variance


def batch_norm(
    x: Any, weight: Any, bias: Any, mean: Any, variance: Any, momentum: float, epsilon: float
) -> Any:
    shape = _channels(x)
    centered = sub(x, as_entries(mean).reshape(shape))
    r = 1 / np.sqrt(as_entries(variance).reshape(shape).astype(float) + epsilon)
    return _scaled(mul(centered, as_entries(r)), weight, bias, shape), None, None
