"""Examples with their targets, and their division into shuffled mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.engine.number import shortened

from ..arrays import Array, as_array, as_rows, check_count, count_text
from ..initialization import Seed, random_generator
from ..targets import Kind, TargetType, type_of_targets

Indices = NDArray[np.intp]
Example = tuple[Array, Array]
"""One example, x of shape (inputs,) and y of shape (outputs,)."""


class Data:
    """Examples with their targets, to learn from or to test with.

    Args:
        x: the inputs, shape (examples, inputs).
        y: the targets, shape (examples, outputs).
        targets: what the targets mean: "classes", "label", "labels" or "numbers", or a TargetType,
            which also has a threshold. By default, the constructor determines this: one-hot rows
            are classes, 0 and 1 or −1 and 1 are labels, and all other targets are numbers. A slice
            of the data keeps the type.

    Raises:
        TypeError: x or y does not hold real numbers.
        ValueError: the shapes do not fit, a number is not finite, or the targets are not of the
            kind given.

    >>> data = Data([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> len(data), data[1:3].x.tolist(), data.labels.tolist(), data.targets
    (4, [[0.0, 1.0], [1.0, 0.0]], [0, 1, 1, 0], TargetType(kind='label', threshold=0.5))
    >>> [(x.tolist(), y.tolist()) for x, y in data[:2]]
    [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0])]
    """

    def __init__(
        self, x: ArrayLike, y: ArrayLike, targets: Kind | TargetType | None = None
    ) -> None:
        inputs = as_rows(x, "x", "inputs")
        outputs = as_rows(y, "y", "outputs", "one_hot(y, classes) for the numbers of classes")
        if len(inputs) != len(outputs):
            examples = count_text(len(inputs), "example")
            raise ValueError(f"{examples} in x but {count_text(len(outputs), 'target')} in y")
        if not isinstance(targets, TargetType):
            targets = type_of_targets(outputs, targets)
        targets.check(outputs)
        self._set_rows(np.hstack([inputs, outputs]), inputs.shape[1], targets)

    @classmethod
    def of_rows(cls, rows: Array, inputs: int, targets: TargetType) -> Self:
        """Return the Data of an array of finite numbers, without a check or a copy.

        The array becomes read-only.

        Args:
            rows: inputs and targets side by side, shape (examples, inputs + outputs).
            inputs: how many columns are inputs.
            targets: what the targets mean.
        """
        return cls.__new__(cls)._set_rows(rows, inputs, targets)

    def _set_rows(self, rows: Array, inputs: int, targets: TargetType) -> Self:
        rows.flags.writeable = False  # because `targets` was determined from these rows
        self._rows, self._inputs, self._targets = rows, inputs, targets
        return self

    @property
    def rows(self) -> Array:
        """The inputs and targets side by side, shape (examples, inputs + outputs); read-only."""
        return self._rows

    @property
    def x(self) -> Array:
        """The inputs, shape (examples, inputs), a view of `rows`."""
        return self._rows[:, : self._inputs]

    @property
    def y(self) -> Array:
        """The targets, shape (examples, outputs), a view of `rows`."""
        return self._rows[:, self._inputs :]

    @property
    def targets(self) -> TargetType:
        """What the targets mean."""
        return self._targets

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Example]:
        """Yield the examples one by one, each as (x, y)."""
        return zip(self.x, self.y, strict=True)

    @overload
    def __getitem__(self, which: int) -> Example: ...
    @overload
    def __getitem__(self, which: slice | Indices | list[int]) -> Data: ...
    def __getitem__(self, which: Any) -> Example | Data:
        """Return one example as (x, y), or the Data of a slice, a list of indices or a mask.

        The Data of a slice shares the arrays.

        Raises:
            IndexError: there is no such example.
            TypeError: `which` is none of these.
        """
        if isinstance(which, int | np.integer) and not isinstance(which, bool):
            self._check_index(int(which))
            return self.x[which], self.y[which]
        part = self.rows[which if isinstance(which, slice) else self._as_indices(which)]
        return Data.of_rows(part, self._inputs, self.targets)

    def with_targets_only(self, y: Array) -> Data:
        """Return Data with these targets and no inputs. The type of the targets stays the same."""
        return Data.of_rows(y, 0, self.targets)

    def _as_indices(self, which: Any) -> Any:
        """Return a list of indices or a mask as an array."""
        # Anything else becomes an array without dimensions, which is refused.
        indices = np.asarray(which) if isinstance(which, list | np.ndarray) else np.empty(())
        if indices.ndim != 1 or (indices.size and indices.dtype.kind not in "biu"):
            raise TypeError(
                "examples are chosen by an index, a slice, a list of indices or a mask; got "
                f"{shortened(which)}"
            )
        if indices.dtype == np.bool_ and len(indices) != len(self):
            raise IndexError(
                f"a mask needs {len(self)} entries, one for each example; got {len(indices)}"
            )
        # An empty list becomes an array of floats, which NumPy does not accept as indices.
        return indices if indices.size else indices.astype(np.intp)

    def _check_index(self, k: int) -> None:
        if not -len(self) <= k < len(self):
            raise IndexError(
                f"there is no example {k}: the data has {len(self)} examples, counted from 0"
            )

    def __repr__(self) -> str:
        examples, inputs = count_text(len(self), "example"), count_text(self._inputs, "input")
        outputs = count_text(self.y.shape[1], "output")
        return f"Data({examples}, {inputs}, {outputs}: {self.targets.kind})"

    @property
    def labels(self) -> Indices:
        """The right answers: class indices from 0, or 0 and 1 for the kinds "label" and "labels".

        The shape is (examples,), or (examples, outputs) for several labels.

        Raises:
            ValueError: the targets are numbers.
        """
        self.targets.check_judged()
        return self.targets.wanted(self.y)


def require_data(data: object, name: str = "data") -> Data:
    """Return the object if it is Data, and refuse anything else."""
    if not isinstance(data, Data):
        kind = type(data).__name__
        got = f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
        raise TypeError(f"{name} must be a Data: write {name}=Data(x, y); got {got}")
    return data


def one_hot(labels: ArrayLike, classes: int) -> Array:
    """Return targets, shape (examples, classes): 1 at the label, 0 elsewhere.

    Args:
        labels: the numbers of the classes, whole numbers of any type, counted from 0; a list or one
            column.
        classes: how many classes there are.

    Raises:
        TypeError: the labels are not numbers.
        ValueError: a label is not one of 0 … classes − 1, or the labels have another shape.

    >>> one_hot([1, 0], 3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    check_count(classes, "classes")
    numbers = _as_labels(labels)
    wrong = np.flatnonzero((numbers != np.floor(numbers)) | (numbers < 0) | (numbers >= classes))
    if len(wrong):
        raise ValueError(
            f"a label is a whole number from 0 to {classes - 1}; the label of example "
            f"{wrong[0]:,} is {numbers[wrong[0]]:g}"
        )
    targets: Array = np.eye(classes)[numbers.astype(np.intp)]
    return targets


def batches(data: Data, size: int = 100, seed: Seed = None) -> Iterator[Data]:
    """Yield the examples once each, shuffled, in mini-batches of `size`.

    If `size` does not divide the number of examples, the last batch is smaller. Every example
    is in exactly one batch.

    Args:
        data: the examples.
        size: how many examples a mini-batch has; the size of the data for full-batch descent.
        seed: determines the order. An int gives the same order each time. A numpy Generator gives a
            different order each time, as training needs.

    Raises:
        TypeError: `data` is not Data, or `size` is not a whole number.
        ValueError: `size` is below 1, or there are no examples.

    >>> data = Data([[1], [2], [3], [4], [5]], [[0]] * 5)
    >>> [batch.x.ravel().tolist() for batch in batches(data, 2, seed=0)]
    [[3.0, 5.0], [4.0, 1.0], [2.0]]
    """
    require_data(data)
    for indices in batch_indices(len(data), size, random_generator(seed)):
        yield data[indices]


def batch_indices(count: int, size: int, generator: np.random.Generator) -> list[Indices]:
    """Return the shuffled indices 0 … count − 1 in arrays of `size`. The last may be smaller."""
    check_count(size, "the size of a mini-batch")
    check_count(count, "the number of examples")
    order = generator.permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]


def _as_labels(labels: ArrayLike) -> Array:
    """Return labels as one row of floats, shape (examples,)."""
    try:
        numbers = as_array(labels, "labels")
    except TypeError as error:
        raise TypeError(
            f"{error}. If the labels are names, write np.unique(labels, return_inverse=True)[1]"
        ) from None
    if numbers.ndim == 2 and numbers.shape[1] == 1:
        numbers = numbers[:, 0]
    if numbers.ndim != 1:
        raise ValueError(f"labels must have shape (examples,); got shape {numbers.shape}")
    return numbers
