"""How many edges an operation of PyTorch has as a graph of scalars, before it is recorded."""

from __future__ import annotations

import math
from typing import Any

_PRODUCTS = {"mm", "addmm", "bmm", "mv", "dot"}


def expected_edges(name: str, shapes: list[tuple[int, ...]], result: tuple[int, ...]) -> int:
    """Return an estimate of the number of edges of an operation.

    Args:
        name: the name of the operation in ATen.
        shapes: the shapes of the arrays and tensors that it takes.
        result: the shape of its result.

    >>> expected_edges("mm", [(3, 100), (100, 2)], (3, 2))
    1200
    """
    size, taken = math.prod(result), sum(math.prod(shape) for shape in shapes)
    if name in _PRODUCTS:
        return 2 * size * shapes[-1][0 if len(shapes[-1]) < 3 else -2]
    if name == "convolution":
        kernel = shapes[1]
        return 2 * max(size, math.prod(shapes[0])) * math.prod(kernel[1:])
    if name in ("cumsum", "cumprod"):
        return size * max(shapes[0], default=1) // 2
    if name == "_trilinear":
        return 5 * shapes[0][0] * math.prod(shapes[1])
    return max(2 * size, taken)


def shapes_of(given: Any) -> list[tuple[int, ...]]:
    """Return the shapes of all arrays and tensors in nested arguments."""
    if isinstance(given, tuple | list):
        return [shape for part in given for shape in shapes_of(part)]
    return [tuple(given.shape)] if hasattr(given, "shape") else []
