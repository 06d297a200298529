"""`Names`: the names of the nodes that one `recording` block records.

Every recorder calls `note_node` with its new node and the frame of its caller. `note_node` looks up
the instruction that the frame executes, a `Site`. If the node is certain to be stored in one
variable or element, it is named at once. A node that a function returns is named at once only if
the caller's instruction is known to call that function directly.

Other nodes are kept in a `NameGroup`. When the statement has finished, the group searches the
variable that the statement assigned to, and names the nodes found there.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from ..engine.node import LiveNode
from ..engine.note import Note
from .held import read_entry
from .name_groups import add_origin
from .sites import Sites
from .waiting import Waiting


class Names:
    """The names of the nodes that one `recording` block records."""

    def __init__(self) -> None:
        self._sites = Sites()
        self._waiting = Waiting(self._sites)
        self.finish = self._waiting.finish

    def note_unchanged(self, node: LiveNode, frame: FrameType) -> None:
        """Handle an operator that recorded nothing and returned an operand.

        This operand, `node`, has no name yet.
        """
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
        find_library_call, find_storing = all_sites.find_library_call, all_sites.find_storing
        groups = waiting.groups
        # The user's frame that recorded the last node, with its code and its sites. Most nodes come
        # from the same frame as the one before.
        last_frame: FrameType | None = None
        code: CodeType | None = None
        sites: Any = None
        # The last node, if it was named at once, and where it is stored.
        last_node: Any = None
        last_stored: Any = None
        last_container: Any = None
        last_key: Any = None
        # The last group that a node was added to, and the instruction that recorded this node.
        # `is_sure` tells whether the next node of the instruction belongs to the same group.
        group: Any = None
        group_frame: FrameType | None = None
        group_offset, group_note, is_sure = 0, Note(), False
        nodes: Any = None  # the nodes of the group
        # The group's frame, its variable, and what this held before, or a mark if it held nothing.
        owner: Any = None
        variable, before, nothing = "", None, object()
        added: Any = None  # the last node of the group that this instruction recorded

        def note_node(node: LiveNode, frame: FrameType) -> LiveNode:
            nonlocal last_frame, code, sites, last_node, last_stored, last_container, last_key
            nonlocal group, group_frame, group_offset, group_note, is_sure, nodes, added
            nonlocal owner, variable, before
            offset = frame.f_lasti
            # 1. Add the node to the group of the last one, if the same instruction recorded both
            #    and the result was not stored in between. If another instruction has since added
            #    to the group, the result was used and not stored. In
            #    ``sum(a * b for a, b in pairs)``, the + of `sum` does this between two products.
            if (
                frame is group_frame
                and offset == group_offset
                and group is waiting.last
                and not node._note
                and (
                    is_sure
                    or nodes[-1] is not added
                    or owner.f_locals.get(variable) is before
                    or group.is_running()
                )
            ):
                nodes.append(node)
                added = node
                node._note = group_note
                return node
            # 2. Find the user's instruction.
            if frame is not last_frame:
                if frame.f_code is not code:
                    # `known` maps the code of a library to None, so None cannot mean "missing". The
                    # dictionary itself serves as that mark.
                    found = known.get(id(frame.f_code), known)
                    if found is known:
                        found = sites_of(frame.f_code)
                    if found is None:  # the code of a library
                        call = calls.get(frame.f_back) or find_library_call(frame, node)
                        if call is None:
                            return node
                        frame, entry, site = call
                        # A call may record many nodes, so they wait in a group. An operator, as in
                        # ``2.0 * x``, records one, which is handled like one of the user's code.
                        if not site.is_operator:
                            note = add_origin(node._note, site) if node._note else site.note
                            node._note, last_stored = note, None
                            last = waiting.last
                            if last and last.call is entry and not note.label:
                                last.nodes.append(node)
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
            # 3. Find the instruction that stores the result. If the instruction of step 2 only
            #    returns it, a caller stores it.
            stored: Any = site
            if site.is_returned and site.records_one:
                caller: Any = frame.f_back
                stored = caller and site.callers.get((id(caller.f_code), caller.f_lasti))
                if stored and not stored.is_returned:
                    frame = caller
                else:
                    stored, frame = find_storing(site, frame)
            # 4. Find the place where the node is certain to be stored, as in ``z = w * x``,
            #    ``z = f(x)`` and ``h[k] = x``. If there is none, add the node to a group.
            counts = container = key = None
            if stored is not site or site.records_one:
                if stored.is_direct:
                    counts, key = stored.counts, stored.name
                elif stored.is_element:
                    container, key, counts = stored.read_place(frame)
            if counts is None:
                last_stored = None
                joined = waiting.add(node, stored, frame)
                if stored is site and (joined is not group or site.passes_on):
                    group, group_frame, group_offset = joined, joined and frame, offset
                    if joined:
                        group_note, nodes, added = site.note, joined.nodes, node
                        is_sure = joined.call is not None or not joined.site.is_repeated
                        if not is_sure:
                            owner, variable = joined.frame, joined.site.variable
                            before = nothing if joined.before is None else joined.before
                return node
            # 5. Name the node.
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
            elif groups and groups.get(frame) and waiting.awaits(stored, frame):
                waiting.join(node, stored, frame)  # one of several results, as in z = f(f(x))
            else:
                counts[key] = number = counts.get(key, 0) + 1
                node._note = note, counts, key, number
            last_node, last_stored, last_container, last_key = node, stored, container, key
            return node

        return note_node
