"""The arguments of an operation: arrays and tensors in nested lists, tuples and dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.value import Value
from .entries import Entries


def has_values(given: Any) -> bool:
    """Return whether nested arguments contain an array of Values."""
    if isinstance(given, np.ndarray):
        return bool(given.dtype == object)
    if isinstance(given, dict):
        return any(has_values(x) for x in given.values())
    return isinstance(given, tuple | list) and any(has_values(x) for x in given)


def map_arrays(given: Any, function: Callable[[Any], Any], of: Any = np.ndarray) -> Any:
    """Return nested arguments with a function applied to each array in them."""
    if isinstance(given, of):
        return function(given)
    if isinstance(given, dict):
        return {name: map_arrays(x, function, of) for name, x in given.items()}
    if isinstance(given, tuple | list):
        return type(given)(map_arrays(x, function, of) for x in given)
    return given


def data_of(array: Entries) -> Any:
    """Return the numbers of an array of Values and plain numbers."""
    data = np.empty(array.shape)
    for place in np.ndindex(array.shape):
        entry = array[place]
        data[place] = entry.data if isinstance(entry, Value) else entry
    return data
