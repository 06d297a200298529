"""Accuracy and confusion, which compare the answers of a model with the right ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from autograd.encoding import encodable
from autograd.engine.number import Number

from ..data.batches import Data, Indices, require_data
from ..module import Module
from ..targets import Kind, TargetType, type_of_targets
from .prediction import predict


def accuracy(
    model: Module, data: Data, at: float | None = None, targets: Kind | TargetType | None = None
) -> float:
    """Return the share of examples for which the model's answer is the right one.

    For classes, the answer is the class with the largest output. For a label, the answer is yes if
    its output is above a threshold, and no otherwise. The threshold is 0.5 for targets 0 and 1, and
    0 for targets −1 and 1. Several labels are judged one by one.

    A model that was trained with `binary_cross_entropy` returns logits, whose threshold is 0. Give
    ``at=0`` for it, or ``targets=history.targets`` with the history that `fit` returned.

    Args:
        model: the model.
        data: the examples.
        at: the threshold for labels, in place of the usual one.
        targets: what the targets mean, as in `Data`. The default is `data.targets`.

    Raises:
        TypeError: `data` is not Data, or `at` is not a number.
        ValueError: the targets are numbers that are neither classes nor labels, or they are not of
            the given type. Or the outputs of the model do not have the shape of the targets, there
            are no examples, or `at` is given for classes.

    >>> from nn import MLP, Data
    >>> model = MLP.from_arrays([[[1.0]]], [[0.0]])
    >>> accuracy(model, Data([[0.2], [0.9], [0.4], [0.7]], [[0], [1], [1], [1]]))
    0.75
    """
    wanted, answered = _judge(model, data, at, targets)
    return float(np.mean(wanted == answered))


@dataclass(frozen=True, eq=False)
class Confusion:
    """A confusion matrix, which counts the examples of each class (row) and answer (column).

    Attributes:
        table: the counts, shape (classes, classes), or (labels, 2, 2) for several labels.
    """

    table: Indices

    @encodable
    def __str__(self) -> str:
        if self.table.ndim == 2:
            return "\n".join(["class (row), answer (column)", *_lines(self.table)])
        lines = ["wanted (row), answer (column)"]
        for k, table in enumerate(self.table, start=1):
            lines += [f"output {k}", *_lines(table)]
        return "\n".join(lines)

    __repr__ = __str__


def confusion(
    model: Module, data: Data, at: float | None = None, targets: Kind | TargetType | None = None
) -> Confusion:
    """Return the confusion matrix, which has the right answers on its diagonal.

    The arguments and errors are those of `accuracy`.

    >>> from nn import MLP, Data
    >>> model = MLP.from_arrays([[[1.0]]], [[0.0]])
    >>> confusion(model, Data([[0.2], [0.9], [0.4], [0.7]], [[0], [1], [1], [1]]))
    class (row), answer (column)
         0  1
      0  1  0
      1  1  2
    """
    wanted, answered = _judge(model, data, at, targets)
    if wanted.ndim == 1:
        return Confusion(_counts(wanted, answered, max(data.y.shape[1], 2)))
    pairs = zip(wanted.T, answered.T, strict=True)
    return Confusion(np.stack([_counts(*pair, 2) for pair in pairs]))


def _judge(
    model: Module, data: Data, at: float | None, targets: Kind | TargetType | None
) -> tuple[Indices, Indices]:
    """Return the right answers and the answers of the model."""
    require_data(data)
    kind = _choose_type(data, at, targets)
    if not len(data):
        raise ValueError("there are no examples to judge the model by")
    outputs = predict(model, data.x)
    if outputs.shape != data.y.shape:
        raise ValueError(f"outputs of shape {outputs.shape} for targets of shape {data.y.shape}")
    return kind.wanted(data.y), kind.answers(outputs)


def judged_type(data: Data, targets: Kind | TargetType | None) -> TargetType:
    """Return the given type of the targets. By default, return the type that the data has.

    Raises:
        ValueError: no answer is right or wrong, because the targets are numbers, as in regression.
            Or the targets are not of the given type.
    """
    if targets is None:
        targets = data.targets
    elif not isinstance(targets, TargetType):
        targets = type_of_targets(data.y, targets)
    targets.check_judged()
    targets.check(data.y)
    return targets


def _choose_type(data: Data, at: float | None, targets: Kind | TargetType | None) -> TargetType:
    """Return the type of the targets, with the threshold `at` if it is given."""
    target_type = judged_type(data, targets)
    if at is None:
        return target_type
    if not isinstance(at, Number) or math.isnan(at):
        raise TypeError(f"at is the number above which an output says yes; got {at!r}")
    if target_type.kind == "classes":
        raise ValueError(
            f"at={at} has no meaning for classes, whose answer is the largest output: leave it out"
        )
    return TargetType(target_type.kind, at)


def _counts(wanted: Indices, answered: Indices, classes: int) -> Indices:
    """Return how often each pair of a right answer (row) and an answer (column) occurs."""
    table = np.zeros((classes, classes), dtype=np.intp)
    np.add.at(table, (wanted, answered), 1)
    return table


def _lines(table: Indices) -> list[str]:
    classes = len(table)
    width = max(len(str(table.max())), len(str(classes - 1))) + 2
    cells = [["", *range(classes)], *([k, *row] for k, row in enumerate(table))]
    return ["".join(f"{cell:>{width}}" for cell in row) for row in cells]
