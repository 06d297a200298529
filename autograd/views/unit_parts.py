"""The parts of a network: units, the wires between them, and columns of units."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """One circle or box of a network.

    Attributes:
        kind: "input" for a leaf that units read, "shared" for one that units of many columns read,
            "neuron" inside a block, "number" outside all blocks, such as a cost, "block" for all of
            a block, "fed" for the inputs that one block alone reads.
        path: the blocks around it, the outermost first.
        result: the node whose value and gradient the unit shows.
        nodes: the computed nodes inside it, in order.
        bias: the leaf that its weighted sum adds, if there is one.
        results: the nodes of a block that are read outside, or the inputs of a "fed" unit.
        target: the leaf that a cost compares the result with, if there is one.
    """

    kind: str
    path: Path
    result: int
    nodes: tuple[int, ...]
    bias: int | None = None
    results: tuple[int, ...] = ()
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Wire:
    """All uses of one unit's result by another unit.

    Attributes:
        tail, head: the indices of the two units.
        edges: the indices of these uses in `Graph.edges`.
        weight: the sum of the local derivatives of these uses, such as a weight.
        parameter: the leaf that holds the weight, if there is one and it is not a constant.
    """

    tail: int
    head: int
    edges: tuple[int, ...]
    weight: float
    parameter: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Units drawn above each other, and the name of what they have in common."""

    name: str
    units: tuple[int, ...]
    path: Path = ()  # the blocks around all of them
    kind: str = ""  # how many units there are, and what they compute: "16 tanh"
