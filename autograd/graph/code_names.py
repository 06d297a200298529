"""Names and lines that `recording` found in the code, as a graph shows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import count
from types import CodeType

from ..engine.destinations import read_code
from ..engine.operand_texts import operand_texts
from ..engine.ops import CONSTANT
from ..engine.source_line import SourceLine, short_name
from ..engine.value import Value
from .parts import Node


def with_names(nodes: tuple[Node, ...], values: Sequence[Value]) -> tuple[Node, ...]:
    """Return the nodes with distinct names, and with a line for each constant.

    Two blocks of `recording`, such as two cells of a notebook, may give the same name to different
    nodes. These are numbered here, z@1 and z@2. Names given by hand are not changed.

    Args:
        nodes: the nodes of a graph.
        values: for each node, the Value that it was made of.
    """
    if not any(node.line for node in nodes):  # nothing was recorded inside `recording`
        return nodes
    labels = _distinct_labels(values)
    lines = [node.line for node in nodes]
    for node in nodes:
        for parent in node.parents:
            if nodes[parent].op is CONSTANT and lines[parent] is None:
                lines[parent] = node.line  # a constant is written where it is used
    return tuple(
        node._replace(label=label, line=line)
        for node, label, line in zip(nodes, labels, lines, strict=True)
    )


def _distinct_labels(values: Sequence[Value]) -> list[str]:
    """Return the labels of the Values. Those that may mean several Values are numbered."""
    labels = [value.label for value in values]
    counts = Counter(label for label in labels if label)
    reused = _find_reused(values)
    taken = set(labels)
    for k, value in enumerate(values):
        label = labels[k]
        is_ambiguous = label and (counts[label] > 1 or value in reused)
        if is_ambiguous and not _was_named_by_hand(value):
            name, _, _ = label.partition("@")
            candidates = (f"{name}@{n}" for n in count(1))
            labels[k] = next(candidate for candidate in candidates if candidate not in taken)
            taken.add(labels[k])
    return labels


def _find_reused(values: Sequence[Value]) -> set[Value]:
    """Return the Values whose name stands for another Value in the code that reads them.

    After ``a, b = b, a``, the code of ``c = a - b`` reads a Value as `a` that is named b. The names
    a and b are therefore numbered, so that a@1 is the first Value that got this name.
    """
    named = {value.label: value for value in values if not _was_named_by_hand(value)}
    reused = set()
    read_texts = cache(operand_texts)  # many Values were recorded by the same instruction
    for value in values:
        origin = _origin_of(value)
        parents = value.parents
        if origin is None or not parents:
            continue
        for text, parent in zip(read_texts(*origin, len(parents)), parents, strict=False):
            other = named.get(text)
            if other is not None and other is not parent and _was_named_in(origin[0], other):
                reused.add(other)
    return reused


def _origin_of(value: Value) -> tuple[CodeType, int] | None:
    """Return the code object and the offset of the instruction that recorded a Value, if known."""
    origin = None if isinstance(value.note, str) else value.note.origin
    return None if isinstance(origin, SourceLine) else origin


def _was_named_in(code: CodeType, value: Value) -> bool:
    """Return whether a variable that this code can read may have given a Value its name."""
    origin = _origin_of(value)
    if origin is None:
        return False
    variable = re.split(r"[.\[]", value.label, maxsplit=1)[0]
    stored_in = origin[0]
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


def _was_named_by_hand(value: Value) -> bool:
    return isinstance(value.note, str) or bool(value.note.label)
