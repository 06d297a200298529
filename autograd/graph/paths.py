"""The chain rule by paths: ∂C/∂w is the sum over all paths from w to C of products of partials."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ..encoding import encodable
from .graph import Graph
from .parts import Edge
from .wording import number_text


@dataclass(frozen=True, slots=True, repr=False)
class Path:
    """One path, as its edges from an output back to the node in question."""

    edges: tuple[Edge, ...]

    @encodable
    def __repr__(self) -> str:
        if not self.edges:
            return "<Path without edges: 1>"
        nodes = [self.edges[0].child, *(edge.parent for edge in self.edges)]
        shown = " ← ".join(map(str, nodes if len(nodes) <= 8 else [*nodes[:4], "…", *nodes[-3:]]))
        return f"<Path {shown}: {number_text(self.contribution)}>"

    @property
    def contribution(self) -> float:
        """The product of the path's local derivatives, multiplied from the output back."""
        # With a factor 0, the contribution is 0 even if another factor is infinite. The product
        # 0 · ∞ would be nan.
        return 0.0 if self.dead else math.prod(edge.partial for edge in self.edges)

    @property
    def dead(self) -> bool:
        """Whether a local derivative on the path is 0, which makes its contribution 0."""
        return any(edge.partial == 0.0 for edge in self.edges)


def count_paths(graph: Graph, wanted: int) -> int:
    """Return the exact number of paths from node `wanted` to the outputs.

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
    return sum(counts[output] for output in graph.outputs)


class Tail(NamedTuple):
    """A path from a node back to the node `wanted` of `largest_paths`.

    It is stored as its first edge and a reference to the rest. Tails sort as tuples: by `neg_log`,
    so that the largest product comes first, and then by the order of the operands.

    Attributes:
        neg_log: −ln |product of the local derivatives|.
        slot: the position of `parent` among the operands of the node.
        rank: the position of the rest of the path in the list of tails of `parent`.
        parent: the node that the first edge leads to.
        partial: the local derivative of the first edge.
    """

    neg_log: float
    slot: int
    rank: int
    parent: int
    partial: float


def largest_paths(graph: Graph, wanted: int, count: int) -> list[Path]:
    """Return paths from node `wanted` to the outputs: those whose |contribution| is largest.

    At most `count` paths are returned. Among paths with equal contributions, those through earlier
    operands come first.

    One pass over the graph keeps the `count` largest paths from each node back to `wanted`. Each of
    them is one edge followed by one of the largest paths of a parent. The time therefore grows with
    the number of edges, however many paths there are.
    """
    # The path from `wanted` to itself has no edges, and only the `neg_log` of its tail is read.
    tails: dict[int, list[Tail]] = {wanted: [Tail(0.0, 0, 0, wanted, 1.0)]}
    for node in graph.nodes[wanted + 1 :]:
        candidates = [
            Tail(tail.neg_log + neg_log, slot, rank, parent, partial)
            for slot, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True))
            if parent in tails
            for neg_log in (_neg_log(partial),)  # computed once for all tails of the parent
            for rank, tail in enumerate(tails[parent])
        ]
        if candidates:
            tails[node.index] = _take_smallest(count, candidates)
    ends = [(tail, output) for output in graph.outputs for tail in tails.get(output, ())]
    ends = heapq.nsmallest(count, ends, key=lambda end: end[0].neg_log)
    return [Path(tuple(_follow(tails, tail, output, wanted))) for tail, output in ends]


def _take_smallest(count: int, tails: list[Tail]) -> list[Tail]:
    # Sorting a short list takes less time than building a heap.
    return sorted(tails)[:count] if len(tails) <= 4 * count else heapq.nsmallest(count, tails)


def _follow(tails: dict[int, list[Tail]], tail: Tail, node: int, wanted: int) -> Iterable[Edge]:
    """Yield the edges of the path from `node` back to `wanted` that begins with `tail`."""
    while node != wanted:
        yield Edge(node, tail.parent, tail.slot, tail.partial)
        node, tail = tail.parent, tails[tail.parent][tail.rank]


def _neg_log(partial: float) -> float:
    """Return −ln |partial|, which is ∞ for a slope of 0.

    For an infinite slope, the result is a large negative number instead of −∞, because ∞ − ∞ would
    be nan if another slope on the path is 0.
    """
    if partial == 0.0:
        return math.inf
    return -math.log(abs(partial)) if math.isfinite(partial) else -1e300
