"""The changes of activations, weights and biases that would lower the cost of one example.

The word "nudge" comes from 3Blue1Brown's lesson on backpropagation. A nudge is the negative
gradient −∂C/∂a of an activation, because a change with that sign lowers the cost. The nudge of an
output points toward its target. The nudge of a hidden activation is the sum of the nudges of the
next layer, each multiplied by the slope g′(z) there and by the weight of the connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from autograd.encoding import encodable
from autograd.engine.adjoints import adjoints_of
from autograd.engine.number import Number
from autograd.engine.value import Value
from autograd.graph.wording import aligned, number_text

from ..losses import Loss, OneOrMany, squared_error
from ..network import MLP, layers_of
from ..train.arguments import check_loss

SHOWN = 8  # the number of rows of a long list that are printed; the other rows are only counted


class Nudge(NamedTuple):
    """One activation a, with its value and the change −∂C/∂a that would lower the cost.

    `target` is the target of an output, and None in hidden layers.
    """

    label: str
    activation: float
    target: float | None
    change: float


@dataclass(frozen=True)
class Nudges:
    """The nudges −∂C/∂a of all activations for one example, which print as tables.

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
            [
                n.label,
                number_text(n.activation),
                number_text(n.target or 0.0),
                *arrow_and_number(n.change),
            ]
            for n in self.outputs
        ]
        lines = [f"One example: its cost is C = {number_text(self.cost)}", *aligned([head, *rows])]
        for k in range(len(self.layers) - 2, -1, -1):
            title = f"Layer {k + 1}, the wishes of all neurons of layer {k + 2} added up:"
            lines += ["", title, *_write_largest(self.layers[k])]
        return "\n".join(lines)

    __repr__ = __str__


def nudges(model: MLP, x: Sequence[Number], y: OneOrMany, loss: Loss = squared_error) -> Nudges:
    """Return the nudge −∂C/∂a of every activation, for the example x with target y.

    For the squared error, the nudge of an output is 2(y − a), proportional to its error.

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
    check_loss(loss)
    layers = model.activations(x)
    cost = loss(layers[-1], y)
    adjoints = adjoints_of(cost)
    targets = _target_numbers(layers[-1], y)
    target_of = dict(zip(layers[-1], targets, strict=True))
    return Nudges(
        cost.data,
        tuple(
            # 0.0 − x instead of −x, because −x is −0.0 for x = 0.0.
            tuple(Nudge(a.label, a.data, target_of.get(a), 0.0 - adjoints[a]) for a in layer)
            for layer in layers
        ),
    )


def _target_numbers(outputs: list[Value], y: OneOrMany) -> list[float]:
    """Return the target of each output. A whole number is the number of a class."""
    if isinstance(y, int | np.integer) and len(outputs) > 1:
        return [float(k == y) for k in range(len(outputs))]
    listed = [y] if isinstance(y, Value | Number) else list(y)
    return [target.data if isinstance(target, Value) else float(target) for target in listed]


def arrow_and_number(change: float) -> tuple[str, str]:
    """Return an arrow for the sign of a change, and the change as text."""
    return "↑" if change > 0 else "↓" if change < 0 else "·", number_text(change)


def signed_number(x: float) -> str:
    """Return a change as text with three digits and its sign, + or −."""
    return f"+{number_text(x, 3)}" if x > 0 else number_text(x, 3)


def _write_largest(nudges: tuple[Nudge, ...]) -> list[str]:
    """Return the lines of the strongest nudges, and a line that counts the others."""
    ranked = sorted(nudges, key=lambda nudge: -abs(nudge.change))
    rows = [[n.label, number_text(n.activation), *arrow_and_number(n.change)] for n in ranked]
    return [*aligned(rows[:SHOWN]), *rest_line(len(rows), "  ")]


def rest_line(count: int, indent: str) -> list[str]:
    """Return a line with the number of rows that are left out, or no line."""
    return [f"{indent}… and {count - SHOWN:,} weaker ones"] if count > SHOWN else []
