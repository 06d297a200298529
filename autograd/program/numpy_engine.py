"""The NumPy engine, which runs a plan in memory that is allocated once and used again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from math import isfinite
from operator import length_hint
from typing import Any, Literal

import numpy as np

from .binding import Bound, Views, bind, bind_past_zeros
from .finiteness import covering_rows, report_overflow
from .instructions import MASKS, SHARED, Array, Grid, Instruction, Rows
from .liveness import recycle
from .plan import Fallback, Plan
from .planner import chunk_size

Section = Literal["forward", "backward"]
_WORKING = ("values", "adjoints", "slopes", "scratch", "masks", "input_adjoints")


class Engine:
    """One plan with the arrays that its examples share, and memory for the other arrays.

    Attributes:
        plan: the plan.
        shared: the arrays with one column.
        watched: rows that are finite only if the output, all inputs and parameters are.
        reports_overflow: whether `backward` raises an error if a result is not finite.
        pool: for each array with one column per example, the memory of the largest batch so far.
    """

    def __init__(self, plan: Plan, given: dict[str, Array], dtype: np.dtype[Any]) -> None:
        self.plan = plan
        self.dtype = dtype
        output = plan.roots[0].row
        recycled = recycle(plan.backward, "adjoints", held=[output])
        self.backward, moved, adjoints = recycled
        self.seed_row = moved[output]
        self.rows = {**plan.rows, "adjoints": adjoints}
        self.rows["input_adjoints"] = plan.rows["inputs"] if plan.has_input_gradients else 0
        self.watched = covering_rows(plan.forward, plan.rows, plan.roots[:1])
        self.reports_overflow = report_overflow(self.backward)
        self.pool: dict[str, Array] = {}
        self.shared = dict(given)
        for array in SHARED - given.keys():
            self.shared[array] = np.zeros((self.rows.get(array, 0), 1), self.kind(array))
        views = Views(self.shared)
        self.prepare = [bind(i, views) for i in plan.prepare]
        # The slower calls of `bind_past_zeros` cost little here, because these instructions run
        # once for a batch, on single columns.
        self.finish = [bind_past_zeros(i, views) for i in plan.finish]

    @property
    def rows_per_example(self) -> int:
        """How many numbers are held for each example, without the caller's inputs."""
        return sum(self.rows.get(a, 0) for a in ("values", "adjoints", "slopes", "scratch"))

    def chunk(self) -> int:
        """Return how many examples to run at once."""
        heights = [i.out.height for i in (*self.plan.forward, *self.backward)]
        height = sum(heights) / max(1, len(heights))
        rows = self.rows_per_example + self.plan.rows["inputs"]
        return chunk_size(rows, self.dtype.itemsize, max(1.0, height))

    def kind(self, array: str) -> Any:
        """Return the type of an array's elements."""
        return bool if array in MASKS else self.dtype

    def working(self, array: str, batch: int) -> Array:
        """Return an array for `batch` examples. All batch sizes use the same memory."""
        rows = self.rows.get(array, 0)
        size = rows * batch
        if array not in self.pool or self.pool[array].size < size:
            self.pool[array] = np.zeros(size, self.kind(array))
        return self.pool[array][:size].reshape(rows, batch)


