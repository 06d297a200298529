"""`take_subgraph`: the part of a graph that one of its nodes was computed from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    kept = known = find_ancestors(nodes, [output])
    waiting = list(guards)
    # The nodes of a guard may connect further guards, so this goes on until none is found.
    while found := [guard for guard in waiting if _is_connected(guard, nodes, known)]:
        waiting = [guard for guard in waiting if guard not in found]
        known |= find_ancestors(nodes, (k for guard in found for k in guard.operands))
    order = [*sorted(kept), *sorted(known - kept)]
    indices = {old: new for new, old in enumerate(order)}
    return (
        tuple(nodes[old].renumbered(indices) for old in order),
        swept,
        # The output is last among the kept nodes, because each node has a greater index than its
        # ancestors.
        (len(kept) - 1,),
        tuple(g.renumbered(indices) for g in guards if known.issuperset(g.operands)),
    )


def _is_connected(guard: Guard, nodes: Sequence[Node], known: frozenset[int]) -> bool:
    """Return whether a guard compares a number that was computed from known leaves alone."""
    for operand in guard.operands:
        leaves = {k for k in find_ancestors(nodes, [operand]) if nodes[k].op is LEAF}
        if leaves and known.issuperset(leaves):
            return True
    return False
