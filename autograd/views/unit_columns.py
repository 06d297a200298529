"""The columns of a network: units at the same distance from the inputs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ..engine.ops import DOT
from ..engine.topological import order_indices
from ..graph.graph import Graph
from .unit_parts import Column, Path, Unit, Wire

_MANY = 3  # a leaf that more columns read is shared by the whole network


def with_shared(units: list[Unit], wires: tuple[Wire, ...], depth: Sequence[int]) -> Iterator[Unit]:
    """Yield the units. An input that many columns read, such as a recurrent weight, is "shared"."""
    readers: dict[int, set[int]] = defaultdict(set)
    for wire in wires:
        readers[wire.tail].add(depth[wire.head])
    for number, unit in enumerate(units):
        is_shared = unit.kind == "input" and len(readers[number]) > _MANY
        yield replace(unit, kind="shared") if is_shared else unit


def columns_of(graph: Graph, units: list[Unit], depth: Sequence[int]) -> Iterator[Column]:
    """Yield the columns: units of the same depth in the same block."""
    blocks = Counter(depth[k] for k, unit in enumerate(units) if unit.kind == "block")
    keys: list[tuple[float, Path, bool]] = []
    for k, unit in enumerate(units):
        # The blocks around the unit. A neuron outside all others counts as its own block.
        around = unit.path[:-1] or unit.path[: unit.kind == "neuron"]
        is_box = bool(blocks) and unit.kind in ("block", "fed")
        key: tuple[float, Path, bool] = depth[k], around, is_box
        if unit.kind == "shared":
            key = -1, (), False
        elif unit.kind == "fed" and blocks[depth[k]] > 1:
            key = depth[k] - 0.5, (), True  # before the blocks that it is fed to, not below them
        keys.append(key)
    fed = [unit.kind == "fed" for unit in units]  # these are in the order of their readers
    places = [(keys[k], fed[k], k if fed[k] else unit.result) for k, unit in enumerate(units)]
    order = sorted(range(len(units)), key=places.__getitem__)
    for (_, around, _), members in groupby(order, key=keys.__getitem__):
        numbers = tuple(members)
        kinds = {units[k].kind for k in numbers}
        name = ", ".join(around) or _NAMES.get("".join(kinds), "")
        yield Column(name, numbers, around, _kind(graph, [units[k] for k in numbers]))


_NAMES = {"input": "inputs", "shared": "shared"}


def _kind(graph: Graph, units: list[Unit]) -> str:
    """Return how many units there are and what all of them compute, such as "16 tanh"."""
    if all(unit.kind == "input" for unit in units):
        return f"{len(units):,}"
    ops = {graph.nodes[unit.result].op for unit in units if unit.kind == "neuron"}
    words = ["linear" if op is DOT else op.name if op.activation else "" for op in ops]
    return f"{len(units):,} {words[0]}" if len(words) == 1 and words[0] else ""


def depths_of(units: list[Unit], wires: tuple[Wire, ...]) -> list[int]:
    """Return the longest distance to each unit. An input is one step before its readers."""
    into: dict[int, list[int]] = defaultdict(list)
    readers: dict[int, list[int]] = defaultdict(list)
    for wire in wires:
        into[wire.head].append(wire.tail)
        readers[wire.tail].append(wire.head)
    depth = [0] * len(units)
    for k in order_indices([readers[k] for k in range(len(units))], [u.result for u in units]):
        depth[k] = max((depth[tail] + 1 for tail in into[k]), default=0)
    for k, unit in enumerate(units):
        if (unit.kind == "fed" or not unit.nodes) and readers[k]:
            depth[k] = max(0, min(depth[head] for head in readers[k]) - (unit.kind != "fed"))
    return depth
