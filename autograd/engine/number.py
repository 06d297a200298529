"""`real_number`: any real number of Python or NumPy as a float, or an error with advice."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

Number = float | int | Real | Decimal | np.bool_
"""Any real number of Python or NumPy."""


def real_number(number: Any) -> float:
    """Return a real number as a float.

    Raises:
        TypeError: it is not one real number; the message says what to write.
        ValueError: it is not finite.
        OverflowError: it is an integer too large for a float.

    >>> from fractions import Fraction
    >>> real_number(Fraction(1, 4))
    0.25
    """
    if number.__class__ is float and math.isfinite(number):
        return number  # by far the most common case
    if isinstance(number, np.ndarray) and not number.ndim:
        return real_number(number.item())  # an array of no dimensions is its only entry
    if not isinstance(number, Number):
        raise TypeError(f"a Value holds one real number; got {_advice(number)}")
    try:
        data = float(number)
    except OverflowError:
        raise OverflowError("a Value holds a float; this integer is too large for one") from None
    if not math.isfinite(data):
        raise ValueError(
            f"a Value holds a finite number; got {number!r}: write one that math.isfinite accepts"
        )
    return data


def shortened(x: Any) -> str:
    """Return the repr of an object, at most 40 characters of it, for a message."""
    text = repr(x)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _advice(number: Any) -> str:
    if isinstance(number, str):
        return (
            f"the string {shortened(number)}: write float(…) of it; a name is Value(2.0, label='a')"
        )
    if isinstance(number, complex | np.complexfloating):
        return f"the complex number {number!r}: write .real or .imag of it"
    if hasattr(number, "partials"):
        return f"the Value {shortened(number)}: write .data of it"
    if isinstance(number, np.ndarray):
        return f"an array of shape {number.shape}: write [Value(x) for x in array.ravel()]"
    if isinstance(number, Iterable):
        return f"a {type(number).__name__}: write [Value(x) for x in it]"
    return f"{shortened(number)} ({type(number).__name__})"
