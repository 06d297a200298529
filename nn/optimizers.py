"""Update rules: how a gradient becomes a step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeVar

from autograd.number import Number
from autograd.value import Value

N = TypeVar("N")


class SGD:
    """Gradient descent, θ ← θ − η ∂C/∂θ.

    Args:
        learning_rate: η, a finite number above 0.

    Raises:
        ValueError: η is no such number.

    >>> w = Value(0.4, "w")
    >>> w.grad = -0.1224
    >>> SGD(learning_rate=0.1).step([w]); round(w.data, 5)
    0.41224
    """

    def __init__(self, learning_rate: float) -> None:
        if not isinstance(learning_rate, Number) or not 0 < learning_rate < math.inf:
            raise ValueError(
                f"the learning rate must be a finite number above 0; got {learning_rate!r}"
            )
        self.learning_rate = learning_rate

    def rule(self, w: float, g: float) -> float:
        """Return w − η g, for floats and arrays alike."""
        return w - self.learning_rate * g

    def step(self, parameters: Iterable[Value]) -> None:
        """Change every parameter's data by one step against its gradient."""
        for parameter in parameters:
            parameter.data = self.rule(parameter.data, parameter.grad)
