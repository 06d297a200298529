"""Errors of operations. Their messages name the operands and say which inputs are allowed."""

from __future__ import annotations

import linecache
import math
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

from ..encoding import encodable_text
from .number import shortened
from .operation import FLOATS, Op


def failure(op: Op, inputs: Sequence[Any], error: Exception | None) -> Exception:
    """Return the error for inputs at which an operation has no finite value.

    Args:
        op: the operation.
        inputs: its operands, with `data` and `label`.
        error: the error that the formula raised, or None if the result was not finite.
    """
    call = f"{op.name}({describe_operands(inputs)})"
    if error is None or isinstance(error, OverflowError):
        text = f"{call}: the result overflows; floats end at about ±1.8e308"
        return OverflowError(encodable_text(text))
    text = f"{call}: {'needs ' + op.needs if op.needs else error}{_advise_where(op, inputs)}"
    return type(error)(encodable_text(text))


# For the operations that are not defined for all x > 0: a condition for the input, and a number
# that meets it.
_ALLOWED_INPUTS = {
    **dict.fromkeys(("asin", "acos", "atanh"), ("abs(x) < 1", "0.0")),
    "acosh": ("x > 1", "2.0"),
}


def _advise_where(op: Op, inputs: Sequence[Any]) -> str:
    """Return advice for an operation that failed in a line that calls `where`, else "".

    In ``where(x > 0, log(x), 0)``, Python computes log(x) before it calls `where`.
    """
    frame = sys._getframe(2)  # the caller of `failure`
    while frame.f_back and _is_internal(frame):
        frame = frame.f_back
    if "where(" not in linecache.getline(frame.f_code.co_filename, frame.f_lineno):
        return ""
    condition, allowed = _ALLOWED_INPUTS.get(op.name, ("x > 0", "1.0"))
    operand = f"where({condition}, x, {allowed})"
    if op.name == "div":
        call = f"{_as_code(inputs[0])} / {operand}"
    elif op.family == "power":
        exponent = op.name.removeprefix("power(").removesuffix(")")
        call = f"{operand} ** {exponent}"
    elif op.name == "pow":
        call = f"{operand} ** {_as_code(inputs[1])}"
    else:
        call = f"{op.name}({operand})"
    return (
        "; where(condition, a, b) chooses only after both a and b were computed, so choose an "
        f"allowed operand first, as in where({condition}, {call}, 0.0)"
    )


def _as_code(x: Any) -> str:
    """Return the operand as code: its label if that is a Python name, else its number."""
    return x.label if x.label.isidentifier() else repr(x.data)


def _is_internal(frame: FrameType) -> bool:
    """Return whether the frame runs code of this package or of a generated recorder."""
    file = frame.f_code.co_filename
    module = frame.f_globals.get("__name__", "")
    return file.startswith("<autograd") or module.split(".")[0] == "autograd"


def adjoint_failure(
    op: Op, inputs: Sequence[Any], parent: Any, upstream: float, partial: float
) -> Exception:
    """Return the error for an operation that gives `parent` a gradient that is not finite.

    Args:
        op: the operation.
        inputs: its operands, with `data` and `label`.
        parent: the operand whose gradient is not finite.
        upstream: the gradient of the operation's result.
        partial: the local derivative with respect to `parent`.
    """
    call, name = f"{op.name}({describe_operands(inputs)})", describe_operands([parent])
    if math.isfinite(partial):
        return OverflowError(
            encodable_text(
                f"backward: the gradient of {name} overflows at {call}: "
                f"{upstream:.6g} × {partial:.6g} is added to it"
            )
        )
    needs = f"; needs {op.needs}" if op.needs else ""
    return _slope_error_class(op, inputs)(
        encodable_text(
            f"backward: the slope of {call} with respect to {name} is {partial}, "
            f"and a gradient of {upstream:.6g} reaches it{needs}"
        )
    )


def _slope_error_class(op: Op, inputs: Sequence[Any]) -> type[Exception]:
    """Return the class of the error for a local derivative that is not finite.

    It is the class that Python's floats raise for this formula, such as ZeroDivisionError for 1/0.
    If Python's floats raise nothing, the derivative has overflowed to infinity.
    """
    data = [v.data for v in inputs]
    try:
        op.partials(FLOATS, op.forward(FLOATS, *data), *data)
    except (ArithmeticError, ValueError) as error:
        return type(error)
    return OverflowError


def describe_operands(inputs: Sequence[Any]) -> str:
    """Return operands as text for a message: ``a=2.0, -1.0``.

    If there are more than six operands, only the first four and the last are shown.
    """
    names = [_name(x) for x in inputs[:6]]
    return ", ".join(names if len(inputs) <= 6 else [*names[:4], "…", _name(inputs[-1])])


def _name(x: Any) -> str:
    if hasattr(x, "label"):
        label = x.label if x.label.isprintable() else repr(x.label)
        return f"{label}={x.data!r}" if x.label else repr(x.data)
    return shortened(x)
