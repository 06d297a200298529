"""A program's function whose batch is divided among the devices of a JAX mesh.

Every device has all parameters and a part of the examples. JAX's own collectives add up the
gradients and collect the outputs. The devices may belong to several processes on several hosts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..computation import wrong_columns
from ..examples import Examples
from ..instructions import Array
from .function import Function, import_engine
from .processes import LostProcessError, process_count, process_index

_SIZES = 8  # how many sizes a batch has among processes, because JAX compiles every new size again


class Gathered(NamedTuple):
    """The numbers of a whole batch, the same in every process.

    Attributes:
        outputs: the outputs, shape (batch,).
        kept: the numbers of the Values that `compile` was told to keep, shape (values, batch).
        gradients: the gradient of the mean output, shape (parameters,).
        ok: for each example whether it takes the recorded branch and all its numbers are finite.
    """

    outputs: Array
    kept: Array
    gradients: Array
    ok: Array


class Sharded:
    """A function (parameters, columns) → (mean output, parameter gradients) over a mesh.

    A batch need not be divisible by the number of devices. It is filled up with copies of its last
    example. Their outputs are left out, and their adjoints are 0.

    Attributes:
        mesh: the mesh; the examples are divided along all of its axes.
        processes: how many processes the mesh has devices in.
    """

    def __init__(self, function: Function, mesh: Any, examples: Examples) -> None:
        self.mesh = mesh
        self._function, self._examples = function, examples
        self._jax = jax = import_engine("jax")
        self.processes = process_count(mesh)
        owners = [device.process_index for device in mesh.devices.ravel()]
        self._here = owners.count(process_index())
        if owners != sorted(owners) or self._here * self.processes != len(owners):
            raise ValueError(
                "the devices of a mesh must be in the order of their processes, and every process "
                f"must have as many; these are of the processes {owners}"
            )
        spec, axes = jax.sharding.PartitionSpec, mesh.axis_names
        everywhere, one_row, rows = spec(), spec(axes), spec(None, axes)

        def gather(*rows: Any) -> Any:
            return jax.lax.all_gather(jax.numpy.vstack(rows), axes, axis=1, tiled=True)

        def step(parameters: list[Any], seed: Any, *columns: Any) -> tuple[Any, Any]:
            found = function.evaluate(parameters, columns, seed)
            ok = found.ok[None].astype(seed.dtype)
            gathered = gather(found.outputs[None], ok, *found.kept)
            return jax.lax.psum(found.gradients, axes), gathered

        def forward(parameters: list[Any], seed: Any, *columns: Any) -> Any:
            found = function.evaluate(parameters, columns, seed)
            return gather(found.outputs[None], *found.kept)

        computation = examples.computation
        recorded = [computation.graph.nodes[k].data for k in computation.input_nodes]
        self._recorded = np.array(recorded)[:, None]
        self._places = [jax.sharding.NamedSharding(mesh, s) for s in (everywhere, one_row, rows)]
        given = (everywhere, one_row, *(rows for _ in function.groups))
        # `check_vma` is off, because it does not know that all_gather returns the same on all
        # devices.
        self._step, self._forward = (
            jax.jit(jax.shard_map(f, mesh=mesh, in_specs=given, out_specs=spec(), check_vma=False))
            for f in (step, forward)
        )

    def __call__(self, parameters: Array, columns: Array) -> tuple[float, Array]:
        """Return the mean of the outputs and its gradient, shape (parameters,)."""
        found = self.evaluate(parameters, columns)
        return float(found.outputs.mean()), found.gradients

    def evaluate(
        self, parameters: Array, columns: Array, counts: Sequence[int] | None = None
    ) -> Gathered:
        """Return the numbers of a batch, ordered by process.

        Args:
            parameters: shape (parameters,), the same in every process.
            columns: the examples of this process, shape (inputs, examples).
            counts: how many examples each process has in this batch. With one process it may be
                left out.

        `Program.example` gives the graph of any of this process's examples afterwards.
        """
        *gradients, rows = self._run(self._step, parameters, columns, counts)
        outputs, ok, *kept = self._real(rows, columns, counts)
        joined = np.concatenate([gradient.ravel() for gradient in gradients])
        return Gathered(outputs, np.array(kept), joined, ok > 0)

    def forward(
        self, parameters: Array, columns: Array, counts: Sequence[int] | None = None
    ) -> tuple[Array, Array]:
        """Return the outputs and the kept numbers of a batch, without gradients."""
        (rows,) = self._run(self._forward, parameters, columns, counts)
        outputs, *kept = self._real(rows, columns, counts)
        return outputs, np.array(kept)

    def _run(
        self, work: Any, parameters: Array, columns: Array, counts: Sequence[int] | None
    ) -> list[Array]:
        """Run a compiled function and return its results, which are the same on all devices."""
        self._examples.columns = columns
        try:
            with self._jax.enable_x64(parameters.dtype == np.float64):
                results = work(*self._arguments(parameters, columns, counts))
                leaves = self._jax.tree.leaves(results)
                return [np.asarray(array.addressable_data(0)) for array in leaves]
        except self._jax.errors.JaxRuntimeError as error:
            if self.processes == 1:
                raise
            raise LostProcessError(
                f"another of the {self.processes} processes has ended, so that this one ends too "
                f"({str(error).splitlines()[0]:.200})"
            ) from None

    def _real(self, rows: Array, columns: Array, counts: Sequence[int] | None) -> Array:
        """Return the columns of `rows` that are real examples, without the copies."""
        counts = [columns.shape[1]] if counts is None else counts
        capacity = rows.shape[1] // len(counts)
        return rows[:, np.concatenate([k * capacity + np.arange(n) for k, n in enumerate(counts)])]

    def _capacity(self, counts: Sequence[int]) -> int:
        """Return how many examples each process takes, real ones and copies."""
        # −(−a // b) is a/b, rounded up.
        step = 1 if self.processes == 1 else -(-sum(counts) // _SIZES)
        rounded = -(-max(counts) // step) * step
        return -(-rounded // self._here) * self._here

    def _arguments(self, parameters: Array, columns: Array, counts: Sequence[int] | None) -> Any:
        """Return the parameters, the adjoints of the outputs and the columns as global arrays."""
        count = columns.shape[1]
        counts = [count] if counts is None else counts
        if not sum(counts):
            raise wrong_columns(columns.shape, len(self._recorded))
        capacity = self._capacity(counts)
        if not count:  # this process has no example in this batch
            columns = self._recorded.astype(parameters.dtype)
        if columns.shape[1] < capacity:
            columns = columns[:, np.minimum(np.arange(capacity), columns.shape[1] - 1)]
        seed = np.where(np.arange(capacity) < count, 1.0 / sum(counts), 0.0)
        groups = self._function.split(columns)
        parts = self._function.split_parameters(parameters)
        arrays = [parts, seed.astype(parameters.dtype), *groups]
        everywhere, one_row, rows = self._places
        places = [[everywhere] * len(parts), one_row, *(rows for _ in groups)]
        if self.processes == 1:  # `device_put` gives the same in half the time
            return self._jax.device_put(arrays, places)
        return self._jax.tree.map(self._jax.make_array_from_process_local_data, places, arrays)

    def __repr__(self) -> str:
        return f"<function of jax over {self.mesh.devices.size} devices>"
