"""Order the cells of every layer from top to bottom so that few edges cross.

Sweeps to the right and to the left sort each layer by the barycenters of its cells' neighbors.
After each sweep, cells are swapped with the next ones if that undoes crossings. This is done from
several starts. In the best order, single cells are then moved to their best places. Cells of one
group stay together, and sibling groups keep the given order.
"""

from __future__ import annotations

from collections.abc import Sequence

from .cells import Cells
from .layer_order import LayerOrder, Layers

_ATTEMPTS = (
    ("tree", 0.2),
    ("reach", 0.2),
    ("sweep", 0.2),
    ("sweep", 0.0),
    ("tree", 0.5),
    ("sweep", 0.5),
    ("reach", 0.5),
    ("tree", 0.0),
    ("reach", 0.0),
)
"""The start of each attempt, and the weight of neighbors on the far side. The near side has 1."""
_WORK = 60_000
"""About how many cells and links may be visited per sweep, in all attempts together."""
_SWEEPS = 12
_PATIENCE = 2
"""The number of attempts in a row without improvement after which the search ends."""


def reduce_crossings(cells: Cells) -> None:
    """Reorder the layers in `cells.columns` in place."""
    layers = cells.columns[::2]
    best, fewest = _as_made(cells, layers)
    size = len(cells.height) + sum(map(len, cells.after))
    in_vain = 0
    for start, lean in _ATTEMPTS[: max(1, min(len(_ATTEMPTS), _WORK // (_SWEEPS * size + 1)))]:
        if not fewest or in_vain == _PATIENCE:
            break
        found, crossings = _attempt(cells, _started(cells, start), lean)
        in_vain += 1
        if crossings < fewest:
            best, fewest, in_vain = found, crossings, 0
    refined = LayerOrder(cells, best)
    turns = max(1, min(3, _WORK // (6 * size + 1)))
    for turn in range(turns if fewest else 0):
        refined.sift(rightwards=turn % 2 == 0)
    for layer, cells_in_order in zip(layers, best, strict=True):
        layer[:] = cells_in_order


def _as_made(cells: Cells, layers: Layers) -> tuple[Layers, int]:
    """Return the given order, improved by swaps of neighbors, and its number of crossings.

    Edges begin beside their tails. Any other order has to have fewer crossings, so leaves are drawn
    in the order in which they were made if possible.
    """
    tail = list(range(len(cells.height)))
    for edge, path in zip(cells.edges, cells.paths, strict=True):
        for cell in path[1:-1]:
            tail[cell] = edge.tail
    for layer in layers:
        layer.sort(key=tail.__getitem__)
    ordering = LayerOrder(cells, layers)
    ordering.transpose()
    return [list(layer) for layer in layers], ordering.crossings()


def follow_wishes(cells: Cells, wishes: Sequence[float]) -> None:
    """Swap neighbors whose wishes are in the other order, if that adds no crossings.

    The number of crossings does not decide everything. For example, the edge of an input may pass
    its weights on either side. The shorter way looks better.
    """
    layers = cells.columns[::2]
    ordering = LayerOrder(cells, layers)
    for layer in layers:
        ordering.bubble(layer, lambda one, two: wishes[one] > wishes[two] + 1.0, least=0)


def _started(cells: Cells, start: str) -> Layers:
    """Return layers in a first order: the given one, or that of a depth-first search."""
    layers = [list(layer) for layer in cells.columns[::2]]
    if start != "sweep":
        found = _search(cells, both_ways=start == "reach")
        for layer in layers:
            layer.sort(key=found.__getitem__)
    return layers


def _search(cells: Cells, *, both_ways: bool) -> dict[int, int]:
    """Number the cells as a depth-first search along the edges meets them."""
    found: dict[int, int] = {}
    for root in range(len(cells.height) - 1, -1, -1):
        waiting = [root]
        while waiting:
            cell = waiting.pop()
            if cell not in found:
                found[cell] = len(found)
                waiting += cells.before[cell]
                if both_ways:
                    waiting += cells.after[cell]
    return found


def _attempt(cells: Cells, layers: Layers, lean: float) -> tuple[Layers, int]:
    """Sweep over the layers as long as that helps. Return the best order and its crossings."""
    ordering = LayerOrder(cells, layers)
    ordering.sweep(rightwards=False, lean=lean)
    best, fewest = [list(layer) for layer in layers], ordering.crossings()
    in_vain = 0
    for sweep in range(max(4, min(_SWEEPS, _WORK // (2 * len(cells.height) + 1)))):
        if not fewest or in_vain == 5:
            break
        ordering.sweep(rightwards=sweep % 2 == 0, lean=lean)
        ordering.transpose()
        crossings = ordering.crossings()
        in_vain += 1
        if crossings < fewest:
            best, fewest, in_vain = [list(layer) for layer in layers], crossings, 0
    return best, fewest
