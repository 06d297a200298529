"""The type of the targets, such as classes or labels. It decides which outputs count as right.

The type is determined once, when training begins. The caller gives it, or it follows from the loss
and the data. The history keeps it, so that a test set with a single class is judged like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from autograd.engine.operation import Op
from autograd.engine.ops import (
    HALF_SQUARED_ERROR,
    LOG,
    LOGSUMEXP,
    SOFTPLUS,
    SQUARED_ERROR,
    SUB,
)
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value

Kind = Literal["classes", "label", "labels", "numbers"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ON_LOGITS = {SOFTPLUS, LOGSUMEXP}
"""Operations that a loss applies to logits. A logit of 0 is a probability of one half."""
_ON_THE_SCALE_OF_TARGETS = {SUB, SQUARED_ERROR, HALF_SQUARED_ERROR, LOG}
"""Operations that a loss applies to outputs on the scale of the targets, such as 0 and 1."""


@dataclass(frozen=True)
class TargetType:
    """The type of targets: classes, one label, several labels, or numbers.

    Attributes:
        kind: "classes" if each output stands for a class and the largest output is the answer.
            "label" if the single output answers yes or no. "labels" if each of several outputs
            answers yes or no. "numbers" if no answer is right or wrong, as in regression.
        threshold: the number above which the output of a label means yes. It is 0 for a logit and
            for targets −1 and 1, and one half for a probability.

    >>> outputs, targets = np.array([[0.2], [0.9]]), np.array([[1.0], [1.0]])
    >>> TargetType("label").right(outputs, targets).tolist()
    [0.0, 1.0]
    """

    kind: Kind
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            known = ", ".join(map(repr, KINDS))
            raise ValueError(f"targets are one of {known}; got {self.kind!r}")
        if not isinstance(self.threshold, int | float):
            raise TypeError(f"the threshold is a number, such as 0.5; got {self.threshold!r}")

    @property
    def is_judged(self) -> bool:
        """Whether answers are either right or wrong. This is false for numbers."""
        return self.kind != "numbers"

    def wanted(self, y: NDArray[Any]) -> NDArray[np.intp]:
        """Return the right answers: the class, or 0 or 1, of each example.

        The shape is (examples,) for classes and for one label, and (examples, outputs) for several
        labels. The targets of a label are 0 and 1, −1 and 1, or probabilities.
        """
        return self._decide(y, 0.5)

    def answers(self, outputs: NDArray[Any]) -> NDArray[np.intp]:
        """Return the answers of outputs of shape (examples, outputs), in the shape of `wanted`."""
        return self._decide(outputs, self.threshold)

    def right(self, outputs: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float64]:
        """Return 1 for each example that is right, and 0 for the others.

        For several labels, the number is the share of the labels that are right.
        """
        hits = self.answers(outputs) == self.wanted(y)
        shares: NDArray[np.float64] = hits.reshape(len(hits), -1).mean(axis=1)
        return shares

    def check(self, y: NDArray[Any]) -> None:
        """Refuse targets that are not of this type.

        Raises:
            ValueError: the first row that does not fit is named.
        """
        fits = _fits(self.kind, y)
        if not fits.all():
            k = int(np.argmin(fits))
            raise ValueError(
                f"the targets of example {k} are {y[k].tolist()}: {_EXPECTED[self.kind]}"
            )

    def check_judged(self) -> None:
        """Raise an error if the targets are numbers, because then no answer is right or wrong.

        Raises:
            ValueError: the targets are numbers. The message says how to declare classes or labels.
        """
        if not self.is_judged:
            raise ValueError(
                "the targets are numbers, and no answer is right or wrong. If they are classes or "
                'labels say so: targets="classes" for one-hot rows, "label" for a single 0 or 1, '
                '"labels" for several'
            )

    def _decide(self, numbers: NDArray[Any], threshold: float) -> NDArray[np.intp]:
        if self.kind == "classes":
            return np.asarray(numbers.argmax(axis=1), np.intp)
        above = np.asarray(numbers > threshold, np.intp)
        return above if self.kind == "labels" else above[:, 0]


_EXPECTED = {
    "classes": "classes have one row of one_hot(labels, classes) for each example, or probabilities"
    " that add up to 1",
    "label": "one label has a single target for each example, 0 or 1, or −1 or 1",
    "labels": "several labels have a target for each output, 0 or 1, or −1 or 1",
    "numbers": "",
}


def decide_type(
    cost: Value,
    outputs: Sequence[Value],
    y: NDArray[Any],
    data_type: TargetType,
    kind: Kind | None = None,
) -> TargetType:
    """Return the type of the targets, determined from a recorded cost and the data.

    The operations in the recorded cost show what kind of loss it is, even if the loss is wrapped in
    another function. A loss that applies the sigmoid or the softmax itself takes logits. A loss
    that subtracts outputs and targets is used for numbers and for classes, so the data decides
    between them. For any other loss, the threshold of an output is unknown. Labels 0 and 1 are then
    not judged unless `kind` is given.

    Args:
        cost: the cost of one example, computed from `outputs`.
        outputs: the outputs of the model.
        y: the targets of all training examples, shape (examples, outputs).
        data_type: the type of targets that the training data has, given by the user or determined
            from the numbers alone.
        kind: the kind that the user gave for this training, or None.
    """
    operations = _operations_on(outputs, cost)
    are_logits = bool(operations & _ON_LOGITS)
    base_type = type_of_targets(y, kind) if kind else data_type
    threshold = 0.0 if are_logits else base_type.threshold
    if kind:
        return TargetType(kind, threshold)
    if LOGSUMEXP in operations and len(outputs) > 1:
        return TargetType("classes", threshold)
    # With a loss on logits, targets between 0 and 1 are probabilities of labels.
    if are_logits and not base_type.is_judged and bool(((y >= 0) & (y <= 1)).all()):
        return TargetType("labels" if len(outputs) > 1 else "label", threshold)
    # A threshold of 0 belongs to logits, or to the targets −1 and 1. It is known in both cases.
    is_known = are_logits or bool(operations & _ON_THE_SCALE_OF_TARGETS) or threshold == 0
    return TargetType(
        base_type.kind if is_known or base_type.kind == "classes" else "numbers", threshold
    )


def type_of_targets(y: NDArray[Any], kind: Kind | None = None) -> TargetType:
    """Return the type of targets from their numbers alone, if no loss is known.

    A column of 0 and 1, or of −1 and 1, is a label, and one-hot rows are classes. Both numbers, or
    at least two classes, must occur, because a column of ones may as well be numbers. Several
    labels 0 and 1 are recognized only if `kind` says so.

    >>> type_of_targets(np.array([[0.0], [1.0]]))
    TargetType(kind='label', threshold=0.5)
    """
    threshold = 0.0 if (y == -1).any() else 0.5
    return TargetType(kind or _kind(y), threshold)


def _kind(y: NDArray[Any]) -> Kind:
    """Return the kind of targets, as `type_of_targets` describes."""
    is_single = y.shape[1] == 1
    if _has_both(y, -1.0, 1.0) or (is_single and _has_both(y, 0.0, 1.0)):
        return "label" if is_single else "labels"
    return "classes" if _are_classes(y) else "numbers"


def _are_classes(y: NDArray[Any]) -> bool:
    """Return whether all rows are one-hot, and at least two classes occur."""
    is_one_hot = _has_both(y, 0.0, 1.0) and bool((y.sum(axis=1) == 1).all())
    return y.shape[1] > 1 and is_one_hot and len(set(np.argmax(y, axis=1).tolist())) > 1


def _operations_on(outputs: Sequence[Value], cost: Value) -> set[Op]:
    """Return the operations that have an output as an operand."""
    operands = set(outputs)
    return {node.op for node in all_nodes(cost) if not operands.isdisjoint(node.parents)}


def _has_both(y: NDArray[Any], low: float, high: float) -> bool:
    """Return whether every target is one of two numbers, and both of them occur."""
    is_low, is_high = y == low, y == high
    return bool((is_low | is_high).all() and is_low.any() and is_high.any())


def _fits(kind: Kind, y: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each example whether its targets are of this kind."""
    if kind == "numbers":
        return np.ones(len(y), np.bool_)
    if (kind == "label") != (y.shape[1] == 1):
        return np.zeros(len(y), np.bool_)
    if kind == "classes":
        adds_up: NDArray[np.bool_] = np.all(y >= 0, axis=1) & (abs(y.sum(axis=1) - 1) < 1e-6)
        return adds_up
    is_label: NDArray[np.bool_] = np.all(((y >= 0) & (y <= 1)) | (y == -1), axis=1)
    return is_label
