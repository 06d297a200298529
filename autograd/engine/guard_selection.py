"""`recorded_guards`: which of the comparisons recorded so far are guards of a graph."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from .kept_guards import current_guards, kept_guards, operands_of
from .node import LiveNode
from .note import AnyNote, RecordedGuard, guard_of
from .ops import CONSTANT
from .topological import all_nodes

RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}


class Reach(IntEnum):
    """What a Value depends on. A Value has the largest reach among its parents.

    A Value whose data, or that of its parents, was changed after the recording is `OUTDATED`.
    """

    CONSTANTS = 0
    OWN_LEAVES = 1  # leaves of the graph, and constants
    OTHER_LEAVES = 2  # also leaves that are not in the graph
    OUTDATED = 3


def recorded_guards(values: Sequence[LiveNode]) -> list[RecordedGuard]:
    """Return the guards that apply to a graph of these Values, in the order of recording.

    Nobody can tell which comparison chose an output. In ``y = a if x > 0 else b``, both a and b may
    be recorded before the comparison, and the winner does not change when it wins. Every comparison
    of the graph's numbers therefore counts, also one that was made after the output was recorded.
    A guard applies if both of these are true:

    - It holds for the current data. Otherwise it was recorded for an earlier graph.
    - It is connected to the Values in one of three ways:

      - It compares one of the Values.
      - All its operands were computed from leaves among the Values.
      - It compares two Values, and another guard that applies compares one of them. This case is
        needed because the largest of three numbers also depends on how the other two compare.
    """
    recorded = [*_collect_chains(value.note for value in values), *current_guards()]
    found = [*kept_guards([*values, *all_nodes(*operands_of(*recorded))]), *recorded]
    # Of equal comparisons, the first one recorded is kept.
    first: dict[tuple[Any, ...], RecordedGuard] = {}
    for guard in found:
        first.setdefault((guard.left, guard.relation, guard.right, guard.outcome), guard)
    guards = list(first.values())
    if not guards:
        return []
    reach = _find_reach(set(operands_of(*guards)), set(values))
    current = [guard for guard in guards if _is_current(guard, reach)]
    chosen = _choose(current, {v for v in values if v.op is not CONSTANT}, reach)
    return [guard for guard in current if id(guard) in chosen]


def _collect_chains(notes: Iterable[AnyNote]) -> list[RecordedGuard]:
    """Return the guards recorded before the nodes with these notes, each once, in order."""
    guards: list[RecordedGuard] = []
    seen: set[int] = set()
    for note in notes:
        guard = guard_of(note)
        chain = []
        while guard is not None and id(guard) not in seen:
            seen.add(id(guard))
            chain.append(guard)
            guard = guard.earlier
        guards += reversed(chain)
    return guards


def _find_reach(operands: set[LiveNode], members: set[LiveNode]) -> dict[LiveNode, Reach]:
    """Return the reach of the operands of guards and of all that they were computed from.

    Args:
        operands: what the guards compare.
        members: the Values of the graph.
    """
    reach: dict[LiveNode, Reach] = {}
    for value in all_nodes(*operands):
        if value.op is CONSTANT:
            reach[value] = Reach.CONSTANTS
        elif not value.parents:
            reach[value] = Reach.OWN_LEAVES if value in members else Reach.OTHER_LEAVES
        else:
            data = [parent.data for parent in value.parents]
            is_current = value.op.reproduces(value.data, value.partials, data)
            largest = max(reach[parent] for parent in value.parents)
            reach[value] = largest if is_current else Reach.OUTDATED
    return reach


def _is_current(guard: RecordedGuard, reach: Mapping[LiveNode, Reach]) -> bool:
    """Return whether the guard still has its outcome, with data that was not changed since."""
    if any(reach[value] is Reach.OUTDATED for value in operands_of(guard)):
        return False
    right = guard.right.data if isinstance(guard.right, LiveNode) else guard.right
    return bool(RELATIONS[guard.relation](guard.left.data, right)) == guard.outcome


def _choose(
    guards: Sequence[RecordedGuard], members: set[LiveNode], reach: Mapping[LiveNode, Reach]
) -> set[int]:
    """Return the ids of the guards that apply, as `recorded_guards` describes."""
    comparisons = defaultdict(list)  # guards that compare two Values, by each of them
    for guard in guards:
        for value in operands_of(guard) if isinstance(guard.right, LiveNode) else ():
            comparisons[value].append(guard)
    waiting = [guard for guard in guards if _applies_directly(guard, members, reach)]
    chosen: set[int] = set()
    while waiting:
        guard = waiting.pop()
        if id(guard) not in chosen:
            chosen.add(id(guard))
            waiting += [other for v in operands_of(guard) for other in comparisons[v]]
    return chosen


def _applies_directly(
    guard: RecordedGuard, members: set[LiveNode], reach: Mapping[LiveNode, Reach]
) -> bool:
    """Return whether a guard compares a member, or Values computed from the graph's leaves alone.

    A guard over constants alone always holds, so it does not count.
    """
    values = operands_of(guard)
    largest = max(reach[value] for value in values)
    return largest is Reach.OWN_LEAVES or not members.isdisjoint(values)
