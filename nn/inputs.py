"""Inputs of neurons and layers as Values, with error messages that say what to write."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import chain, repeat
from typing import Any

import numpy as np

from autograd.engine.number import Number, shortened
from autograd.engine.value import Value

from .arrays import count_text


def as_inputs(x: Iterable[Value | Number], count: int) -> tuple[Value, ...]:
    """Return inputs as Values. Plain numbers become leaves named x1, x2, …

    Raises:
        TypeError: they are not a list of numbers.
        ValueError: there are not `count` of them, or one is not finite.
    """
    try:
        # The labels do not end before the inputs, so that too many inputs are noticed below.
        values = tuple(
            [
                Value(v, label) if v.__class__ is float or not isinstance(v, Value) else v
                for v, label in zip(x, chain(_labels(count), repeat("")))  # noqa: B905 - no end
            ]
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise (_explain_inputs(x, count) or error) from None
    if len(values) != count:
        raise ValueError(f"expected {count_text(count, 'input')}; got {len(values)}")
    if not isinstance(x, list) and isinstance(x, dict | set | frozenset):  # lists are usual
        raise TypeError(f"inputs are a list of numbers, in order; got {shortened(x)}")
    return values


@cache
def _labels(count: int) -> list[str]:
    return [f"x{i}" for i in range(1, count + 1)]


def numbers_and_one(x: Iterable[Value]) -> tuple[float, ...]:
    """Return (x₁, …, xₙ, 1) as floats, the derivatives of w·x + b with respect to w and b."""
    return (*[v._data for v in x], 1.0)


def _explain_inputs(x: Any, count: int) -> Exception | None:
    """Return the exception that says what is wrong with inputs, or None if nothing is found."""
    if not isinstance(x, Iterable) or (isinstance(x, np.ndarray) and not x.ndim):
        return TypeError(
            f"inputs are a list with one number for each input; got {shortened(x)}: write [x]"
        )
    entries: list[Any] = list(x)
    if any(isinstance(e, list | tuple) or (isinstance(e, np.ndarray) and e.ndim) for e in entries):
        return TypeError(
            f"inputs are those of one example, a list of {count_text(count, 'number')}; got "
            f"{count_text(len(entries), 'row')}: loop over the rows, or write predict(net, x)"
        )
    for i, entry in enumerate(entries, start=1):
        try:
            _ = entry if isinstance(entry, Value) else Value(entry)
        except (TypeError, ValueError, OverflowError) as reason:
            return type(reason)(f"input x{i}: {reason}")
    return None
