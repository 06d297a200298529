"""Errors that name the operation, its operands and their labels, and say what it needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .number import shortened
from .operation import Op


def failure(op: Op, inputs: Sequence[Any], error: Exception | None) -> Exception:
    """Return the error to raise where ``op(*inputs)`` has no finite value or slope."""
    call = f"{op.name}({described(inputs)})"
    stale = [v for v in inputs if not math.isfinite(v.data)]
    if stale:
        return ValueError(f"{call}: the data of {described(stale[:1])} was set to no finite number")
    if error is None or isinstance(error, OverflowError):
        return OverflowError(f"{call}: the result leaves the range of floats (about ±1.8e308)")
    return type(error)(f"{call}: {'needs ' + op.needs if op.needs else error}")


def described(inputs: Sequence[Any]) -> str:
    """Name operands for a message, ``a=2.0, -1.0``; of very many only the first and the last."""
    names = [_name(x) for x in inputs[:6]]
    return ", ".join(names if len(inputs) <= 6 else [*names[:4], "…", _name(inputs[-1])])


def _name(x: Any) -> str:
    if hasattr(x, "label"):
        return f"{x.label}={x.data!r}" if x.label else repr(x.data)
    return shortened(x)
