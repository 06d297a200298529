"""Record the nodes of a graph again as Values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engine.block import in_block
from ..engine.functions import constant, record
from ..engine.note import RecordedGuard, with_block, with_guard, with_source
from ..engine.number import shortened
from ..engine.ops import CONSTANT
from ..engine.second_order import VALUES
from ..engine.value import Value
from .guards import Guard
from .parts import Node


def check_leaves(nodes: Sequence[Node], leaves: Mapping[int, Value]) -> None:
    """Raise an error if `leaves` does not map indices of leaves to Values. See `Graph.record`."""
    if not isinstance(leaves, Mapping):
        raise TypeError(f"leaves are Values by index, as in {{0: x}}; got {shortened(leaves)}")
    for index, value in leaves.items():
        if not isinstance(value, Value):
            raise TypeError(f"leaf {index} is replaced by a Value; got {value!r}")
        if not (isinstance(index, int) and 0 <= index < len(nodes)):
            raise ValueError(f"there is no node {index!r}; the graph has {len(nodes)} nodes")
        if not nodes[index].is_leaf:
            raise ValueError(f"node {index} ({nodes[index].name}) is computed, not a leaf")


def record_again(
    nodes: Sequence[Node], leaves: Mapping[int, Value], *, expand: bool
) -> list[Value]:
    """Return the nodes as Values, with their labels, blocks and lines.

    Args:
        nodes: the nodes of a graph.
        leaves: Values to use in place of leaves, by the indices of the leaves.
        expand: whether to split composite nodes, such as a sum of products into mul and add.
    """
    values: list[Value] = []
    for node in nodes:
        if node.index in leaves:
            values.append(leaves[node.index])
            continue
        value = _record_node(node, [values[parent] for parent in node.parents], expand)
        # A label alone is a note too.
        value.note = with_source(with_block(node.label, node.block), node.line)
        values.append(value)
    return values


def _record_node(node: Node, inputs: list[Value], expand: bool) -> Value:
    if node.is_leaf:
        return constant(node.data) if node.op is CONSTANT else Value(node.data)
    # With one input, a formula may return the input itself and no new node, as for a sum.
    if expand and node.op.composite and len(inputs) > 1:
        with in_block(node.block):
            result: Value = node.op.forward(VALUES, *inputs)
            return result
    return record(node.op, inputs)


def attach_guards(
    guards: Sequence[Guard], values: Sequence[Value], outputs: Sequence[Value]
) -> None:
    """Attach the guards to the outputs, so that the graphs of the outputs have these guards too.

    A node refers to the last guard that was recorded before it, and each guard to the one before
    it. Guards refer to their operands by the indices in `values`.
    """
    if not guards:
        return
    last: RecordedGuard | None = None
    for guard in guards:
        right = guard.bound if guard.right is None else values[guard.right]
        origin = guard.text, guard.place
        last = RecordedGuard(values[guard.left], guard.relation, right, guard.outcome, origin, last)
    for output in outputs:
        output.note = with_guard(output.note, last)
