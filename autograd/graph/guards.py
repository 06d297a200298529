"""Guards: the comparisons that decided which branch was recorded.

A graph holds one example's computation. If Python's control flow compared Values on the way, as in
``if x > 0``, other numbers may take another branch, which was never recorded. Code that computes a
graph with other numbers therefore checks the guards first.
"""

from __future__ import annotations

import dis
import linecache
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from ..engine import recorder
from ..engine.note import AnyNote, RecordedGuard
from ..engine.ops import CONSTANT
from ..engine.topological import all_nodes
from ..engine.value import Value

RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Guard:
    """A comparison of two nodes, or of a node with a number, and its outcome when recorded.

    Attributes:
        left: the index of the node on the left side.
        relation: one of ``> >= < <= ==``.
        right: the index of the node on the right side, or None if the right side is a number.
        bound: the number on the right side; 0 if `right` is an index.
        outcome: whether the comparison was true.
        text: the comparison, as in the source or with the names of the nodes.
        place: the file and the line, such as ``loss.py:12``.
    """

    left: int
    relation: str
    right: int | None
    bound: float
    outcome: bool
    text: str
    place: str

    def holds(self, numbers: Sequence[Any] | Mapping[int, Any]) -> Any:
        """Return whether the comparison has the recorded outcome when the nodes have these numbers.

        If the numbers are arrays with one entry for each example, the result is such an array.

        >>> guard = Guard(0, ">", None, 0.0, True, "x > 0", "loss.py:12")
        >>> guard.holds([2.0]), guard.holds([-2.0])
        (True, False)
        """
        right = self.bound if self.right is None else numbers[self.right]
        return RELATIONS[self.relation](numbers[self.left], right) == self.outcome

    def explain(self) -> str:
        """Return the error message for numbers that the guard does not hold for.

        >>> print(Guard(0, ">", None, 0.0, True, "x > 0", "loss.py:12").explain()[:79])
        `x > 0` (loss.py:12) was true when this was recorded and is false here; the oth
        """
        was, now = ("true", "false") if self.outcome else ("false", "true")
        left, _, right = self.text.partition(f" {self.relation} ")
        function = "minimum" if self.relation[0] == "<" else "maximum"
        instead = [f"{function}({left}, {right})"] if self.relation != "==" else []
        return (
            f"`{self.text}` ({self.place}) was {was} when this was recorded and is {now} here; "
            "the other branch was never recorded. Record again, or write "
            f"{' / '.join([*instead, f'where({self.text}, …)'])}"
        )

    def renumbered(self, place: Mapping[int, int]) -> Guard:
        """Return the guard with new indices of its nodes."""
        right = None if self.right is None else place[self.right]
        values = (self.relation, right, self.bound, self.outcome, self.text, self.place)
        return Guard(place[self.left], *values)

    @property
    def operands(self) -> tuple[int, ...]:
        """The indices of the nodes that are compared."""
        return (self.left,) if self.right is None else (self.left, self.right)


# --- from what was recorded -----------------------------------------------------------------------


class Reach(IntEnum):
    """What a Value depends on.

    It is the largest reach among the parents, or `OUTDATED` if the Value itself is outdated.
    """

    CONSTANTS = 0
    OWN_LEAVES = 1  # leaves of the graph, and constants
    OTHER_LEAVES = 2
    OUTDATED = 3  # data was changed after it was recorded


def recorded_guards(values: Sequence[Value], outputs: Sequence[Value]) -> list[RecordedGuard]:
    """Return the guards that apply to a graph of these Values, in the order of recording.

    A guard applies if all of these are true:

    - It was recorded before one of the Values. A guard that was recorded later applies too if a
      function such as `max` compared one of the outputs, because it may have chosen that output.
    - It holds for the current data. Otherwise it was recorded for an earlier graph.
    - It is connected to the Values in one of three ways:

      - It compares one of the Values.
      - All its operands were computed from leaves among the Values.
      - It compares two Values, and another guard that applies compares one of them. This case is
        needed because the largest of three numbers also depends on how the other two compare.
    """
    found = _collect_chains(value.note for value in values)
    found += [
        guard
        for guard in _collect_chains([recorder.current_note])
        if is_asked_by_call(guard) and not set(outputs).isdisjoint(guarded_values(guard))
    ]
    # Of equal comparisons, the first one recorded is kept.
    first: dict[tuple[Any, ...], RecordedGuard] = {}
    for guard in found:
        first.setdefault(_comparison_of(guard), guard)
    guards = list(first.values())
    if not guards:
        return []
    reach = _find_reach({v for guard in guards for v in guarded_values(guard)}, set(values))
    current = [guard for guard in guards if _is_current(guard, reach)]
    chosen = _choose(current, {v for v in values if v.op is not CONSTANT}, reach)
    return [guard for guard in current if id(guard) in chosen]


