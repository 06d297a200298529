"""The cost as a surface over two parameters or directions, with paths of gradient descent.

Full-batch descent computes the gradient of all examples before each step. Mini-batch descent uses
only a few examples for each step. It takes many more steps, and each goes only roughly downhill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.number import check_list

from ..arrays import Array, as_array, as_shaped_array, check_count, check_positive
from ..data.batches import Data, batch_indices, require_data
from ..initialization import Seed, random_generator
from ..losses import Loss, squared_error
from ..module import Module
from ..train.arguments import check_loss, check_model
from ..train.batched import Compiled, chunks
from .surface_data import DescentPath, Surface

Along = str | Array
"""The label of a parameter, or a direction as an array of shape (parameters,)."""


@dataclass(eq=False)
class Landscape:
    """The average cost of a model over data, as a function of two coordinates.

    Args:
        model: the model; it is not changed.
        data: the examples.
        along: the two coordinates. A label of a parameter means that the coordinate is the value of
            the parameter. An array of shape (parameters,) is a direction. The coordinate is then
            the factor by which the array is multiplied before it is added to the model's own
            parameters. `random_direction` returns such an array.
        loss: the cost of one example.
        l2: λ of λ Σ θ², which is added to the cost.

    Raises:
        TypeError: `data` is not Data.
        ValueError: `along` does not have two entries, there is no such parameter, or a direction
            has the wrong shape.

    >>> from nn import MLP
    >>> model = MLP.from_arrays([[[0.0]]], [[0.0]])
    >>> land = Landscape(model, Data([[1.0], [2.0]], [[2.0], [4.0]]), ("W1[1,1]", "b1[1]"))
    >>> land.cost([0.0, 0.0]), land.cost([2.0, 0.0])
    (10.0, 0.0)
    """

    model: Module
    data: Data
    along: tuple[Along, Along]
    loss: Loss = squared_error
    l2: float = 0.0
    names: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        check_model(self.model)
        require_data(self.data)
        check_loss(self.loss)
        check_list("along", self.along)
        if isinstance(self.along, str) or len(self.along) != 2:
            raise ValueError(f"along is two parameters or directions; got {self.along!r}")
        self._compiled = Compiled(self.model, self.loss, self.data, self.l2)
        labels = [label for label, _ in self.model.named_parameters()]
        directions = [_direction(along, labels) for along in self.along]
        first, second = self.along
        self.names = (
            first if isinstance(first, str) else "direction 1",
            second if isinstance(second, str) else "direction 2",
        )
        order = self._compiled.order  # the compiled program orders the parameters differently
        self._directions = np.stack(directions)[:, order]
        origin = np.array([parameter.data for parameter in self.model.parameters()])[order]
        for along, direction in zip(self.along, self._directions, strict=True):
            if isinstance(along, str):
                # The coordinate of a parameter is its value, not a change of its value.
                origin = origin * (direction == 0)
        self._origin = origin

    def __repr__(self) -> str:
        first, second = self.names
        return f"<Landscape of {self.model!r} over {first} and {second}>"

    def cost(self, place: ArrayLike) -> float:
        """Return the average cost over all examples at a place, which has shape (2,).

        Raises:
            ValueError: the place has another shape, or is not finite.
        """
        self._move(place)
        sums = [self._compiled.costs(self.data, chunk).sum() for chunk in chunks(len(self.data))]
        return float(sum(sums)) / len(self.data)

    def grid(self, first: ArrayLike, second: ArrayLike) -> Surface:
        """Return the costs on the grid of these values of the two coordinates.

        Raises:
            TypeError: the values are not real numbers.
            ValueError: they are not a list with at least one number.
        """
        xs = as_shaped_array(first, "first", "(values,)")
        ys = as_shaped_array(second, "second", "(values,)")
        costs = np.array([[self.cost((x, y)) for x in xs] for y in ys])
        return Surface(self.names, xs, ys, costs)

    def around(
        self, paths: Sequence[DescentPath], count: int = 31, margin: float = 0.25
    ) -> Surface:
        """Return the surface on a grid that is large enough for the paths.

        Args:
            paths: the paths that the grid covers.
            count: how many values the grid has along each coordinate.
            margin: how far the grid extends beyond the paths, relative to their extent.

        Raises:
            TypeError: there is no path, or `paths` holds something else.
            ValueError: `count` is below 1.
        """
        check_list("paths", paths)
        if not paths or not all(isinstance(path, DescentPath) for path in paths):
            raise TypeError(f"paths are what land.descend(…) returned; got {paths!r}")
        check_count(count, "count")
        places = np.concatenate([path.places for path in paths])
        low, high = places.min(axis=0), places.max(axis=0)
        # Even if no path moves along a coordinate, the grid has some extent there.
        border = margin * np.maximum(high - low, 1e-3)
        first, second = np.linspace(low - border, high + border, count).T
        return self.grid(first, second)

    def descend(
        self,
        start: ArrayLike,
        learning_rate: float,
        epochs: int,
        batch_size: int | None = None,
        seed: Seed = None,
        name: str = "",
    ) -> DescentPath:
        """Return the path of gradient descent along the two coordinates only.

        Args:
            start: the first place, shape (2,).
            learning_rate: η of the step −η ∇C.
            epochs: how many times each example is used.
            batch_size: how many examples are used for each step; None for all.
            seed: for the shuffling. The same int gives exactly the same path.
            name: the name of the path.

        Raises:
            TypeError: `epochs` or `batch_size` is not a whole number, `start` does not hold real
                numbers, or `seed` is of the wrong type.
            ValueError: `start` is not finite or does not have the shape (2,), `epochs` or `seed` is
                below 0, `batch_size` is below 1, or `learning_rate` is not a finite number above 0.
                Also if a step leads to a place that is not finite, because the learning rate is too
                large.
        """
        check_count(epochs, "epochs", least=0)
        if batch_size is not None:
            check_count(batch_size, "batch_size")
        check_positive(learning_rate, "the learning rate")
        generator = random_generator(seed)
        size = batch_size or len(self.data)
        places = [as_array(start, "the start")]
        for _ in range(epochs):
            for indices in batch_indices(len(self.data), size, generator):
                self._move(places[-1])
                _, gradient = self._compiled.costs_and_gradient(self.data, indices)
                slopes = self._directions @ gradient
                places.append(places[-1] - learning_rate * slopes)
        name = name or ("full batch" if size >= len(self.data) else f"mini-batches of {size}")
        return DescentPath(name, np.stack(places), np.array([self.cost(place) for place in places]))

    def _move(self, place: ArrayLike) -> None:
        """Set the parameters of the compiled program to the values at a place."""
        numbers = as_array(place, "the place")
        if numbers.shape != (2,):
            raise ValueError(f"a place has shape (2,); got {numbers.shape}")
        self._compiled.program.weights[:] = self._origin + numbers @ self._directions


def random_direction(model: Module, seed: Seed = None) -> Array:
    """Return a random direction in which every array has the same norm as the model's array.

    A step along the direction therefore changes every array by the same fraction of its norm. This
    is the normalization in section 4 of Li et al. (2018), arXiv:1712.09913, but applied to whole
    arrays instead of filters.
    """
    generator = random_generator(seed)
    scaled = []
    for array in model.arrays().values():
        direction = generator.normal(size=array.shape)
        scaled.append((direction * (_length(array) / _length(direction))).ravel())
    return np.concatenate(scaled)


def _length(array: Array) -> float:
    return float(np.sqrt(np.sum(np.square(array))))


def _direction(along: Along, labels: list[str]) -> Array:
    """Return the direction as an array. That of a parameter is 1 at its index and 0 elsewhere."""
    if isinstance(along, str):
        if along not in labels:
            raise ValueError(f"no parameter is labeled {along!r}; the first is {labels[0]!r}")
        axis = np.zeros(len(labels))
        axis[labels.index(along)] = 1.0
        return axis
    direction = as_array(along, "the direction")
    if direction.shape != (len(labels),):
        raise ValueError(f"a direction has shape ({len(labels)},); got {direction.shape}")
    return direction
