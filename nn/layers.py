"""Neurons, layers and networks built from Values: a = g(W x + b), every number of it traceable."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.number import Number
from autograd.operation import OPS
from autograd.value import Value, weighted_sum

Seed = int | np.random.Generator | None
Array = NDArray[np.float64]


class Module:
    """Anything with parameters: Values that learning changes, named, in a stable order."""

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return (label, parameter) pairs: layer by layer, W row by row, then b."""
        return [(parameter.label, parameter) for parameter in self.parameters()]

    def parameters(self) -> list[Value]:
        """Return the parameters: layer by layer, W row by row, then b."""
        raise TypeError(f"{type(self).__name__} must define parameters()")

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, before the next backward pass."""
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(Module):
    """One neuron, a = g(w₁x₁ + … + wₙxₙ + b): the sum is one node, z, the activation g(z) another.

    Args:
        inputs: how many inputs, n.
        activation: g, by name: "relu", "sigmoid", "tanh", "linear" or any operation of one number.
        seed: for the initial weights, an int or a numpy Generator.

    >>> neuron = Neuron.from_arrays([0.4, 0.2], 0.1, activation="relu")
    >>> neuron([0.5, 0.1]).data
    0.32000000000000006
    """

    def __init__(self, inputs: int, activation: str = "relu", seed: Seed = None) -> None:
        weights, biases = initial_weights(inputs, 1, activation, seed)
        self._set(weights[0], biases[0], activation, _neuron_label)

    @classmethod
    def from_arrays(cls, w: ArrayLike, b: Number = 0.0, activation: str = "relu") -> Self:
        """Return the neuron with these weights, shape (inputs,), and this bias.

        Raises:
            ValueError: `w` is not a vector.
        """
        return cls.__new__(cls)._set(_array(w, "w", "(inputs,)"), b, activation, _neuron_label)

    def _set(
        self, w: Array, b: Number, activation: str, label: Callable[[str, int | None], str]
    ) -> Self:
        weights = (Value(number, label("w", j)) for j, number in enumerate(w, start=1))
        self._weights = (*weights, Value(b, label("b", None)))  # one tuple, kept by every sum
        self._sum = weighted_sum(len(w))
        self.activation = activation
        self._activate = activation_named(activation)
        self._labels = label("z", None), label("a", None)
        return self

    def __call__(self, x: Sequence[Value | Number]) -> Value:
        """Return the activation for inputs x, numbers or Values.

        Raises:
            ValueError: `x` has not one number for each weight.
        """
        inputs = as_inputs(x, len(self.w))
        return self._fire(inputs, numbers_and_one(inputs))

    @property
    def w(self) -> tuple[Value, ...]:
        """The weights w₁ … wₙ."""
        return self._weights[:-1]

    @property
    def b(self) -> Value:
        """The bias."""
        return self._weights[-1]

    def _fire(self, x: tuple[Value, ...], data: tuple[float, ...]) -> Value:
        """Return g(z) for inputs x, whose numbers and a 1 are `data`."""
        z = self._sum(self._weights, x, data)
        z.label, label = self._labels
        if self._activate is None:
            return z
        a = self._activate(z)
        a.label = label
        return a

    def parameters(self) -> list[Value]:
        """Return w₁ … wₙ, b."""
        return list(self._weights)


class Layer(Module):
    """A layer of neurons on the same inputs, a = g(W x + b) with W of shape (outputs, inputs).

    `number` is the layer's place in its network and stands in the labels: ``W1[2,3]`` is the weight
    of neuron 2 on input 3 in layer 1.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: str = "relu",
        seed: Seed = None,
        *,
        number: int | None = None,
    ) -> None:
        self._set(*initial_weights(inputs, outputs, activation, seed), activation, number)

    @classmethod
    def from_arrays(
        cls, w: ArrayLike, b: ArrayLike, activation: str = "relu", *, number: int | None = None
    ) -> Self:
        """Return the layer with weights W, shape (outputs, inputs), and biases b, shape (outputs,).

        Raises:
            ValueError: the shapes do not fit each other.
        """
        name = f"W{number or ''}", f"b{number or ''}"
        weights = _array(w, name[0], "(outputs, inputs)")
        biases = _array(b, name[1], "(outputs,)")
        if len(weights) != len(biases):
            raise ValueError(
                f"{name[0]} has {len(weights)} rows, one per neuron, but {name[1]} has "
                f"{len(biases)} numbers. W is of shape (outputs, inputs); is it transposed?"
            )
        return cls.__new__(cls)._set(weights, biases, activation, number)

    def _set(self, w: Array, b: Array, activation: str, number: int | None) -> Self:
        self.activation, self.number = activation, number
        self.neurons = [
            Neuron.__new__(Neuron)._set(w[i], b[i], activation, _layer_label(number, i + 1))
            for i in range(len(w))
        ]
        return self

    def __call__(self, x: Sequence[Value | Number]) -> list[Value]:
        """Return the activations of all neurons for inputs x, numbers or Values."""
        inputs = as_inputs(x, self.inputs)
        data = numbers_and_one(inputs)  # read once for all neurons
        return [neuron._fire(inputs, data) for neuron in self.neurons]

    @property
    def inputs(self) -> int:
        """How many inputs each neuron takes."""
        return len(self.neurons[0].w)

    def parameters(self) -> list[Value]:
        """Return W row by row, then b."""
        weights = [w for neuron in self.neurons for w in neuron.w]
        return [*weights, *(neuron.b for neuron in self.neurons)]


