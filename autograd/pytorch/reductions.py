"""Sums, means, norms and other operations of ATen along axes, computed with Values."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from ..engine.operation import OPS
from .choices import are_equal, guard_chosen, number_of
from .elementwise import mul, power, sub, unary
from .entries import Entries, along, apply, mean_of, sum_of


def _reduction(function: Callable[[list[Any]], Any]) -> Callable[..., Entries]:
    def operation(x: Any, axes: Any = None, keep: bool = False, **_: Any) -> Entries:
        return along(x, axes, keep, function)

    return operation


sum_along, mean_along = _reduction(sum_of), _reduction(mean_of)
product_along = _reduction(lambda row: reduce(lambda a, b: a * b, row))
largest = _reduction(lambda row: _extreme("maximum", row))
smallest = _reduction(lambda row: _extreme("minimum", row))


def share(ties: list[Any], row: list[Any]) -> Any:
    """Return the mean of the extreme entries of a row, which are equal, with guards."""
    guard_chosen(ties[0], (v for v in row if not are_equal(ties[0], v)))
    return ties[0] if len(ties) == 1 else mean_of(ties)


def _extreme(name: str, row: list[Any]) -> Any:
    """Return the largest or the smallest entry. As in PyTorch, equal ones share the slope."""
    best = (max if name == "maximum" else min)(map(number_of, row))
    ties = [v for v in row if number_of(v) == best]
    if len(ties) > 1:
        return share(ties, row)
    return reduce(lambda a, b: apply(OPS[name], a, b), row)


def _variance_of(row: list[Any], correction: float = 1) -> Any:
    mean = mean_of(row)
    squares = [apply(OPS["square"], v - mean) for v in row]
    return sum_of(squares) / (len(row) - correction)


def variance(x: Any, axes: Any = None, correction: Any = None, keepdim: bool = False) -> Entries:
    degrees = 1 if correction is None else correction
    return along(x, axes, keepdim, lambda row: _variance_of(row, degrees))


def along_one(function: Callable[[list[Any]], list[Any]]) -> Callable[..., Entries]:
    """Return the operation that replaces each row along one axis by a function of the row."""

    def operation(x: Any, axis: int, half: bool = False) -> Entries:
        moved = np.moveaxis(x, axis, -1)
        result = np.empty(moved.shape, object)
        for place in np.ndindex(moved.shape[:-1]):
            result[place] = function(moved[place].tolist())
        return np.moveaxis(result, -1, axis)

    return operation


def cumulative(function: Callable[[list[Any]], Any]) -> Callable[..., Entries]:
    """Return the operation whose entry k is a function of the entries up to k along one axis."""
    return along_one(lambda row: [function(row[: k + 1]) for k in range(len(row))])


def norm(x: Any, order: float = 2, axes: Any = None, keep: bool = False, **_: Any) -> Entries:
    """Return (Σ |xᵢ|ᵖ)^(1/p) along the axes, or the largest or smallest |xᵢ| for p = ±∞."""
    sizes = unary("abs")(x)
    if math.isinf(order):
        return (largest if order > 0 else smallest)(sizes, axes, keep)
    powers = sizes if order == 1 else power(x if order == 2 else sizes, order)
    total = sum_along(powers, axes, keep)
    if order == 1:
        return total
    return unary("sqrt")(total) if order == 2 else power(total, 1 / order)


def distances(a: Any, b: Any, order: float, *_: Any) -> Entries:
    return norm(sub(np.expand_dims(a, -2), np.expand_dims(b, -3)), order, -1)


def trilinear(
    a: Any, b: Any, c: Any, new_a: Any, new_b: Any, new_c: Any, summed: Any, *_: Any
) -> Entries:
    """Return Σ aᵢbⱼcₖ, where each array gets new axes first."""
    parts = [np.expand_dims(x, tuple(new)) for x, new in ((a, new_a), (b, new_b), (c, new_c))]
    return sum_along(mul(mul(parts[0], parts[1]), parts[2]), summed)
