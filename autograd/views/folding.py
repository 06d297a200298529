"""Which numbers of a graph belong together, so that a large graph can be drawn in few circles.

The division reads operations, edges and blocks. It never reads structure from labels.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from ..engine.ops import ADD, SUM
from ..graph.graph import Graph
from ..graph.parts import Node
from .unit_parts import Path

MOST_UNITS = 2000  # units of blocks; with more of them, the graph is folded as if without blocks
MOST_FOLDED = 400  # units of a folded graph that can still be told apart
MOST_JOINED = 24  # numbers in one unit of a graph without blocks
LONG_SUM = 5  # the fewest terms of a sum whose large terms are units
MOST_IN_TERM = 2  # computed nodes of a small term, such as w·x or (y − t)²

Groups = list[tuple[int, ...]]
Boxes = dict[int, tuple[int, Path]]
"""For each node in a box, the last node of the box and its block."""


def joined(graph: Graph, *, ends_at_names: bool = False, boxes: Boxes | None = None) -> Groups:
    """Return the computed nodes of each unit, in order.

    A node is in the unit that alone reads it, if both are in the same block and on the same line of
    code, and it is not an output. Otherwise it is the result of a unit. The nodes of a box are one
    unit.

    With `ends_at_names`, units also end at nodes that have a label or an activation, and at the
    large terms of long sums. A node that is read more than once ends a unit too, unless only its
    own line of code reads it. No unit has more than `MOST_JOINED` nodes, except that of a long sum,
    which has all small terms.
    """
    large, small = _terms(graph) if ends_at_names else (set[int](), set[int]())
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
        found = readers[node.index]  # the units, or the nodes, that read this node
        only = found.pop() if len(found) == 1 and node.index not in outputs else None
        joins = only is not None and _place(graph.nodes[only]) == _place(node)
        unit = owner.get(only, only) if only is not None and joins else node.index
        is_full = size[unit] >= MOST_JOINED and node.index not in small
        is_end = node.index in large or node.label or node.op.activation or is_full
        if ends_at_names and is_end:
            unit = node.index
        owner[node.index] = unit
        size[unit] += 1
        for parent in node.parents:
            readers[parent].add(node.index if ends_at_names and not node.line else unit)
    return _members(owner)


def _terms(graph: Graph) -> tuple[set[int], set[int]]:
    """Return the large terms of long sums, and the nodes of such sums with their small terms."""
    uses = Counter(parent for node in graph.nodes for parent in node.parents)
    large, small = set[int](), set[int]()
    for root in reversed(graph.nodes):
        if root.op not in (ADD, SUM) or root.index in small:
            continue
        chain, terms = [root], list[int]()
        for node in chain:  # the loop also visits the sums that it appends
            for k in node.parents:
                parent = graph.nodes[k]
                if parent.op in (ADD, SUM) and uses[k] == 1 and not parent.label:
                    chain.append(parent)
                else:
                    terms.append(k)
        if len(terms) >= LONG_SUM:
            small |= {node.index for node in chain}
            for part in (_own_part(graph, term, uses) for term in terms):
                (large if len(part) > MOST_IN_TERM else small).update(part)
    return large, small


def _own_part(graph: Graph, term: int, uses: Counter[int]) -> list[int]:
    """Return the computed nodes that only a term of a sum reads, or the term if they are many."""
    part, asked = list[int](), [term]
    for k in asked:  # the loop also visits the nodes that it appends
        node = graph.nodes[k]
        if node.parents and uses[k] == 1 and not (node.label or node.op.activation):
            part.append(k)
            asked += node.parents
        if len(part) > MOST_IN_TERM:
            return [term] * len(part)
    return part


def _place(node: Node) -> tuple[object, ...]:
    """Return the block and the line of code that a node was recorded in."""
    return node.block, node.line


def banded(graph: Graph, most: int) -> Groups:
    """Return at most `most` groups of connected nodes at a similar distance from the output.

    A group is a connected part of a band of distances. The bands are made wider until there are few
    enough groups. An edge between two groups leads to a band nearer to the output, so the groups
    form no cycle.
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
    """Return for each computed node the last node of the connected part of its band.

    The parts are joined by union–find. `leader` leads from each node towards the last of its part.
    """
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
