"""The arrays a program works in, and its instructions bound to them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .emitter import SHARED
from .finiteness import watched
from .fuse import Term
from .instructions import Bound, Instruction, bind, bind_past_zeros
from .liveness import recycle
from .lower import Code, lower
from .schedule import Schedule, schedule

Array = NDArray[Any]
_WORKING = ("V", "G", "D", "T", "M", "GX")  # one column per example
_GIVEN = frozenset(["X"])  # the caller's own array, another one at each call
# What a call and a number cost, in nanoseconds, as measured: only the ratios matter.
_CALL, _NUMBER = 330.0, 0.3
_DEAR_CALL = {"take": 1950.0, "scatter_add": 4000.0}
_DEAR_NUMBER = {"scatter_add": 1.5}
_FEWEST_CALLS = 3  # per number of its own, forward and backward
_CACHE = 4 << 20  # bytes that the rows of one chunk should fit in
_SHORTEST, _LONGEST = 1024, 16384  # examples in a chunk


class Plan:
    """One way to run the terms: its schedule, its code, and the arrays that all examples share."""

    def __init__(
        self,
        terms: Sequence[Term],
        inputs: Sequence[int | None],
        wanted: frozenset[int],
        grouped: bool,
    ) -> None:
        self.grouped = grouped
        self.schedule: Schedule = schedule(terms, inputs, grouped=grouped)
        self.code: Code = lower(self.schedule, wanted)
        self.output_row = self.schedule.places[len(terms) - 1].row
        self.shared: dict[str, Array] = {}
        recycled = recycle(self.code.backward, "G", held=[self.output_row])
        self.code.backward, row, self.code.rows["G"] = recycled
        self.seed_row = row[self.output_row]
        self.calls = len(self.code.forward) + len(self.code.backward)
        self._price = self._priced()
        self.pool: dict[str, Array] = {}
        self.watched = watched(self.code)

    @property
    def rows_per_example(self) -> int:
        """How many numbers, not counting the caller's inputs, are held for each example."""
        return sum(self.rows_of(array) for array in ("V", "G", "D", "T"))

    def _priced(self) -> tuple[float, float]:
        """Return what forward and backward cost per chunk, and per example, in nanoseconds."""
        chunk = example = 0.0
        for instruction in (*self.code.forward, *self.code.backward):
            chunk += _DEAR_CALL.get(instruction.function, _CALL)
            if instruction.out.array not in SHARED:
                example += _size(instruction) * _DEAR_NUMBER.get(instruction.function, _NUMBER)
        return chunk, example

    def cost(self, batch: int, itemsize: int) -> float:
        """Return the modelled time of forward and backward: prices of calls and of numbers."""
        per_chunk, per_example = self._price
        return per_chunk * ceil(batch / self.chunk(itemsize)) + per_example * batch

    def may_be_beaten(self, batch: int, itemsize: int) -> bool:
        """Whether a call for each number might be faster than these groups: worth a closer look."""
        calls = _FEWEST_CALLS * sum(
            len(call.members) for call in self.schedule.calls if call.varies
        )
        return calls * _CALL < self.cost(batch, itemsize)

    def chunk(self, itemsize: int) -> int:
        """Return how many examples to run at once, from the program's bytes per example."""
        fitting = _CACHE // max(1, self.rows_per_example * itemsize)
        return min(max(fitting, _SHORTEST), _LONGEST)

    def allocate_shared(self, given: dict[str, Array], dtype: np.dtype[Any]) -> None:
        """Make the arrays that hold one number for all examples; F and its adjoint are given."""
        self.shared = dict(given)
        for array in SHARED - given.keys():
            self.shared[array] = np.zeros((self.rows_of(array), 1), _kind(array, dtype))
        self.prepare = [bind(i, self.shared) for i in self.code.prepare]
        self.finish = [bind(i, self.shared) for i in self.code.finish]

    def working(self, array: str, batch: int, dtype: np.dtype[Any]) -> Array:
        """Return a working array for so many examples: the same memory for every batch size."""
        size = self.rows_of(array) * batch
        if array not in self.pool or self.pool[array].size < size:
            self.pool[array] = np.zeros(size, _kind(array, dtype))
        return self.pool[array][:size].reshape(-1, batch)

    def rows_of(self, array: str) -> int:
        """Return how many rows an array has; none for an adjoint that nobody asks for."""
        if array == "GX":
            asked = any(i.out.array == "GX" for i in self.code.backward)
            return self.code.rows["X"] if asked else 0
        return self.code.rows.get(array, 0)


def _kind(array: str, dtype: np.dtype[Any]) -> Any:
    return np.bool_ if array in ("M", "N") else dtype


def _size(instruction: Instruction) -> int:
    """Return how many numbers per example an instruction writes."""
    if instruction.function == "scatter_add":
        rows = instruction.operands[1]
        return len(rows) if isinstance(rows, tuple) else 0
    return len(instruction.out)


class Workspace:
    """A plan's arrays for one batch size, reused from call to call."""

    def __init__(self, plan: Plan, batch: int, dtype: np.dtype[Any]) -> None:
        self.arrays = dict(plan.shared)
        for array in _WORKING:
            self.arrays[array] = plan.working(array, batch, dtype)
        self.plan = plan
        self._bound: dict[str, list[Bound | None]] = {}
        self._open: dict[str, list[tuple[int, Instruction]]] = {}
        for name in ("forward", "backward"):
            code: list[Instruction] = getattr(plan.code, name)
            self._open[name] = [(k, i) for k, i in enumerate(code) if i.uses(_GIVEN)]
            self._bound[name] = [None if i.uses(_GIVEN) else bind(i, self.arrays) for i in code]

    def is_stale(self) -> bool:
        """Whether the plan's memory has grown since, so that these are views of what it was."""
        return any(self.arrays[a].base is not self.plan.pool[a] for a in _WORKING)

    def forward(self, columns: Array) -> None:
        """Run the examples forward; the columns are used where they lie."""
        if self.arrays.get("X") is not columns:
            self._take(columns)
        run(self._bound["forward"])

    def _take(self, columns: Array) -> None:
        self.arrays["X"] = columns
        for name, instructions in self._open.items():
            for k, instruction in instructions:
                self._bound[name][k] = bind(instruction, self.arrays)
        self._watched = [rows.of(self.arrays).ravel() for rows in self.plan.watched]

    def shows_finite(self) -> bool:
        """Whether all inputs and weights of the last `forward` were finite."""
        return all(map(are_finite, self._watched))

    def backward(self, seed: float) -> None:
        """Run the examples of the last `forward` backward, from ∂/∂output = seed."""
        self.arrays["G"][self.plan.seed_row] = seed
        run(self._bound["backward"])

    def backward_past_zeros(self, seed: float) -> None:
        """Do the same more slowly, so that an adjoint of 0 passes back 0 whatever the slope is."""
        self.arrays["G"][self.plan.seed_row] = seed
        for instruction in self.plan.code.backward:
            bind_past_zeros(instruction, self.arrays)()


def are_finite(numbers: Array) -> bool:
    """Whether all numbers of a vector are finite: by one quick product, then by asking each."""
    # Squares may leave the range of floats; unlike np.dot, np.vdot does not look at that.
    return isfinite(np.vdot(numbers, numbers)) or bool(np.isfinite(numbers).all())


def run(bound: Sequence[Bound | None]) -> None:
    """Carry out bound instructions in order."""
    for call in bound:
        call()  # type: ignore[misc]  # all are bound by now
