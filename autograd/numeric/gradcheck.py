"""`gradcheck` compares recorded gradients with differences of the function itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ..engine.adjoints import adjoints_of
from ..engine.functions import total
from ..engine.number import Number, real_number
from ..engine.topological import inner_nodes
from ..engine.value import Value
from ..program.program import Program
from .complex_step import LEAST_SLOPE, complex_slope
from .differences import EPSILON, Differences, Estimate
from .gradient_report import Component, GradientReport

_TOLERANCE = 1e-7
_COMPLEX_DOUBT = 1e-12  # relative error of the complex step
_CALLS = 4  # with the same values, to see whether the function returns the same each time
_NEARBY = 2.0**-40  # relative distance to the two points that stand for the sides of a point
_TINY = 1e-150  # the distance to them if the point is 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: a function of some Values, and its recorded gradients.

    `compute` calls the function with the present data of `points`.
    """

    points: Sequence[Value]
    names: Sequence[str]
    compute: Callable[[], Value]
    recorded: Sequence[float]

    def evaluate(self, k: int, x: float) -> float:
        """Return the function's value with x as point number k."""
        with self._moved(k, x):
            return self.compute().data

    def compute_at(self, k: int, x: float) -> Value:
        """Return what the function records with x as point number k."""
        with self._moved(k, x):
            return self.compute()

    @contextmanager
    def _moved(self, k: int, x: float) -> Iterator[None]:
        point = self.points[k]
        kept = point.data
        point.data = x
        try:
            yield
        finally:
            point.data = kept


def gradcheck(
    function: Callable[..., Any] | Program, values: Any, *, tolerance: float = _TOLERANCE
) -> GradientReport:
    """Compare ∂function/∂value, as recorded, with differences of the function itself.

    The steps of the differences depend on the size of the point and of the slope, and every
    measured slope has an error estimate. If the error is too large for a verdict, the gradient is
    undecided. If the slopes of the two sides of a point differ, the point is at a kink, and the
    gradient is not compared. If the function returns another result when it is called again with
    the same values, as with dropout, no gradient is compared.

    Args:
        function: a function of the values that returns a Value or several, which are added up. A
            module of `nn` takes the values as one list, and its parameters are compared too. For a
            `Program`, the gradients of the mean over the batch are compared with differences, for
            which every example is recorded again.
        values: the point at which to compare, as numbers or Values. The labels of Values name the
            lines of the report. For a `Program`, these are its columns.
        tolerance: the largest difference allowed, relative to the larger of the two gradients.

    Raises:
        TypeError: the function does not return Values, or a value is not a number.

    >>> report = gradcheck(lambda a, b: (a * b).tanh(), [0.3, -0.7])
    >>> report.ok, len(report.components)
    (True, 2)
    >>> print(gradcheck(lambda a: a.relu(), [Value(0.0, "a")]))
    1 gradient compared with differences: 1 at a kink.
      gradient  recorded  measured  error  allowed
      a         0         0.5       0.5    5·10⁻⁸   at a kink of relu
    """
    if isinstance(function, Program):
        subject = _of_program(function, values)
    else:
        subject = _of_function(function, values)
    components: list[Component] = []
    returned = _call_again(subject)  # the keys of a dict are a set that keeps its order
    while len(components) < len(subject.points) and len(returned) == 1:
        components.append(_compare(subject, len(components), tolerance))
        returned |= {subject.compute().data: None}
    if len(returned) == 1 and not all(component.ok for component in components):
        returned |= _call_again(subject)
    return GradientReport(tuple(components), tuple(returned) if len(returned) > 1 else ())


def _call_again(subject: Subject) -> dict[float, None]:
    """Return the different results of several calls with the same values, in order."""
    return dict.fromkeys(subject.compute().data for _ in range(_CALLS))


# --- what is checked ------------------------------------------------------------------------------


def _of_function(function: Callable[..., Any], values: Sequence[Value | Number]) -> Subject:
    parameters = list(function.parameters()) if hasattr(function, "parameters") else []
    points = [_point(v, k) for k, v in enumerate(values, start=1)]
    everything = [*points, *parameters]

    def compute() -> Value:
        return _single(function(points) if parameters else function(*points))

    adjoints = adjoints_of(compute())
    names = [v.label or f"parameter {k - len(points) + 1}" for k, v in enumerate(everything)]
    return Subject(everything, names, compute, [adjoints[v] for v in everything])


