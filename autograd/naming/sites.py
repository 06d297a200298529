"""`Sites`: the instructions of the user's code that recorded a node, each looked up once."""

from __future__ import annotations

import inspect
from types import CodeType, FrameType
from typing import Any

from ..engine.node import LiveNode
from ..engine.note import NameCounts
from ..engine.user_code import is_library
from .callees import calls_code
from .code_sites import Site, read_code

# The largest number of library calls that are remembered. Each keeps the variables of its frame in
# memory.
_MOST_CALLS = 100
_SUSPENDED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR

LibraryCall = tuple[FrameType, FrameType, Site]
"""The frame of the user, the frame of the library that it called, and the user's instruction."""


class Sites:
    """The sites that were executed so far.

    Attributes:
        known: for the id of each code object, the sites that recorded a node, by offset. The code
            of a library has None, because its nodes are named by the user's instruction that called
            the library.
        calls: for each frame of a library, the call in the user's code that the library is
            executing.
    """

    def __init__(self) -> None:
        self.known: dict[int, dict[int, Site] | None] = {}
        self._kept: list[CodeType] = []  # an id is valid as long as its object exists
        self._counts = NameCounts()
        self.calls: dict[FrameType, LibraryCall] = {}
        self.by_place: dict[tuple[int, int], Site] = {}  # by the id of the code and the offset

    def find_user_frame(self, frame: FrameType | None) -> FrameType | None:
        """Return the innermost frame of the user's code, from this frame outward, or None.

        The code of the returned frame has a dictionary of sites in `known`.
        """
        while frame is not None and self.sites_of(frame.f_code) is None:
            frame = frame.f_back
        return frame

    def sites_of(self, code: CodeType) -> dict[int, Site] | None:
        """Return the sites of the user's code by offset, or None for the code of a library."""
        if id(code) not in self.known:
            self._kept.append(code)
            self.known[id(code)] = None if is_library(code.co_filename) else {}
        return self.known[id(code)]

    def find_library_call(self, frame: FrameType, node: LiveNode) -> LibraryCall | None:
        """Return the call by which the user's code called a frame of a library, or None.

        Args:
            frame: the frame that recorded the node.
            node: the node.
        """
        entry, user, callers = frame, frame.f_back, []
        while user is not None and self.sites_of(user.f_code) is None:
            callers.append(user)
            entry, user = user, user.f_back
        if user is None:
            return None
        sites: Any = self.known[id(user.f_code)]
        call = user, entry, sites.get(user.f_lasti) or self.read_site(user, node)
        if len(self.calls) > _MOST_CALLS:
            self.calls.clear()
        # A frame always has the same caller, unless it belongs to a generator.
        for caller in callers:
            if not caller.f_code.co_flags & _SUSPENDED:
                self.calls[caller] = call
        return call

    def read_site(self, frame: FrameType, node: LiveNode | None = None) -> Site:
        """Return the site that a frame of the user's code executes.

        Args:
            frame: the frame.
            node: the node that the instruction recorded, if it recorded one itself.
        """
        offset, code = frame.f_lasti, frame.f_code
        site = self.by_place.get((id(code), offset))
        if site is None:
            site = self.by_place[id(code), offset] = read_code(code).read_site(offset)
            site.begin_block(self._counts, frame)
        if node is not None:
            sites = self.known[id(code)]
            if sites is not None and offset not in sites:
                sites[offset] = site
                read_code(code).classify(site, frame, node)
        return site

    def find_storing(self, site: Site, frame: FrameType) -> tuple[Site, FrameType]:
        """Return the site that gets the result of `site`, and the frame that executes it.

        It is `site` itself, unless `site` returns its result and the caller's instruction calls
        this function directly.
        """
        while site.is_returned and frame.f_back is not None:
            caller = frame.f_back
            caller_site = site.callers.get((id(caller.f_code), caller.f_lasti), site)
            if caller_site is site:
                caller_site = self._find_direct_caller(site, frame, caller)
            if caller_site is None:
                break
            site, frame = caller_site, caller
        return site, frame

    def _find_direct_caller(self, site: Site, frame: FrameType, caller: FrameType) -> Site | None:
        """Return the site that called a function which returns the result of `site`, or None.

        None means that the caller may get something else, because it calls the function through
        another one, such as `map`. The answer is stored in `site.callers`.
        """
        caller_site = None
        if self.find_user_frame(caller) is caller:
            code = read_code(caller.f_code)
            if calls_code(caller, code.instructions, code.index(caller.f_lasti), frame.f_code):
                caller_site = self.read_site(caller)
        site.callers[id(caller.f_code), caller.f_lasti] = caller_site
        return caller_site
