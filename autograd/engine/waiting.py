"""`Waiting`: the nodes that are not stored in their variable yet, in groups."""

from __future__ import annotations

import sys
from types import FrameType

from .destinations import Site
from .name_groups import NameGroup
from .node import LiveNode
from .note import Note
from .sites import Sites

# When more frames than this have unnamed nodes, those of calls that an error has ended are named,
# because each frame keeps its variables in memory.
_MOST_FRAMES = 256
# An offset outside every statement. A frame that is said to be here has left all its statements.
_OUTSIDE = -1


class Waiting:
    """The nodes that wait for their names.

    Attributes:
        groups: the groups whose statements each frame executes.
        last: the group that got the last node, or None.
        passed: for a frame that returns or yields its nodes, the group of the caller that stores
            them, or None if no caller does.
    """

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self.groups: dict[FrameType, list[NameGroup]] = {}
        self.passed: dict[FrameType, NameGroup | None] = {}
        self.last: NameGroup | None = None

    def add_array_entries(
        self, first: LiveNode, node: LiveNode, site: Site, frame: FrameType
    ) -> None:
        """Add two entries of an array. The first may have been named like a single result."""
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

        The node keeps the name of a statement that stored it before. All frames that are executed
        are searched for one, because a function may add up a list that its caller has stored.
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
        if frame in self.passed:
            group = self.passed[frame]
            if group is None:
                return None
            if group.call is not None:
                group.nodes.append(node)
                return group
        # Either the frame passes on its first node, or it is a generator that yields again. The
        # caller may execute its instruction again, such as `next` in a loop, so the group is
        # searched again.
        source, call = frame, None
        while not site.targets:
            call = frame if site.returns else None
            found = self._sites.find_caller(frame) if site.passes_on else None
            if found is None:
                self.passed[source] = None
                return None
            frame, site = found
        self.passed[source] = group = self.join(node, site, frame, call)
        return group

    def join(
        self, node: LiveNode, site: Site, frame: FrameType, call: FrameType | None = None
    ) -> NameGroup:
        """Add the node to the group of the present execution of a site, and return the group.

        The last group of the site in this frame may be of an earlier execution, whose result is
        stored by now. That group is named, and the node begins a new one.
        """
        groups = self.groups.get(frame)
        if groups is None:
            self._settle_others()
            groups = self.groups[frame] = []
        for group in reversed(groups):
            if group.site is not site:
                continue
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
        self.passed.clear()
        self.last = group = NameGroup(node, site, frame, call)
        groups.append(group)
        return group

    def awaits(self, site: Site, frame: FrameType) -> bool:
        """Return whether a group of this site waits. If not, name the groups that need not wait."""
        is_waiting = any(group.site is site for group in self.groups[frame])
        if not is_waiting:
            self.settle_passed(frame, site.offset)
        return is_waiting

    def settle_passed(self, frame: FrameType, offset: int) -> None:
        """Name the groups of a frame that has left their statements, because it is at an offset."""
        groups = self.groups[frame]
        waiting = []
        for group in groups:
            if group.site.begins <= offset <= group.site.stored:
                waiting.append(group)
            else:
                group.settle(was_left=True)
        if len(waiting) < len(groups):
            groups[:] = waiting
            self._forget_last()

    def _forget_last(self) -> None:
        """Forget where the last nodes went, because a group was named or another one begins."""
        self.last = None
        self.passed.clear()

    def _settle_others(self) -> None:
        """Name the nodes of frames that have left their statements, because another one begins.

        The nodes of a caller are so numbered before those of the functions that it calls.
        """
        if len(self.groups) > _MOST_FRAMES:  # perhaps because errors have ended their statements
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
        self._forget_last()