class Workspace:
    """An engine's arrays for one batch size, with the instructions bound to them.

    Attributes:
        engine: the engine.
        batch: how many examples there are.
        is_known_finite: whether the last forward pass raised no error.
        arrays: the arrays by name.
        roots: the rows of `Plan.roots`, after `forward`.
    """

    def __init__(self, engine: Engine, batch: int) -> None:
        self.engine, self.batch = engine, batch
        self.is_known_finite = False
        self.arrays = dict(engine.shared)
        for array in _WORKING:
            self.arrays[array] = engine.working(array, batch)
        self._views = Views(self.arrays)
        self.forward_calls = self._bind(engine.plan.forward)
        self.backward_calls = self._bind(engine.backward)
        self._root_rows = [Rows(array, row, row + 1) for array, row in engine.plan.roots]
        self.roots: list[Array] = []
        # The instructions that read the caller's columns are bound again for every new array.
        self._rebound = [
            (calls, [(k, i) for k, i in enumerate(code) if calls[k] is None])
            for calls, code in (
                (self.forward_calls, engine.plan.forward),
                (self.backward_calls, engine.backward),
            )
        ]

    @cached_property
    def _input_rows(self) -> list[Rows | Grid]:
        """The rows of the caller's columns that instructions read."""
        read = [o for _, rebound in self._rebound for _, i in rebound for o in (*i.operands, i.out)]
        read += self._root_rows
        return list({o for o in read if isinstance(o, Rows | Grid) and o.array == "inputs"})

    def _bind(self, instructions: Sequence[Instruction]) -> list[Bound | None]:
        """Return the bound instructions, and None for those that read the caller's columns."""
        calls: list[Bound | None] = []
        for instruction in instructions:
            try:
                calls.append(bind(instruction, self._views))
            except KeyError:  # the array "inputs" is not there yet
                calls.append(None)
        return calls

    def is_stale(self) -> bool:
        """Whether the engine's memory has grown. The arrays are then views of the former memory."""
        return any(self.arrays[a].base is not self.engine.pool[a] for a in _WORKING)

    def forward(self, columns: Array) -> None:
        """Run the examples forward. The columns are read in place."""
        if self.arrays.get("inputs") is not columns:
            self._read(columns)
        self.is_known_finite = False
        run(self.engine.prepare)
        self._run("forward", self.forward_calls)
        self.is_known_finite = True

    def forward_in_stable_form(self) -> None:
        """Repeat the forward pass more slowly, with all formulas in stable form."""
        run(self.engine.prepare)
        for instruction in self._in_stable_form("forward"):
            bind(instruction, self._views)()

    def _read(self, columns: Array) -> None:
        self.arrays["inputs"] = columns
        for rows in self._input_rows:
            self._views.pop(rows, None)
        for calls, instructions in self._rebound:
            for k, instruction in instructions:
                calls[k] = bind(instruction, self._views)
        self._watched = [rows.of(self.arrays).ravel() for rows in self.engine.watched]
        self.roots = [self._views[rows][0] for rows in self._root_rows]

    def watched_are_finite(self) -> bool:
        """Whether all watched rows are finite. Then the output, inputs and weights are finite."""
        return all(map(are_finite, self._watched))

    def backward(self, seed: float) -> None:
        """Run the examples of the last `forward` backward, from ∂/∂output = seed."""
        self.arrays["adjoints"][self.engine.seed_row] = seed
        self._run("backward", self.backward_calls)

    def backward_past_zeros(self, seed: float) -> None:
        """Run the backward pass more slowly, so that an adjoint of 0 always passes back 0."""
        self.arrays["adjoints"][self.engine.seed_row] = seed
        for instruction in self._in_stable_form("backward"):
            bind_past_zeros(instruction, self._views)()

    def _run(self, section: Section, calls: Sequence[Bound | None]) -> None:
        """Run a section. If an instruction overflows in quick form, run its fallback."""
        start, fallbacks = 0, self.engine.plan.fallbacks[section]
        while True:
            rest = iter(calls[start:] if start else calls)
            try:
                for call in rest:
                    call()  # type: ignore[misc]  # all are bound by now
                return
            except FloatingPointError:
                # The iterator has not reached the calls after the one that failed.
                failed = len(calls) - length_hint(rest) - 1
                k = bisect_right(fallbacks, failed, key=lambda fallback: fallback.start) - 1
                if k < 0 or failed >= fallbacks[k].stop:
                    raise
            self._follow(fallbacks[k])
            start = fallbacks[k].stop

    def _follow(self, fallback: Fallback) -> None:
        """Run the instructions of a fallback."""
        if fallback.is_limit:
            self.is_known_finite = False
        with np.errstate(all="ignore" if fallback.is_limit else "raise", under="ignore"):
            for instruction in fallback.instructions():
                bind(instruction, self._views)()

    def _in_stable_form(self, section: Section) -> Iterator[Instruction]:
        """Yield the instructions of a section, with fallbacks in place of quick forms."""
        code = self.engine.plan.forward if section == "forward" else self.engine.backward
        start = 0
        for fallback in self.engine.plan.fallbacks[section]:
            yield from code[start : fallback.start]
            yield from fallback.instructions()
            start = fallback.stop
        yield from code[start:]


def are_finite(numbers: Array) -> bool:
    """Whether all numbers of a vector are finite."""
    # One quick product usually decides. Its squares may overflow, in which case each number is
    # tested. Unlike np.dot, np.vdot does not warn of an overflow.
    return isfinite(np.vdot(numbers, numbers)) or bool(np.isfinite(numbers).all())


def run(calls: Sequence[Bound | None]) -> None:
    """Run bound instructions in order."""
    for call in calls:
        call()  # type: ignore[misc]  # all are bound by now
