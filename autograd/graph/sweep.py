"""The backward sweep over the nodes of a graph."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..engine.adjoints import accumulate
from ..engine.errors import adjoint_failure
from ..engine.ops import CONSTANT
from .parts import Node


def sweep_back(nodes: Sequence[Node], seeds: Sequence[float]) -> list[float]:
    """Return the adjoint of every node.

    Args:
        nodes: the nodes of a graph.
        seeds: the adjoint of each node before the sweep, such as 1 for the output and 0 elsewhere.

    Raises:
        OverflowError, ValueError, ZeroDivisionError: an adjoint is not finite. The message names
            the first edge of the sweep that gives such an adjoint to its parent.
    """
    adjoints = list(seeds)
    for node in reversed(nodes):
        accumulate(adjoints, adjoints[node.index], node.parents, node.partials)
    for node in nodes:
        # The gradient of a constant is not used.
        if not math.isfinite(adjoints[node.index]) and node.op is not CONSTANT:
            raise _explain_adjoint(node, nodes, adjoints)
    return adjoints


def _explain_adjoint(wrong: Node, nodes: Sequence[Node], adjoints: Sequence[float]) -> Exception:
    """Return the error for the node `wrong`, whose adjoint is not finite.

    The error names the first edge that leads from a finite adjoint to one that is not finite.
    """
    for child in reversed(nodes):
        upstream = adjoints[child.index]
        if not upstream or not math.isfinite(upstream):
            continue
        for parent, partial in zip(reversed(child.parents), reversed(child.partials), strict=True):
            if not math.isfinite(adjoints[parent]):
                inputs = [nodes[index] for index in child.parents]
                return adjoint_failure(child.op, inputs, nodes[parent], upstream, partial)
    return OverflowError(f"the gradient of {wrong.name} is not finite")
