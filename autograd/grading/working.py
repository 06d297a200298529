"""The right working of one number, in symbols and in numbers: what to write instead."""

from __future__ import annotations

from ..engine.topological import all_nodes, inner_nodes
from ..engine.value import Value
from ..graph.graph import Graph
from ..graph.node import Edge
from ..graph.wording import (
    factor_derivative,
    factors_in_numbers,
    formula,
    formula_in_numbers,
    number,
    quotient,
)

_MOST_NODES = 3_000
_MOST_PATHS = 6


def right_working(output: Value, cell: Value, name: str) -> str:
    """Return how a number is computed rightly: upstream × local for a gradient, else its formula.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.label = "y"
    >>> right_working(y, x, "dy/dx"), right_working(y, y, "y")
    ('∂y/∂x = ∂y/∂y · x + ∂y/∂y · x = (1)(3) + (1)(3) = 6', 'y = x·x = 3·3 = 9')
    """
    if len(inner_nodes(output)) > _MOST_NODES:
        return ""
    graph = Graph.of(output)
    if output is cell:
        return _value(graph, name)
    index = {value: k for k, value in enumerate(all_nodes(output))}.get(cell)
    return "" if index is None else _gradient(graph, index)


def _value(graph: Graph, name: str) -> str:
    last = len(graph.nodes) - 1
    if graph.output.is_leaf:
        return ""
    said = [formula(graph, last), formula_in_numbers(graph, last)]
    steps = dict.fromkeys([*said, number(graph.output.data, digits=6)])  # none is said twice
    return " = ".join([name, *steps])


def _gradient(graph: Graph, index: int) -> str:
    last = len(graph.nodes) - 1
    edges = [edge for edge in graph.edges if edge.parent == index]
    if not edges:
        return ""
    shown = edges[:_MOST_PATHS]
    more = " + …" if len(edges) > len(shown) else ""
    symbols = " + ".join(_term(graph, last, edge) for edge in shown) + more
    numbers = (
        " + ".join(factors_in_numbers([graph.adjoints[edge.child], edge.partial]) for edge in shown)
        + more
    )
    total = number(graph.adjoints[index], digits=6)
    return f"{quotient(graph, last, index)} = {symbols} = {numbers} = {total}"


def _term(graph: Graph, last: int, edge: Edge) -> str:
    return f"{quotient(graph, last, edge.child)} · {factor_derivative(graph, edge)}"
