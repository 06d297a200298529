"""`Dropout`, a layer that sets inputs to 0 at random during training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.number import Number, check_list, shortened
from autograd.engine.value import Value

from .arrays import Array
from .initialization import Seed, random_generator
from .inputs import as_inputs
from .module import Module, modules_in


class Masks:
    """The leaves that Dropout layers multiply their inputs by while an example is recorded.

    The leaves are in the order of the calls of the layers.

    Args:
        given: leaves to use in order. When all are used, new leaves are made.

    Attributes:
        factors: the leaves used so far.
        rates: for each of these leaves, the probability that it is 0.
    """

    def __init__(self, given: Sequence[Value] = ()) -> None:
        self._given = list(given)
        self.factors: list[Value] = []
        self.rates: list[float] = []

    def take(self, count: int, rate: float) -> list[Value]:
        """Return a leaf for each of the next `count` inputs, for a Dropout of this rate."""
        start = len(self.factors)
        taken = self._given[start : start + count]
        numbers = range(start + len(taken) + 1, start + count + 1)
        taken += [Value(1.0, f"mask{k}") for k in numbers]
        self.factors += taken
        self.rates += [rate] * count
        return taken


def draw_masks(rates: ArrayLike, count: int, generator: np.random.Generator) -> Array:
    """Return random factors: 0 where an input is dropped, and 1/(1 − rate) elsewhere.

    Args:
        rates: the probability of dropping, for each input.
        count: how many examples there are.
        generator: the source of random numbers.

    Returns:
        An array of shape (inputs, count).
    """
    probability = np.asarray(rates, np.float64).reshape(-1, 1)
    is_kept = generator.random((len(probability), count)) >= probability
    factors: Array = is_kept / (1 - probability)
    return factors


class Dropout(Module):
    """A layer that sets each input to 0 with probability `rate` during training.

    The other inputs are divided by 1 − rate, so that expected values do not change (Srivastava et
    al. 2014). Outside of training the layer returns its inputs unchanged. A plain call, `predict`,
    `accuracy` and the validation in `fit` are outside of training.

    `fit` draws a new mask for each example in each epoch. It uses its own random generator. The
    seed of `fit` therefore determines the masks, and resumed training continues the same sequence.
    In a training loop of your own, put the calls inside ``with training_mode(net):``.

    Args:
        rate: the probability of dropping an input, from 0 to below 1.
        seed: an int or a numpy Generator for the masks that are drawn in `training_mode`.

    Attributes:
        is_training: whether a call drops inputs.

    Raises:
        ValueError: the rate is out of range.

    >>> drop = Dropout(0.5, seed=0)
    >>> [out.data for out in drop([1.0, 2.0, 3.0, 4.0])]
    [1.0, 2.0, 3.0, 4.0]
    >>> with training_mode(drop):
    ...     [out.data for out in drop([1.0, 2.0, 3.0, 4.0])]
    [2.0, 0.0, 0.0, 0.0]
    """

    def __init__(self, rate: float, seed: Seed = None) -> None:
        if not isinstance(rate, Number) or not 0 <= rate < 1:
            raise ValueError(f"the rate of a Dropout is from 0 to below 1; got {rate!r}")
        self.rate = float(rate)
        self.is_training = False
        self._generator = random_generator(seed)
        self._masks: Masks | None = None

    def __repr__(self) -> str:
        return f"<Dropout of {self.rate:g}>"

    def __call__(self, x: Sequence[Value | Number]) -> list[Value]:
        """Return the inputs. In training, each is multiplied by 0 or by 1/(1 − rate).

        Raises:
            TypeError: `x` is not a list of numbers.
        """
        check_list("the input of a Dropout", x)
        inputs = as_inputs(x, len(x))
        if self._masks is not None:
            return self._record(inputs, self._masks)
        if not self.is_training:
            return list(inputs)
        factors = draw_masks([self.rate] * len(inputs), 1, self._generator)[:, 0].tolist()
        return [value * factor for value, factor in zip(inputs, factors, strict=True)]

    def _record(self, inputs: Sequence[Value], masks: Masks) -> list[Value]:
        """Multiply by leaves, so that a compiled program can take the masks as inputs."""
        factors = masks.take(len(inputs), self.rate)
        return [value * factor for value, factor in zip(inputs, factors, strict=True)]


@contextmanager
def training_mode(model: Module) -> Iterator[None]:
    """Make every Dropout in a model drop inputs inside a ``with`` block.

    This is for a training loop of your own, because `fit` draws its masks itself.

    Raises:
        TypeError: `model` is not a Module.
    """
    if not isinstance(model, Module):
        raise TypeError(f"training_mode takes a Module; got {shortened(model)}")
    layers = list(modules_in(model, Dropout))
    before = [layer.is_training for layer in layers]
    for layer in layers:
        layer.is_training = True
    try:
        yield
    finally:
        for layer, was_training in zip(layers, before, strict=True):
            layer.is_training = was_training


@contextmanager
def recorded_masks(layers: Sequence[Dropout], given: Sequence[Value] = ()) -> Iterator[Masks]:
    """Make Dropout layers multiply by leaves inside a ``with`` block, and yield the leaves."""
    masks = Masks(given)
    for layer in layers:
        layer._masks = masks
    try:
        yield masks
    finally:
        for layer in layers:
            layer._masks = None
