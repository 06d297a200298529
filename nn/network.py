"""`MLP`: the network of fully connected layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.number import Number
from autograd.engine.value import Value

from .activations import Activation
from .arrays import Array
from .initialization import Seed
from .layers import Layer
from .module import Module


class MLP(Module):
    """A network of fully connected layers, a¹ = g(W¹x + b¹), a² = g(W²a¹ + b²), …

    Args:
        inputs: how many numbers go in.
        sizes: how many neurons each layer has, the output layer last.
        activation: of the hidden layers, one for all or a sequence with one for each; a name, or a
            row of the operations' table.
        output_activation: of the last layer; "softmax" too.
        seed: for the initial weights, an int or a numpy Generator; the same seed, the same bits.

    Raises:
        TypeError: `sizes` is not a list.
        ValueError: a size is not a whole number above 0, or an activation is unknown.

    >>> net = MLP(784, [16, 16, 10], activation="sigmoid", output_activation="sigmoid", seed=0)
    >>> net
    <MLP 784-16-16-10: sigmoid, sigmoid, sigmoid; 13,002 weights and biases>
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activation: Activation | Sequence[Activation] = "relu",
        output_activation: Activation = "linear",
        seed: Seed = None,
    ) -> None:
        if not isinstance(sizes, Sequence | np.ndarray):
            raise TypeError(f"sizes is a list, the output layer last: write [{sizes!r}]")
        generator = np.random.default_rng(seed)
        names = _activations(activation, output_activation, len(sizes))
        shapes = zip([inputs, *sizes], sizes, names, strict=False)
        self.layers = [
            Layer(n, m, name, generator, number=k) for k, (n, m, name) in enumerate(shapes, start=1)
        ]

    @classmethod
    def from_arrays(
        cls,
        weights: Sequence[ArrayLike],
        biases: Sequence[ArrayLike],
        activation: Activation | Sequence[Activation] = "relu",
        output_activation: Activation = "linear",
    ) -> Self:
        """Return the network with these weights, W of shape (outputs, inputs), and biases.

        Raises:
            ValueError: a shape does not fit its neighbour's.

        >>> net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
        >>> [label for label, _ in net.named_parameters()]  # doctest: +NORMALIZE_WHITESPACE
        ['W1[1,1]', 'W1[1,2]', 'W1[2,1]', 'W1[2,2]', 'b1[1]', 'b1[2]', 'W2[1,1]', 'W2[1,2]',
         'b2[1]']
        >>> round(net([0.5, 0.1])[0].data, 12)
        0.392
        """
        if len(weights) != len(biases):
            raise ValueError(f"{len(weights)} weight matrices but {len(biases)} bias vectors")
        names = _activations(activation, output_activation, len(weights))
        network = cls.__new__(cls)
        network.layers = [
            Layer.from_arrays(w, b, name, number=k)
            for k, (w, b, name) in enumerate(zip(weights, biases, names, strict=True), start=1)
        ]
        for before, after in zip(network.layers, network.layers[1:], strict=False):
            if after.inputs != len(before.neurons):
                raise ValueError(
                    f"W{after.number} takes {after.inputs} inputs, but layer {before.number} has "
                    f"{len(before.neurons)} neurons. W is of shape (outputs, inputs)."
                )
        return network

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        names = ", ".join(layer.activation for layer in self.layers)
        return f"<MLP {sizes}: {names}; {len(self.parameters()):,} weights and biases>"

    def __call__(self, x: Sequence[Value | Number]) -> list[Value]:
        """Return the outputs, always as a list, for inputs x, numbers or Values.

        Raises:
            ValueError: `x` has not one number for each input.
        """
        return self.activations(x)[-1]

    def activations(self, x: Sequence[Value | Number]) -> list[list[Value]]:
        """Return the activations a¹, a², … of every layer, the outputs last.

        Raises:
            ValueError: `x` has not one number for each input.
        """
        values: list[list[Value]] = []
        for layer in self.layers:
            values.append(layer(values[-1] if values else x))
        return values

    @property
    def sizes(self) -> list[int]:
        """How many numbers stand in each layer, the inputs first: [784, 16, 16, 10]."""
        return [self.layers[0].inputs, *(len(layer.neurons) for layer in self.layers)]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return the parameters under their labels: layer by layer, W row by row, then b."""
        return [pair for layer in self.layers for pair in layer.named_parameters()]

    def arrays(self) -> dict[str, Array]:
        """Return copies of W1, b1, W2, b2, …, each W of shape (outputs, inputs)."""
        return {name: w for layer in self.layers for name, w in layer.arrays().items()}


def _activations(
    hidden: Activation | Sequence[Activation], output: Activation, count: int
) -> list[Activation]:
    if count < 1:
        raise ValueError("a network has at least one layer; got none")
    names = [hidden] * (count - 1) if isinstance(hidden, Activation) else list(hidden)
    if len(names) != count - 1:
        raise ValueError(f"{count - 1} hidden layers but {len(names)} activations: {names}")
    return [*names, output]
