"""A model and its loss as one program over mini-batches: where networks meet `compile`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.ops import SQUARE
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value
from autograd.program.program import Program, compile  # noqa: A004 - the name of the job

from ..arrays import Array
from ..data.batches import Data, Indices
from ..losses import squared_error
from ..module import Module

Loss = Callable[..., Value]
_CHUNK = 1000  # examples evaluated at a time


class Compiled:
    """A model and its loss, recorded with one example and compiled for batches.

    Attributes:
        program: the program; `program.weights` are the parameters while it is at work.
        outputs: the Values that are the model's outputs.
        order: the place in `model.parameters()` of each of the program's parameters.
        weight_decay: λ of λ Σ θ², which `costs` and `gradient` contain and the program does not: it
            is the same for all examples.

    Raises:
        ValueError: the data does not fit the model or the loss, or the model computes its output
            from Values that are not among its parameters.
    """

    def __init__(self, model: Module, loss: Loss, data: Data, weight_decay: float = 0.0) -> None:
        x = [Value(number, f"x{i}") for i, number in enumerate(data.x[0].tolist(), start=1)]
        y = [Value(number, f"y{i}") for i, number in enumerate(data.y[0].tolist(), start=1)]
        self.weight_decay = weight_decay
        self.outputs = outputs_of(model, x)
        check_targets(loss, data, len(self.outputs))
        cost = loss(self.outputs, y)
        leaves = [*x, *y]
        self._used = _used(leaves, cost)
        inputs = [leaves[k] for k in self._used]
        self.program: Program = compile(cost, inputs=inputs, keep=self.outputs)
        self.order = _order(self.program.parameters, model)
        self._rows = np.empty((0, len(leaves)))

    def costs(self, data: Data, wanted: Indices | slice) -> NDArray[Any]:
        """Return the costs of the examples wanted, shape (examples,)."""
        self.program.forward(self._columns_of(data, wanted))
        return self._decayed_costs()

    def costs_and_gradient(
        self, data: Data, wanted: Indices | slice
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the costs of the examples wanted and the gradient of their mean.

        The gradient is in the program's order.
        """
        _, gradient = self.program.value_and_grad(self._columns_of(data, wanted), "mean")
        if self.weight_decay:
            (slopes,) = SQUARE.partials(np, None, self.program.weights)
            gradient += self.weight_decay * slopes
        return self._decayed_costs(), gradient

    def answers(self) -> NDArray[Any]:
        """Return the model's outputs for the examples of the last costs, (examples, outputs)."""
        return self.program.kept.T

    def _columns_of(self, data: Data, wanted: Indices | slice) -> Array:
        columns = self._gathered(data.rows, wanted).T
        return columns if len(self._used) == len(columns) else columns[self._used]

    def _decayed_costs(self) -> NDArray[Any]:
        costs = self.program.outputs
        if self.weight_decay:
            costs = costs + self.weight_decay * SQUARE.forward(np, self.program.weights).sum()
        return costs

    def _gathered(self, rows: Array, wanted: Indices | slice) -> Array:
        """Return the rows wanted, side by side in a buffer that is used again and again."""
        if isinstance(wanted, slice):
            return rows[wanted]
        if len(self._rows) != len(wanted):
            self._rows = np.empty((len(wanted), rows.shape[1]))
        return rows.take(wanted, axis=0, out=self._rows, mode="clip")

    def rehearse(self, data: Data, size: int) -> None:
        """Run one mini-batch for nothing: the program plans for a size when it first meets it."""
        self.costs_and_gradient(data, slice(0, size))

    def to_model_order(self, numbers: NDArray[Any]) -> Array:
        """Return numbers that stand in the program's order in that of `model.parameters()`."""
        ordered = np.zeros(len(self.order))
        ordered[self.order] = numbers
        return ordered


def outputs_of(model: Module, x: Sequence[Any]) -> list[Value]:
    """Return a model's outputs as a list, also where it returns a single Value."""
    outputs = model(x)
    return [outputs] if isinstance(outputs, Value) else list(outputs)


def check_targets(loss: Loss, data: Data, outputs: int) -> None:
    """Refuse targets that the loss refuses, wherever in the data they are.

    Raises:
        ValueError: there is not one target for each output, or a target is not of the loss's kind.
    """
    if data.y.shape[1] != outputs:
        raise ValueError(f"the model has {outputs} outputs, the data {data.y.shape[1]} targets")
    for targets in np.unique(data.y, axis=0)[:_CHUNK].tolist():
        loss([Value(0.0) for _ in range(outputs)], targets)


def total_cost(model: Module, data: Data, loss: Loss = squared_error) -> float:
    """Return C, the average cost over all examples, and leave ∂C/∂θ in every parameter's `grad`.

    The gradients replace what was there.

    >>> from nn import MLP
    >>> model = MLP.from_arrays([[[1.0]]], [[0.0]])
    >>> total_cost(model, Data([[1.0], [2.0]], [[1.5], [1.0]]))
    0.625
    >>> [p.grad for p in model.parameters()]
    [1.5, 0.5]
    """
    compiled = Compiled(model, loss, data)
    costs, gradient = 0.0, np.zeros(len(compiled.order))
    for part in parts(len(data)):
        count = part.stop - part.start
        found, mean = compiled.costs_and_gradient(data, part)
        costs += float(found.sum())
        gradient += mean * count
    ordered = compiled.to_model_order(gradient / len(data)).tolist()
    for parameter, number in zip(model.parameters(), ordered, strict=True):
        parameter.grad = number
    return costs / len(data)


def parts(count: int) -> list[slice]:
    """Return 0 … count in slices of at most 1,000, so that memory stays bounded."""
    return [slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]


def _used(leaves: Sequence[Value], output: Value) -> list[int]:
    """Return the places of the leaves that the output depends on: a model need not look at all."""
    nodes = set(all_nodes(output))
    return [k for k, leaf in enumerate(leaves) if leaf in nodes]


def _order(parameters: Sequence[Value], model: Module) -> Indices:
    place = {parameter: k for k, parameter in enumerate(model.parameters())}
    for parameter in parameters:
        if parameter not in place:
            raise ValueError(
                f"{parameter!r} is used by the model or the loss but is none of the model's "
                "parameters. Make it an attribute of the model, or a plain number."
            )
    if len(parameters) < len(place):
        unused = next(p for p in place if p not in set(parameters))
        raise ValueError(f"the cost does not depend on the parameter {unused!r}")
    return np.array([place[parameter] for parameter in parameters], dtype=np.intp)
