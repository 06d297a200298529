"""Slips with signs, factors, functions and steps in a gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit
from .slip import on, slip, uses_inside


@slip(
    "gradient",
    "sign",
    "the error was taken as (target − output)",
    "the slope of ½(y − t)² is (y − t)",
)
def sign(bench: Bench) -> Iterator[Edit]:
    """(t − y) for (y − t)."""
    if any(node.op.family in _ERRORS for node in bench.segment):
        yield Edit(finish=lambda g: -g)


@slip(
    "gradient",
    "minus",
    "a minus sign was lost",
    "follow the sign of every factor on the path",
)
def minus_lost(bench: Bench) -> Iterator[Edit]:
    """A minus sign too many or too few, where no error (y − t) explains it."""
    if not list(sign.edits(bench)):
        yield Edit(finish=lambda g: -g)


def _counts(bench: Bench) -> list[float]:
    """Return the m of every division by a whole number on the way."""
    found: dict[float, None] = {}
    for node in bench.segment:
        if node.op.family == "div" and not node.parents[1].parents:
            m = node.parents[1].data
            if m == int(m) and m > 1 and node is not bench.node:
                found[m] = None
        if node.op.family == "mul" and node is not bench.node:
            for parent in node.parents:
                share = _share(parent)
                if share:
                    found[share] = None
    return list(found)


def _share(node: Value) -> float:
    """Return m where a node is the plain number 1/m with a whole m above 2."""
    if node.op.family == "div" and all(not p.parents for p in node.parents):
        top, bottom = (p.data for p in node.parents)
        return bottom if top == 1 and bottom == int(bottom) and bottom > 2 else 0.0
    if node.parents or node.label or not node.data:
        return 0.0
    m = 1 / node.data
    return float(round(m)) if m > 2 and abs(m - round(m)) < 1e-9 else 0.0


@slip(
    "gradient",
    "mean-forgotten",
    "the 1/m of the mean was forgotten",
    "the slope of (1/m)Σ has the factor 1/m",
)
def mean_forgotten(bench: Bench) -> Iterator[Edit]:
    """1/m left out."""
    for m in _counts(bench):
        yield Edit(finish=m.__mul__, what=f"m = {int(m)}")


@slip(
    "gradient",
    "mean-twice",
    "the 1/m of the mean was applied twice",
    "divide by m once",
)
def mean_twice(bench: Bench) -> Iterator[Edit]:
    """1/m applied twice."""
    for m in _counts(bench):
        yield Edit(finish=(1 / m).__mul__, what=f"m = {int(m)}")


@slip(
    "gradient",
    "two-lost",
    "a factor 2 was lost, or ½ applied twice",
    "(u²)′ = 2u u′; only a ½ in front cancels the 2",
)
def two_lost(bench: Bench) -> Iterator[Edit]:
    """A factor 2 left out, or a ½ too many."""
    if any(n.op.square for n in bench.segment):
        yield Edit(finish=lambda g: g / 2)


@slip(
    "gradient",
    "two-doubled",
    "the ½ was lost (a factor 2 too many)",
    "the ½ in front of a square cancels the 2 of its slope",
)
def two_doubled(bench: Bench) -> Iterator[Edit]:
    """A factor 2 too many, or the ½ left out."""
    if any(n.op.square for n in bench.segment):
        yield Edit(finish=lambda g: g * 2)


@slip(
    "gradient",
    "quotient-sign",
    "the sign in the quotient rule was lost",
    "∂(a/b)/∂b = −a/b²",
)
def quotient_sign(bench: Bench) -> Iterator[Edit]:
    """+a/b² for −a/b²."""
    quotients = {n for n in bench.segment if n.op.family == "div"}
    yields = any(slot == 1 for n in bench.segment for c, slot in uses_inside(bench, n)
                 if c in quotients)  # fmt: skip
    if yields:
        yield on(quotients, lambda base, child, slot, partial, up: -partial if slot else partial)


@slip(
    "gradient",
    "log10",
    "log₁₀ was differentiated, not ln",
    "(ln x)′ = 1/x",
)
def log_ten(bench: Bench) -> Iterator[Edit]:
    """The slope of log₁₀ for that of ln."""
    logs = {n for n in bench.segment if n.op.family == "log"}
    if logs:
        yield on(logs, lambda base, child, slot, partial, up: partial / math.log(10))


@slip(
    "gradient",
    "degrees",
    "the calculator was set to degrees",
    "angles are in radians here",
)
def degrees(bench: Bench) -> Iterator[Edit]:
    """The angle read as degrees by the calculator."""
    waves = {n for n in bench.segment if n.op.family in ("sin", "cos", "tan")}

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        x = math.radians(base.data(child.parents[0]))
        return float(child.op.partials(FLOATS, child.op.forward(FLOATS, x), x)[0])

    if waves:
        yield on(waves, change)


@slip(
    "gradient",
    "stale",
    "this is the gradient of the step before",
    "after an update, compute the gradients anew with the new weights",
)
def stale(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before."""
    before = bench.book.before.get(_full_name(bench))
    if before is not None:
        yield Edit(finish=lambda g: before)


@slip(
    "gradient",
    "accumulated",
    "the gradient of the step before was added on",
    "start each step from zero gradients",
)
def accumulated(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before added on."""
    before = bench.book.before.get(_full_name(bench))
    if before is not None:
        yield Edit(finish=lambda g: g + before)


def _full_name(bench: Bench) -> str:
    return bench.name


_ERRORS = frozenset({"half_squared_error", "squared_error", "sub"})
