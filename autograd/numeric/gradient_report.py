"""What `gradcheck` found: each recorded gradient beside the measured one, with a verdict."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Literal

from ..graph.characters import encodable
from ..graph.wording import aligned, number

Verdict = Literal["agrees", "at a kink", "undecided", "disagrees"]
_MOST_SHOWN = 10
_MOST_DOUBT = 1e-5  # relative; a slope that is measured less exactly does not decide


@dataclass(frozen=True, slots=True)
class Component:
    """One gradient: as recorded and as measured.

    Attributes:
        name: the label of the value.
        recorded: ∂function/∂value by the recorded partials.
        measured: the same by differences.
        tolerance: how far the two may differ, beside the error of the measurement.
        kink: where the slopes of the two sides differ, what has the kink; else "".
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
        """How far the two differ."""
        return abs(self.recorded - self.measured)

    @property
    def allowed(self) -> float:
        """How large the error may be: the tolerance and what the measurement leaves open."""
        return self.tolerance + 4 * self.doubt

    @property
    def verdict(self) -> Verdict:
        """What the comparison says.

        A gradient is undecided where the measurement allows it but is too inexact to exclude others
        that are wrong.
        """
        if self.kink:
            return "at a kink"
        if math.isinf(self.doubt):
            return "undecided"
        if not self.error <= self.allowed:
            return "disagrees"
        scale = max(abs(self.recorded), abs(self.measured))
        return "agrees" if self.doubt <= _MOST_DOUBT * scale else "undecided"

    @property
    def ok(self) -> bool:
        """Whether the two agree, or lie at a kink."""
        return self.verdict in ("agrees", "at a kink")


@dataclass(frozen=True)
class GradientReport:
    """How recorded gradients compare with measured ones; prints, shows in notebooks, has `.ok`.

    Attributes:
        components: the gradients, in the order of the values.
        returned: if the function does not repeat, what it returned for the same values; else ().
    """

    components: tuple[Component, ...]
    returned: tuple[float, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every gradient agrees or lies at a kink, and the function repeats."""
        return not self.returned and all(component.ok for component in self.components)

    @property
    def kinks(self) -> tuple[Component, ...]:
        """Those that lie at a kink and were not compared."""
        return tuple(component for component in self.components if component.kink)

    @property
    def worst(self) -> tuple[Component, ...]:
        """The components: wrong ones, undecided ones, then by error relative to what is allowed."""
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
            "all agree" if agree == len(verdicts) else _counted(agree, "agree"),
            _counted(wrong, "disagree"),
            f"{undecided} undecided" if undecided else "",
            f"{kinks} at a kink" if kinks else "",
        ]
        count = f"{len(verdicts)} gradient{'s' * (len(verdicts) != 1)}"
        return f"{count} compared with differences: {', '.join(filter(None, words))}."

    def _explain_returned(self) -> str:
        first, second = map(number, self.returned[:2])
        return (
            f"The function does not repeat: called twice with the same values, it returned {first} "
            f"and then {second}.\nIts gradients cannot be compared with differences. Seed its "
            "random numbers inside the function, turn dropout off, or keep its state outside."
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "<pre>" + html.escape(str(self)) + "</pre>"


def _rank(c: Component) -> tuple[int, float]:
    order: tuple[Verdict, ...] = ("disagrees", "undecided", "agrees", "at a kink")
    return order.index(c.verdict), -(c.error / c.allowed if c.allowed else 0.0)


def _counted(count: int, verb: str) -> str:
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
        number(c.recorded, digits=8),
        number(c.measured, digits=8),
        number(c.error, digits=2),
        number(c.allowed, digits=2),
        words[c.verdict],
    ]
