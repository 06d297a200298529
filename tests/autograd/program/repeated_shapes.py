"""Computations that repeat a shape: attention, convolutions, the same layer at every position."""

from itertools import pairwise

import numpy as np

from autograd import Value, dot, tanh, total

GENERATOR = np.random.default_rng(0)


def leaves(*shape, rng=GENERATOR):
    if len(shape) == 1:
        return [Value(number) for number in rng.uniform(-1, 1, shape[0]).tolist()]
    return [leaves(*shape[1:], rng=rng) for _ in range(shape[0])]


def flat(nested):
    return [v for part in nested for v in flat(part)] if isinstance(nested, list) else [nested]


def matmul(rows, columns):
    return [[dot(row, column) for column in columns] for row in rows]


def transposed(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def attention(x, parameters):
    """Two heads, and a layer that joins them, as in a language model."""
    heads = []
    for q, k, v in parameters[0]:
        queries, keys, values = matmul(x, q), matmul(x, k), matmul(x, v)
        powers = [[(score * 0.5).exp() for score in row] for row in matmul(queries, keys)]
        sums = [total(row) for row in powers]
        weights = [[power / s for power in row] for row, s in zip(powers, sums, strict=True)]
        heads.append(matmul(weights, transposed(values)))
    joined = [flat([head[t] for head in heads]) for t in range(len(x))]
    return total([tanh(v) for v in flat(matmul(joined, parameters[1]))])


def convolution(x, parameters):
    """Every row of x is convolved, so that inputs are used in overlapping windows."""
    filters, bias = parameters
    hidden = [
        [
            tanh(dot(f, row[start : start + len(f)], b))
            for f, b in zip(filters, bias, strict=True)
            for start in range(len(row) - len(f) + 1)
        ]
        for row in x
    ]
    squares = [v * v for v in flat(hidden)]  # so that a second layer of windows varies
    again = [dot(filters[0], squares[k : k + 3]) for k in range(len(squares) - 2)]
    return total([tanh(v) for v in again])


def shared_layer(x, parameters):
    """The same layer at every position, twice; then differences of neighbors."""
    for weights, bias in parameters:
        x = [[tanh(dot(w, v, b)) for w, b in zip(weights, bias, strict=True)] for v in x]
    pairs = pairwise(x)
    return total([dot(a, b) for a, b in pairs]) + total([total(v) * v[0] for v in x])


CASES = {
    "attention": (
        attention,
        (5, 4),
        lambda: [[[leaves(3, 4) for _ in "qkv"] for _ in range(2)], leaves(6, 6)],
    ),
    "convolution": (convolution, (3, 9), lambda: [leaves(4, 3), leaves(4)]),
    "shared layer": (shared_layer, (6, 5), lambda: [(leaves(5, 5), leaves(5)) for _ in "ab"]),
}


def case(name):
    """Return a function of inputs and parameters, and new leaves for both."""
    function, shape, make = CASES[name]
    return function, leaves(*shape), make()
