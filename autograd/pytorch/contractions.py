"""Matrix products, convolutions and pooling, as one weighted sum for each entry of the result."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .entries import Entries, as_entries, dot_of, sum_of

Places = Iterator[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]


def matrix_product(a: Any, b: Any, bias: Any = None) -> Entries:
    """Return a b + bias for matrices, or batches of them that are broadcast."""
    rows, columns = as_entries(a), as_entries(b).T
    result = np.empty((len(rows), len(columns)), object)
    added = None if bias is None else np.broadcast_to(as_entries(bias), result.shape)
    for i, j in np.ndindex(result.shape):
        result[i, j] = dot_of(
            rows[i].tolist(), columns[j].tolist(), None if added is None else added[i, j]
        )
    return result


def convolution(
    x: Any,
    weight: Any,
    bias: Any,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Entries:
    """Return a convolution over one, two or three axes, or a transposed one."""
    x, weight = as_entries(x), as_entries(weight)
    size = weight.shape[2:]
    spread = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    zipped = list(zip(x.shape[2:], stride, padding, spread, output_padding, strict=True))
    if transposed:
        shape = [(n - 1) * s - 2 * p + k + o for n, s, p, k, o in zipped]
        channels = weight.shape[1] * groups
    else:
        shape = [(n + 2 * p - k) // s + 1 for n, s, p, k, _ in zipped]
        channels = weight.shape[0]
    triples = list(_pairs(x.shape[2:], shape, size, stride, padding, dilation, transposed))
    result = np.empty((len(x), channels, *shape), object)
    for n, c in np.ndindex(result.shape[:2]):
        g, inside = divmod(c, channels // groups)
        inputs = range(g * x.shape[1] // groups, (g + 1) * x.shape[1] // groups)
        terms: dict[tuple[int, ...], tuple[list[Any], list[Any]]] = {
            place: ([], []) for place in np.ndindex(*shape)
        }
        for (source, target, at), (k, i) in itertools.product(triples, enumerate(inputs)):
            kernel = weight[i, inside] if transposed else weight[c, k]
            terms[target][0].append(kernel[at])
            terms[target][1].append(x[n, i][source])
        for place, (w, v) in terms.items():
            result[(n, c, *place)] = dot_of(w, v, None if bias is None else as_entries(bias)[c])
    return result


def _pairs(
    inputs: Sequence[int],
    outputs: Sequence[int],
    size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
) -> Places:
    """Yield (place in x, place in the result, place in the kernel) of each product."""
    # A convolution reads several inputs for each output. A transposed one is the other way round.
    few, many = (inputs, outputs) if transposed else (outputs, inputs)
    for place in np.ndindex(*few):
        for at in np.ndindex(*size):
            other = tuple(
                p * s - q + k * d
                for p, s, q, k, d in zip(place, stride, padding, at, dilation, strict=True)
            )
            if all(0 <= o < n for o, n in zip(other, many, strict=True)):
                yield (place, other, at) if transposed else (other, place, at)


def average_pool(
    x: Any,
    size: Sequence[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Entries:
    """Return the mean of each window of the last axes. The number of windows is rounded down."""
    axes = len(size)
    stride, padding = list(stride) or list(size), list(padding) or [0] * axes
    inputs = x.shape[-axes:]
    shape = [
        (n + 2 * p - k) // s + 1 for n, s, p, k in zip(inputs, stride, padding, size, strict=True)
    ]
    found: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for source, target, _ in _pairs(inputs, shape, size, stride, padding, [1] * axes, False):
        found.setdefault(target, []).append(source)
    result = np.empty((*x.shape[:-axes], *shape), object)
    for outer in np.ndindex(*x.shape[:-axes]):
        for target, sources in found.items():
            count = divisor_override or (int(np.prod(size)) if count_include_pad else len(sources))
            result[(*outer, *target)] = sum_of([x[outer][s] for s in sources]) / count
    return result


def adaptive_average(x: Any, shape: Sequence[int]) -> Entries:
    """Return the means of as many windows of the last axes as `shape` says."""
    axes = len(shape)
    result = np.empty((*x.shape[:-axes], *shape), object)
    for place in np.ndindex(result.shape):
        window = tuple(
            slice(k * n // m, -(-(k + 1) * n // m))
            for k, n, m in zip(place[-axes:], x.shape[-axes:], shape, strict=True)
        )
        entries = x[place[:-axes]][window].ravel().tolist()
        result[place] = sum_of(entries) / len(entries)
    return result
