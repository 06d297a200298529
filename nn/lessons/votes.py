"""What all examples want together: the table example × parameter, and the sensitivities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

import numpy as np

from autograd.engine.value import Value
from autograd.graph.wording import aligned, number

from ..arrays import Array
from ..data.batches import Data
from ..losses import squared_error
from ..matrix import backward, forward
from ..module import Module
from ..network import MLP

_COLUMNS = 6  # of a wide table, those with the largest averages
_ROWS = 8


@dataclass(frozen=True, eq=False)
class Votes:
    """Every example's wish for every parameter, −∂C/∂θ; their average is −∇C of the whole cost.

    The whole cost is the average of the examples' costs, so the factor is 1: a step of gradient
    descent adds η times the last row to the parameters.

    Attributes:
        labels: the parameters', in order.
        table: the wishes, shape (examples, parameters).
    """

    labels: tuple[str, ...]
    table: Array

    @property
    def average(self) -> Array:
        """The average wish for every parameter, −∇C, shape (parameters,)."""
        average: Array = self.table.mean(axis=0)
        return average

    def __str__(self) -> str:
        average = self.average
        shown = np.sort(np.argsort(-np.abs(average), kind="stable")[:_COLUMNS])
        head = ["example", *(self.labels[k] for k in shown)]
        rows = [
            [f"{i + 1}", *(_signed(self.table[i, k]) for k in shown)]
            for i in range(min(_ROWS, len(self.table)))
        ]
        if len(self.table) > _ROWS:
            rows.append(["⋮"] * len(head))
        lines = aligned([head, *rows, ["average", *(_signed(average[k]) for k in shown)]])
        more = len(self.labels) - len(shown)
        note = f"; the {len(shown)} most wanted of {len(self.labels):,}" if more else ""
        title = f"What each example wishes of each parameter, −∂C/∂θ{note}"
        return "\n".join([title, *lines, "  The average is −∇C: a step is η times it."])

    __repr__ = __str__


def votes(model: MLP, data: Data, loss: Callable[..., Value] = squared_error) -> Votes:
    """Return the table example × parameter of wishes, −∂C/∂θ, for the examples in `data`.

    Memory: one number for each example and parameter; give a mini-batch, not all the data.

    Raises:
        ValueError: there are no examples, or they do not fit the network.

    >>> model = MLP.from_arrays([[[1.0]]], [[0.0]])
    >>> found = votes(model, Data([[1.0], [2.0]], [[1.5], [1.0]]))
    >>> print(found)
    What each example wishes of each parameter, −∂C/∂θ
      example  W1[1,1]  b1[1]
      1        +1       +1
      2        −4       −2
      average  −1.5     −0.5
      The average is −∇C: a step is η times it.
    """
    if not len(data):
        raise ValueError("votes needs at least one example")
    rows = [
        0.0 - backward(model, forward(model, x), y, loss).flat
        for x, y in zip(data.x, data.y, strict=True)
    ]
    return Votes(tuple(label for label, _ in model.named_parameters()), np.stack(rows))


class Sensitivity(NamedTuple):
    """How strongly the cost reacts to one parameter: ∂C/∂θ."""

    label: str
    gradient: float


@dataclass(frozen=True)
class Sensitivities(Sequence[Sensitivity]):
    """Parameters ranked by the size of their gradient, the most sensitive first.

    >>> w, b = Value(1.0, "w"), Value(0.0, "b")
    >>> w.grad, b.grad = 3.2, -0.1
    >>> ranked = sensitivities([w, b])
    >>> ranked.compare("w", "b")
    'the cost is 32× more sensitive to w (3.2) than to b (−0.1)'
    """

    ranked: tuple[Sensitivity, ...]

    def __len__(self) -> int:
        return len(self.ranked)

    @overload
    def __getitem__(self, index: int) -> Sensitivity: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Sensitivity, ...]: ...
    def __getitem__(self, index: int | slice) -> Sensitivity | tuple[Sensitivity, ...]:
        return self.ranked[index]

    def most(self, count: int = 3) -> tuple[Sensitivity, ...]:
        """Return the most sensitive parameters, the first among them first."""
        return self.ranked[:count]

    def least(self, count: int = 3) -> tuple[Sensitivity, ...]:
        """Return the least sensitive of those that matter at all, the least first."""
        return tuple(entry for entry in reversed(self.ranked) if entry.gradient)[:count]

    @property
    def idle(self) -> int:
        """How many parameters do not matter at all, to first order: their gradient is 0."""
        return sum(entry.gradient == 0 for entry in self.ranked)

    def compare(self, one: str, other: str) -> str:
        """Return in words how many times more sensitive the cost is to one than to the other.

        Raises:
            ValueError: there is no parameter with that label.
        """
        more, less = sorted((self._find(one), self._find(other)), key=lambda s: -abs(s.gradient))
        if not less.gradient:
            return f"the cost does not react to {less.label} at all" + (
                f", and to {more.label} with {number(more.gradient)}"
                if more.gradient
                else f", nor to {more.label}"
            )
        ratio = number(abs(more.gradient / less.gradient), digits=3)
        return (
            f"the cost is {ratio}× more sensitive to {more.label} ({number(more.gradient)}) "
            f"than to {less.label} ({number(less.gradient)})"
        )

    def _find(self, label: str) -> Sensitivity:
        for entry in self.ranked:
            if entry.label == label:
                return entry
        raise ValueError(f"no parameter is labelled {label!r}")

    def __str__(self) -> str:
        lines = ["The cost is most sensitive to"]
        lines += aligned([[s.label, number(s.gradient)] for s in self.most(_ROWS)])
        if len(self.ranked) > _ROWS:
            lines.append("and least, of those that matter at all, to")
            lines += aligned([[s.label, number(s.gradient)] for s in self.least()])
        if self.idle:
            lines.append(f"{self.idle:,} of {len(self):,} parameters do not matter here at all.")
        return "\n".join(lines)

    __repr__ = __str__


def sensitivities(model: Module | Sequence[Value]) -> Sensitivities:
    """Return the parameters ranked by |∂C/∂θ|, from the gradients that the last backward pass left.

    Read a gradient as a sensitivity: where one is 3.2 and another 0.1, a small change of the first
    parameter moves the cost 32 times as much as the same change of the second.

    Args:
        model: a network, or parameters.

    Raises:
        ValueError: all gradients are 0: `backward` was not called, or the cost is at rest.
    """
    pairs = (
        model.named_parameters()
        if isinstance(model, Module)
        else [(parameter.label, parameter) for parameter in model]
    )
    if not any(parameter.grad for _, parameter in pairs):
        raise ValueError("every gradient is 0; call backward() on a cost of this model first")
    found = [Sensitivity(label, parameter.grad) for label, parameter in pairs]
    return Sensitivities(tuple(sorted(found, key=lambda entry: -abs(entry.gradient))))


def _signed(x: float) -> str:
    return f"+{number(x, 3)}" if x > 0 else number(x, 3)
