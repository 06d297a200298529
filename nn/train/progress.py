"""Show the progress of a training by a tqdm bar, by plain lines, or not at all."""

from __future__ import annotations

import sys
import time
from typing import Any

from autograd.graph.wording import number_text

from .history import Epoch

_INTERVAL = 0.1  # seconds between two changes of the bar, because faster changes cannot be read


class Progress:
    """What `fit` calls to show its progress. This class shows nothing."""

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Begin an epoch of `examples` examples. `epochs` is the number of the last epoch."""

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Show how many examples of the epoch were used, with their average cost and accuracy."""

    def finish(self, epoch: Epoch) -> None:
        """End the epoch."""

    def close(self) -> None:
        """End the display, also after an error."""


class Lines(Progress):
    """One plain line on standard error for each epoch."""

    def finish(self, epoch: Epoch) -> None:
        """Print the epoch."""
        print(epoch, file=sys.stderr)


class Bar(Progress):
    """One tqdm bar over all epochs, with cost, accuracy and examples per second."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._before = 0  # examples of earlier epochs
        self._last_time = 0.0  # when the bar was last moved
        self._validation: dict[str, str] = {}

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Draw the bar before the first epoch, and show the number of the epoch."""
        if self._bar is None:
            total = (epochs - epoch + 1) * examples
            self._bar = self._tqdm(total=total, unit=" examples", unit_scale=True)
        self._bar.set_description(f"epoch {epoch}/{epochs}", refresh=False)

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Move the bar, unless it was moved a moment ago."""
        now = time.perf_counter()
        if now - self._last_time > _INTERVAL:
            self._last_time = now
            self._move(examples, cost, accuracy)

    def finish(self, epoch: Epoch) -> None:
        """Count the epoch, and show its validation accuracy from now on."""
        if epoch.validation_accuracy is not None:
            self._validation = {"validation": f"{epoch.validation_accuracy:.1%}"}
        self._move(epoch.examples, epoch.cost, epoch.accuracy)
        self._before += epoch.examples

    def close(self) -> None:
        """Keep the finished bar on the screen."""
        if self._bar is not None:
            self._bar.close()

    def _move(self, examples: int, cost: float, accuracy: float | None) -> None:
        shares = {} if accuracy is None else {"accuracy": f"{accuracy:.1%}"}
        shown = {"cost": number_text(cost, 4), **shares, **self._validation}
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(self._before + examples - self._bar.n)


def choose_progress(is_shown: bool) -> Progress:
    """Return a tqdm bar if tqdm is installed, else lines, or a progress that shows nothing."""
    if not is_shown:
        return Progress()
    try:
        from tqdm import tqdm
    except ImportError:
        return Lines()
    return Bar(tqdm)
