"""Matrix products with an `out`, each computed in the way that is fastest with BLAS.

The figures are measured with OpenBLAS 0.3 on one thread. Other libraries may gain less, and lose
little.
"""

from __future__ import annotations

import os
from functools import cache
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
WHOLE = "np.matmul({0}, {1}, {out})"
# Up to this many multiplications, OpenBLAS reads the operands in place. With more, it first copies
# both into blocks, which slows thin products down. For example, 784×16 times 16×100 takes 1.4 times
# as long.
_AT_ONCE = 10**6
_MOST_PIECES = 4  # up to this many pieces are faster for every product
_THIN = 16  # up to this many rows or columns, any number of pieces is faster on one thread
_FEWEST_ROWS = 24  # the smallest number of rows or columns of a piece, because each call takes time
_LINE = 8  # numbers in a cache line; every piece begins with a new line
_SMALL = 10**5  # up to this many multiplications, np.dot saves a third of a call, 0.4 µs
_TALL_ENOUGH = 64  # from this many rows on, copying a transposed matrix is faster
# In float64, the transpose of a product is faster in two cases, although it has to be copied. One
# is a sum over at least _LONG examples, if the result has at least _TALL times as many rows as
# columns (1.1 times as fast). The other is a transposed matrix with at least _NUMBERS_PER_COLUMN
# numbers for each column of the other matrix (1.05 to 1.2 times).
_LONG, _TALL = 1000, 4
_NUMBERS_PER_COLUMN = 2000


@cache
def count_threads() -> int:
    """Return how many threads BLAS has, by its environment variables or the processors."""
    given = map(os.environ.get, ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"))
    told = next((text for text in given if text and text.isdecimal() and int(text)), None)
    return int(told) if told else os.cpu_count() or 1


class ProductText(NamedTuple):
    """The calls that do {out} ← {0} {1}, as text, and the memory that they need.

    Attributes:
        calls: the calls. One may write to {temporary}.
        temporary: the rows, the columns, and the length of a row of {temporary} in memory, or None.
    """

    calls: list[str]
    temporary: tuple[int, int, int] | None = None


def product_text(a: Array, b: Array, out: Array) -> ProductText:
    """Return the calls that do out ← a b.

    >>> product_text(np.zeros((2, 3)), np.zeros((3, 4)), np.zeros((2, 4)))
    ProductText(calls=['np.dot({0}, {1}, {out})'], temporary=None)
    """
    if a.ndim + b.ndim > 4:  # several matrices at once
        return ProductText([WHOLE])
    if a.shape[1] == 1:  # every column times every row, for which np.matmul is slow
        function = "dot" if out.flags.c_contiguous else "multiply"
        return ProductText([f"np.{function}({{0}}, {{1}}, {{out}})"])
    pieces = ceil(a.size * b.shape[1] / _AT_ONCE)
    if pieces > _MOST_PIECES:
        return _large_product(a, b, out, pieces)
    is_small = a.shape[0] * b.size <= _SMALL and out.flags.c_contiguous
    function = "dot" if is_small else "matmul"
    if out.shape[0] >= _TALL_ENOUGH and _is_transposed(b) and not _is_transposed(a):
        # Reading `b` in place would then take up to twice as long.
        cut = _cut(out.shape, pieces, function, right="{temporary}")
        return ProductText(["np.copyto({temporary}, {1})", *cut], (*b.shape, b.shape[1]))
    return ProductText(_cut(out.shape, pieces, function))


def _large_product(a: Array, b: Array, out: Array, pieces: int) -> ProductText:
    """Return the calls of a large product, which is one call on several threads."""
    if count_threads() == 1 and out.dtype == np.float64:
        if min(*a.shape, *b.shape) <= _THIN and max(out.shape) >= _FEWEST_ROWS * pieces:
            return ProductText(_cut(out.shape, pieces, "matmul"))
        if _is_faster_transposed(a, b):
            # The rows are a line longer than the result, because rows of 512 numbers would all lie
            # in the same few lines of the cache.
            rows, columns = out.shape
            calls = [
                "np.matmul({1}.T, {0}.T, {temporary})",
                "np.copyto({out}, {temporary}.T)",
            ]
            return ProductText(calls, (columns, rows, rows + _LINE))
    return ProductText([WHOLE])


def _is_faster_transposed(a: Array, b: Array) -> bool:
    """Return whether bᵀ aᵀ, copied to its transpose, is faster than a b; both are large."""
    if _is_transposed(a) and not _is_transposed(b):
        return bool(a.size >= _NUMBERS_PER_COLUMN * b.shape[1])
    if _is_transposed(b) and not _is_transposed(a):
        return bool(a.shape[1] >= _LONG and a.shape[0] >= _TALL * b.shape[1])
    return False


def _is_transposed(matrix: Array) -> bool:
    """Whether the numbers of a column are neighbors in memory, rather than those of a row."""
    return matrix.strides[0] < matrix.strides[1]


def _cut(shape: tuple[int, ...], pieces: int, function: str, right: str = "{1}") -> list[str]:
    """Return the calls of the pieces, cut along the longer side of a result of this shape."""
    if pieces == 1:
        return [f"np.{function}({{0}}, {right}, {{out}})"]
    size = ceil(max(shape) / pieces)
    if size > _LINE:
        size -= size % _LINE
    parts = [f"{k}:{min(k + size, max(shape))}" for k in range(0, max(shape), size)]
    if shape[0] >= shape[1]:
        return [f"np.{function}({{0}}[{part}], {right}, {{out}}[{part}])" for part in parts]
    return [f"np.{function}({{0}}, {right}[:, {part}], {{out}}[:, {part}])" for part in parts]
