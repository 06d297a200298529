"""The arguments of a function as lists of arrays, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..computation import wrong_columns
from ..instructions import Rows


def split_columns(columns: Any, count: int, groups: Sequence[tuple[int, int]]) -> list[Any]:
    """Return the columns as one array for each group of rows. Such a list is returned unchanged.

    There are `count` rows. Rows that are in no group are not used.

    Raises:
        ValueError: there is no example, or a shape is wrong.
    """
    if not isinstance(columns, list | tuple):
        shape = tuple(columns.shape)
        if len(shape) != 2 or shape[0] != count or not shape[1]:
            raise wrong_columns(shape, count)
        return [columns[start:stop] for start, stop in groups]
    shapes = [tuple(np.shape(group)) for group in columns]
    batch = shapes[0][-1] if shapes and shapes[0] else 0
    heights = [stop - start for start, stop in groups]
    if batch and shapes == [(height, batch) for height in heights]:
        return list(columns)
    raise ValueError(
        f"columns is an array of shape (inputs, batch), or a list of {len(groups)} arrays as "
        f"function.split returns it, with {_listing(heights)} rows and at least 1 example; "
        f"got a list of the shapes {_listing(shapes)}"
    )


def split_parameters(parameters: Any, groups: Sequence[Rows]) -> list[Any]:
    """Return the parameters as one array for each group, or such a list itself.

    Raises:
        ValueError: a shape is wrong.
        TypeError: the parameters are not floats.
    """
    given = parameters if isinstance(parameters, list | tuple) else [parameters]
    shapes = [tuple(np.shape(part)) for part in given]
    wanted = [(g.height // g.columns, g.columns) if g.columns else (g.height,) for g in groups]
    if shapes != (wanted if given is parameters else [(groups[-1].stop,)]):
        raise ValueError(
            f"parameters is an array of shape ({groups[-1].stop},), or a list of {len(groups)} "
            f"arrays as function.split_parameters returns it, of the shapes {_listing(wanted)}; "
            f"got {'a list of ' * (given is parameters)}{_listing(shapes)}"
        )
    if "float" not in str(given[0].dtype):
        raise TypeError(f"parameters must be floats, such as float32; got {given[0].dtype}")
    if given is parameters:
        return list(parameters)
    parts = [parameters[group.start : group.stop] for group in groups]
    return [part.reshape(shape) for part, shape in zip(parts, wanted, strict=True)]


def _listing(things: Iterable[object]) -> str:
    """Return at most six things, separated by commas."""
    texts = [str(thing) for thing in things]
    return ", ".join(texts[:6]) + ", …" * (len(texts) > 6)
