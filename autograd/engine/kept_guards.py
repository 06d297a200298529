"""Guards that are kept after `backward`, because they may also apply to graphs recorded later.

A guard is a comparison of Values that decided a branch. For example, a program may test
``if x > 0:``, call `backward` on another graph, and then record ``y = x * x``. The guard x > 0
still applies to y. A guard refers to the nodes it compares. A training loop that kept all its
guards would therefore keep the graphs of all its steps in memory. A guard is kept in two stages:

- The first call of `backward` after the guard was recorded keeps it as it is.
- The second call drops it if an operand was computed from a leaf that has changed. This is the
  usual case in a training loop, where the parameters change after each step. Otherwise the guard is
  copied, and the copy refers weakly to the leaves. If a leaf is deleted, its copy takes its place,
  with the data that the leaf had when it was copied. The copied guard is dropped when all its
  leaves are deleted, or when an operand was computed from a leaf that has changed since.

A guard that compares a leaf directly, such as x > 0, is not dropped when x changes. A graph leaves
it out while the current data of x gives another outcome (see `guard_selection`).

Of equal guards, only the first is kept. Of all copies, only the newest 10,000 are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from . import recorder
from .guard_copies import (
    GuardCopies,
    copy_guards,
    find_outdated,
    find_twins,
    operands_of,
    prune,
    with_operands,
)
from .node import LiveNode
from .note import RecordedGuard, guard_of, with_guard
from .ops import LEAF
from .topological import all_nodes

_ROOM = 8  # after a pruning, the number of copied guards may double and increase by this many


@dataclass
class _Kept:
    """The guards that are kept."""

    recent: list[RecordedGuard] = field(default_factory=list)  # between the last two `backward`
    older: list[GuardCopies] = field(default_factory=list)
    room: int = _ROOM  # how many guards may be added to `older` before it is pruned


_kept = _Kept()


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
    global _kept
    recorder.current_note = with_guard(recorder.current_note, None)
    _kept = _Kept()


@contextmanager
def own_guards() -> Iterator[None]:
    """Begin without guards inside a ``with`` block, and restore the earlier ones afterwards."""
    global _kept
    before = recorder.current_note, _kept
    forget_guards()
    try:
        yield
    finally:
        recorder.current_note, _kept = before


def age_guards() -> None:
    """Drop or copy the guards of the previous step, so that the nodes they compare can be freed."""
    recorded = current_guards()
    if recorded:
        recorder.current_note = with_guard(recorder.current_note, None)
    if _kept.recent:
        outdated = find_outdated(operands_of(*_kept.recent))
        current: list[RecordedGuard] = []
        dropped: list[RecordedGuard] = []
        for guard in _kept.recent:
            (current if outdated.isdisjoint(operands_of(guard)) else dropped).append(guard)
        if current:
            _kept.older.append(copy_guards(current))
            _kept.room -= len(current)
        # The program may still use one of these nodes. Its note refers to a guard, and the guard to
        # the nodes that it compares and to the guard before it. The note would therefore keep the
        # graph of the previous step alive. The note of a leaf has no guard.
        for node in all_nodes(*operands_of(*dropped)):
            if node.op is not LEAF:
                node.note = with_guard(node.note, None)
    _kept.recent = recorded
    if _kept.room < 0:
        _kept.older = prune(_kept.older)
        _kept.room = sum(len(copies.guards) for copies in _kept.older) + _ROOM


def kept_guards(nodes: Iterable[LiveNode]) -> list[RecordedGuard]:
    """Return the guards recorded before the last `backward` that are kept.

    If `nodes` has a node with the same operation, data and parents as an operand, the guard
    compares that node instead.
    """
    if not (_kept.recent or _kept.older):
        return []
    twins = find_twins(nodes, _kept.older, _kept.recent)
    guards = [*(guard for copies in _kept.older for guard in copies.guards), *_kept.recent]
    return [with_operands(guard, twins) for guard in guards]
