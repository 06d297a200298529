"""Arrays of given shapes, and counts, with error messages that say what to write."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# The other modules of nn import these two from here.
from autograd.engine.arrays import Array as Array
from autograd.engine.arrays import as_array as as_array
from autograd.engine.number import Number, shortened


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
    dimensions = len(shape.strip("(,)").split(","))
    if array.ndim != dimensions or array.size == 0:
        raise ValueError(f"{name} must have shape {shape}; got shape {array.shape}")
    return array


def as_rows(numbers: Any, name: str, columns: str, alternative: str = "") -> Array:
    """Return real numbers as an array of two dimensions, one row for each example.

    Args:
        numbers: the numbers.
        name: what the array is called in messages.
        columns: what the columns are, in words.
        alternative: further advice for an array of one dimension, or "".

    Raises:
        TypeError: they are not real numbers.
        ValueError: they have another shape, or a number is masked or not finite.
    """
    array = as_array(numbers, name)
    if array.ndim != 2 or array.shape[1] == 0:
        advice = [f"{name}[:, None] for a single column", *filter(None, [alternative])]
        raise ValueError(
            f"{name} must have shape (examples, {columns}); got shape {array.shape}"
            + (f": write {', or '.join(advice)}" if array.ndim == 1 else "")
        )
    return array


def check_count(number: object, name: str, least: int = 1) -> None:
    """Raise an error unless `number` is an int of at least `least`."""
    if isinstance(number, bool | np.bool_) or not isinstance(number, int | np.integer):
        is_whole = isinstance(number, float | np.floating) and float(number).is_integer()
        raise TypeError(
            f"{name} must be a whole number, {least} or more; got {shortened(number)}"
            + (f": write {int(number)}" if is_whole else "")  # type: ignore[call-overload]
        )
    if number < least:
        raise ValueError(f"{name} must be {least} or more; got {number}")


def check_positive(number: object, name: str) -> None:
    """Raise a ValueError unless `number` is a finite real number above 0."""
    if not isinstance(number, Number) or not 0 < float(number) < math.inf:
        raise ValueError(f"{name} must be a finite number above 0; got {shortened(number)}")


def count_text(number: int, noun: str) -> str:
    """Return a number and its noun. The noun is in the plural unless the number is 1.

    >>> count_text(1, "input"), count_text(1797, "example")
    ('1 input', '1,797 examples')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
