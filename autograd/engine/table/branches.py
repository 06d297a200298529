"""Operations whose formula depends on a comparison: abs, maximum, clip, where and others."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ..operation import Op, row

# --- kinks ----------------------------------------------------------------------------------------

ABS = row(
    "abs",
    1,
    lambda xp, x: xp.abs(x),
    lambda xp, y, x: (xp.where(x > 0, 1.0, xp.where(x < 0, -1.0, 0.0)),),
    "abs",
    r"\operatorname{abs}",
    convention="abs′(0) = 0",
    kinked=True,
    ufunc="absolute",
)
MAXIMUM = row(
    "maximum",
    2,
    lambda xp, a, b: xp.where(a >= b, a, b),
    lambda xp, y, a, b: (xp.where(a >= b, 1.0, 0.0), xp.where(a >= b, 0.0, 1.0)),
    "max",
    r"\max",
    convention="a tie goes to the first argument",
    kinked=True,
    aliases=("max",),
    rule="the operand that is chosen",
    confused_with=("minimum",),
)
MINIMUM = row(
    "minimum",
    2,
    lambda xp, a, b: xp.where(a <= b, a, b),
    lambda xp, y, a, b: (xp.where(a <= b, 1.0, 0.0), xp.where(a <= b, 0.0, 1.0)),
    "min",
    r"\min",
    convention="a tie goes to the first argument",
    kinked=True,
    aliases=("min",),
    rule="the operand that is chosen",
    confused_with=("maximum",),
)


# The bounds are inputs with derivatives of their own, so that they can be trained. If low > high,
# the result is `high` for every x, and the derivative with respect to `high` is 1.
CLIP = row(
    "clip",
    3,
    lambda xp, x, low, high: xp.minimum(xp.maximum(x, low), high),
    lambda xp, y, x, low, high: (
        xp.where(x < low, 0.0, xp.where(x > high, 0.0, 1.0)),
        xp.where(x < low, xp.where(low > high, 0.0, 1.0), 0.0),
        xp.where(xp.maximum(x, low) > high, 1.0, 0.0),
    ),
    "clip",
    r"\operatorname{clip}",
    convention="at a bound the slope of x is 1",
    kinked=True,
    rule="the operand that is chosen",
)

# --- conditions -----------------------------------------------------------------------------------

# A recorded comparison has the value 1 if it is true and 0 if it is false. Its derivatives are 0.


def _comparison(name: str, glyph: str, latex: str, holds: Callable[[Any, Any], Any]) -> Op:
    return row(
        name,
        2,
        lambda xp, a, b: xp.where(holds(a, b), 1.0, 0.0),
        lambda xp, y, a, b: (0.0, 0.0),
        glyph,
        latex,
        convention="its slopes are 0, even where it jumps",
        infix=True,
        kinked=True,
    )


GREATER = _comparison("greater", ">", ">", operator.gt)
GREATER_EQUAL = _comparison("greater_equal", "≥", r"\ge", operator.ge)
LESS = _comparison("less", "<", "<", operator.lt)
LESS_EQUAL = _comparison("less_equal", "≤", r"\le", operator.le)
COMPARISONS = {GREATER: "gt", GREATER_EQUAL: "ge", LESS: "lt", LESS_EQUAL: "le"}
"""For each comparison, its name in the module `operator`, which is also its head in `Expr`."""

# `where` is marked as infix, although it is called, so that `functions` derives no function from
# this row. The function is written out there, because its condition is not a number.
WHERE = row(
    "where",
    3,
    lambda xp, condition, yes, no: xp.where(condition > 0, yes, no),
    lambda xp, y, condition, yes, no: (
        0.0,
        xp.where(condition > 0, 1.0, 0.0),
        xp.where(condition > 0, 0.0, 1.0),
    ),
    "where",
    r"\operatorname{where}",
    convention="the slope with respect to the condition is 0",
    infix=True,
    kinked=True,
    rule="each case by itself",
)
