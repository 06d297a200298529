"""How right a model is: its answers beside the classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.batches import Data, Indices, decide, middle
from ..losses import binary_cross_entropy
from ..module import Module
from .batched import Loss, predict


def threshold(loss: Loss, data: Data) -> float:
    """Return above which number a single output says 1: 0 for a logit, else between the targets."""
    return 0.0 if loss is binary_cross_entropy else middle(data.y)


def accuracy(model: Module, data: Data, at: float | None = None) -> float:
    """Return the share of examples for which the model's answer is the right class.

    The answer is the largest output; a single output says 1 above the threshold `at`: halfway
    between the targets, 0.5 for 0 and 1, unless another is given (0 for a logit).

    Raises:
        ValueError: the targets are not classes, or do not fit the model.
    """
    wanted, answered = _judged(model, data, at)
    return float(np.mean(wanted == answered))


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often which class (row) got which answer (column).

    Attributes:
        table: the counts, shape (classes, classes).
    """

    table: Indices

    def __str__(self) -> str:
        classes = len(self.table)
        width = max(len(str(self.table.max())), len(str(classes - 1))) + 2
        cells = [["", *range(classes)], *([k, *row] for k, row in enumerate(self.table))]
        lines = ["".join(f"{cell:>{width}}" for cell in row) for row in cells]
        return "\n".join(["class (row), answer (column)", *lines])

    __repr__ = __str__


def confusion(model: Module, data: Data, at: float | None = None) -> Confusion:
    """Return how often which class got which answer; the right ones stand on the diagonal.

    Raises:
        ValueError: the targets are not classes, or do not fit the model.
    """
    wanted, answered = _judged(model, data, at)
    classes = max(data.y.shape[1], 2)
    table = np.zeros((classes, classes), dtype=np.intp)
    np.add.at(table, (wanted, answered), 1)
    return Confusion(table)


def _judged(model: Module, data: Data, at: float | None) -> tuple[Indices, Indices]:
    if not data.classified:
        raise ValueError("the targets are no classes: neither one-hot nor one of two numbers")
    outputs = predict(model, data.x)
    if outputs.shape != data.y.shape:
        raise ValueError(f"outputs of shape {outputs.shape} for targets of shape {data.y.shape}")
    return data.labels, decide(outputs, middle(data.y) if at is None else at)