class MLP(Module):
    """A network of fully connected layers, a¹ = g(W¹x + b¹), a² = g(W²a¹ + b²), …

    Args:
        inputs: how many numbers go in.
        sizes: how many neurons each layer has, the output layer last.
        activation: of the hidden layers, one name for all or a sequence with one for each.
        output_activation: of the last layer.
        seed: for the initial weights, an int or a numpy Generator; the same seed, the same bits.

    Raises:
        TypeError: `sizes` is not a list.
        ValueError: a size is not a whole number above 0, or an activation is unknown.

    >>> net = MLP(784, [16, 16, 10], activation="sigmoid", output_activation="sigmoid", seed=0)
    >>> len(net.parameters())
    13002
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activation: str | Sequence[str] = "relu",
        output_activation: str = "linear",
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
        activation: str | Sequence[str] = "relu",
        output_activation: str = "linear",
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

    def __call__(self, x: Sequence[Value | Number]) -> list[Value]:
        """Return the outputs, always as a list, for inputs x, numbers or Values.

        Raises:
            ValueError: `x` has not one number for each input.
        """
        values: Sequence[Value | Number] = x
        for layer in self.layers:
            values = layer(values)
        return list(values)  # type: ignore[arg-type]  # there is at least one layer

    def parameters(self) -> list[Value]:
        """Return the parameters: layer by layer, W row by row, then b."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]


def activation_named(name: str) -> Callable[[Value], Value] | None:
    """Return an activation by the name of its operation, None for "linear".

    Raises:
        ValueError: there is no operation of one number with that name.
    """
    if name == "linear":
        return None
    known = [op.name for op in OPS.values() if op.arity == 1]
    if name not in known:
        raise ValueError(f"no activation is named {name!r}; there are linear, {', '.join(known)}")
    function: Callable[[Value], Value] = getattr(Value, name)
    return function


def as_inputs(x: Iterable[Value | Number], count: int) -> tuple[Value, ...]:
    """Return inputs as Values; plain numbers become leaves x1, x2, …

    Raises:
        ValueError: there are not `count` of them.
    """
    values = tuple(
        [v if isinstance(v, Value) else Value(v, f"x{i}") for i, v in enumerate(x, start=1)]
    )
    if len(values) != count:
        raise ValueError(f"expected {count} inputs, one for each weight; got {len(values)}")
    return values


def numbers_and_one(x: Iterable[Value]) -> tuple[float, ...]:
    """Return the numbers of x and a 1: the slopes of a weighted sum in its weights and its bias."""
    return (*[v.data for v in x], 1.0)


def initial_weights(inputs: int, outputs: int, activation: str, seed: Seed) -> tuple[Array, Array]:
    """Return W of shape (outputs, inputs), normal with the variance that fits g, and b = 0.

    He et al. (2015), arXiv:1502.01852, for the ReLU family: 2 / inputs. Glorot & Bengio (2010) for
    the others: 2 / (inputs + outputs).
    """
    _check_sizes(inputs, outputs)
    rectified = activation in ("relu", "leaky_relu", "softplus", "silu", "gelu")
    variance = 2 / inputs if rectified else 2 / (inputs + outputs)
    generator = np.random.default_rng(seed)
    return generator.normal(0.0, math.sqrt(variance), (outputs, inputs)), np.zeros(outputs)


def _check_sizes(*sizes: int) -> None:
    for size in sizes:
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(
                f"a layer has a whole number of neurons and inputs, 1 or more; got {size!r}"
            )


def _activations(hidden: str | Sequence[str], output: str, count: int) -> list[str]:
    if count < 1:
        raise ValueError("a network has at least one layer; got none")
    names = [hidden] * (count - 1) if isinstance(hidden, str) else list(hidden)
    if len(names) != count - 1:
        raise ValueError(f"{count - 1} hidden layers but {len(names)} activations: {names}")
    return [*names, output]


def _array(numbers: ArrayLike, name: str, shape: str) -> Array:
    array = np.asarray(numbers, dtype=np.float64)
    if array.ndim != len(shape.strip("(,)").split(",")) or array.size == 0:
        raise ValueError(f"{name} must have shape {shape}; got shape {array.shape}")
    return array


def _neuron_label(kind: str, j: int | None) -> str:
    return f"{kind}{j or ''}"


def _layer_label(number: int | None, i: int) -> Callable[[str, int | None], str]:
    def label(kind: str, j: int | None) -> str:
        letter = "W" if kind == "w" else kind
        return f"{letter}{number or ''}[{i}{f',{j}' if j else ''}]"

    return label
