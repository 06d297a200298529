"""`recording`: nodes get the names that the code assigns them to, and the lines that made them.

Inside the block, every recorder calls a function with its new node and the frame of its caller.
This function looks up the instruction that the frame executes, which is a `Site`. A node that is
certain to be stored in one variable is named at once. This includes the result of a function that
returns it, if the instruction of the caller is known to call just this function.

Other nodes are kept in a `NameGroup`, because they are not stored in their variable yet. When the
statement has been executed, the group finds them in the variable and names them.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from .collector import collector_paused
from .destinations import Site
from .name_groups import NameGroup, add_origin
from .node import LiveNode
from .note import Note, NumberedNote
from .recorder import call_note_node
from .sites import Sites
from .value import Value

_new: Any = tuple.__new__  # creates a named tuple three times as fast as a call of its class
_MAIN_THREAD = threading.main_thread()
# When more frames than this have unnamed nodes, the nodes of finished calls are named, because each
# frame keeps its variables in memory.
_MOST_FRAMES = 256
# An offset outside every statement. A frame that is said to be here has left all its statements.
_OUTSIDE = -1


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
    note_node = names.noter()
    call_note_node(note_node)
    Value.__init__ = _noting_init(note_node)  # type: ignore[method-assign]
    Value.__radd__ = _noting_radd(names)  # type: ignore[method-assign]
    try:
        with collector_paused():
            yield
    finally:
        Value.__init__, Value.__radd__ = _init, _radd  # type: ignore[method-assign]
        call_note_node(None)
        _current = None
        names.finish()


_current: _Names | None = None  # those of the open block


def name_nodes() -> None:
    """Name the nodes recorded so far, if a `recording` block is open."""
    if _current is not None:
        _current.finish()


_init, _radd = Value.__init__, Value.__radd__


def _noting_init(note_node: Callable[[LiveNode, FrameType], LiveNode]) -> Any:
    """Return the method `__init__` of Values that notes where a leaf was made."""
    init_value, getframe = _init, sys._getframe

    def init(self: Value, data: Any, label: str = "") -> None:
        init_value(self, data, label)
        note_node(self, getframe(1))

    return init


def _noting_radd(names: _Names) -> Any:
    """Return the method of Values for ``0 + x``, which notes that x is stored under a new name."""
    add_reflected, getframe = _radd, sys._getframe

    def radd(self: Value, other: Any) -> Value:
        result = add_reflected(self, other)
        if result is self and self.note.__class__ is Note:
            names.note_unchanged(self, getframe(1))
        return result

    return radd


class _Names:
    """The nodes that wait for their names, in groups."""

    def __init__(self) -> None:
        self._sites = Sites()
        self._waiting: dict[FrameType, list[NameGroup]] = {}  # the groups that each frame executes
        # For each frame that returns or yields nodes, the group of a caller that they belong to. It
        # is None if no caller assigns them.
        self._group_of: dict[FrameType, NameGroup | None] = {}
        self._last_group: NameGroup | None = None

    def noter(self) -> Callable[[LiveNode, FrameType], LiveNode]:
        """Return the function that notes the place in the user's code that recorded a node.

        The function is called with each new node and the frame of the recorder's caller, and
        returns the node. It is a closure, because it runs for each node, and Python reads local
        variables faster than attributes.
        """
        known_sites, read_site = self._sites.known, self._sites.read_site
        find_user_frame, find_caller = self._sites.find_user_frame, self._sites.find_caller
        waiting, group_of = self._waiting, self._group_of
        last_node: LiveNode | None = None
        last_site: Site | None = None
        last_code: CodeType | None = None
        sites: Any = None  # those of the last code

        def note_node(node: LiveNode, frame: FrameType) -> LiveNode:
            nonlocal last_site, last_node, last_code, sites
            if frame.f_code is not last_code:
                sites = known_sites.get(id(frame.f_code))
                if sites is None:
                    last_code = None
                    user = find_user_frame(frame)
                    if user is not frame:
                        return node if user is None else self._note_in_library(node, frame, user)
                    sites = known_sites[id(frame.f_code)]
                last_code = frame.f_code
            site: Site = sites.get(frame.f_lasti) or read_site(frame, node)
            note = add_origin(node.note, site) if node.note else site.note
            # If a function returns the node, its caller gets just this node.
            stored, is_returned = site, site.returns_one
            while is_returned:
                caller: Any = frame.f_back
                if caller is None:
                    break
                found = stored.callers.get((id(caller.f_code), caller.f_lasti), stored)
                if found is stored:
                    found = find_caller(stored, frame)
                if found is None:
                    break
                stored, frame, is_returned = found, caller, found.is_returned
            # The fast path, for statements such as ``z = w * x`` and ``z = f(x)``. The node is
            # named at once and needs no group, because it is certain to be assigned to the
            # variable. Only an operation on arrays records several nodes by one execution.
            if (site.is_certain if stored is site else stored.is_direct) and (
                stored is not last_site
                or site.is_scalar
                or node._a is last_node
                or node._b is last_node
                or not self._regroup_as_array(last_node, stored, frame)
            ):
                counted = stored.counted
                counted.total = k = counted.total + 1
                node.note = _new(NumberedNote, (note, counted, k))
                last_site, last_node = stored, node
                if frame in waiting:
                    self._settle_passed(waiting[frame], stored.offset)
                return node
            node.note = note
            previous = last_node if stored is last_site else None
            last_site, last_node = stored, node
            if site.is_appended if stored is site else stored.may_append:
                self._note_appended(node, previous, stored, frame)
            elif stored.targets:
                group = self._last_group
                if (
                    group is None
                    or group.site is not site
                    or not group.add_if_next_term(node, frame)
                ):
                    self._join(node, stored, frame, None, is_own=True)
            elif stored.passes_on and group_of.get(frame, self) is not None:
                self._pass_on(node, stored, frame)
            return node

        return note_node

    def _pass_on(self, node: LiveNode, site: Site, frame: FrameType) -> None:
        """Add a node that a frame returns or yields to the group that it belongs to."""
        group = self._group_of.get(frame)
        if group is not None and (group.is_own or group.call is not None):
            group.nodes.append(node)
            group.is_own = False
        else:
            # Either the frame passes on its first node, or it is a generator that yields again, and
            # the caller recorded nothing with what it yielded before. The caller may execute its
            # instruction again, such as `next` in a loop, so the group is searched again.
            self._find_group(node, site, frame)

    def _note_in_library(self, node: LiveNode, frame: FrameType, user: FrameType) -> LiveNode:
        """Note a node that a frame of a library recorded, which a frame of the user called."""
        site = self._sites.read_site(user, node)
        note = node.note
        node.note = site.note if note == "" else add_origin(note, site)
        if site.targets:
            entry: Any = frame  # the frame of the function that the user called
            while entry.f_back is not user:
                entry = entry.f_back
            group = self._last_group
            if group is not None and group.call is entry:
                group.nodes.append(node)
            else:
                self._join(node, site, user, entry, is_own=True)
        elif site.passes_on:
            self._pass_on(node, site, user)
        return node

    def note_unchanged(self, node: LiveNode, frame: FrameType) -> None:
        """Put a node without a name that ``s = 0 + node`` stores in a group.

        The node keeps the name of a statement that stored it before. All frames that are executed
        are searched for one, because a function may add up a list that its caller has stored.
        """
        site = self._sites.read_operator(frame)
        if site is None or not site.targets:
            return
        running: FrameType | None = frame
        while running is not None:
            groups = self._waiting.get(running)
            if groups and groups[-1].site is not site:
                self._settle_passed(groups, running.f_lasti)
            running = running.f_back
        if node.note.__class__ is Note:
            self._join(node, site, frame, None, is_own=True)

    def _note_appended(
        self, node: LiveNode, previous: LiveNode | None, site: Site, frame: FrameType
    ) -> None:
        """Name a node that is appended to a list, or put it in a group if it is not certain.

        Args:
            node: the node.
            previous: the node that was recorded last, if the same instruction recorded it.
            site: the instruction.
            frame: the frame that executes it.
        """
        held = site.targets[0].read(frame)
        if held.__class__ is list and (previous is None or (held and held[-1] is previous)):
            counted = site.counts.elements_of(site.name, len(held) + 1)[len(held)]
            counted.total = number = counted.total + 1
            node.note = _new(NumberedNote, (node.note, counted, number))
            if frame in self._waiting:
                self._settle_passed(self._waiting[frame], site.offset)
            return
        # Not a list, or both nodes are entries of an array.
        if previous is not None and isinstance(previous.note, NumberedNote):
            previous.note.counted.total -= 1
            previous.note = previous.note.note
            self._join(previous, site, frame, None, is_own=True)
        self._join(node, site, frame, None, is_own=True)

    def _regroup_as_array(self, last: LiveNode | None, site: Site, frame: FrameType) -> bool:
        """Return whether the instruction records entries of an array, and put `last` in a group.

        It is called if the instruction that recorded `last` records another node directly after it,
        of which `last` is no operand. If the variable holds `last`, the instruction is executed
        again. Otherwise both nodes are entries of an array. `last` was named like a single result,
        so this name is taken back.
        """
        if last is None or site.targets[0].read(frame) is last:
            return False
        groups = self._waiting.setdefault(frame, [])
        if not (groups and groups[-1].site is site):
            last.note = last.note.note  # type: ignore[union-attr]
            groups.append(NameGroup(last, site, frame, None, site.counted.total))
        return True

    def _find_group(self, node: LiveNode, site: Site, frame: FrameType) -> None:
        """Add a node that a frame returns or yields to the group of the caller that stores it."""
        source, call = frame, None
        while not site.targets:
            call = frame if site.returns else None
            caller = self._sites.find_user_frame(frame.f_back) if site.passes_on else None
            if caller is None:
                self._group_of[source] = None
                return
            frame = caller
            site = self._sites.read_site(frame)
        self._group_of[source] = self._join(node, site, frame, call, is_own=False)

    def _join(
        self,
        node: LiveNode,
        site: Site,
        frame: FrameType,
        call: FrameType | None,
        *,
        is_own: bool,
    ) -> NameGroup:
        """Add the node to the group of the present execution of a site, and return the group.

        The last group of the site in this frame may be of an earlier execution, whose result is
        stored by now. That group is named, and the node begins a new one.
        """
        groups = self._waiting.get(frame)
        if groups is None:
            groups = self._waiting[frame] = []
            if len(self._waiting) > _MOST_FRAMES:
                self._leave_finished(frame)
        for group in reversed(groups):
            if group.site is not site:
                continue
            # A call returns only once, so all its results belong to one execution.
            is_same_call = call is not None and call is group.call
            if is_same_call or not site.is_repeated or not group.settle(was_left=False):
                group.nodes.append(node)
                group.call, group.is_own = call, is_own
                self._last_group = group
                return group
            groups.remove(group)
            self._let_go(group)
            break
        if groups:
            self._settle_passed(groups, site.offset)
        number = 0
        if site.is_direct:
            site.counted.total = number = site.counted.total + 1
        group = NameGroup(node, site, frame, call, number)
        group.is_own = is_own
        groups.append(group)
        self._group_of.clear()
        self._last_group = group
        return group

    def _settle_passed(self, groups: list[NameGroup], offset: int) -> None:
        """Name the groups whose statements do not contain the offset, because they were left."""
        waiting = []
        for group in groups:
            if group.site.begins <= offset <= group.site.stored:
                waiting.append(group)
            else:
                group.settle(was_left=True)
                self._let_go(group)
        groups[:] = waiting

    def _let_go(self, group: NameGroup) -> None:
        """Forget the frames of a named group, because they keep all their variables in memory."""
        del group.frame, group.call, group.nodes
        self._last_group = None
        self._group_of.clear()

    def _leave_finished(self, frame: FrameType) -> None:
        """Name the nodes of the calls that have returned, and forget their frames."""
        running = {frame}
        now: FrameType | None = sys._getframe(1)
        while now is not None:
            running.add(now)
            now = now.f_back
        for other in [f for f in self._waiting if f not in running]:
            self._settle_passed(self._waiting.pop(other), _OUTSIDE)

    def finish(self) -> None:
        """Name all nodes recorded so far."""
        for groups in self._waiting.values():
            self._settle_passed(groups, _OUTSIDE)
        self._waiting.clear()
        self._group_of.clear()
        self._last_group = None
