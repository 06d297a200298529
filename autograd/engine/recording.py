"""`recording`: nodes get the names that the code assigns them to, and the lines that made them.

Inside the block, every recorder calls a function with its new node and the frame that called it.
The function only looks up the instruction. Which variable holds the node is looked up later, when
the statement has been executed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from . import recorder
from .collector import collector_paused
from .condition import is_library
from .destinations import Site, read_code
from .held import find_last_entry, find_nodes, holds
from .node import LiveNode
from .note import AnyNote, NameCount, Note, NumberedNote
from .recorder import call_note_node
from .value import Value

_new: Any = tuple.__new__  # creates a named tuple three times as fast as a call of its class
_MAIN_THREAD = threading.main_thread()
_MOST_FRAMES = 256  # whose names are not yet known, before finished calls are looked through


@contextmanager
def recording() -> Iterator[None]:
    """Give nodes the names that the code assigns them to, and the lines of code that made them.

    The element of a list is named as in the code, h[1]. Names of nodes that are assigned more than
    once, as in a loop, are numbered: z@1, z@2. A label given by hand comes first. The garbage
    collector is paused inside the block. Code outside the block is not slowed down.

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
    global _current
    if threading.current_thread() is not _MAIN_THREAD:
        raise RuntimeError(
            "recording() was opened in a second thread, but names are found in one place for all "
            "threads: open it in the main thread"
        )
    if _current is not None:  # an inner block has nothing to add
        yield
        return
    names = _current = _Names()
    call_note_node(names.noter())
    Value.__init__ = _noting_init()  # type: ignore[method-assign]
    try:
        with collector_paused():
            yield
    finally:
        Value.__init__ = _init  # type: ignore[method-assign]
        call_note_node(None)
        _current = None
        names.finish()


_current: _Names | None = None  # of the open block


def name_nodes() -> None:
    """Give the nodes recorded so far their names, if a `recording` block is open."""
    if _current is not None:
        _current.finish()


_init = Value.__init__


def _noting_init() -> Any:
    """Return the method `__init__` of Values that notes where a leaf was made."""

    def init(self: Value, data: Any, label: str = "") -> None:
        _init(self, data, label)
        recorder.note_node(self, sys._getframe(1))  # type: ignore[misc]

    return init


