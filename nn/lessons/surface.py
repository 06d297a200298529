"""The cost as a surface over two numbers, and the paths of descents on it.

Full-batch descent is a careful man who looks at every example before each step; mini-batch descent
a drunk one who stumbles downhill, many quick steps, each in about the right direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Array
from ..data.batches import Data, batch_indices
from ..initialization import Seed
from ..losses import squared_error
from ..module import Module
from ..train.batched import Compiled, parts
from ..train.recording import Loss

Along = str | Array
"""A parameter, by its label, or a direction among all parameters, shape (parameters,)."""


@dataclass(frozen=True, eq=False)
class DescentPath:
    """The places a descent went through, and the cost of all examples at each.

    Attributes:
        name: what it is called in pictures.
        places: shape (steps + 1, 2), the start first.
        costs: shape (steps + 1,).
    """

    name: str
    places: Array
    costs: Array


@dataclass(frozen=True, eq=False)
class Surface:
    """The cost on a grid of two numbers.

    Attributes:
        names: what the two numbers are.
        first: the values of the first, shape (m,).
        second: the values of the second, shape (n,).
        costs: shape (n, m), as matplotlib wants it.
    """

    names: tuple[str, str]
    first: Array
    second: Array
    costs: Array


@dataclass(eq=False)
class Landscape:
    """The average cost of a model over data, as a function of two of its numbers.

    Args:
        model: the model; it is not changed.
        data: the examples.
        along: the two numbers: parameters by their labels, whose values are then the coordinates;
            or directions in the space of all parameters, shape (parameters,), whose coordinates say
            how far to go from the model's own parameters.
        loss: the cost of one example.
        l2: λ of λ Σ θ², which is added to the cost.

    Raises:
        ValueError: there is no such parameter, or a direction has the wrong shape.

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
        self._compiled = Compiled(self.model, self.loss, self.data, self.l2)
        labels = [label for label, _ in self.model.named_parameters()]
        directions = [_direction(along, labels) for along in self.along]
        first, second = self.along
        self.names = (
            first if isinstance(first, str) else "direction 1",
            second if isinstance(second, str) else "direction 2",
        )
        order = self._compiled.order
        self._directions = np.stack(directions)[:, order]
        origin = np.array([parameter.data for parameter in self.model.parameters()])[order]
        for along, direction in zip(self.along, self._directions, strict=True):
            if isinstance(along, str):
                origin = origin * (direction == 0)  # its coordinate is its whole value
        self._origin = origin

    def cost(self, place: ArrayLike) -> float:
        """Return the average cost over all examples at a place, shape (2,)."""
        self._go(place)
        found = [self._compiled.costs(self.data, part).sum() for part in parts(len(self.data))]
        return float(sum(found)) / len(self.data)

    def grid(self, first: ArrayLike, second: ArrayLike) -> Surface:
        """Return the costs where the first number and the second have these values."""
        xs, ys = np.asarray(first, np.float64), np.asarray(second, np.float64)
        costs = np.array([[self.cost((x, y)) for x in xs] for y in ys])
        return Surface(self.names, xs, ys, costs)

    def around(
        self, paths: Sequence[DescentPath], count: int = 31, margin: float = 0.25
    ) -> Surface:
        """Return the surface around paths, `count` values each way."""
        places = np.concatenate([path.places for path in paths])
        low, high = places.min(axis=0), places.max(axis=0)
        rim = margin * np.maximum(high - low, 1e-3)
        first, second = np.linspace(low - rim, high + rim, count).T
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
        """Return the path of gradient descent in these two numbers, the others held fast.

        Args:
            start: where it starts, shape (2,).
            learning_rate: η of the step −η ∇C.
            epochs: how many times all examples are looked at.
            batch_size: how many are looked at before each step; None for all.
            seed: of the shuffling; the same seed, the same path to the last bit.
            name: what to call the path.
        """
        generator = np.random.default_rng(seed)
        size = batch_size or len(self.data)
        places = [np.asarray(start, np.float64)]
        for _ in range(epochs):
            for wanted in batch_indices(len(self.data), size, generator):
                self._go(places[-1])
                _, gradient = self._compiled.costs_and_gradient(self.data, wanted)
                slopes = self._directions @ gradient
                places.append(places[-1] - learning_rate * slopes)
        name = name or ("full batch" if size >= len(self.data) else f"mini-batches of {size}")
        return DescentPath(name, np.stack(places), np.array([self.cost(place) for place in places]))

    def _go(self, place: ArrayLike) -> None:
        self._compiled.program.weights[:] = self._origin + np.asarray(place) @ self._directions


def random_direction(model: Module, seed: Seed = None) -> Array:
    """Return a random direction, each array of parameters as long as the model's own.

    So that no layer is stretched more than another: Li et al. (2018), arXiv:1712.09913, section 4,
    by layers instead of filters.
    """
    generator = np.random.default_rng(seed)
    scaled = []
    for array in model.arrays().values():
        direction = generator.normal(size=array.shape)
        scaled.append((direction * (_length(array) / _length(direction))).ravel())
    return np.concatenate(scaled)


def _length(array: Array) -> float:
    return float(np.sqrt(np.sum(np.square(array))))


def _direction(along: Along, labels: list[str]) -> Array:
    if isinstance(along, str):
        if along not in labels:
            raise ValueError(f"no parameter is labelled {along!r}; the first is {labels[0]!r}")
        axis: Array = np.eye(1, len(labels), labels.index(along))[0]
        return axis
    direction = np.asarray(along, np.float64)
    if direction.shape != (len(labels),):
        raise ValueError(f"a direction has shape ({len(labels)},); got {direction.shape}")
    return direction
