"""`Dropout`: a layer that leaves out inputs at random while a network learns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import Number
from autograd.engine.value import Value

from .initialization import Seed
from .layers import as_inputs
from .module import Module


class Mask(NamedTuple):
    """A factor of an input while training: 0 where it is dropped, 1/(1 − rate) where it is kept."""

    factor: Value
    rate: float

    def draw(self, count: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """Return the factors for a batch of `count` examples."""
        kept: NDArray[np.float64] = (generator.random(count) >= self.rate) / (1 - self.rate)
        return kept


class Dropout(Module):
    """A layer that sets inputs to 0, each with probability `rate`, while a network learns.

    What is kept is divided by 1 − rate, so that its expected value does not change (Srivastava et
    al. 2014). Outside of training the layer returns its inputs: in `predict`, `accuracy`, the
    validation of `fit`, and a plain call. `fit` draws new masks for each example and each epoch by
    its own generator, so that its seed determines them and a resumed training continues them. In a
    training loop of your own, make the masks with ``with training_mode(net):``.

    Args:
        rate: the probability of dropping an input, from 0 to below 1.
        seed: of the masks in `training_mode`, an int or a numpy Generator.

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
        self._generator = np.random.default_rng(seed)
        self._recorded: list[Mask] | None = None

    def __repr__(self) -> str:
        return f"<Dropout of {self.rate:g}>"

    def __call__(self, x: Sequence[Value | Number]) -> list[Value]:
        """Return the inputs, in training each times 0 or 1/(1 − rate)."""
        inputs = as_inputs(x, len(x))
        if self._recorded is not None:
            return self._record(inputs, self._recorded)
        if not self.is_training:
            return list(inputs)
        factors = Mask(Value(1.0), self.rate).draw(len(inputs), self._generator)
        return [value * factor for value, factor in zip(inputs, factors.tolist(), strict=True)]

    def _record(self, inputs: Iterable[Value], masks: list[Mask]) -> list[Value]:
        """Multiply by leaves, which become inputs of a program."""
        outputs = []
        for value in inputs:
            mask = Mask(Value(1.0, f"mask{len(masks) + 1}"), self.rate)
            masks.append(mask)
            outputs.append(value * mask.factor)
        return outputs


@contextmanager
def training_mode(model: Module) -> Iterator[None]:
    """Let every Dropout in a model drop inputs, for a training loop of your own."""
    layers = list(dropouts_in(model))
    before = [layer.is_training for layer in layers]
    for layer in layers:
        layer.is_training = True
    try:
        yield
    finally:
        for layer, was_training in zip(layers, before, strict=True):
            layer.is_training = was_training


@contextmanager
def recorded_masks(layers: Sequence[Dropout]) -> Iterator[list[Mask]]:
    """Yield a list that collects the masks of Dropout layers, as leaves of 1."""
    masks: list[Mask] = []
    for layer in layers:
        layer._recorded = masks
    try:
        yield masks
    finally:
        for layer in layers:
            layer._recorded = None


def dropouts_in(part: Any, seen: set[int] | None = None) -> Iterator[Dropout]:
    """Yield every Dropout in a module or a container of modules, each once."""
    seen = set() if seen is None else seen
    if id(part) in seen:
        return
    seen.add(id(part))
    if isinstance(part, Dropout):
        yield part
    elif isinstance(part, Module):
        yield from dropouts_in(vars(part), seen)
    elif isinstance(part, Mapping | list | tuple):
        for entry in part.values() if isinstance(part, Mapping) else part:
            yield from dropouts_in(entry, seen)
