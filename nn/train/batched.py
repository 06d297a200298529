"""A model and its loss, compiled to one program that runs over mini-batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.collector import collector_paused
from autograd.engine.namespace import NUMPY
from autograd.engine.ops import SQUARE
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value
from autograd.program.compiler import compile  # noqa: A004 - the public name
from autograd.program.program import Program

from ..arrays import Array
from ..data.batches import Data, Indices
from ..dropout import Dropout
from ..losses import Loss, squared_error
from ..module import Module, modules_in
from .arguments import check_data, check_loss, check_model
from .branched import Branches
from .recorded_example import Recorder, checked_recording
from .target_checks import check_targets

_CHUNK = 1000  # examples evaluated at a time, so that their columns need little memory


class Compiled:
    """A model and its loss, recorded with one example and compiled for batches.

    Args:
        model: the model.
        loss: the cost of one example.
        data: the examples, whose targets are all checked.
        weight_decay: λ of λ Σ θ², which is added to every cost. The term is not part of the
            program, because it is the same for all examples.
        is_weighted: whether every example has a weight, by which its cost is multiplied.
        is_training: whether Dropout layers drop inputs.

    Attributes:
        program: the program. During training, `program.weights` holds the current parameters, and
            `program.write_back` copies them to the Values.
        cost: the recorded cost of one example.
        outputs: the Values that are the model's outputs.
        order: for each parameter of the program, its index in `model.parameters()`.
        drop_rates: for each mask of a Dropout, the probability that its factor is 0, shape
            (masks,).
        is_first: whether this process is the first of those that train together.

    Raises:
        TypeError: the model or the loss returns something other than Values.
        ValueError: the data does not fit the model or the loss, or the model computes its output
            from Values that are not among its parameters, or draws random numbers.
    """

    is_first = True  # `ShardedCompiled` sets it for each process

    def __init__(
        self,
        model: Module,
        loss: Loss,
        data: Data,
        weight_decay: float = 0.0,
        *,
        is_weighted: bool = False,
        is_training: bool = False,
    ) -> None:
        check_model(model)
        check_data(data)
        check_loss(loss)
        dropouts = list(modules_in(model, Dropout)) if is_training else []
        recorder = Recorder(model, loss, data.x.shape[1], data.y.shape[1], is_weighted, dropouts)
        self.weight_decay = weight_decay
        with collector_paused():
            recording = checked_recording(
                lambda k: recorder.example(data, k), data, model.parameters()
            )
            self.cost, self.outputs = recording.cost, recording.outputs
            check_targets(loss, data, self.outputs)
            inputs = recording.inputs
            self.program: Program | Branches
            if recording.has_branches:
                # Every input is kept, because another branch may use those that this one omits.
                self._used = list(range(len(inputs)))
                self.program = Branches(recorder, recording, model)
            else:
                self._used = _find_used(inputs, self.cost)
                used = [inputs[k] for k in self._used]
                self.program = compile(self.cost, inputs=used, keep=self.outputs)
        self.order = _parameter_order(self.program.parameters, model)
        self.drop_rates = np.array(recording.drop_rates)
        # A row of the data has inputs and targets. The weight and the masks come after them.
        self._extra_count = len(inputs) - data.rows.shape[1]
        self._rows = np.empty((0, data.rows.shape[1]))  # the buffer of `_gather`
        self._columns = self._rows.T

    def costs(
        self, data: Data, indices: Indices | slice, extra: Array | None = None
    ) -> NDArray[Any]:
        """Return the costs of these examples, shape (examples,).

        Args:
            data: the examples.
            indices: the indices of these examples.
            extra: the factors of the masks, shape (masks, examples). If examples have weights, the
                first row has the weights, and the shape is (1 + masks, examples). By default, all
                weights and factors are 1.
        """
        self.program.forward(self._columns_of(data, indices, extra))
        return self._decayed_costs()

    def costs_and_gradient(
        self, data: Data, indices: Indices | slice, extra: Array | None = None
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the costs of these examples and the gradient of their mean.

        The gradient is in the program's order. The next call may write to its array. The arguments
        are those of `costs`.
        """
        columns = self._columns_of(data, indices, extra)
        _, gradient = self.program.value_and_grad(columns, "mean", copy=False)
        return self._decayed_costs(), self._decayed_gradient(gradient)

    def last_outputs(self) -> NDArray[Any]:
        """Return the outputs for the examples of the last call, shape (examples, outputs)."""
        return self.program.kept.T

    def warm_up(self, data: Data, size: int) -> None:
        """Run one mini-batch, because the first one of a size takes longer than the others."""
        self.costs_and_gradient(data, slice(0, size))

    def to_model_order(self, numbers: NDArray[Any]) -> Array:
        """Convert numbers from the program's order to that of `model.parameters()`."""
        ordered = np.zeros(len(self.order))
        ordered[self.order] = numbers
        return ordered

    def _columns_of(self, data: Data, indices: Indices | slice, extra: Array | None) -> Array:
        rows = self._gather(data.rows, indices)
        # All batches of one size use the same array object, because a program prepares its NumPy
        # calls once for each array. The array has a row for each input and a column for each
        # example.
        columns = self._columns if rows is self._rows else rows.T
        if self._extra_count:
            if extra is None:
                extra = np.ones((self._extra_count, columns.shape[1]))
            columns = np.vstack([columns, extra])
        return columns if len(self._used) == len(columns) else columns[self._used]

    def _gather(self, rows: Array, indices: Indices | slice) -> Array:
        """Return these rows, in a buffer that is used again for all batches of the same size."""
        if isinstance(indices, slice):
            return rows[indices]
        if len(self._rows) != len(indices):
            self._rows = np.empty((len(indices), rows.shape[1]))
            self._columns = self._rows.T
        # With the default mode="raise", NumPy would copy through another buffer.
        return rows.take(indices, axis=0, out=self._rows, mode="clip")

    def _decayed_costs(self) -> NDArray[Any]:
        costs = self.program.outputs
        if self.weight_decay:
            costs = costs + self.weight_decay * SQUARE.forward(NUMPY, self.program.weights).sum()
        return costs

    def _decayed_gradient(self, gradient: NDArray[Any]) -> NDArray[Any]:
        """Return the gradient plus the gradient of λ Σ θ²."""
        if not self.weight_decay:
            return gradient
        (slopes,) = SQUARE.partials(NUMPY, None, self.program.weights)
        decayed: NDArray[Any] = gradient + self.weight_decay * slopes
        return decayed


