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
        inputs, wanted = as_rows(x, "x", "inputs"), _as_targets(y)
        if len(inputs) != len(wanted):
            examples = count_text(len(inputs), "example")
            raise ValueError(f"{examples} in x but {count_text(len(wanted), 'target')} in y")
        if not isinstance(targets, TargetType):
            targets = type_of_targets(wanted, targets)
        targets.check(wanted)
        self._set(np.hstack([inputs, wanted]), inputs.shape[1], targets)

    @classmethod
    def of_rows(cls, rows: Array, inputs: int, targets: TargetType) -> Self:
        """Return the Data of an array of finite numbers, without a check or a copy.

        Args:
            rows: inputs and targets side by side, shape (examples, inputs + outputs).
            inputs: how many columns are inputs.
            targets: what the targets mean.
        """
        return cls.__new__(cls)._set(rows, inputs, targets)

    def _set(self, rows: Array, inputs: int, targets: TargetType) -> Self:
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
    def __getitem__(self, wanted: int) -> Example: ...
    @overload
    def __getitem__(self, wanted: slice | Indices | list[int]) -> Data: ...
    def __getitem__(self, wanted: Any) -> Example | Data:
        """Return one example as (x, y), or the Data of a slice, a list of indices or a mask.

        The Data of a slice shares the arrays.

        Raises:
            IndexError: there is no such example.
            TypeError: `wanted` is none of these.
        """
        if isinstance(wanted, int | np.integer) and not isinstance(wanted, bool):
            self._check_index(int(wanted))
            return self.x[wanted], self.y[wanted]
        part = self.rows[wanted if isinstance(wanted, slice) else self._as_indices(wanted)]
        return Data.of_rows(part, self._inputs, self.targets)

    def with_targets_only(self, y: Array) -> Data:
        """Return Data with these targets and no inputs. The type of the targets stays the same."""
        return Data.of_rows(y, 0, self.targets)

    def _as_indices(self, wanted: Any) -> Any:
        """Return a list of indices or a mask as an array."""
        indices = np.asarray(wanted) if isinstance(wanted, list | np.ndarray) else np.array("")
        if indices.ndim != 1 or (indices.size and indices.dtype.kind not in "biu"):
            raise TypeError(
                "examples are chosen by an index, a slice, a list of indices or a mask; got "
                f"{shortened(wanted)}"
            )
        if indices.dtype == np.bool_ and len(indices) != len(self):
            raise IndexError(f"a mask needs {len(self)} entries, one each; got {len(indices)}")
        return indices if indices.size else indices.astype(np.intp)

    def _check_index(self, k: int) -> None:
        if not -len(self) <= k < len(self):
            raise IndexError(f"there are {len(self)} examples, counted from 0; no example {k}")

    def __repr__(self) -> str:
        inputs, outputs = self.x.shape[1], self.y.shape[1]
        return f"Data({count_text(len(self), 'example')}, {count_text(inputs, 'input')}, " + (
            f"{count_text(outputs, 'output')}: {self.targets.kind})"
        )

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
        write = f"{name}=Data(x, y)" if name == "validation" else "Data(x, y)"
        raise TypeError(f"{name} must be a Data: write {write}; got a {type(data).__name__}")
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
            f"labels from 0 to {classes - 1} expected, whole numbers; label {wrong[0]:,} is "
            f"{numbers[wrong[0]]:g}"
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


def _as_targets(y: ArrayLike) -> Array:
    try:
        return as_rows(y, "y", "outputs")
    except ValueError as error:
        if "[:, None]" not in str(error):  # the advice for an array of one dimension
            raise
        raise ValueError(f"{error}, or one_hot(y, classes) for the numbers of classes") from None


def _as_labels(labels: ArrayLike) -> Array:
    """Return labels as one row of floats, shape (examples,)."""
    try:
        numbers = as_array(labels, "labels")
    except TypeError as error:
        raise TypeError(
            f"{error}. To number names, write np.unique(labels, return_inverse=True)[1]"
        ) from None
    if numbers.ndim == 2 and numbers.shape[1] == 1:
        numbers = numbers[:, 0]
    if numbers.ndim != 1:
        raise ValueError(f"labels must have shape (examples,); got shape {numbers.shape}")
    return numbers
