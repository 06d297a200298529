"""`recording`: nodes get the names that the code assigns them to, and the lines that made them.

Inside the block, every recorder calls a function with its new node and the frame of its caller.
This function looks up the instruction that the frame executes, which is a `Site`. A node that is
certain to be stored in one variable or element is named at once. This includes the result of a
function that returns it, if the instruction of the caller is known to call just this function.

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
from .destinations import Place, Site
from .name_groups import add_origin
from .node import LiveNode
from .note import Note, NumberedNote, new_tuple
from .recorder import call_note_node
from .sites import Sites
from .value import Value
from .waiting import Waiting

_MAIN_THREAD = threading.main_thread()


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
    Value.__radd__ = _noting_radd(names.note_unchanged)  # type: ignore[method-assign]
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


def _noting_radd(note_unchanged: Callable[[LiveNode, FrameType], None]) -> Any:
    """Return the method for ``0 + x``, which notes that x may be stored under another name."""
    getframe = sys._getframe

    def radd(self: Value, other: Any) -> Value:
        if other.__class__ is not int or other != 0:
            return Value.__add__(other, self)
        if self.note.__class__ is Note:
            note_unchanged(self, getframe(1))
        return self

    return radd


class _Names:
    """The names of the nodes that one `recording` block records."""

    def __init__(self) -> None:
        self._sites = Sites()
        self._waiting = Waiting(self._sites)
        self.finish = self._waiting.finish

    def note_unchanged(self, node: LiveNode, frame: FrameType) -> None:
        """Note that an operator has returned one of its operands, a node without a name."""
        if self._sites.find_user_frame(frame) is frame:
            site = self._sites.read_site(frame)
            if site.is_operator and site.targets:
                self._waiting.add_unchanged(node, site, frame)

    def noter(self) -> Callable[[LiveNode, FrameType], LiveNode]:
        """Return the function that notes the place in the user's code that recorded a node.

        The function is called with each new node and the frame of the recorder's caller, and
        returns the node. It is a closure, because it runs for each node, and Python reads local
        variables faster than attributes.
        """
        known, read_site = self._sites.known, self._sites.read_site
        find_user_frame, find_storing = self._sites.find_user_frame, self._sites.find_storing
        waiting, groups = self._waiting, self._waiting.groups
        collectors = self._waiting.collectors
        # The code of the last frame with its sites, and where the last node was stored.
        code: CodeType | None = None
        sites: Any = None
        last_node: Any = None
        last_frame: FrameType | None = None
        last_stored: Site | None = None
        last_place: Place | None = None
        # A frame that passes all nodes of one instruction on to one group, as a comprehension does.
        passing: FrameType | None = None
        passing_at, passing_note = 0, Note()
        collect: Any = None

        def note_node(node: LiveNode, frame: FrameType) -> LiveNode:
            nonlocal code, sites, last_node, last_frame, last_stored, last_place
            nonlocal passing, passing_at, passing_note, collect
            if frame is passing and frame.f_lasti == passing_at and collectors and not node.note:
                node.note = passing_note
                collect(node)
                return node
            passing = None
            if frame.f_code is not code:
                found: Any = known.get(id(frame.f_code))
                if found is None:
                    user = find_user_frame(frame)
                    if user is None:
                        return node
                    found = known[id(user.f_code)]
                    if user is not frame:
                        site: Site = found.get(user.f_lasti) or read_site(user, node)
                        if not site.is_operator:  # an operator, as in 2.0 * x, records one node
                            node.note = add_origin(node.note, site) if node.note else site.note
                            waiting.add_from_library(node, site, frame, user)
                            last_stored = None
                            return node
                        frame = user
                code, sites = frame.f_code, found
            site = sites.get(frame.f_lasti) or read_site(frame, node)
            node.note = note = add_origin(node.note, site) if node.note else site.note
            stored: Site = site
            if site.is_returned and site.records_one:
                stored, frame = find_storing(site, frame)
            if not stored.targets:
                last_stored = None
                if stored.passes_on:
                    waiting.pass_on(node, stored, frame)
                    if stored is site and frame in collectors:
                        passing, passing_at, passing_note = frame, frame.f_lasti, site.note
                        collect = collectors[frame]
                return node
            # The fast path, for statements such as ``z = w * x``, ``z = f(x)`` and ``h[k] = x``.
            # The node is named at once, because it is certain where it is stored.
            place, counted = None, None
            if stored is not site or site.records_one:
                if stored.is_direct:
                    counted = stored.counted
                elif stored.is_element:
                    place = stored.read_place(frame)
                    counted = place and place.counted
            if counted is None:
                last_stored = None
                waiting.add(node, stored, frame, is_own=stored is site)
                return node
            if (
                stored is last_stored
                and frame is last_frame
                and not site.is_scalar
                and node._a is not last_node
                and node._b is not last_node
                and (last_place or stored.targets[0]).read(frame) is not last_node
            ):
                # Only an operation on arrays records two nodes before it stores the first.
                waiting.add_array_entries(last_node, node, stored, frame)
            else:
                counted.total = number = counted.total + 1
                node.note = new_tuple(NumberedNote, (note, counted, number))
                if frame in groups:
                    waiting.settle_passed(frame, stored.offset)
            last_node, last_frame, last_stored, last_place = node, frame, stored, place
            return node

        return note_node
