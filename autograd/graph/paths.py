"""The chain rule by paths: ∂C/∂w is the sum over all paths from w to C of products of partials."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from .graph import Graph
from .node import Edge


@dataclass(frozen=True, slots=True)
class Path:
    """One path, as its edges from the output back to the node asked about."""

    edges: tuple[Edge, ...]

    @property
    def contribution(self) -> float:
        """The product of the path's local derivatives, multiplied from the output back."""
        return math.prod(edge.partial for edge in self.edges)

    @property
    def dead(self) -> bool:
        """Whether some local derivative on the path is 0, so that nothing gets through."""
        return any(edge.partial == 0.0 for edge in self.edges)


def count_paths(graph: Graph, wanted: int) -> int:
    """Return how many paths lead from node `wanted` to the output, exactly, without walking them.

    >>> from autograd import Value
    >>> v = Value(1.0, "x")
    >>> for _ in range(60):
    ...     v = v + v
    >>> count_paths(Graph.of(v), 0) == 2**60
    True
    """
    counts = [0] * len(graph.nodes)
    counts[wanted] = 1
    for node in graph.nodes[wanted + 1 :]:
        counts[node.index] = sum(counts[parent] for parent in node.parents)
    return counts[-1]


def largest_paths(graph: Graph, wanted: int) -> Iterator[Path]:
    """Yield the paths from node `wanted` to the output, the largest contribution (in size) first.

    Lazily, by best-first search: a path begun at the output is worth the product so far times the
    largest product still possible from there, which `_best` knows for every node. Ties go to the
    path that is nearer its end, so the first of 2⁶⁰ equal paths is found in 60 steps.
    """
    best = _best(graph, wanted)
    start = len(graph.nodes) - 1
    if best[start] is None:
        return
    order = itertools.count()
    # Entries: (-log of what is possible, -edges so far, order of arrival, node, log so far, edges).
    heap: list[tuple[float, int, int, int, float, tuple[Edge, ...]]] = [
        (0.0, 0, next(order), start, 0.0, ())
    ]
    while heap:
        _, _, _, index, logarithm, edges = heapq.heappop(heap)
        if index == wanted:
            yield Path(edges)
            continue
        node = graph.nodes[index]
        for slot, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            rest = best[parent]
            if rest is not None:
                reached = logarithm + _log(partial)
                longer = (*edges, Edge(index, parent, slot, partial))
                entry = (-(reached + rest), -len(longer), next(order), parent, reached, longer)
                heapq.heappush(heap, entry)


def _best(graph: Graph, wanted: int) -> list[float | None]:
    """Return for every node the log of the largest product on a path down to `wanted`, or None."""
    best: list[float | None] = [None] * len(graph.nodes)
    best[wanted] = 0.0
    for node in graph.nodes[wanted + 1 :]:
        through = [
            rest + _log(partial)
            for parent, partial in zip(node.parents, node.partials, strict=True)
            if (rest := best[parent]) is not None
        ]
        best[node.index] = max(through, default=None)
    return best


def _log(partial: float) -> float:
    return math.log(abs(partial)) if partial else -math.inf
