"""A compiled model whose mini-batches are divided among the devices of a JAX mesh."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.program.engines.processes import default_mesh, process_count, process_index
from autograd.program.engines.sharded import Gathered
from autograd.program.program import Program

from ..arrays import Array
from ..data.batches import Data, Indices
from ..losses import Loss
from ..module import Module
from .batched import Compiled
from .shares import Division, Share


def compile_sharded(
    model: Module,
    loss: Loss,
    data: Data,
    validation: Data | None,
    mesh: Any,
    weight_decay: float,
    *,
    is_weighted: bool,
) -> ShardedCompiled:
    """Return a compiled model for the examples of all processes.

    `data` and `validation` are the examples of this process.

    Raises:
        ImportError: JAX is not installed.
        ValueError: the model compares Values, or the processes have targets of different types.
    """
    mesh = default_mesh() if mesh is None else mesh
    parts = [data] if validation is None else [data, validation]
    shares = [Share(part, process_count(mesh), process_index()) for part in parts]
    return ShardedCompiled(model, loss, shares, mesh, weight_decay, is_weighted=is_weighted)


class ShardedCompiled(Compiled):
    """A model and its loss over a mesh. The numbers are those of `Compiled`.

    Attributes:
        shares: the examples of this process, for the training data and the validation data.
    """

    def __init__(
        self,
        model: Module,
        loss: Loss,
        shares: list[Share],
        mesh: Any,
        weight_decay: float,
        *,
        is_weighted: bool,
    ) -> None:
        local = shares[0].local
        super().__init__(
            model, loss, local, weight_decay, is_weighted=is_weighted, is_training=True
        )
        if not isinstance(self.program, Program):
            raise ValueError(
                'engine="jax" needs one recording for all examples, but the model or the loss '
                "chooses by comparing Values. Write the choice with where, maximum or minimum, or "
                "train on NumPy"
            )
        self.function = self.program.function("jax", mesh)
        self.shares = shares
        self.is_first = process_index() == 0

    def costs(
        self, data: Data, indices: Indices | slice, extra: Array | None = None
    ) -> NDArray[Any]:
        """Return the costs of these examples, shape (examples,)."""
        division, columns = self._divide(data, indices, extra)
        outputs, kept = self.function.forward(self.program.weights, columns, division.counts)
        self._keep(outputs, kept, division)
        if not np.isfinite(outputs).all():
            self._explain(columns, division, np.isfinite(self.program.outputs))
        return self._decayed_costs()

    def costs_and_gradient(
        self, data: Data, indices: Indices | slice, extra: Array | None = None
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the costs of these examples and the gradient of their mean."""
        division, columns = self._divide(data, indices, extra)
        weights = self.program.weights
        gathered: Gathered = self.function.evaluate(weights, columns, division.counts)
        self._keep(gathered.outputs, gathered.kept, division)
        gradient = gathered.gradients
        if not (gathered.ok.all() and np.isfinite(gradient).all()):
            ok = np.empty_like(gathered.ok)
            ok[division.order] = gathered.ok
            self._explain(columns, division, ok)
        return self._decayed_costs(), self._decayed_gradient(gradient)

    def _divide(
        self, data: Data, indices: Indices | slice, extra: Array | None
    ) -> tuple[Division, Array]:
        """Return which process has which example, and the columns of this process."""
        share = next(share for share in self.shares if share.whole is data)
        division = share.divide(indices)
        extra = None if extra is None else extra[:, division.own]
        return division, self._columns_of(share.local, division.examples, extra)

    def _keep(self, outputs: Array, kept: Array, division: Division) -> None:
        """Give the program the numbers of the whole mini-batch, in its order."""
        assert isinstance(self.program, Program)
        self.program.outputs, self.program.kept = np.empty_like(outputs), np.empty_like(kept)
        self.program.outputs[division.order] = outputs
        self.program.kept[:, division.order] = kept

    def _explain(self, columns: Array, division: Division, ok: NDArray[np.bool_]) -> None:
        """Raise NumPy's error for an example of this process, or name another process."""
        assert isinstance(self.program, Program)
        examples, outputs = self.program.examples, (self.program.outputs, self.program.kept)
        examples.numbering = division.own
        try:
            if columns.shape[1]:
                self.program.value_and_grad(columns)
        finally:
            examples.numbering = None
        self.program.outputs, self.program.kept = outputs
        if ok.all():
            raise OverflowError("a gradient overflows when it is summed over the mini-batch")
        k = int(np.argmin(ok))
        position = np.flatnonzero(division.order == k)[0]  # among all examples, by process
        owner = int(np.searchsorted(np.cumsum(division.counts), position, "right"))
        raise OverflowError(
            f"example {k} of the mini-batch has no finite result; the error of process {owner}, "
            "which has the example, says where"
        )
