"""The blocks of a deep network that are drawn as boxes, so that it can be read at a glance.

The division depends on blocks and edges, never on labels. A block with a single result, such as a
neuron, is always a circle.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..graph.graph import Graph
from ..graph.parts import Node
from .folding import Boxes
from .unit_parts import Path

MOST_AROUND = 24  # boxes around an opened block
_Cell = TypeVar("_Cell", Path | int, int)


@dataclass(frozen=True)
class Blocks:
    """The blocks of a graph as a tree: how many units and numbers are inside of each."""

    units: Mapping[Path, int]
    numbers: Mapping[Path, int]

    def children(self, path: Path) -> list[Path]:
        """Return the blocks directly in a block, or nothing if each of them is a single unit."""
        size = len(path) + 1
        found = [p for p in self.units if len(p) == size and p[:-1] == path]
        return found if any(self.units[p] > 1 for p in found) else []

    def boxes(self, opened: Path = (), path: Path = ()) -> Iterator[Path]:
        """Yield the blocks that are one box each while `opened` and all blocks around it are open.

        A block that holds more than half of the numbers of the opened block is open too.
        """
        for child in self.children(path):
            is_most = 2 * self.numbers[child] > self.numbers[opened]
            if opened[: len(child)] == child or (is_most and child[: len(opened)] == opened):
                yield from self.boxes(opened, child)
            else:
                yield child


def blocks_of(graph: Graph, paths: list[Path]) -> Blocks:
    """Return the blocks of a graph; `paths` are those of its units."""
    units = Counter(path[:k] for path in paths for k in range(len(path) + 1))
    places = (node.block for node in graph.nodes if node.parents)
    return Blocks(units, Counter(path[:k] for path in places for k in range(len(path) + 1)))


def boxes_of(graph: Graph, blocks: Blocks, opened: Path = ()) -> Boxes:
    """Return for each computed node in a box the last node of that box, and its block.

    Where boxes would feed each other, a block that is left and entered again becomes several boxes.
    If there are too many boxes, those before the opened block become one, and so do the others.
    """
    boxes = set(blocks.boxes(opened))
    computed = [node for node in graph.nodes if node.parents]
    path = {node.index: box for node in computed if (box := _box(node, boxes))}
    cell = {node.index: path.get(node.index) or node.index for node in computed}
    tangled = _tangled(_links(graph, cell))
    turn: dict[int, int] = defaultdict(int)  # how often the path to a node has changed its box
    for child in cell:
        if cell[child] in tangled:
            for parent in graph.nodes[child].parents:
                if cell.get(parent) in tangled:
                    turn[child] = max(turn[child], turn[parent] + (cell[parent] != cell[child]))
    last = {(path[k], turn[k]): k for k in path}
    found = {k: (last[path[k], turn[k]], path[k]) for k in path}
    return _merged(graph, found, opened) if opened and len(last) > MOST_AROUND else found


def _merged(graph: Graph, found: Boxes, opened: Path) -> Boxes:
    """Return two boxes around an opened block: one of all that lead to it, one of all others."""
    computed = [node for node in graph.nodes if node.parents]
    cell = {node.index: found.get(node.index, (node.index,))[0] for node in computed}
    links = _links(graph, cell)
    inside = {cell[node.index] for node in computed if node.block[: len(opened)] == opened}
    before = set(inside)
    while more := {a for a, b in links if b in before and a not in before}:
        before |= more
    ends: dict[bool, list[tuple[int, Path]]] = {True: [], False: []}  # by whether it is before
    for box in sorted({box for box in found.values() if box[0] not in inside}):
        ends[box[0] in before].append(box)
    merged = {side: (boxes[-1][0], _common(boxes)) for side, boxes in ends.items() if boxes}
    return {k: box if box[0] in inside else merged[box[0] in before] for k, box in found.items()}


def _common(boxes: list[tuple[int, Path]]) -> Path:
    """Return the name of several boxes together, such as "step 1 … step 5"."""
    first, last = boxes[0][1], boxes[-1][1]
    return first if first == last else (f"{first[-1]} … {last[-1]}",)


def _links(graph: Graph, cell: Mapping[int, _Cell]) -> set[tuple[_Cell, _Cell]]:
    """Return which cells feed which others."""
    edges = ((cell[p], cell[c]) for c in cell for p in graph.nodes[c].parents if p in cell)
    return {(a, b) for a, b in edges if a != b}


def _box(node: Node, boxes: set[Path]) -> Path | None:
    path = node.block
    return next((path[:k] for k in range(1, len(path) + 1) if path[:k] in boxes), None)


def _tangled(links: set[tuple[_Cell, _Cell]]) -> set[_Cell]:
    """Return the cells on cycles, or on paths between two cycles."""
    while True:
        heads, tails = {b for _, b in links}, {a for a, _ in links}
        kept = {(a, b) for a, b in links if a in heads and b in tails}
        if len(kept) == len(links):
            return heads
        links = kept
