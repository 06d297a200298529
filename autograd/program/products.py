"""Matrix products with an `out`, each made in the way that BLAS is quickest at.

The figures are of OpenBLAS 0.3 on one thread. Another library may gain less, and loses little.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Calls = list[Callable[[], Any]]
# Up to this many multiplications OpenBLAS reads the operands in place. With more it copies both
# into blocks first, which does not pay for a thin product: 784×16 times 16×100 takes 1.4 times as
# long.
_AT_ONCE = 10**6
_MOST_PIECES = 4  # that pay for every product
_THIN = 16  # rows or columns, up to which pieces pay for every number of them, on one thread
_FEWEST_ROWS = 24  # or columns of such a piece, because fewer waste the start of a product
_LINE = 8  # numbers in a line of the cache; pieces begin with one
_SMALL = 10**5  # multiplications, up to which np.dot saves a third of the call, 0.4 µs
_TALL_ENOUGH = 64  # rows, from which on the copy of a transposed matrix pays
# In float64 the transpose of a product is faster in two cases, although it has to be copied. One is
# a tall result from this many examples on (1.1 times as fast). The other is a transposed matrix
# with at least this many numbers for each column of the other matrix (1.05 to 1.2 times).
_LONG, _TALL = 1000, 4
_NUMBERS_PER_COLUMN = 2000


@cache
def count_threads() -> int:
    """Return how many threads BLAS has, as its variables and the processors say."""
    given = map(os.environ.get, ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"))
    told = next((text for text in given if text and text.isdecimal() and int(text)), None)
    return int(told) if told else os.cpu_count() or 1


def product(a: Array, b: Array, out: Array) -> Callable[[], Any]:
    """Return the call that does out ← a b."""
    if a.ndim + b.ndim > 4:  # several matrices at once
        return partial(np.matmul, a, b, out)
    if a.shape[1] == 1:  # every column times every row, for which np.matmul is slow
        return partial(np.dot if out.flags.c_contiguous else np.multiply, a, b, out)
    calls = _calls(a, b, out)
    return calls[0] if len(calls) == 1 else partial(_run_all, calls)


def _calls(a: Array, b: Array, out: Array) -> Calls:
    """Return the calls that do out ← a b, for two matrices of more than one number each."""
    pieces = ceil(a.size * b.shape[1] / _AT_ONCE)
    if pieces > _MOST_PIECES:
        return _large_product(a, b, out, pieces)
    calls: Calls = []
    if out.shape[0] >= _TALL_ENOUGH and _is_transposed(b) and not _is_transposed(a):
        copied = np.empty(b.shape, b.dtype)  # reading `b` in place is slow then, up to twice
        calls.append(partial(np.copyto, copied, b))
        b = copied
    is_small = a.shape[0] * b.size <= _SMALL and out.flags.c_contiguous
    multiply = np.dot if is_small else np.matmul
    return calls + [partial(multiply, *views) for views in _cut(a, b, out, pieces)]


def _large_product(a: Array, b: Array, out: Array, pieces: int) -> Calls:
    """Return the calls of a product that is large. On several threads it is one call of BLAS."""
    if count_threads() == 1 and out.dtype == np.float64:
        if min(*a.shape, *b.shape) <= _THIN and max(out.shape) >= _FEWEST_ROWS * pieces:
            return [partial(np.matmul, *views) for views in _cut(a, b, out, pieces)]
        if _is_faster_transposed(a, b):
            return _transposed_product(a, b, out)
    return [partial(np.matmul, a, b, out)]


def _is_faster_transposed(a: Array, b: Array) -> bool:
    """Whether bᵀ aᵀ, copied to its transpose, is faster than a b; both are large."""
    if _is_transposed(a) and not _is_transposed(b):
        return bool(a.size >= _NUMBERS_PER_COLUMN * b.shape[1])
    if _is_transposed(b) and not _is_transposed(a):
        return bool(a.shape[1] >= _LONG and a.shape[0] >= _TALL * b.shape[1])
    return False


def _transposed_product(a: Array, b: Array, out: Array) -> Calls:
    """Return the calls that do out ← (bᵀ aᵀ)ᵀ."""
    # The rows are a line longer than the result, because rows of 512 numbers would all lie in the
    # same few lines of the cache.
    transposed = np.empty((out.shape[1], out.shape[0] + _LINE), out.dtype)[:, : out.shape[0]]
    return [partial(np.matmul, b.T, a.T, transposed), partial(np.copyto, out, transposed.T)]


def _is_transposed(matrix: Array) -> bool:
    """Whether the numbers of a column are neighbors in memory, rather than those of a row."""
    return matrix.strides[0] < matrix.strides[1]


def _cut(a: Array, b: Array, out: Array, pieces: int) -> Iterator[tuple[Array, Array, Array]]:
    """Yield the operands and the results of the pieces, cut along the longer side of the result."""
    if pieces == 1:
        yield a, b, out
        return
    size = ceil(max(out.shape) / pieces)
    if size > _LINE:
        size -= size % _LINE
    for start in range(0, max(out.shape), size):
        part = slice(start, start + size)
        if out.shape[0] >= out.shape[1]:
            yield a[part], b, out[part]
        else:
            yield a, b[:, part], out[:, part]


def _run_all(calls: Sequence[Callable[[], Any]]) -> None:
    for call in calls:
        call()
