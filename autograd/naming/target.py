"""`Target`: a variable, an attribute or a container that a statement stores a result in."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import getattr_static
from types import FrameType
from typing import Any, NamedTuple

from .held import read_attribute
from .keys import Key


class Target(NamedTuple):
    """A variable, an attribute or a container that a statement stores a result in.

    Attributes:
        root: the name of the variable.
        attributes: the names of the attributes that follow it, as in ``self.h``.
        offset: the offset of the instruction that stores the result.
        is_container: whether the result becomes an element of the target, as in ``h[1] = …``.
        is_direct: whether the result itself is stored, not an object computed from it.
        is_loop: whether the target is the variable of a loop over a list of results.
        keys: the functions that read the keys of the element, such as i and j for ``T[i][j] = …``.
            None means the position after the last element, where `append` puts the result. The
            tuple is empty if the target is not a container, or if a key cannot be read.
    """

    root: str
    attributes: tuple[str, ...]
    offset: int
    is_container: bool
    is_direct: bool
    keys: tuple[Key | None, ...] = ()
    is_loop: bool = False

    @property
    def text(self) -> str:
        """The target as it is written in the code."""
        return ".".join((self.root, *self.attributes)) if self.attributes else self.root

    def read(self, frame: FrameType) -> Any:
        """Return what the target holds now, or None. No code of the user is executed."""
        return read_variable(frame, self.root, self.attributes)

    def is_property(self, frame: FrameType) -> bool:
        """Return whether the target is an attribute that a property computes."""
        if not self.attributes:
            return False
        holder = read_variable(frame, self.root, self.attributes[:-1])
        return isinstance(getattr_static(type(holder), self.attributes[-1], None), property)


def read_variable(frame: FrameType, root: str, attributes: Sequence[str]) -> Any:
    """Return what a variable, or an attribute of it, holds in this frame, or None."""
    found = frame.f_locals.get(root)
    if found is None:
        found = frame.f_globals.get(root)
    for name in attributes:
        found = read_attribute(found, name)
    return found
