"""Rounding on the way: who rounds every product before adding may end one unit off."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from ..engine.value import Value
from .counterfactual import Bench, Edit
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
    half = len(inputs) // 2
    pairs = zip(inputs[:half], inputs[half : 2 * half], strict=True)
    if node.op.family == "dot":
        terms = [rounding(w * x) for w, x in pairs] + inputs[2 * half :]
    elif node.op.family in _SQUARED_ERRORS:
        share = _SQUARED_ERRORS[node.op.family]
        terms = [rounding(share * rounding(rounding(y - t) ** 2)) for y, t in pairs]
    else:
        return rounding(right)
    return functools.reduce(lambda total, term: rounding(total + term), terms)


_SQUARED_ERRORS = {"squared_error": 1.0, "half_squared_error": 0.5}


def _to_decimals(unit: float) -> Rounding:
    return lambda x: round(x / unit) * unit


def _to_digits(count: int) -> Rounding:
    return lambda x: float(f"{x:.{count - 1}e}")
