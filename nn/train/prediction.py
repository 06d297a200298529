"""`predict` computes the outputs of a model as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.number import shortened
from autograd.engine.value import Value

from ..arrays import Array, as_array
from ..data.batches import Data
from ..matrix import forward
from ..module import Module
from ..network import MLP, runs_its_layers
from .arguments import check_model
from .recorded_example import outputs_of


def predict(model: Module, x: ArrayLike | Data) -> Array:
    """Return the outputs for examples x, shape (examples, outputs), as calls of the model do.

    The layers of an MLP run over all examples at once. Any other model, such as a subclass with a
    `__call__` of its own, is called once for each example.

    Args:
        model: the model.
        x: the examples, shape (examples, inputs), one example, shape (inputs,), or `Data`.

    Raises:
        TypeError: `x` does not hold real numbers, or the model does not return Values.
        ValueError: `x` does not fit the model, or holds a number that is not finite.
        ArithmeticError: a result is not finite; the message names the example and the operation.

    >>> model = MLP.from_arrays([[[2.0, 1.0]]], [[0.5]])
    >>> predict(model, [[1.0, 0.0], [0.0, 1.0]]).tolist(), predict(model, [1.0, 1.0]).tolist()
    ([[2.5], [1.5]], [[3.5]])
    """
    check_model(model)
    if isinstance(model, MLP) and runs_its_layers(model):
        return forward(model, _as_examples(x, model.sizes[0]).T).a[-1].T
    rows = _as_examples(x, None)
    outputs = [_call(model, row, f"example {k}") for k, row in enumerate(rows.tolist())]
    if not outputs:
        count = len(_call(model, [0.0] * rows.shape[1], "an example of zeros"))
        return np.empty((0, count))
    return np.array(outputs)


def _call(model: Module, row: list[float], name: str) -> list[float]:
    """Return the outputs for one example as numbers. Error messages name the example."""
    try:
        outputs = outputs_of(model, row)
    except (ArithmeticError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    for output in outputs:
        if not isinstance(output, Value):
            raise TypeError(
                f"{type(model).__name__} must return a Value or a list of Values; its list holds "
                f"{shortened(output)}"
            )
    return [output.data for output in outputs]


def _as_examples(x: Any, inputs: int | None) -> Array:
    """Return examples as an array of two dimensions, with `inputs` columns unless it is None."""
    rows = x.x if isinstance(x, Data) else as_array(x, "x")
    if rows.ndim == 1 and not len(rows) and inputs is not None:
        return np.empty((0, inputs))
    columns = "inputs" if inputs is None else inputs
    if rows.ndim == 1 and inputs in (None, len(rows)) and len(rows):
        return rows[None, :]
    if rows.ndim != 2 or inputs not in (None, rows.shape[1]) or not rows.shape[1]:
        is_column = inputs == 1 and rows.ndim == 1
        raise ValueError(
            f"x must have shape (examples, {columns}); got shape {rows.shape}"
            + (": write x[:, None] for examples of one input" if is_column else "")
            + (": write x.reshape(len(x), -1)" if rows.ndim > 2 else "")
        )
    return rows