@np.errstate(all="ignore")  # the results are checked for being finite
def total_cost(model: Module, data: Data, loss: Loss = squared_error) -> float:
    """Return C, the average cost over all examples, and store ∂C/∂θ in every parameter's `grad`.

    Earlier gradients are replaced.

    Raises:
        TypeError: an argument is of another kind; the message says what to write.
        ValueError: the data does not fit the model or the loss.
        ArithmeticError: a number overflowed; the message names the node and the example.

    >>> from nn import MLP
    >>> model = MLP.from_arrays([[[1.0]]], [[0.0]])
    >>> total_cost(model, Data([[1.0], [2.0]], [[1.5], [1.0]]))
    0.625
    >>> [p.grad for p in model.parameters()]
    [1.5, 0.5]
    """
    check_model(model)
    check_data(data)
    check_loss(loss)
    compiled = Compiled(model, loss, data)
    cost, gradient = 0.0, np.zeros(len(compiled.order))
    for chunk in chunks(len(data)):
        count = chunk.stop - chunk.start
        chunk_costs, mean_gradient = compiled.costs_and_gradient(data, chunk)
        cost += float(chunk_costs.sum())
        gradient += mean_gradient * count
    ordered = compiled.to_model_order(gradient / len(data)).tolist()
    for parameter, number in zip(model.parameters(), ordered, strict=True):
        parameter.grad = number
    return cost / len(data)


def chunks(count: int) -> list[slice]:
    """Return the indices 0 … count − 1 as slices of at most 1,000, so that memory stays bounded."""
    return [slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]


def _find_used(leaves: Sequence[Value], output: Value) -> list[int]:
    """Return the indices of those leaves that the output depends on."""
    nodes = set(all_nodes(output))
    return [k for k, leaf in enumerate(leaves) if leaf in nodes]


def _parameter_order(parameters: Sequence[Value], model: Module) -> Indices:
    """For each parameter of a program, return its index in `model.parameters()`."""
    index = {parameter: k for k, parameter in enumerate(model.parameters())}
    for parameter in parameters:
        if parameter not in index:
            raise ValueError(
                f"{parameter!r} is used by the model or the loss, but it is not a parameter of the "
                "model. Make it an attribute of the model, or a plain number."
            )
    if len(parameters) < len(index):
        used = set(parameters)
        unused = next(p for p in index if p not in used)
        raise ValueError(f"the cost does not depend on the parameter {unused!r}")
    return np.array([index[parameter] for parameter in parameters], dtype=np.intp)
