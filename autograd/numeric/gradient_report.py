"""The report of `gradcheck`: each recorded gradient, the measured one and a verdict."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Literal

from ..encoding import encodable
from ..graph.wording import aligned, number_text

Verdict = Literal["agrees", "at a kink", "undecided", "disagrees"]
_MOST_SHOWN = 10
_MOST_DOUBT = 1e-5  # the largest relative doubt with which a measured slope gives a verdict


@dataclass(frozen=True, slots=True)
class Component:
    """One recorded gradient and the measurement it is compared with.

    Attributes:
        name: the label of the value.
        recorded: ∂function/∂value, computed from the recorded partials.
        measured: ∂function/∂value, measured by differences.
        tolerance: how far the two may differ in addition to the error of the measurement.
        kink: the operation or function that has a kink at the point; "" if there is no kink.
        doubt: how far `measured` may be from the true slope.
    """

    name: str
    recorded: float
    measured: float
    tolerance: float
    kink: str = ""
    doubt: float = 0.0

    @property
    def error(self) -> float:
        """The absolute difference between the recorded and the measured gradient."""
        if self.recorded == self.measured:  # also if both are infinite
            return 0.0
        return abs(self.recorded - self.measured)

    @property
    def allowed(self) -> float:
        """The largest error that is allowed, the tolerance plus the error of the measurement."""
        return self.tolerance + 4 * self.doubt

    @property
    def verdict(self) -> Verdict:
        """The result of the comparison.

        A gradient is undecided if the measurement agrees with it but is so inexact that it would
        also agree with wrong gradients.
        """
        if self.kink:
            return "at a kink"
        if math.isinf(self.doubt):
            return "undecided"
        if not self.error <= self.allowed:  # also if the error is nan
            return "disagrees"
        scale = max(abs(self.recorded), abs(self.measured))
        return "agrees" if self.doubt <= _MOST_DOUBT * scale else "undecided"

    @property
    def ok(self) -> bool:
        """Whether the two gradients agree, or the point is at a kink."""
        return self.verdict in ("agrees", "at a kink")


@dataclass(frozen=True)
class GradientReport:
    """How recorded gradients compare with measured ones, as text and in notebooks.

    Attributes:
        components: the gradients, in the order of the values.
        returned: the different results for the same values; () if all calls returned the same.
    """

    components: tuple[Component, ...]
    returned: tuple[float, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every component is ok and the function always returned the same result."""
        return not self.returned and all(component.ok for component in self.components)

    @property
    def kinks(self) -> tuple[Component, ...]:
        """The components at a kink, which were not compared."""
        return tuple(component for component in self.components if component.kink)

    @property
    def worst(self) -> tuple[Component, ...]:
        """The components by verdict, wrong ones first, and then by error relative to `allowed`."""
        return tuple(sorted(self.components, key=_rank))

    @encodable
    def __str__(self) -> str:
        if self.returned:
            return self._explain_returned()
        rows = [
            ["gradient", "recorded", "measured", "error", "allowed", ""],
            *map(_row, self.worst[:_MOST_SHOWN]),
        ]
        return "\n".join([self._summary(), *aligned(rows)])

    def _summary(self) -> str:
        verdicts = [component.verdict for component in self.components]
        agree, wrong, undecided, kinks = (
            verdicts.count(verdict) for verdict in ("agrees", "disagrees", "undecided", "at a kink")
        )
        words = [
            "all agree" if agree == len(verdicts) else _count_with_verb(agree, "agree"),
            _count_with_verb(wrong, "disagree"),
            f"{undecided} undecided" if undecided else "",
            f"{kinks} at a kink" if kinks else "",
        ]
        count = f"{len(verdicts)} gradient{'s' * (len(verdicts) != 1)}"
        return f"{count} compared with differences: {', '.join(filter(None, words))}."

    def _explain_returned(self) -> str:
        first, second = map(number_text, self.returned[:2])
        return (
            f"The function does not repeat: called twice with the same values, it returned {first} "
            f"and then {second}.\nIts gradients cannot be compared with differences. Seed its "
            "random numbers inside the function, turn dropout off, or keep its state outside."
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "<pre>" + html.escape(str(self)) + "</pre>"


def _rank(c: Component) -> tuple[int, float]:
    """Return the sort key of `GradientReport.worst`."""
    order: tuple[Verdict, ...] = ("disagrees", "undecided", "agrees", "at a kink")
    return order.index(c.verdict), -(c.error / c.allowed if c.allowed else 0.0)


def _count_with_verb(count: int, verb: str) -> str:
    return f"{count} {verb}{'s' * (count == 1)}" if count else ""


def _row(c: Component) -> list[str]:
    words = {
        "agrees": "",
        "at a kink": f"at a kink of {c.kink}",
        "undecided": "undecided: the differences are too inexact",
        "disagrees": "WRONG",
    }
    return [
        c.name,
        number_text(c.recorded, digits=8),
        number_text(c.measured, digits=8),
        number_text(c.error, digits=2),
        number_text(c.allowed, digits=2),
        words[c.verdict],
    ]
