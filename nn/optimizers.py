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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from inspect import signature
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import Number, shortened
from autograd.engine.value import Value

from .module import Module
from .updates import Array, Indices, Part, State, Update, elementwise

N = TypeVar("N", float, NDArray[np.float64])
Schedule = Callable[[int], float]
"""A learning rate as a function of the step, counted from 0."""
Parameters = Module | Iterable[Value | str | tuple[str, Value]]
"""Parameters of a model: a Module, or Values, or their names, or pairs of both."""


class Rate:
    """The learning rate as a descriptor, set to a number or a schedule and read as a number."""

    def __init__(self, default: float | None = None) -> None:
        self._default = default

    def __get__(self, optimizer: Optimizer | None, kind: type) -> float:
        if optimizer is None:
            if self._default is None:
                raise AttributeError("a learning rate without a default")
            return self._default
        if "learning_rate" not in vars(optimizer):
            raise AttributeError(f"{type(optimizer).__name__} has no learning rate of its own")
        given = vars(optimizer)["learning_rate"]
        return _scheduled_rate(given, optimizer.steps) if callable(given) else float(given)

    def __set__(self, optimizer: Optimizer, given: float | Schedule) -> None:
        is_schedule = callable(given) and not isinstance(given, type)
        vars(optimizer)["learning_rate"] = given if is_schedule else _checked_rate(given)


