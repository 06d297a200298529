"""Guards that outlive `backward`, because they may concern what is recorded afterwards.

A guard is a comparison of Values that decided a branch. For example, a program may compare
``if x > 0:``, call `backward` on another graph, and then record ``y = x * x``. A guard refers to
the nodes it compares. A training loop that kept its guards as they are would keep the graphs of all
its steps in memory. A guard is therefore kept in two stages:

- Until the next `backward`, it is kept as it is.
- At the next `backward`, it is dropped if an operand was computed from a leaf that has changed.
  This is the usual case in a training loop, where the parameters change after each step. Otherwise
  the guard is copied, and the copy refers weakly to the leaves. A deleted leaf becomes a constant.
  The copy is dropped when all its leaves are deleted, or under the same condition as before.

If only a leaf that is itself compared has changed, the guard stays. It applies to a graph as long
as its outcome is unchanged.

Of equal guards, only the first is kept. Of all copies, only the newest 10,000 are kept.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from . import recorder
from .node import LiveNode, make_node
from .note import RecordedGuard, guard_of, with_guard
from .ops import LEAF
from .topological import all_nodes, inner_nodes


class _Copies(NamedTuple):
    """Guards over copied nodes, and a weak reference from each copied leaf to the original."""

    guards: list[RecordedGuard]
    leaves: dict[LiveNode, weakref.ref[LiveNode]]


_recent: list[RecordedGuard] = []  # recorded between the last two calls of `backward`
_older: list[_Copies] = []
_FEW = 8  # after a pruning, `_older` may double and get this many more guards
_room = _FEW  # how many more guards `_older` may get before it is pruned
_LIMIT = 10_000  # the largest number of guards in `_older` after pruning


def operands_of(*guards: RecordedGuard) -> list[Any]:
    """Return the operands that are nodes."""
    sides = (side for guard in guards for side in (guard.left, guard.right))
    return [side for side in sides if isinstance(side, LiveNode)]


def current_guards() -> list[RecordedGuard]:
    """Return the guards recorded since the last call of `backward`, in order."""
    guard = guard_of(recorder.current_note)
    found = []
    while guard is not None:
        found.append(guard)
        guard = guard.earlier
    return found[::-1]


def forget_guards() -> None:
    """Forget all guards. The nodes recorded so far keep theirs."""
    global _room
    recorder.current_note = with_guard(recorder.current_note, None)
    _recent.clear()
    _older.clear()
    _room = _FEW


@contextmanager
def own_guards() -> Iterator[None]:
    """Begin without guards inside a ``with`` block, and restore the earlier ones afterwards."""
    global _room
    before = recorder.current_note, _recent[:], _older[:], _room
    forget_guards()
    try:
        yield
    finally:
        recorder.current_note, _recent[:], _older[:], _room = before


def age_guards() -> None:
    """Drop or copy the guards of the previous step, so that the nodes they compare can be freed."""
    global _room
    recorded = current_guards()
    if recorded:
        recorder.current_note = with_guard(recorder.current_note, None)
    if _recent:
        outdated = find_outdated(operands_of(*_recent))
        kept: list[RecordedGuard] = []
        lost: list[RecordedGuard] = []
        for guard in _recent:
            (kept if outdated.isdisjoint(operands_of(guard)) else lost).append(guard)
        if kept:
            _older.append(_copy(kept))
            _room -= len(kept)
        # The notes of these nodes would otherwise keep the graph of the previous step alive.
        for node in all_nodes(*operands_of(*lost)):
            if node.op is not LEAF:
                node.note = with_guard(node.note, None)
    _recent[:] = recorded
    if _room < 0:
        _older[:] = _prune(_older)
        _room = sum(len(copies.guards) for copies in _older) + _FEW


def find_outdated(nodes: Iterable[LiveNode]) -> set[LiveNode]:
    """Return the nodes and ancestors that the current data of the leaves does not reproduce.

    Such a node was recorded before a leaf that it depends on was changed.
    """
    outdated: set[LiveNode] = set()
    for node in inner_nodes(*nodes):
        parents = node.parents
        data = [parent.data for parent in parents]
        is_current = node.op.reproduces(node.data, node.partials, data)
        if not (is_current and outdated.isdisjoint(parents)):
            outdated.add(node)
    return outdated


def _copy(guards: Sequence[RecordedGuard]) -> _Copies:
    nodes = all_nodes(*operands_of(*guards))
    copies: dict[LiveNode, Any] = {}
    for node in nodes:
        copies[node] = _renew(node, [copies[parent] for parent in node.parents])
    return _Copies(
        [with_operands(guard, copies) for guard in guards],
        {copies[node]: weakref.ref(node) for node in nodes if node.op is LEAF},
    )


def _renew(node: LiveNode, parents: Sequence[Any]) -> Any:
    """Return a copy of a node with these parents, without its guard."""
    note = with_guard(node.note, None)
    return make_node(node.__class__, node.data, node.op, parents, node.partials, note)


def _prune(older: Sequence[_Copies]) -> list[_Copies]:
    """Return the newest of the guards that are current, each once."""
    # Structural key → number. Structurally equal nodes share a number.
    numbers: dict[Any, int] = {}
    seen: set[Any] = set()
    pruned = []
    for copies in older:
        guards = []
        same = _number_nodes(copies, numbers)
        for guard in _keep_current(copies):
            right = guard.right if isinstance(guard.right, float) else (same[guard.right],)
            key = same[guard.left], guard.relation, right, guard.outcome
            if key not in seen:
                seen.add(key)
                guards.append(guard)
        pruned.append(_with_guards(copies, guards))
    count = 0
    for k in reversed(range(len(pruned))):
        count += len(pruned[k].guards)
        if count > _LIMIT:
            pruned[k] = _with_guards(pruned[k], pruned[k].guards[count - _LIMIT :])
            count = _LIMIT
    return [copies for copies in pruned if copies.guards]


def _number_nodes(copies: _Copies, numbers: dict[Any, int]) -> dict[LiveNode, int]:
    """Return a number for each node. Nodes that compute the same from the same leaves share it."""
    found: dict[LiveNode, int] = {}
    for node in all_nodes(*operands_of(*copies.guards)):
        ref = copies.leaves.get(node)
        leaf = ref() if ref else None
        key = (node.op, node.data, *(found[p] for p in node.parents)) if leaf is None else id(leaf)
        found[node] = numbers.setdefault(key, len(numbers))
    return found


def _keep_current(copies: _Copies) -> list[RecordedGuard]:
    """Return the guards with a leaf that exists, whose computed operands are up to date.

    A computed operand is up to date if its leaves still have the data that it was computed from.
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