def _of_program(program: Program, columns: Any) -> Subject:
    recorded = program.value_and_grad(columns)[1].tolist()
    points = [
        Value(weight, parameter.label)
        for weight, parameter in zip(program.weights.tolist(), program.parameters, strict=True)
    ]
    examples = np.asarray(columns, dtype=float).T.tolist()

    def compute() -> Value:
        return total(program.record(points, column) for column in examples) / len(examples)

    names = [point.label or f"parameter {k}" for k, point in enumerate(points, start=1)]
    return Subject(points, names, compute, recorded)


def _point(v: Value | Number, k: int) -> Value:
    if isinstance(v, Value):
        return Value(v.data, v.label or f"value {k}")
    return Value(real_number(v), f"value {k}")


def _single(result: Any) -> Value:
    """Return the result of a function as one Value, the sum of several."""
    if isinstance(result, Value):
        return result
    flat = list(np.array(result, dtype=object).ravel())
    if flat and all(isinstance(v, Value) for v in flat):
        return total(flat)
    raise TypeError(
        f"gradcheck: the function returns a Value or several; got {type(result).__name__}. "
        "Write it with the operations of autograd, not with those of math."
    )


# --- one gradient ---------------------------------------------------------------------------------


def _compare(subject: Subject, k: int, tolerance: float) -> Component:
    """Return how the recorded gradient of point number k compares with the measured one.

    A few differences are enough if they agree with the recorded gradient. Otherwise the step is
    halved to the end, the point is searched for a kink, and the complex step decides what the
    differences leave undecided.
    """
    recorded, at = subject.recorded[k], subject.points[k].data
    judge = partial(_judge, subject.names[k], recorded, tolerance)
    output = subject.compute()
    differences = Differences(partial(subject.evaluate, k), at, _rounding_error(output))
    differences.refine(until=tolerance / 10)
    if differences.best and differences.is_confirmed() and judge(differences.best).ok:
        return judge(differences.best)
    differences.refine()
    measured = differences.conclude(recorded)
    found = judge(measured)
    if differences.has_jump or differences.has_kink:
        return replace(found, kink=_name_kink(subject, k) or "the function")
    if found.verdict == "disagrees":
        return replace(found, kink=_name_kink(subject, k))
    if found.verdict == "undecided":
        exact = complex_slope(output, subject.points[k])
        if exact is None and recorded == 0.0 and differences.is_zero(measured):
            exact = 0.0
        # `complex_slope` cannot tell a recorded slope below its limit from 0.
        if exact is not None and not 0.0 < abs(recorded) < LEAST_SLOPE:
            return judge(Estimate(exact, _COMPLEX_DOUBT * abs(exact)))
    return found


def _judge(name: str, recorded: float, tolerance: float, found: Estimate) -> Component:
    scale = max(abs(recorded), abs(found.slope))
    return Component(name, recorded, found.slope, tolerance * scale, doubt=found.doubt)


def _rounding_error(output: Value) -> float:
    """Return how far rounding may move the output: one unit in the last place of every node."""
    adjoints = adjoints_of(output)
    return EPSILON * sum(abs(adjoints[node] * node.data) for node in inner_nodes(output))


def _name_kink(subject: Subject, k: int) -> str:
    """Return the operation whose slopes differ between the two sides of the point, if any."""
    at = subject.points[k].data
    nearby = _NEARBY * abs(at) or _TINY
    try:
        below, above = (inner_nodes(subject.compute_at(k, x)) for x in (at - nearby, at + nearby))
    except (ValueError, ArithmeticError):
        return ""
    if [node.op for node in below] != [node.op for node in above]:
        return "a branch of the function"
    for one, other in zip(below, above, strict=True):
        if one.op.kinked and _differ(one.partials, other.partials):
            return one.op.family
    return ""


def _differ(some: Sequence[float], others: Sequence[float]) -> bool:
    return any(abs(a - b) > 0.01 * max(abs(a), abs(b)) for a, b in zip(some, others, strict=True))
