"""Operations on arrays whose entries are Values or plain numbers, entry by entry and by axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.functions import dot, logsumexp, record, total
from ..engine.operation import FLOATS, Op
from ..engine.value import Value

Entries = NDArray[np.object_]


def entrywise(function: Callable[..., Any], *arrays: Any) -> Entries:
    """Return function(a, b, …) for the entries of arrays, which are broadcast as in NumPy."""
    found = np.frompyfunc(function, len(arrays), 1)(*arrays)
    return as_entries(found)


def as_entries(array: Any) -> Entries:
    """Return a number or an array as an array of objects."""
    if isinstance(array, np.ndarray) and array.dtype == object:
        return array
    made = np.empty(np.shape(array), object)
    made[...] = array
    return made


def apply(op: Op, *operands: Any) -> Any:
    """Return the result of an operation: a Value, or a plain number if all operands are plain."""
    if any(isinstance(x, Value) for x in operands):
        return record(op, operands)
    return op.forward(FLOATS, *map(float, operands))


def plus(a: Any, b: Any) -> Any:
    """Return a + b, or −∞ if one of them is the plain number −∞, which masks an entry."""
    return -math.inf if is_masked(a) or is_masked(b) else a + b


def is_masked(x: Any) -> bool:
    """Return whether an entry is the plain number −∞."""
    return not isinstance(x, Value) and x == -math.inf


def sum_of(entries: Sequence[Any]) -> Any:
    """Return the sum as one node, without zeros."""
    terms = [x for x in entries if isinstance(x, Value) or x != 0]
    if not any(isinstance(x, Value) for x in terms):
        return math.fsum(terms)
    return terms[0] if len(terms) == 1 else total(terms)


def mean_of(entries: Sequence[Any]) -> Any:
    """Return the average."""
    return sum_of(entries) / len(entries)


def dot_of(w: Sequence[Any], x: Sequence[Any], b: Any = None) -> Any:
    """Return Σ wᵢxᵢ + b as one node, without products with the plain number 0."""
    pairs = [(p, q) for p, q in zip(w, x, strict=True) if not (_is_zero(p) or _is_zero(q))]
    bias = None if b is None or _is_zero(b) else b
    numbers = [*(n for pair in pairs for n in pair), *([] if bias is None else [bias])]
    if not any(isinstance(n, Value) for n in numbers):
        return math.fsum(p * q for p, q in pairs) + (bias or 0.0)
    if not pairs:
        return bias
    left, right = zip(*pairs, strict=True)
    return dot(left, right, bias)


def _is_zero(x: Any) -> bool:
    return not isinstance(x, Value) and x == 0


def along(array: Entries, axes: Any, keep: bool, function: Callable[[list[Any]], Any]) -> Entries:
    """Return a function of the entries along some axes. None and [] stand for all axes."""
    axes = range(array.ndim) if axes is None or axes == [] else np.atleast_1d(axes).tolist()
    gone = sorted(axis % array.ndim for axis in axes) if array.ndim else []
    rest = [axis for axis in range(array.ndim) if axis not in gone]
    rows = array.transpose(rest + gone).reshape([array.shape[k] for k in rest] + [-1])
    result = np.empty(rows.shape[:-1], object)
    for place in np.ndindex(result.shape):
        result[place] = function(rows[place].tolist())
    kept = [1 if axis in gone else array.shape[axis] for axis in range(array.ndim)]
    return result.reshape(kept) if keep else result


def log_softmax(entries: list[Any]) -> list[Any]:
    """Return zᵢ − ln Σ exp zⱼ, and −∞ for masked entries."""
    whole = logsumexp(entries)
    return [-math.inf if is_masked(z) else z - whole for z in entries]


def softmax(entries: list[Any]) -> list[Any]:
    """Return exp zᵢ / Σ exp zⱼ, and 0 for masked entries."""
    return [0.0 if is_masked(z) else Value.exp(z) for z in log_softmax(entries)]
