"""Lists of Values as vectors, and the matrices of parameters that they are multiplied by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autograd.engine.functions import dot
from autograd.engine.number import Number, check_list, shortened
from autograd.engine.value import Value

from ..arrays import check_count
from ..initialization import Seed, random_generator

Vector = Sequence[Value]


def parameter_matrix(
    name: str, rows: int, columns: int, deviation: float, seed: Seed
) -> NDArray[np.object_]:
    """Return a matrix of Values, normally distributed around 0, with labels such as W[1,2].

    Args:
        name: the name of the matrix.
        rows, columns: its shape.
        deviation: the standard deviation of the entries.
        seed: an int or a numpy Generator.
    """
    check_count(rows, f"the number of rows of {name}")
    check_count(columns, f"the number of columns of {name}")
    if not isinstance(deviation, Number) or not 0 <= deviation < math.inf:
        raise ValueError(f"deviation must be 0 or more, and finite; got {shortened(deviation)}")
    drawn = random_generator(seed).normal(0.0, deviation, (rows, columns))
    matrix = np.empty((rows, columns), object)
    for (i, j), number in np.ndenumerate(drawn):
        matrix[i, j] = Value(number, f"{name}[{i + 1},{j + 1}]")
    return matrix


def parameter_vector(name: str, numbers: Sequence[float]) -> NDArray[np.object_]:
    """Return a vector of Values with labels such as b[1]."""
    return np.array([Value(x, f"{name}[{i}]") for i, x in enumerate(numbers, start=1)], object)


def multiply(matrix: NDArray[np.object_], x: Vector, name: str = "") -> list[Value]:
    """Return W x as one node for each row. With a name, the nodes are labeled name[1], name[2], …

    >>> W = parameter_matrix("W", 2, 3, 0.1, seed=0)
    >>> [z.label for z in multiply(W, [Value(1.0)] * 3, "z")]
    ['z[1]', 'z[2]']
    """
    return label_entries(name, [dot(row, x) for row in matrix])


def add(a: Vector, b: Vector, name: str = "") -> list[Value]:
    """Return a + b, entry by entry."""
    return label_entries(name, [x + y for x, y in zip(a, b, strict=True)])


def check_vectors(xs: Sequence[Sequence[Value | Number]], size: int) -> None:
    """Raise an error unless `xs` is a list of vectors of this length."""
    check_list("the input", xs)
    for t, x in enumerate(xs, start=1):
        check_vector(x, size, f"vector {t}")


def check_vector(x: Sequence[Value | Number], size: int, name: str = "the input") -> None:
    """Raise an error unless `x` is a vector of this length."""
    check_list(name, x)
    if len(x) != size:
        raise ValueError(f"{name} must have {size} numbers; got {len(x)}")


def label_entries(name: str, vector: list[Value]) -> list[Value]:
    """Label the entries name[1], name[2], … unless the name is "", and return the vector."""
    for i, entry in enumerate(vector if name else (), start=1):
        entry.label = f"{name}[{i}]"
    return vector
