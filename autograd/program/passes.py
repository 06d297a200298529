"""The forward and the backward pass of a program over one batch, chunk by chunk.

If a result is not finite, NumPy's error names neither the operation nor the example, and BLAS may
raise no error. This module therefore raises an error that names both. To find them, it computes the
example again with the scalar operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite

import numpy as np

from .binding import Bound
from .computation import Computation
from .examples import Examples
from .instructions import Array
from .numpy_engine import Workspace, are_finite, run
from .planner import Want
from .runner import Runner


class Passes:
    """Runs a computation over the examples of a batch.

    Attributes:
        runner: the chunks of a batch, and the arrays of all chunks.
        examples: the examples of the batch, which explain what failed.
        outputs: the outputs of the last batch, shape (batch,).
        kept: the numbers of the Values that `compile` was told to keep, for the last batch, shape
            (values, batch).
    """

    def __init__(self, computation: Computation, runner: Runner, examples: Examples) -> None:
        self.computation, self.runner, self.examples = computation, runner, examples
        self.dtype = runner.dtype
        self.outputs: Array = np.empty(0, self.dtype)
        self.kept: Array = np.empty((computation.kept, 0), self.dtype)
        # One for each number that is the same for all examples. The parameters come first.
        self._all_gradients = runner.gradients[:, 0]
        self._gradients = self._all_gradients[: len(computation.parameters)]

    # --- whole batches ----------------------------------------------------------------------------

    def begin(self, columns: Array) -> tuple[Array, Array]:
        """Make these columns the current batch. Return its `outputs` and `kept`, still empty."""
        self.examples.columns = columns
        batch = columns.shape[1]
        self.outputs = np.empty(batch, self.dtype)
        self.kept = np.empty((self.computation.kept, batch), self.dtype)
        return self.outputs, self.kept

    def forward(self, want: Want) -> None:
        """Compute the outputs by the plan that `want` selects."""
        with np.errstate(all="raise", under="ignore"):
            for part, space in self.runner.parts(want, len(self.outputs)):
                self._run_forward(space, part)

    def sum_gradients(self, seed: float) -> float:
        """Return the sum of the outputs times `seed`. Its gradients are in `runner.gradients`."""
        parts = self.runner.parts("gradients", len(self.outputs))
        total = None if len(parts) == 1 else np.zeros_like(self.runner.gradients)
        with np.errstate(all="raise", under="ignore"):
            for part, space in parts:
                self._run_forward(space, part)
                self._run_backward(space, part, seed)
                if total is not None:
                    # `_finish_gradients` checks whether the total is finite.
                    with np.errstate(all="ignore"):
                        total += self.runner.gradients
            if total is not None:
                self.runner.gradients[...] = total
            _, workspace = parts[0]
            calls = workspace.engine.finish  # they run once, after all chunks
            if calls or total is not None:
                self._finish_gradients(calls)
            return self._sum_outputs(seed)

    def input_gradients(self) -> Array:
        """Return ∂output/∂input for every input and example."""
        found = np.empty((len(self.computation.inputs), len(self.outputs)), self.dtype)
        with np.errstate(all="raise", under="ignore"):
            for part, space in self.runner.parts("input gradients", len(self.outputs)):
                self._run_forward(space, part)
                self._run_backward_to_inputs(space, part)
                found[:, part] = space.arrays["input_adjoints"]
        return found

    def holds(self, want: Want) -> Array:
        """Return for each example whether all guards hold."""
        holds = np.empty(len(self.outputs), bool)
        with np.errstate(all="raise", under="ignore"):
            for part, space in self.runner.parts(want, len(self.outputs)):
                try:
                    space.forward(self.examples.columns_of(part))
                except FloatingPointError:
                    with np.errstate(all="ignore"):
                        space.forward_in_stable_form()
                holds[part] = self.examples.evaluate_guards(self._guarded_numbers(space), part)
        return holds

    # --- one chunk --------------------------------------------------------------------------------

    def _run_forward(self, space: Workspace, part: slice) -> None:
        """Compute the outputs of one chunk. An error names the example and the node that fails."""
        columns = self.examples.columns_of(part)
        try:
            space.forward(columns)
        except FloatingPointError:
            with np.errstate(all="ignore"):
                self.examples.check_given(part)
                # This raises the error of a scalar operation. It returns if there is none, as when
                # only the unused side of a `where` in a formula overflowed.
                self.examples.explain_failure(part)
                space.forward_in_stable_form()
        is_finite = space.watched_are_finite()
        if not is_finite:
            self.examples.check_given(part)
        outputs = self.outputs[part]
        # The roots are the output, then the numbers to keep, then those that guards compare.
        outputs[:] = space.roots[0]
        for row in range(self.computation.kept):
            self.kept[row, part] = space.roots[row + 1]
        if self.computation.guarded:
            self.examples.check_guards(self._guarded_numbers(space), part)
        if not is_finite and not are_finite(outputs):
            self.examples.explain_failure(part)
            k = int(np.flatnonzero(~np.isfinite(outputs))[0])
            name = self.examples.name(k + part.start)
            raise OverflowError(f"the output of {name} is {outputs[k]} in {self.dtype}")

    def _guarded_numbers(self, space: Workspace) -> dict[int, Array]:
        """Return the numbers that the guards compare, by node."""
        rows = space.roots[self.computation.kept + 1 :]
        return dict(zip(self.computation.guarded, rows, strict=True))

    def _run_backward(self, space: Workspace, part: slice, seed: float) -> None:
        """Compute the gradients of one chunk, summed over its examples."""
        if not _sweep(space, seed, self._all_gradients):
            self.examples.explain_sweep(part)
            self._check_gradients()

    def _run_backward_to_inputs(self, space: Workspace, part: slice) -> None:
        """Compute the gradients of the inputs for the examples of one chunk."""
        gradients = space.arrays["input_adjoints"]
        if not _sweep(space, 1.0, gradients.ravel()):
            self.examples.explain_sweep(part)
            i, k = (int(n) for n in np.argwhere(~np.isfinite(gradients))[0])
            example, name = self.examples.name(k + part.start), self.computation.input_name(i)
            raise OverflowError(
                f"{example}: the gradient of {name} is {gradients[i, k]} in {self.dtype}"
            )

    # --- the end ----------------------------------------------------------------------------------

    def _finish_gradients(self, calls: Sequence[Bound | None]) -> None:
        """Pass the gradients of shared values back to the parameters."""
        with np.errstate(all="ignore"):
            run(calls)
        if not are_finite(self._gradients):
            self._check_gradients()

    def _check_gradients(self) -> None:
        """Refuse a gradient that is not finite, by name."""
        bad = np.flatnonzero(~np.isfinite(self._gradients))
        if len(bad):
            k = int(bad[0])
            name = self.computation.parameters[k].label or f"parameter {k}"
            raise OverflowError(f"the gradient of {name} is {self._gradients[k]}")

    def _sum_outputs(self, scale: float) -> float:
        """Return the sum of the outputs times `scale`."""
        try:
            value = float(np.add.reduce(self.outputs)) * scale
        except FloatingPointError:
            value = inf
        if not isfinite(value):  # the sum may overflow where the mean does not, so scale first
            with np.errstate(all="ignore"):
                value = float(np.add.reduce(self.outputs * scale))
        if not isfinite(value):
            raise OverflowError(f"the sum of the outputs overflows in {self.dtype}")
        return value


def _sweep(space: Workspace, seed: float, gradients: Array) -> bool:
    """Run one chunk backward and return whether all gradients are finite.

    A gradient that is not finite may come from an adjoint of 0 times an infinite slope, which is
    not an error. The slower sweep passes back 0 from an adjoint of 0, so that only errors remain.
    """
    try:
        space.backward(seed)
        if (space.is_known_finite and space.engine.reports_overflow) or are_finite(gradients):
            return True
    except FloatingPointError:
        pass
    with np.errstate(all="ignore"):
        space.backward_past_zeros(seed)
    return are_finite(gradients)
