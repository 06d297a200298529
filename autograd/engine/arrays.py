"""Conversion of numbers to float64 arrays, with error messages that say what to write."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .number import is_value, shortened

Array = NDArray[np.float64]

_ADVICE = {
    "U": "text: write float(…) of each",
    "S": "text: write float(…) of each",
    "c": "complex numbers: write .real of them",
    "M": "dates: write them as numbers, such as days since the first",
    "m": "time spans: write them as numbers, such as seconds",
    "V": "records: write the fields you mean side by side, np.column_stack([…])",
}
"""The end of the error message for each `dtype.kind` whose arrays do not hold real numbers.

"U" is text, "S" bytes, "c" complex, "M" datetime64, "m" timedelta64, and "V" a structured type.
"""


def as_array(numbers: Any, name: str) -> Array:
    """Return real numbers of any type as a float64 array, which may share memory with the input.

    Raises:
        TypeError: they are not real numbers; the message says what to write.
        ValueError: the rows differ in length, or a number is masked or not finite; the message says
            where.

    >>> as_array([[1, True], [2, 3]], "x").tolist()
    [[1.0, 1.0], [2.0, 3.0]]
    """
    array = as_floats(numbers, name)
    check_finite(array, name)
    return array


def as_floats(numbers: Any, name: str, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Return real numbers of any type as an array of floats, which need not be finite.

    Raises:
        TypeError: they are not real numbers; the message says what to write.
        ValueError: the rows differ in length, or a number is masked; the message says where.
    """
    array = _as_numpy(numbers, name)
    if array.dtype.kind in _ADVICE:
        raise TypeError(f"{name} must hold numbers; got {_ADVICE[array.dtype.kind]}")
    if array.dtype.kind == "O":
        _refuse_objects(array, name)
    with np.errstate(over="ignore"):  # a number too large for the type becomes inf
        return array.astype(dtype, copy=False)


def check_finite(array: Array, name: str) -> None:
    """Refuse numbers that are not finite."""
    finite = np.isfinite(array)
    if finite.all():
        return
    place = tuple(np.argwhere(~finite)[0].tolist())
    more = finite.size - np.count_nonzero(finite) - 1
    raise ValueError(
        f"{_entry_name(name, place)} is {array[place]}; it must be finite{_position_note(place)}"
        + (f", and {more:,} more are not" if more else "")
    )


def _as_numpy(numbers: Any, name: str) -> NDArray[Any]:
    """Return the numbers as an array of any dtype, or refuse what is not a list of numbers."""
    kind = type(numbers).__name__
    if hasattr(numbers, "toarray"):
        raise TypeError(f"{name} is sparse ({kind}): write {name}.toarray()")
    # NumPy would convert a dictionary, a set or an iterator to an array of a single object.
    if isinstance(numbers, Mapping | AbstractSet) or hasattr(numbers, "__next__"):
        raise TypeError(f"{name} must be a list or an array of numbers; got a {kind}")
    try:
        array = np.asanyarray(numbers)
    except ValueError:
        _refuse_ragged(numbers, name)
        raise  # no two rows differ in length, so NumPy's own message is kept
    except RuntimeError as error:
        # PyTorch refuses a tensor that requires a gradient, and its message says what to write.
        raise TypeError(f"{name}: {error}") from None
    # Where numpy.ma has not been imported, no array is masked. Importing it takes 10 ms.
    masked = sys.modules.get("numpy.ma")
    if masked is not None and isinstance(array, masked.MaskedArray):
        _refuse_masked(array, name)
    return np.asarray(array)


def _refuse_ragged(numbers: Any, name: str) -> None:
    """Raise a ValueError if not all rows have the length of the first, or only some are numbers."""
    contents = [
        f"{len(row)} numbers" if hasattr(row, "__len__") else "one number" for row in numbers
    ]
    for k, content in enumerate(contents):
        if content != contents[0]:
            raise ValueError(
                f"all rows of {name} must be of one length; row 0 has {contents[0]}, "
                f"row {k} has {content}"
            ) from None


def _refuse_masked(array: np.ma.MaskedArray[Any, Any], name: str) -> None:
    masked = np.argwhere(np.ma.getmaskarray(array))
    if len(masked):
        place = tuple(masked[0].tolist())
        raise ValueError(
            f"{_entry_name(name, place)} is masked{_position_note(place)}; leave such examples "
            f"out, or write {name}.filled(…) with the number to use instead"
        )


def _refuse_objects(array: NDArray[Any], name: str) -> None:
    for place, entry in np.ndenumerate(array):
        if is_value(entry):
            raise TypeError(f"{_entry_name(name, place)} is a Value: write .data of it")
        if not _is_real(entry):
            raise TypeError(
                f"{_entry_name(name, place)} must be a real number; got {shortened(entry)}"
            )


def _is_real(entry: Any) -> bool:
    if isinstance(entry, str | bytes):
        return False  # float() would accept the string "1", but text is refused everywhere else
    try:
        float(entry)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _entry_name(name: str, place: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, place))}]" if place else name


def _position_note(place: tuple[int, ...]) -> str:
    """Return the end of an error message that says how the indices of the entry are counted."""
    if len(place) == 2:
        return f" (row {place[0]:,}, column {place[1]:,}, counted from 0)"
    return " (counted from 0)" if place else ""
