"""`locate`: find a node of a computation by a Value, a label or an index."""

from __future__ import annotations

from ..engine.topological import all_nodes
from ..engine.value import Value
from .graph import Graph, Output
from .snapshot import collect_outputs


def locate(output: Output | Graph, wanted: Value | str | int) -> tuple[Graph, int]:
    """Return the graph of `output` and the index of a node, given by Value, label or index.

    Raises:
        TypeError: `output` or `wanted` has a wrong type, or `output` is a Graph and `wanted` is a
            Value.
        ValueError: the node is not part of the computation, or its label is not unique.
    """
    if isinstance(output, Graph) or not isinstance(wanted, Value):
        graph = Graph.of(output)
        # `index` raises an error with advice if `wanted` is a Value.
        return graph, graph.index(wanted)  # type: ignore[arg-type]
    outputs = collect_outputs(output)
    for index, value in enumerate(all_nodes(*outputs)):  # the order in which `of` numbers them
        if value is wanted:
            return Graph.of(outputs), index
    raise ValueError(
        f"{wanted!r} is not part of the computation of {', '.join(map(repr, outputs[:3]))}"
    )
