"""The guards that one recording of a function leaves behind, apart from all earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..engine import recorder
from ..engine.condition import forget_guards
from ..engine.functions import constant, record
from ..engine.note import with_guard
from ..engine.ops import LEAF, SUM
from ..engine.topological import all_nodes
from ..engine.value import Value


@contextmanager
def own_guards() -> Iterator[None]:
    """Begin a new chain of guards inside a ``with`` block; afterwards the old one goes on."""
    before = recorder.current_note
    forget_guards()
    try:
        yield
    finally:
        recorder.current_note = before


def compared_leaves() -> list[Value]:
    """Return the leaves that decided comparisons since the chain of guards began."""
    note = recorder.current_note
    guard = None if isinstance(note, str) else note.guard
    compared: list[Value] = []
    while guard is not None:
        compared += [side for side in (guard.left, guard.right) if isinstance(side, Value)]
        guard = guard.earlier
    return [value for value in all_nodes(*compared) if value.op is LEAF]


def last_node(result: Any) -> Value:
    """Return what a function returned as a node that knows all guards recorded in the function.

    Raises:
        TypeError: it is neither a Value nor a number.
    """
    output = result if isinstance(result, Value) else _constant(result)
    if not output.parents:  # a leaf knows no guards, and may be the user's own
        return record(SUM, [output])
    note = recorder.current_note
    output.note = with_guard(output.note, None if isinstance(note, str) else note.guard)
    return output


def _constant(result: Any) -> Value:
    try:
        return constant(result)
    except (TypeError, ValueError):
        kind = type(result).__name__
        raise TypeError(f"compile: the function returns one Value; got {kind}") from None
