"""A program's function whose batch is divided among the devices of a JAX mesh.

Every device has all parameters and a part of the examples. JAX's own collectives add up the
gradients and collect the outputs. The devices may belong to several processes on several hosts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..examples import Examples
from ..instructions import Array
from .function import Function, import_engine


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

    A batch need not be divisible by the number of devices. It is filled up with copies of its first
    example, whose outputs are left out and whose adjoints are 0.

    Attributes:
        mesh: the mesh; the examples are divided along all of its axes.
        processes: how many processes the mesh has devices in.
    """

    def __init__(self, function: Function, mesh: Any, examples: Examples) -> None:
        self.mesh = mesh
        self._function, self._examples = function, examples
        self._jax = jax = import_engine("jax")
        devices = mesh.devices.ravel()
        self.processes = len({device.process_index for device in devices})
        self._here = sum(d.process_index == jax.process_index() for d in devices)
        spec, axes = jax.sharding.PartitionSpec, mesh.axis_names
        everywhere, one_row, rows = spec(), spec(axes), spec(None, axes)

        def step(parameters: Any, seed: Any, *columns: Any) -> tuple[Any, Any]:
            found = function.evaluate(parameters, columns, seed)
            numbers = [found.outputs[None], found.ok[None].astype(seed.dtype), *found.kept]
            stacked = jax.numpy.vstack(numbers)
            gathered = jax.lax.all_gather(stacked, axes, axis=1, tiled=True)
            return jax.lax.psum(found.gradients, axes), gathered

        self._places = [jax.sharding.NamedSharding(mesh, s) for s in (everywhere, one_row, rows)]
        given = (everywhere, one_row, *(rows for _ in function.groups))
        # check_vma cannot see that what all_gather returns is the same on all devices.
        divided = jax.shard_map(step, mesh=mesh, in_specs=given, out_specs=spec(), check_vma=False)
        self._step = jax.jit(divided)

    def __call__(self, parameters: Array, columns: Array) -> tuple[float, Array]:
        """Return the mean of the outputs and its gradient, shape (parameters,)."""
        found = self.evaluate(parameters, columns)
        return float(found.outputs.mean()), found.gradients

    def evaluate(
        self, parameters: Array, columns: Array, counts: Sequence[int] | None = None
    ) -> Gathered:
        """Return what a batch gives, the examples of the first process first.

        Args:
            parameters: shape (parameters,), the same in every process.
            columns: the examples of this process, shape (inputs, examples).
            counts: how many examples each process has in this batch. With one process it may be
                left out.

        `Program.example` gives the graph of any of this process's examples afterwards.
        """
        self._examples.columns = columns
        counts = [columns.shape[1]] if counts is None else counts
        with self._jax.enable_x64(parameters.dtype == np.float64):
            gradients, gathered = self._step(*self._arguments(parameters, columns, counts))
            rows = np.asarray(gathered.addressable_data(0))
            summed = np.array(gradients.addressable_data(0))
        capacity = rows.shape[1] // len(counts)
        real = np.concatenate([k * capacity + np.arange(n) for k, n in enumerate(counts)])
        outputs, ok, *kept = rows[:, real]
        return Gathered(outputs, np.array(kept), summed, ok > 0)

    def _arguments(self, parameters: Array, columns: Array, counts: Sequence[int]) -> list[Any]:
        """Return the parameters, the adjoints of the outputs and the columns as global arrays."""
        per_device = -(-max(counts) // self._here)
        capacity, count = per_device * self._here, columns.shape[1]
        if count < capacity:
            columns = columns[:, np.minimum(np.arange(capacity), max(count - 1, 0))]
        seed = np.where(np.arange(capacity) < count, 1.0 / sum(counts), 0.0)
        groups = self._function.split(columns)
        arrays = [parameters, seed.astype(parameters.dtype), *groups]
        places = [*self._places[:2], *(self._places[2] for _ in groups)]
        place = self._jax.make_array_from_process_local_data
        return [place(where, np.asarray(a)) for where, a in zip(places, arrays, strict=True)]

    def __repr__(self) -> str:
        return f"<function of jax over {self.mesh.devices.size} devices>"
