"""Blocks: named parts of a graph, such as a layer, an attention head or a token."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from . import recorder
from .note import with_block

_MAIN_THREAD = threading.main_thread()  # the only thread that may open blocks


class block:  # noqa: N801 - used as a statement, ``with block("head 1"):``
    """A named part of a graph: all nodes that are recorded inside a ``with`` statement.

    Blocks can be nested. Pictures, pages and traces can show a block as a single box. The same
    object can be used in several ``with`` statements. All tasks of asyncio share the open blocks,
    so do not keep a block open while a task waits.

    Args:
        name: the name under which the block is shown, such as "head 1".

    Raises:
        TypeError: the name is not a string.
        ValueError: the name is empty.
        RuntimeError: a thread other than the main one opens a block, or a block is closed that is
            not the innermost. Two tasks can cause that.

    >>> from autograd import Graph, Value
    >>> x = Value(2.0, label="x")
    >>> with block("layer 1"), block("neuron 2"):
    ...     y = x * x
    >>> Graph.of(y).output.block
    ('layer 1', 'neuron 2')
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a block is a string; got {name!r}: write block('head 1')")
        if not name:
            raise ValueError("the name of a block is empty: write block('head 1')")
        self.name = name
        self._outer: list[tuple[str, ...]] = []

    def __enter__(self) -> None:
        if threading.current_thread() is not _MAIN_THREAD:
            raise RuntimeError(
                f"block({self.name!r}) was opened in a second thread, but all threads share the "
                "current block: open blocks in the main thread, and record there"
            )
        self._outer.append(enter_block(self.name))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        outer, found = self._outer.pop(), current_block()
        if found == (*outer, self.name):
            leave_block(outer)
            return
        leave_block(outer[: len(found)])  # do not reopen a block that another task has closed
        raise RuntimeError(
            f"block({self.name!r}) ends, but the open blocks are {' / '.join(found) or 'none'}: "
            "another task or generator opened or closed a block meanwhile, so that nodes are in "
            "wrong blocks. Open no block around an await or a yield"
        ) from error


def enter_block(name: str) -> tuple[str, ...]:
    """Open a block, and return the names of the blocks that were open before.

    Unlike `block`, this function does not check the thread.
    """
    outer = current_block()
    recorder.current_note = with_block(recorder.current_note, (*outer, name))
    return outer


def leave_block(outer: tuple[str, ...]) -> None:
    """Close a block by restoring the blocks `outer` that `enter_block` returned."""
    recorder.current_note = with_block(recorder.current_note, outer)


@contextmanager
def in_block(path: tuple[str, ...]) -> Iterator[None]:
    """Replace the open blocks by those of `path`, outermost first, inside a ``with`` statement."""
    before = recorder.current_note
    recorder.current_note = with_block(before, path)
    try:
        yield
    finally:
        recorder.current_note = before


def current_block() -> tuple[str, ...]:
    """Return the names of the blocks that are open, outermost first."""
    note = recorder.current_note
    return () if isinstance(note, str) else note.block
