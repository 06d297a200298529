"""A function with branches as programs over a batch: one for each branch that an example takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..engine.kept_guards import own_guards
from ..engine.number import real_number
from ..engine.value import Value
from ..graph.graph import Graph
from .computation import read_computation
from .instructions import Array
from .program import Program, Reduction
from .recorded_result import compared_leaves, last_node
from .rerecording import ADVICE, Rerecording, other_numbers, sample, sample_size
from .weights import Weights

_MOST = 64  # the largest number of branches; with more, `where` or `maximum` is the better choice

Function = Callable[[list[Value]], Any]


class BranchingProgram(Weights):
    """A function of one example as programs over a batch. `compile` returns it.

    The function is recorded for an example that takes a branch which no program has yet. All
    examples of a batch that take the same branch are computed together.

    Attributes:
        programs: the programs, one for each branch so far.
        parameters: the Values that the function uses besides its inputs, in the order of `weights`
            and `gradients`. More may be added when another branch is recorded.
        weights: the parameters' numbers in one array, shape (parameters,). Change it in place. The
            Values keep their data until `write_back`.
        outputs: the outputs of the last batch, shape (batch,).
        gradients: the gradients of the last `value_and_grad`.
    """

    def __init__(self, function: Function, example: Sequence[float], dtype: DTypeLike) -> None:
        if not len(example):
            raise ValueError("compile: give the function and the numbers of one example")
        self._function = function
        self._dtype = np.dtype(dtype)
        self._count = len(example)
        self.programs: list[Program] = []
        self._recordings: dict[Program, Rerecording] = {}
        self._checks: dict[Program, int] = {}
        self.parameters = []
        self.weights = np.empty(0, self._dtype)
        self.gradients = np.empty(0, self._dtype)
        self.outputs: Array = np.empty(0, self._dtype)
        self._groups: list[tuple[Program, Array]] = []
        self._add(np.array([real_number(x) for x in example]))

    # --- running ----------------------------------------------------------------------------------

    def forward(self, columns: ArrayLike) -> Array:
        """Return the outputs, shape (batch,), for columns of shape (inputs, batch).

        Raises:
            ValueError: the columns are of another shape, the examples take more than 64 branches,
                or the function reads numbers outside of the graph, as by `.data`.
            ArithmeticError: the function raises this error for an example.
        """
        given = self._begin(columns)
        for program, members in self._groups:
            self.outputs[members] = program.forward(given[:, members])
        return self.outputs

    def value_and_grad(
        self, columns: ArrayLike, reduction: Reduction = "mean", *, copy: bool = True
    ) -> tuple[float, Array]:
        """Return the mean, or the sum, of the outputs and its gradient, shape (parameters,).

        With ``copy=False`` the gradient is the array `gradients` itself.

        Raises:
            ValueError, ArithmeticError: the errors of `Program.value_and_grad`, or the examples
                take more than 64 branches.
        """
        if reduction not in ("mean", "sum"):
            raise ValueError(f"reduction is 'mean' or 'sum'; got {reduction!r}")
        given, value = self._begin(columns), 0.0
        gradients = np.zeros(len(self.parameters), self._dtype)
        for program, members in self._groups:
            scale = len(members) / given.shape[1] if reduction == "mean" else 1.0
            if program.parameters:
                part, slopes = program.value_and_grad(given[:, members], reduction, copy=False)
                gradients[self._places(program)] += scale * slopes
            else:
                part = float(getattr(program.forward(given[:, members]), reduction)())
            self.outputs[members] = program.outputs
            value += scale * part
        self.gradients, self._has_gradients = gradients, True
        return value, gradients.copy() if copy else gradients

    def input_gradients(self, columns: ArrayLike) -> Array:
        """Return ∂output/∂input for every input and example, shape (inputs, batch).

        Raises:
            ValueError, ArithmeticError: the errors of `Program.input_gradients`, or the examples
                take more than 64 branches.
        """
        given = self._begin(columns)
        found = np.empty(given.shape, self._dtype)
        for program, members in self._groups:
            found[:, members] = program.input_gradients(given[:, members])
            self.outputs[members] = program.outputs
        return found

    def example(self, k: int) -> Graph:
        """Return the full scalar graph of example k of the last batch.

        Raises:
            ValueError: `forward` has not been called.
            IndexError: there is no example k.
        """
        if not self._groups:
            raise ValueError("there is no example yet: call forward(columns) first")
        batch = len(self.outputs)
        if not -batch <= k < batch:
            raise IndexError(f"there is no example {k}; the batch has {batch}")
        for program, members in self._groups:
            place = np.flatnonzero(members == k % batch)
            if len(place):
                return program.example(int(place[0]))
        raise AssertionError("every example is in a group")

    @property
    def nbytes(self) -> int:
        """The size of all arrays in bytes."""
        return sum(program.nbytes for program in self.programs)

    def __repr__(self) -> str:
        name = getattr(self._function, "__name__", type(self._function).__name__)
        return (
            f"<BranchingProgram of {name}, {len(self.programs)} branches so far; "
            f"{self._count:,} inputs, {len(self.parameters):,} parameters, {self._dtype}>"
        )

    # --- branches ---------------------------------------------------------------------------------

    def _begin(self, columns: ArrayLike) -> Array:
        """Divide the examples of a batch among the programs and return the columns."""
        given = self.programs[0].check_columns(columns)
        batch = given.shape[1]
        groups: list[tuple[Program, Array]] = []
        pending = np.arange(batch)
        for program in self.programs:
            pending = self._take(program, given, pending, groups)
        while len(pending):
            program = self._record_example(given, int(pending[0]))
            pending = self._take(program, given, pending, groups, at_least=1)
        for program, members in groups:
            self._check_repeats(program, given, members)
        self._groups = groups
        self.outputs = np.empty(batch, self._dtype)
        return given

    def _take(
        self,
        program: Program,
        given: Array,
        pending: Array,
        groups: list[tuple[Program, Array]],
        at_least: int = 0,
    ) -> Array:
        """Give a program the pending examples that take its branch, and return the others.

        The program takes the first `at_least` examples in any case, because it was recorded for
        them. In float32, rounding may change the outcome of a comparison.
        """
        if not len(pending):
            return pending
        program.weights[:] = self.weights[self._places(program)]
        holds = program.holds(given[:, pending])
        holds[:at_least] = True
        if holds.any():
            members = program.examples.numbering = pending[holds]
            groups.append((program, members))
        return pending[~holds]

    def _record_example(self, given: Array, k: int) -> Program:
        if len(self.programs) >= _MOST:
            raise ValueError(
                f"compile: these examples take more than {_MOST} branches of the function. Write "
                "its choices with where, maximum or minimum, which are recorded as operations"
            )
        try:
            return self._add(given[:, k])
        except (ArithmeticError, ValueError) as error:
            raise type(error)(f"example {k}: {error}") from None

    def _add(self, column: Array) -> Program:
        """Record the function for an example and return its program."""
        with self._recording(column) as (leaves, output):
            # The guards are ignored, because `_begin` has already divided the examples by them.
            computation = read_computation(output, leaves, compared=compared_leaves())
            program = Program(computation, self._dtype, "ignore")
            known = set(self.parameters)
            added = [p for p in program.parameters if p not in known]
            numbers = np.array([p.data for p in added], self._dtype)
        self.parameters += added
        self.weights = np.concatenate([self.weights, numbers])
        self.programs.append(program)
        self._recordings[program] = Rerecording(output, leaves)
        self._checks[program] = sample_size(len(program.graph.nodes))
        return program

    def _check_repeats(self, program: Program, given: Array, members: Array) -> None:
        """Record the function again for some examples of a branch, and refuse other graphs.

        Each batch uses half of the remaining checks, because later batches may have other weights.
        """
        count = (self._checks[program] + 1) // 2
        self._checks[program] -= count
        for place in sample(given[:, members], count) if count else ():
            k = int(members[place])
            found = self._difference(program, given[:, k])
            if found:
                raise ValueError(
                    f"the function reads numbers outside of the graph: for example {k}, "
                    f"{found}. One recording is used for all examples that take the same branch. "
                    + ADVICE
                )

    def _difference(self, program: Program, column: Array) -> str:
        """Return how the function's graph for an example differs from the program's, or ""."""
        try:
            with self._recording(column) as (leaves, output):
                found = self._recordings[program].difference(output, leaves)
        except (ArithmeticError, ValueError) as error:
            # If the recording has no result either, the program raises its own error.
            with suppress(ArithmeticError, ValueError):
                (result,) = program.forward(column[:, None])
                return f"the function raises {error!r}, and its recording gives {result:g}"
            return ""
        # In float32, rounding may change the outcome of a comparison. The graphs then differ.
        return "" if found and program.examples.takes_other_branch(column) else found

    @contextmanager
    def _recording(self, column: Array) -> Iterator[tuple[list[Value], Value]]:
        """Record the function for an example, with guards of its own inside a ``with`` block."""
        with other_numbers(self.parameters, self.weights.tolist()), own_guards():
            leaves = [Value(x, f"x{i}") for i, x in enumerate(column.tolist(), start=1)]
            yield leaves, last_node(self._function(list(leaves)))

    def _places(self, program: Program) -> list[int]:
        place = {parameter: k for k, parameter in enumerate(self.parameters)}
        return [place[parameter] for parameter in program.parameters]
