"""`recorded_guards`: which of the comparisons recorded so far are guards of a graph."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any

from .guard_copies import find_outdated, operands_of
from .kept_guards import current_guards, kept_guards
from .node import LiveNode
from .note import RecordedGuard, guard_of
from .ops import LEAF
from .topological import all_nodes

RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}


def recorded_guards(values: Sequence[LiveNode]) -> list[RecordedGuard]:
    """Return the guards that apply to a graph of these Values, in the order of recording.

    A graph does not show which comparison chose an output. In ``y = a if x > 0 else b``, both a and
    b may be recorded before the comparison, and the choice changes neither of them. Every
    comparison of the graph's numbers therefore counts, even one made after the output was recorded.
    A guard applies if both of these are true:

    - It holds for the current data. Otherwise it was recorded for an earlier graph.
    - It is connected to the Values in one of two ways:

      - One of its operands depends on a leaf that is among the Values, or is such a leaf. It may
        also depend on other leaves, as in ``x * w - t > 0`` where t is not among the Values.
      - It compares two Values, and another guard that applies compares one of them. This case is
        needed because the largest of three numbers also depends on how the other two compare.
    """
    recorded = [*_collect_chains(values), *current_guards()]
    found = [*kept_guards([*values, *all_nodes(*operands_of(*recorded))]), *recorded]
    # Of equal comparisons, the first one recorded is kept.
    first: dict[tuple[Any, ...], RecordedGuard] = {}
    for guard in found:
        first.setdefault((guard.left, guard.relation, guard.right, guard.outcome), guard)
    guards = list(first.values())
    if not guards:
        return []
    operands = set(operands_of(*guards))
    outdated = find_outdated(operands)
    current = [guard for guard in guards if _is_current(guard, outdated)]
    compared = [operands_of(guard) for guard in current]
    dependents = _find_dependents(operands, set(values))
    return [current[k] for k in sorted(choose_guards(compared, dependents))]


def _collect_chains(values: Iterable[LiveNode]) -> list[RecordedGuard]:
    """Return the guards recorded before these Values, each once, in order."""
    guards: list[RecordedGuard] = []
    seen: set[int] = set()
    for value in values:
        if value._note.__class__ is str:  # asked first, because most nodes have a label alone
            continue
        guard, chain = guard_of(value.note), []
        while guard is not None and id(guard) not in seen:
            seen.add(id(guard))
            chain.append(guard)
            guard = guard.earlier
        guards += reversed(chain)
    return guards


def _find_dependents(operands: set[LiveNode], members: set[LiveNode]) -> set[LiveNode]:
    """Return those of the operands and their ancestors that depend on a leaf among the members.

    Args:
        operands: what the guards compare.
        members: the Values of the graph.
    """
    dependents: set[LiveNode] = set()
    for value in all_nodes(*operands):
        if (value.op is LEAF and value in members) or not dependents.isdisjoint(value.parents):
            dependents.add(value)
    return dependents


def _is_current(guard: RecordedGuard, outdated: set[LiveNode]) -> bool:
    """Return whether the guard has its outcome for current data, and no operand is outdated."""
    if not outdated.isdisjoint(operands_of(guard)):
        return False
    right = guard.right.data if isinstance(guard.right, LiveNode) else guard.right
    return bool(RELATIONS[guard.relation](guard.left.data, right)) == guard.outcome


def choose_guards(operands: Sequence[Sequence[Any]], dependents: Container[Any]) -> set[int]:
    """Return the indices of the guards that apply, as `recorded_guards` describes.

    Args:
        operands: for each guard, the nodes that it compares.
        dependents: the nodes that depend on a leaf of the graph, and these leaves.
    """
    comparisons = defaultdict(list)  # guards that compare two nodes, by each of them
    for k, compared in enumerate(operands):
        for node in compared if len(compared) == 2 else ():
            comparisons[node].append(k)
    waiting = [
        k for k, compared in enumerate(operands) if any(node in dependents for node in compared)
    ]
    chosen: set[int] = set()
    while waiting:
        k = waiting.pop()
        if k not in chosen:
            chosen.add(k)
            waiting += [other for node in operands[k] for other in comparisons[node]]
    return chosen
