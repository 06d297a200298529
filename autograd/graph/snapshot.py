"""From Values to the nodes of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.note import new_tuple
from ..engine.number import shortened
from ..engine.value import Value
from .parts import Node

Output = Value | Iterable[Value]
"""The output of a computation: one Value, or several such as the list that a network returns."""


def collect_outputs(output: Any) -> list[Value]:
    """Return one Value or several as a list of Values.

    Raises:
        TypeError: `output` is something else; the message says what to write.
    """
    if isinstance(output, Value):
        return [output]
    several = isinstance(output, Iterable) and not isinstance(output, str | bytes | dict)
    outputs = list(output) if several else []
    if outputs and all(isinstance(value, Value) for value in outputs):
        return outputs
    wrong = next((value for value in outputs if not isinstance(value, Value)), output)
    advice = ": call it with its inputs, and pass what it returns" if callable(wrong) else ""
    raise TypeError(
        f"expected one Value, a list of Values, or a Graph; got {shortened(wrong)}{advice}"
    )


def freeze_node(value: Value, indices: Mapping[Value, int]) -> Node:
    """Return a Value as a node of a graph in which the Values have these indices."""
    note = value.note
    label = note if isinstance(note, str) else note.label or note.name
    block = () if isinstance(note, str) else note.block
    line = None if isinstance(note, str) or note.origin is None else value.line
    parents = tuple([indices[parent] for parent in value.parents]) if value._a is not None else ()
    partials = value.partials if parents else ()
    fields = indices[value], value.op, parents, partials, value._data, label, block, line
    node: Node = new_tuple(Node, fields)
    return node
