"""Which numbers of a graph belong together, so that a large graph can be drawn in few circles.

The division reads operations, edges and blocks. It never reads structure from labels.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from ..graph.graph import Graph
from ..graph.parts import Node
from .unit_parts import Path

MOST_UNITS = 2000  # of blocks; if there are more, the blocks are folded too
MOST_FOLDED = 400  # units of a folded graph, which can still be told apart
MOST_JOINED = 24  # numbers that are folded into one unit of a graph without blocks

Groups = list[tuple[int, ...]]
Boxes = dict[int, tuple[int, Path]]  # of each node in a box its last node and its block


def joined(graph: Graph, *, ends_at_names: bool = False, boxes: Boxes | None = None) -> Groups:
    """Return the computed nodes of each unit, in order.

    A node is in the unit of its only reader if the two are in the same block. A node that is an
    output, is read outside its block, or is read by several units, is the result of a unit. With
    `ends_at_names`, so is a node that has a label, is read more than once, or whose operation is an
    activation; and no unit is large. Where the lines of code are known, one line is in one unit, as
    if it were a block: a number that only its own line reads more than once is inside.
    The nodes of a box are one unit.
    """
    owner: dict[int, int] = {}
    size: Counter[int] = Counter()
    readers: dict[int, set[int]] = defaultdict(set)
    outputs = set(graph.outputs)
    for node in reversed(graph.nodes):
        if not node.parents:
            continue
        if boxes and node.index in boxes:
            owner[node.index], _ = boxes[node.index]
            for parent in node.parents:
                readers[parent].add(owner[node.index])
            continue
        found = readers[node.index]
        only = found.pop() if len(found) == 1 and node.index not in outputs else None
        joins = only is not None and _place(graph.nodes[only]) == _place(node)
        unit = owner.get(only, only) if only is not None and joins else node.index
        if ends_at_names and (node.label or node.op.activation or size[unit] >= MOST_JOINED):
            unit = node.index
        owner[node.index] = unit
        size[unit] += 1
        for parent in node.parents:
            readers[parent].add(node.index if ends_at_names and not node.line else unit)
    return _members(owner)


def _place(node: Node) -> tuple[object, ...]:
    """Return the block and the line of code that a node was recorded in."""
    return node.block, node.line


def banded(graph: Graph, most: int) -> Groups:
    """Return at most `most` groups of connected nodes at a similar distance from the output.

    The bands of distance are made wider until the groups are few enough. An edge between two groups
    always leads to a band nearer to the output, so no two groups feed each other.
    """
    distance = _distances(graph)
    wide = 2
    while True:
        owner = _connected(graph, [d // wide for d in distance])
        groups = _members(owner)
        if len(groups) <= most or wide > max(distance):
            return groups
        wide *= 2


def _distances(graph: Graph) -> list[int]:
    """Return the length of the longest way from each node to an output."""
    distance = [0] * len(graph.nodes)
    for node in reversed(graph.nodes):
        for parent in node.parents:
            distance[parent] = max(distance[parent], distance[node.index] + 1)
    return distance


def _connected(graph: Graph, band: list[int]) -> dict[int, int]:
    """Return for each computed node the last node of the connected part of its band."""
    leader = list(range(len(graph.nodes)))

    def lead(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    computed = [node for node in graph.nodes if node.parents]
    for node in computed:
        for parent in node.parents:
            if graph.nodes[parent].parents and band[parent] == band[node.index]:
                one, two = sorted((lead(parent), lead(node.index)))
                leader[one] = two
    return {node.index: lead(node.index) for node in reversed(computed)}


def _members(owner: dict[int, int]) -> Groups:
    members: dict[int, list[int]] = defaultdict(list)
    for index in sorted(owner):
        members[owner[index]].append(index)
    return sorted(map(tuple, members.values()))
