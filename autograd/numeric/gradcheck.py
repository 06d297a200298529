"""`gradcheck`: gradients of code, against differences of the function itself."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..engine.adjoints import adjoints_of
from ..engine.functions import total
from ..engine.number import Number, real_number
from ..engine.topological import inner_nodes
from ..engine.value import Value
from ..graph.wording import aligned, number
from ..program.program import Program
from .differences import Slope

_MOST_SHOWN = 10
_MOST_DOUBT = 1e-5  # relative, of a measured slope, that is put down to rounding


@dataclass(frozen=True, slots=True)
class Component:
    """One gradient: as recorded, as measured by differences, and how far the two may differ.

    `kink` names the operation whose corner lies within the step; there the slopes of the two sides
    differ, and none of them is wrong.
    """

    name: str
    recorded: float
    measured: float
    tolerance: float
    kink: str = ""

    @property
    def error(self) -> float:
        """How far the two differ."""
        return abs(self.recorded - self.measured)

    @property
    def ok(self) -> bool:
        """Whether they agree within the tolerance, or lie at a kink."""
        return bool(self.kink) or self.error <= self.tolerance


@dataclass(frozen=True)
class GradientReport:
    """How recorded gradients compare with measured ones; prints, shows in notebooks, has `.ok`."""

    components: tuple[Component, ...]

    @property
    def ok(self) -> bool:
        """Whether every gradient agrees, or lies at a kink."""
        return all(component.ok for component in self.components)

    @property
    def kinks(self) -> tuple[Component, ...]:
        """Those that lie at a kink and were not compared."""
        return tuple(component for component in self.components if component.kink)

    @property
    def worst(self) -> tuple[Component, ...]:
        """The components, largest error relative to its tolerance first."""
        return tuple(sorted(self.components, key=lambda c: -c.error / c.tolerance))

    def __str__(self) -> str:
        rows = [
            ["gradient", "recorded", "measured", "error", "allowed", ""],
            *map(_row, self.shown),
        ]
        return "\n".join([self._summary(), *aligned(rows)])

    def _summary(self) -> str:
        count, kinks = len(self.components), len(self.kinks)
        wrong = sum(not component.ok for component in self.components)
        agree = _counted(count - kinks - wrong, "agree") if wrong or kinks else "all agree"
        found = (agree, _counted(wrong, "disagree"), f"{kinks} at a kink" if kinks else "")
        words = ", ".join(filter(None, found))
        return f"{count} gradient{'s' * (count != 1)} compared with differences: {words}."

    __repr__ = __str__

    @property
    def shown(self) -> tuple[Component, ...]:
        """The worst ones, as many as a table bears."""
        return self.worst[:_MOST_SHOWN]

    def _repr_html_(self) -> str:
        return "<pre>" + html.escape(str(self)) + "</pre>"


def _counted(count: int, verb: str) -> str:
    return f"{count} {verb}{'s' * (count == 1)}" if count else ""


def _row(c: Component) -> list[str]:
    verdict = f"at a kink of {c.kink}" if c.kink else "" if c.ok else "WRONG"
    return [
        c.name, number(c.recorded, digits=8), number(c.measured, digits=8),
        number(c.error, digits=2), number(c.tolerance, digits=2), verdict,
    ]  # fmt: skip


def gradcheck(
    function: Callable[..., Any] | Program,
    values: Any,
    *,
    step: float = 1e-3,
    tolerance: float = 1e-7,
) -> GradientReport:
    """Compare ∂function/∂value, as recorded, with central differences improved by Richardson.

    Args:
        function: takes the values and returns a Value or several, which are added up. A module of
            `nn` takes them as one list; its parameters are compared too. A `Program`'s gradients,
            of the mean over the batch, are compared as they are.
        values: where to compare: numbers, or Values, whose labels name the rows; for a program, its
            columns.
        step: h of the first difference, relative to each value; halved while that helps.
        tolerance: how far the two may differ, relative to the gradient, beside the rounding of the
            differences themselves.

    Raises:
        TypeError: the function returns no Value, or a value is no number.

    >>> report = gradcheck(lambda a, b: (a * b).tanh(), [0.3, -0.7])
    >>> report.ok, len(report.components)
    (True, 2)
    >>> print(gradcheck(lambda a: a.relu(), [Value(0.0, "a")]))
    1 gradient compared with differences: 1 at a kink.
      gradient  recorded  measured  error  allowed
      a         0         0.5       0.5    1·10⁻⁷   at a kink of relu
    """
    measured = (
        _of_program(function, values, step)
        if isinstance(function, Program)
        else _of_function(function, values, step)
    )
    return GradientReport(
        tuple(_compared(name, slope, found, tolerance) for name, slope, found in measured)
    )


def _compared(name: str, recorded: float, found: Slope, tolerance: float) -> Component:
    """Return how a recorded gradient stands to the measured one, away from kinks if possible."""
    scale = max(1.0, abs(recorded), abs(found.measured))
    if max(found.doubt, abs(recorded - found.measured)) > tolerance * scale:
        found.avoid_kinks()
    doubt = 0.0 if found.kink else min(found.doubt, _MOST_DOUBT * scale)
    return Component(name, recorded, found.measured, tolerance * scale + doubt, found.kink)


def _of_function(
    function: Callable[..., Any], values: Sequence[Value | Number], step: float
) -> Iterator[tuple[str, float, Slope]]:
    """Yield name, recorded gradient and measured slope for every value and parameter."""
    parameters = list(function.parameters()) if hasattr(function, "parameters") else []
    points = [_point(v, k) for k, v in enumerate(values, start=1)]
    everything = [*points, *parameters]

    def compute(place: int = 0, x: float | None = None) -> Value:
        kept = everything[place].data
        everything[place].data = kept if x is None else x
        try:
            return _single(function(points) if parameters else function(*points))
        finally:
            everything[place].data = kept

    adjoints = adjoints_of(compute())
    for k, slope in enumerate([adjoints[value] for value in everything]):
        at = everything[k].data
        name = everything[k].label or f"parameter {k - len(points) + 1}"
        evaluate = partial(compute, k)
        kink = partial(_kink_between, evaluate, at)
        yield name, slope, Slope(lambda x, f=evaluate: f(x).data, at, _size(step, at), kink)  # type: ignore[misc]


def _of_program(program: Program, columns: Any, step: float) -> Iterator[tuple[str, float, Slope]]:
    """Yield name, gradient of the batch's mean and measured slope for every parameter."""
    gradients = program.value_and_grad(columns, "mean")[1].tolist()

    def mean(k: int, x: float) -> float:
        kept = program.weights[k]
        program.weights[k] = x
        try:
            return float(program.forward(columns).mean())
        finally:
            program.weights[k] = kept

    for k, (parameter, gradient) in enumerate(zip(program.parameters, gradients, strict=True)):
        at = float(program.weights[k])
        f = partial(mean, k)
        name = parameter.label or f"parameter {k + 1}"
        yield name, gradient, Slope(f, at, _size(step, at), partial(_corner_between, f, at))


