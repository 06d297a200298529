"""Neurons and layers built from Values, a = g(W x + b), in which every number can be traced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.block import enter_block, leave_block
from autograd.engine.note import inside, with_block
from autograd.engine.number import Number, shortened
from autograd.engine.ops import DOT
from autograd.engine.recorder import record_nodes, weighted_sum
from autograd.engine.value import Value

from .activations import SOFTMAX, Activation, activation_name, named_activation, recording, softmax
from .arrays import Array, as_array, count_text
from .initialization import Initialization, Seed, initial_weights
from .module import Module, ParameterGroup
from .outputs import Outputs


class Neuron(Module):
    """One neuron, a = g(z) with z = w₁x₁ + … + wₙxₙ + b. It records a node for z and one for a.

    Args:
        inputs: the number of inputs, n.
        activation: g, as a name, an operation, or a function of one Value. Names are "relu",
            "sigmoid", "tanh", "linear" and the names of all other operations of one number. A name
            may contain an argument, as in "leaky_relu(0.2)".
        seed: for the initial weights, an int or a numpy Generator.
        bias: whether there is a bias b.
        initialization: the distribution of the initial weights, as in `Layer`.

    Raises:
        TypeError: an argument is of the wrong kind.
        ValueError: a size is below 1, or a name is unknown.

    >>> neuron = Neuron.from_arrays([0.4, 0.2], 0.1, activation="relu")
    >>> neuron
    <Neuron of 2 inputs: relu>
    >>> neuron([0.5, 0.1]).data
    0.32000000000000006
    """

    def __init__(
        self,
        inputs: int,
        activation: Activation = "relu",
        seed: Seed = None,
        *,
        bias: bool = True,
        initialization: Initialization | None = None,
    ) -> None:
        activation = named_activation(activation)
        (w,) = initial_weights(inputs, 1, activation, seed, initialization)
        self._set(w, 0.0 if bias else None, activation, _neuron_label, ())

    @classmethod
    def from_arrays(
        cls, w: ArrayLike, b: Number | None = 0.0, activation: Activation = "relu"
    ) -> Self:
        """Return the neuron with these weights, shape (inputs,), and this bias; None for no bias.

        Raises:
            TypeError: `w` does not hold real numbers.
            ValueError: `w` is not a vector, or holds a number that is not finite.
        """
        weights = _array(w, "w", "(inputs,)")
        # `__init__` would draw weights.
        return cls.__new__(cls)._set(weights, b, activation, _neuron_label, ())

    def _set(
        self,
        w: Array,
        b: Number | None,
        activation: Activation,
        label: Callable[[str, int | None], str],
        block: tuple[str, ...],
    ) -> Self:
        weights = [Value(number, label("w", j)) for j, number in enumerate(w.tolist(), start=1)]
        biases = [] if b is None else [Value(b, label("b", None))]
        # The weights, and then the bias if there is one, in one tuple that all recorded sums share.
        self._weights = (*weights, *biases)
        self.inputs = len(weights)
        self.activation = named_activation(activation)
        # A note has the label and the blocks of a node. These are the notes of z and of a.
        self._notes = tuple(with_block(label(name, None), block) for name in ("z", "a"))
        return self._bind()

    def _bind(self) -> Self:
        """Look up the functions that record the sum and the activation."""
        has_bias = len(self._weights) > self.inputs
        self._sum = weighted_sum(Value, self.inputs) if has_bias else _sum_without_bias
        self._activate = recording(self.activation)
        return self

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes without the functions, which a copy looks up again."""
        return {k: v for k, v in vars(self).items() if k not in ("_sum", "_activate")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._bind()

    def __call__(self, x: Sequence[Value | Number]) -> Value:
        """Return the activation for inputs x, numbers or Values.

        Raises:
            TypeError: `x` is not a list of numbers.
            ValueError: `x` does not have one number for each weight.
        """
        inputs = as_inputs(x, self.inputs)
        return self._fire(inputs, numbers_and_one(inputs))

    def __repr__(self) -> str:
        kind = activation_name(self.activation) + (", no bias" if self.b is None else "")
        return f"<Neuron of {count_text(self.inputs, 'input')}: {kind}>"

    @property
    def w(self) -> tuple[Value, ...]:
        """The weights w₁ … wₙ."""
        return self._weights[: self.inputs]

    @property
    def b(self) -> Value | None:
        """The bias, None if there is none."""
        return self._weights[-1] if len(self._weights) > self.inputs else None

    def _fire(self, x: tuple[Value, ...], data: tuple[float, ...]) -> Value:
        """Return g(z) for inputs x. `data` is `numbers_and_one(x)`."""
        z = self._sum(self._weights, x, data)
        z_note, a_note = self._notes
        # Most nodes have no note yet, and `inside` is called for the others only, to save time.
        z.note = inside(z.note, z_note) if z.note else z_note
        if self._activate is None:
            return z
        a = self._activate(z)
        a.note = inside(a.note, a_note) if a.note else a_note
        return a

    def _parts(self) -> Iterator[tuple[str, Any]]:
        yield "w", ParameterGroup("w", self.w, (self.inputs,), "{}{}")  # the names are w1, w2, …
        if self.b is not None:
            yield "b", self.b
        yield from _others(self, "_weights")


_OF_A_NEURON = {"_weights", "inputs", "activation", "_notes", "_sum", "_activate"}
"""The attributes that every neuron has; a subclass may add parameters of its own."""


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
        number: the layer's place in its network, which is part of the labels: ``W1[2,3]`` is the
            weight of neuron 2 on input 3 in layer 1.

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
        self._set(w, np.zeros(len(w)) if bias else None, activation, number)

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
        name = f"W{number or ''}", f"b{number or ''}"
        weights = _array(w, name[0], "(outputs, inputs)")
        biases = None if b is None else _array(b, name[1], "(outputs,)")
        if biases is not None and len(weights) != len(biases):
            raise ValueError(
                f"{name[0]} has {len(weights)} rows, one per neuron, but {name[1]} has "
                f"{len(biases)} numbers. W is of shape (outputs, inputs); is it transposed?"
            )
        # `__init__` would draw weights.
        return cls.__new__(cls)._set(weights, biases, activation, number)

    def _set(self, w: Array, b: Array | None, activation: Activation, number: int | None) -> Self:
        self.activation, self.number = named_activation(activation), number
        # The neurons compute z. The layer applies the softmax, which needs all of them.
        own = "linear" if self.activation == SOFTMAX else self.activation
        biases = [None] * len(w) if b is None else b.tolist()
        self._block = f"layer {number}" if number else "layer"
        self.neurons = [
            # `Neuron()` would draw weights of its own.
            Neuron.__new__(Neuron)._set(
                w[i],
                biases[i],
                own,
                _layer_label(number, i + 1),
                (self._block, f"neuron {i + 1}"),
            )
            for i in range(len(w))
        ]
        return self

    def __call__(self, x: Sequence[Value | Number]) -> Outputs:
        """Return the activations of all neurons for inputs x, numbers or Values.

        Raises:
            TypeError: `x` is not a list of numbers.
            ValueError: `x` does not have one number for each weight.
        """
        inputs = as_inputs(x, self.inputs)
        data = numbers_and_one(inputs)  # read once for all neurons
        outputs = Outputs([neuron._fire(inputs, data) for neuron in self.neurons])
        if self.activation != SOFTMAX:
            return outputs
        outer = enter_block(self._block)
        try:
            activations = softmax(outputs)
        finally:
            leave_block(outer)
        for i, a in enumerate(activations, start=1):
            a.label = _layer_label(self.number, i)("a", None)
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
        w, b = f"W{self.number or ''}", f"b{self.number or ''}"
        weights = [value for neuron in self.neurons for value in neuron.w]
        yield w, ParameterGroup(w, weights, (len(self.neurons), self.inputs))
        biases = [neuron.b for neuron in self.neurons if neuron.b is not None]
        if biases:
            yield b, ParameterGroup(b, biases, (len(biases),))
        for k, neuron in enumerate(self.neurons, start=1):
            for name, part in vars(neuron).items():
                if name not in _OF_A_NEURON:
                    yield f"neurons[{k}].{name}", part
        yield from _others(self, "neurons")


def as_inputs(x: Iterable[Value | Number], count: int) -> tuple[Value, ...]:
    """Return inputs as Values. Plain numbers become leaves named x1, x2, …

    Raises:
        TypeError: they are not a list of numbers.
        ValueError: there are not `count` of them, or one is not finite.
    """
    try:
        values = tuple(
            [v if isinstance(v, Value) else Value(v, f"x{i}") for i, v in enumerate(x, start=1)]
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise (_explain_inputs(x, count) or error) from None
    if len(values) != count:
        counted = count_text(count, "input")
        raise ValueError(f"expected {counted}, one for each weight; got {len(values)}")
    if isinstance(x, dict | set | frozenset):
        raise TypeError(f"inputs are a list of numbers, in order; got a {type(x).__name__}")
    return values


def numbers_and_one(x: Iterable[Value]) -> tuple[float, ...]:
    """Return the numbers of x and a 1, which are ∂z/∂w and ∂z/∂b of a weighted sum z."""
    return (*[v._data for v in x], 1.0)


def _explain_inputs(x: Any, count: int) -> Exception | None:
    """Return the exception that says what is wrong with inputs, and what to write."""
    if not isinstance(x, Iterable) or (isinstance(x, np.ndarray) and not x.ndim):
        return TypeError(
            f"inputs are a list, one number for each weight; got {shortened(x)}: write [x]"
        )
    entries: list[Any] = list(x)
    if any(isinstance(e, list | tuple) or (isinstance(e, np.ndarray) and e.ndim) for e in entries):
        return TypeError(
            f"inputs are those of one example, a list of {count_text(count, 'number')}; got "
            f"{count_text(len(entries), 'row')}: loop over the rows, or write predict(net, x)"
        )
    for i, entry in enumerate(entries, start=1):
        try:
            _ = entry if isinstance(entry, Value) else Value(entry)
        except (TypeError, ValueError, OverflowError) as reason:
            return type(reason)(f"input x{i}: {reason}")
    return None


def _sum_without_bias(
    weights: tuple[Value, ...], x: tuple[Value, ...], data: tuple[float, ...]
) -> Value:
    """Return w·x. The argument `data` is not used; `weighted_sum` returns functions that use it."""
    return record_nodes(DOT, (*weights, *x))


def _others(module: Module, *names: str) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of a module except those named. They are what a subclass added."""
    return ((name, part) for name, part in vars(module).items() if name not in names)


def _array(numbers: ArrayLike, name: str, shape: str) -> Array:
    array = as_array(numbers, name)
    # The shape, such as "(outputs, inputs)", has one word for each dimension.
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
