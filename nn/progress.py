"""How far a training has come: a bar by tqdm, a plain line without it, or nothing."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol

from autograd.wording import number

from .history import Epoch

_INTERVAL = 0.1  # seconds between two changes of the bar: more often nobody can read it


class Progress(Protocol):
    """What `fit` tells about: mini-batches as they come, and the epoch at its end."""

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Begin an epoch."""

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Say how many examples of the epoch have come by, and how they did on average."""

    def finish(self, epoch: Epoch) -> None:
        """End the epoch."""


class Silent:
    """No progress shown."""

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Say nothing."""

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Say nothing."""

    def finish(self, epoch: Epoch) -> None:
        """Say nothing."""


class Lines(Silent):
    """One plain line on standard error for each epoch."""

    def finish(self, epoch: Epoch) -> None:
        """Print the epoch."""
        print(epoch, file=sys.stderr)


class Bars:
    """A tqdm bar for each epoch, with cost, accuracy and examples per second."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm, self._bar, self._shown = tqdm, None, 0.0

    def start(self, epoch: int, epochs: int, examples: int) -> None:
        """Draw an empty bar."""
        self._bar = self._tqdm(total=examples, desc=f"epoch {epoch}/{epochs}", unit=" examples")
        self._shown = time.perf_counter()

    def update(self, examples: int, cost: float, accuracy: float | None) -> None:
        """Move the bar, if it has stood for a while."""
        now = time.perf_counter()
        if now - self._shown > _INTERVAL:
            self._shown = now
            self._move(examples, cost, accuracy)

    def finish(self, epoch: Epoch) -> None:
        """Fill the bar and leave it standing."""
        self._move(epoch.examples, epoch.cost, epoch.accuracy, epoch.validation_accuracy)
        self._bar.close()  # type: ignore[attr-defined]

    def _move(
        self, examples: int, cost: float, accuracy: float | None, validation: float | None = None
    ) -> None:
        bar: Any = self._bar
        shares = {"accuracy": accuracy, "validation": validation}
        shown = {name: f"{share:.1%}" for name, share in shares.items() if share is not None}
        bar.set_postfix({"cost": number(cost, 4), **shown}, refresh=False)
        bar.update(examples - bar.n)


def progress_shown(wanted: bool) -> Progress:
    """Return the best way of showing progress: tqdm where installed, lines, or silence."""
    if not wanted:
        return Silent()
    try:
        from tqdm import tqdm
    except ImportError:
        return Lines()
    return Bars(tqdm)
