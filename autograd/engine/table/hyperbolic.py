"""Operations: hyperbolic functions and their inverses."""

from __future__ import annotations

from typing import Any

from ..operation import in_form, row
from .elementary import scaled_to_one

SINH = row(
    "sinh",
    1,
    lambda xp, x: xp.sinh(x),
    lambda xp, y, x: (xp.cosh(x),),
    "sinh",
    r"\sinh",
    needs="|x| below about 710.47, where sinh x overflows",
    monotone=1,
    definition=lambda xp, x: (xp.exp(x) - xp.exp(-x)) / 2,
    confused_with=("cosh", "sin"),
)
COSH = row(
    "cosh",
    1,
    lambda xp, x: xp.cosh(x),
    lambda xp, y, x: (xp.sinh(x),),
    "cosh",
    r"\cosh",
    needs="|x| below about 710.47, where cosh x overflows",
    definition=lambda xp, x: (xp.exp(x) + xp.exp(-x)) / 2,
    confused_with=("sinh", "cos"),
)


def _asinh_slope(xp: Any, x: Any) -> Any:
    def stable() -> Any:
        u, v = scaled_to_one(xp, x)
        return u / xp.sqrt(u * u + v * v)

    return in_form(xp, stable=stable, textbook=lambda: 1 / xp.sqrt(1 + xp.pow(x, 2)))


ASINH = row(
    "asinh",
    1,
    lambda xp, x: xp.asinh(x),
    lambda xp, y, x: (_asinh_slope(xp, x),),
    "asinh",
    r"\operatorname{arsinh}",
    monotone=1,
    aliases=("arsinh", "arcsinh"),
    ufunc="arcsinh",
    definition=lambda xp, x: xp.log(x + xp.sqrt(1 + xp.pow(x, 2))),
)


def _acosh_slope(xp: Any, x: Any) -> Any:
    # Near 1, √(x − 1) √(x + 1) is accurate, while x² − 1 suffers from cancellation. For large x, it
    # does not overflow, while x² does.
    return in_form(
        xp,
        stable=lambda: 1 / (xp.sqrt(x - 1) * xp.sqrt(x + 1)),
        textbook=lambda: 1 / xp.sqrt(xp.pow(x, 2) - 1),
    )


ACOSH = row(
    "acosh",
    1,
    lambda xp, x: xp.acosh(x),
    lambda xp, y, x: (_acosh_slope(xp, x),),
    "acosh",
    r"\operatorname{arcosh}",
    needs="x > 1 (at 1 its slope is infinite)",
    monotone=1,
    aliases=("arcosh", "arccosh"),
    ufunc="arccosh",
    definition=lambda xp, x: xp.log(x + xp.sqrt(xp.pow(x, 2) - 1)),
)


def _atanh_slope(xp: Any, x: Any) -> Any:
    # Near ±1, (1 − x)(1 + x) is accurate, while 1 − x² suffers from cancellation.
    return in_form(
        xp, stable=lambda: 1 / ((1 - x) * (1 + x)), textbook=lambda: 1 / (1 - xp.pow(x, 2))
    )


ATANH = row(
    "atanh",
    1,
    lambda xp, x: xp.atanh(x),
    lambda xp, y, x: (_atanh_slope(xp, x),),
    "atanh",
    r"\operatorname{artanh}",
    needs="−1 < x < 1",
    monotone=1,
    aliases=("artanh", "arctanh"),
    ufunc="arctanh",
    definition=lambda xp, x: (xp.log(1 + x) - xp.log(1 - x)) / 2,
)
