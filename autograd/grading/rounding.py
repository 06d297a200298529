"""Rounding on the way: who rounds every product before adding may end one unit off."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from ..engine.ops import HALF_SQUARED_ERROR, SQUARED_ERROR
from ..engine.value import Value
from .bench import Bench
from .counterfactual import Edit
from .structure import terms
from .verdict import Verdict
from .written import Written

_FARTHEST = Fraction(3, 2)  # units: one unit off the number as it should be rounded

Rounding = Callable[[float], float]


def rounds_to(benches: Iterable[Bench], written: Written) -> Verdict | None:
    """Return the verdict where rounding every step explains the number; None where it does not.

    The steps are rounded to the decimals of the number, or to its significant digits. The number is
    right but for rounding if exact numbers lead to it, and carried on if the writer's own do.
    """
    if written.significant < 2 or not written.unit:
        return None
    for bench in benches:
        for base in reversed(bench.bases):  # the exact numbers first
            right = bench.predict((), base)
            if not math.isfinite(right) or not _is_near(written, right):
                continue
            for rounding in (_to_decimals(float(written.unit)), _to_digits(written.significant)):
                if abs(
                    bench.predict((_round_all(rounding),), base) - written.number
                ) <= 0.5 * float(written.unit):
                    return Verdict.NEARLY if not base.own else Verdict.CARRIED
    return None


def _is_near(written: Written, right: float) -> bool:
    return abs(written.value - Fraction(right)) <= _FARTHEST * written.unit


def _round_all(rounding: Rounding) -> Edit:
    return Edit(
        compute=lambda base, node, x, right: _round_value(node, x, right, rounding),
        local=lambda base, node, slot, partial, up: rounding(partial),
        gather=lambda base, node, parts, right: math.fsum(map(rounding, parts)) if parts else right,
    )


def _round_value(node: Value, inputs: list[float], right: float, rounding: Rounding) -> float:
    """Return a value with every step rounded: of w·x + b each product, each square and each sum."""
    if node.op in _SQUARED_ERRORS:
        half, share = len(inputs) // 2, _SQUARED_ERRORS[node.op]
        pairs = zip(inputs[:half], inputs[half:], strict=True)
        parts = [rounding(share * rounding(rounding(y - t) ** 2)) for y, t in pairs]
    else:
        products = [(term, term.value(inputs)) for term in terms(node)]
        parts = [rounding(x) if len(term.slots) > 1 else x for term, x in products]
    if not parts:
        return rounding(right)
    return functools.reduce(lambda total, part: rounding(total + part), parts)


_SQUARED_ERRORS = {SQUARED_ERROR: 1.0, HALF_SQUARED_ERROR: 0.5}


def _to_decimals(unit: float) -> Rounding:
    return lambda x: round(x / unit) * unit


def _to_digits(count: int) -> Rounding:
    return lambda x: float(f"{x:.{count - 1}e}")