@dataclass(repr=False)
class Optimizer:
    """The base class of optimizers, with a learning rate η, weight decay and gradient clipping.

    Args:
        learning_rate: η, a finite number above 0, or a schedule. A schedule is a function that
            returns η for the number of the step, counted from 0.
        weight_decay: λ. The term λθ is added to every gradient, as if the cost had a term ½ λ Σ θ².
        clip_norm: the largest norm of the whole gradient. A longer gradient is scaled down.
        clip_value: the largest absolute value of an entry of the gradient. Larger ones are clipped.

    Attributes:
        steps: the number of steps taken.
        state: the state of the rule, arrays in the order of the parameters.

    Raises:
        ValueError: a number is out of range.
        TypeError: the learning rate is neither a number nor a function.

    >>> warm_up = SGD(lambda step: 0.1 * min(1.0, (step + 1) / 10))
    >>> w = Value(1.0, "w")
    >>> w.grad = 1.0
    >>> warm_up.step([w]); w.data
    0.99
    """

    learning_rate: Rate = Rate()
    _: KW_ONLY
    weight_decay: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    state: State = field(default=(), init=False, repr=False, compare=False)
    steps: int = field(default=0, init=False, repr=False, compare=False)
    _values: tuple[Value, ...] = field(default=(), init=False, repr=False, compare=False)
    _update: Update | None = field(default=None, init=False, repr=False, compare=False)

    def __new__(cls, *_: Any, **settings: Any) -> Self:
        """Refuse the names that other libraries have for settings."""
        known = signature(cls.__init__).parameters
        for name in settings:
            if name in _EQUIVALENTS and name not in known:
                raise TypeError(
                    f"{cls.__name__} has no setting {name!r}: write {_EQUIVALENTS[name]}"
                )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        self.check_shared()

    def check_shared(self) -> None:
        """Refuse settings of decay and clipping that are out of range."""
        if not (_is_number(self.weight_decay) and 0 <= self.weight_decay < math.inf):
            raise ValueError(f"weight_decay must be 0 or more; got {self.weight_decay!r}")
        for name, limit in (("clip_norm", self.clip_norm), ("clip_value", self.clip_value)):
            if limit is not None and not (_is_number(limit) and limit > 0):
                raise ValueError(f"{name} must be above 0; got {limit!r}")
        if self.clip_norm is not None and self.clip_value is not None:
            raise ValueError("clip the gradient by clip_norm or by clip_value, not by both")

    def __repr__(self) -> str:
        shown = [f for f in fields(self) if f.repr and f.name in vars(self)]
        parts = [
            f"{f.name}={vars(self)[f.name]!r}"
            for f in shown
            if f.name == "learning_rate" or vars(self)[f.name] != f.default
        ]
        return f"{type(self).__name__}({', '.join(parts)})"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_update"}

    @property
    def has_schedule(self) -> bool:
        """Whether the learning rate is a function of the step."""
        return callable(vars(self).get("learning_rate"))

    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return the new w and the new state, for a float or an array and its gradient."""
        raise NotImplementedError(f"{type(self).__name__} has no rule(self, w, g, state)")

    @np.errstate(all="ignore")
    def step(self, parameters: Parameters) -> None:
        """Change every parameter's data by one step against its gradient.

        Args:
            parameters: the same parameters in the same order in each step: `model.parameters()`, or
                `model.named_parameters()` for a rule that takes names, or the model itself.

        Raises:
            ValueError: there are no parameters, or they differ from those of earlier steps.
        """
        named = name_parameters(parameters)
        values = tuple(value for _, value in named)
        if self._update is None or self._values != values:
            self._update = self.start(named)
        w = np.array([value.data for value in values])
        self._update.step(w, np.array([value.grad for value in values], np.float64))
        self.finish(named, self._update)
        for value, number in zip(values, w.tolist(), strict=True):
            value.data = number

    def start(self, named: Sequence[tuple[str, Value]], order: Indices | None = None) -> Update:
        """Return an update of these parameters that continues from the current state.

        Args:
            named: the parameters with their names.
            order: for each entry of the arrays to update, the index of its parameter in `named`.

        Raises:
            ValueError: there are no parameters, or others were changed by this optimizer before.
        """
        self.check_parameters(named)
        everything = np.arange(len(named))
        names = [name for name, _ in named]
        order = everything if order is None else order
        return Update([Part(self, everything, names, order, self.state)], self.clipping())

    def finish(self, named: Sequence[tuple[str, Value]], update: Update) -> None:
        """Keep the state of the update, and the parameters that it belongs to."""
        self.state = update.parts[0].state
        self._values = tuple(value for _, value in named)

    def go_on(self, named: Sequence[tuple[str, Value]], state: State, steps: int) -> None:
        """Continue from a state and a number of steps, which a history has for these parameters."""
        self.state, self.steps, self._update = state, steps, None
        self._values = tuple(value for _, value in named)

    def check_parameters(self, named: Sequence[tuple[str, Value]]) -> None:
        """Refuse an empty list, and parameters that the state does not belong to."""
        values = tuple(value for _, value in named)
        if not values:
            raise ValueError("there are no parameters to change: the list is empty")
        if self._values and self._values != values:
            if self.state or self.has_schedule:
                raise ValueError(
                    f"this {type(self).__name__} has stepped other parameters before, "
                    f"{_described(self._values)}; these are {_described(values)}. What it "
                    f"remembers is about those; make a new one, such as {self!r}"
                )
            self.steps = 0

    def _decayed(self, w: N, g: N) -> N:
        return g + self.weight_decay * w if self.weight_decay else g

    def clipping(self) -> Callable[[Array], Array] | None:
        """Return the function that clips a gradient, or None."""
        if self.clip_value is not None:
            limit = self.clip_value
            return lambda g: np.clip(g, -limit, limit)
        if self.clip_norm is not None:
            longest = self.clip_norm
            return lambda g: g * min(1.0, longest / (float(np.sqrt(g @ g)) + _NORM_EPSILON))
        return None


_EQUIVALENTS = {
    "lr": "learning_rate=…",
    "eta": "learning_rate=…",
    "alpha": "learning_rate=…",
    "rate": "learning_rate=…",
    "betas": "beta1=…, beta2=…",
    "eps": "epsilon=…",
    "momentum": "Momentum(learning_rate, momentum=…)",
    "nesterov": "Nesterov(learning_rate, momentum=…)",
    "decay": "weight_decay=…, or a schedule as the learning rate",
    "schedule": "the schedule as the learning rate: SGD(lambda step: 0.1 / (1 + step))",
    "clipnorm": "clip_norm=…",
    "max_norm": "clip_norm=…",
    "clipvalue": "clip_value=…",
    "params": "SGD(0.1), and give the parameters to step, or the model to fit",
}
"""What to write in place of the settings that other libraries have."""

_NORM_EPSILON = 1e-6  # keeps the divisor from 0; PyTorch's clip_grad_norm_ adds the same


class SGD(Optimizer):
    """Gradient descent, θ ← θ − η ∂C/∂θ.

    Args:
        learning_rate: η, a finite number above 0, or a schedule; see `Optimizer` for the rest.

    >>> w = Value(0.4, "w")
    >>> w.grad = -0.1224
    >>> SGD(learning_rate=0.1).step([w]); round(w.data, 5)
    0.41224
    """

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − η g, and no state."""
        return w - self.learning_rate * self._decayed(w, g), ()


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
        _check_decay("momentum", self.momentum)

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − ηv and (v,), with v = μv + g."""
        v = self._velocity(w, g, state)
        return w - self.learning_rate * v, (v,)

    def _velocity(self, w: N, g: N, state: State) -> N:
        g = self._decayed(w, g)
        v: N = self.momentum * state[0] + g if state else g + 0.0  # + 0.0 makes a copy
        return v


class Nesterov(Momentum):
    """Nesterov's momentum, v ← μv + g, θ ← θ − η(g + μv).

    The step uses the gradient at the point to which the momentum leads.

    This is the form of Sutskever et al. (2013) after Bengio's change of variable, as in PyTorch.

    >>> w, (v,) = Nesterov(0.1, momentum=0.5).rule(1.0, 2.0, (4.0,))
    >>> round(w, 12), v
    (0.6, 4.0)
    """

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return w − η(g + μv) and (v,), with v = μv + g."""
        v = self._velocity(w, g, state)
        return w - self.learning_rate * (self._decayed(w, g) + self.momentum * v), (v,)


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
        epsilon: ε, which keeps the divisor from 0.

    Raises:
        ValueError: a number is out of range.

    >>> w, (m, s, t) = Adam(0.5).rule(1.0, 3.0)
    >>> round(w, 6), round(m, 6), round(s, 6), t
    (0.5, 0.3, 0.009, 1)
    """

    learning_rate: Rate = Rate(0.001)
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_decay("beta1", self.beta1)
        _check_decay("beta2", self.beta2)
        if not (_is_number(self.epsilon) and 0 < self.epsilon < math.inf):
            raise ValueError(f"epsilon must be above 0; got {self.epsilon!r}")

    @elementwise
    def rule(self, w: N, g: N, state: State = ()) -> tuple[N, State]:
        """Return the new w and (m, s, t); t counts the steps."""
        return self._adam(w, self._decayed(w, g), state)

    def _adam(self, w: N, g: N, state: State) -> tuple[N, State]:
        m, s, t = state or (0.0, 0.0, 0)
        t = int(t) + 1
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * (g * g)
        size = (s / (1 - self.beta2**t)) ** 0.5 + self.epsilon
        return w - self.learning_rate * (m / (1 - self.beta1**t)) / size, (m, s, t)


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
"""The optimizers by the names that saved files use."""


def name_parameters(parameters: Parameters) -> list[tuple[str, Value]]:
    """Return (name, parameter) pairs, with each parameter once.

    The name of a Value that is given without one is its label.

    Raises:
        TypeError: an entry is not a parameter.
    """
    if isinstance(parameters, Module):
        return name_parameters(parameters.named_parameters())
    pairs: dict[Value, str] = {}
    for each in [parameters] if isinstance(parameters, Value) else parameters:
        name, value = each if isinstance(each, tuple) else (getattr(each, "label", ""), each)
        if not isinstance(value, Value):
            raise TypeError(
                f"parameters are Values, such as net.parameters(); got {shortened(each)}"
            )
        pairs.setdefault(value, name)
    return [(name, value) for value, name in pairs.items()]


def _described(values: Sequence[Value]) -> str:
    ends = [f"{value.label or 'unnamed'} = {value.data:.6g}" for value in (values[0], values[-1])]
    return f"{len(values):,} of them from {ends[0]} to {ends[1]}"


def _is_number(number: object) -> bool:
    return isinstance(number, Number)


def _checked_rate(given: Any) -> float:
    if isinstance(given, Module | list | tuple | Iterator):
        raise TypeError(
            "an optimizer does not take the parameters: write SGD(0.1), and give them to step, or "
            "the model to fit"
        )
    if not _is_number(given) or not 0 < given < math.inf:
        raise ValueError(
            "the learning rate must be a finite number above 0, or a function of the step; "
            f"got {shortened(given)}"
        )
    return float(given)


def _scheduled_rate(schedule: Schedule, step: int) -> float:
    rate = schedule(step)
    if not _is_number(rate) or not 0 <= rate < math.inf:
        raise ValueError(
            f"the schedule's learning rate at step {step} is {rate!r}; "
            "it must be a finite number, 0 or more"
        )
    return float(rate)


def _check_decay(name: str, value: float) -> None:
    if not (_is_number(value) and 0 <= value < 1):
        raise ValueError(f"{name} must be from 0 to below 1; got {value!r}")
