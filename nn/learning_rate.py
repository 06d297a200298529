"""The learning rate of an optimizer, a number or a schedule."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

import numpy as np

from autograd.engine.number import Number, shortened
from autograd.engine.value import Value

from .module import Module

Schedule = Callable[[int], float]
"""A learning rate as a function of the step, counted from 0."""


class LearningRate:
    """A descriptor for the learning rate, set to a number or a schedule and read as a number."""

    def __init__(self, default: float | None = None) -> None:
        self._default = default

    def __get__(self, optimizer: Any, kind: type) -> float:
        if optimizer is None:  # read from the class, as `dataclass` does to find the default
            if self._default is None:
                raise AttributeError("a learning rate without a default")
            return self._default
        if "learning_rate" not in vars(optimizer):
            raise AttributeError(f"{type(optimizer).__name__} has no learning rate")
        rate = vars(optimizer)["learning_rate"]
        return _evaluate_schedule(rate, optimizer.steps) if callable(rate) else float(rate)

    def __set__(self, optimizer: Any, given: float | Schedule) -> None:
        name = type(optimizer).__name__
        vars(optimizer)["learning_rate"] = given if _takes_step(given) else _check_rate(given, name)


def _takes_step(given: Any) -> bool:
    """Return whether an object is a function that can be called with the number of a step."""
    if not callable(given) or isinstance(given, Module | type):  # models and classes are callable
        return False
    try:
        signature(given).bind(0)
    except TypeError:
        return False
    except ValueError:  # some functions that are written in C have no signature
        return True
    return True


def _check_rate(given: Any, name: str) -> float:
    """Return the learning rate as a float, or say what to write. `name` is the optimizer's."""
    owner = getattr(given, "__self__", given)  # the model, if the method `parameters` is given
    is_iterable = isinstance(given, Iterable) and not isinstance(given, str | np.ndarray)
    if isinstance(owner, Module | Value) or is_iterable:
        raise TypeError(
            f"{name} takes the learning rate, as in {name}(0.1). Give the parameters to `step`, or "
            f"the model to `fit`; got {shortened(given)}"
        )
    if callable(given):
        raise TypeError(
            f"a schedule is a function of the step, as in {name}(lambda step: 0.1 / (1 + step)); "
            f"got {shortened(given)}"
        )
    if not isinstance(given, Number) or not 0 < float(given) < math.inf:
        raise ValueError(
            f"the learning rate must be a finite number above 0, as in {name}(0.1), or a function "
            f"of the step; got {shortened(given)}"
        )
    return float(given)


def _evaluate_schedule(schedule: Schedule, step: int) -> float:
    rate = schedule(step)
    if not isinstance(rate, Number) or not 0 <= rate < math.inf:
        raise ValueError(
            f"the schedule's learning rate at step {step} is {rate!r}; "
            "it must be a finite number, 0 or more"
        )
    return float(rate)
