"""The error function by rational approximations, to the accuracy of a double.

NumPy has no erf, and neither has JavaScript, in which live pages compute. The formula therefore
uses only functions that every namespace has. The approximations are those of W. J. Cody, "Rational
Chebyshev Approximations for the Error Function", Math. Comp. 23 (1969), with the coefficients of
his program CALERF.

>>> from autograd.engine.namespace import FLOATS
>>> erf(FLOATS, 0.5)
0.5204998778130465
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

from .operation import in_form


def clip_to(xp: Any, x: Any, low: float, high: float) -> Any:
    """Return `low` if x is below it, `high` if x is above it, and x otherwise."""
    return xp.minimum(xp.maximum(x, low), high)


def _polynomial(x: Any, *coefficients: float) -> Any:
    """Return the polynomial with these coefficients, the highest power first."""
    return reduce(lambda so_far, c: so_far * x + c, coefficients[1:], coefficients[0])


# Cody has one approximation of erf x for |x| ≤ 0.46875 and two of 1 − erf |x|, below and above 4.
_CENTER = 0.46875
_FAR = 4.0
_SLOPE_AT_0 = 2 / math.sqrt(math.pi)


def _erf_center(x: Any) -> Any:
    """Return erf x for |x| ≤ 0.46875."""
    s = x * x
    top = _polynomial(
        s, 1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2,
        3.77485237685302021e2, 3.20937758913846947e3,
    )  # fmt: skip
    bottom = _polynomial(
        s, 1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
        2.84423683343917062e3,
    )  # fmt: skip
    return x * top / bottom


def _erfc_middle(xp: Any, z: Any) -> Any:
    """Return 1 − erf z for 0.46875 ≤ z ≤ 4. Beyond 4, the result has fewer correct digits."""
    top = _polynomial(
        z, 2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594,
        6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
        1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
    )  # fmt: skip
    bottom = _polynomial(
        z, 1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
        1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
        3.43936767414372164e3, 1.23033935480374942e3,
    )  # fmt: skip
    return _exp_minus_square(xp, z) * top / bottom


def _erfc_far(xp: Any, z: Any) -> Any:
    """Return 1 − erf z for z ≥ 4."""
    s = 1 / (z * z)
    top = _polynomial(
        s, 1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
        1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4,
    )  # fmt: skip
    bottom = _polynomial(
        s, 1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1,
        6.05183413124413191e-2, 2.33520497626869185e-3,
    )  # fmt: skip
    return _exp_minus_square(xp, z) * (1 / math.sqrt(math.pi) - s * top / bottom) / z


def _exp_minus_square(xp: Any, z: Any) -> Any:
    """Return exp(−z²) without the error that rounding z² would cause.

    The square is computed in two parts, z² = high² + (z − high)(z + high). The number `high` has
    the upper half of the digits of z, so that high² is exact.
    """
    high = z * 134217729.0 - (z * 134217729.0 - z)  # Veltkamp's splitting, with 2²⁷ + 1
    return xp.exp(-(high * high)) * xp.exp(-((z - high) * (z + high)))


def erf(xp: Any, x: Any) -> Any:
    """Return 2/√π times the integral of exp(−t²) from 0 to x."""

    def stable() -> Any:
        # `where` computes both branches. Clipping the arguments to the interval of each
        # approximation keeps the other branch from overflowing.
        size = xp.abs(x)
        center = _erf_center(clip_to(xp, x, -_CENTER, _CENTER))
        # Beyond 6, erf x rounds to 1.
        outer = 1 - _erfc_middle(xp, clip_to(xp, size, _CENTER, 6.0))
        return xp.where(size <= _CENTER, center, xp.where(x > 0, outer, -outer))

    return in_form(xp, stable=stable, textbook=lambda: xp.erf(x))


def erfc(xp: Any, x: Any) -> Any:
    """Return 1 − erf x, with all digits where erf x is nearly 1."""

    def stable() -> Any:
        size = xp.abs(x)  # the arguments are clipped as in `erf`
        center = 1 - _erf_center(clip_to(xp, x, -_CENTER, _CENTER))
        middle = _erfc_middle(xp, clip_to(xp, size, _CENTER, _FAR))
        far = _erfc_far(xp, clip_to(xp, size, _FAR, 30.0))  # beyond 28, it rounds to 0
        tail = xp.where(size <= _FAR, middle, far)
        return xp.where(size <= _CENTER, center, xp.where(x > 0, tail, 2 - tail))

    return in_form(xp, stable=stable, textbook=lambda: xp.erfc(x))


def erf_slope(xp: Any, x: Any) -> Any:
    """Return 2/√π exp(−x²), which is 0 in floating point beyond ±40."""
    c = in_form(xp, stable=lambda: clip_to(xp, x, -40.0, 40.0), textbook=lambda: x)
    square = in_form(xp, stable=lambda: c * c, textbook=lambda: xp.pow(c, 2))
    return _SLOPE_AT_0 * xp.exp(-square)
