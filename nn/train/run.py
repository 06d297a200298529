"""A training in progress: its steps, its measurements, and the recovery from a failed step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..data.batches import Data, Indices, batch_indices
from ..dropout import draw_masks
from ..targets import TargetType
from ..updates import Update
from .batched import Compiled, chunks
from .history import Epoch

Metric = Callable[[Array, Array], float]
SavePoint = tuple[Array, list[Any]]
"""Copies of the weights and of the state of every rule."""


class Batch(NamedTuple):
    """One mini-batch, which `on_batch` receives after the step.

    Attributes:
        epoch: the number of the epoch, from 1.
        number: the number of the mini-batch in the epoch, from 1.
        examples: how many examples it has.
        cost: the average cost of the examples before the step.
    """

    epoch: int
    number: int
    examples: int
    cost: float


class Tally:
    """Adds up the cost, the right answers and the metrics of the examples of one epoch so far."""

    def __init__(self, data: Data, targets: TargetType, metrics: Mapping[str, Metric]) -> None:
        self._targets, self._metrics = targets, metrics
        self._right_answers = targets.wanted(data.y) if targets.is_judged else None
        self._y, self._outputs = data.y, np.empty(data.y.shape if metrics else (0, 0))
        self._seen: list[Indices | slice] = []
        self.examples, self._cost, self._hits = 0, 0.0, 0.0

    def add(
        self, costs: Array, answers: Callable[[], NDArray[Any]], indices: Indices | slice
    ) -> float:
        """Count the examples of a mini-batch and return their average cost.

        Args:
            costs: the cost of each example.
            answers: computes the outputs. It is called only if they are judged or measured.
            indices: the indices of the examples.
        """
        cost = float(np.add.reduce(costs))  # faster than costs.sum()
        self.examples += len(costs)
        self._cost += cost
        if self._right_answers is None and not self._metrics:
            return cost / len(costs)
        outputs = answers()
        if self._right_answers is not None:
            hits = self._targets.answers(outputs) == self._right_answers[indices]
            # With several labels, an example counts with the share of its labels that are right.
            self._hits += int(np.count_nonzero(hits)) * len(costs) / hits.size
        if self._metrics:
            self._outputs[indices] = outputs
            self._seen.append(indices)
        return cost / len(costs)

    @property
    def cost(self) -> float:
        return self._cost / self.examples

    @property
    def accuracy(self) -> float | None:
        return None if self._right_answers is None else float(self._hits / self.examples)

    def metrics(self, prefix: str = "") -> dict[str, float]:
        """Return the metrics of the caller over all outputs so far, by name."""
        if not self._metrics:
            return {}
        everything = np.arange(len(self._y))
        seen = np.concatenate([everything[indices] for indices in self._seen])
        outputs, y = self._outputs[seen], self._y[seen]
        return {prefix + name: float(metric(outputs, y)) for name, metric in self._metrics.items()}


class Run:
    """A training in progress.

    Args:
        compiled: the compiled model. The weight array of its program holds the parameters during
            training.
        update: the optimizer, bound to the parameters that learn.
        data: the examples.
        targets: the type of their targets.
        example_weights: the weight of each example, or None.
        generator: the random generator for shuffling and for the masks of Dropout layers.
        metrics: functions of all outputs and targets, by name.
    """

    def __init__(
        self,
        compiled: Compiled,
        update: Update,
        data: Data,
        targets: TargetType,
        example_weights: Array | None,
        generator: np.random.Generator,
        metrics: Mapping[str, Metric],
    ) -> None:
        self.compiled, self.update, self.data = compiled, update, data
        self.targets, self.generator = targets, generator
        self.example_weights = example_weights
        self.metrics = metrics
        self.tally = Tally(data, targets, metrics)
        self._seconds = 0.0
        self._last_good: SavePoint = self.save_point()  # before the last step

    def steps(self, size: int) -> Iterator[tuple[int, float]]:
        """Make a step for each mini-batch of one epoch, and yield its size and its average cost."""
        self.begin_epoch()
        start = time.perf_counter()
        for indices in batch_indices(len(self.data), size, self.generator):
            cost = self._step(indices)
            self._seconds += time.perf_counter() - start
            yield len(indices), cost
            start = time.perf_counter()

    def begin_epoch(self) -> None:
        """Start to measure a new epoch."""
        self.tally, self._seconds = Tally(self.data, self.targets, self.metrics), 0.0

    def _step(self, indices: Indices) -> float:
        extra = self._extra(indices)
        try:
            costs, gradient = self.compiled.costs_and_gradient(self.data, indices, extra)
        except (ArithmeticError, ValueError):
            self.go_back(self._last_good)
            raise
        cost = self.tally.add(costs, self.compiled.last_outputs, indices)
        self._last_good = self.save_point()
        self.update.step(self.compiled.program.weights, gradient)
        return cost

    def unfinished_epoch(self, number: int) -> Epoch:
        """Return the epoch with the examples used so far, without metrics and validation."""
        tally = self.tally
        measured = (tally.cost, tally.accuracy, None, None, tally.examples, self._seconds)
        return Epoch(number, *measured)

    def finished_epoch(self, number: int, validation: Data | None) -> Epoch:
        """Return the epoch with its metrics and the costs of the validation examples."""
        self._check_finite()
        epoch, metrics = self.unfinished_epoch(number), self.tally.metrics()
        if validation is not None:
            tally = self._test(validation)
            metrics |= tally.metrics("validation ")
            epoch = epoch._replace(validation_cost=tally.cost, validation_accuracy=tally.accuracy)
        return epoch._replace(metrics=metrics or None)

    def _test(self, data: Data) -> Tally:
        tally = Tally(data, self.targets, self.metrics)
        for chunk in chunks(len(data)):
            tally.add(self.compiled.costs(data, chunk), self.compiled.last_outputs, chunk)
        return tally

    def save_point(self) -> SavePoint:
        """Return copies of the weights and the state of every rule, for `go_back`."""
        rules = [part.save_point() for part in self.update.parts]
        return self.compiled.program.weights.copy(), rules

    def go_back(self, saved: SavePoint) -> None:
        """Restore the weights and the state of every rule."""
        self.compiled.program.weights[:] = saved[0]
        for part, state in zip(self.update.parts, saved[1], strict=True):
            part.go_back(state)

    def _extra(self, indices: Indices) -> Array | None:
        """Return one row with the weights of these examples, and one row for each mask, or None."""
        rates = self.compiled.drop_rates
        if self.example_weights is None and not len(rates):
            return None
        masks = draw_masks(rates, len(indices), self.generator)
        if self.example_weights is None:
            return masks
        return np.vstack([self.example_weights[indices], masks])

    def _check_finite(self) -> None:
        """Raise an error if a weight or an optimizer state is not finite.

        If a weight is not finite, the last step is undone. A state that is not finite is reset.
        """
        weights = self.compiled.program.weights
        if not np.isfinite(weights).all():
            k = int(np.argmin(np.isfinite(weights)))
            name, number = self.compiled.program.parameters[k].label, weights[k]
            self.go_back(self._last_good)
            raise OverflowError(f"after a step the weight of {name or k} is {number}")
        for part in self.update.parts:
            if not part.has_finite_state():
                part.go_back(((), part.optimizer.steps))  # () is the state before the first step
                raise OverflowError(
                    f"the gradients are too large for {part.optimizer!r}: its state is not "
                    "finite, and was reset. Lower the learning rate, or clip the gradients by "
                    "clip_norm="
                )
