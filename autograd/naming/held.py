"""Find the nodes in a variable and the lists and objects in it, with names such as h[1]."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from types import MemberDescriptorType, ModuleType
from typing import Any

from ..engine.namespace import NUMPY
from ..engine.node import LiveNode
from ..engine.number import is_of_numpy

# The limits of a search. After this many entries it opens no further container, and it opens none
# that is nested more deeply than this. Without the limits, a variable with a large data set would
# slow down every statement that assigns to it.
_MOST_ENTRIES = 100_000
_MOST_DEPTH = 4


def read_attribute(holder: Any, name: str) -> Any:
    """Return the value of an attribute, or None, without running a property of the user."""
    attributes = getattr(holder, "__dict__", {})
    if name in attributes:
        return attributes[name]
    slot = getattr(type(holder), name, None)  # a class with `__slots__` has one for each attribute
    try:
        return slot.__get__(holder) if isinstance(slot, MemberDescriptorType) else None
    except AttributeError:  # nothing was assigned to the slot
        return None


def read_entry(container: Any, key: Any) -> Any:
    """Return an entry of a list or a dictionary, or None.

    No code of the user is executed, except the `__hash__` and `__eq__` of a key.
    """
    try:
        return container[key] if container.__class__ in (list, dict) else None
    except (LookupError, TypeError):
        return None


def find_nodes(held: Any, name: str, wanted: Container[int]) -> Iterator[tuple[LiveNode, str]]:
    """Yield the wanted nodes that a variable holds, with names such as h[1][2].

    Args:
        held: what the variable holds.
        name: the name of the variable.
        wanted: the ids of the nodes to look for.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> list(find_nodes([[2.0, x]], "h", {id(x)}))
    [(Value(1.0), 'h[0][1]')]
    """
    if id(held) in wanted:
        yield held, name
    stack = [(held, name, 0)]
    seen = 0
    while stack and seen < _MOST_ENTRIES:
        container, name, depth = stack.pop()
        for key, entry in _pairs(container):
            seen += 1
            if id(entry) in wanted:
                yield entry, name + _key_text(container, key)
            elif depth < _MOST_DEPTH and (_is_container(entry) or _is_object(entry)):
                stack.append((entry, name + _key_text(container, key), depth + 1))


def find_last_entries(held: Any, name: str, wanted: Container[int]) -> list[tuple[LiveNode, str]]:
    """Return the wanted nodes at the end of a container, with their names.

    The search goes backward from the end, because `append` puts entries there. After it has found
    nodes, it stops at the first entry without any. An array is searched completely, because nothing
    is appended to it.
    """
    if is_of_numpy(held, "ndarray"):
        return list(find_nodes(held, name, wanted))
    found: list[tuple[LiveNode, str]] = []
    for key, entry in _pairs(held, backward=True):
        more = list(find_nodes(entry, name + _key_text(held, key), wanted))
        if found and not more:
            break
        found = more + found
    return found


def holds(held: Any, node: LiveNode) -> bool:
    """Return whether a container holds a node, directly or in an entry."""
    if isinstance(held, list) and held and held[-1] is node:
        return True  # the usual case, after `append`
    return any(True for _ in find_nodes(held, "", {id(node)}))


def _is_container(entry: Any) -> bool:
    return isinstance(entry, list | tuple | dict) or is_of_numpy(entry, "ndarray")


def _is_object(entry: Any) -> bool:
    """Return whether the attributes of an object may hold nodes."""
    return hasattr(entry, "__dict__") and not isinstance(entry, type | ModuleType | LiveNode)


def _pairs(held: Any, *, backward: bool = False) -> Iterable[tuple[Any, Any]]:
    """Return the pairs (key, entry) of a container or an object. Anything else has none."""
    if isinstance(held, list | tuple):
        keys = range(len(held) - 1, -1, -1)
        return zip(keys, reversed(held), strict=True) if backward else enumerate(held)
    if isinstance(held, dict):
        return reversed(held.items()) if backward else held.items()
    if is_of_numpy(held, "ndarray") and held.dtype == object:
        pairs: Iterable[tuple[Any, Any]] = NUMPY.ndenumerate(held)
        return pairs
    return list(vars(held).items()) if _is_object(held) else ()


def _key_text(container: Any, key: Any) -> str:
    """Return a key as code writes it after the name of a container: [2], [1, 0], ['w'] or .w."""
    if isinstance(container, tuple) and hasattr(container, "_fields"):
        return f".{container._fields[key]}"
    if not _is_container(container):
        return f".{key}"
    return f"[{', '.join(map(repr, key))}]" if isinstance(key, tuple) and key else f"[{key!r}]"
