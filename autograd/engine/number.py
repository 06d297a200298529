"""`real_number`: convert a real number of Python or NumPy to a float."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

Number = float | int | Real | Decimal | np.bool_
"""Any real number of Python or NumPy. `Decimal` and `numpy.bool_` are not instances of `Real`."""


def real_number(number: Any) -> float:
    """Return a real number as a float.

    Raises:
        TypeError: the argument is not a single real number. The message says what to write instead.
        ValueError: the number is not finite, or is a masked entry of an array.
        OverflowError: the number is an integer that is too large for a float.

    >>> from fractions import Fraction
    >>> real_number(Fraction(1, 4))
    0.25
    """
    if number.__class__ is float and math.isfinite(number):
        return number  # a fast path for the most common case
    if number is np.ma.masked:
        raise ValueError("a Value holds a number; got a masked entry: leave it out, or fill it in")
    if isinstance(number, np.ndarray) and not number.ndim:
        return real_number(number.item())  # the only entry of a zero-dimensional array
    if not isinstance(number, Number):
        raise TypeError(f"a Value holds one real number; got {_advice(number)}")
    try:
        data = float(number)
    except OverflowError:
        raise OverflowError("a Value holds a float; this integer is too large for one") from None
    if not math.isfinite(data):
        raise ValueError(
            f"a Value holds a finite number; got {number!r}: write a finite number in its place"
        )
    return data


def check_list(what: str, given: Any) -> None:
    """Raise a TypeError that names the argument `what` if it is not a list or another iterable."""
    if not isinstance(given, Iterable):
        is_number = hasattr(given, "partials") or isinstance(given, Number)
        advice = ": write [x]" if is_number else ""
        raise TypeError(f"{what} must be a list; got {shortened(given)}{advice}")


def shortened(x: Any) -> str:
    """Return the repr of an object, shortened to 38 characters if it has more than 40."""
    text = repr(x)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _advice(number: Any) -> str:
    """Return a description of an argument that is not a real number, and what to write instead."""
    if isinstance(number, str):
        return (
            f"the string {shortened(number)}: write float(…) to convert it; "
            "a name is given as Value(2.0, label='a')"
        )
    if isinstance(number, complex | np.complexfloating):
        return f"the complex number {number!r}: write .real or .imag of it"
    if hasattr(number, "partials"):  # a Value, whose class cannot be imported here
        return f"the Value {shortened(number)}: write .data of it"
    if isinstance(number, np.ndarray):
        return f"an array of shape {number.shape}: write [Value(x) for x in array.ravel()]"
    if isinstance(number, Iterable):
        return f"a {type(number).__name__}: write [Value(x) for x in it]"
    return f"{shortened(number)} ({type(number).__name__})"
