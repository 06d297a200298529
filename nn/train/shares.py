"""Which process has which examples, when several processes train one model."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import numpy as np

from autograd.program.engines.processes import gather_arrays

from ..data.batches import Data, Indices


class Division(NamedTuple):
    """A mini-batch, divided among the processes. Each process computes the examples that it has.

    Attributes:
        counts: how many examples of the mini-batch each process has.
        order: the indices in the mini-batch, ordered by process.
        own: the indices in the mini-batch of this process's examples.
        examples: the indices of the same examples in `Share.local`.
    """

    counts: list[int]
    order: Indices
    own: Indices
    examples: Indices


class Share:
    """The examples of this process, and the targets of all processes.

    Attributes:
        local: the examples of this process.
        whole: the targets of all processes' examples. With one process, it is `local`.
    """

    def __init__(self, local: Data, processes: int = 1, index: int = 0) -> None:
        self.local, self._index = local, index
        # Processes exchange only numbers, so they compare a checksum of the type of their targets.
        checksum = crc32(repr(local.targets).encode())
        checksums = gather_arrays(np.array([checksum]), processes)
        if len({int(array[0]) for array in checksums}) > 1:
            raise ValueError(
                f"the targets of this process are {local.targets}, and another process has targets "
                'of another type. Say in every process what they mean: Data(x, y, "classes")'
            )
        targets = gather_arrays(local.y, processes)
        self._ends = np.cumsum([len(y) for y in targets])
        self.whole = local if processes == 1 else local.with_targets_only(np.concatenate(targets))

    def divide(self, indices: Indices | slice) -> Division:
        """Return which process has which of the examples with these indices in `whole`."""
        if isinstance(indices, slice):
            indices = np.arange(*indices.indices(len(self.whole)))
        owner = np.searchsorted(self._ends, indices, side="right")
        own = np.flatnonzero(owner == self._index)
        start = self._ends[self._index] - len(self.local)
        counts = np.bincount(owner, minlength=len(self._ends)).tolist()
        return Division(counts, np.argsort(owner, kind="stable"), own, indices[own] - start)


def share_bounds(examples: int, index: int, count: int) -> slice:
    """Return which of the examples process `index` of `count` should have.

    >>> [share_bounds(10, index, 3) for index in range(3)]
    [slice(0, 4, None), slice(4, 7, None), slice(7, 10, None)]
    """
    size, rest = divmod(examples, count)
    start = index * size + min(index, rest)
    return slice(start, start + size + (index < rest))
