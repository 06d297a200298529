"""Guards for what PyTorch chose from the numbers, such as the largest entry of a row.

PyTorch chooses by the data, and the graph has only the chosen entry. The comparisons are therefore
repeated with the Values, and each of them leaves a guard.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..engine.value import Value
from .entries import as_entries

# The comparisons that decide the result for an entry v, whose number is n.
_STEPS: dict[str, Callable[[Any, float], list[Any]]] = {
    "floor": lambda v, n: [v >= math.floor(n), v >= math.floor(n) + 1],
    "ceil": lambda v, n: [v > math.ceil(n) - 1, v > math.ceil(n)],
    "trunc": lambda v, n: [v >= math.floor(n), v >= math.floor(n) + 1] if n > 0
    else [v > math.ceil(n) - 1, v > math.ceil(n)] if n < 0 else [v > -1, v >= 1],
    # A half is rounded to the even neighbor.
    "round": lambda v, n: [v >= round(n) - 0.5, v > round(n) + 0.5] if round(n) % 2 == 0
    else [v > round(n) - 0.5, v >= round(n) + 0.5],
    "sign": lambda v, n: [v > 0, v < 0],
    "detach": lambda v, n: [v == n],  # because the result stays when the entry changes
    "any": lambda v, n: [v == 0],
    "logical_not": lambda v, n: [v == 0],
}  # fmt: skip
_RELATIONS: dict[str, Callable[[Any, Any], list[Any]]] = {
    "lt": lambda a, b: [a < b],
    "le": lambda a, b: [a <= b],
    "gt": lambda a, b: [a > b],
    "ge": lambda a, b: [a >= b],
    "eq": lambda a, b: [a >= b, a <= b],
    "ne": lambda a, b: [a >= b, a <= b],
}


def number_of(v: Any) -> float:
    return v.data if isinstance(v, Value) else float(v)


def are_equal(a: Any, b: Any) -> bool:
    """Return whether two entries are equal. If they are, this is a guard."""
    is_equal = number_of(a) == number_of(b)
    if is_equal and a is not b:
        _ask([a >= b, a <= b])
    return is_equal


def step_of(name: str, v: Any) -> int:
    """Return the entry rounded by `floor` or `trunc`, with guards."""
    n = number_of(v)
    _ask(_STEPS[name](v, n))
    return math.floor(n) if name == "floor" else math.trunc(n)


def guard_chosen(chosen: Any, others: Iterable[Any]) -> None:
    """Record how an entry compares with each of the others, which fixes its rank among them."""
    _ask(chosen >= other for other in others if other is not chosen)


def guard_row(chosen: Sequence[Any], row: Sequence[Any], *, is_cumulative: bool) -> None:
    """Record why these entries were chosen from a row, in this order.

    Args:
        chosen: the entries, such as the k largest.
        row: all entries.
        is_cumulative: whether entry k was chosen from the entries of the row up to k.
    """
    if is_cumulative:
        for k, entry in enumerate(chosen):
            guard_chosen(entry, [row[k], *chosen[max(k - 1, 0) : k]])
        return
    for first, second in pairwise(chosen):
        guard_chosen(first, [second])
    known = set(map(id, chosen))
    guard_chosen(chosen[-1], (other for other in row if id(other) not in known))


def guard_comparison(name: str, args: Sequence[Any], options: Mapping[str, Any]) -> None:
    """Record the comparisons that decide the result of an operation without derivatives."""
    x = as_entries(args[0])
    if name in _RELATIONS:
        other = args[1] if np.ndim(args[1]) == 0 else as_entries(np.asarray(args[1]))
        for a, b in zip(*map(np.ravel, np.broadcast_arrays(x, as_entries(other))), strict=True):
            _ask(_RELATIONS[name](a, b))
    elif name in _STEPS:
        scale = 10.0 ** options.get("decimals", 0)
        for v in x.flat if scale == 1 else (x * scale).flat:
            _ask(_STEPS[name](v, number_of(v)))
    elif name in ("argmax", "argmin"):
        axis = args[1] if len(args) > 1 else None
        rows = x.reshape(1, -1) if axis is None else np.moveaxis(x, axis, -1)
        for row in rows.reshape(-1, rows.shape[-1]).tolist():
            guard_chosen((max if name == "argmax" else min)(row, key=number_of), row)
    elif name in ("bucketize", "searchsorted"):
        bounds, numbers = args[:2] if name == "searchsorted" else args[1::-1]
        for v in as_entries(np.asarray(numbers)).ravel().tolist():
            for bound in as_entries(np.asarray(bounds)).ravel().tolist():
                _ask([v >= bound, v > bound])


def _ask(comparisons: Iterable[Any]) -> None:
    """Convert comparisons to bools, because this is what records their guards."""
    for comparison in comparisons:
        bool(comparison)
