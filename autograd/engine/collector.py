"""The garbage collector, paused while a great many objects are made that all stay alive."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector inside a ``with`` block; afterwards it is as it was, errors included.

    Objects are still freed when nothing refers to them any more. Only cycles wait. The collector
    would otherwise walk through a growing graph again and again, which more than doubles the time
    it takes to record one.

    >>> with collector_paused():
    ...     gc.isenabled()
    False
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
