"""`gradcheck`: gradients of code, against differences of the function itself."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..functions import total
from ..number import Number, real_number
from ..order import inner_nodes
from ..value import Value
from ..wording import aligned, number

_LADDER = 6  # halvings of the step; the best agreement of neighbours is taken
_KINKED = frozenset({"abs", "relu", "leaky_relu", "maximum", "minimum"})
_MOST_SHOWN = 10
_MOST_DOUBT = 1e-5  # relative, of a measured slope, that is put down to rounding
_SHRINKINGS = 6


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
        wrong = sum(not component.ok for component in self.components)
        head = f"{len(self.components)} gradients compared with differences: " + (
            f"{wrong} disagree." if wrong else "all agree."
        )
        rows = [
            ["gradient", "recorded", "measured", "error", "allowed", ""],
            *map(_row, self.shown),
        ]
        return "\n".join([head, *aligned(rows)])

    @property
    def shown(self) -> tuple[Component, ...]:
        """The worst ones, as many as a table bears."""
        return self.worst[:_MOST_SHOWN]

    def _repr_html_(self) -> str:
        return "<pre>" + html.escape(str(self)) + "</pre>"


def _row(c: Component) -> list[str]:
    verdict = f"at a kink of {c.kink}" if c.kink else "" if c.ok else "WRONG"
    return [
        c.name, number(c.recorded, digits=8), number(c.measured, digits=8),
        number(c.error, digits=2), number(c.tolerance, digits=2), verdict,
    ]  # fmt: skip


def gradcheck(
    function: Callable[..., Any],
    values: Sequence[Value | Number],
    *,
    step: float = 1e-3,
    tolerance: float = 1e-7,
) -> GradientReport:
    """Compare ∂function/∂value, as recorded, with central differences improved by Richardson.

    Args:
        function: takes the values and returns a Value or several, which are added up. A module of
            `nn` takes them as one list; its parameters are compared too.
        values: where to compare: numbers, or Values, whose labels name the rows.
        step: h of the first difference, relative to each value; halved while that helps.
        tolerance: how far the two may differ, relative to the gradient, beside the rounding of the
            differences themselves.

    Raises:
        TypeError: the function returns no Value, or a value is no number.

    >>> report = gradcheck(lambda a, b: (a * b).tanh(), [0.3, -0.7])
    >>> report.ok, len(report.components)
    (True, 2)
    >>> print(gradcheck(lambda a: a.relu(), [Value(0.0, "a")]))
    1 gradients compared with differences: all agree.
      gradient  recorded  measured  error  allowed
      a         0         0.5       0.5    1·10⁻⁷   at a kink of relu
    """
    parameters = list(function.parameters()) if hasattr(function, "parameters") else []
    points = [_point(v, k) for k, v in enumerate(values, start=1)]
    everything = [*points, *parameters]

    def compute() -> Value:
        fresh = [Value(p.data, p.label) for p in points]
        made.clear()
        made.extend([*fresh, *parameters])
        return _single(function(fresh) if parameters else function(*fresh))

    made: list[Value] = []
    output = compute()
    slopes = _slopes(output, made)
    kept = [p.data for p in everything]
    components = []
    for k, (point, slope) in enumerate(zip(everything, slopes, strict=True)):
        measure = _Measure(compute, point, kept[k], step)
        measured, doubt = measure.slope()
        scale = max(1.0, abs(slope), abs(measured))
        unsure = doubt > tolerance * scale or abs(slope - measured) > tolerance * scale
        kink = measure.kink() if unsure else ""
        allowed = tolerance * scale + (0.0 if kink else min(doubt, _MOST_DOUBT * scale))
        name = point.label or f"parameter {k - len(points) + 1}"
        components.append(Component(name, slope, measured, allowed, kink))
    return GradientReport(tuple(components))


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


def _slopes(output: Value, wanted: Sequence[Value]) -> list[float]:
    """Return the recorded gradients, leaving everybody's `.grad` as it was."""
    adjoints = {output: 1.0}
    for node in reversed(inner_nodes(output)):
        upstream = adjoints.get(node, 0.0)
        for parent, partial in zip(node.parents, node.partials, strict=True):
            adjoints[parent] = adjoints.get(parent, 0.0) + upstream * partial
    return [adjoints.get(v, 0.0) for v in wanted]


class _Measure:
    """Differences of a function in one number, the others held."""

    def __init__(self, compute: Callable[[], Value], point: Value, at: float, step: float) -> None:
        self.compute, self.point, self.at = compute, point, at
        self.step = step * max(1.0, abs(at))

    def value(self, x: float) -> Value:
        """Return the function with this number changed; it is put back at once."""
        self.point.data = x
        try:
            return self.compute()
        finally:
            self.point.data = self.at

    def slope(self) -> tuple[float, float]:
        """Return the slope, and how far it may be off by rounding and by what is left out.

        Each row of the table halves h and removes the next power of it, as Romberg does for
        integrals; the entry that changes least from its neighbours is taken.
        """
        for _ in range(_SHRINKINGS):
            try:
                return self._extrapolated()
            except (ValueError, ArithmeticError):
                self.step /= 10  # the function ends within the step
        return self._extrapolated()

    def _extrapolated(self) -> tuple[float, float]:
        best, doubt = math.nan, math.inf
        before: list[float] = []
        for row in self._rows():
            for k, entry in enumerate(row[1:], start=1):
                change = max(abs(entry - row[k - 1]), abs(entry - before[k - 1]))
                if change < doubt:
                    best, doubt = entry, change
            before = row
        return best, doubt

    def _rows(self) -> Iterator[list[float]]:
        before: list[float] = []
        h = self.step
        for _ in range(_LADDER):
            row = [(self.value(self.at + h).data - self.value(self.at - h).data) / (2 * h)]
            for k, entry in enumerate(before, start=1):
                row.append(row[-1] + (row[-1] - entry) / (4.0**k - 1))
            yield row
            before, h = row, h / 2

    def kink(self) -> str:
        """Return the operation that has a corner between the two ends of the step, if one has."""
        h = self.step
        sides = [self.value(x) for x in (self.at - h, self.at, self.at + h)]
        shapes = [[node for node in inner_nodes(side) if _kinked(node)] for side in sides]
        for nodes in zip(*shapes, strict=False):
            if len({node.partials for node in nodes}) > 1:
                return str(nodes[0].op.name.partition("(")[0])
        return ""


def _kinked(node: Value) -> bool:
    return node.op.name.partition("(")[0] in _KINKED
