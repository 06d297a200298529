"""Update rules: how a gradient becomes a step.

Each is a pure rule ``(w, g, state) -> (w, state)``, the same for a float and for an array of
thousands; nothing is changed in place. `step` applies it to Values.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import Number
from autograd.engine.value import Value

N = TypeVar("N", float, NDArray[np.float64])
State = tuple[Any, ...]
"""What a rule remembers from step to step, numbers and arrays; () before the first step."""


@dataclass
class Optimizer:
    """What all update rules share: a learning rate η above 0, and the step over Values."""

    learning_rate: float
    state: State = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.learning_rate, Number) or not 0 < self.learning_rate < math.inf:
            raise ValueError(
                f"the learning rate must be a finite number above 0; got {self.learning_rate!r}"
            )

    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return the new w and the new state, for a float or an array and its gradient."""
        raise NotImplementedError

    def step(self, parameters: Iterable[Value]) -> None:
        """Change every parameter's data by one step; `state` remembers, in the parameters' order.

        Raises:
            ValueError: there are not as many parameters as in the step before.
        """
        values = list(parameters)
        w = np.array([value.data for value in values])
        if any(np.shape(part) not in ((), w.shape) for part in self.state):
            raise ValueError(f"{self} has stepped other parameters before; make a new one")
        w, self.state = self.rule(w, np.array([value.grad for value in values]), self.state)
        for value, number in zip(values, w.tolist(), strict=True):
            value.data = number


class SGD(Optimizer):
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

    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − η g, and no state."""
        return w - self.learning_rate * g, ()


@dataclass
class Momentum(Optimizer):
    """Descent with momentum, v ← μv + g, θ ← θ − ηv (Polyak 1964): steps that agree add up.

    Args:
        learning_rate: η, a finite number above 0.
        momentum: μ, from 0 (plain descent) to below 1.

    Raises:
        ValueError: η or μ is out of range.

    >>> Momentum(0.1, momentum=0.5).rule(1.0, 2.0, (4.0,))
    (0.6, (4.0,))
    """

    momentum: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_decay("momentum", self.momentum)

    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − ηv and (v,), with v = μv + g."""
        v = self.momentum * state[0] + g if state else g + 0.0  # + 0.0: not the caller's array
        return w - self.learning_rate * v, (v,)


class Nesterov(Momentum):
    """Nesterov's momentum, v ← μv + g, θ ← θ − η(g + μv): the slope where the momentum leads.

    In the form of Sutskever et al. (2013) after Bengio's change of variable, as PyTorch has it.

    >>> w, (v,) = Nesterov(0.1, momentum=0.5).rule(1.0, 2.0, (4.0,))
    >>> round(w, 12), v
    (0.6, 4.0)
    """

    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − η(g + μv) and (v,), with v = μv + g."""
        v = self.momentum * state[0] + g if state else g + 0.0  # + 0.0: not the caller's array
        return w - self.learning_rate * (g + self.momentum * v), (v,)


@dataclass
class Adam(Optimizer):
    """Adam: every parameter with a step of its own, about η in size.

    m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², θ ← θ − η m̂ / (√ŝ + ε) with m̂ = m/(1 − β₁ᵗ) and
    ŝ = s/(1 − β₂ᵗ): Kingma & Ba (2015), arXiv:1412.6980, algorithm 1.

    Args:
        learning_rate: η, a finite number above 0.
        beta1: β₁, how much of the mean gradient m is kept.
        beta2: β₂, how much of the mean square s is kept.
        epsilon: ε, which keeps the divisor from 0.

    Raises:
        ValueError: a number is out of range.

    >>> w, (m, s, t) = Adam(0.5).rule(1.0, 3.0)
    >>> round(w, 6), round(m, 6), round(s, 6), t
    (0.5, 0.3, 0.009, 1)
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_decay("beta1", self.beta1)
        _check_decay("beta2", self.beta2)
        if not self.epsilon > 0:
            raise ValueError(f"epsilon must be above 0; got {self.epsilon!r}")

    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return the new w and (m, s, t); t counts the steps."""
        m, s, t = state or (0.0, 0.0, 0)
        t = int(t) + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * (g * g)
        size = (s / (1 - self.beta2**t)) ** 0.5 + self.epsilon
        return w - self.learning_rate * (m / (1 - self.beta1**t)) / size, (m, s, t)


OPTIMIZERS = {kind.__name__: kind for kind in (SGD, Momentum, Nesterov, Adam)}
"""The rules by name, for files that say which one was at work."""


def _check_decay(name: str, value: float) -> None:
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be from 0 to below 1; got {value!r}")