class _Group:
    """Nodes that were recorded while one instruction was executed once, and may get its names.

    Attributes:
        nodes: the nodes, in the order of recording.
        site: the instruction.
        frame: the frame that executed it.
        call: the frame that it called and that returned the nodes, or None.
        is_own: whether the last node was recorded by the instruction itself.
        number: the number of the name, if the instruction assigns one result to a variable.
        named: the nodes that have got a name, with it.
    """

    __slots__ = ("call", "frame", "is_own", "named", "nodes", "number", "site")

    def __init__(
        self, node: LiveNode, site: Site, frame: FrameType, call: FrameType | None, number: int
    ) -> None:
        self.nodes, self.site, self.frame, self.call = [node], site, frame, call
        self.is_own, self.number = True, number
        self.named: list[tuple[LiveNode, str]] = []

    def goes_on(self, node: LiveNode, frame: FrameType) -> bool:
        """Add the next term of a sum, and return whether the node is one.

        The terms of a sum are operands of each other. Another execution of the instruction can
        begin with the last sum only if it reads the variable.
        """
        last = self.nodes[-1]
        if self.frame is not frame or self.site.reads_target:
            return False
        if node._a is not last and node._b is not last:
            return False
        self.nodes.append(node)
        self.is_own = True
        return True

    def settle(self, *, is_last: bool) -> bool:
        """Name the nodes that a target holds now, and return whether there is one.

        Args:
            is_last: whether the statement was left. If not, only the last node is looked for.
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
            elif held is not None and (is_last or holds(held, last)):
                wanted = {id(node) for node in self.nodes}
                find = find_last_entry if target.is_container else find_nodes
                for node, name in find(held, target.text, wanted):
                    self._assign(node, name)
                    is_found = True
        if is_last and self.number and not is_found:
            self._name_only_result()
        return is_found

    def _name_only_result(self) -> None:
        """Name a result whose variable holds something else by now, as in ``z = x * y; z = 0``."""
        used = {id(parent) for node in self.nodes for parent in node.parents}
        results = [node for node in self.nodes if id(node) not in used]
        if len(results) == 1:
            self._assign(results[0], self.site.name)
        elif self.number == self.site.counted.total:
            self.site.counted.total -= 1  # the number is free again

    def _assign(self, node: LiveNode, name: str) -> None:
        note = node.note
        if not isinstance(note, Note) or note.name:
            return  # a name that was found earlier is kept
        site = self.site
        if self.number and name == site.name:
            named = site.named_note if note is site.note else note.changed(name=name)
            node.note = _new(NumberedNote, (named, site.counted, self.number))
        else:
            node.note = note.changed(name=name)
            self.named.append((node, name))


class _Names:
    """Notes where nodes are recorded, and finds their names when these have been assigned."""

    def __init__(self) -> None:
        # For the code of each function, by id, its sites by offset; None for code of a library.
        self._sites: dict[int, dict[int, Site] | None] = {}
        self._kept: list[CodeType] = []  # an id is valid while its object lives
        self._waiting: dict[FrameType, list[_Group]] = {}
        # The group that a frame's results belong to, None if nothing is assigned.
        self._group_of: dict[FrameType, _Group | None] = {}
        self._groups: list[_Group] = []  # those whose names are not that of a variable
        self._counts: dict[str, NameCount] = {}  # of the names of variables
        self._last_group: _Group | None = None

    def noter(self) -> Callable[[LiveNode, FrameType], LiveNode]:
        """Return the function that notes the place in the user's code that recorded a node.

        It is called with each new node and the frame of the caller, and returns the node. It is a
        closure, because it runs for each node and finds local variables faster than attributes.
        """
        known_sites, waiting, group_of = self._sites, self._waiting, self._group_of
        last_node: LiveNode | None = None
        last_site: Site | None = None

        def note_node(node: LiveNode, frame: FrameType) -> LiveNode:
            nonlocal last_site, last_node
            sites = known_sites.get(id(frame.f_code))
            if sites is None:
                user_frame = self._user_frame(frame)
                if user_frame is None:
                    return node
                frame = user_frame
                sites = known_sites[id(frame.f_code)]
            site: Site = sites.get(frame.f_lasti) or self._read_site(frame)  # type: ignore
            note = node.note
            if site.is_certain and (
                site is not last_site
                or node._a is last_node
                or node._b is last_node
                or not self._is_of_array(last_node, site, frame)
            ):
                note = site.named_note if note == "" else _with_origin(note, site, site.name)
                counted = site.counted
                counted.total = k = counted.total + 1
                node.note = _new(NumberedNote, (note, counted, k))
                if frame in waiting:
                    self._settle_passed(waiting[frame], site.offset)
                last_site, last_node = site, node
                return node
            node.note = site.note if note == "" else _with_origin(note, site)
            if site.targets:
                last_site, last_node = site, node
                group = self._last_group
                if group is None or group.site is not site or not group.goes_on(node, frame):
                    self._join(node, site, frame, None, is_own=True)
            elif site.leaves:
                last_site, last_node = site, node
                if frame not in group_of:
                    self._find_group(node, site, frame)
                    return node
                group = group_of[frame]
                if group is None:
                    return node
                if group.is_own or group.call is not None:
                    group.nodes.append(node)
                    group.is_own = False
                else:
                    # A generator yields again, and nothing was recorded with what it yielded
                    # before. Perhaps the instruction is executed again, as `next` is in a loop.
                    self._find_group(node, site, frame)
            return node

        return note_node

    def _read_site(self, frame: FrameType) -> Site:
        """Return the site that a frame of the user's code executes."""
        offset, code = frame.f_lasti, frame.f_code
        site = read_code(code).read_site(offset)
        sites = self._sites[id(code)]
        assert sites is not None
        sites[offset] = site
        if site.is_direct:
            site.counted = self._counts.setdefault(site.name, NameCount())
        return site

    def _user_frame(self, frame: FrameType | None) -> FrameType | None:
        """Return the innermost frame of the user's code, and make its sites known."""
        while frame is not None:
            code = frame.f_code
            if id(code) not in self._sites:
                self._kept.append(code)
                self._sites[id(code)] = None if is_library(code.co_filename) else {}
            if self._sites[id(code)] is not None:
                return frame
            frame = frame.f_back
        return None

    def _is_of_array(self, last: LiveNode | None, site: Site, frame: FrameType) -> bool:
        """Return whether an instruction goes on with the entries of an array.

        An operation on arrays records several nodes. They follow each other directly, none of them
        is an operand of the next, and the variable does not hold the one before.
        """
        if last is None or site.targets[0].read(frame) is last:
            return False
        groups = self._waiting.setdefault(frame, [])
        if not (groups and groups[-1].site is site):
            last.note = _without_name(last.note)  # `last` was the first entry of the array
            groups.append(_Group(last, site, frame, None, site.counted.total))
            self._groups.append(groups[-1])
        return True

    def _find_group(self, node: LiveNode, site: Site, frame: FrameType) -> None:
        """Add the node to a group of the caller that its frame returns or yields to."""
        source, call = frame, None
        while not site.targets:
            call = frame if site.returns else None
            caller = None if site.is_inner else self._user_frame(frame.f_back)
            if caller is None:
                self._group_of[source] = None
                return
            frame = caller
            site = self._read_site(frame)
        group = self._join(node, site, frame, call, is_own=False)
        self._group_of[source] = group

    def _join(
        self,
        node: LiveNode,
        site: Site,
        frame: FrameType,
        call: FrameType | None,
        *,
        is_own: bool,
    ) -> _Group:
        """Add the node to the last group of this frame, or to a new one."""
        groups = self._waiting.get(frame)
        same: _Group | None
        if groups is None:
            groups = self._waiting[frame] = []
            if len(self._waiting) > _MOST_FRAMES:
                self._leave_finished(frame)
        elif groups:
            same = next((group for group in reversed(groups) if group.site is site), None)
            if same is not None:
                # A call returns only once, so all its results belong to one execution.
                is_same_call = call is not None and call is same.call
                if is_same_call or not same.settle(is_last=False):
                    same.nodes.append(node)
                    same.call, same.is_own = call, is_own
                    self._last_group = same
                    return same
                groups.remove(same)
                self._let_go(same)
            self._settle_passed(groups, site.offset)
        number = 0
        if site.is_direct:
            site.counted.total = number = site.counted.total + 1
        group = _Group(node, site, frame, call, number)
        group.is_own = is_own
        groups.append(group)
        if not site.is_direct:
            self._groups.append(group)
        self._group_of.clear()
        self._last_group = group
        return group

    def _settle_passed(self, groups: list[_Group], offset: int) -> None:
        """Name the groups whose statements were left, because another instruction is executed."""
        waiting = []
        for group in groups:
            if group.site.begins <= offset <= group.site.stored:
                waiting.append(group)
            else:
                group.settle(is_last=True)
                self._let_go(group)
        groups[:] = waiting

    def _let_go(self, group: _Group) -> None:
        """Forget the frames of a named group, because they keep all their variables alive."""
        del group.frame, group.call, group.nodes
        self._last_group = None
        self._group_of.clear()

    def _leave_finished(self, frame: FrameType) -> None:
        """Name the nodes of the calls that have returned, and let their frames go."""
        running = {frame}
        now: FrameType | None = sys._getframe(1)
        while now is not None:
            running.add(now)
            now = now.f_back
        for other in [f for f in self._waiting if f not in running]:
            self._settle_passed(self._waiting.pop(other), -1)

    def finish(self) -> None:
        """Name all nodes recorded so far, and number names that occur more than once."""
        for groups in self._waiting.values():
            self._settle_passed(groups, -1)
        self._waiting.clear()
        self._group_of.clear()
        self._last_group = None
        counts: dict[str, NameCount] = {}
        for group in self._groups:
            for node, name in group.named:
                count = counts.setdefault(name, NameCount())
                count.total += 1
                note = node.note
                note = note.note if isinstance(note, NumberedNote) else note
                node.note = _new(NumberedNote, (note, count, count.total))


def _without_name(note: Any) -> Note:
    return Note(note.label, note.block, note.guard, note.origin)


def _with_origin(note: AnyNote, site: Site, name: str = "") -> Note:
    """Return a note with the origin of a site."""
    if isinstance(note, str):
        return Note(note, (), None, site.note.origin, name)
    return Note(note.label, note.block, note.guard, site.note.origin, name)
