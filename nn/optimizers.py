"""Update rules: how a gradient becomes a step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from autograd.value import Value

N = TypeVar("N")


class SGD:
    """Gradient descent, θ ← θ − η ∂C/∂θ.

    Args:
        learning_rate: η, a number above 0.

    Raises:
        ValueError: η is not above 0.

    >>> w = Value(0.4, "w")
    >>> w.grad = -0.1224
    >>> SGD(learning_rate=0.1).step([w]); round(w.data, 5)
    0.41224
    """

    def __init__(self, learning_rate: float) -> None:
        if not learning_rate > 0:
            raise ValueError(f"the learning rate must be above 0; got {learning_rate!r}")
        self.learning_rate = learning_rate

    def rule(self, w: float, g: float) -> float:
        """Return w − η g, for floats and arrays alike."""
        return w - self.learning_rate * g

    def step(self, parameters: Iterable[Value]) -> None:
        """Change every parameter's data by one step against its gradient."""
        for parameter in parameters:
            parameter.data = self.rule(parameter.data, parameter.grad)
