"""`NameGroup`: nodes that one execution of an instruction recorded, which are named together."""

from __future__ import annotations

from operator import is_
from types import FrameType
from typing import Any

from .destinations import Site
from .held import find_last_entry, find_nodes, holds
from .node import LiveNode
from .note import AnyNote, NameCount, Note, NumberedNote, new_tuple


class NameGroup:
    """Nodes that were recorded while one instruction was executed once.

    The instruction may store them in a variable, an attribute or a container. Only after
    the statement can one see which node is stored where. `settle` then names the nodes.

    Attributes:
        nodes: the nodes, in the order of recording.
        site: the instruction.
        frame: the frame that executed it.
        call: the frame of the called function that recorded the nodes, or None if the instruction
            recorded them itself.
        is_own: False if a function of the user passed the last node on, else True.
        number: the number of the name, such as the 2 of z@2. It is 0 if the instruction does not
            assign its result directly to a variable or an attribute.
    """

    __slots__ = ("_before", "_place", "call", "frame", "is_own", "nodes", "number", "site")

    def __init__(
        self,
        node: LiveNode,
        site: Site,
        frame: FrameType,
        call: FrameType | None = None,
        *,
        is_own: bool,
    ) -> None:
        self.nodes, self.site, self.frame, self.call = [node], site, frame, call
        self.is_own, self.number = is_own, 0
        if site.is_direct:
            site.counted.total = self.number = site.counted.total + 1
        self._place = site.read_place(frame) if site.is_element else None
        needs_before = site.is_repeated and not site.is_comprehension
        self._before = self._read() if needs_before else None

    def _read(self) -> Any:
        """Return what the first target holds now: the element itself, if its place is known."""
        return (self._place or self.site.targets[0]).read(self.frame)

    def add_if_next(self, node: LiveNode, frame: FrameType) -> bool:
        """Add the node and return True if the same execution recorded it, else return False.

        A call such as ``sum(terms)`` records several nodes, and each is an operand of the next. In
        a loop with ``z = z + x``, the node of the next execution also has the last one as an
        operand, so that operands tell nothing there.
        """
        if self.frame is not frame:
            return False
        site, last = self.site, self.nodes[-1]
        is_next_term = (node._a is last or node._b is last) and not site.reads_target
        if not is_next_term and (
            self.call is not None
            or site.targets[0].is_container
            or self._read() is not self._before
        ):
            return False
        self.nodes.append(node)
        self.is_own = True
        return True

    def was_stored(self) -> bool:
        """Return whether the result is stored by now, and name the nodes if it is.

        Called when the instruction records again, to decide whether this group is complete.
        """
        if not self.site.is_comprehension:  # a comprehension that records again was started anew
            if self.site.targets[0].is_container and not self._place:
                return self.settle(was_left=False)
            if self._read() is self._before:
                return False
        self.settle(was_left=True)
        return True

    def settle(self, *, was_left: bool) -> bool:
        """Name the nodes that the targets hold now, and return whether there is one.

        Args:
            was_left: whether the statement has been left. If it has not, a container is searched
                only if it holds the last node, which shows that the result was stored.
        """
        last = self.nodes[-1]
        if self._place and self._place.read(self.frame) is last:
            self._name(last, self._place.counted)
            return True
        is_found = False
        for target in self.site.targets:
            held = target.read(self.frame)
            if held is last:
                self._assign(last, target.text)
                if len(self.nodes) == 1:
                    return True
                is_found = True
            elif isinstance(held, LiveNode):
                if was_left and any(held is node for node in self.nodes):
                    self._assign(held, target.text)
                    is_found = True
            elif held.__class__ is list and held and held[-1] is last and self._are_last_of(held):
                self._assign_elements(held, target.text)
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

    def _are_last_of(self, held: list[Any]) -> bool:
        """Return whether the nodes are the last elements of a list, as append leaves them."""
        nodes = self.nodes
        return len(nodes) <= len(held) and all(map(is_, nodes, held[-len(nodes) :]))

    def _assign_elements(self, held: list[Any], name: str) -> None:
        """Name the nodes, which are the last elements of a list, as elements."""
        counts = self.site.counts.elements_of(name)
        for k, node in enumerate(self.nodes, len(held) - len(self.nodes)):
            self._name(node, counts[k])

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
        if not self.number or name != self.site.name:
            self._name(node, self.site.counts.count_of(name))
        elif node.note.__class__ is Note:
            node.note = new_tuple(NumberedNote, (node.note, self.site.counted, self.number))

    def _name(self, node: LiveNode, counted: NameCount) -> None:
        """Give the node the next number of a name, unless it was given a name earlier."""
        if node.note.__class__ is Note:
            counted.total = number = counted.total + 1
            node.note = new_tuple(NumberedNote, (node.note, counted, number))


def add_origin(note: AnyNote, site: Site) -> Note:
    """Return the note with the place of a site as its origin."""
    if isinstance(note, str):
        return Note(note, (), None, site.note.origin)
    return Note(note.label, note.block, note.guard, site.note.origin)
