"""`Subject`: a function that `gradcheck` checks, with its recorded gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.adjoints import adjoints_of
from ..engine.functions import total
from ..engine.number import Number, check_list, real_number
from ..engine.value import Value
from ..program.program import Program


@dataclass(frozen=True, slots=True)
class Subject:
    """A function of some Values to check, and its recorded gradients.

    Attributes:
        coordinates: the Values that the function is differentiated with respect to.
        names: their names in the report.
        compute: calls the function with the current data of the coordinates.
        recorded: the recorded gradients with respect to the coordinates.
    """

    coordinates: Sequence[Value]
    names: Sequence[str]
    compute: Callable[[], Value]
    recorded: Sequence[float]

    def evaluate(self, k: int, x: float) -> float:
        """Return the function's value with x as coordinate k."""
        with self._moved(k, x):
            # The number is read before the coordinate gets its data back, because a function may
            # return the coordinate itself.
            return self.compute().data

    def compute_at(self, k: int, x: float) -> Value:
        """Return what the function records with x as coordinate k."""
        with self._moved(k, x):
            return self.compute()

    @contextmanager
    def _moved(self, k: int, x: float) -> Iterator[None]:
        coordinate, before = self.coordinates[k], self.coordinates[k].data
        coordinate.data = x
        try:
            yield
        finally:
            coordinate.data = before


def subject_of_function(function: Callable[..., Any], values: Sequence[Value | Number]) -> Subject:
    """Return a function of these values as a subject. `gradcheck` explains the arguments."""
    if not callable(function):
        raise TypeError(f"gradcheck takes a function of the values; got {function!r}")
    check_list("gradcheck: values", values)
    parameters = list(function.parameters()) if hasattr(function, "parameters") else []
    inputs = [_coordinate(v, k) for k, v in enumerate(values, start=1)]
    coordinates = [*inputs, *parameters]
    names = [v.label for v in inputs]
    names += [p.label or f"parameter {k}" for k, p in enumerate(parameters, start=1)]

    def compute() -> Value:
        return _single(function(inputs) if parameters else function(*inputs))

    adjoints = adjoints_of(compute())
    return Subject(coordinates, names, compute, [adjoints[v] for v in coordinates])


def subject_of_program(program: Program, columns: Any) -> Subject:
    """Return a subject for a program.

    Its function maps the parameters to the mean output over the batch.
    """
    recorded = program.value_and_grad(columns)[1].tolist()
    weights = [
        Value(number, parameter.label)
        for number, parameter in zip(program.weights.tolist(), program.parameters, strict=True)
    ]
    examples = np.asarray(columns, dtype=float).T.tolist()

    def compute() -> Value:
        return total(program.record(weights, column) for column in examples) / len(examples)

    names = [weight.label or f"parameter {k}" for k, weight in enumerate(weights, start=1)]
    return Subject(weights, names, compute, recorded)


def _coordinate(v: Value | Number, k: int) -> Value:
    """Return argument k as a new Value, whose data can be changed."""
    if isinstance(v, Value):
        return Value(v.data, v.label or f"value {k}")
    return Value(real_number(v), f"value {k}")


def _single(result: Any) -> Value:
    """Return the result of a function as one Value. If it is several Values, return their sum."""
    if isinstance(result, Value):
        return result
    flat = list(np.array(result, dtype=object).ravel())
    if flat and all(isinstance(v, Value) for v in flat):
        return total(flat)
    raise TypeError(
        f"gradcheck: the function must return one or more Values; got {type(result).__name__}. "
        "Write it with the operations of autograd, not with those of math."
    )
