"""`MLP`, a network of fully connected layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.number import Number, check_list, shortened
from autograd.engine.value import Value

from .activations import Activation, activation_name, named_activation
from .arrays import count_text
from .initialization import Initialization, Seed, random_generator
from .layers import Layer
from .module import Module
from .neuron import Neuron
from .outputs import Outputs


class MLP(Module):
    """A network of fully connected layers, a¹ = g(W¹x + b¹), a² = g(W²a¹ + b²), …

    Args:
        inputs: the number of inputs.
        sizes: the number of neurons in each layer, the output layer last.
        activation: the activation of all hidden layers, or a list with one for each. It is given
            as in `Neuron`.
        output_activation: the activation of the last layer, given as in `Layer`.
        seed: for the initial weights, an int or a numpy Generator. The same int gives exactly the
            same weights.
        bias: whether the layers have biases.
        initialization: the distribution of the initial weights, as in `Layer`.

    Raises:
        TypeError: `sizes` is not a list, or an argument is of the wrong kind.
        ValueError: a size is below 1, or a name is unknown.

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
        *,
        bias: bool = True,
        initialization: Initialization | None = None,
    ) -> None:
        if not isinstance(sizes, Sequence | np.ndarray) or isinstance(sizes, str):
            advice = "list(…) of it" if isinstance(sizes, Iterable) else f"[{shortened(sizes)}]"
            raise TypeError(f"sizes is a list, the output layer last: write {advice}")
        generator = random_generator(seed)
        names = _activations(activation, output_activation, len(sizes))
        shapes = zip([inputs, *sizes], sizes, names, strict=False)
        options: dict[str, Any] = {"bias": bias, "initialization": initialization}
        self.layers = [
            Layer(n, m, name, generator, number=k, **options)
            for k, (n, m, name) in enumerate(shapes, start=1)
        ]

    @classmethod
    def from_arrays(
        cls,
        weights: Sequence[ArrayLike],
        biases: Sequence[ArrayLike | None] | None,
        activation: Activation | Sequence[Activation] = "relu",
        output_activation: Activation = "linear",
    ) -> Self:
        """Return the network with these weights, W of shape (outputs, inputs), and biases.

        None for the biases, or for those of one layer, means that there are none.

        Raises:
            TypeError: weights or biases are not a list of arrays of numbers.
            ValueError: a shape does not fit that of its neighbor, or a number is not finite.

        >>> net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
        >>> [label for label, _ in net.named_parameters()]  # doctest: +NORMALIZE_WHITESPACE
        ['W1[1,1]', 'W1[1,2]', 'W1[2,1]', 'W1[2,2]', 'b1[1]', 'b1[2]', 'W2[1,1]', 'W2[1,2]',
         'b2[1]']
        >>> round(net([0.5, 0.1])[0].data, 12)
        0.392
        """
        if isinstance(weights, Mapping) or isinstance(biases, Mapping):
            raise TypeError(
                'weights and biases are lists, one entry for each layer: write [W["W1"]]'
            )
        check_list("weights", weights)
        biases = [None] * len(weights) if biases is None else biases
        check_list("biases", biases)
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
        names = ", ".join(
            activation_name(layer.activation) if isinstance(layer, Layer) else repr(layer)
            for layer in self.layers
        )
        count = len(self.parameters())
        return f"<{type(self).__name__} {sizes}: {names}; {count:,} weights and biases>"

    def __call__(self, x: Sequence[Value | Number]) -> Outputs:
        """Return the outputs, always as a list, for inputs x, numbers or Values.

        Raises:
            TypeError: `x` is not a list of numbers.
            ValueError: `x` does not have one number for each input.
        """
        return self.activations(x)[-1]

    def activations(self, x: Sequence[Value | Number]) -> list[Outputs]:
        """Return the activations a¹, a², … of every layer, the outputs last.

        Raises:
            TypeError: `x` is not a list of numbers.
            ValueError: `x` does not have one number for each input.
        """
        values: list[Outputs] = []
        for layer in self.layers:
            values.append(layer(values[-1] if values else x))
        return values

    @property
    def sizes(self) -> list[int]:
        """The number of inputs, then of neurons in each layer, such as [784, 16, 16, 10]."""
        layers = [layer for layer in self.layers if isinstance(layer, Layer)]
        return [layers[0].inputs, *(len(layer.neurons) for layer in layers)]

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Yield the layers, whose parameters are named W1, b1, W2, …, and what a subclass adds."""
        # If a layer has no number, or the same number as an earlier layer, the names contain its
        # index.
        numbers: set[int | None] = {None}
        for k, layer in enumerate(self.layers, start=1):
            number = layer.number if isinstance(layer, Layer) else None
            yield f"layers[{k}]" if number in numbers else "", layer
            numbers.add(number)
        yield from self._parts_except("layers")


def layers_of(model: Module, purpose: str) -> list[Layer]:
    """Return the layers of an MLP that computes its outputs by calling them one after the other.

    Args:
        model: the model.
        purpose: what needs the layers, which is the subject of the error message.

    Raises:
        TypeError: the model is another Module, or computes its outputs in another way.
    """
    if not isinstance(model, MLP):
        raise TypeError(f"{purpose} needs the layers of an MLP; got {shortened(model)}")
    module = _module_with_own_call(model)
    if module is not None:
        raise TypeError(
            f"{purpose} needs the layers of an MLP one after the other, but "
            f"{type(module).__name__} computes its outputs in a way of its own"
        )
    return model.layers


def runs_its_layers(model: Module) -> bool:
    """Return whether a model is an MLP whose outputs are those of its layers, one after the other.

    The answer is False for a subclass that overrides `__call__`, and for other kinds of layers.
    """
    return isinstance(model, MLP) and _module_with_own_call(model) is None


def _module_with_own_call(model: MLP) -> Module | None:
    """Return the network, layer or neuron that overrides how outputs are computed, if any."""
    if not _inherits(model, MLP, "__call__", "activations"):
        return model
    for layer in model.layers:
        if not (isinstance(layer, Layer) and _inherits(layer, Layer, "__call__")):
            return layer
        for neuron in layer.neurons:
            if not _inherits(neuron, Neuron, "__call__", "_fire"):
                return neuron
    return None


def _inherits(module: Module, base: type[Module], *methods: str) -> bool:
    """Return whether a module inherits these methods from `base` without overriding them."""
    inherited = all(getattr(type(module), name) is getattr(base, name) for name in methods)
    return inherited and vars(module).keys().isdisjoint(methods)


def _activations(
    hidden: Activation | Sequence[Activation], output: Activation, count: int
) -> list[Activation]:
    if count < 1:
        raise ValueError("a network has at least one layer; got none")
    if isinstance(hidden, str) or not isinstance(hidden, Sequence):
        named_activation(hidden)  # refuses an invalid activation even if there is no hidden layer
        return [*[hidden] * (count - 1), output]
    if len(hidden) != count - 1:
        raise ValueError(
            f"{count_text(count - 1, 'hidden layer')} but {count_text(len(hidden), 'activation')}: "
            f"{[*hidden]}"
        )
    return [*hidden, output]
