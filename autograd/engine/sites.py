"""`Sites`: the instructions of the user's code that recorded a node, each looked up once."""

from __future__ import annotations

from types import CodeType, FrameType

from .destinations import Site, read_code
from .note import NameCount
from .user_code import is_library


class Sites:
    """The sites that were executed so far.

    Attributes:
        known: for the id of each code object, its sites by offset. The entry of a library's code is
            None, because a node is named after the user's instruction that called the library.
    """

    def __init__(self) -> None:
        self.known: dict[int, dict[int, Site] | None] = {}
        self._kept: list[CodeType] = []  # an id is valid as long as its object exists
        self._counts: dict[str, NameCount] = {}  # of the nodes that each variable name was given to

    def find_user_frame(self, frame: FrameType | None) -> FrameType | None:
        """Return the innermost frame of the user's code, from this frame outward, or None.

        The code of the returned frame has a dictionary of sites in `known`.
        """
        while frame is not None:
            code = frame.f_code
            if id(code) not in self.known:
                self._kept.append(code)
                self.known[id(code)] = None if is_library(code.co_filename) else {}
            if self.known[id(code)] is not None:
                return frame
            frame = frame.f_back
        return None

    def read_site(self, frame: FrameType) -> Site:
        """Return the site that a frame of the user's code executes, and store it in `known`."""
        offset, code = frame.f_lasti, frame.f_code
        site = read_code(code).read_site(offset)
        sites = self.known[id(code)]
        assert sites is not None
        sites[offset] = site
        if site.is_direct:
            site.counted = self._counts.setdefault(site.name, NameCount())
        return site
