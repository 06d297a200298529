"""`Waiting`: the nodes that are not stored in their variable yet, in groups."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from ..engine.node import LiveNode
from ..engine.note import Note
from .code_sites import Site
from .name_groups import NameGroup
from .sites import Sites

# If more frames than this have unnamed nodes, the nodes of calls that have ended are named, and
# their frames are forgotten. An error may have ended them. Each frame keeps its variables in
# memory.
_MOST_FRAMES = 256
# An offset outside every statement. For `settle_passed`, it means that the frame has left all its
# statements.
_OUTSIDE = -1


class Waiting:
    """The nodes that wait for their names.

    Attributes:
        groups: the groups whose statements each frame executes.
        last: the group that got the last node, or None.
        receivers: for a frame that returns or yields its nodes, the group of the caller that stores
            them, or None if no caller does.
    """

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self.groups: dict[FrameType, list[NameGroup]] = {}
        self.receivers: dict[FrameType, NameGroup | None] = {}
        self.last: NameGroup | None = None

    def add_array_entries(
        self, first: LiveNode, node: LiveNode, site: Site, frame: FrameType
    ) -> None:
        """Add two entries of an array.

        If the first one was named as a single result, the name is removed.
        """
        if first._note.__class__ is tuple:
            first._note, counts, key, _ = first._note
            counts[key] -= 1
            self.join(first, site, frame)
        self.join(node, site, frame)

    def add_from_library(
        self, node: LiveNode, site: Site, frame: FrameType, entry: FrameType
    ) -> None:
        """Add a node that a library recorded.

        Args:
            node: the node.
            site: the instruction of the user that called the library.
            frame: the frame of the user.
            entry: the frame of the library's function that the user called.
        """
        if node._note.label:
            return
        if site.targets:
            self.join(node, site, frame, entry)
        elif site.passes_on:
            self.pass_on(node, site, frame)

    def add_unchanged(self, node: LiveNode, site: Site, frame: FrameType) -> None:
        """Add a node without a name that ``s = 0 + node`` stores.

        The node keeps its name if an earlier statement stored it. The groups of all running frames
        are therefore settled first, because a function may add up a list that its caller has
        stored.
        """
        running: FrameType | None = frame
        while running is not None:
            groups = self.groups.get(running)
            if groups and groups[-1].site is not site:
                self.settle_passed(running, running.f_lasti)
            running = running.f_back
        if node._note.__class__ is Note:
            self.join(node, site, frame)

    def add(self, node: LiveNode, site: Site, frame: FrameType) -> NameGroup | None:
        """Add a node to a group of the statement that stores it, and return the group.

        The statement is executed by the frame itself, or by a caller that the frame returns or
        yields the node to. Return None if no statement of the user stores the node.
        """
        if site.targets:
            last = self.last
            if last and last.site is site and last.frame is frame and last.is_next(node):
                last.nodes.append(node)
                return last
            return self.join(node, site, frame)
        return self.pass_on(node, site, frame) if site.passes_on else None

    def pass_on(self, node: LiveNode, site: Site, frame: FrameType) -> NameGroup | None:
        """Add a node that a frame returns or yields to a group of the caller that stores it."""
        if frame in self.receivers:
            group = self.receivers[frame]
            if group is None:
                return None
            if group.call is not None:
                group.nodes.append(node)
                return group
        # Either the frame passes on its first node, or it is a generator that yields again. In the
        # second case the caller may execute its instruction again, such as `next` in a loop, so the
        # group is looked up again.
        source, call, by_place = frame, None, self._sites.by_place
        while not site.targets:
            call = frame if site.returns else None
            caller: Any = frame.f_back if site.passes_on else None
            found = caller and by_place.get((id(caller.f_code), caller.f_lasti))  # the usual case
            if not found:
                caller = self._sites.find_user_frame(caller)
                if caller is None:
                    self.receivers[source] = None
                    return None
                found = self._sites.read_site(caller)
            frame, site = caller, found
        self.receivers[source] = group = self.join(node, site, frame, call)
        return group

    def join(
        self, node: LiveNode, site: Site, frame: FrameType, call: FrameType | None = None
    ) -> NameGroup:
        """Add the node to the group of the present execution of a site, and return the group.

        If the last group of the site belongs to an earlier execution, its result is stored by now.
        That group is then named, and the node begins a new one.
        """
        groups = self.groups.get(frame)
        if groups is None:
            self._settle_others()
            groups = self.groups[frame] = []
        for group in groups:
            if group.site is site:
                # A call returns only once, so all its results belong to one execution.
                is_same_call = call is not None and call is group.call
                if is_same_call or not site.is_repeated or not group.was_stored():
                    group.nodes.append(node)
                    group.call = call
                    self.last = group
                    return group
                groups.remove(group)
                break
        if groups:
            self.settle_passed(frame, site.offset)
        self.receivers.clear()
        self.last = group = NameGroup(node, site, frame, call)
        groups.append(group)
        return group

    def awaits(self, site: Site, frame: FrameType) -> bool:
        """Return whether a group of this site waits. If not, name the groups of the frame."""
        is_waiting = any(group.site is site for group in self.groups[frame])
        if not is_waiting:
            self.settle_passed(frame, site.offset)
        return is_waiting

    def settle_passed(self, frame: FrameType, offset: int) -> None:
        """Name the groups of a frame whose statements do not contain this offset."""
        waiting = []
        groups = self.groups[frame]
        for group in groups:
            if group.site.begins <= offset <= group.site.stored:
                waiting.append(group)
            else:
                group.settle(was_left=True)
        if len(waiting) < len(groups):
            groups[:] = waiting
            self.last = None
            self.receivers.clear()

    def _settle_others(self) -> None:
        """Name the nodes of statements that frames have left, before another frame begins.

        The nodes of a caller are therefore numbered before those of the functions that it calls.
        """
        if len(self.groups) > _MOST_FRAMES:
            self._settle_finished()
        for frame in list(self.groups):
            self.settle_passed(frame, frame.f_lasti)
            if not self.groups[frame]:
                del self.groups[frame]

    def _settle_finished(self) -> None:
        """Name the nodes of the calls that have ended, and forget their frames."""
        running = set()
        now: FrameType | None = sys._getframe(1)
        while now is not None:
            running.add(now)
            now = now.f_back
        for frame in [frame for frame in self.groups if frame not in running]:
            self.settle_passed(frame, _OUTSIDE)
            del self.groups[frame]

    def finish(self) -> None:
        """Name all nodes recorded so far."""
        for frame in self.groups:
            self.settle_passed(frame, _OUTSIDE)
        self.groups.clear()
        self.receivers.clear()
        self.last = None
