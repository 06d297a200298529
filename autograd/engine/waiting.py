"""`Waiting`: the nodes that are not stored in their variable yet, in groups."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

from .destinations import Site
from .name_groups import NameGroup
from .node import LiveNode
from .note import Note, NumberedNote
from .sites import Sites

# When more frames than this have unnamed nodes, the nodes of finished calls are named, because each
# frame keeps its variables in memory.
_MOST_FRAMES = 256
# An offset outside every statement. A frame that is said to be here has left all its statements.
_OUTSIDE = -1


class Waiting:
    """The nodes that wait for their names.

    Attributes:
        groups: the groups whose statements each frame executes.
        collectors: for a frame whose nodes all belong to one group of a caller, the function that
            takes such a node. It does nothing if no caller assigns the nodes.
    """

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self.groups: dict[FrameType, list[NameGroup]] = {}
        self.collectors: dict[FrameType, Callable[[LiveNode], None]] = {}
        self._group_of: dict[FrameType, NameGroup] = {}  # those of other frames that yield nodes
        self._last_group: NameGroup | None = None

    def add(self, node: LiveNode, site: Site, frame: FrameType, *, is_own: bool = True) -> None:
        """Add a node of a statement with targets, which recorded it or got it from a function."""
        group = self._last_group
        if (
            group is None
            or group.site is not site
            or not is_own
            or not group.add_if_next(node, frame)
        ):
            self.join(node, site, frame)

    def add_array_entries(
        self, first: LiveNode, node: LiveNode, site: Site, frame: FrameType
    ) -> None:
        """Add two entries of an array. The first may have been named like a single result."""
        if isinstance(first.note, NumberedNote):
            first.note.counted.total -= 1
            first.note = first.note.note
            self.join(first, site, frame)
        self.join(node, site, frame)

    def add_from_library(
        self, node: LiveNode, site: Site, frame: FrameType, user: FrameType
    ) -> None:
        """Add a node that a frame of a library recorded, which a frame of the user called."""
        if not site.targets:
            if site.passes_on:
                self.pass_on(node, site, user)
            return
        entry: FrameType | None = frame  # the frame of the function that the user called
        while entry is not None and entry.f_back is not user:
            entry = entry.f_back
        group = self._last_group
        if group is not None and group.call is entry:
            group.nodes.append(node)
        else:
            self.join(node, site, user, entry)

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
        if node.note.__class__ is Note:
            self.join(node, site, frame)

    def pass_on(self, node: LiveNode, site: Site, frame: FrameType) -> None:
        """Add a node that a frame returns or yields to the group of the caller that stores it."""
        collect, group = self.collectors.get(frame), self._group_of.get(frame)
        if collect is not None:
            collect(node)
        elif group is not None and group.is_own:
            group.nodes.append(node)
            group.is_own = False
        else:
            # Either the frame passes on its first node, or it is a generator that yields again, and
            # the caller recorded nothing with what it yielded before. The caller may execute its
            # instruction again, such as `next` in a loop, so the group is searched again.
            self._find_group(node, site, frame)

    def _find_group(self, node: LiveNode, site: Site, frame: FrameType) -> None:
        source, call = frame, None
        while not site.targets:
            call = frame if site.returns else None
            caller = self._sites.find_user_frame(frame.f_back) if site.passes_on else None
            if caller is None:
                self.collectors[source] = _ignore
                return
            frame = caller
            site = self._sites.read_site(frame)
        group = self.join(node, site, frame, call, is_own=False)
        if call is None:
            self._group_of[source] = group
        else:
            self.collectors[source] = group.nodes.append

    def join(
        self,
        node: LiveNode,
        site: Site,
        frame: FrameType,
        call: FrameType | None = None,
        *,
        is_own: bool = True,
    ) -> NameGroup:
        """Add the node to the group of the present execution of a site, and return the group.

        The last group of the site in this frame may be of an earlier execution, whose result is
        stored by now. That group is named, and the node begins a new one.
        """
        groups = self.groups.get(frame)
        if groups is None:
            groups = self.groups[frame] = []
            if len(self.groups) > _MOST_FRAMES:
                self._leave_finished(frame)
        for group in reversed(groups):
            if group.site is not site:
                continue
            # A call returns only once, so all its results belong to one execution.
            is_same_call = call is not None and call is group.call
            if is_same_call or not site.is_repeated or not group.was_stored():
                group.nodes.append(node)
                group.call, group.is_own = call, is_own
                self._last_group = group
                return group
            groups.remove(group)
            break
        self.settle_passed(frame, site.offset)
        self._forget_last()
        self._last_group = group = NameGroup(node, site, frame, call, is_own=is_own)
        groups.append(group)
        return group

    def settle_passed(self, frame: FrameType, offset: int) -> None:
        """Name the groups of a frame that has left their statements, because it is at an offset."""
        groups = self.groups[frame]
        if not groups:
            return
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
        self._last_group = None
        self.collectors.clear()
        self._group_of.clear()

    def _leave_finished(self, frame: FrameType) -> None:
        """Name the nodes of the calls that have returned, and forget their frames."""
        running = {frame}
        now: FrameType | None = sys._getframe(1)
        while now is not None:
            running.add(now)
            now = now.f_back
        for other in [f for f in self.groups if f not in running]:
            self.settle_passed(other, _OUTSIDE)
            del self.groups[other]

    def finish(self) -> None:
        """Name all nodes recorded so far."""
        for frame in self.groups:
            self.settle_passed(frame, _OUTSIDE)
        self.groups.clear()
        self._forget_last()


def _ignore(node: LiveNode) -> None:
    """Do nothing, because no caller assigns the node."""
