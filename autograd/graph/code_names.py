"""Names and lines that `recording` found in the code, as a graph shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

from ..engine.ops import CONSTANT
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
    """Return the labels of the Values. Those that the code gave to several Values are numbered."""
    labels = [value.label for value in values]
    counts = Counter(label for label in labels if label)
    taken = set(labels)
    for k, value in enumerate(values):
        label = labels[k]
        if label and counts[label] > 1 and not _was_named_by_hand(value):
            name, _, _ = label.partition("@")
            candidates = (f"{name}@{n}" for n in count(1))
            labels[k] = next(candidate for candidate in candidates if candidate not in taken)
            taken.add(labels[k])
    return labels


def _was_named_by_hand(value: Value) -> bool:
    return isinstance(value.note, str) or bool(value.note.label)
