"""`real_number`: convert a real number of Python or NumPy to a float."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    import numpy as np

    Number = float | int | Real | Decimal | np.bool_
else:  # without numpy.bool_, so that NumPy need not be imported; `is_number` tests for it
    Number = float | int | Real | Decimal
    """Any real number. `Decimal` and `numpy.bool_` are not subclasses of `Real`."""


def is_of_numpy(x: Any, class_name: str) -> bool:
    """Return whether an object is an instance of the NumPy class with this name, such as "ndarray".

    This function does not import NumPy. Before NumPy is imported, no such object exists.
    """
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, getattr(numpy, class_name))


def is_number(x: Any) -> TypeGuard[Number]:
    """Return whether an object is a real number of Python or NumPy."""
    return isinstance(x, Number) or is_of_numpy(x, "bool_")


def is_value(x: Any) -> bool:
    """Return whether an object looks like a Value, which this module cannot import."""
    return hasattr(x, "partials")


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
    if not is_number(number):
        return real_number(_only_entry(number))
    try:
        data = float(number)
    except OverflowError:
        raise OverflowError("a Value holds a float; this integer is too large for one") from None
    if not math.isfinite(data):
        raise ValueError(
            f"a Value holds a finite number; got {number!r}: write a finite number in its place"
        )
    return data


def _only_entry(array: Any) -> Any:
    """Return the entry of a zero-dimensional array. Raise an error for any other object."""
    if not is_of_numpy(array, "ndarray") or array.ndim:
        raise TypeError(f"a Value holds one real number; got {_advice(array)}")
    if array is sys.modules["numpy"].ma.masked:
        raise ValueError("a Value holds a number; got a masked entry: leave it out, or fill it in")
    return array.item()


def check_list(what: str, given: Any) -> None:
    """Raise a TypeError that names the argument `what` if it is not a list or another iterable."""
    if not isinstance(given, Iterable):
        is_single = is_value(given) or is_number(given)
        advice = ": write [x]" if is_single else ""
        raise TypeError(f"{what} must be a list; got {shortened(given)}{advice}")


def shortened(x: Any) -> str:
    """Return the repr of an object, shortened to 38 characters if it has more than 40."""
    text = repr(x)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _advice(number: Any) -> str:
    """Return the end of an error message: what the argument is, and what to write instead."""
    if isinstance(number, str):
        return (
            f"the string {shortened(number)}: write float(…) to convert it; "
            "a name is given as Value(2.0, label='a')"
        )
    if isinstance(number, complex) or is_of_numpy(number, "complexfloating"):
        return f"the complex number {number!r}: write .real or .imag of it"
    if is_value(number):
        return f"the Value {shortened(number)}: write .data of it"
    if is_of_numpy(number, "ndarray"):
        return f"an array of shape {number.shape}: write [Value(x) for x in array.ravel()]"
    if isinstance(number, Iterable):
        return f"a {type(number).__name__}: write [Value(x) for x in it]"
    return f"{shortened(number)} ({type(number).__name__})"
