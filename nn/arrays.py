"""Conversion of numbers to float64 arrays, with error messages that say what to write."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import shortened
from autograd.engine.value import Value

Array = NDArray[np.float64]

_ADVICE = {
    "U": "text: write float(…) of each",
    "S": "text: write float(…) of each",
    "c": "complex numbers: write .real of them",
    "M": "dates: write them as numbers, such as days since the first",
    "m": "time spans: write them as numbers, such as seconds",
    "V": "records: write the fields you mean side by side, np.column_stack([…])",
}
"""The end of the error message for each `dtype.kind` that is not numeric.

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
    array = _as_floats(_as_numpy(numbers, name), name)
    check_finite(array, name)
    return array


def as_shaped_array(numbers: Any, name: str, shape: str) -> Array:
    """Return real numbers as an array that is not empty and has these dimensions.

    Args:
        numbers: the numbers.
        name: what the array is called in messages.
        shape: the shape in words, such as "(outputs, inputs)", one word for each dimension.

    Raises:
        TypeError: they are not real numbers.
        ValueError: they have another shape, or a number is masked or not finite.
    """
    array = as_array(numbers, name)
    if array.ndim != len(shape.strip("(,)").split(",")) or array.size == 0:
        raise ValueError(f"{name} must have shape {shape}; got shape {array.shape}")
    return array


def as_rows(numbers: Any, name: str, columns: str) -> Array:
    """Return real numbers as an array of two dimensions, one row for each example.

    Raises:
        TypeError: they are not real numbers.
        ValueError: they have another shape, or a number is masked or not finite.
    """
    array = as_array(numbers, name)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(
            f"{name} must have shape (examples, {columns}); got shape {array.shape}"
            + (f": write {name}[:, None] for a single column" if array.ndim == 1 else "")
        )
    return array


def check_finite(array: Array, name: str) -> None:
    """Refuse numbers that are not finite.

    Raises:
        ValueError: a number is not finite; the message says which one, and where.
    """
    finite = np.isfinite(array)
    if finite.all():
        return
    place = tuple(np.argwhere(~finite)[0].tolist())
    others = finite.size - np.count_nonzero(finite) - 1
    raise ValueError(
        f"{_at(name, place)} is {array[place]}; it must be finite{_counted(place)}"
        + (f", and {others:,} more are not" if others else "")
    )


def check_count(number: object, name: str) -> None:
    """Raise an error unless `number` is an int of at least 1.

    Raises:
        TypeError: it is not a whole number.
        ValueError: it is below 1.
    """
    if isinstance(number, bool | np.bool_) or not isinstance(number, int | np.integer):
        whole = isinstance(number, float | np.floating) and float(number).is_integer()
        raise TypeError(
            f"{name} must be a whole number, 1 or more; got {shortened(number)}"
            + (f": write {int(number)}" if whole else "")  # type: ignore[call-overload]
        )
    if number < 1:
        raise ValueError(f"{name} must be 1 or more; got {number}")


def count_text(number: int, noun: str) -> str:
    """Return a number and its noun. The noun is in the plural unless the number is 1.

    >>> count_text(1, "input"), count_text(1797, "example")
    ('1 input', '1,797 examples')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _as_numpy(numbers: Any, name: str) -> NDArray[Any]:
    kind = type(numbers).__name__
    if hasattr(numbers, "toarray"):
        raise TypeError(f"{name} is sparse ({kind}): write {name}.toarray()")
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
    if isinstance(array, np.ma.MaskedArray):
        _refuse_masked(array, name)
    return np.asarray(array)


def _as_floats(array: NDArray[Any], name: str) -> Array:
    if array.dtype.kind in _ADVICE:
        raise TypeError(f"{name} must hold numbers; got {_ADVICE[array.dtype.kind]}")
    if array.dtype.kind == "O":
        _refuse_objects(array, name)
    with np.errstate(over="ignore"):  # a number beyond float64 becomes inf, which is refused
        floats: Array = array.astype(np.float64, copy=False)
    return floats


def _refuse_ragged(numbers: Any, name: str) -> None:
    lengths = [len(row) if hasattr(row, "__len__") else None for row in numbers]
    for k, length in enumerate(lengths):
        if length != lengths[0]:
            here, first = (
                "one number" if n is None else f"{n} numbers" for n in (length, lengths[0])
            )
            raise ValueError(
                f"all rows of {name} must be of one length; row 0 has {first}, row {k} has {here}"
            ) from None


def _refuse_masked(array: np.ma.MaskedArray[Any, Any], name: str) -> None:
    masked = np.argwhere(np.ma.getmaskarray(array))
    if len(masked):
        place = tuple(masked[0].tolist())
        raise ValueError(
            f"{_at(name, place)} is masked{_counted(place)}; leave such examples out, or write "
            f"{name}.filled(…) with the number to use instead"
        )


def _refuse_objects(array: NDArray[Any], name: str) -> None:
    for place, entry in np.ndenumerate(array):
        if isinstance(entry, Value):
            raise TypeError(f"{_at(name, place)} is a Value: write .data of it")
        try:
            # float() would accept the string "1", but text is refused everywhere else.
            if isinstance(entry, str | bytes):
                raise TypeError
            float(entry)
        except (TypeError, ValueError, OverflowError):
            raise TypeError(
                f"{_at(name, place)} must be a real number; got {shortened(entry)}"
            ) from None


def _at(name: str, place: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, place))}]" if place else name


def _counted(place: tuple[int, ...]) -> str:
    if len(place) == 2:
        return f" (row {place[0]:,}, column {place[1]:,}, counted from 0)"
    return " (counted from 0)" if place else ""