def _with_guards(copies: _Copies, guards: list[RecordedGuard]) -> _Copies:
    """Return a `_Copies` with only these guards and the leaves that they depend on."""
    if len(guards) == len(copies.guards):
        return copies
    nodes = all_nodes(*operands_of(*guards))
    return _Copies(guards, {n: copies.leaves[n] for n in nodes if n in copies.leaves})


def kept_guards(nodes: Iterable[LiveNode]) -> list[RecordedGuard]:
    """Return the guards recorded before the last `backward` that are kept.

    An operand is replaced by a node of `nodes` that applies the same operation to the same parents.
    Operands that are equal in this sense are merged.
    """
    if not (_recent or _older):
        return []
    refs = [item for copies in _older for item in copies.leaves.items()]
    leaves = {copy: leaf for copy, ref in refs if (leaf := ref()) is not None}
    guards = [*(guard for copies in _older for guard in copies.guards), *_recent]
    twins: dict[LiveNode, Any] = {node: node for node in nodes}
    # The order is reversed so that of equal nodes the first one is kept.
    known = {_key(node, node.parents): node for node in reversed(twins) if node.op is not LEAF}
    for node in all_nodes(*operands_of(*guards)):
        if node not in twins:
            twins[node] = _find_twin(node, twins, known, leaves)
    return [with_operands(guard, twins) for guard in guards]


def with_operands(guard: RecordedGuard, nodes: Mapping[Any, Any]) -> RecordedGuard:
    """Return a copy of the guard with each node that it compares replaced by `nodes[node]`.

    The copy has no link to earlier guards.
    """
    right = guard.right if isinstance(guard.right, float) else nodes[guard.right]
    return guard._replace(left=nodes[guard.left], right=right, earlier=None)


def _find_twin(
    node: LiveNode,
    twins: Mapping[LiveNode, Any],
    known: dict[Any, LiveNode],
    leaves: Mapping[LiveNode, LiveNode],
) -> LiveNode:
    """Return the node that replaces an operand. A copy stands for a leaf that was deleted."""
    if node.op is LEAF:
        return leaves.get(node, node)
    parents = [twins[parent] for parent in node.parents]
    key = _key(node, parents)
    if key not in known:
        is_own = all(p is q for p, q in zip(parents, node.parents, strict=True))
        known[key] = node if is_own else _renew(node, parents)
    return known[key]


def _key(node: LiveNode, parents: Sequence[LiveNode]) -> tuple[Any, ...]:
    return node.op, node.data, *map(id, parents)
