"""From Values to the parts of a graph: its nodes, its outputs and its guards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..engine.collector import collector_paused
from ..engine.guard_copies import operands_of
from ..engine.guard_selection import recorded_guards
from ..engine.note import new_tuple
from ..engine.number import shortened
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..naming.recording import name_nodes
from .code_names import with_names
from .guards import Guard, freeze_guard
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
    is_list = isinstance(output, Iterable) and not isinstance(output, str | bytes | dict)
    outputs = list(output) if is_list else []
    if outputs and all(isinstance(value, Value) for value in outputs):
        return outputs
    wrong = next((value for value in outputs if not isinstance(value, Value)), output)
    advice = ": call it with its inputs, and pass what it returns" if callable(wrong) else ""
    raise TypeError(
        f"expected one Value, a list of Values, or a Graph; got {shortened(wrong)}{advice}"
    )


def take_snapshot(
    outputs: Sequence[Value], inputs: Sequence[Value]
) -> tuple[tuple[Node, ...], bool, tuple[int, ...], tuple[Guard, ...]]:
    """Return the fields of the `Graph` of these outputs. `Graph.of` explains the inputs."""
    name_nodes()
    with collector_paused():
        values = all_nodes(*outputs, *inputs)
        guards = recorded_guards(values)
        indices = {value: index for index, value in enumerate(values)}
        # Nodes that only guards compare are not part of the computation. They come after all
        # others.
        for value in all_nodes(*operands_of(*guards)):
            indices.setdefault(value, len(indices))
        nodes = tuple([_freeze_node(value, indices) for value in indices])
        return (
            with_names(nodes, list(indices)),
            all(value.was_swept for value in outputs),
            tuple(indices[value] for value in outputs),
            tuple(freeze_guard(guard, indices) for guard in guards),
        )


def _freeze_node(value: Value, indices: Mapping[Value, int]) -> Node:
    """Return a Value as a node of a graph in which the Values have these indices."""
    note = value.note
    block: tuple[str, ...] = ()
    if isinstance(note, str):
        label, line = note, None
    else:
        label, block = note.label or note.name, note.block
        line = None if note.origin is None else value.line
    parents = tuple([indices[parent] for parent in value.parents]) if value._a is not None else ()
    partials = value.partials if parents else ()
    fields = indices[value], value.op, parents, partials, value._data, label, block, line
    node: Node = new_tuple(Node, fields)
    return node
