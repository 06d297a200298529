"""Names and lines that `recording` found in the code, as a graph shows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import count
from types import CodeType

from ..engine.note import AnyNote
from ..engine.ops import CONSTANT
from ..engine.source_line import SourceLine, short_name
from ..engine.value import Value
from ..naming.code_sites import read_code
from ..naming.operand_texts import operand_texts
from .parts import Node


def with_names(nodes: tuple[Node, ...], values: Sequence[Value]) -> tuple[Node, ...]:
    """Return the nodes with distinct names, and with a line for each constant.

    Two blocks of `recording`, such as two cells of a notebook, may give the same name to different
    nodes. This function numbers them, z@1 and z@2. Names given by hand are not changed.

    Args:
        nodes: the nodes of a graph.
        values: for each node, its Value.
    """
    if not any(node.line for node in nodes):  # nothing was recorded inside `recording`
        return nodes
    notes = [value.note for value in values]
    labels = _distinct_labels(nodes, notes)
    lines = [node.line for node in nodes]
    for node in nodes:
        for parent in node.parents:
            if nodes[parent].op is CONSTANT and lines[parent] is None:
                lines[parent] = node.line  # a constant is written where it is used
    return tuple(
        node if label == node.label and line is node.line else node._replace(label=label, line=line)
        for node, label, line in zip(nodes, labels, lines, strict=True)
    )


def _distinct_labels(nodes: Sequence[Node], notes: Sequence[AnyNote]) -> list[str]:
    """Return the labels of the nodes. Those that may mean several nodes are numbered."""
    labels = [node.label for node in nodes]
    counts = Counter(labels)
    reused = _find_reused(nodes, notes)
    taken = set(labels)
    for k, label in enumerate(labels):
        is_ambiguous = label and (counts[label] > 1 or k in reused)
        if is_ambiguous and not _was_named_by_hand(notes[k]):
            name, _, _ = label.partition("@")
            candidates = (f"{name}@{n}" for n in count(1))
            labels[k] = next(candidate for candidate in candidates if candidate not in taken)
            taken.add(labels[k])
    return labels


def _find_reused(nodes: Sequence[Node], notes: Sequence[AnyNote]) -> set[int]:
    """Return the indices of the nodes whose name means another node elsewhere in the code.

    After ``a, b = b, a``, the variable a of ``c = a - b`` holds the node that was named b. Both
    names are therefore numbered, and a@1 is the first node that got the name a.
    """
    named = {node.label: k for k, node in enumerate(nodes) if node.label}
    reused = set()
    known: dict[tuple[int, int], tuple[str, ...]] = {}  # by the id of the code, and the offset
    for node, note in zip(nodes, notes, strict=True):
        origin = _origin_of(note)
        if origin is None or not node.parents:
            continue
        code, offset = origin
        texts = known.get((id(code), offset))
        if texts is None:
            texts = known[id(code), offset] = operand_texts(code, offset, len(node.parents))
        for text, parent in zip(texts, node.parents, strict=False):
            other = named.get(text, parent)
            if other != parent and _may_have_named(code, text, notes[other]):
                reused.add(other)
    return reused


def _origin_of(note: AnyNote) -> tuple[CodeType, int] | None:
    """Return the code object and the offset of the instruction that recorded a node, if known."""
    origin = None if isinstance(note, str) else note.origin
    return None if isinstance(origin, SourceLine) else origin


def _may_have_named(code: CodeType, name: str, note: AnyNote) -> bool:
    """Return whether a variable that this code can read may have named a node."""
    origin = _origin_of(note)
    if origin is None or _was_named_by_hand(note):
        return False
    variable = re.split(r"[.\[]", name, maxsplit=1)[0]
    stored_in = origin[0]
    # If the node was returned, a caller named it, whose code is not known here.
    is_stored_by_caller = read_code(stored_in).read_site(origin[1]).passes_on
    if variable in code.co_freevars:
        return True
    if _is_module(code) or variable in code.co_names:  # a global variable
        is_same_file = short_name(code.co_filename) == short_name(stored_in.co_filename)
        return is_stored_by_caller or (is_same_file and _is_module(stored_in))
    if is_stored_by_caller:
        return variable in code.co_varnames + code.co_cellvars
    return stored_in is code


def _is_module(code: CodeType) -> bool:
    """Return whether this is the code of a module or of a notebook's cell."""
    return code.co_name.startswith(("<module>", "<cell"))


def _was_named_by_hand(note: AnyNote) -> bool:
    return isinstance(note, str) or bool(note.label)
