"""Examples of a data set: repetitions of the same blocks in the graph of its cost.

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
    """Return the units, with one unit in place of those of all examples but the first.

    If the graph has no examples, the units are returned as they are.
    """
    example = _examples(graph, units)
    other_count = max(example.values(), default=0)  # the examples are counted from 0
    if not other_count:
        return units
    nodes = tuple(sorted(node for k in example if example[k] for node in units[k].nodes))
    results = tuple(read_outside(graph, nodes))
    name = f"{other_count} more example" + "s" * (other_count > 1)
    # Like the inputs of a "fed" unit, the results are one box. It shows the last one.
    others = Unit("fed", (name,), results[-1], nodes, results=results)
    # Kept are the units in no block, and those of example 0.
    return [unit for k, unit in enumerate(units) if not example.get(k)] + [others]


def _examples(graph: Graph, units: Sequence[Unit]) -> Mapping[int, int]:
    """Return which example each unit in a block belongs to, counted from 0.

    The result is empty if there are no examples. Within a block, all examples have the same number
    of units.
    """
    inside = [k for k, unit in enumerate(units) if unit.path]
    counts = Counter(units[k].path for k in inside)
    count = gcd(*counts.values())  # the count of examples divides the count of units in each block
    if count < 2:
        return {}
    seen: Counter[Path] = Counter()
    example: dict[int, int] = {}
    for k in inside:
        path = units[k].path
        example[k] = seen[path] * count // counts[path]
        seen[path] += 1
    of_node = {node: number for k, number in example.items() for node in units[k].nodes}
    return example if _are_examples(graph, of_node, count, len(counts)) else {}


def _are_examples(graph: Graph, example: Mapping[int, int], count: int, blocks: int) -> bool:
    """Whether all examples read a weight in common, and share no input and no computed node.

    Only a weighted sum tells its inputs from its weights. Without one, a single block is no proof,
    because its units may be neurons that read the same input.
    """
    weights: dict[int, set[int]] = defaultdict(set)
    inputs: dict[int, set[int]] = defaultdict(set)
    for edge in graph.edges:
        number = example.get(edge.child)
        if number is None:
            continue
        if example.get(edge.parent, number) != number:
            return False
        parent = graph.nodes[edge.parent]
        if not parent.parents and parent.op is not CONSTANT:
            found = inputs if role_of(graph, edge) == "x" else weights
            found[edge.parent].add(number)
    is_proven = bool(inputs) or blocks > 1
    is_apart = all(len(numbers) == 1 for numbers in inputs.values())
    return is_proven and is_apart and any(len(numbers) == count for numbers in weights.values())
