"""Operations: exponentials, logarithms, roots, trigonometric functions and the error function."""

from __future__ import annotations

from functools import reduce
from typing import Any

from ..error_function import erf, erf_slope, erfc
from ..operation import in_form, row
from .arithmetic import SQUARE, add_up

# --- exponentials and roots -----------------------------------------------------------------------

EXP = row(
    "exp",
    1,
    lambda xp, x: xp.exp(x),
    lambda xp, y, x: (y,),
    "exp",
    r"\exp",
    needs="x below about 709.78, where eˣ overflows",
    monotone=1,
)
LOG = row(
    "log",
    1,
    lambda xp, x: xp.log(x),
    lambda xp, y, x: (1 / x,),
    "ln",
    r"\ln",
    needs="x > 0",
    aliases=("ln",),
    monotone=1,
    inverse="exp",
)
SQRT = row(
    "sqrt",
    1,
    lambda xp, x: xp.sqrt(x),
    lambda xp, y, x: (1 / (2 * y),),
    "√",
    r"\operatorname{sqrt}",
    needs="x > 0 (at 0 its slope is infinite)",
    monotone=1,
    definition=lambda xp, x: xp.pow(x, 0.5),
)
EXPM1 = row(
    "expm1",
    1,
    lambda xp, x: in_form(xp, stable=lambda: xp.expm1(x), textbook=lambda: xp.exp(x) - 1),
    lambda xp, y, x: (xp.exp(x),),
    "expm1",
    r"\operatorname{expm1}",
    needs="x below about 709.78, where eˣ overflows",
    monotone=1,
)
LOG1P = row(
    "log1p",
    1,
    lambda xp, x: in_form(xp, stable=lambda: xp.log1p(x), textbook=lambda: xp.log(1 + x)),
    lambda xp, y, x: (1 / (1 + x),),
    "log1p",
    r"\operatorname{log1p}",
    needs="x > −1",
    monotone=1,
)


def _softmax(xp: Any, y: Any, *v: Any) -> tuple[Any, ...]:
    def softmax(shift: Any) -> tuple[Any, ...]:
        exponentials = [xp.exp(x - shift) for x in v]
        total = add_up(exponentials)
        return tuple(exponential / total for exponential in exponentials)

    # The stable form subtracts the maximum, so that no exponential overflows.
    return in_form(xp, stable=lambda: softmax(reduce(xp.maximum, v)), textbook=lambda: softmax(0))


def _logsumexp(xp: Any, *v: Any) -> Any:
    def shifted(shift: Any) -> Any:
        return shift + xp.log(add_up(xp.exp(x - shift) for x in v))

    # The stable form subtracts the maximum, so that no exponential overflows.
    return in_form(xp, stable=lambda: shifted(reduce(xp.maximum, v)), textbook=lambda: shifted(0))


LOGSUMEXP = row(
    "logsumexp",
    None,
    _logsumexp,
    _softmax,
    "lse",
    r"\operatorname{lse}",
    needs="at least one term",
    aliases=("lse",),
    rule="derivative of log-sum-exp",
)

# --- trigonometry ---------------------------------------------------------------------------------

SIN = row(
    "sin",
    1,
    lambda xp, x: xp.sin(x),
    lambda xp, y, x: (xp.cos(x),),
    "sin",
    r"\sin",
    angle=True,
    confused_with=("cos",),
)
COS = row(
    "cos",
    1,
    lambda xp, x: xp.cos(x),
    lambda xp, y, x: (-xp.sin(x),),
    "cos",
    r"\cos",
    angle=True,
    confused_with=("sin",),
)
TAN = row(
    "tan",
    1,
    lambda xp, x: xp.tan(x),
    lambda xp, y, x: (1 + SQUARE(xp, y),),
    "tan",
    r"\tan",
    angle=True,
    definition=lambda xp, x: xp.sin(x) / xp.cos(x),
)


def scaled_to_one(xp: Any, x: Any) -> tuple[Any, Any]:
    """Return u = 1/m and v = x/m for m = max(|x|, 1). Both lie between −1 and 1.

    Slopes such as 1/(1 + x²) are computed from them as u²/(u² + v²), because x² may overflow.
    """
    m = xp.maximum(xp.abs(x), 1.0)
    return 1 / m, x / m


def _atan_slope(xp: Any, x: Any) -> Any:
    def stable() -> Any:
        u, v = scaled_to_one(xp, x)
        return u * u / (u * u + v * v)

    return in_form(xp, stable=stable, textbook=lambda: 1 / (1 + xp.pow(x, 2)))


ATAN = row(
    "atan",
    1,
    lambda xp, x: xp.atan(x),
    lambda xp, y, x: (_atan_slope(xp, x),),
    "atan",
    r"\arctan",
    activation="saturating",
    aliases=("arctan",),
    ufunc="arctan",
    monotone=1,
    inverse="tan",
)


def _asin_slope(xp: Any, x: Any) -> Any:
    # Near ±1, (1 − x)(1 + x) is accurate, while 1 − x² suffers from cancellation.
    return in_form(
        xp,
        stable=lambda: 1 / xp.sqrt((1 - x) * (1 + x)),
        textbook=lambda: 1 / xp.sqrt(1 - xp.pow(x, 2)),
    )


ASIN = row(
    "asin",
    1,
    lambda xp, x: xp.asin(x),
    lambda xp, y, x: (_asin_slope(xp, x),),
    "asin",
    r"\arcsin",
    needs="−1 < x < 1 (at ±1 its slope is infinite)",
    monotone=1,
    aliases=("arcsin",),
    ufunc="arcsin",
    inverse="sin",
    confused_with=("acos",),
)
ACOS = row(
    "acos",
    1,
    lambda xp, x: xp.acos(x),
    lambda xp, y, x: (-_asin_slope(xp, x),),
    "acos",
    r"\arccos",
    needs="−1 < x < 1 (at ±1 its slope is infinite)",
    monotone=-1,
    aliases=("arccos",),
    ufunc="arccos",
    inverse="cos",
    confused_with=("asin",),
)

# --- the error function ---------------------------------------------------------------------------

ERF = row(
    "erf",
    1,
    erf,
    lambda xp, y, x: (erf_slope(xp, x),),
    "erf",
    r"\operatorname{erf}",
    monotone=1,
    confused_with=("erfc",),
)
ERFC = row(
    "erfc",
    1,
    erfc,
    lambda xp, y, x: (-erf_slope(xp, x),),
    "erfc",
    r"\operatorname{erfc}",
    monotone=-1,
    definition=lambda xp, x: 1 - xp.erf(x),
    confused_with=("erf",),
)
