"""`Optimizer`: the base class of optimizers, which applies an update rule to parameters.

The subclasses in `optimizers` have the rules.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from inspect import signature
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import Number
from autograd.engine.value import Value

from .learning_rate import LearningRate
from .parameters import Parameters, name_parameters
from .updates import Array, Indices, Part, State, Steps, Update

N = TypeVar("N", float, NDArray[np.float64])

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
    "params": "SGD(0.1). Give the parameters to `step`, or the model to `fit`",
}
"""What to write instead of the settings that other libraries have."""

_NORM_EPSILON = 1e-6  # prevents a division by 0, as in PyTorch's clip_grad_norm_


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
        ValueError: a setting is not a number, or a number out of range.
        TypeError: a model, its parameters, or a function that does not take the step is given in
            place of the learning rate.

    >>> from nn import SGD
    >>> warm_up = SGD(lambda step: 0.1 * min(1.0, (step + 1) / 10))
    >>> w = Value(1.0, "w")
    >>> w.grad = 1.0
    >>> warm_up.step([w]); w.data
    0.99
    """

    # A descriptor, which is set to a number or a schedule and read as a number.
    learning_rate: LearningRate = LearningRate()  # noqa: RUF009
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
        self.check_settings()

    def check_settings(self) -> None:
        """Refuse settings of decay and clipping that are out of range."""
        if not (isinstance(self.weight_decay, Number) and 0 <= self.weight_decay < math.inf):
            raise ValueError(f"weight_decay must be 0 or more; got {self.weight_decay!r}")
        for name, limit in (("clip_norm", self.clip_norm), ("clip_value", self.clip_value)):
            if limit is not None and not (isinstance(limit, Number) and limit > 0):
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

    def with_settings(self, **settings: Any) -> Self:
        """Return a copy of the optimizer with other settings, which has taken no step.

        A schedule is kept.
        """
        # A copy is changed, because the constructors of subclasses take different arguments.
        changed = copy.copy(self)
        initial = {f.name: f.default for f in fields(Optimizer) if not f.init}
        vars(changed).update(initial)
        for name, setting in settings.items():
            setattr(changed, name, setting)
        return changed

    @property
    def has_schedule(self) -> bool:
        """Whether the learning rate is a function of the step."""
        return callable(vars(self).get("learning_rate"))

    @property
    def step_counts(self) -> Steps:
        """The number of steps, as `continue_from` takes it."""
        return self.steps

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

    def start(self, named: Sequence[tuple[str, Value]], owners: Indices | None = None) -> Update:
        """Return an update of these parameters that continues from the current state.

        Args:
            named: the parameters with their names.
            owners: for each entry of the arrays to update, the index of its parameter in `named`,
                or −1 if the entry is not a parameter. By default, the arrays are in the order of
                `named`.

        Raises:
            ValueError: there are no parameters, or others were changed by this optimizer before.
        """
        self.check_parameters(named)
        members = np.arange(len(named))
        names = [name for name, _ in named]
        owners = members if owners is None else owners
        return Update([Part(self, members, names, owners, self.state)], self.clipping())

    def finish(self, named: Sequence[tuple[str, Value]], update: Update) -> None:
        """Keep the state of the update, and the parameters that it belongs to."""
        self.state = update.parts[0].state
        self._values = tuple(value for _, value in named)

    def continue_from(self, named: Sequence[tuple[str, Value]], state: State, steps: Steps) -> None:
        """Continue from the state and the number of steps that a history has kept."""
        assert isinstance(steps, int)  # only Groups has several numbers
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
                    f"{_describe(self._values)}; these are {_describe(values)}. Its "
                    f"state belongs to those; make a new one, such as {self!r}"
                )
            self.steps = 0

    def _add_decay(self, w: N, g: N) -> N:
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


def _describe(values: Sequence[Value]) -> str:
    ends = [f"{value.label or 'unnamed'} = {value.data:.6g}" for value in (values[0], values[-1])]
    return f"{len(values):,} of them from {ends[0]} to {ends[1]}"
