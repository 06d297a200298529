"""Copies of guards, which refer weakly to the leaves of the graph that the guards compare."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .node import LiveNode, make_node
from .note import RecordedGuard, with_guard
from .ops import LEAF
from .topological import all_nodes, inner_nodes

_LIMIT = 10_000  # the largest number of copied guards after pruning


class GuardCopies(NamedTuple):
    """Guards over copied nodes, and a weak reference from each copied leaf to the original."""

    guards: list[RecordedGuard]
    leaves: dict[LiveNode, weakref.ref[LiveNode]]


def operands_of(*guards: RecordedGuard) -> list[Any]:
    """Return the operands that are nodes."""
    sides = (side for guard in guards for side in (guard.left, guard.right))
    return [side for side in sides if isinstance(side, LiveNode)]


def with_operands(guard: RecordedGuard, nodes: Mapping[Any, Any]) -> RecordedGuard:
    """Return a copy of the guard with each node that it compares replaced by `nodes[node]`.

    The copy has no link to earlier guards.
    """
    right = guard.right if isinstance(guard.right, float) else nodes[guard.right]
    return guard._replace(left=nodes[guard.left], right=right, earlier=None)


def find_outdated(nodes: Iterable[LiveNode]) -> set[LiveNode]:
    """Return those of the nodes and their ancestors whose data no longer follows from the leaves.

    Such a node was recorded before the data of a leaf that it depends on was changed.
    """
    outdated: set[LiveNode] = set()
    for node in inner_nodes(*nodes):
        parents = node.parents
        data = [parent.data for parent in parents]
        is_current = node.op.reproduces(node.data, node.partials, data)
        if not (is_current and outdated.isdisjoint(parents)):
            outdated.add(node)
    return outdated


def copy_guards(guards: Sequence[RecordedGuard]) -> GuardCopies:
    nodes = all_nodes(*operands_of(*guards))
    copies: dict[LiveNode, Any] = {}
    for node in nodes:
        copies[node] = _copy_onto(node, [copies[parent] for parent in node.parents])
    return GuardCopies(
        [with_operands(guard, copies) for guard in guards],
        {copies[node]: weakref.ref(node) for node in nodes if node.op is LEAF},
    )


def _copy_onto(node: LiveNode, parents: Sequence[Any]) -> Any:
    """Return a copy of a node with these parents, without its guard."""
    note = with_guard(node.note, None)
    return make_node(node.__class__, node.data, node.op, parents, node.partials, note)


def prune(older: Sequence[GuardCopies]) -> list[GuardCopies]:
    """Return the guards that `_find_current` returns, without duplicates.

    If there are more than `_LIMIT`, only the newest are returned.
    """
    twins = find_twins((), older)
    seen: set[Any] = set()
    pruned = []
    for copies in older:
        guards = []
        for guard in _find_current(copies):
            key = with_operands(guard, twins)[:4]  # all but the origin and the earlier guard
            if key not in seen:
                seen.add(key)
                guards.append(guard)
        pruned.append(_keep_only(copies, guards))
    count = 0
    for k in reversed(range(len(pruned))):
        count += len(pruned[k].guards)
        if count > _LIMIT:
            pruned[k] = _keep_only(pruned[k], pruned[k].guards[count - _LIMIT :])
            count = _LIMIT
    return [copies for copies in pruned if copies.guards]


def _find_current(copies: GuardCopies) -> list[RecordedGuard]:
    """Return the guards whose computed operands are up to date.

    A computed operand is up to date if its leaves still have the data that it was computed from. A
    guard is left out if all its original leaves are deleted.
    """
    alive: set[LiveNode] = set()
    changed: set[LiveNode] = set()
    outdated: set[LiveNode] = set()
    for node in all_nodes(*operands_of(*copies.guards)):
        leaf = copies.leaves[node]() if node in copies.leaves else None
        if leaf is not None or not alive.isdisjoint(node.parents):
            alive.add(node)
        if not changed.isdisjoint(node.parents):
            outdated.add(node)
        if node in outdated or (leaf is not None and leaf.data != node.data):
            changed.add(node)
    current = [g for g in copies.guards if outdated.isdisjoint(operands_of(g))]
    return [guard for guard in current if not alive.isdisjoint(operands_of(guard))]


def _keep_only(copies: GuardCopies, guards: list[RecordedGuard]) -> GuardCopies:
    """Return a `GuardCopies` with only these guards and the leaves that they depend on."""
    if len(guards) == len(copies.guards):
        return copies
    nodes = all_nodes(*operands_of(*guards))
    return GuardCopies(guards, {n: copies.leaves[n] for n in nodes if n in copies.leaves})


def find_twins(
    nodes: Iterable[LiveNode], older: Iterable[GuardCopies], recent: Iterable[RecordedGuard] = ()
) -> dict[LiveNode, Any]:
    """Return, for each node that the guards depend on, the node that takes its place.

    For the copy of a leaf, it is the original, unless that is deleted. For any other node, it is
    the first node with the same operation and data whose parents have the same twins. The search
    begins with `nodes`, whose twins are the nodes themselves.
    """
    originals = {copy: ref() for copies in older for copy, ref in copies.leaves.items()}
    twins: dict[LiveNode, Any] = {node: node for node in nodes}
    # The order is reversed so that of equal nodes the first one is kept.
    known = {_key(node, node.parents): node for node in reversed(twins) if node.op is not LEAF}
    guards = [*(guard for copies in older for guard in copies.guards), *recent]
    for node in all_nodes(*operands_of(*guards)):
        if node not in twins:
            original = originals.get(node, node) if node.op is LEAF else None
            twins[node] = _find_equal(node, twins, known) if original is None else original
    return twins


def _find_equal(
    node: LiveNode, twins: Mapping[LiveNode, Any], known: dict[Any, LiveNode]
) -> LiveNode:
    """Return the known node that applies the operation of this node to the twins of its parents.

    If there is none, add a node that does.
    """
    parents = [twins[parent] for parent in node.parents]
    key = _key(node, parents)
    if key not in known:
        is_equal = all(p is q for p, q in zip(parents, node.parents, strict=True))
        known[key] = node if is_equal else _copy_onto(node, parents)
    return known[key]


def _key(node: LiveNode, parents: Sequence[LiveNode]) -> tuple[Any, ...]:
    return node.op, node.data, *map(id, parents)
