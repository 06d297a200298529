"""Make nodes from their fields. Copy and pickle graphs of nodes, without recursion.

A node is a `LiveNode`, whose module imports this one. The annotations therefore say `Any`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .note import AnyNote, with_guard, with_source
from .operation import Op
from .topological import all_nodes


def make_node(
    cls: type[Any],
    data: float,
    op: Op,
    parents: Sequence[Any],
    partials: Sequence[float],
    note: AnyNote,
    grad: float = 0.0,
) -> Any:
    """Return a node of the class `cls` with these fields, without checking them."""
    node = object.__new__(cls)
    node._data, node._grad, node.op, node._note = data, grad, op, note
    node._a = node._b = None
    if len(parents) > 2:
        node._a, node._p = tuple(parents), tuple(partials)
    elif parents:
        node._a, node._p = parents[0], partials[0]
        if len(parents) == 2:
            node._b, node._q = parents[1], partials[1]
    return node


def copy_node(node: Any) -> Any:
    """Return another node with the same parents."""
    return make_node(*_fields(node, node.parents))


def copy_graph(output: Any, copies: dict[int, Any]) -> Any:
    """Return a copy of a node and of the whole graph that it was computed from.

    Args:
        output: the node.
        copies: the copies made so far, by the id of the original. New copies are added.
    """
    for node in all_nodes(output):
        if id(node) not in copies:
            parents = [copies[id(parent)] for parent in node.parents]
            copies[id(node)] = make_node(*_fields(node, parents))
    return copies[id(output)]


def reduce_graph(output: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return what pickle stores of a node: a function and its arguments, which make the node again.

    The graph that the node was computed from is stored as a flat list, because pickle would
    otherwise follow the parents by recursion. A leaf that several pickled objects share is still
    shared after loading. An inner node that several pickled outputs share is stored once for each
    of them, and is no longer shared.
    """
    if not output.parents:
        return make_node, _fields(output, ())
    nodes = all_nodes(output)
    index = {node: k for k, node in enumerate(nodes)}
    flat = [
        _fields(node, [index[parent] for parent in node.parents]) if node.parents else node
        for node in nodes
    ]
    return _restore_graph, (flat,)


def _restore_graph(flat: list[Any]) -> Any:
    """Return the last node of a list that `reduce_graph` made of leaves and fields."""
    nodes: list[Any] = []
    for entry in flat:
        if isinstance(entry, tuple):
            cls, data, op, parents, *rest = entry
            entry = make_node(cls, data, op, [nodes[k] for k in parents], *rest)
        nodes.append(entry)
    return nodes[-1]


def _fields(node: Any, parents: Sequence[Any]) -> tuple[Any, ...]:
    """Return the arguments of `make_node` that make a copy of the node with these parents.

    The guard is left out, because it refers to other nodes. The code object is replaced by the
    line, because a code object cannot be pickled.
    """
    note = with_guard(node.note, None)
    if not isinstance(note, str):
        note = with_source(note, node.line, note.name)
    return node.__class__, node._data, node.op, parents, node.partials, note, node._grad
