"""`Layer`: neurons on the same inputs, a = g(W x + b), in which every number can be traced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.block import enter_block, leave_block
from autograd.engine.number import Number
from autograd.engine.value import Value

from .activations import SOFTMAX, Activation, activation_name, named_activation, softmax
from .arrays import Array, as_shaped_array, check_count, count_text
from .initialization import Initialization, Seed, initial_weights
from .inputs import as_inputs, numbers_and_one
from .module import Module, ParameterGroup
from .neuron import Neuron
from .outputs import Outputs


class Layer(Module):
    """A layer of neurons on the same inputs, a = g(W x + b) with W of shape (outputs, inputs).

    Args:
        inputs: how many inputs each neuron takes.
        outputs: how many neurons there are.
        activation: g, as in `Neuron`, or "softmax", which is exp zᵢ / Σ exp zⱼ over the layer.
        seed: for the initial weights, an int or a numpy Generator.
        bias: whether there are biases b.
        initialization: the distribution of the initial W: "he", "glorot" or "lecun", also with the
            suffix "_uniform"; "zeros"; or a function of (inputs, outputs, generator) that returns
            W. None chooses the one that suits the activation.
        number: the number of the layer in its network, which is part of the labels. For example,
            ``W1[2,3]`` is the weight of input 3 in neuron 2 of layer 1.

    Raises:
        TypeError: an argument is of the wrong kind.
        ValueError: a size is below 1, or a name is unknown.

    >>> Layer(3, 2, "tanh", seed=0, bias=False)
    <Layer of 2 neurons on 3 inputs: tanh, no bias>
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: Activation = "relu",
        seed: Seed = None,
        *,
        bias: bool = True,
        initialization: Initialization | None = None,
        number: int | None = None,
    ) -> None:
        activation = named_activation(activation)
        w = initial_weights(inputs, outputs, activation, seed, initialization)
        self._build(w, np.zeros(len(w)) if bias else None, activation, number)

    @classmethod
    def from_arrays(
        cls,
        w: ArrayLike,
        b: ArrayLike | None,
        activation: Activation = "relu",
        *,
        number: int | None = None,
    ) -> Self:
        """Return the layer with weights W, shape (outputs, inputs), and biases b, shape (outputs,).

        If b is None, the layer has no biases.

        Raises:
            TypeError: an array does not hold real numbers.
            ValueError: the shapes do not fit each other, or a number is not finite.
        """
        w_name, b_name = _array_names(number)
        weights = as_shaped_array(w, w_name, "(outputs, inputs)")
        biases = None if b is None else as_shaped_array(b, b_name, "(outputs,)")
        if biases is not None and len(weights) != len(biases):
            raise ValueError(
                f"{w_name} has {len(weights)} rows, one per neuron, but {b_name} has "
                f"{len(biases)} numbers. W is of shape (outputs, inputs); is it transposed?"
            )
        # `__init__` is skipped, because it would draw random weights.
        return cls.__new__(cls)._build(weights, biases, named_activation(activation), number)

    def _build(self, w: Array, b: Array | None, activation: Activation, number: int | None) -> Self:
        """Create the neurons. `activation` is a result of `named_activation`."""
        if number is not None:
            check_count(number, "the number of the layer")
        self.activation, self.number = activation, number
        # Softmax needs the z of all neurons, so the layer applies it, and the neurons return z.
        neuron_activation = "linear" if activation == SOFTMAX else activation
        biases = [None] * len(w) if b is None else b.tolist()
        self._block = f"layer {number}" if number else "layer"
        self.neurons = [
            # Not `Neuron(…)`, because it would draw random weights.
            Neuron.__new__(Neuron)._build(
                w[i],
                biases[i],
                neuron_activation,
                partial(_neuron_label, number, i + 1),
                (self._block, f"neuron {i + 1}"),
            )
            for i in range(len(w))
        ]
        return self

    def __call__(self, x: Sequence[Value | Number]) -> Outputs:
        """Return the activations of all neurons for inputs x, numbers or Values.

        Raises:
            TypeError: `x` is not a list of numbers.
            ValueError: `x` does not have one number for each input.
        """
        inputs = as_inputs(x, self.inputs)
        data = numbers_and_one(inputs)  # computed once for all neurons
        outputs = Outputs([neuron._fire(inputs, data) for neuron in self.neurons])
        if self.activation != SOFTMAX:
            return outputs
        outer = enter_block(self._block)  # unlike `block`, it does not check the thread each time
        try:
            activations = softmax(outputs)
        finally:
            leave_block(outer)
        for i, a in enumerate(activations, start=1):
            a.label = _neuron_label(self.number, i, "a")
        return Outputs(activations)

    def __repr__(self) -> str:
        kind = activation_name(self.activation) + ("" if self.biases.size else ", no bias")
        neurons, inputs = count_text(len(self.neurons), "neuron"), count_text(self.inputs, "input")
        return f"<Layer of {neurons} on {inputs}: {kind}>"

    @property
    def inputs(self) -> int:
        """How many inputs each neuron takes."""
        return self.neurons[0].inputs

    @property
    def weights(self) -> Array:
        """A copy of W as numbers, shape (outputs, inputs)."""
        return np.array([[w.data for w in neuron.w] for neuron in self.neurons])

    @property
    def biases(self) -> Array:
        """A copy of b as numbers, shape (outputs,), or (0,) if there are no biases."""
        return np.array([neuron.b.data for neuron in self.neurons if neuron.b is not None])

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Yield W, then b, then what a subclass adds."""
        w, b = _array_names(self.number)
        weights = [value for neuron in self.neurons for value in neuron.w]
        yield w, ParameterGroup(w, weights, (len(self.neurons), self.inputs))
        biases = [neuron.b for neuron in self.neurons if neuron.b is not None]
        if biases:
            yield b, ParameterGroup(b, biases, (len(biases),))
        for k, neuron in enumerate(self.neurons, start=1):
            # Neuron has slots, so that `vars` has only what a subclass or a user adds.
            for name, part in vars(neuron).items():
                yield f"neurons[{k}].{name}", part
        yield from self._parts_except("neurons")


def _array_names(number: int | None) -> tuple[str, str]:
    """Return the names of W and b in layer `number`, such as W1 and b1."""
    return f"W{number or ''}", f"b{number or ''}"


def _neuron_label(number: int | None, i: int, letter: str, j: int | None = None) -> str:
    """Return the label of a node of neuron i in layer `number`, such as W1[2,3], b1[2] or a1[2].

    For a weight, the letter is w, and j is the index of its input.
    """
    indices = f"{i},{j}" if j else f"{i}"
    return f"{'W' if letter == 'w' else letter}{number or ''}[{indices}]"
