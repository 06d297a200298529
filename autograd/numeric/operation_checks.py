"""Checks of a user's operation: its formulas must be finite and agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from ..engine.namespace import FLOATS, NUMPY
from ..engine.number import shortened
from ..engine.operation import Op
from ..engine.value import Value
from .gradcheck import gradcheck

Bounds = tuple[float, float]

# The positions of the sample points, as fractions of the domain.
_FRACTIONS = (0.137, 0.291, 0.583, 0.712, 0.906)


def sample_points(
    name: str, domain: Bounds | Sequence[Bounds], count: int
) -> list[tuple[float, ...]]:
    """Return points inside the domain, each with one number for each of `count` inputs."""
    try:
        pairs = np.array(domain, dtype=float)
    except (TypeError, ValueError):  # text, or intervals of different lengths
        pairs = np.empty(0)
    pairs = np.broadcast_to(pairs, (count, 2)) if pairs.shape == (2,) else pairs
    if (
        pairs.shape != (count, 2)
        or not np.isfinite(pairs).all()
        or (pairs.T[0] >= pairs.T[1]).any()
    ):
        raise ValueError(
            f"operation {name}: the domain is (low, high) with low < high, or such a pair for each "
            f"of {count} inputs; got {shortened(domain)}"
        )
    low, high = pairs.T
    shifted = [np.roll(_FRACTIONS, k) for k in range(count)]  # the inputs of a point differ
    return [
        tuple((low + (high - low) * np.array(place)).tolist())
        for place in zip(*shifted, strict=True)
    ]


def check_values(op: Op, points: Iterable[tuple[float, ...]]) -> None:
    """Refuse formulas that are not finite, or that differ between floats and arrays."""
    for point in points:
        at = ", ".join(f"{x:g}" for x in point)
        try:
            value = op.forward(FLOATS, *point)
            numbers = [value, *op.partials(FLOATS, value, *point)]
        except (ArithmeticError, ValueError, TypeError) as error:
            raise ValueError(
                f"operation {op.name}: at ({at}) there is no result: {error}. "
                "Give the domain where there is one, domain=(low, high)"
            ) from None
        if not np.isfinite(numbers).all():
            raise ValueError(
                f"operation {op.name}: at ({at}) the value and slopes are not finite: {numbers}"
            )
        column = op.forward(NUMPY, *(np.array([x]) for x in point))
        if not np.allclose(column, value, rtol=1e-9):
            raise ValueError(
                f"operation {op.name}: at ({at}) forward gives {value} for floats and "
                f"{column} for arrays"
            )


def check_slopes(
    name: str, function: Callable[..., Value], points: Iterable[tuple[float, ...]]
) -> None:
    """Refuse partials that are not the slopes of the function, which records the operation."""
    for point in points:
        report = gradcheck(function, [Value(x, f"x{k}") for k, x in enumerate(point, 1)])
        if not report.ok:
            at = ", ".join(f"x{k} = {x:g}" for k, x in enumerate(point, 1))
            raise ValueError(
                f"operation {name}: partials does not return the slopes of forward at "
                f"{at}.\n{report}"
            )
