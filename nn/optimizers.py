"""Optimizers, whose update rules turn a gradient into a step.

A rule is a pure function ``(w, g, state) -> (w, state)`` that accepts a float or an array and
changes nothing in place. `fit` and `Optimizer.step` apply it to parameters.

A rule of your own is a subclass with its own `rule`. It receives copies of w and g as arrays, in
the order of `named_parameters()`, in `fit` and in `step` alike. If it has an argument ``names``, it
also receives the names in that order:

>>> class Frozen(SGD):
...     def rule(self, w, g, state=(), names=()):
...         learns = np.array([name.startswith("W2") for name in names])
...         return w - self.learning_rate * g * learns, ()
"""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import Number

from .learning_rate import LearningRate
from .optimizer_base import Optimizer
from .updates import State, elementwise

N = TypeVar("N", float, NDArray[np.float64])


@dataclass(repr=False)
class SGD(Optimizer):
    """Gradient descent, θ ← θ − η ∂C/∂θ.

    Args:
        learning_rate: η, a finite number above 0, or a schedule; see `Optimizer` for the rest.

    >>> from autograd import Value
    >>> w = Value(0.4, "w")
    >>> w.grad = -0.1224
    >>> SGD(learning_rate=0.1).step([w]); round(w.data, 5)
    0.41224
    """

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − η g, and no state."""
        return w - self.learning_rate * self._add_decay(w, g), ()


@dataclass(repr=False)
class Momentum(Optimizer):
    """Descent with momentum, v ← μv + g, θ ← θ − ηv (Polyak 1964).

    Gradients in the same direction accumulate in the velocity v.

    Args:
        learning_rate: η, a finite number above 0, or a schedule; see `Optimizer` for the rest.
        momentum: μ, from 0 (plain descent) to below 1.

    Raises:
        ValueError: a number is out of range.

    >>> Momentum(0.1, momentum=0.5).rule(1.0, 2.0, (4.0,))
    (0.6, (4.0,))
    """

    momentum: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_fraction("momentum", self.momentum)

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − ηv and (v,), with v = μv + g."""
        v = self._velocity(self._add_decay(w, g), state)
        return w - self.learning_rate * v, (v,)

    def _velocity(self, g: N, state: State) -> N:
        # + 0.0 makes a copy, so that the state does not share its memory with the array g.
        v: N = self.momentum * state[0] + g if state else g + 0.0
        return v


class Nesterov(Momentum):
    """Nesterov's momentum, v ← μv + g, θ ← θ − η(g + μv).

    Here θ is the point to which the momentum leads, and g is the gradient there. This is the form
    of Sutskever et al. (2013) after Bengio's change of variable, as in PyTorch.

    >>> w, (v,) = Nesterov(0.1, momentum=0.5).rule(1.0, 2.0, (4.0,))
    >>> round(w, 12), v
    (0.6, 4.0)
    """

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − η(g + μv) and (v,), with v = μv + g."""
        g = self._add_decay(w, g)
        v = self._velocity(g, state)
        return w - self.learning_rate * (g + self.momentum * v), (v,)


@dataclass(repr=False)
class Adam(Optimizer):
    """Adam, in which every parameter has its own step of size about η.

    The rule is m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², θ ← θ − η m̂ / (√ŝ + ε) with
    m̂ = m/(1 − β₁ᵗ) and ŝ = s/(1 − β₂ᵗ). This is algorithm 1 of Kingma & Ba (2015),
    arXiv:1412.6980.

    Args:
        learning_rate: η, a finite number above 0, or a schedule; see `Optimizer` for the rest.
        beta1: β₁, the decay rate of the mean gradient m.
        beta2: β₂, the decay rate of the mean squared gradient s.
        epsilon: ε, which prevents a division by 0.

    Raises:
        ValueError: a number is out of range.

    >>> w, (m, s, t) = Adam(0.5).rule(1.0, 3.0)
    >>> round(w, 6), round(m, 6), round(s, 6), t
    (0.5, 0.3, 0.009, 1)
    """

    learning_rate: LearningRate = LearningRate(0.001)  # noqa: RUF009
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_fraction("beta1", self.beta1)
        _check_fraction("beta2", self.beta2)
        if not (isinstance(self.epsilon, Number) and 0 < self.epsilon < math.inf):
            raise ValueError(f"epsilon must be above 0; got {self.epsilon!r}")

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return the new w and (m, s, t); t counts the steps."""
        return self._adam(w, self._add_decay(w, g), state)

    def _adam(self, w: N, g: N, state: State) -> tuple[N, State]:
        m, s, t = state or (0.0, 0.0, 0)
        t = t + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * (g * g)
        denominator = (s / (1 - self.beta2**t)) ** 0.5 + self.epsilon
        return w - self.learning_rate * (m / (1 - self.beta1**t)) / denominator, (m, s, t)


@dataclass(repr=False)
class AdamW(Adam):
    """Adam with decoupled weight decay, θ ← (1 − ηλ)θ before each step of Adam.

    The decay is not part of the gradient, so that m and s do not scale it. This is algorithm 2 of
    Loshchilov & Hutter (2019), arXiv:1711.05101, with η in place of their schedule, as in PyTorch.
    `without_bias_decay` exempts the biases.

    >>> w, _ = AdamW(0.5, weight_decay=0.1).rule(1.0, 3.0)
    >>> round(w, 6)
    0.45
    """

    _: KW_ONLY
    weight_decay: float = 0.01

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return the new w and (m, s, t); t counts the steps."""
        return self._adam(w * (1 - self.learning_rate * self.weight_decay), g, state)


OPTIMIZERS = {kind.__name__: kind for kind in (SGD, Momentum, Nesterov, Adam, AdamW)}
"""The optimizers, by the names that they have in saved files."""


def _check_fraction(name: str, value: float) -> None:
    if not (isinstance(value, Number) and 0 <= value < 1):
        raise ValueError(f"{name} must be from 0 to below 1; got {value!r}")
