"""Notes that say in the picture of a network what a circle, a wire or a block shows.

Each points at one of them. The notes stand above the first row, where nothing else is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..graph.graph import Graph
from . import text
from .network_wires import Point, WireLine
from .spots import SMALL, Spot
from .units import Network

LINE = 16.0  # the height of a line of words
ROOM = 2 * LINE + 18.0  # the height of all notes and their arrows
_GAP = 28.0  # between two notes


class Note(NamedTuple):
    """Two lines of words, the middle of the first, and the two ends of an arrow."""

    words: tuple[str, str]
    at: Point
    start: Point
    end: Point


def has_notes(network: Network) -> bool:
    """Whether the picture of a network has anything that a note explains."""
    return any(unit.kind in ("neuron", "block") for unit in network.units)


def notes_of(
    network: Network, spots: Sequence[Spot], lines: Sequence[WireLine], top: float, width: float
) -> tuple[Note, ...]:
    """Return notes that do not touch each other; their first lines stand at the height `top`."""
    marks = [*_of_units(network, spots), *_of_wire(network, lines)]
    while True:
        marks.sort(key=lambda mark: mark[1])
        halves = [max(text.width(line, SMALL) for line in words) / 2 for words, _ in marks]
        middles = _apart([end[0] for _, end in marks], halves, width)
        if not middles or middles[-1] + halves[-1] <= width:
            break
        marks.pop()
    bottom = top + LINE + 6
    return tuple(
        Note(words, (x, top), (min(max(end[0], x - half), x + half), bottom), end)
        for (words, end), x, half in zip(marks, middles, halves, strict=True)
    )


def _apart(wanted: Sequence[float], halves: Sequence[float], width: float) -> list[float]:
    """Return middles near the wanted ones, so that words with these half widths do not touch."""
    reach = [one + two + _GAP for one, two in pairwise(halves)]
    found: list[float] = []
    for k, want in enumerate(wanted):  # as far left as possible, and as far right as wanted
        after = sum(reach[k:]) + halves[-1]
        least = found[-1] + reach[k - 1] if found else halves[0]
        found.append(max(least, min(want, width - after)))
    return found


_Mark = tuple[tuple[str, str], Point]


def _of_units(network: Network, spots: Sequence[Spot]) -> Iterator[_Mark]:
    """Yield what the uppermost circle and block show, and the points above them."""
    slope = f"∂{_output(network.graph)}/∂value"
    kinds = {
        "neuron": ("a neuron: the fill shows its value", f"and the ring shows {slope}"),
        "block": ("a block: the numbers that leave it", "and below them their gradients"),
    }
    for kind, words in kinds.items():
        found = [s for s in spots if network.units[s.unit].kind == kind and s.shape != "box"]
        if found:
            spot = min(found, key=lambda s: (round(s.y), s.x))
            yield words, (spot.x, spot.y - (spot.height / 2 or spot.radius) - 3)


def _of_wire(network: Network, lines: Sequence[WireLine]) -> Iterator[_Mark]:
    """Yield what the uppermost wire with a weight shows, and a point above its middle."""
    found = [line for line in lines if network.wires[line.wire].parameter is not None]
    if found:
        line = min(found, key=lambda line: line.at(0.5)[1])
        x, y = line.at(0.5 if line.place is None else line.place)
        above = 2.0 if line.place is None else SMALL - 2
        yield ("a wire: the width shows its weight", "orange, dashed: negative"), (x, y - above)


def _output(graph: Graph) -> str:
    return text.cut_middle(graph.nodes[graph.outputs[0]].label, 8) or "output"
