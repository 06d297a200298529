"""Neurons, layers and networks built from Values: a = g(W x + b), every number of it traceable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.node import with_label
from autograd.engine.number import Number
from autograd.engine.recorder import weighted_sum
from autograd.engine.value import Value

from .activations import SOFTMAX, Activation, activation_name, activation_row, recording, softmax
from .arrays import Array
from .initialization import Seed, initial_weights
from .module import Module


class Neuron(Module):
    """One neuron, a = g(w₁x₁ + … + wₙxₙ + b): the sum is one node, z, the activation g(z) another.

    Args:
        inputs: how many inputs, n.
        activation: g, by name: "relu", "sigmoid", "tanh", "linear" or any operation of one number,
            "leaky_relu(0.2)" too; or a row of the operations' table itself.
        seed: for the initial weights, an int or a numpy Generator.

    >>> neuron = Neuron.from_arrays([0.4, 0.2], 0.1, activation="relu")
    >>> neuron
    <Neuron of 2 inputs: relu>
    >>> neuron([0.5, 0.1]).data
    0.32000000000000006
    """

    def __init__(self, inputs: int, activation: Activation = "relu", seed: Seed = None) -> None:
        weights, biases = initial_weights(inputs, 1, activation, seed)
        self._set(weights[0], biases[0], activation, _neuron_label)

    @classmethod
    def from_arrays(cls, w: ArrayLike, b: Number = 0.0, activation: Activation = "relu") -> Self:
        """Return the neuron with these weights, shape (inputs,), and this bias.

        Raises:
            ValueError: `w` is not a vector.
        """
        return cls.__new__(cls)._set(_array(w, "w", "(inputs,)"), b, activation, _neuron_label)

    def _set(
        self, w: Array, b: Number, activation: Activation, label: Callable[[str, int | None], str]
    ) -> Self:
        weights = (Value(number, label("w", j)) for j, number in enumerate(w, start=1))
        self._weights = (*weights, Value(b, label("b", None)))  # one tuple, kept by every sum
        self._sum = weighted_sum(Value, len(w))
        self.activation = activation_name(activation)
        self._activate = recording(activation_row(activation))
        self._labels = label("z", None), label("a", None)
        return self

    def __call__(self, x: Sequence[Value | Number]) -> Value:
        """Return the activation for inputs x, numbers or Values.

        Raises:
            ValueError: `x` has not one number for each weight.
        """
        inputs = as_inputs(x, len(self.w))
        return self._fire(inputs, numbers_and_one(inputs))

    def __repr__(self) -> str:
        return f"<Neuron of {len(self.w)} inputs: {self.activation}>"

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
        z: Value = self._sum(self._weights, x, data)
        # The conditions save a call per neuron: a node recorded outside of blocks has no note yet.
        z_label, a_label = self._labels
        z.note = with_label(z.note, z_label) if z.note else z_label
        if self._activate is None:
            return z
        a = self._activate(z)
        a.note = with_label(a.note, a_label) if a.note else a_label
        return a

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return w₁ … wₙ, b under their labels."""
        return [(parameter.label, parameter) for parameter in self._weights]

    def arrays(self) -> dict[str, Array]:
        """Return w, shape (inputs,), and b, shape ()."""
        return {"w": np.array([w.data for w in self.w]), "b": np.array(self.b.data)}


class Layer(Module):
    """A layer of neurons on the same inputs, a = g(W x + b) with W of shape (outputs, inputs).

    `number` is the layer's place in its network and stands in the labels: ``W1[2,3]`` is the weight
    of neuron 2 on input 3 in layer 1. The activation "softmax" is that of the whole layer:
    aᵢ = exp zᵢ / Σ exp zⱼ.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: Activation = "relu",
        seed: Seed = None,
        *,
        number: int | None = None,
    ) -> None:
        self._set(*initial_weights(inputs, outputs, activation, seed), activation, number)

    @classmethod
    def from_arrays(
        cls,
        w: ArrayLike,
        b: ArrayLike,
        activation: Activation = "relu",
        *,
        number: int | None = None,
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

    def _set(self, w: Array, b: Array, activation: Activation, number: int | None) -> Self:
        self.activation, self.number = activation_name(activation), number
        own = "linear" if self.activation == SOFTMAX else activation
        self.neurons = [
            Neuron.__new__(Neuron)._set(w[i], b[i], own, _layer_label(number, i + 1))
            for i in range(len(w))
        ]
        return self

    def __call__(self, x: Sequence[Value | Number]) -> list[Value]:
        """Return the activations of all neurons for inputs x, numbers or Values."""
        inputs = as_inputs(x, self.inputs)
        data = numbers_and_one(inputs)  # read once for all neurons
        outputs = [neuron._fire(inputs, data) for neuron in self.neurons]
        if self.activation != SOFTMAX:
            return outputs
        activations = softmax(outputs)
        for neuron, a in zip(self.neurons, activations, strict=True):
            a.label = neuron._labels[1]
        return activations

    @property
    def inputs(self) -> int:
        """How many inputs each neuron takes."""
        return len(self.neurons[0].w)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return W row by row, then b, under their labels."""
        weights = [w for neuron in self.neurons for w in neuron.w]
        return [(p.label, p) for p in (*weights, *(neuron.b for neuron in self.neurons))]

    def arrays(self) -> dict[str, Array]:
        """Return W, shape (outputs, inputs), and b, shape (outputs,): "W1" and "b1" in layer 1."""
        return {
            f"W{self.number or ''}": np.array([[w.data for w in n.w] for n in self.neurons]),
            f"b{self.number or ''}": np.array([neuron.b.data for neuron in self.neurons]),
        }


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
