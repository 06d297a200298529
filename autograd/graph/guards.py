"""Guards: the comparisons that decided which branch was recorded.

A graph holds one example's computation. If Python's control flow compared Values on the way, as in
``if x > 0``, other numbers may take another branch, which was never recorded. Code that computes a
graph with other numbers therefore checks the guards first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..engine.guard_copies import operands_of
from ..engine.guard_selection import RELATIONS
from ..engine.note import RecordedGuard
from ..engine.source_line import describe_origin
from ..engine.value import Value


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
        """Return the error message for numbers that violate the guard.

        >>> print(Guard(0, ">", None, 0.0, True, "x > 0", "loss.py:12").explain()[:79])
        `x > 0` (loss.py:12) was true when this was recorded and is false here; the oth
        """
        was, now = ("true", "false") if self.outcome else ("false", "true")
        left, _, right = self.text.partition(f" {self.relation} ")
        function = "minimum" if self.relation[0] == "<" else "maximum"
        alternatives = [f"{function}({left}, {right})"] if self.relation != "==" else []
        return (
            f"`{self.text}` ({self.place}) was {was} when this was recorded and is {now} here; "
            "the other branch was never recorded. Record again, or write "
            f"{' / '.join([*alternatives, f'where({self.text}, …)'])}. If no branch depends on the "
            "comparison, compare the numbers: x.data instead of x"
        )

    def renumbered(self, indices: Mapping[int, int]) -> Guard:
        """Return a copy of the guard. `indices` maps each old node index to the new one."""
        right = None if self.right is None else indices[self.right]
        return replace(self, left=indices[self.left], right=right)

    @property
    def operands(self) -> tuple[int, ...]:
        """The indices of the nodes that are compared."""
        return (self.left,) if self.right is None else (self.left, self.right)


# --- from what was recorded -----------------------------------------------------------------------


def freeze_guard(guard: RecordedGuard, indices: Mapping[Value, int]) -> Guard:
    """Return the `Guard` of a recorded guard: node indices instead of Values."""
    left, right = guard.left, guard.right
    is_value = isinstance(right, Value)
    text, place = _describe(guard, indices)
    return Guard(
        indices[left],
        guard.relation,
        indices[right] if is_value else None,
        0.0 if is_value else right,
        guard.outcome,
        text,
        place,
    )


def _describe(guard: RecordedGuard, indices: Mapping[Value, int]) -> tuple[str, str]:
    """Return the text of a comparison and its place, the file and the line."""
    source, place = describe_origin(guard.origin)
    if all(value.label for value in operands_of(guard)) or f" {guard.relation} " not in source:
        source = f"{_name(guard.left, indices)} {guard.relation} {_name(guard.right, indices)}"
    return source, place


def _name(side: Value | float, indices: Mapping[Value, int]) -> str:
    return (side.label or f"v{indices[side]}") if isinstance(side, Value) else f"{side:g}"
