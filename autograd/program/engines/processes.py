"""Several processes, on one or several hosts, that compute one function together with JAX."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..instructions import Array
from .function import import_engine

_HEARTBEAT = 10  # seconds without a sign of life after which a process counts as lost
_START = 120  # seconds in which all processes must have started


class LostProcessError(RuntimeError):
    """Another process ended while this one waited for its numbers."""


def join_processes(coordinator: str, count: int, index: int) -> None:
    """Join `count` processes as number `index`, counted from 0. Call it before you use JAX.

    Every process calls this. Process 0 listens at the address `coordinator`, such as
    ``"127.0.0.1:9876"``. The others must be able to reach this address. Afterwards the devices of
    all processes are in ``jax.devices()``.

    Raises:
        ImportError: JAX is not installed.
        RuntimeError: the processes have not all joined within two minutes.
    """
    jax = import_engine("jax")
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(
        coordinator,
        count,
        index,
        initialization_timeout=_START,
        heartbeat_timeout_seconds=_HEARTBEAT,
        shutdown_timeout_seconds=_HEARTBEAT,
    )


def default_mesh() -> Any:
    """Return a mesh of all devices of all processes, with one axis, "examples"."""
    jax = import_engine("jax")
    return jax.make_mesh((jax.device_count(),), ("examples",))


def process_count(mesh: Any) -> int:
    """Return how many processes have devices of a mesh.

    Raises:
        TypeError: it is not a mesh.
    """
    if not isinstance(mesh, import_engine("jax").sharding.Mesh):
        raise TypeError(
            "mesh is a mesh of JAX devices, such as jax.make_mesh((2,), ('examples',)); "
            f"got {mesh!r}"
        )
    return len({device.process_index for device in mesh.devices.ravel()})


def process_index() -> int:
    """Return the number of this process, from 0."""
    return int(import_engine("jax").process_index())


def gather_arrays(array: Array, processes: int) -> list[Array]:
    """Return the arrays of all processes in order. They may differ in length."""
    if processes == 1:
        return [array]
    jax = import_engine("jax")
    from jax.experimental.multihost_utils import process_allgather

    with jax.enable_x64(True):  # otherwise JAX would convert float64 to float32
        lengths = np.asarray(process_allgather(np.array(len(array)))).tolist()
        padded = np.zeros((max(lengths), *array.shape[1:]), array.dtype)
        padded[: len(array)] = array
        gathered = np.asarray(process_allgather(padded))
    return [part[:n] for part, n in zip(gathered, lengths, strict=True)]
