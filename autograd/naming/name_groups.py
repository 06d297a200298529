"""`NameGroup`: the nodes that one execution of an instruction recorded, to be named together."""

from __future__ import annotations

from operator import is_
from types import FrameType
from typing import Any

from ..engine.node import LiveNode
from ..engine.note import AnyNote, NameCounts, Note, new_tuple
from .code_sites import NOWHERE, Site
from .held import find_last_entries, find_nodes, holds, read_entry
from .target import Target


class NameGroup:
    """The nodes that one execution of an instruction recorded.

    Their result may be stored in a variable, an attribute or a container. Which node is stored
    where is known only after the statement. `settle` then names the nodes.

    Attributes:
        nodes: the nodes, in the order of recording.
        site: the instruction.
        frame: the frame that executed it.
        call: the frame of the called function that recorded the nodes, or None if the instruction
            recorded them itself.
        before: what the target held when the first node was recorded. It is needed only in a loop.
        number: the number that the result gets, such as the 2 of z@2. It is 0 if the result is not
            assigned directly to a variable or an attribute.
    """

    __slots__ = (
        "_place",
        "before",
        "call",
        "frame",
        "nodes",
        "number",
        "site",
    )

    def __init__(
        self,
        node: LiveNode,
        site: Site,
        frame: FrameType,
        call: FrameType | None = None,
    ) -> None:
        self.nodes, self.site, self.frame, self.call = [node], site, frame, call
        self.number, self._place, self.before = 0, NOWHERE, None
        if site.is_direct:
            site.counts[site.name] = self.number = site.counts[site.name] + 1
        elif site.is_element:
            self._place = site.read_place(frame)
        if site.needs_before:
            self.before = self._read()

    def _read(self) -> Any:
        """Return what the first target holds now. If it is an element, return the element."""
        container, key, counts = self._place
        if counts is not None:
            return read_entry(container, key)
        held = self.frame.f_locals.get(self.site.variable)
        return self.site.targets[0].read(self.frame) if held is None else held

    def is_next(self, node: LiveNode) -> bool:
        """Return whether the last node is an operand of this one, as in ``sum(terms)``.

        The same execution of the instruction then recorded both. This does not follow if the
        statement reads its own result, as ``z = z + x`` in a loop does, so the answer is then
        False.
        """
        last = self.nodes[-1]
        return (node._a is last or node._b is last) and not self.site.reads_target

    def is_running(self) -> bool:
        """Return whether nothing was stored in the target since the first node was recorded."""
        return self._read() is self.before

    def was_stored(self) -> bool:
        """Return whether the result is stored by now, and name the nodes if it is.

        Called when the instruction records again, to decide whether this group is complete.
        """
        if not self.site.is_comprehension:  # a comprehension is executed again if it records again
            if self.site.is_container and self._place is NOWHERE:
                return self.settle(was_left=False)
            if self.is_running():
                return False
        self.settle(was_left=True)
        return True

    def settle(self, *, was_left: bool) -> bool:
        """Name the nodes that the targets hold now, and return whether there are any.

        Args:
            was_left: whether the statement has been left. Otherwise a container is searched only if
                it holds the last node, because only then was the result stored.
        """
        site = self.site
        if site.lists_results:  # the usual case of several nodes, as in ``h = [v * x for v in w]``
            held = self.frame.f_locals.get(site.variable)
            if held.__class__ is list and self._name_last_elements(held, site.elements):
                if self.number:
                    self._release_number()
                return True
        last, held = self.nodes[-1], self._read()
        _, key, counts = self._place
        if counts is not None and held is last:
            self._name(last, counts, key)
            return True
        is_found = False
        for k, target in enumerate(site.targets):
            if k or counts is not None:
                held = target.read(self.frame)
            if target.is_loop:
                is_found = site.makes_list and self._assign_results(target.text)
            elif held is last:
                self._assign(last, target.text)
                if len(self.nodes) == 1:
                    return True
                is_found = True
            elif held.__class__ is list and self._name_last_elements(
                held, site.counts.elements_of(target.text)
            ):
                is_found = True
            elif isinstance(held, LiveNode):
                if was_left and any(held is node for node in self.nodes):
                    self._assign(held, target.text)
                    is_found = True
            elif held is not None and (was_left or holds(held, last)):
                is_found |= self._assign_held(held, target) or not was_left
        if was_left and self.number:
            if not is_found and any(_is_unnamed(node._note) for node in self.nodes):
                self._name_only_result()
            self._release_number()
        return is_found

    def _name_last_elements(self, held: list[Any], counts: NameCounts) -> bool:
        """Name the nodes if they are the last elements of a list, and return whether they are.

        Usually they are, because comprehensions and `append` put them there.
        """
        nodes = self.nodes
        start = len(held) - len(nodes)
        if start < 0 or held[-1] is not nodes[-1]:
            return False
        if len(nodes) > 1 and not all(map(is_, nodes, held[start:] if start else held)):
            return False
        usual, count = None, counts.get
        for key, node in enumerate(nodes, start):
            note = node._note
            if note is usual or _is_unnamed(note):  # the code of `_name`, because a call costs time
                usual = note
                counts[key] = number = count(key, 0) + 1
                node._note = note, counts, key, number
        return True

    def _assign_held(self, held: Any, target: Target) -> bool:
        """Name the nodes in the elements of a target, and return whether there are any."""
        unnamed = {id(node) for node in self.nodes if _is_unnamed(node._note)}
        if not unnamed:  # the usual case in a network, which labels its nodes itself
            return False
        find = find_last_entries if target.is_container else find_nodes
        found = list(find(held, target.text, unnamed))
        for node, name in found:
            self._assign(node, name)
        return bool(found)

    def _results(self) -> list[LiveNode]:
        """Return the nodes that are not operands of other nodes of the group."""
        used = {id(parent) for node in self.nodes for parent in node.parents}
        return [node for node in self.nodes if id(node) not in used]

    def _name_only_result(self) -> None:
        """Name a result whose variable holds something else by now, as in ``z = x * y; z = 0``.

        If there are several results, as with arrays, none of them is named.
        """
        results = self._results()
        if len(results) == 1:
            self._assign(results[0], self.site.name)

    def _assign_results(self, name: str) -> bool:
        """Name the entries of a comprehension for a loop. Return whether there are any."""
        results = self._results()
        for node in results:
            self._assign(node, name)
        return bool(results)

    def _release_number(self) -> None:
        """Give the number back for the next node of this name, if no node has taken it."""
        counts, name = self.site.counts, self.site.name
        if self.number and self.number == counts[name]:
            counts[name] -= 1
        self.number = 0

    def _assign(self, node: LiveNode, name: str) -> None:
        """Give the node this name, unless it was given a name earlier."""
        if not self.number or name != self.site.name:
            self._name(node, *self.site.counts.place_of(name))
        elif _is_unnamed(node._note):  # take the number that was reserved for the result
            node._note = node._note, self.site.counts, name, self.number
            self.number = 0

    def _name(self, node: LiveNode, counts: NameCounts, key: Any) -> None:
        """Give the node the next number of a name, unless it was given a name earlier."""
        if _is_unnamed(node._note):
            counts[key] = number = counts[key] + 1
            node._note = node._note, counts, key, number


def _is_unnamed(note: Any) -> bool:
    return note.__class__ is Note and not note.label


def add_origin(note: AnyNote, site: Site) -> Note:
    """Return the note with the place of a site as its origin."""
    if not note:
        return site.note
    label, block, guard = (note, (), None) if isinstance(note, str) else note[:3]
    return new_tuple(Note, (label, block, guard, site.note.origin, ""))  # type: ignore[no-any-return]
