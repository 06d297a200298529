"""`recording`: give nodes the names and the lines that they have in the code.

Inside the block, every recorder calls a function with its new node and the frame of its caller. The
module `noter` explains this function.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

from ..engine.collector import collector_paused
from ..engine.node import LiveNode
from ..engine.note import Note, with_source
from ..engine.recorder import call_note_node
from ..engine.value import Value
from .noter import Names

_MAIN_THREAD = threading.main_thread()


@contextmanager
def recording() -> Iterator[None]:
    """Give nodes the names that the code assigns them to, and the lines of code that recorded them.

    The element of a list is named as in the code, h[1]. A name that is assigned more than once, as
    in a loop, is numbered: z@1, z@2. A label given by hand takes precedence. A node has no name if
    it is not certain which variable the code stores it in.

    While a block is open, all nodes are named, including those of other tasks and generators. The
    garbage collector is paused inside the block. Code outside the block is not slowed down.

    Raises:
        RuntimeError: a thread other than the main one opens the block.

    >>> from autograd import Graph
    >>> with recording():
    ...     w, x = Value(0.5), Value(2.0)
    ...     for k in range(2):
    ...         z = w * x + k
    >>> [node.name for node in Graph.of(z).nodes]
    ['w', 'x', 'v2', 'v3', 'z@2']
    """
    global _open_blocks
    if threading.current_thread() is not _MAIN_THREAD:
        raise RuntimeError(
            "recording() was opened in a second thread, but names are found in one place for all "
            "threads: open it in the main thread"
        )
    if not _open_blocks:
        _noting.enter_context(_note_nodes())
    _open_blocks += 1
    try:
        yield
    finally:  # generators may close their blocks in any order
        _open_blocks -= 1
        if not _open_blocks:
            _noting.close()


_open_blocks = 0
_noting = ExitStack()  # the context of `_note_nodes`, while a block is open
_current: Names | None = None  # None if no block is open


@contextmanager
def _note_nodes() -> Iterator[None]:
    """Make the recorders note all nodes, and pause the garbage collector."""
    global _current
    names = Names()
    try:
        _current, note_node = names, names.noter()
        call_note_node(note_node)
        Value.__init__ = _noting_init(note_node)  # type: ignore[method-assign]
        Value.__radd__ = _noting_radd(names.note_unchanged)  # type: ignore[method-assign]
        Value.__copy__ = _noting_copy(note_node)
        with collector_paused():
            yield
    finally:
        Value.__init__, Value.__radd__ = _init, _radd  # type: ignore[method-assign]
        Value.__copy__ = _copy
        call_note_node(None)
        _current = None
        names.finish()


def name_nodes() -> None:
    """Name the nodes recorded so far, if a `recording` block is open."""
    if _current is not None:
        _current.finish()


_init, _radd, _copy = Value.__init__, Value.__radd__, Value.__copy__


def _noting_init(note_node: Callable[[LiveNode, FrameType], LiveNode]) -> Any:
    """Return the method `__init__` of Values that notes where a leaf was made."""
    init_value, getframe = _init, sys._getframe

    def init(self: Value, data: Any, label: str = "") -> None:
        init_value(self, data, label)
        note_node(self, getframe(1))

    return init


def _noting_radd(note_unchanged: Callable[[LiveNode, FrameType], None]) -> Any:
    """Return the method for ``0 + x``, which notes that x may be stored under another name."""
    getframe = sys._getframe

    def radd(self: Value, other: Any) -> Value:
        if other.__class__ is not int or other != 0:
            return Value.__add__(other, self)
        if self._note.__class__ is Note:
            note_unchanged(self, getframe(1))
        return self

    return radd


def _noting_copy(note_node: Callable[[LiveNode, FrameType], LiveNode]) -> Any:
    """Return the method `__copy__` of Values that notes where a copy was made."""

    def copy(self: Value) -> LiveNode:
        twin = _copy(self)
        twin.note = with_source(twin.note, None)  # without the name and the line of the original
        return note_node(twin, sys._getframe(1))

    return copy
