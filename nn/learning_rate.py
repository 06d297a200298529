"""The learning rate of an optimizer, a number or a schedule."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from autograd.engine.number import Number, shortened

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
            raise AttributeError(f"{type(optimizer).__name__} has no learning rate of its own")
        rate = vars(optimizer)["learning_rate"]
        return _evaluate_schedule(rate, optimizer.steps) if callable(rate) else float(rate)

    def __set__(self, optimizer: Any, given: float | Schedule) -> None:
        is_schedule = callable(given) and not isinstance(given, type)
        vars(optimizer)["learning_rate"] = given if is_schedule else _check_rate(given)


def _check_rate(given: Any) -> float:
    if isinstance(given, Module | list | tuple | Iterator):
        raise TypeError(
            "an optimizer does not take the parameters: write SGD(0.1), and give them to step, or "
            "the model to fit"
        )
    if not isinstance(given, Number) or not 0 < float(given) < math.inf:
        raise ValueError(
            "the learning rate must be a finite number above 0, or a function of the step; "
            f"got {shortened(given)}"
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
