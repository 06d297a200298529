"""One example of a batch as a full scalar graph, computed with Python floats."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields

from ..engine.errors import failure
from ..engine.operation import FLOATS, local_derivatives
from ..graph.graph import Graph
from ..graph.guards import Guard
from ..graph.parts import Node


def replay(graph: Graph, data: Mapping[int, float]) -> Graph:
    """Return the graph as if it had been recorded with other data.

    `data` has the new data by the index of the leaf. The other leaves keep theirs.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: an operation has no result. The message names
            its operands.
    """
    nodes: list[Node] = []
    for node in graph.nodes:
        if not node.parents:
            number = data.get(node.index, node.data)
            facts = node.label, node.block, node.line
            nodes.append(Node(node.index, node.op, (), (), number, *facts))
        else:
            nodes.append(_recompute(node, [nodes[parent] for parent in node.parents]))
    # The graph is not checked, because the operations have just given these numbers.
    replayed = object.__new__(Graph)
    known = {field.name: getattr(graph, field.name) for field in fields(Graph)}
    # With `swept`, views show the gradients.
    replayed.__dict__.update(known, nodes=tuple(nodes), swept=True)
    return replayed


def _recompute(node: Node, parents: list[Node]) -> Node:
    inputs = [parent.data for parent in parents]
    try:
        output = node.op.forward(FLOATS, *inputs)
    except (ArithmeticError, ValueError) as error:
        raise failure(node.op, parents, error) from None
    if output - output:  # for inf and nan this is nan, which counts as true
        raise failure(node.op, parents, None)
    partials = local_derivatives(node.op, output, inputs)
    return node._replace(data=output, partials=partials)


def violated_guard(graph: Graph, data: Mapping[int, float]) -> Guard | None:
    """Return the first guard that does not hold with other data in the leaves, if there is one.

    Only the nodes that guards depend on are computed, because the recorded branch may have no
    result for the data. The computation stops at the first node without a result. Guards on this
    node or on a later one are left out.
    """
    if not graph.guards:
        return None
    needed = {operand for guard in graph.guards for operand in guard.operands}
    for node in reversed(graph.nodes):
        if node.index in needed:
            needed.update(node.parents)
    numbers: dict[int, float] = {}
    with suppress(ArithmeticError, ValueError):
        for node in graph.nodes:
            if node.is_leaf:
                numbers[node.index] = data.get(node.index, node.data)
            elif node.index in needed:
                inputs = [numbers[parent] for parent in node.parents]
                numbers[node.index] = node.op.forward(FLOATS, *inputs)
    known = [guard for guard in graph.guards if numbers.keys() >= set(guard.operands)]
    return next((guard for guard in known if not guard.holds(numbers)), None)
