"""`NameGroup`: nodes that one execution of an instruction recorded, which are named together."""

from __future__ import annotations

from types import FrameType
from typing import Any

from .destinations import Site
from .held import find_last_entry, find_nodes, holds
from .node import LiveNode
from .note import AnyNote, NameCount, Note, NumberedNote

_new: Any = tuple.__new__  # creates a named tuple three times as fast as a call of its class


class NameGroup:
    """Nodes that were recorded while one instruction was executed once.

    The instruction may store them in a variable, an attribute or a container. What is stored where
    is known when the statement has been executed. `settle` then gives the nodes their names.

    Attributes:
        nodes: the nodes, in the order of recording.
        site: the instruction.
        frame: the frame that executed it.
        call: the frame of the function that the instruction called, if this function returned the
            nodes, else None.
        is_own: whether the instruction itself recorded the last node, not a function it called.
        number: the number of the name, such as the 2 of z@2. It is 0 if the instruction does not
            assign its result directly to a variable or an attribute.
        named: the nodes that have got a name without a number, with this name.
    """

    __slots__ = ("call", "frame", "is_own", "named", "nodes", "number", "site")

    def __init__(
        self, node: LiveNode, site: Site, frame: FrameType, call: FrameType | None, number: int
    ) -> None:
        self.nodes, self.site, self.frame, self.call = [node], site, frame, call
        self.is_own, self.number = True, number
        self.named: list[tuple[LiveNode, str]] = []

    def add_if_next_term(self, node: LiveNode, frame: FrameType) -> bool:
        """Add a node that is the next term of a sum, and return whether it is one.

        A call such as ``sum(terms)`` records several nodes, and each is an operand of the next. If
        the statement reads the variable that it assigns to, as ``z = z + x`` does in a loop, such a
        node may also belong to the next execution. It is then not added.
        """
        last = self.nodes[-1]
        if self.frame is not frame or self.site.reads_target:
            return False
        if node._a is not last and node._b is not last:
            return False
        self.nodes.append(node)
        self.is_own = True
        return True

    def settle(self, *, was_left: bool) -> bool:
        """Name the nodes that the targets hold now, and return whether there is one.

        Args:
            was_left: whether the statement has been left. If it has not, a container is searched
                only if it holds the last node, which shows that the result was stored.
        """
        is_found = False
        last = self.nodes[-1]
        for target in self.site.targets:
            held = target.read(self.frame)
            if held is last:
                self._assign(last, target.text)
                if len(self.nodes) == 1:
                    return True
                is_found = True
            elif held is not None and (was_left or holds(held, last)):
                wanted = {id(node) for node in self.nodes}
                find = find_last_entry if target.is_container else find_nodes
                for node, name in find(held, target.text, wanted):
                    self._assign(node, name)
                    is_found = True
        if was_left and self.number and not is_found:
            self._name_only_result()
        return is_found

    def _name_only_result(self) -> None:
        """Name a result whose variable holds something else by now, as in ``z = x * y; z = 0``.

        A result is a node that is no operand of another node of the group. If there are several, as
        with arrays, none of them is named.
        """
        used = {id(parent) for node in self.nodes for parent in node.parents}
        results = [node for node in self.nodes if id(node) not in used]
        if len(results) == 1:
            self._assign(results[0], self.site.name)
        elif self.number == self.site.counted.total:
            self.site.counted.total -= 1  # the next node of this name gets the number

    def _assign(self, node: LiveNode, name: str) -> None:
        """Give the node this name, unless it was given a name earlier."""
        note = node.note
        if not isinstance(note, Note) or note.name:
            return
        site = self.site
        if self.number and name == site.name:
            named = site.named_note if note is site.note else note.changed(name=name)
            node.note = _new(NumberedNote, (named, site.counted, self.number))
        else:
            node.note = note.changed(name=name)
            self.named.append((node, name))


def number_names(groups: list[NameGroup]) -> None:
    """Number the names in `named` of these groups that occur more than once."""
    counts: dict[str, NameCount] = {}
    for group in groups:
        for node, name in group.named:
            count = counts.setdefault(name, NameCount())
            count.total += 1
            note = node.note
            note = note.note if isinstance(note, NumberedNote) else note
            node.note = _new(NumberedNote, (note, count, count.total))


def remove_name(note: Any) -> Note:
    """Return the note without the name that the code assigned."""
    return Note(note.label, note.block, note.guard, note.origin)


def add_origin(note: AnyNote, site: Site, name: str = "") -> Note:
    """Return the note with the place of a site as its origin, and with a name."""
    if isinstance(note, str):
        return Note(note, (), None, site.note.origin, name)
    return Note(note.label, note.block, note.guard, site.note.origin, name)
