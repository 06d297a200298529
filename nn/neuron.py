"""`Neuron`: one neuron, whose weighted sum and activation are nodes that can be traced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from numpy.typing import ArrayLike

from autograd.engine.note import nest_note, with_block
from autograd.engine.number import Number
from autograd.engine.ops import DOT
from autograd.engine.recorder import record_nodes, weighted_sum
from autograd.engine.value import Value

from .activations import Activation, activation_name, named_activation, recording_function
from .arrays import Array, as_shaped_array, count_text
from .initialization import Initialization, Seed, initial_weights
from .inputs import as_inputs, numbers_and_one
from .module import Module, ParameterGroup


class Neuron(Module):
    """One neuron, a = g(z) with z = w₁x₁ + … + wₙxₙ + b.

    It records a node for z and one for a. A linear neuron records only z, because a = z.

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

    # Slots are read faster than entries of `__dict__`. `__dict__` holds only what a subclass or a
    # user adds.
    __slots__ = ("_activate", "_notes", "_sum", "_weights", "activation", "inputs")

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
        self._build(w, 0.0 if bias else None, activation, _neuron_label, ())

    @classmethod
    def from_arrays(
        cls, w: ArrayLike, b: Number | None = 0.0, activation: Activation = "relu"
    ) -> Self:
        """Return the neuron with these weights, shape (inputs,), and this bias; None for no bias.

        Raises:
            TypeError: `w` does not hold real numbers.
            ValueError: `w` is not a vector, or holds a number that is not finite.
        """
        weights = as_shaped_array(w, "w", "(inputs,)")
        # `__init__` is skipped, because it would draw random weights.
        return cls.__new__(cls)._build(weights, b, named_activation(activation), _neuron_label, ())

    def _build(
        self,
        w: Array,
        b: Number | None,
        activation: Activation,
        label: Callable[[str, int | None], str],
        block: tuple[str, ...],
    ) -> Self:
        """Create the parameters, and set all attributes.

        Args:
            w: the weights.
            b: the bias, or None.
            activation: g, a result of `named_activation`.
            label: the function that labels a node, given its letter and, for a weight, its index.
            block: the blocks that the nodes of the neuron are in.
        """
        weights = [Value(number, label("w", j)) for j, number in enumerate(w.tolist(), start=1)]
        biases = [] if b is None else [Value(b, label("b", None))]
        # The weights, and then the bias if there is one, in one tuple that all recorded sums share.
        self._weights = (*weights, *biases)
        self.inputs = len(weights)
        self.activation = activation
        # A note has the label and the blocks of a node. These are the notes of z and of a.
        self._notes = tuple(with_block(label(name, None), block) for name in ("z", "a"))
        return self._bind()

    def _bind(self) -> Self:
        """Set the functions that record the sum and the activation."""
        has_bias = len(self._weights) > self.inputs
        self._sum = weighted_sum(Value, self.inputs) if has_bias else _sum_without_bias
        self._activate = recording_function(self.activation)
        return self

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes without the functions, which a copy looks up again."""
        kept = ("_weights", "inputs", "activation", "_notes")
        return {name: getattr(self, name) for name in kept} | vars(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._bind()

    def __call__(self, x: Sequence[Value | Number]) -> Value:
        """Return the activation for inputs x, numbers or Values.

        Raises:
            TypeError: `x` is not a list of numbers.
            ValueError: `x` does not have one number for each input.
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
        """Return a = g(z) for inputs x. `data` is `numbers_and_one(x)`, which layers reuse."""
        z = self._sum(self._weights, x, data)
        z_note, a_note = self._notes
        is_noted = z._note  # inside a block or `recording`, nodes have a note already
        z._note = nest_note(z.note, z_note) if is_noted else z_note
        if self._activate is None:
            return z
        a = self._activate(z)
        a._note = nest_note(a.note, a_note) if is_noted else a_note
        return a

    def _parts(self) -> Iterator[tuple[str, Any]]:
        yield "w", ParameterGroup("w", self.w, (self.inputs,), "{}{}")  # the names are w1, w2, …
        if self.b is not None:
            yield "b", self.b
        yield from vars(self).items()


def _sum_without_bias(
    weights: tuple[Value, ...], x: tuple[Value, ...], data: tuple[float, ...]
) -> Value:
    """Return w·x. `data` is not used, but the functions of `weighted_sum` have this argument."""
    return record_nodes(DOT, (*weights, *x))


def _neuron_label(kind: str, j: int | None) -> str:
    """Return a label in a neuron that stands alone, not in a layer, such as w3 or b."""
    return f"{kind}{j or ''}"
