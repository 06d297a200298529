"""Numbers that a program printed from float32, which have only about seven right digits."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..late_pattern import compile_late
from .written import Written

_DIGITS = 8  # significant digits of most float32 numbers as NumPy prints them
_FEWEST_DIGITS, _MOST_DIGITS = 7, 9  # significant digits that identify a float32
_LONG = compile_late(r"[-+−]?\d{,3}\.\d{6,20}")
_MOST_ERROR = 8  # in spacings of float32: the error that a few operations may add up to


def is_print(written: Written) -> bool:
    """Whether these are digits of a float32, and enough of them to identify it.

    >>> is_print(Written.read("0.100000001")), is_print(Written.read("0.100000003"))
    (True, False)
    """
    if written.significant < _DIGITS or not written.unit or not 1e-30 < abs(written.number) < 1e30:
        return False
    return (
        round(Fraction(nearest_float32(written.number)) / written.unit) * written.unit
        == written.value
    )


def is_near(written: Written, exact: float) -> bool:
    """Whether a computation with float32 may have given this number instead of the exact one."""
    return abs(written.number - exact) <= _MOST_ERROR * _spacing(written)


def explains(written: Written, exact: float) -> bool:
    """Whether float32 explains the digits of a number, which few other numbers have."""
    return is_print(written) and 4 * written.unit <= _spacing(written) and is_near(written, exact)


def printed_all(texts: Iterable[str]) -> bool:
    """Whether all results with enough digits are of float32, and there are at least two.

    >>> printed_all(["0.1", "0.70710677", "0.69314718"]), printed_all(["0.577350269", "0.69314718"])
    (True, False)
    """
    numbers = [Written.read(text) for text in texts if _LONG.fullmatch(text)]
    prints = [is_print(number) for number in numbers if number.significant >= _DIGITS]
    return len(prints) > 1 and all(prints)


def may_be_prints(numbers: Sequence[Written]) -> bool:
    """Whether a program may have printed these numbers, each as the shortest text of a float32.

    >>> may_be_prints([Written.read("0.02327602")]), may_be_prints([Written.read("0.1234560")])
    (True, False)
    """
    long = [number for number in numbers if number.significant >= _FEWEST_DIGITS]
    return bool(long) and all(map(_is_shortest, long))


def _is_shortest(written: Written) -> bool:
    """Whether a number is the shortest text of a float32, which has no zeros at the end."""
    ends_in_zero = written.unit != written.last_place
    is_told = written.significant < _DIGITS or is_print(written)
    return is_told and not ends_in_zero and written.significant <= _MOST_DIGITS


def nearest_float32(x: float) -> float:
    """Return the float32 nearest to a number."""
    (nearest,) = struct.unpack("f", struct.pack("f", x))
    return float(nearest)


def _spacing(written: Written) -> float:
    return float(2.0 ** (math.frexp(written.number)[1] - 24))