def _size(step: float, at: float) -> float:
    return step * max(1.0, abs(at))


def _kink_between(evaluate: Callable[[float], Value], at: float, h: float) -> str:
    """Return the operation that has a corner between at − h and at + h, if one has."""
    sides = [evaluate(x) for x in (at - h, at, at + h)]
    shapes = [[node for node in inner_nodes(side) if node.op.kinked] for side in sides]
    for nodes in zip(*shapes, strict=False):
        if len({node.partials for node in nodes}) > 1:
            return str(nodes[0].op.family)
    return ""


def _corner_between(f: Callable[[float], float], at: float, h: float) -> str:
    """Say whether the slopes of the two sides differ, and go on differing as the step shrinks."""
    bends = [(f(at + k) - 2 * f(at) + f(at - k)) / k for k in (h, h / 2)]
    steady = abs(bends[1]) > 0.75 * abs(bends[0])
    return "some operation" if steady and abs(bends[1]) > 1e-4 else ""


def _point(v: Value | Number, k: int) -> Value:
    if isinstance(v, Value):
        return Value(v.data, v.label or f"value {k}")
    return Value(real_number(v), f"value {k}")


def _single(result: Any) -> Value:
    """Return what a function gave as one number; several are added up."""
    if isinstance(result, Value):
        return result
    flat = list(np.array(result, dtype=object).ravel())
    if flat and all(isinstance(v, Value) for v in flat):
        return total(flat)
    raise TypeError(
        f"gradcheck: the function returns a Value or several; got {type(result).__name__}. "
        "Write it with the operations of autograd, not with those of math."
    )
