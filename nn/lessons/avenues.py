"""The three ways to raise the activation of a neuron: its bias, its weights, and its inputs.

They are called avenues in 3Blue1Brown's lesson on backpropagation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd.encoding import encodable
from autograd.engine.adjoints import adjoints_of
from autograd.engine.number import Number
from autograd.engine.topological import inner_nodes
from autograd.engine.value import Value
from autograd.graph.wording import aligned, number_text

from ..inputs import as_inputs
from ..network import MLP, layers_of
from .nudges import SHOWN, arrow_and_number, rest_line


class Avenue(NamedTuple):
    """A quantity whose change would raise an activation a: a bias, a weight or an input.

    Attributes:
        label: the name of the quantity.
        data: its value.
        factor: the number by which g′(z) is multiplied in ∂a/∂quantity. It is 1 for the bias, the
            input for a weight, and the weight for an input.
        derivative: ∂a/∂quantity.
    """

    label: str
    data: float
    factor: float
    derivative: float


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
        depends_on_others: whether a depends on the z of other neurons too, as with softmax. Then
            ∂a/∂aⱼ also has a term for each of those neurons.
    """

    label: str
    activation: float
    slope: float
    bias: Avenue | None
    weights: tuple[Avenue, ...]
    activations: tuple[Avenue, ...]
    depends_on_others: bool = False

    @encodable
    def __str__(self) -> str:
        a = self.label
        lines = [
            f"Three avenues raise {a} = {number_text(self.activation)}; "
            f"g′(z) = {number_text(self.slope)}",
            f"  1. its bias: {self._bias_text()}",
            "  2. its weights, in proportion to the activations they meet:",
            *_write_strongest(self.weights, "activation"),
            "  3. the activations before it, "
            + (
                "which act on the other neurons too:"
                if self.depends_on_others
                else "in proportion to their weights:"
            ),
            *_write_strongest(self.activations, "weight"),
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _bias_text(self) -> str:
        if self.bias is None:
            return "there is none"
        return f"∂{self.label}/∂{self.bias.label} = g′(z) = {number_text(self.bias.derivative)}"


def avenues(model: MLP, x: Sequence[Number], neuron: str | tuple[int, int]) -> Avenues:
    """Return the three ways to raise the activation of one neuron for the example x.

    The nudge of the neuron is −∂C/∂a, where C is the cost (see `nudges`). Multiplied by it, the
    derivatives are −∂C/∂b, −∂C/∂wⱼ, and the neuron's share of the nudges of the layer before. With
    softmax, these products are only the part of the derivatives of C that acts through a.

    Args:
        model: the network.
        x: the inputs.
        neuron: the label of the activation, such as "a2[7]", or (layer, number in the layer), both
            counted from 1.

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
    layers = layers_of(model, "the table of avenues")
    leaves = as_inputs(x, model.sizes[0])
    activations = [list(leaves), *model.activations(leaves)]
    k, i = _find_neuron(activations, neuron)
    a, before = activations[k][i], activations[k - 1]
    neurons = layers[k - 1].neurons
    w, b = neurons[i].w, neurons[i].b
    adjoints = adjoints_of(a)
    # The weighted sum of a neuron is the node whose first parent is the neuron's first weight.
    by_first_parent = {node.parents[0]: node for node in inner_nodes(a)}
    z = by_first_parent[w[0]]

    def avenue(quantity: Value, factor: float) -> Avenue:
        return Avenue(quantity.label, quantity.data, factor, adjoints[quantity])

    return Avenues(
        a.label,
        a.data,
        adjoints[z],
        None if b is None else avenue(b, 1.0),
        tuple(avenue(weight, input_.data) for weight, input_ in zip(w, before, strict=True)),
        tuple(avenue(input_, weight.data) for weight, input_ in zip(w, before, strict=True)),
        depends_on_others=any(
            other.w[0] in by_first_parent for other in neurons if other is not neurons[i]
        ),
    )


def _find_neuron(activations: list[list[Value]], neuron: str | tuple[int, int]) -> tuple[int, int]:
    """Return the layer of a neuron, and its index in the layer. The inputs are layer 0."""
    for k, layer in enumerate(activations[1:], start=1):
        for i, a in enumerate(layer):
            if neuron in (a.label, (k, i + 1)):
                return k, i
    raise ValueError(
        f"there is no neuron {neuron!r}; give a label from {activations[1][0].label} to "
        f"{activations[-1][-1].label}, or (layer, number in the layer), counted from (1, 1)"
    )


def _write_strongest(avenues: tuple[Avenue, ...], kind: str) -> list[str]:
    """Return the lines of the avenues with the largest derivatives.

    `kind` is what the factor of each avenue is, "activation" or "weight".
    """
    ranked = sorted(avenues, key=lambda avenue: -abs(avenue.derivative))
    rows = [
        [a.label, f"meets {kind} {number_text(a.factor)}", *arrow_and_number(a.derivative)]
        for a in ranked[:SHOWN]
    ]
    # `aligned` indents each line by two blanks.
    return [f"     {line}" for line in aligned(rows)] + rest_line(len(ranked), "       ")
