"""`take_subgraph`: the part of a graph that one of its nodes was computed from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..engine.guard_selection import choose_guards
from ..engine.ops import LEAF
from .guards import Guard
from .parts import Node


def find_ancestors(nodes: Sequence[Node], indices: Iterable[int]) -> frozenset[int]:
    """Return these indices and the indices of all ancestors of their nodes."""
    ancestors = set(indices)
    for node in reversed(nodes):
        if node.index in ancestors:
            ancestors.update(node.parents)
    return frozenset(ancestors)


def take_subgraph(
    nodes: Sequence[Node], guards: Sequence[Guard], swept: bool, output: int
) -> tuple[tuple[Node, ...], bool, tuple[int, ...], tuple[Guard, ...]]:
    """Return the fields of the `Graph` of this output. `Graph.subgraph` explains it."""
    kept = find_ancestors(nodes, [output])
    dependents: set[int] = set()
    for node in nodes:
        is_kept_leaf = node.op is LEAF and node.index in kept
        if is_kept_leaf or not dependents.isdisjoint(node.parents):
            dependents.add(node.index)
    chosen = [guards[k] for k in sorted(choose_guards([g.operands for g in guards], dependents))]
    compared = find_ancestors(nodes, (k for guard in chosen for k in guard.operands))
    order = [*sorted(kept), *sorted(compared - kept)]
    indices = {old: new for new, old in enumerate(order)}
    return (
        tuple(nodes[old].renumbered(indices) for old in order),
        swept,
        # The output is last among the kept nodes, because each node has a greater index than its
        # ancestors.
        (len(kept) - 1,),
        tuple(guard.renumbered(indices) for guard in chosen),
    )
