"""`Note`: what a node knows besides its numbers, such as its label and the guards before it."""

from __future__ import annotations

from types import CodeType
from typing import Any, NamedTuple


class RecordedGuard(NamedTuple):
    """A comparison of Values whose outcome Python's control flow used, as in ``if x > 0``.

    Attributes:
        left: the Value that was compared.
        relation: one of ``< <= > >= ==``.
        right: the Value or the number that it was compared with.
        outcome: whether it was true.
        origin: where the outcome was used: a code object and the offset in it, which are cheap to
            record, or the text of the comparison and its place.
        earlier: the guard recorded before, or None.
    """

    left: Any
    relation: str
    right: Any
    outcome: bool
    origin: tuple[CodeType, int] | tuple[str, str]
    earlier: RecordedGuard | None


class Note(NamedTuple):
    """What a node knows besides its numbers. Immutable, so that many nodes share one.

    Attributes:
        label: the node's name.
        block: the names of the blocks it was recorded in, outermost first.
        guard: the last guard recorded before the node.
    """

    label: str = ""
    block: tuple[str, ...] = ()
    guard: RecordedGuard | None = None


def with_label(note: Note | str, label: str) -> Note | str:
    """Return the note with another label. A note that is only a label is the string itself."""
    return label if isinstance(note, str) else note._replace(label=label)


def with_guard(note: Note | str, guard: RecordedGuard | None) -> Note | str:
    """Return the note with another last guard."""
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
    """Return the label and the block of `inner`, in the block and after the guard of `outer`."""
    if isinstance(outer, str):
        return inner
    label, block = (inner, ()) if isinstance(inner, str) else (inner.label, inner.block)
    return Note(label, outer.block + block, outer.guard)
