"""Give every box its layer, so that edges go to the right and are short.

A group is a span of layers. If an edge leads from one group into another, the second span begins
after the first, so that their frames share no layer. Such rules are difference constraints. The
unknowns are the layers of boxes, and the first and the last layer of each group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from ...engine.topological import order_indices
from .nesting import NONE, Nesting
from .records import Group, Link

Rules = list[list[tuple[int, int]]]
"""For each unknown, pairs of a later unknown and the least number of layers between them."""

_ROUNDS = 6
_PART_LIMIT = 30
"""Larger parts are not moved, because it takes long and rarely shortens edges."""
_FAR = 1 << 30


def layered(
    count: int, edges: Sequence[Link], groups: Sequence[Group]
) -> tuple[list[int], Nesting]:
    """Return the layer of every box, and the nesting of those groups that can be framed.

    Groups whose edges form a cycle cannot follow each other. The outermost ones are dropped.

    Raises:
        ValueError: the edges themselves form a cycle.
    """
    dropped: frozenset[int] = frozenset()
    while True:
        nesting = Nesting(count, groups, dropped)
        later = _rules(edges, nesting)
        order = _sorted(later)
        if len(order) == len(later):
            return _ranks(_tightened(later, order, edges, count)[:count]), nesting
        cyclic = _cyclic_groups(later, order, count)
        if not cyclic:
            raise ValueError("the edges form a cycle; a layered layout needs a direction")
        shallow = min(len(nesting.lineage[group]) for group in cyclic)
        dropped |= {group for group in cyclic if len(nesting.lineage[group]) == shallow}


def _rules(edges: Sequence[Link], nesting: Nesting) -> Rules:
    # The unknowns are the boxes, then the first and the last layer of each group in turn.
    count = len(nesting.home)
    later: Rules = [[] for _ in range(count + 2 * len(nesting.groups))]
    for group in nesting.kept:
        first, last = count + 2 * group, count + 2 * group + 1
        for outer in nesting.lineage[group][-2:-1]:
            later[count + 2 * outer].append((first, 0))
            later[last].append((count + 2 * outer + 1, 0))
    for box, group in enumerate(nesting.home):
        if group != NONE:
            later[count + 2 * group].append((box, 0))
            later[box].append((count + 2 * group + 1, 0))
    spread = _spread(edges, nesting)
    for edge in edges:
        leaving, entering = nesting.parting(nesting.home[edge.tail], nesting.home[edge.head])
        start = edge.tail if leaving == NONE else count + 2 * leaving + 1
        end = edge.head if entering == NONE else count + 2 * entering
        later[start].append((end, 2 if edge.tail in spread and start == edge.tail else 1))
    return later


def _spread(edges: Sequence[Link], nesting: Nesting) -> set[int]:
    """Return the boxes outside groups whose edges fan out to boxes with weights of their own.

    These are the inputs of several neurons. They get the layer before the weights, because their
    edges then pass between the weights without crossing edges of weights.
    """
    heads: dict[int, set[int]] = defaultdict(set)
    fed = {edge.head for edge in edges}
    for edge in edges:
        heads[edge.tail].add(edge.head)
    own = Counter(
        next(iter(ends)) for box, ends in heads.items() if len(ends) == 1 and box not in fed
    )
    return {
        box
        for box, ends in heads.items()
        if len(ends) > 1 and nesting.home[box] == NONE and all(own[head] > 1 for head in ends)
    }


def _sorted(later: Rules) -> list[int]:
    """Return the unknowns in topological order; those on or after a cycle are missing."""
    return order_indices([[other for other, _ in rules] for rules in later])


def _reversed(later: Rules) -> Rules:
    earlier: Rules = [[] for _ in later]
    for unknown, rules in enumerate(later):
        for other, gap in rules:
            earlier[other].append((unknown, gap))
    return earlier


def _cyclic_groups(later: Rules, order: list[int], count: int) -> set[int]:
    """Return the groups on a cycle or between two cycles."""
    free = {*order, *_sorted(_reversed(later))}
    return {(unknown - count) // 2 for unknown in range(count, len(later)) if unknown not in free}


def _tightened(later: Rules, order: list[int], edges: Sequence[Link], count: int) -> list[int]:
    """Return layers with short edges: all as late as possible, then improved by moving parts.

    An unknown with more edges on one side is moved there. It takes the unknowns along that it
    touches on that side, those that they touch, and so on. It moves only if that shortens the edges
    in total.
    """
    layer = [0] * len(later)
    for unknown in reversed(order):
        layer[unknown] = min((layer[other] - gap for other, gap in later[unknown]), default=0)
    earlier = _reversed(later)
    pull = [0] * len(later)
    for edge in edges:
        pull[edge.tail] += 1
        pull[edge.head] -= 1
    for _ in range(_ROUNDS):
        moves = 0
        for unknown in order:
            if pull[unknown] < 0:
                moves += _moved(unknown, -1, layer, earlier, pull)
        for unknown in reversed(order):
            if pull[unknown] > 0:
                moves += _moved(unknown, 1, layer, later, pull)
        if not moves:
            break
    return layer


def _moved(start: int, way: int, layer: list[int], ahead: Rules, pull: list[int]) -> bool:
    """Move an unknown, with all that it touches, as far as possible if that shortens edges."""
    part, gain, free = [start], 0, _FAR
    seen = {start}
    for unknown in part:  # grows while it is read
        gain += way * pull[unknown]
        for other, gap in ahead[unknown]:
            room = way * (layer[other] - layer[unknown]) - gap
            if room > 0:
                free = min(free, room)
            elif other not in seen:
                seen.add(other)
                part.append(other)
        if len(part) > _PART_LIMIT:
            return False
    if gain <= 0 or free == _FAR:
        return False
    for unknown in part:
        layer[unknown] += way * free
    return True


def _ranks(layers: list[int]) -> list[int]:
    rank = {layer: index for index, layer in enumerate(sorted(set(layers)))}
    return [rank[layer] for layer in layers]
