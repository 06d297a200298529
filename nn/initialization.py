"""Initial weights, drawn so that activations neither vanish nor grow from layer to layer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.number import shortened

from .activations import Activation, is_rectifying
from .arrays import Array, as_array, check_count

Seed = int | np.random.Generator | None
"""An int, a generator or None, as `random_generator` explains."""
Initialization = (
    Literal["he", "glorot", "lecun", "he_uniform", "glorot_uniform", "lecun_uniform", "zeros"]
    | Callable[[int, int, np.random.Generator], ArrayLike]
)
"""A way to draw the initial weights: the name of a distribution, or a function.

The function takes (inputs, outputs, generator) and returns W of shape (outputs, inputs). The plain
names are normal distributions. A name that ends in "_uniform" is the uniform distribution with the
same variance.
"""

_VARIANCES: dict[str, Callable[[int, int], float]] = {
    "he": lambda inputs, outputs: 2 / inputs,
    "glorot": lambda inputs, outputs: 2 / (inputs + outputs),
    "lecun": lambda inputs, outputs: 1 / inputs,
    "zeros": lambda inputs, outputs: 0.0,
}
_ALSO_CALLED = {"xavier": "glorot", "kaiming": "he"}


def initial_weights(
    inputs: int,
    outputs: int,
    activation: Activation,
    seed: Seed,
    initialization: Initialization | None = None,
) -> Array:
    """Return W of shape (outputs, inputs), drawn with the variance that fits the activation.

    The default is a normal distribution. Its variance is 2 / inputs for the ReLU family (He et al.
    2015, arXiv:1502.01852, equation 10). For other activations it is 2 / (inputs + outputs) (Glorot
    & Bengio 2010, equation 12).

    Raises:
        TypeError: a size is not a whole number, or the initialization is neither a name nor a
            function.
        ValueError: a size is below 1, the name is unknown, or the function returns another shape.
    """
    check_count(inputs, "the number of inputs")
    check_count(outputs, "the number of neurons")
    generator = random_generator(seed)
    if initialization is None:
        initialization = "he" if is_rectifying(activation) else "glorot"
    if callable(initialization):
        drawn = as_array(initialization(inputs, outputs, generator), "the initial W")
        if drawn.shape != (outputs, inputs):
            raise ValueError(
                f"the initialization must return W of shape {(outputs, inputs)}; got {drawn.shape}"
            )
        return drawn
    return _draw(initialization, inputs, outputs, generator)


def random_generator(seed: Any) -> np.random.Generator:
    """Return a random generator for a seed.

    An int seeds a new generator, None makes one without a fixed seed, and a generator is returned
    unchanged.
    """
    try:
        return np.random.default_rng(seed)
    except TypeError:
        raise TypeError(
            f"seed must be an int, a numpy Generator or None; got {shortened(seed)}"
        ) from None
    except ValueError:
        raise ValueError(f"a seed is 0 or more; got {shortened(seed)}") from None


def _draw(name: str, inputs: int, outputs: int, generator: np.random.Generator) -> Array:
    if not isinstance(name, str):
        raise TypeError(f"initialization is a name or a function; got {shortened(name)}")
    kind, _, uniform = name.partition("_")
    if kind not in _VARIANCES or uniform not in ("", "uniform"):
        known = ", ".join([*_VARIANCES, *(f"{k}_uniform" for k in ("he", "glorot", "lecun"))])
        other = _ALSO_CALLED.get(kind)
        raise ValueError(
            f"no initialization is named {name!r}; there are {known}"
            + (f". {kind} is called {other} here" if other else "")
        )
    deviation = math.sqrt(_VARIANCES[kind](inputs, outputs))
    if uniform:
        limit = math.sqrt(3) * deviation  # because the variance of uniform(-c, c) is c² / 3
        return generator.uniform(-limit, limit, (outputs, inputs))
    return generator.normal(0.0, deviation, (outputs, inputs))
