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
        values: the Values that they were made of.
    """
    if not any(node.line for node in nodes):
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
    labels = [value.label for value in values]
    counts = Counter(label for label in labels if label)
    taken = set(labels)
    for k, value in enumerate(values):
        label = labels[k]
        if label and counts[label] > 1 and not _is_given(value):
            base = label.partition("@")[0]
            labels[k] = next(name for n in count(1) if (name := f"{base}@{n}") not in taken)
            taken.add(labels[k])
    return labels


def _is_given(value: Value) -> bool:
    """Return whether the label of a Value was given by hand."""
    return isinstance(value.note, str) or bool(value.note.label)
