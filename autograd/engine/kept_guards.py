"""Guards that outlive `backward`, because they may concern what is recorded afterwards.

A guard is a comparison of Values that decided a branch. For example, a program may compare
``if x > 0:``, call `backward` on another number, and then record ``y = x * x``. A guard refers to
the nodes it compares. A training loop that kept its guards as they are would keep the graphs of all
its steps in memory. A guard is therefore kept in two stages:

- Until the next `backward`, it is kept as it is.
- It is then dropped if an operand was computed from a leaf that has changed. In a training loop,
  the parameters change after each step. Otherwise the guard is copied, and the copy refers weakly
  to the leaves. The copy is dropped when a leaf is deleted, or when an operand was computed from a
  leaf that has changed.

A leaf that is itself compared may change. The guard stays, and applies to a graph while its outcome
is unchanged.

Of equal guards the first is kept, and of all copies the 10,000 youngest.
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
_FEW = 8  # `_older` is pruned only after it has grown by more than this many guards
_room = _FEW  # how many guards `_older` may grow by before it is pruned
_LIMIT = 10_000  # the most guards that `_older` has after pruning


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
    recorder.current_note = with_guard(recorder.current_note, None)
    _recent.clear()
    _older.clear()


@contextmanager
def own_guards() -> Iterator[None]:
    """Begin without guards inside a ``with`` block; afterwards the earlier ones are there again."""
    before = recorder.current_note, _recent[:], _older[:]
    forget_guards()
    try:
        yield
    finally:
        recorder.current_note, _recent[:], _older[:] = before


def age_guards() -> None:
    """Let the nodes compared so far be freed, and keep guards that may concern later nodes."""
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
    """Return those of the nodes and their ancestors that current leaf data would not reproduce.

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
    """Return the guards that are current, each once, and of these the youngest."""
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
        key = (node.op, node.data, *(found[p] for p in node.parents)) if ref is None else id(ref())
        found[node] = numbers.setdefault(key, len(numbers))
    return found


def _keep_current(copies: _Copies) -> list[RecordedGuard]:
    """Return the guards whose leaves all exist and whose computed operands are up to date.

    A computed operand is up to date if its leaves still have the data that it was computed from.
    """
    changed: set[LiveNode] = set()
    lost: set[LiveNode] = set()
    for node in all_nodes(*operands_of(*copies.guards)):
        leaf = copies.leaves[node]() if node in copies.leaves else node
        if leaf is None or not changed.isdisjoint(node.parents):
            lost.add(node)
        if node in lost or leaf.data != node.data:  # type: ignore[union-attr]
            changed.add(node)
    return [guard for guard in copies.guards if lost.isdisjoint(operands_of(guard))]


def _with_guards(copies: _Copies, guards: list[RecordedGuard]) -> _Copies:
    """Return a `_Copies` with only these guards and the leaves that they depend on."""
    if len(guards) == len(copies.guards):
        return copies
    nodes = all_nodes(*operands_of(*guards))
    return _Copies(guards, {n: copies.leaves[n] for n in nodes if n in copies.leaves})


def kept_guards(nodes: Iterable[LiveNode]) -> list[RecordedGuard]:
    """Return the guards recorded before the last `backward` that are kept.

    If one of these nodes applies the same operation to the same parents as an operand, it replaces
    the operand. Operands that apply the same operation to the same parents are merged.
    """
    if not (_recent or _older):
        return []
    leaves = {copy: leaf() for copies in _older for copy, leaf in copies.leaves.items()}
    guards = [*(guard for copies in _older for guard in copies.guards), *_recent]
    twins: dict[LiveNode, Any] = {node: node for node in nodes}
    known = {_key(node, node.parents): node for node in reversed(twins) if node.op is not LEAF}
    for node in all_nodes(*operands_of(*guards)):
        if node not in twins:
            twins[node] = _find_twin(node, twins, known, leaves)
    found = [with_operands(guard, twins) for guard in guards]
    return [guard for guard in found if guard.left is not None and guard.right is not None]


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
    leaves: Mapping[LiveNode, LiveNode | None],
) -> LiveNode | None:
    """Return the node that stands for a node or for a copy, or None if a leaf was deleted."""
    if node.op is LEAF:
        return leaves.get(node, node)
    parents = [twins[parent] for parent in node.parents]
    if any(parent is None for parent in parents):
        return None
    key = _key(node, parents)
    if key not in known:
        is_own = all(p is q for p, q in zip(parents, node.parents, strict=True))
        known[key] = node if is_own else _renew(node, parents)
    return known[key]


def _key(node: LiveNode, parents: Sequence[LiveNode]) -> tuple[Any, ...]:
    return node.op, node.data, *map(id, parents)
