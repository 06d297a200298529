"""`Names`: the names of the nodes that one `recording` block records.

Every recorder calls a function with its new node and the frame of its caller. The function looks
up the instruction that the frame executes, which is a `Site`. A node that is certain to be stored
in one variable or element is named at once. This includes the result of a function that returns
it, if the instruction of the caller is known to call just this function.

Other nodes are kept in a `NameGroup`, because they are not stored in their variable yet. When the
statement has been executed, the group finds them in the variable and names them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .held import read_entry
from .name_groups import add_origin
from .node import LiveNode
from .note import Note
from .sites import Sites
from .waiting import Waiting


class Names:
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
        all_sites: Any = self._sites
        waiting: Any = self._waiting
        known, calls = all_sites.known, all_sites.calls
        read_site, sites_of = all_sites.read_site, all_sites.sites_of
        find_call, find_storing = all_sites.find_call, all_sites.find_storing
        groups = waiting.groups
        # What was found for the last node: the frame of the user with its code and sites, and the
        # place where the node is stored. Most nodes come from the same frame as the one before.
        last_frame: FrameType | None = None
        code: CodeType | None = None
        sites: Any = None
        last_node: Any = None
        last_stored: Any = None
        last_container: Any = None
        last_key: Any = None
        # A frame that passes all nodes of one instruction on to one group, as a comprehension does,
        # and whether the frame returns them, so that it passes on nothing afterwards.
        passing: FrameType | None = None
        passing_at, passing_note = 0, Note()
        passing_group: Any = None
        passing_ends = False

        def note_node(node: LiveNode, frame: FrameType) -> LiveNode:
            nonlocal last_frame, code, sites, last_node, last_stored, last_container, last_key
            nonlocal passing, passing_at, passing_note, passing_group, passing_ends
            offset = frame.f_lasti
            if (
                frame is passing
                and offset == passing_at
                and waiting.last is passing_group
                and (passing_ends or passing_group.is_own)
                and not node._note
            ):
                passing_group.is_own = False
                passing_group.nodes.append(node)
                node._note = passing_note
                return node
            if frame is not last_frame:
                if frame.f_code is not code:
                    found = known.get(id(frame.f_code), known)
                    if found is known:
                        found = sites_of(frame.f_code)
                    if found is None:
                        call = calls.get(frame.f_back) or find_call(frame, node)
                        if call is None:
                            return node
                        frame, entry, site = call
                        if not site.is_operator:  # an operator, as in 2.0 * x, records one node
                            note = add_origin(node._note, site) if node._note else site.note
                            node._note, last_stored = note, None
                            group = waiting.last
                            if group and group.call is entry and not note.label:
                                group.nodes.append(node)
                            else:
                                waiting.add_from_library(node, site, frame, entry)
                            return node
                        found, offset = known[id(frame.f_code)], frame.f_lasti
                    code, sites = frame.f_code, found
                last_frame, last_stored = frame, None
            site = sites.get(offset) or read_site(frame, node)
            if node._note:
                node._note = note = add_origin(node._note, site)
                if note.label:
                    return node
            else:
                node._note = note = site.note
            if site.is_inner:
                last_stored = None
                return node
            stored: Any = site
            if site.is_returned and site.records_one:
                caller: Any = frame.f_back
                stored = caller and site.callers.get((id(caller.f_code), caller.f_lasti))
                if stored and not stored.is_returned:
                    frame = caller
                else:
                    stored, frame = find_storing(site, frame)
            if not stored.targets:
                last_stored = None
                if stored.passes_on:
                    waiting.pass_on(node, stored, frame)
                    if stored is site:
                        passing_at, passing_note = offset, site.note
                        passing_group = group = waiting.passed.get(frame)
                        passing = frame if group else None
                        passing_ends = bool(group and group.call)
                return node
            # The fast path, for statements such as ``z = w * x``, ``z = f(x)`` and ``h[k] = x``.
            # The node is named at once, because it is certain where it is stored.
            counts = container = key = None
            if stored is not site or site.records_one:
                if stored.is_direct:
                    counts, key = stored.counts, stored.name
                elif stored.is_element:
                    container, key, counts = stored.read_place(frame)
            if counts is None:
                last_stored = None
                group = waiting.last
                if group and group.site is site and group.frame is frame and group.is_next(node):
                    group.nodes.append(node)
                    group.is_own = True
                else:
                    waiting.join(node, stored, frame)
                return node
            if (
                stored is last_stored
                and not site.is_scalar
                and node._a is not last_node
                and node._b is not last_node
                and last_node is not frame.f_locals.get(stored.variable)
                and last_node is not read_entry(last_container, last_key)
                and last_node is not stored.targets[0].read(frame)
            ):
                # Only an operation on arrays records two nodes before it stores the first.
                waiting.add_array_entries(last_node, node, stored, frame)
            elif groups.get(frame) and waiting.awaits(stored, frame):
                waiting.join(node, stored, frame)  # one of several results, as in z = f(f(x))
            else:
                counts[key] = number = counts.get(key, 0) + 1
                node._note = note, counts, key, number
            last_node, last_stored, last_container, last_key = node, stored, container, key
            return node

        return note_node
