"""Where learning starts: weights drawn so that signals neither die out nor blow up."""

from __future__ import annotations

import math

import numpy as np

from .activations import LINEAR, SOFTMAX, Activation, activation_row
from .arrays import Array

Seed = int | np.random.Generator | None


def initial_weights(
    inputs: int, outputs: int, activation: Activation, seed: Seed
) -> tuple[Array, Array]:
    """Return W of shape (outputs, inputs), normal with the variance that fits g, and b = 0.

    He et al. (2015), arXiv:1502.01852, equation 10, for the ReLU family: 2 / inputs. Glorot &
    Bengio (2010), equation 12, for the others: 2 / (inputs + outputs).

    Raises:
        ValueError: a size is not a whole number of 1 or more.
    """
    check_sizes(inputs, outputs)
    row = None if activation in (LINEAR, SOFTMAX) else activation_row(activation)
    rectified = row is not None and row.activation == "rectifying"
    variance = 2 / inputs if rectified else 2 / (inputs + outputs)
    generator = np.random.default_rng(seed)
    return generator.normal(0.0, math.sqrt(variance), (outputs, inputs)), np.zeros(outputs)


def check_sizes(*sizes: int) -> None:
    """Refuse a number of neurons or inputs that is none.

    Raises:
        ValueError: a size is not a whole number of 1 or more.
    """
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(
                f"a layer has a whole number of neurons and inputs, 1 or more; got {size!r}"
            )
