"""The network that a graph records: units in columns, and the wires between them.

A unit is the part of a block that gives one result, such as a neuron. What is computed outside all
blocks, such as a cost, is divided in the same way. The structure comes from blocks and edges, never
from labels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from ..engine.ops import CONSTANT, DOT, HALF_SQUARED_ERROR, MUL, SQUARED_ERROR, SUB
from ..graph.graph import Graph
from ..graph.parts import Edge
from .blocks import Blocks, blocks_of, boxes_of
from .examples import with_one_example
from .folding import MOST_FOLDED, Boxes, banded, joined
from .neurons import role_of
from .picture import read_outside
from .unit_columns import columns_of, depths_of, with_shared
from .unit_parts import Column, Path, Unit, Wire

MOST_COLUMNS = 14  # columns that can be read at a glance


@dataclass(frozen=True)
class Network:
    """A graph as units, wires and columns; the columns are in the order of computation."""

    graph: Graph
    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]
    columns: tuple[Column, ...]
    is_folded: bool = False  # whether its units are groups of numbers, not parts of blocks
    blocks: Blocks | None = None  # the blocks of a deep network, in which they are units
    opened: Path = ()  # the block whose inside is shown

    @cached_property
    def column_of(self) -> dict[int, int]:
        """The column of each unit."""
        return {unit: k for k, column in enumerate(self.columns) for unit in column.units}

    @cached_property
    def shared(self) -> frozenset[int]:
        """The leaves whose wires reach everywhere, so that none of them is drawn."""
        return frozenset(k for k, unit in enumerate(self.units) if unit.kind == "shared")


def network_of(graph: Graph) -> Network | None:
    """Return the network that a graph records, or None for a graph without blocks."""
    has_blocks = any(node.block for node in graph.nodes if node.parents)
    return _network(graph, joined(graph)) if has_blocks else None


def deep_network(graph: Graph, blocks: Blocks, opened: Path = ()) -> Network:
    """Return a network in which every block is one unit, except for those around `opened`."""
    boxes = boxes_of(graph, blocks, opened)
    found = _network(graph, joined(graph, boxes=boxes), boxes)
    return replace(found, blocks=blocks, opened=opened)


def readable_network(network: Network) -> Network:
    """Return the network, or one whose blocks are units if that is easier to read at one look.

    Circles are easy to read if there are few columns of them, and if blocks follow each other, each
    with weights of its own, as layers do. The tokens of attention are side by side, and the steps
    of a recurrence have the same weights.
    """
    if len(network.columns) <= MOST_COLUMNS and _is_layered(network):
        return network
    return deep_network(network.graph, blocks_of(network.graph, [u.path for u in network.units]))


def _is_layered(network: Network) -> bool:
    """Whether no two blocks are equally deep, and fewer than three read the same weight."""
    depth = depths_of(list(network.units), network.wires)
    levels = [depth[column.units[0]] for column in network.columns if column.path]
    path_of = {
        node: network.columns[network.column_of[k]].path
        for k, unit in enumerate(network.units)
        for node in unit.nodes
    }
    readers: dict[int, set[Path]] = defaultdict(set)
    for edge in network.graph.edges:
        if role_of(network.graph, edge) == "w" and not network.graph.nodes[edge.parent].parents:
            readers[edge.parent].add(path_of[edge.child])
    return len(set(levels)) == len(levels) and all(len(found) < 3 for found in readers.values())


def folded_network(graph: Graph, most: int = MOST_FOLDED) -> Network:
    """Return any graph as a network of at most `most` units. It need not have blocks.

    A unit ends at a number that is labeled, is read more than once, or leaves an activation. If
    there are too many such units, neighbors at the same distance from the output are folded
    together.
    """
    groups = joined(graph, ends_at_names=True)
    return _network(graph, groups if len(groups) <= most else banded(graph, most), is_folded=True)


def _network(
    graph: Graph,
    groups: list[tuple[int, ...]],
    boxes: Boxes | None = None,
    *,
    is_folded: bool = False,
) -> Network:
    units = [_unit(graph, nodes, (boxes or {}).get(nodes[-1])) for nodes in groups]
    units = units if is_folded or boxes else with_one_example(graph, units)
    inside = {node: number for number, unit in enumerate(units) for node in unit.nodes}
    units += _input_units(graph, units, inside, is_folded=is_folded)
    place = inside | {
        node: number for number, unit in enumerate(units) for node in (unit.result, *unit.results)
    }
    units = _with_targets(graph, units, place)
    wires = tuple(_wires(graph, units, place))
    depth = depths_of(units, wires)
    units = list(with_shared(units, wires, depth))
    columns = tuple(columns_of(graph, units, depth))
    return Network(graph, tuple(units), wires, columns, is_folded)


# --- units ----------------------------------------------------------------------------------------


def _unit(graph: Graph, nodes: tuple[int, ...], box: tuple[int, Path] | None) -> Unit:
    if box:
        results = tuple(read_outside(graph, nodes))
        return Unit("block", box[1], results[-1], nodes, results=results)
    result = nodes[-1]
    path = graph.nodes[result].block
    biases = [
        graph.nodes[node].parents[-1]
        for node in nodes
        if graph.nodes[node].op is DOT and len(graph.nodes[node].parents) % 2
    ]
    bias = biases[0] if len(biases) == 1 else None
    return Unit("neuron" if path else "number", path, result, nodes, bias)


def _input_units(
    graph: Graph, units: list[Unit], inside: dict[int, int], *, is_folded: bool
) -> list[Unit]:
    """Return the units of the inputs, which are leaves that are no parameters of one unit.

    A weighted sum tells its inputs from its weights. Any other leaf is an input if several units
    read it. A constant never is. The inputs that only one block reads form one unit, unless this is
    the only such block. In a graph without blocks, the leaves that a step of a recurrence has for
    itself are inputs too. What only examples without circles read is not drawn.
    """
    readers: dict[int, set[int]] = defaultdict(set)
    roles: dict[int, set[str]] = defaultdict(set)
    for edge in graph.edges:
        if not graph.nodes[edge.parent].parents:
            readers[edge.parent].add(inside[edge.child])
            roles[edge.parent].add(role_of(graph, edge))
    more = {k for k, unit in enumerate(units) if unit.kind == "fed"}  # the other examples
    inputs = [
        leaf
        for leaf, found in roles.items()
        if not readers[leaf] <= more
        and (
            "x" in found
            or (found == {""} and len(readers[leaf]) > 1 and graph.nodes[leaf].op is not CONSTANT)
        )
    ]
    by_blocks = [x for x in inputs if any(units[k].kind == "block" for k in readers[x])]
    fed: dict[int, list[int]] = defaultdict(list)
    for leaf in by_blocks:
        if len(readers[leaf]) == 1:
            fed[min(readers[leaf])].append(leaf)
    if len(fed) == 1:
        by_blocks, fed = [], {}
    if is_folded:
        for leaf, found in readers.items():
            if len(found) == 1 and graph.nodes[leaf].op is not CONSTANT and leaf not in inputs:
                fed[min(found)].append(leaf)
        fed = _fed_to_steps(fed, {k: frozenset(x for x in inputs if k in readers[x]) for k in fed})
        inputs += _factors(graph, {*inputs}, {leaf for found in fed.values() for leaf in found})
    ordered = [fed[k] for k in sorted(fed, key=lambda k: units[k].result)]
    single = [Unit("input", (), leaf, ()) for leaf in inputs if leaf not in set(by_blocks)]
    return single + [Unit("fed", (), x[-1], (), results=tuple(x)) for x in ordered]


def _fed_to_steps(
    own: dict[int, list[int]], shared: dict[int, frozenset[int]]
) -> dict[int, list[int]]:
    """Return the leaves of units that have one for themselves, as the steps of a recurrence do.

    The first step reads the same shared leaves, and also has the state that it starts with.
    """
    steps = Counter(shared[k] for k in own if shared[k])
    alike = {shared[k] for k, leaves in own.items() if len(leaves) == 1 and steps[shared[k]] > 1}
    most = {k: 2 if shared[k] in alike else 0 if shared[k] else 1 for k in own}
    return {k: leaves for k, leaves in own.items() if len(leaves) <= most[k]}


def _factors(graph: Graph, inputs: set[int], fed: set[int]) -> list[int]:
    """Return the other leaves that are multiplied by an input, as the corners of an image are."""
    products = [node.parents for node in graph.nodes if node.op is MUL]
    found = {b for pair in products for a, b in (pair, pair[::-1]) if a in inputs}
    others = (graph.nodes[k] for k in sorted(found - inputs - fed))
    return [node.index for node in others if not node.parents and node.op is not CONSTANT]


def _with_targets(graph: Graph, units: list[Unit], place: dict[int, int]) -> list[Unit]:
    """Return the units with their targets, the leaves that a cost compares neurons with.

    The comparison is a squared error, a difference, or a product y·z that is subtracted.
    """
    found: dict[int, int] = {}
    for node in graph.nodes:
        if node.block:
            continue
        compared = [node.parents] if node.op in (HALF_SQUARED_ERROR, SQUARED_ERROR, SUB) else []
        taken = graph.nodes[node.parents[1]] if node.op is SUB else node
        if taken is not node and taken.op in (MUL, DOT) and not taken.block:
            compared.append(taken.parents)
        for parents in compared:
            half = len(parents) // 2
            for pair in zip(parents[:half], parents[half : 2 * half], strict=True):
                for result, leaf in (pair, pair[::-1]):
                    unit = units[place[result]] if result in place else None
                    is_result = unit and unit.kind == "neuron" and unit.result == result
                    if is_result and not graph.nodes[leaf].parents:
                        found[place[result]] = leaf
    return [replace(unit, target=found.get(number)) for number, unit in enumerate(units)]


# --- wires ----------------------------------------------------------------------------------------


def _wires(graph: Graph, units: list[Unit], place: dict[int, int]) -> Iterator[Wire]:
    uses: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, edge in enumerate(graph.edges):
        tail, head = place.get(edge.parent), place[edge.child]
        if tail is not None and tail != head:
            uses[tail, head].append(index)
    for (tail, head), indices in uses.items():
        edges = [graph.edges[index] for index in indices]
        weight = sum(edge.partial for edge in edges)
        is_block = not {"block", "fed"}.isdisjoint((units[tail].kind, units[head].kind))
        parameter = None if is_block else _parameter(graph, edges)
        yield Wire(tail, head, tuple(indices), weight, parameter)


def _parameter(graph: Graph, edges: list[Edge]) -> int | None:
    """Return the leaf w of a use w·x in a weighted sum or a product, or None."""
    if len(edges) != 1:
        return None
    edge = edges[0]
    parents = graph.nodes[edge.child].parents
    if role_of(graph, edge) == "x":
        weight = parents[edge.slot - len(parents) // 2]
    elif graph.nodes[edge.child].op is MUL:
        weight = parents[1 - edge.slot]
    else:
        return None
    node = graph.nodes[weight]
    return None if node.parents or node.op is CONSTANT else weight
