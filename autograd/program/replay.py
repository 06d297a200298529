"""One example of a batch as the full scalar graph, by the rows over floats."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine.errors import failure
from ..engine.operation import FLOATS
from ..graph.graph import Graph
from ..graph.node import Node


def replay(graph: Graph, data: Mapping[int, float]) -> Graph:
    """Return the graph recomputed with other data in its leaves: what recording it would give.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: as recording would, the operands named.
    """
    nodes: list[Node] = []
    for node in graph.nodes:
        if node.is_leaf:
            nodes.append(node._replace(data=data.get(node.index, node.data)))
        else:
            nodes.append(_recomputed(node, [nodes[parent] for parent in node.parents]))
    return Graph(tuple(nodes), swept=True)


def check_sweep(graph: Graph) -> None:
    """Sweep a graph backward and refuse what `backward` refuses.

    Raises:
        OverflowError: an adjoint is not finite; the message names the operation that passed it on.
    """
    adjoints = [0.0] * len(graph.nodes)
    adjoints[-1] = 1.0
    for node in reversed(graph.nodes):
        upstream = adjoints[node.index]
        for parent, partial in zip(node.parents, node.partials, strict=True):
            adjoints[parent] += upstream * partial if upstream else 0.0
            if adjoints[parent] - adjoints[parent]:
                raise failure(node.op, [graph.nodes[p] for p in node.parents], None)


def _recomputed(node: Node, parents: list[Node]) -> Node:
    inputs = [parent.data for parent in parents]
    try:
        output = node.op.forward(FLOATS, *inputs)
        partials = node.op.partials(FLOATS, output, *inputs)
    except (ArithmeticError, ValueError) as error:
        raise failure(node.op, parents, error) from None
    if output - output or any(partial - partial for partial in partials):
        raise failure(node.op, parents, None)
    return node._replace(data=output, partials=partials)
