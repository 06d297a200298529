"""`Condition`: the result of a comparison of Values, ``x > 0``, together with its operands.

Python's control flow converts a condition to a bool, as in ``if x > 0``. Only the branch that is
taken is recorded, so the graph is valid only for numbers that give the same outcome. The comparison
is therefore stored as a guard of all nodes that are recorded afterwards. Code that computes the
graph with other numbers, such as a batch program, checks the guards.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, cast

from ..encoding import encodable
from . import recorder
from .node import LiveNode
from .note import Note, RecordedGuard, new_tuple
from .number import is_number, is_of_numpy
from .operation import Op
from .ops import COMPARISONS, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, MAXIMUM, MUL, SUB
from .recorder import operands, record_nodes
from .user_code import is_library, user_frame

_HOLDS = {op: getattr(operator, name) for op, name in COMPARISONS.items()}
_RELATIONS = {GREATER: ">", GREATER_EQUAL: ">=", LESS: "<", LESS_EQUAL: "<="}


_Method = Callable[["Condition", Any], Any]


def _arithmetic_methods(combine: Callable[[Any, Any], Any]) -> tuple[_Method, _Method]:
    """Return the method of a binary operator and its reflected method, as __add__ and __radd__.

    Both methods use the condition as a Value, 1 or 0.
    """
    return (
        lambda self, other: combine(self.as_value(), other),
        lambda self, other: combine(other, self.as_value()),
    )


class Condition:
    """A comparison and its outcome, or several comparisons combined by ``&``, ``|`` and ``~``.

    ``if x > 0:`` uses only the outcome, and records a guard. `where` and arithmetic record the
    comparison itself as a node. For example, ``(x > 0) * y`` is a Value that is y if the condition
    holds and 0 otherwise.

    The operations of combined conditions are arithmetic on 1 and 0: ``&`` is a product, ``|`` is a
    maximum, and ``~`` is a difference from 1.

    >>> from autograd import Value
    >>> x = Value(2.0)
    >>> bool(x > 0), bool((x > 0) & ~(x < 1)), ((x > 0) * x).data
    (True, True, 2.0)
    """

    __slots__ = ("op", "operands", "outcome")

    def __init__(self, op: Op, operands: tuple[Any, Any], outcome: bool) -> None:
        """Store the operation that `as_value` records, its operands, and the outcome."""
        self.op, self.operands, self.outcome = op, operands, outcome

    def __bool__(self) -> bool:
        """Return the outcome, and record a guard for each comparison in the condition."""
        frame = sys._getframe(1)
        # `user_frame` tests the frame too, but testing it here usually saves the call.
        if is_library(frame.f_code.co_filename):
            frame = user_frame(frame)
        for comparison in self.comparisons():
            _record_guard(comparison, frame)
        return self.outcome

    def comparisons(self) -> Sequence[Condition]:
        """Return the comparisons that this condition combines, or itself if it is a comparison."""
        if self.op in COMPARISONS:
            return (self,)
        # An operand that is a plain bool needs no guard.
        parts = [side for side in self.operands if isinstance(side, Condition)]
        return [comparison for part in parts for comparison in part.comparisons()]

    def __and__(self, other: Condition | bool) -> Condition:
        if not _is_condition(other):
            return NotImplemented
        return Condition(MUL, (self, other), self.outcome and _outcome(other))

    def __or__(self, other: Condition | bool) -> Condition:
        if not _is_condition(other):
            return NotImplemented
        return Condition(MAXIMUM, (self, other), self.outcome or _outcome(other))

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> Condition:
        return Condition(SUB, (1.0, self), not self.outcome)

    def __eq__(self, other: object) -> Any:
        """Return a Condition that holds if the two outcomes are equal. No guard is recorded."""
        if not _is_condition(other):
            return NotImplemented
        if isinstance(other, Condition):
            return (self & other) | (~self & ~other)
        return self if other else ~self

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else ~equal

    __hash__ = object.__hash__

    def __int__(self) -> int:
        return int(bool(self))

    __index__ = __int__

    @encodable
    def __repr__(self) -> str:
        return f"Condition({self.outcome})"

    def as_value(self) -> Any:
        """Return the condition as a Value: 1 where it holds, 0 where it does not."""
        left, right = (side.as_value() if isinstance(side, Condition) else side
                       for side in self.operands)  # fmt: skip
        # A Value is not compared with 0.0 here, because testing the result would record a guard.
        above_zero = self.op is GREATER and not isinstance(right, LiveNode) and right == 0.0
        if above_zero and getattr(left, "op", None) in COMPARISONS:
            # A comparison as a Value, such as ``mask = (x > 0).as_value()``, is 1 or 0. The Value
            # of ``mask > 0`` is therefore `mask` itself.
            return left
        cls = left.__class__ if isinstance(left, LiveNode) else right.__class__
        return record_nodes(self.op, operands(cls, self.op, left, right))

    # --- as a number, 1 or 0 ----------------------------------------------------------------------

    __add__, __radd__ = _arithmetic_methods(operator.add)
    __sub__, __rsub__ = _arithmetic_methods(operator.sub)
    __mul__, __rmul__ = _arithmetic_methods(operator.mul)
    # There is no __rtruediv__, because the divisor may be 0.
    __truediv__ = _arithmetic_methods(operator.truediv)[0]

    def __neg__(self) -> Any:
        return -self.as_value()


class Equality(Condition):
    """The condition that a Value equals a number, as in ``x == 3``."""

    __slots__ = ()

    def __init__(self, value: LiveNode, number: float) -> None:
        # The module `ops` has no operation for equality. MUL is a stand-in that is never evaluated,
        # because this class overrides the methods that would evaluate it. `_record_guard` writes
        # "==" for every operation that is not in `_RELATIONS`.
        super().__init__(MUL, (value, number), value.data == number)

    def comparisons(self) -> Sequence[Condition]:
        return (self,)

    def as_value(self) -> Any:
        """Return (x ≥ c)·(x ≤ c), which is 1 if x = c, else 0."""
        value, number = self.operands
        # `*` calls only `as_value`, which does not use the outcome, so each outcome may be True.
        return Condition(GREATER_EQUAL, (value, number), True) * Condition(
            LESS_EQUAL, (value, number), True
        )


def _is_condition(x: object) -> bool:
    """Return whether an object is a Condition or a bool of Python or NumPy."""
    return isinstance(x, Condition | bool) or is_of_numpy(x, "bool_")


def _outcome(condition: Condition | bool) -> bool:
    return condition.outcome if isinstance(condition, Condition) else bool(condition)


def comparison_method(op: Op) -> Callable[[Any, Any], Condition]:
    """Return the method of `Value` for this comparison, such as `__gt__` for `GREATER`."""
    holds = _HOLDS[op]

    def compare(self: LiveNode, other: Any) -> Condition:
        if isinstance(other, LiveNode):
            return Condition(op, (self, other), holds(self._data, other._data))
        if is_number(other):
            return Condition(op, (self, other), holds(self._data, float(other)))
        return cast("Condition", NotImplemented)

    compare.__doc__ = f"Return the Condition self {op.glyph} other."
    return compare


# --- guards ---------------------------------------------------------------------------------------


def _record_guard(condition: Condition, frame: FrameType) -> None:
    """Append this comparison to the guards of all nodes that are recorded from now on."""
    left, right = condition.operands
    if not isinstance(right, LiveNode):
        right = float(right)
    relation = _RELATIONS.get(condition.op, "==")
    note = recorder.current_note  # a string if there is no block and no guard (see `note`)
    block, earlier = ((), None) if isinstance(note, str) else (note.block, note.guard)
    origin = frame.f_code, frame.f_lasti  # cheaper than finding the line number
    # `new_tuple` is faster than calling the class.
    guard = new_tuple(RecordedGuard, (left, relation, right, condition.outcome, origin, earlier))
    # The fields are label, block, guard, origin and name. The note has only a block and a guard.
    recorder.current_note = new_tuple(Note, ("", block, guard, None, ""))
