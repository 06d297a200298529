"""`recording`: nodes get the names that the code assigns them to, and the lines that made them.

Inside the block, every recorder calls a function with its new node and the frame of its caller.
This function looks up the instruction that the frame executes, which is a `Site`. At that moment,
the node is not stored in its variable yet. The node is therefore kept in a `NameGroup`. When the
statement has been executed, the group finds the node in its variable and names it. A node that is
certain to be stored in one variable is named at once.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from . import recorder
from .collector import collector_paused
from .destinations import Site
from .name_groups import NameGroup, add_origin, number_names, remove_name
from .node import LiveNode
from .note import NumberedNote
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


_current: _Names | None = None  # those of the open block


def name_nodes() -> None:
    """Name the nodes recorded so far, if a `recording` block is open."""
    if _current is not None:
        _current.finish()


_init = Value.__init__


def _noting_init() -> Any:
    """Return the method `__init__` of Values that notes where a leaf was made."""

    def init(self: Value, data: Any, label: str = "") -> None:
        _init(self, data, label)
        recorder.note_node(self, sys._getframe(1))  # type: ignore[misc]

    return init


class _Names:
    """The nodes that wait for their names, in groups."""

    def __init__(self) -> None:
        self._sites = Sites()
        self._waiting: dict[FrameType, list[NameGroup]] = {}  # the groups that each frame executes
        # For each frame that returns or yields nodes, the group of a caller that they belong to. It
        # is None if no caller assigns them.
        self._group_of: dict[FrameType, NameGroup | None] = {}
        # The groups whose nodes may get other names than that of a variable, such as h[1].
        self._groups: list[NameGroup] = []
        self._last_group: NameGroup | None = None

    def noter(self) -> Callable[[LiveNode, FrameType], LiveNode]:
        """Return the function that notes the place in the user's code that recorded a node.

        The function is called with each new node and the frame of the recorder's caller, and
        returns the node. It is a closure, because it runs for each node, and Python reads local
        variables faster than attributes.
        """
        known_sites, read_site = self._sites.known, self._sites.read_site
        waiting, group_of = self._waiting, self._group_of
        last_node: LiveNode | None = None
        last_site: Site | None = None

        def note_node(node: LiveNode, frame: FrameType) -> LiveNode:
            nonlocal last_site, last_node
            sites = known_sites.get(id(frame.f_code))
            if sites is None:
                user_frame = self._sites.find_user_frame(frame)
                if user_frame is None:
                    return node
                frame = user_frame
                sites = known_sites[id(frame.f_code)]
            site: Site = sites.get(frame.f_lasti) or read_site(frame)  # type: ignore
            note = node.note
            # The fast path, for statements such as ``z = w * x``. The node is named at once and
            # needs no group, because it is certain to be assigned to the variable. Only an
            # operation on arrays records several nodes by one execution of the instruction.
            if site.is_certain and (
                site is not last_site
                or node._a is last_node
                or node._b is last_node
                or not self._regroup_as_array(last_node, site, frame)
            ):
                note = site.named_note if note == "" else add_origin(note, site, site.name)
                counted = site.counted
                counted.total = k = counted.total + 1
                node.note = _new(NumberedNote, (note, counted, k))
                if frame in waiting:
                    self._settle_passed(waiting[frame], site.offset)
                last_site, last_node = site, node
                return node
            node.note = site.note if note == "" else add_origin(note, site)
            if site.targets:
                last_site, last_node = site, node
                group = self._last_group
                is_next_term = (
                    group is not None and group.site is site and group.add_if_next_term(node, frame)
                )
                if not is_next_term:
                    self._join(node, site, frame, None, is_own=True)
            elif site.passes_on:
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
                    # A generator yields again, and the caller recorded nothing with what it yielded
                    # before. The caller may execute its instruction again, such as `next` in a
                    # loop, so the group is searched again.
                    self._find_group(node, site, frame)
            return node

        return note_node

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
            last.note = remove_name(last.note)
            groups.append(NameGroup(last, site, frame, None, site.counted.total))
            self._groups.append(groups[-1])
        return True

    def _find_group(self, node: LiveNode, site: Site, frame: FrameType) -> None:
        """Add a node that a frame returns or yields to the group of the caller that stores it."""
        source, call = frame, None
        while not site.targets:
            call = frame if site.returns else None
            caller = None if site.is_inner else self._sites.find_user_frame(frame.f_back)
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
        same: NameGroup | None
        if groups is None:
            groups = self._waiting[frame] = []
            if len(self._waiting) > _MOST_FRAMES:
                self._leave_finished(frame)
        elif groups:
            same = next((group for group in reversed(groups) if group.site is site), None)
            if same is not None:
                # A call returns only once, so all its results belong to one execution.
                is_same_call = call is not None and call is same.call
                if is_same_call or not same.settle(was_left=False):
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
        group = NameGroup(node, site, frame, call, number)
        group.is_own = is_own
        groups.append(group)
        if not site.is_direct:
            self._groups.append(group)
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
        """Name all nodes recorded so far, and number the names that occur more than once."""
        for groups in self._waiting.values():
            self._settle_passed(groups, _OUTSIDE)
        self._waiting.clear()
        self._group_of.clear()
        self._last_group = None
        number_names(self._groups)
