"""A program over mini-batches for a model or a loss with branches, such as an `if` over Values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.functions import total
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value
from autograd.program.branching import BranchingProgram
from autograd.program.compiler import compile  # noqa: A004 - the public name

from ..arrays import Array
from ..module import Module
from .recorded_example import Recorder, Recording


class Branches:
    """The program of a cost with branches, in which every example takes its own branch.

    It has the methods of a `Program` that `Compiled` calls. The outputs of the model have programs
    of their own, because they do not depend on the branches of the loss. These programs run only
    when the outputs are read.
    """

    def __init__(self, recorder: Recorder, recording: Recording, model: Module) -> None:
        self._recorder, self._parameters = recorder, model.parameters()
        example = [leaf.data for leaf in recording.inputs]
        self._costs: BranchingProgram = compile(self._cost, example)
        self._output_programs: list[BranchingProgram] | None = None
        self._example, self._count = example, len(recording.outputs)
        self._columns: Array = np.empty((len(example), 0))  # the columns of the last batch

    @property
    def parameters(self) -> list[Value]:
        return self._costs.parameters

    @property
    def weights(self) -> Array:
        return self._costs.weights

    @property
    def outputs(self) -> NDArray[Any]:
        """The costs of the last batch, shape (batch,). `Program` has the same name for them."""
        return self._costs.outputs

    @property
    def kept(self) -> NDArray[Any]:
        """The outputs of the model for the last batch, shape (outputs, batch)."""
        if self._output_programs is None:
            self._output_programs = [
                compile(partial(self._output, k), self._example) for k in range(self._count)
            ]
        outputs = np.empty((self._count, self._columns.shape[1]))
        numbers = dict(zip(self.parameters, self.weights.tolist(), strict=True))
        for k, program in enumerate(self._output_programs):
            program.weights[:] = [numbers[parameter] for parameter in program.parameters]
            outputs[k] = program.forward(self._columns)
        return outputs

    def forward(self, columns: Array) -> NDArray[Any]:
        """Return the costs, shape (batch,)."""
        self._columns = columns
        return self._costs.forward(columns)

    def value_and_grad(
        self, columns: Array, reduction: Any, *, copy: bool = True
    ) -> tuple[float, NDArray[Any]]:
        """Return the mean cost and its gradient."""
        self._columns = columns
        return self._costs.value_and_grad(columns, reduction, copy=copy)

    def write_back(self) -> None:
        """Copy `weights` to the parameters."""
        self._costs.write_back()

    def read_values(self) -> None:
        """Copy the parameters to `weights`."""
        self._costs.read_values()

    def _cost(self, leaves: Sequence[Value]) -> Value:
        return self._with_all_parameters(self._recorder.record(leaves).cost)

    def _output(self, k: int, leaves: Sequence[Value]) -> Value:
        return self._with_all_parameters(self._recorder.outputs(leaves)[0][k])

    def _with_all_parameters(self, output: Value) -> Value:
        """Add 0·p for each parameter p that the output does not depend on.

        The programs of all branches then have the same parameters.
        """
        used = set(all_nodes(output))
        zeros = [0.0 * p for p in self._parameters if p not in used]
        return total([output, *zeros]) if zeros else output
