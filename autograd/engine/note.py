"""`Note`: the label, the block and the last guard of a node.

In order to save memory, a node that has neither a block nor a guard stores only its label, a
string, instead of a note.
"""

from __future__ import annotations

from types import CodeType
from typing import Any, NamedTuple


class RecordedGuard(NamedTuple):
    """A comparison of Values whose outcome Python's control flow used, as in ``if x > 0``.

    Attributes:
        left: the Value that was compared.
        relation: one of ``< <= > >= ==``.
        right: the Value or the number that `left` was compared with.
        outcome: whether the comparison was true.
        origin: the place in the code where the outcome was used. It is recorded as a code object
            and an offset in it, because these are cheap to get. In the guards of a `Graph` that is
            recorded again, it is the text of the comparison and the name of the place.
        earlier: the guard recorded before this one, or None.
    """

    left: Any
    relation: str
    right: Any
    outcome: bool
    origin: tuple[CodeType, int] | tuple[str, str]
    earlier: RecordedGuard | None


class Note(NamedTuple):
    """The label, the block and the last guard of a node. Many nodes can share one note.

    Attributes:
        label: the node's name.
        block: the names of the blocks that the node was recorded in, outermost first.
        guard: the last guard recorded before the node.
    """

    label: str = ""
    block: tuple[str, ...] = ()
    guard: RecordedGuard | None = None


def with_label(note: Note | str, label: str) -> Note | str:
    """Return the note with another label."""
    return label if isinstance(note, str) else note._replace(label=label)


def with_guard(note: Note | str, guard: RecordedGuard | None) -> Note | str:
    """Return the note with another guard, or with no guard."""
    if isinstance(note, str):
        return note if guard is None else Note(note, (), guard)
    changed = note._replace(guard=guard)
    return changed if changed.block or changed.guard else changed.label


def with_block(note: Note | str, block: tuple[str, ...]) -> Note | str:
    """Return the note with another block."""
    if isinstance(note, str):
        return Note(note, block) if block else note
    changed = note._replace(block=block)
    return changed if changed.block or changed.guard else changed.label


def inside(outer: Note | str, inner: Note | str) -> Note | str:
    """Return `inner` with its block nested in that of `outer` and with the guard of `outer`."""
    if isinstance(outer, str):
        return inner
    label, block = (inner, ()) if isinstance(inner, str) else (inner.label, inner.block)
    return Note(label, outer.block + block, outer.guard)
