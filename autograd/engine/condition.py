"""`Condition`: what a comparison of Values gives, ``x > 0``; its operands are not forgotten.

Python's control flow asks a condition for its truth, as in ``if x > 0``. Only the branch that is
taken gets recorded, so whoever computes the graph with other numbers must know where that record
stops being true. The comparison is therefore kept as a guard of all that is recorded afterwards.
"""

from __future__ import annotations

import operator
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, cast

import numpy as np

from . import recorder
from .node import LiveNode
from .note import RecordedGuard, with_guard
from .number import Number
from .operation import Op
from .ops import COMPARISONS, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, MAXIMUM, MUL, SUB
from .recorder import operands, record_nodes

_HOLDS = {op: getattr(operator, name) for op, name in COMPARISONS.items()}
_RELATIONS = {GREATER: ">", GREATER_EQUAL: ">=", LESS: "<", LESS_EQUAL: "<="}


class Condition:
    """A comparison, or several combined by ``&``, ``|`` and ``~``, and whether it holds.

    ``if x > 0:`` asks for the outcome alone, and records a guard. `where` records the comparison
    itself, and so does arithmetic: ``(x > 0) * y`` is a Value, in which the condition counts as 1
    or 0.

    >>> from autograd import Value
    >>> x = Value(2.0)
    >>> bool(x > 0), bool((x > 0) & ~(x < 1)), ((x > 0) * x).data
    (True, True, 2.0)
    """

    __slots__ = ("op", "operands", "outcome")

    def __init__(self, op: Op, operands: tuple[Any, Any], outcome: bool) -> None:
        self.op, self.operands, self.outcome = op, operands, outcome

    def __bool__(self) -> bool:
        frame = _user_frame(sys._getframe(1))
        for comparison in self.comparisons():
            _record_guard(comparison, frame)
        return self.outcome

    def comparisons(self) -> Iterator[Condition]:
        """Yield the comparisons that this condition combines; itself if it is a comparison."""
        parts = [side for side in self.operands if isinstance(side, Condition)]
        if not parts:
            yield self
        for part in parts:
            yield from part.comparisons()

    def __and__(self, other: Condition | bool) -> Condition:
        return Condition(MUL, (self, other), self.outcome and _outcome(other))

    def __or__(self, other: Condition | bool) -> Condition:
        return Condition(MAXIMUM, (self, other), self.outcome or _outcome(other))

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> Condition:
        return Condition(SUB, (1.0, self), not self.outcome)

    def __eq__(self, other: object) -> bool:
        return bool(self) == bool(other)

    __hash__ = object.__hash__

    def __int__(self) -> int:
        return int(bool(self))

    __index__ = __int__

    def __repr__(self) -> str:
        return f"Condition({self.outcome})"

    def as_value(self) -> Any:
        """Return the condition as a Value: 1 where it holds, 0 where it does not."""
        left, right = (side.as_value() if isinstance(side, Condition) else side
                       for side in self.operands)  # fmt: skip
        if self.op is GREATER and right == 0.0 and getattr(left, "op", None) in COMPARISONS:
            return left  # which is 1 or 0 already
        cls = left.__class__ if isinstance(left, LiveNode) else right.__class__
        return record_nodes(self.op, operands(cls, self.op, left, right))

    # --- as a number, 1 or 0 ----------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        return self.as_value() + other

    def __radd__(self, other: Any) -> Any:
        return other + self.as_value()

    def __sub__(self, other: Any) -> Any:
        return self.as_value() - other

    def __rsub__(self, other: Any) -> Any:
        return other - self.as_value()

    def __neg__(self) -> Any:
        return -self.as_value()

    def __truediv__(self, other: Any) -> Any:
        return self.as_value() / other

    def __mul__(self, other: Any) -> Any:
        return self.as_value() * other

    def __rmul__(self, other: Any) -> Any:
        return other * self.as_value()


class Equality(Condition):
    """Whether a Value equals a number: ``x == 3``. Its guard is that the two are equal or not."""

    __slots__ = ()

    def __init__(self, value: LiveNode, number: float) -> None:
        super().__init__(MUL, (value, number), value.data == number)

    def as_value(self) -> Any:
        """Return 1 where the two are equal, 0 where they are not: (x ≥ c)·(x ≤ c)."""
        value, number = self.operands
        return Condition(GREATER_EQUAL, (value, number), True) * Condition(
            LESS_EQUAL, (value, number), True
        )


def _outcome(condition: Condition | bool) -> bool:
    return condition.outcome if isinstance(condition, Condition) else bool(condition)


def comparison(op: Op) -> Callable[[Any, Any], Condition]:
    """Return the method of Values that compares by this operation."""
    holds = _HOLDS[op]

    def compare(self: LiveNode, other: Any) -> Condition:
        if isinstance(other, LiveNode):
            return Condition(op, (self, other), holds(self._data, other._data))
        if isinstance(other, Number):
            return Condition(op, (self, other), holds(self._data, float(other)))
        return cast("Condition", NotImplemented)

    compare.__doc__ = f"Return the Condition self {op.glyph} other."
    return compare


# --- guards ---------------------------------------------------------------------------------------


def _record_guard(condition: Condition, frame: FrameType) -> None:
    left, right = condition.operands
    note = recorder.current_note
    guard = RecordedGuard(
        left,
        _RELATIONS.get(condition.op, "=="),
        right if isinstance(right, LiveNode) else float(right),
        condition.outcome,
        frame.f_code,
        frame.f_lasti,
        None if isinstance(note, str) else note.guard,
    )
    recorder.current_note = with_guard(note, guard)


def forget_guards() -> None:
    """Start a new chain of guards, so that what was compared so far can be freed.

    The nodes recorded so far keep theirs. `Value.backward` calls this, because a training loop
    would otherwise keep every graph alive.
    """
    recorder.current_note = with_guard(recorder.current_note, None)


_SITE = sysconfig.get_paths()["purelib"]
_STANDARD = sysconfig.get_paths()["stdlib"]
_OWN = tuple(str(Path(__file__).parents[2] / name) for name in ("autograd", "nn"))
_NUMPY = str(Path(np.__file__).parent)


def _user_frame(frame: FrameType) -> FrameType:
    """Return the innermost frame that is not in NumPy, the standard library or this project.

    ``np.clip`` and ``statistics.median`` compare in code of their own; the line that called them is
    what the user knows.
    """
    found: FrameType | None = frame
    while found is not None and _is_library(found.f_code.co_filename):
        found = found.f_back
    return found or frame


def _is_library(filename: str) -> bool:
    return filename.startswith((_NUMPY, *_OWN)) or (
        filename.startswith(_STANDARD) and not filename.startswith(_SITE)
    )
