"""Find a node of a graph by its label or its index."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.value import Value
from .characters import printable
from .parts import Node, distinct_names


def find_node(nodes: Sequence[Node], wanted: str | int) -> int:
    """Return the index of a node. See `Graph.index`."""
    if isinstance(wanted, Value):
        raise TypeError(
            "a Graph does not hold Values: give the label or the index of the node, or pass the "
            "output as a Value in place of its Graph"
        )
    if not isinstance(wanted, str | int):
        raise TypeError(f"a node is given by its label or its index; got {wanted!r}")
    if isinstance(wanted, int):
        if not -len(nodes) <= wanted < len(nodes):
            raise ValueError(f"there is no node {wanted}; the graph has {len(nodes)} nodes")
        return wanted % len(nodes)
    matches = [node.index for node in nodes if wanted and wanted in (node.label, node.name)]
    if not matches:  # leaves with the same label are told apart by their numbers, such as w₁
        matches = [k for k, name in enumerate(distinct_names(nodes)) if name == wanted]
    if len(matches) != 1:
        raise ValueError(_explain_miss(nodes, wanted, matches))
    return matches[0]


def _explain_miss(nodes: Sequence[Node], wanted: str, matches: list[int]) -> str:
    """Return the message for a name that no node has, or that several nodes have."""
    if matches:
        names = distinct_names(nodes)
        indices = ", ".join(f"{k} is {printable(names[k])}" for k in matches[:6])
        indices += ", …" if len(matches) > 6 else ""
        return (
            f"{len(matches)} nodes are labeled {wanted!r}: give the index of one ({indices}), or "
            "pass Values: the output in place of its Graph, and the node in place of its label"
        )
    labels = [printable(node.label) for node in nodes if node.label]
    shown = ", ".join(labels[:12]) + (", …" if len(labels) > 12 else "")
    return f"no node is labeled {wanted!r}; the labels are: {shown or 'none'}"
