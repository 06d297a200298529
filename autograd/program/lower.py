"""Convert a schedule to a frozen plan, with the instructions and the content of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engine.ops import CONSTANT, LEAF
from .backward import BackwardLowering
from .calls import Schedule
from .instructions import Location
from .plan import Plan, PlannedGuard
from .stacking import Style


def lower(
    schedule: Schedule,
    wanted: frozenset[int],
    roots: Sequence[int],
    guards: Sequence[tuple[int, str, int | float, bool]] = (),
    *,
    style: Style = "quick",
) -> Plan:
    """Return the plan of a schedule.

    `wanted` are the terms whose gradients are needed. `roots` are the output and the terms to keep.
    A guard compares a term with another one, or with a float. With the style "quick", formulas are
    computed in their quick form, and again in their stable form if that overflows.
    """
    lowering = BackwardLowering(schedule, wanted, style=style)
    lowering.lower_forward()
    lowering.lower_backward(schedule.places[roots[0]])
    terms, places = schedule.terms, schedule.places
    shared = sorted((places[k].row, k) for k, t in enumerate(terms) if not t.varies)
    return Plan(
        **{name: tuple(instructions) for name, instructions in lowering.sections.items()},
        rows=dict(lowering.rows),
        inputs=tuple(schedule.inputs),
        parameters=tuple(terms[k].node for _, k in shared if terms[k].op is LEAF),
        constants=tuple(terms[k].data for _, k in shared if terms[k].op is CONSTANT),
        roots=tuple(places[k] for k in roots),
        guards=tuple(
            PlannedGuard(places[left], relation, _place(right, places), outcome)
            for left, relation, right, outcome in guards
        ),
        comments=lowering.comments,
        fallbacks=lowering.fallbacks,
        calls=len(schedule.calls),
        products=sum(call.is_product for call in schedule.calls),
    )


def _place(side: int | float, places: Mapping[int, Location]) -> Location | float:
    return side if isinstance(side, float) else places[side]
