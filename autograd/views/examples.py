"""Examples: a graph that records the same blocks several times, as a cost of a data set does.

A picture shows the blocks of the first example. The others are one box, because they have the same
weights, and hundreds of circles would hide how the network is built.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import gcd

from ..engine.ops import CONSTANT
from ..graph.graph import Graph
from .neurons import role_of
from .picture import read_outside
from .unit_parts import Path, Unit


def with_one_example(graph: Graph, units: list[Unit]) -> list[Unit]:
    """Return the units with those of all examples but the first as one unit, or just the units."""
    example = _examples(graph, units)
    count = max(example.values(), default=0)
    if not count:
        return units
    nodes = tuple(sorted(node for k in example if example[k] for node in units[k].nodes))
    results = tuple(read_outside(graph, nodes))
    name = f"{count} more example" + "s" * (count > 1)
    others = Unit("fed", (name,), results[-1], nodes, results=results)
    return [unit for k, unit in enumerate(units) if not example.get(k)] + [others]


def _examples(graph: Graph, units: Sequence[Unit]) -> Mapping[int, int]:
    """Return the number of the example of each unit in a block, from 0; nothing without examples.

    Each example has the same number of units in each block.
    """
    inside = [k for k, unit in enumerate(units) if unit.path]
    counts = Counter(units[k].path for k in inside)
    most = gcd(*counts.values())
    if most < 2:
        return {}
    seen: Counter[Path] = Counter()
    example: dict[int, int] = {}
    for k in inside:
        path = units[k].path
        example[k] = seen[path] * most // counts[path]
        seen[path] += 1
    of_node = {node: place for k, place in example.items() for node in units[k].nodes}
    return example if _are_examples(graph, of_node, most, len(counts)) else {}


def _are_examples(graph: Graph, example: Mapping[int, int], count: int, blocks: int) -> bool:
    """Whether these parts of a graph have a weight in common, and no input and no other number.

    Only a weighted sum tells its inputs from its weights. Without one, a single block is no proof,
    because its parts may be neurons that read the same input.
    """
    weights: dict[int, set[int]] = defaultdict(set)
    inputs: dict[int, set[int]] = defaultdict(set)
    for edge in graph.edges:
        place = example.get(edge.child)
        if place is None:
            continue
        if example.get(edge.parent, place) != place:
            return False
        parent = graph.nodes[edge.parent]
        if not parent.parents and parent.op is not CONSTANT:
            found = inputs if role_of(graph, edge) == "x" else weights
            found[edge.parent].add(place)
    is_told = bool(inputs) or blocks > 1
    is_apart = all(len(places) == 1 for places in inputs.values())
    return is_told and is_apart and any(len(places) == count for places in weights.values())
