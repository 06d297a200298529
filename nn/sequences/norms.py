"""Normalizations of vectors: `RMSNorm` and `LayerNorm`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from autograd.engine.functions import dot, total
from autograd.engine.value import Value

from ..arrays import check_count
from ..module import Module
from .vectors import Vector, check_vector, label_entries, parameter_vector


class RMSNorm(Module):
    """A layer that divides a vector by the root mean square of its entries.

    Args:
        size: the length of the vector.
        gain: whether there is a learned factor gᵢ for each entry.
        epsilon: a small number that is added, so that a vector of zeros is not divided by 0.

    >>> [round(y.data, 4) for y in RMSNorm(2)([Value(3.0), Value(4.0)])]
    [0.8485, 1.1314]
    """

    equations = ("r = 1/√((x₁² + … + xₙ²)/n + ε)", "yᵢ = gᵢ·r·xᵢ")

    def __init__(self, size: int, *, gain: bool = False, epsilon: float = 1e-5) -> None:
        check_count(size, "the length of the vector")
        self.size, self.epsilon = size, _check_epsilon(epsilon)
        self.gain = parameter_vector("g", [1.0] * size if gain else [])

    def __call__(self, x: Vector) -> list[Value]:
        """Return the normalized vector."""
        check_vector(x, self.size)
        r = (dot(x, x) / self.size + self.epsilon) ** -0.5
        r.label = "r"
        scaled = [r * entry for entry in x]
        return label_entries("y", _times_gain(scaled, self.gain))


class LayerNorm(Module):
    """A layer that shifts and scales a vector to mean 0 and variance 1.

    Args:
        size: the length of the vector.
        epsilon: a small number that is added to the variance.

    >>> [round(y.data, 3) for y in LayerNorm(2)([Value(3.0), Value(5.0)])]
    [-1.0, 1.0]
    """

    equations = ("m = (x₁ + … + xₙ)/n", "v = Σ (xᵢ − m)²/n", "yᵢ = gᵢ·(xᵢ − m)/√(v + ε) + bᵢ")

    def __init__(self, size: int, *, epsilon: float = 1e-5) -> None:
        check_count(size, "the length of the vector")
        self.size, self.epsilon = size, _check_epsilon(epsilon)
        self.gain = parameter_vector("g", [1.0] * size)
        self.bias = parameter_vector("b", [0.0] * size)

    def __call__(self, x: Vector) -> list[Value]:
        """Return the normalized vector."""
        check_vector(x, self.size)
        mean = total(x) / self.size
        mean.label = "m"
        centered = [entry - mean for entry in x]
        r = (dot(centered, centered) / self.size + self.epsilon) ** -0.5
        r.label = "r"
        scaled = _times_gain([r * entry for entry in centered], self.gain)
        return label_entries("y", [y + b for y, b in zip(scaled, self.bias, strict=True)])


def _check_epsilon(epsilon: float) -> float:
    if not isinstance(epsilon, int | float) or not 0 <= epsilon < math.inf:
        raise ValueError(f"epsilon must be 0 or more; got {epsilon!r}")
    return epsilon


def _times_gain(x: list[Value], gain: NDArray[np.object_]) -> list[Value]:
    return [g * entry for g, entry in zip(gain, x, strict=True)] if len(gain) else x
