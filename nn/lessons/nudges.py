"""The changes of activations, weights and biases that would lower the cost of one example.

The words "nudge" and "avenue" come from 3Blue1Brown's lesson on backpropagation. A nudge is the
negative gradient −∂C/∂a of an activation, because a change with that sign lowers the cost. The
nudge of an output points toward its target. The nudge of a hidden activation is the sum of the
nudges of the next layer, each multiplied by the slope and the weight between them.

An avenue is one of the three ways to raise an activation. They lead through its bias, its weights,
and the activations before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from autograd.encoding import encodable
from autograd.engine.adjoints import adjoints_of
from autograd.engine.number import Number
from autograd.engine.topological import inner_nodes
from autograd.engine.value import Value
from autograd.graph.wording import aligned, number

from ..inputs import as_inputs
from ..losses import Loss, OneOrMany, squared_error
from ..network import MLP, layers_of

_SHOWN = 8  # rows of a long list that are printed; the other rows are only counted


class Nudge(NamedTuple):
    """One activation, with its value and its wanted change −∂C/∂a.

    `target` is the target of an output, and None in hidden layers.
    """

    label: str
    activation: float
    target: float | None
    change: float


@dataclass(frozen=True)
class Nudges:
    """The wanted changes −∂C/∂a of all activations for one example, which print as tables.

    Attributes:
        cost: C of the example.
        layers: the nudges of layers 1 to L. The nudge of a hidden activation is a sum over all
            neurons of the next layer.
    """

    cost: float
    layers: tuple[tuple[Nudge, ...], ...]

    @property
    def outputs(self) -> tuple[Nudge, ...]:
        """The nudges of the output layer."""
        return self.layers[-1]

    @encodable
    def __str__(self) -> str:
        head = ["output", "is", "wanted", "", "nudge −∂C/∂a"]
        rows = [
            [n.label, number(n.activation), number(n.target or 0.0), *_wish(n.change)]
            for n in self.outputs
        ]
        lines = [f"One example: its cost is C = {number(self.cost)}", *aligned([head, *rows])]
        for k in range(len(self.layers) - 2, -1, -1):
            title = f"Layer {k + 1}, the wishes of all neurons of layer {k + 2} added up:"
            lines += ["", title, *_largest(self.layers[k])]
        return "\n".join(lines)

    __repr__ = __str__


def nudges(model: MLP, x: Sequence[Number], y: OneOrMany, loss: Loss = squared_error) -> Nudges:
    """Return the wanted change −∂C/∂a of every activation, for the example x with target y.

    For the squared error, the change of an output is 2(y − a), proportional to its error.

    Raises:
        TypeError: the model does not compute its outputs with its layers alone.
        ValueError: `x` or `y` does not fit the network.

    >>> model = MLP.from_arrays([[[1.0], [-2.0]], [[0.5, 3.0]]], [[0.0, 1.0], [0.0]])
    >>> print(nudges(model, [0.25], 1.0))
    One example: its cost is C = 0.39062
      output  is     wanted     nudge −∂C/∂a
      z2[1]   1.625  1       ↓  −1.25
    <BLANKLINE>
    Layer 1, the wishes of all neurons of layer 2 added up:
      a1[2]  0.5   ↓  −3.75
      a1[1]  0.25  ↓  −0.625
    """
    layers_of(model, "the table of nudges")
    layers = model.activations(x)
    cost = loss(layers[-1], y)
    adjoints = adjoints_of(cost)
    targets = _target_numbers(layers[-1], y)
    # Unlike a minus sign, 0.0 − x gives 0.0 and not −0.0 for x = 0.0.
    found = [
        tuple(
            Nudge(a.label, a.data, target, 0.0 - adjoints[a])
            for a, target in zip(
                layer, targets if layer is layers[-1] else [None] * len(layer), strict=True
            )
        )
        for layer in layers
    ]
    return Nudges(cost.data, tuple(found))


class Avenue(NamedTuple):
    """One way to raise an activation a, which is to change one quantity.

    `label` and `data` are the name and the value of the quantity. `change` is the derivative of a
    with respect to it.

    `reason` is the number that the derivative is proportional to. It is 1 for the bias, the input
    activation for a weight, and the weight for an input activation.
    """

    label: str
    data: float
    reason: float
    change: float


@dataclass(frozen=True)
class Avenues:
    """The three ways to raise the activation a of one neuron, which print as a table.

    Attributes:
        label: the name of the activation.
        activation: its value, a.
        slope: g′(z), which is a factor of the derivatives in all three ways.
        bias: the bias, with ∂a/∂b = g′(z), or None for a neuron without a bias.
        weights: the weights, with ∂a/∂wⱼ = g′(z) aⱼ.
        activations: the activations of the layer before, with ∂a/∂aⱼ = g′(z) wⱼ.
    """

    label: str
    activation: float
    slope: float
    bias: Avenue | None
    weights: tuple[Avenue, ...]
    activations: tuple[Avenue, ...]

    @encodable
    def __str__(self) -> str:
        a = self.label
        lines = [
            f"Three avenues raise {a} = {number(self.activation)}; g′(z) = {number(self.slope)}",
            f"  1. its bias: {self._bias_text()}",
            "  2. its weights, in proportion to the activations they meet:",
            *_strongest(self.weights, "activation"),
            "  3. the activations before it, in proportion to their weights:",
            *_strongest(self.activations, "weight"),
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _bias_text(self) -> str:
        if self.bias is None:
            return "there is none"
        return f"∂{self.label}/∂{self.bias.label} = g′(z) = {number(self.bias.change)}"


def avenues(model: MLP, x: Sequence[Number], neuron: str | tuple[int, int]) -> Avenues:
    """Return the three ways to raise the activation of one neuron for the example x.

    The derivatives, multiplied by the nudge of the neuron, are −∂C/∂b, −∂C/∂wⱼ, and the neuron's
    share of the nudges of the layer before.

    Args:
        model: the network.
        x: the inputs.
        neuron: the label of the activation, such as "a2[7]", or (layer, place), counted from 1.

    Raises:
        TypeError: the model does not compute its outputs with its layers alone.
        ValueError: there is no such neuron, or `x` does not fit the network.

    >>> model = MLP.from_arrays([[[0.4, 0.2]]], [[0.1]])
    >>> print(avenues(model, [0.5, 0.1], (1, 1)))
    Three avenues raise z1[1] = 0.32; g′(z) = 1
      1. its bias: ∂z1[1]/∂b1[1] = g′(z) = 1
      2. its weights, in proportion to the activations they meet:
           W1[1,1]  meets activation 0.5  ↑  0.5
           W1[1,2]  meets activation 0.1  ↑  0.1
      3. the activations before it, in proportion to their weights:
           x1  meets weight 0.4  ↑  0.4
           x2  meets weight 0.2  ↑  0.2
    """
    layers_of(model, "the table of avenues")
    leaves = as_inputs(x, model.sizes[0])
    layers = [list(leaves), *model.activations(leaves)]
    k, i = _place(layers, neuron)
    a, before = layers[k][i], layers[k - 1]
    own = model.layers[k - 1].neurons[i]
    adjoints = adjoints_of(a)
    # The weighted sum is the node whose first input is the neuron's first weight.
    z = next(node for node in inner_nodes(a) if node.parents and node.parents[0] is own.w[0])

    def avenue(part: Value, reason: float) -> Avenue:
        return Avenue(part.label, part.data, reason, adjoints[part])

    return Avenues(
        a.label,
        a.data,
        adjoints[z],
        None if own.b is None else avenue(own.b, 1.0),
        tuple(avenue(w, v.data) for w, v in zip(own.w, before, strict=True)),
        tuple(avenue(v, w.data) for w, v in zip(own.w, before, strict=True)),
    )


def _target_numbers(outputs: list[Value], y: OneOrMany) -> list[float]:
    if isinstance(y, int | np.integer) and len(outputs) > 1:
        return [float(k == y) for k in range(len(outputs))]
    listed = [y] if isinstance(y, Value | Number) else list(y)
    return [target.data if isinstance(target, Value) else float(target) for target in listed]


def _place(layers: list[list[Value]], neuron: str | tuple[int, int]) -> tuple[int, int]:
    """Return the layer of a neuron and its index in it. The inputs count as layer 0."""
    for k, layer in enumerate(layers[1:], start=1):
        for i, a in enumerate(layer):
            if neuron in (a.label, (k, i + 1)):
                return k, i
    raise ValueError(
        f"there is no neuron {neuron!r}; there are {layers[1][0].label} to {layers[-1][-1].label}, "
        "or (layer, place) from (1, 1)"
    )


def _wish(change: float) -> tuple[str, str]:
    return "↑" if change > 0 else "↓" if change < 0 else "·", number(change)


def _largest(found: tuple[Nudge, ...]) -> list[str]:
    ranked = sorted(found, key=lambda nudge: -abs(nudge.change))
    rows = [[n.label, number(n.activation), *_wish(n.change)] for n in ranked]
    return [*aligned(rows[:_SHOWN]), *_rest(len(rows), "  ")]


def _strongest(found: tuple[Avenue, ...], what: str) -> list[str]:
    ranked = sorted(found, key=lambda avenue: -abs(avenue.change))
    rows = [
        [a.label, f"meets {what} {number(a.reason)}", *_wish(a.change)] for a in ranked[:_SHOWN]
    ]
    return ["     " + line for line in aligned(rows)] + _rest(len(ranked), "       ")


def _rest(count: int, indent: str) -> list[str]:
    return [f"{indent}… and {count - _SHOWN:,} weaker ones"] if count > _SHOWN else []
