"""Copy and pickle graphs of nodes, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from .guard_copies import operands_of, with_operands
from .guard_selection import recorded_guards
from .node import LiveNode, make_node
from .note import RecordedGuard, with_guard, with_source
from .source_line import describe_origin
from .topological import all_nodes

N = TypeVar("N", bound=LiveNode)


def copy_node(node: N) -> N:
    """Return another node with the same parents and the same guards."""
    copy = make_node(*_fields(node, node.parents))
    _attach([copy], recorded_guards(all_nodes(node)))
    return copy  # type: ignore[no-any-return]


def copy_graph(output: N, copies: dict[int, Any]) -> N:
    """Return a copy of a node and of the whole graph that it was computed from, with its guards.

    Args:
        output: the node.
        copies: the copies made so far, by the id of the original. New copies are added.
    """
    guards = recorded_guards(all_nodes(output)) if output.parents else []
    nodes = all_nodes(output, *operands_of(*guards))
    new = [node for node in nodes if id(node) not in copies]
    for node in new:
        parents = [copies[id(parent)] for parent in node.parents]
        copies[id(node)] = make_node(*_fields(node, parents))
    # The originals are kept alive in `copies`, under its own id as in the memo of `deepcopy`.
    # Otherwise a new object could get the id of a deleted node.
    copies.setdefault(id(copies), []).extend(new)
    twins = {node: copies[id(node)] for node in nodes}
    _attach((twins[node] for node in new), [with_operands(guard, twins) for guard in guards])
    return copies[id(output)]  # type: ignore[no-any-return]


def _attach(nodes: Iterable[LiveNode], guards: Sequence[RecordedGuard]) -> None:
    """Store the guards in the notes of those nodes that are not leaves."""
    last: RecordedGuard | None = None
    for guard in guards:
        last = guard._replace(earlier=last)
    for node in nodes if last else ():
        if node.parents:
            node.note = with_guard(node.note, last)


def reduce_graph(output: LiveNode) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return a function and its arguments, from which pickle makes the node again.

    The graph that the node was computed from is stored as a flat list, because pickle would
    otherwise follow the parents by recursion. A leaf that several pickled objects share is still
    shared after loading. An inner node that several pickled outputs share is stored once for each
    of them, and is no longer shared.
    """
    if not output.parents:
        return make_node, _fields(output, ())
    guards = recorded_guards(all_nodes(output))
    nodes = all_nodes(output, *operands_of(*guards))
    index = {node: k for k, node in enumerate(nodes)}
    flat = [
        _fields(node, [index[parent] for parent in node.parents]) if node.parents else node
        for node in nodes
    ]
    # A code object cannot be pickled, but its text can.
    stored = [
        tuple(with_operands(guard, index)._replace(origin=describe_origin(guard.origin)))
        for guard in guards
    ]
    return _restore_graph, (flat, index[output], stored)


def _restore_graph(flat: list[Any], output: int, guards: list[Any]) -> Any:
    """Return the node at the index `output` of the list `flat` that `reduce_graph` made."""
    nodes: list[Any] = []
    for entry in flat:
        if isinstance(entry, tuple):
            cls, data, op, parents, *rest = entry
            entry = make_node(cls, data, op, [nodes[k] for k in parents], *rest)
        nodes.append(entry)
    places = dict(enumerate(nodes))
    _attach(nodes, [with_operands(RecordedGuard(*guard), places) for guard in guards])
    return nodes[output]


def _fields(node: LiveNode, parents: Sequence[Any]) -> tuple[Any, ...]:
    """Return the arguments of `make_node` that make a copy of the node with these parents.

    The guard is left out, because it refers to other nodes. The origin is replaced by its line,
    because a code object cannot be pickled.
    """
    note = with_guard(node.note, None)
    if not isinstance(note, str):
        note = with_source(note, node.line, note.name)
    return node.__class__, node._data, node.op, parents, node.partials, note, node._grad
