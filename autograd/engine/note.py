"""`Note`: the label, the block, the last guard and the source of a node.

In order to save memory, a node that has nothing but a label stores only the label, a string,
instead of a note.
"""

from __future__ import annotations

from types import CodeType
from typing import Any, NamedTuple

from .source_line import SourceLine

# ``new_tuple(Note, fields)`` is ``Note(*fields)``, but three times as fast.
new_tuple: Any = tuple.__new__


class RecordedGuard(NamedTuple):
    """A comparison of Values whose outcome Python's control flow used, as in ``if x > 0``.

    Attributes:
        left: the Value that was compared.
        relation: one of ``< <= > >= ==``.
        right: the Value or the number that `left` was compared with.
        outcome: whether the comparison was true.
        origin: the place in the code where the outcome was used. It is a code object and an offset
            in it, because these are cheap to get. If a `Graph` was recorded again, it is the text
            of the comparison and the name of the place instead.
        earlier: the guard recorded before this one, or None.
    """

    left: Any
    relation: str
    right: Any
    outcome: bool
    origin: tuple[CodeType, int] | tuple[str, str]
    earlier: RecordedGuard | None


class Note(NamedTuple):
    """The label, the block, the last guard and the source of a node. Many nodes can share one note.

    Attributes:
        label: the node's name, given by hand.
        block: the names of the blocks that the node was recorded in, outermost first.
        guard: the last guard recorded before the node.
        origin: the place in the code that recorded the node, if `recording` was active. It is a
            code object and an offset in it, or the line that was found there.
        name: the name that the code assigned the node to, if `recording` was active, or "".
    """

    label: str = ""
    block: tuple[str, ...] = ()
    guard: RecordedGuard | None = None
    origin: tuple[CodeType, int] | SourceLine | None = None
    name: str = ""

    def changed(self, **fields: Any) -> Note:
        """Return a copy in which these fields are replaced."""
        return self._replace(**fields)


class NameCounts(dict[Any, int]):
    """How many nodes have each name in one `recording` block.

    There is one dictionary for the names of variables, and one for the elements of each container.
    The key is the name of the variable, or the key of the element, such as 1 for h[1].

    Attributes:
        container: the name of the container, or "" for the names of variables.
    """

    __slots__ = ("_by_container", "_places", "container")

    def __init__(self, container: str = "", within: NameCounts | None = None) -> None:
        super().__init__()
        self.container = container
        self._by_container: dict[str, NameCounts] = {} if within is None else within._by_container
        self._by_container[container] = self
        self._places: dict[str, tuple[NameCounts, Any]] = {} if within is None else within._places

    def __missing__(self, key: Any) -> int:
        return 0

    def elements_of(self, name: str) -> NameCounts:
        """Return the counts of name[0], name['w'], …."""
        found = self._by_container.get(name)
        return NameCounts(name, self) if found is None else found

    def within(self, key: Any) -> NameCounts:
        """Return the counts of the elements of an element, such as h[1][0], h[1][1], …."""
        return self.elements_of(self.name_of(key))

    def name_of(self, key: Any) -> str:
        """Return the name that is counted under a key."""
        return f"{self.container}[{key!r}]" if self.container else str(key)

    def place_of(self, name: str) -> tuple[NameCounts, Any]:
        """Return the counts and the key under which a name is counted.

        The text of the name is split into its container and its key, because only the text is known
        of a name that was found in a container.
        """
        found = self._places.get(name)
        if found is None:
            container, _, key = name.removesuffix("]").rpartition("[")
            found = self._by_container[""], name
            if container and (key.isdecimal() or key == repr(key[1:-1])):
                found = self.elements_of(container), int(key) if key.isdecimal() else key[1:-1]
            self._places[name] = found
        return found


class NumberedNote(NamedTuple):
    """A note with a name from the code. If several nodes have the name, it is numbered, as z@2.

    It can be used like a `Note`. The text of the name is made only when it is read, because
    `recording` makes a note for each node and most names are never read.

    Attributes:
        note: the other fields.
        counts: how many nodes have the name.
        key: the key under which `counts` has the name.
        number: the number of this node among the nodes with the name, counted from 1.
    """

    note: Note
    counts: NameCounts
    key: Any
    number: int

    @property
    def label(self) -> str:
        """The node's name, given by hand."""
        return self.note.label

    @property
    def block(self) -> tuple[str, ...]:
        """The names of the blocks."""
        return self.note.block

    @property
    def guard(self) -> RecordedGuard | None:
        """The last guard recorded before the node."""
        return self.note.guard

    @property
    def origin(self) -> tuple[CodeType, int] | SourceLine | None:
        """The place in the code that recorded the node."""
        return self.note.origin

    @property
    def name(self) -> str:
        """The name in the code, with the number of the node if it is not the only one."""
        name = self.counts.name_of(self.key)
        return name if self.counts[self.key] < 2 else f"{name}@{self.number}"

    def changed(self, **fields: Any) -> Any:
        """Return a copy with these fields replaced. The number is kept unless the name changes."""
        note = self.note._replace(**fields)
        return note if "name" in fields else self._replace(note=note)


def with_label(note: AnyNote, label: str) -> AnyNote:
    """Return the note with another label.

    A label replaces the name from the code. If the node has the highest number of this name, such
    as the 3 of z@3, the number becomes free for the next node.
    """
    if isinstance(note, str):
        return label
    loses_name = bool(label) and not note.label
    if loses_name and isinstance(note, NumberedNote) and note.number == note.counts[note.key]:
        note.counts[note.key] -= 1
    return note.changed(label=label)


def guard_of(note: AnyNote) -> RecordedGuard | None:
    """Return the last guard of the note, or None."""
    return None if isinstance(note, str) else note.guard


def with_guard(note: AnyNote, guard: RecordedGuard | None) -> AnyNote:
    """Return the note with another guard, or with no guard."""
    if isinstance(note, str):
        return note if guard is None else Note(note, (), guard)
    return _simplify(note.changed(guard=guard))


def with_block(note: AnyNote, block: tuple[str, ...]) -> AnyNote:
    """Return the note with another block."""
    if isinstance(note, str):
        return Note(note, block) if block else note
    return _simplify(note.changed(block=block))


def with_source(note: AnyNote, line: SourceLine | None, name: str = "") -> AnyNote:
    """Return the note with another source line and another name from the code."""
    if isinstance(note, str):
        return Note(note, origin=line, name=name) if line or name else note
    return _simplify(note.changed(origin=line, name=name))


def nest_note(outer: AnyNote, inner: AnyNote) -> AnyNote:
    """Return `outer` with the label of `inner`, and the block of `inner` inside that of `outer`."""
    if isinstance(outer, str):
        return inner
    label, block = (inner, ()) if isinstance(inner, str) else (inner.label, inner.block)
    fields = (label, outer.block + block, outer.guard, outer.origin, outer.name)
    return new_tuple(Note, fields)  # type: ignore[no-any-return]


def _simplify(note: Note | NumberedNote) -> AnyNote:
    """Return the label alone if the note has nothing else."""
    is_more = isinstance(note, NumberedNote) or any(note[1:])
    return note if is_more else note.label


AnyNote = Note | NumberedNote | str
"""What a node may store as its note. A string is the label of a note that has nothing else."""
