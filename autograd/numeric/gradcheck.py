"""`gradcheck` compares recorded gradients with finite differences of the function."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..engine.adjoints import adjoints_of
from ..engine.topological import inner_nodes
from ..engine.value import Value
from ..program.program import Program
from .complex_step import LEAST_SLOPE, complex_slope
from .differences import EPSILON, Differences
from .extrapolation import Estimate
from .gradient_report import Component, GradientReport
from .subject import Subject, subject_of_function, subject_of_program

_TOLERANCE = 1e-7
_COMPLEX_ERROR = 1e-12  # relative error of the complex step
_CALLS = 4  # how often the function is called to see whether it returns the same each time
# The two sides of a point are examined at this distance from it, relative to the point.
_NEARBY = 2.0**-40
_TINY = 1e-150  # the distance if the point is 0
# The distances, relative to the point, at which the function is recorded again to see whether its
# constants change.
_ELSEWHERE = 0.37, -0.37, 1e-3, -1e-3, 1e-7


def gradcheck(
    function: Callable[..., Any] | Program, values: Any, *, tolerance: float = _TOLERANCE
) -> GradientReport:
    """Compare the recorded gradients of a function with finite differences of the function.

    The differences are measured at many step sizes, and every measured slope has an error estimate.
    If the error is too large for a verdict, the gradient is undecided. If the slopes of the two
    sides of a point differ, the point is at a kink, and the gradient is not compared. If the
    function returns another result when it is called again with the same values, as with dropout,
    no gradient is compared.

    Args:
        function: a function of the values that returns a Value or several, which are added up. A
            module of `nn` takes the values as one list, and its parameters are compared too. A
            `Program` is checked as the function that maps its parameters to the mean output over a
            batch. This is slow, because every evaluation of the function records all examples of
            the batch.
        values: the values to pass to the function, as numbers or Values. The labels of Values name
            the lines of the report. If the function is a `Program`, `values` is the batch of its
            inputs, shape (inputs, examples), with one column for each example.
        tolerance: the largest difference allowed, relative to the larger of the two gradients.

    Raises:
        TypeError: `function` is not a function, it does not return Values, `values` is not a
            list, or a value is not a number.
        ValueError: the tolerance is not above 0.

    >>> report = gradcheck(lambda a, b: (a * b).tanh(), [0.3, -0.7])
    >>> report.ok, len(report.components)
    (True, 2)
    >>> print(gradcheck(lambda a: a.relu(), [Value(0.0, "a")]))
    1 gradient compared with differences: 1 at a kink.
      gradient  recorded  measured  error  allowed
      a         0         0.5       0.5    5·10⁻⁸   at a kink of relu
    """
    if not isinstance(tolerance, int | float) or not tolerance > 0:
        raise ValueError(f"the tolerance is a number above 0, such as 1e-7; got {tolerance!r}")
    if isinstance(function, Program):
        subject = subject_of_program(function, values)
    else:
        subject = subject_of_function(function, values)
    return _compare_all(subject, tolerance)


def _compare_all(subject: Subject, tolerance: float) -> GradientReport:
    """Return the report, which ends early if the function does not repeat its result."""
    components: list[Component] = []
    results = _call_again(subject)
    for k in range(len(subject.coordinates)):
        if len(results) > 1:
            break
        components.append(_compare(subject, k, tolerance))
        # The function is called once more after each coordinate, because a random function may have
        # repeated its result by chance.
        results[subject.compute().data] = None
    # A gradient that disagrees may mean only that the function does not always return the same
    # result.
    if len(results) == 1 and not all(component.ok for component in components):
        results |= _call_again(subject)
    return GradientReport(tuple(components), tuple(results) if len(results) > 1 else ())


def _call_again(subject: Subject) -> dict[float, None]:
    """Return the different results of several calls with the same values, as keys, in order."""
    return dict.fromkeys(subject.compute().data for _ in range(_CALLS))


# --- one gradient ---------------------------------------------------------------------------------


def _compare(subject: Subject, k: int, tolerance: float) -> Component:
    """Return how the recorded gradient of coordinate k compares with the measured one.

    A few differences are enough if they agree with the recorded gradient. Otherwise the differences
    are measured at all step sizes, and the point is searched for a kink. If the differences leave
    the gradient undecided, the complex step decides. It needs a function that computes its result
    by recorded operations alone.
    """
    recorded, at = subject.recorded[k], subject.coordinates[k].data
    judge = functools.partial(_judge, subject.names[k], recorded, tolerance)
    output = subject.compute()
    differences = Differences(functools.partial(subject.evaluate, k), at, _rounding_error(output))
    # With a tenth of the tolerance, the error of the measurement hardly affects the verdict.
    differences.refine(until=tolerance / 10)
    component = judge(differences.best) if differences.best else None
    if component and component.ok and differences.is_confirmed():
        return component
    differences.refine()
    measured = differences.conclude(recorded)
    component = judge(measured)
    if differences.has_jump or differences.has_kink:  # at a jump, there is no gradient either
        return replace(component, kink=_name_kink(subject, k) or "the function")
    if component.verdict == "disagrees":  # the differences may miss a kink; the nodes may show it
        return replace(component, kink=_name_kink(subject, k))
    if component.verdict == "undecided":
        is_recorded = _depends_through_graph_only(subject, k, output)
        exact = complex_slope(output, subject.coordinates[k]) if is_recorded else None
        # Without a complex step, a measured slope of practically 0 confirms a recorded 0.
        if exact is None and recorded == 0.0 and differences.is_zero(measured):
            exact = 0.0
        # The complex step is not exact below `LEAST_SLOPE`, so it cannot confirm such a slope.
        if exact is not None and not 0.0 < abs(recorded) < LEAST_SLOPE:
            return judge(Estimate(exact, _COMPLEX_ERROR * abs(exact)))
    return component


def _judge(name: str, recorded: float, tolerance: float, measured: Estimate) -> Component:
    """Return the comparison of a recorded gradient with this measured one."""
    scale = max((abs(x) for x in (recorded, measured.slope) if math.isfinite(x)), default=0.0)
    return Component(name, recorded, measured.slope, tolerance * scale, doubt=measured.doubt)


def _depends_through_graph_only(subject: Subject, k: int, output: Value) -> bool:
    """Return whether coordinate k acts on the output through the recorded graph only.

    The function is recorded again with other numbers as coordinate k. If its operations are the
    same but a constant differs, the function computed that constant from the coordinate's data. If
    the operations differ at all these numbers, the answer is no.
    """
    at = subject.coordinates[k].data
    operations, constants = _describe_graph(subject, output)
    comparisons = []
    for part in _ELSEWHERE:
        try:
            moved_output = subject.compute_at(k, at + part * (abs(at) or 1.0))
        except (ValueError, ArithmeticError):
            continue
        moved_operations, moved_constants = _describe_graph(subject, moved_output)
        if moved_operations == operations:
            comparisons.append(moved_constants == constants)
    return bool(comparisons) and all(comparisons)


def _describe_graph(subject: Subject, output: Value) -> tuple[list[Any], list[float]]:
    """Return the operations of a graph with the places of their inputs, and its constants."""
    # A place is only a number that identifies a node. The coordinates have negative numbers, so
    # that they differ from all other nodes.
    places: dict[Value, int] = {v: -k for k, v in enumerate(subject.coordinates, start=1)}
    operations: list[Any] = []
    constants: list[float] = []
    for node in inner_nodes(output):
        for parent in node.parents:
            if parent not in places:  # a leaf, because inner nodes come before their children
                places[parent] = len(places)
                constants.append(parent.data)
        operations.append((node.op, *(places[parent] for parent in node.parents)))
        places[node] = len(places)
    return operations, constants


def _rounding_error(output: Value) -> float:
    """Return how far rounding may move the output: one unit in the last place of every node."""
    adjoints = adjoints_of(output)
    return EPSILON * sum(abs(adjoints[node] * node.data) for node in inner_nodes(output))


def _name_kink(subject: Subject, k: int) -> str:
    """Return the name of the operation whose slopes differ between the two sides of the point.

    The result is "a branch of the function" if the two sides record different operations, and "" if
    no operation has a kink at the point.
    """
    at = subject.coordinates[k].data
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
    # Between two points so close, a smooth derivative changes by far less than 1%.
    return any(abs(a - b) > 0.01 * max(abs(a), abs(b)) for a, b in zip(some, others, strict=True))
