"""How far a training has come: a bar by tqdm, a plain line without it, or nothing."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol

from autograd.graph.wording import number

from .history import Epoch

_INTERVAL = 0.1  # seconds between two changes of the bar: oftener nobody could read it


class Progress(Protocol):
    """What `fit` tells about: mini-batches as they come, epochs as they end."""

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Begin an epoch of so many examples."""

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Say how many examples of the epoch have come by, and how they did on average."""

    def finish(self, epoch: Epoch) -> None:
        """End the epoch."""

    def close(self) -> None:
        """End it all, also after an error."""


class Silent:
    """No progress shown."""

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Say nothing."""

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Say nothing."""

    def finish(self, epoch: Epoch) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""


class Lines(Silent):
    """One plain line on standard error for each epoch."""

    def finish(self, epoch: Epoch) -> None:
        """Print the epoch."""
        print(epoch, file=sys.stderr)


class Bar:
    """One tqdm bar over all epochs, with cost, accuracy and examples per second."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._before = 0  # examples of the epochs that are over
        self._shown = 0.0
        self._validation: dict[str, str] = {}

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Draw the bar with the first epoch; with the others, say which one it is."""
        if self._bar is None:
            total = (epochs - epoch + 1) * examples
            self._bar = self._tqdm(total=total, unit=" examples", unit_scale=True)
        self._bar.set_description(f"epoch {epoch}/{epochs}", refresh=False)

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Move the bar, if it has stood for a while."""
        now = time.perf_counter()
        if now - self._shown > _INTERVAL:
            self._shown = now
            self._move(examples, cost, accuracy)

    def finish(self, epoch: Epoch) -> None:
        """Count the epoch as over, and show how the validation went from now on."""
        if epoch.validation_accuracy is not None:
            self._validation = {"validation": f"{epoch.validation_accuracy:.1%}"}
        self._move(epoch.examples, epoch.cost, epoch.accuracy)
        self._before += epoch.examples

    def close(self) -> None:
        """Leave the bar standing."""
        if self._bar is not None:
            self._bar.close()

    def _move(self, examples: int, cost: float, accuracy: float | None) -> None:
        shares = {} if accuracy is None else {"accuracy": f"{accuracy:.1%}"}
        shown = {"cost": number(cost, 4), **shares, **self._validation}
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(self._before + examples - self._bar.n)


def progress_shown(wanted: bool) -> Progress:
    """Return the best way of showing progress: tqdm where installed, lines, or silence."""
    if not wanted:
        return Silent()
    try:
        from tqdm import tqdm
    except ImportError:
        return Lines()
    return Bar(tqdm)
