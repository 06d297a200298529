"""`wiggle`, which changes two parameters by the same amount and compares the effects."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.engine.number import Number
from autograd.graph.wording import aligned, number_text

from ..data.batches import Data
from ..losses import Loss, squared_error
from ..module import Module
from .landscape import Landscape
from .nudges import signed_number


@dataclass(frozen=True)
class Wiggle:
    """The effect on the cost when each of two parameters is changed by the same amount.

    Attributes:
        names: the two parameters.
        amount: the amount that was added to each parameter, one at a time.
        cost: the cost before the changes.
        changes: the change of the cost for the first parameter and for the second.
    """

    names: tuple[str, str]
    amount: float
    cost: float
    changes: tuple[float, float]

    @property
    def ratio(self) -> float:
        """The size of the first change of the cost, divided by the size of the second."""
        first, second = map(abs, self.changes)
        return first / second if second else float("inf")

    def __str__(self) -> str:
        pairs = zip(self.names, self.changes, strict=True)
        rows = [
            [f"{name} {signed_number(self.amount)}", f"C {signed_number(change)}"]
            for name, change in pairs
        ]
        return "\n".join([f"C = {number_text(self.cost)}", *aligned(rows), self._comparison()])

    __repr__ = __str__

    def _comparison(self) -> str:
        sizes = zip(map(abs, self.changes), self.names, strict=True)
        (smaller, weak), (larger, strong) = sorted(sizes)
        if not smaller:
            return f"The cost reacts to {strong} only." if larger else "The cost reacts to neither."
        ratio = number_text(larger / smaller, 3)
        return f"The cost reacts {ratio}× more to {strong} than to {weak}."


def wiggle(
    model: Module,
    data: Data,
    first: str,
    second: str,
    amount: Number = 1e-3,
    loss: Loss = squared_error,
) -> Wiggle:
    """Return how the average cost changes when one of two parameters is changed by a small amount.

    This shows the meaning of a gradient without calculus. A change divided by the amount is close
    to ∂C/∂θ. The ratio of the two changes says how many times more sensitive the cost is to one
    parameter than to the other.

    Args:
        model: the model; it is not changed.
        data: the examples.
        first: the name of one parameter, such as "W1[1,1]".
        second: the name of another.
        amount: the amount that is added to each parameter, one at a time.
        loss: the cost of one example.

    Raises:
        TypeError: `data` is not Data.
        ValueError: there is no such parameter, both are the same, or the amount is 0.

    >>> from nn import MLP
    >>> model = MLP.from_arrays([[[0.4]]], [[0.1]])
    >>> wiggle(model, Data([[4.0]], [[1.0]]), "W1[1,1]", "b1[1]", amount=0.001)
    C = 0.49
      W1[1,1] +0.001  C +0.00562
      b1[1] +0.001    C +0.0014
    The cost reacts 4.01× more to W1[1,1] than to b1[1].
    """
    if not isinstance(amount, Number) or not amount:
        raise ValueError(f"the amount must be a number other than 0; got {amount!r}")
    if first == second:
        raise ValueError(f"two parameters are compared; got {first!r} twice")
    land, step = Landscape(model, data, (first, second), loss), float(amount)
    values = {name: parameter.data for name, parameter in model.named_parameters()}
    x, y = values[first], values[second]
    cost = land.cost((x, y))
    changes = land.cost((x + step, y)) - cost, land.cost((x, y + step)) - cost
    return Wiggle((first, second), step, cost, changes)
