"""`Condition`: what a comparison of Values gives, ``x > 0``; its operands are not forgotten."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, cast

from .node import LiveNode
from .number import Number
from .operation import Op
from .ops import COMPARISONS, GREATER, MAXIMUM, MUL, SUB
from .recorder import operands, record_nodes

_HOLDS = {op: getattr(operator, name) for op, name in COMPARISONS.items()}


class Condition:
    """A comparison, or several combined by ``&``, ``|`` and ``~``, and whether it holds.

    ``if x > 0:`` asks for the outcome alone. `where` records the comparison too, and so does
    arithmetic: ``(x > 0) * y`` is a Value, in which the condition counts as 1 or 0.

    >>> from autograd import Value
    >>> x = Value(2.0)
    >>> bool(x > 0), bool((x > 0) & ~(x < 1)), ((x > 0) * x).data
    (True, True, 2.0)
    """

    __slots__ = ("op", "operands", "outcome")

    def __init__(self, op: Op, operands: tuple[Any, Any], outcome: bool) -> None:
        self.op, self.operands, self.outcome = op, operands, outcome

    def __bool__(self) -> bool:
        return self.outcome

    def __and__(self, other: Condition | bool) -> Condition:
        return Condition(MUL, (self, other), bool(self.outcome and other))

    def __or__(self, other: Condition | bool) -> Condition:
        return Condition(MAXIMUM, (self, other), bool(self.outcome or other))

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> Condition:
        return Condition(SUB, (1.0, self), not self.outcome)

    def __eq__(self, other: object) -> bool:
        return self.outcome == bool(other)

    __hash__ = object.__hash__

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

    def __mul__(self, other: Any) -> Any:
        return self.as_value() * other

    def __rmul__(self, other: Any) -> Any:
        return other * self.as_value()


def comparison(op: Op) -> Callable[[Any, Any], Condition]:
    """Return the method of Values that compares by this operation."""
    holds = _HOLDS[op]

    def compare(self: LiveNode, other: Any) -> Condition:
        if isinstance(other, LiveNode):
            return Condition(op, (self, other), holds(self.data, other.data))
        if isinstance(other, Number):
            return Condition(op, (self, other), holds(self.data, float(other)))
        return cast("Condition", NotImplemented)

    compare.__doc__ = f"Return the Condition self {op.glyph} other."
    return compare
