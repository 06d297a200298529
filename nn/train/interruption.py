"""Let Ctrl-C end a training after the current mini-batch, so that nothing is lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Yield a list of the signals received, which is empty until Ctrl-C is pressed.

    A second Ctrl-C interrupts at once.
    """
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received  # Ctrl-C never reaches this thread
        return
    before = signal.getsignal(signal.SIGINT)

    def handle(signum: int, frame: object) -> None:
        received.append(signum)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, handle)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)
