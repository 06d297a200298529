"""`Step`: one step of the forward sweep or of the backward sweep over a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..encoding import encodable
from ..engine.adjoints import accumulate
from ..engine.ops import CONSTANT
from .graph import Graph
from .wording import factors_in_numbers, number_text


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One step of a sweep. Nodes are given by their indices in the graph.

    A forward step computes the data of node `child` and stores it in `after`. The other fields keep
    their defaults.

    A backward step passes a gradient along one edge, from `child` to `parent`, which is the operand
    of the child at the position `slot`. The contribution is upstream × local. It changes the
    parent's gradient from `before` to `after`.

    >>> from autograd import Value, trace
    >>> trace(Value(3.0, "x") * 2)[1]
    <Step backward: node 2 → node 0, operand 0: (1)(2) = 2, total 2>
    """

    kind: Literal["forward", "backward"]
    child: int
    parent: int | None = None
    slot: int | None = None
    upstream: float = 0.0
    local: float = 0.0
    contribution: float = 0.0
    before: float = 0.0
    after: float = 0.0

    @encodable
    def __repr__(self) -> str:
        if self.kind == "forward":
            return f"<Step forward: node {self.child} = {number_text(self.after)}>"
        return (
            f"<Step backward: node {self.child} → node {self.parent}, operand {self.slot}: "
            f"{factors_in_numbers((self.upstream, self.local))} = "
            f"{number_text(self.contribution)}, total {number_text(self.after)}>"
        )


def forward_steps(graph: Graph) -> Iterator[Step]:
    """Yield a step for each computed node that the outputs depend on, parents before children."""
    for node in graph.nodes:
        if node.index in graph.needed and not node.is_leaf:
            yield Step("forward", child=node.index, after=node.data)


def backward_steps(graph: Graph) -> Iterator[Step]:
    """Yield a step for each edge between nodes that the outputs depend on, except constants.

    A node passes its gradient on after all steps that contribute to it.
    """
    totals = list(graph.seeds)
    for node in reversed(graph.nodes):
        if node.index not in graph.needed:
            continue
        upstream = totals[node.index]
        for slot, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            before = totals[parent]
            # All sweeps over a graph apply the chain rule by this function, here to one edge.
            accumulate(totals, upstream, (parent,), (partial,))
            if graph.nodes[parent].op is not CONSTANT:  # the gradient of a constant is not used
                yield Step(
                    "backward",
                    child=node.index,
                    parent=parent,
                    slot=slot,
                    upstream=upstream,
                    local=partial,
                    # An upstream gradient of 0 passes 0 on, even if the partial is infinite.
                    contribution=upstream * partial if upstream else 0.0,
                    before=before,
                    after=totals[parent],
                )
