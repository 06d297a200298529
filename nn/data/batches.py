"""Examples with their targets, and their division into shuffled mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..initialization import Seed
from ..module import Array

Indices = NDArray[np.intp]


class Data:
    """Examples to learn from or to test with.

    Attributes:
        rows: x and y side by side, shape (examples, inputs + outputs), so that a mini-batch is
            gathered in one go; x and y are views of it.
        x: the inputs, shape (examples, inputs).
        y: the targets, shape (examples, outputs).

    Raises:
        ValueError: the shapes do not fit, or a number is not finite.

    >>> data = Data([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> len(data), data[1:3].x.tolist(), data.labels.tolist()
    (4, [[0.0, 1.0], [1.0, 0.0]], [0, 1, 1, 0])
    """

    def __init__(self, x: ArrayLike, y: ArrayLike) -> None:
        inputs, targets = _rows(x, "x"), _rows(y, "y")
        if len(inputs) != len(targets):
            raise ValueError(f"{len(inputs)} examples x but {len(targets)} targets y")
        self._set(np.hstack([inputs, targets]), inputs.shape[1])

    def _set(self, rows: Array, inputs: int) -> Self:
        self.rows, self.x, self.y = rows, rows[:, :inputs], rows[:, inputs:]
        return self

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, wanted: slice | Indices | list[int]) -> Data:
        """Return the examples of a slice or of a list of numbers; a slice shares the arrays."""
        return Data.__new__(Data)._set(self.rows[wanted], self.x.shape[1])

    def __repr__(self) -> str:
        return f"Data({len(self)} examples, {self.x.shape[1]} inputs, {self.y.shape[1]} outputs)"

    @cached_property
    def classified(self) -> bool:
        """Whether the targets are classes: one of n outputs is 1, or one output has two values."""
        if self.y.shape[1] == 1:
            return len(np.unique(self.y)) <= 2
        return bool(((self.y == 0) | (self.y == 1)).all() and (self.y.sum(axis=1) == 1).all())

    @cached_property
    def labels(self) -> Indices:
        """The class of every example, shape (examples,), counted from 0; see `decide`."""
        return decide(self.y, middle(self.y))


def one_hot(labels: ArrayLike, classes: int) -> Array:
    """Return targets, shape (examples, classes): 1 at the label, 0 elsewhere.

    Raises:
        ValueError: a label is not one of 0 … classes − 1.

    >>> one_hot([1, 0], 3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    numbers = np.asarray(labels)
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < classes):
        raise ValueError(
            f"labels from 0 to {classes - 1} expected; got {numbers.min()} to {numbers.max()}"
        )
    targets: Array = np.eye(classes)[numbers]
    return targets


def decide(outputs: Array, threshold: float) -> Indices:
    """Return the class that outputs, shape (examples, outputs), speak for, shape (examples,).

    Of several outputs the largest, the first of equals; a single output says 1 above the threshold
    and 0 elsewhere.
    """
    if outputs.shape[1] > 1:
        largest: Indices = np.argmax(outputs, axis=1)
        return largest
    above: Indices = np.greater(outputs[:, 0], threshold).astype(np.intp)
    return above


def middle(targets: Array) -> float:
    """Return the number between the least and the largest target: 0.5 for 0 and 1, 0 for ∓1."""
    return float((targets.min() + targets.max()) / 2)


def batches(data: Data, size: int = 100, seed: Seed = None) -> Iterator[Data]:
    """Yield the examples once each, shuffled, in mini-batches of `size`.

    Where `size` does not divide the number of examples the last batch is short: nothing is dropped
    and nothing comes twice.

    Args:
        data: the examples.
        size: how many examples a mini-batch has; the size of the data for full-batch descent.
        seed: of the shuffling: an int (the same order each time), or a numpy Generator (which goes
            on, so that every epoch has an order of its own).

    Raises:
        ValueError: `size` is below 1, or there are no examples.

    >>> data = Data([[1], [2], [3], [4], [5]], [[0]] * 5)
    >>> [batch.x.ravel().tolist() for batch in batches(data, 2, seed=0)]
    [[3.0, 5.0], [4.0, 1.0], [2.0]]
    """
    for wanted in batch_indices(len(data), size, np.random.default_rng(seed)):
        yield data[wanted]


def batch_indices(count: int, size: int, generator: np.random.Generator) -> list[Indices]:
    """Return the numbers 0 … count − 1, shuffled, in pieces of `size`, the last one short.

    Raises:
        ValueError: `size` is below 1, or `count` is 0.
    """
    if size < 1 or count < 1:
        raise ValueError(f"mini-batches of {size} out of {count} examples: both must be 1 or more")
    order = generator.permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]


def _rows(numbers: ArrayLike, name: str) -> Array:
    array = np.asarray(numbers, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(
            f"{name} must have shape (examples, {'inputs' if name == 'x' else 'outputs'}); "
            f"got shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite")
    return array
