"""Call the callbacks of a training, and end it early if one of them or `patience` says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .history import Epoch
from .persistence import Results
from .run import Batch


class Watch:
    """Calls the callbacks after batches and epochs, and stores the weights of the best epoch.

    Args:
        results: the results so far. This class sets `stopped` of their history, which ends the
            training, and `best`.
        patience: how many epochs may pass without a lower validation cost, or None.
        on_epoch: called after each epoch, or None.
        on_batch: called after each mini-batch, or None.
        errors: how NumPy treats floating-point errors for the caller, from `np.geterr`.
    """

    def __init__(
        self,
        results: Results,
        patience: int | None,
        on_epoch: Callable[[Epoch], object] | None,
        on_batch: Callable[[Batch], object] | None,
        errors: Any,
    ) -> None:
        self.results, self.history = results, results.history
        self.patience, self.errors = patience, errors
        self.on_epoch, self.on_batch = on_epoch, on_batch
        self._lowest = math.inf
        history = self.history
        if patience is None:
            history.best = history.put_aside = None
        elif history.best is not None:
            cost = history[history.best - 1].validation_cost
            self._lowest = math.inf if cost is None else cost
            if history.put_aside is None:  # the model itself has the best weights
                results.note_best()

    def after_batch(self, epoch: int, number: int, examples: int, cost: float) -> None:
        if self.on_batch is not None:
            self._call(self.on_batch, Batch(epoch, number, examples, cost), "on_batch")

    def after_epoch(self, epoch: Epoch) -> None:
        if self.patience is not None and epoch.validation_cost is not None:
            if epoch.validation_cost < self._lowest:
                self._lowest, self.history.best = epoch.validation_cost, epoch.number
                self.results.note_best()
            elif epoch.number - (self.history.best or 0) >= self.patience:
                self.history.stopped = self.history.stopped or (
                    f"no lower validation cost in {self.patience} epochs"
                )
        if self.on_epoch is not None:
            self._call(self.on_epoch, epoch, "on_epoch")

    def _call(self, function: Callable[[Any], object], event: object, name: str) -> None:
        """Write the weights to the model, call the callback, and read the weights back."""
        program = self.results.run.compiled.program
        program.write_back()
        with np.errstate(**self.errors):  # the callback runs with the settings of the caller
            if function(event) is True:
                self.history.stopped = f"{name} returned True"
        program.read_values()
