"""The examples of a batch one by one: their graphs, their names, and why one of them fails."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from ..engine.ops import CONSTANT
from ..graph.graph import Graph
from ..graph.guards import Guard
from ..graph.subgraph import find_ancestors
from .computation import Computation
from .instructions import Array
from .replay import replay, violated_guard

GuardMode = Literal["raise", "warn", "ignore"]


class Examples:
    """The examples of a program's last batch.

    Attributes:
        computation: what the program computes. Its labels name inputs and parameters in messages.
        graph: the graph that was compiled.
        weights: the parameters' numbers.
        mode: what happens to an example that would take another branch than the recorded one.
        columns: the inputs of the last batch, None before the first one.
        numbering: the numbers of the examples in messages, or None for 0, 1, 2, …
    """

    def __init__(self, computation: Computation, weights: Array, mode: GuardMode) -> None:
        self.computation = computation
        self.graph = computation.graph
        self.weights = weights
        self.mode = mode
        self.columns: Array | None = None
        self.numbering: Array | None = None

    def columns_of(self, part: slice) -> Array:
        """Return the columns of a part of the batch.

        For the whole batch, it is the same array object, so that no workspace has to bind its calls
        again.
        """
        assert self.columns is not None
        is_whole = part == slice(0, self.columns.shape[1])
        return self.columns if is_whole else self.columns[:, part]

    def leaves(self, k: int) -> dict[int, float]:
        """Return the data of the graph's leaves for one example, by node."""
        assert self.columns is not None
        return self._leaves_of(self.columns[:, k])

    def _leaves_of(self, column: Array) -> dict[int, float]:
        given = zip(self.computation.input_nodes, column.tolist(), strict=True)
        learned = zip(self.computation.parameter_nodes, self.weights.tolist(), strict=True)
        return dict([*given, *learned])

    def takes_other_branch(self, column: Array) -> bool:
        """Return whether an example violates a guard, computed with Python's floats."""
        return violated_guard(self.graph, self._leaves_of(column)) is not None

    def replay(self, k: int) -> Graph:
        """Return the graph of example k, or raise an error that says why there is none."""
        if self.columns is None:
            raise ValueError("there is no example yet: call forward(columns) first")
        batch = self.columns.shape[1]
        if not isinstance(k, int | np.integer):
            raise TypeError(f"an example is given by its place in the batch, such as 0; got {k!r}")
        if not -batch <= k < batch:
            raise IndexError(f"there is no example {k}; the batch has {batch}")
        leaves = self.leaves(k)
        guard = violated_guard(self.graph, leaves)
        if guard is not None:
            self._report(guard, k % batch)
        return replay(self.graph, leaves)

    # --- refusing ---------------------------------------------------------------------------------

    def check_guards(self, numbers: Mapping[int, Array], part: slice) -> None:
        """Refuse, or warn of, an example that would take another branch than the recorded one.

        `numbers` maps each node that a guard compares to its numbers for this part of the batch.
        """
        if self.mode == "ignore":
            return
        holds = self.evaluate_guards(numbers, part)
        if holds.all():
            return
        k = int(np.argmin(holds))
        # A number that does not vary by example has a row of length 1.
        column = {node: row[k if len(row) > 1 else 0] for node, row in numbers.items()}
        with np.errstate(all="ignore"):
            guard = next(guard for guard in self.graph.guards if not guard.holds(column))
        self._report(guard, part.start + k)

    def evaluate_guards(self, numbers: Mapping[int, Array], part: slice) -> Array:
        """Return for each example of this part whether all guards hold."""
        holds = np.ones(part.stop - part.start, bool)
        with np.errstate(all="ignore"):  # the bound of a guard may be beyond float32
            for guard in self.graph.guards:
                holds &= guard.holds(numbers)
        return holds

    def _report(self, guard: Guard, k: int) -> None:
        message = f"{self.name(k)}: {guard.explain()}{self._explain_constants(guard)}"
        if self.mode == "raise":
            raise ValueError(message)
        if self.mode == "warn":
            warnings.warn(message, stacklevel=_caller_level())

    def _explain_constants(self, guard: Guard) -> str:
        """Return a sentence about leaves that a guard compares and that are not inputs, or ""."""
        nodes = self.graph.nodes
        compared = sorted(find_ancestors(nodes, guard.operands) - self.graph.needed)
        leaves = [nodes[k] for k in compared if nodes[k].op is CONSTANT and nodes[k].label]
        if not leaves:
            return ""
        facts = ", ".join(f"{leaf.label} = {leaf.data:g}" for leaf in leaves)
        return (
            f". Every example is compared with {facts}. If one of these varies by example, name it "
            "in inputs=…"
        )

    def explain_failure(self, part: slice) -> None:
        """Replay the examples one by one, and raise the first error with the example's name."""
        self._explain(part, lambda graph: None)  # `replay` itself raises the error

    def explain_sweep(self, part: slice) -> None:
        """Sweep the examples one by one, and raise the first error with the name of the example."""
        self._explain(part, lambda graph: graph.adjoints)

    def _explain(self, part: slice, read: Callable[[Graph], object]) -> None:
        for k in range(part.start, part.stop):
            leaves = self.leaves(k)
            guard = violated_guard(self.graph, leaves)
            if guard is not None and self.mode == "raise":
                self._report(guard, k)
            try:
                read(replay(self.graph, leaves))
            except (ArithmeticError, ValueError) as error:
                raise type(error)(f"{self.name(k)}: {error}") from None

    def check_given(self, part: slice) -> None:
        """Refuse an input or a weight that is not finite, by name."""
        found = np.argwhere(~np.isfinite(self.columns_of(part)))
        if len(found):
            i, k = int(found[0][0]), int(found[0][1])
            number = self.columns_of(part)[i, k]
            example, name = self.name(k + part.start), self.computation.input_name(i)
            raise ValueError(f"{example}: {name} is {number}; it must be finite")
        if not np.isfinite(self.weights).all():
            k = int(np.flatnonzero(~np.isfinite(self.weights))[0])
            name = self.computation.parameters[k].label or f"parameter {k}"
            raise ValueError(f"the weight of {name} is {self.weights[k]}; it must be finite")

    # --- names ------------------------------------------------------------------------------------

    def name(self, k: int) -> str:
        """Return the name of example k in messages."""
        return f"example {k if self.numbering is None else self.numbering[k]}"


def _caller_level() -> int:
    """Return the stack level of the first caller outside this package, for a warning."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals["__name__"].startswith("autograd."):
        level, frame = level + 1, frame.f_back
    return level
