"""The result of a function that is recorded for an example, and the leaves that it compared."""

from __future__ import annotations

from typing import Any

from ..engine.functions import constant, record
from ..engine.guard_copies import operands_of
from ..engine.kept_guards import current_guards, kept_guards
from ..engine.ops import LEAF, SUM
from ..engine.topological import all_nodes
from ..engine.value import Value


def compared_leaves() -> list[Value]:
    """Return the leaves that decided the comparisons recorded so far."""
    compared = operands_of(*kept_guards([]), *current_guards())
    return [value for value in all_nodes(*compared) if value.op is LEAF]


def last_node(result: Any) -> Value:
    """Return the result of a function as a computed node.

    Raises:
        TypeError: it is neither a Value nor a number.
    """
    output = result if isinstance(result, Value) else _constant(result)
    return output if output.parents else record(SUM, [output])  # a leaf may be the user's own


def _constant(result: Any) -> Value:
    try:
        return constant(result)
    except (TypeError, ValueError):
        kind = type(result).__name__
        raise TypeError(f"compile: the function returns one Value; got {kind}") from None