def _collect_chains(notes: Iterable[AnyNote]) -> list[RecordedGuard]:
    """Return the guards recorded before the nodes with these notes, each once, in order."""
    found: list[RecordedGuard] = []
    seen: set[int] = set()
    for note in notes:
        guard = None if isinstance(note, str) else note.guard
        chain = []
        while guard is not None and id(guard) not in seen:
            seen.add(id(guard))
            chain.append(guard)
            guard = guard.earlier
        found += reversed(chain)
    return found


def _comparison_of(guard: RecordedGuard) -> tuple[Any, ...]:
    return guard.left, guard.relation, guard.right, guard.outcome


def guarded_values(guard: RecordedGuard) -> list[Value]:
    """Return the operands of a guard that are Values."""
    return [side for side in (guard.left, guard.right) if isinstance(side, Value)]


def is_asked_by_call(guard: RecordedGuard) -> bool:
    """Return whether a function such as `max` or `sorted` asked for the outcome, not an ``if``."""
    # The origin is the instruction that asked for the outcome, as a code object and an offset. If a
    # graph was recorded again, it is two texts, and the instruction is not known.
    code, offset = guard.origin
    return not isinstance(code, str) and code.co_code[int(offset)] in _CALLS


_CALLS = {code for name, code in dis.opmap.items() if name.startswith("CALL")}


def _find_reach(operands: set[Value], own: set[Value]) -> dict[Value, Reach]:
    reach: dict[Value, Reach] = {}
    for value in all_nodes(*operands):
        if value.op is CONSTANT:
            reach[value] = Reach.CONSTANTS
        elif not value.parents:
            reach[value] = Reach.OWN_LEAVES if value in own else Reach.OTHER_LEAVES
        else:
            data = [parent.data for parent in value.parents]
            is_current = value.op.reproduces(value.data, value.partials, data)
            worst = max(reach[parent] for parent in value.parents)
            reach[value] = worst if is_current else Reach.OUTDATED
    return reach


def _is_current(guard: RecordedGuard, reach: Mapping[Value, Reach]) -> bool:
    if any(reach[value] is Reach.OUTDATED for value in guarded_values(guard)):
        return False
    right = guard.right.data if isinstance(guard.right, Value) else guard.right
    return bool(RELATIONS[guard.relation](guard.left.data, right)) == guard.outcome


def _choose(
    guards: Sequence[RecordedGuard], members: set[Value], reach: Mapping[Value, Reach]
) -> set[int]:
    """Return the ids of the guards that apply, as `recorded_guards` describes."""
    comparisons = defaultdict(list)  # guards that compare two Values, by each of them
    for guard in guards:
        for value in guarded_values(guard) if isinstance(guard.right, Value) else ():
            comparisons[value].append(guard)
    waiting = [guard for guard in guards if _concerns(guard, members, reach)]
    chosen: set[int] = set()
    while waiting:
        guard = waiting.pop()
        if id(guard) not in chosen:
            chosen.add(id(guard))
            waiting += [other for v in guarded_values(guard) for other in comparisons[v]]
    return chosen


def _concerns(guard: RecordedGuard, members: set[Value], reach: Mapping[Value, Reach]) -> bool:
    """Return whether a guard compares a member, or Values computed from the graph's leaves alone.

    A guard over constants alone always holds, so it does not count.
    """
    values = guarded_values(guard)
    worst = max(reach[value] for value in values)
    return worst is Reach.OWN_LEAVES or not members.isdisjoint(values)


def freeze_guard(guard: RecordedGuard, place: Mapping[Value, int]) -> Guard:
    """Return a recorded guard with the indices of its operands."""
    left, right = guard.left, guard.right
    is_value = isinstance(right, Value)
    text, where = _describe(guard, place)
    return Guard(
        place[left],
        guard.relation,
        place[right] if is_value else None,
        0.0 if is_value else right,
        guard.outcome,
        text,
        where,
    )


def _describe(guard: RecordedGuard, place: Mapping[Value, int]) -> tuple[str, str]:
    """Return the text of a comparison and its place."""
    code, offset = guard.origin
    if isinstance(code, str):  # the text and the place, because a graph was recorded again
        return code, str(offset)
    source, where = find_source(code, int(offset))
    if all(value.label for value in guarded_values(guard)) or f" {guard.relation} " not in source:
        source = f"{_name(guard.left, place)} {guard.relation} {_name(guard.right, place)}"
    return source, where


def _name(side: Value | float, place: Mapping[Value, int]) -> str:
    return (side.label or f"v{place[side]}") if isinstance(side, Value) else f"{side:g}"


@cache
def find_source(code: CodeType, offset: int) -> tuple[str, str]:
    """Return the expression at a place in a code object, and its file and line.

    The expression is "" if the source is not available.
    """
    # There is one entry for each instruction, which has two bytes. The offset is −1 in a frame that
    # has executed no instruction.
    positions = list(code.co_positions())
    line, end, start, stop = positions[offset // 2] if offset >= 0 else (None,) * 4
    line = line or code.co_firstlineno
    where = f"{Path(code.co_filename).name}:{line}"
    # Positions count the bytes of a line in UTF-8.
    text = linecache.getline(code.co_filename, line).encode()
    return (text[start:stop].decode() if end == line else ""), where
