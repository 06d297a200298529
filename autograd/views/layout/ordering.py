"""Order the cells of every layer from top to bottom so that few edges cross.

Sweeps to the right and to the left sort each layer by where its cells' neighbors are (their
barycenter), and after each sweep neighbors change places wherever that undoes crossings. This is
done from several starts; the best order seen is then refined by moving single cells to their best
place. Cells of one group stay together, and sibling groups keep the order they were given in.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence

from .cells import Cells

_Key = tuple[tuple[float, int], ...]
_Layers = list[list[int]]

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
"""Where to start, and how much neighbors on the far side count, to 1 on the near side."""
_WORK = 60_000
"""About how many cells and links may be visited per sweep, in all attempts together."""
_SWEEPS = 12
_PATIENCE = 2
"""Attempts in a row that may find nothing better."""
_SIFTING = 100_000
"""About how many places are tried when single cells are moved; it limits how far they look."""
_HOPE = 2
"""How many crossings for each of its edges a cell may gain for the moment, before it is left."""
_ALMOST_NOTHING = 1e-3


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
    refined = _Ordering(cells, best)
    for turn in range(3 if fewest else 0):
        refined.sift(rightwards=turn % 2 == 0)
    for layer, cells_in_order in zip(layers, best, strict=True):
        layer[:] = cells_in_order


def _as_made(cells: Cells, layers: _Layers) -> tuple[_Layers, int]:
    """Return the boxes in the given order, with edges beside their tails, and then swapped.

    Another order is taken only if fewer edges cross, so that leaves are drawn in the order in which
    they were made.
    """
    tail = list(range(len(cells.height)))
    for edge, path in zip(cells.edges, cells.paths, strict=True):
        for cell in path[1:-1]:
            tail[cell] = edge.tail
    for layer in layers:
        layer.sort(key=tail.__getitem__)
    ordering = _Ordering(cells, layers)
    ordering.transpose()
    return [list(layer) for layer in layers], ordering.crossings()


def follow_wishes(cells: Cells, wishes: Sequence[float]) -> None:
    """Swap neighbors that would rather be in the other order, if no more edges cross then.

    The number of crossings leaves much open, such as the side of its weights on which an input
    passes. The shorter way looks better.
    """
    layers = cells.columns[::2]
    ordering = _Ordering(cells, layers)
    for layer in layers:
        ordering.bubble(layer, lambda one, two: wishes[one] > wishes[two] + 1.0, least=0)


def _started(cells: Cells, start: str) -> _Layers:
    """Return layers in a first order, either as given or as a search finds the cells."""
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


def _attempt(cells: Cells, layers: _Layers, lean: float) -> tuple[_Layers, int]:
    """Sweep over the layers as long as that helps. Return the best order and its crossings."""
    ordering = _Ordering(cells, layers)
    ordering.sweep(rightwards=False, lean=lean)
    best, fewest = [list(layer) for layer in layers], ordering.crossings()
    patience = 0
    for sweep in range(max(4, min(_SWEEPS, 2 * _WORK // (len(cells.height) + 1)))):
        if not fewest or patience == 5:
            break
        ordering.sweep(rightwards=sweep % 2 == 0, lean=lean)
        ordering.transpose()
        crossings = ordering.crossings()
        patience += 1
        if crossings < fewest:
            best, fewest, patience = [list(layer) for layer in layers], crossings, 0
    return best, fewest


class _Ordering:
    """The state of the sweeps: `place` is a cell's rank, `share` its rank from the middle."""

    def __init__(self, cells: Cells, layers: _Layers):
        self.cells = cells
        self.layers = layers
        self.place = [0] * len(cells.height)
        self.share = [0.0] * len(cells.height)
        self.grouped = bool(cells.nesting.kept)
        self.reach = max(8, _SIFTING // (len(cells.height) + 1))
        if self.grouped:
            for layer in layers:
                self._note(layer)
                layer.sort(key=self._group_key(layer))
        for layer in layers:
            self._note(layer)

    def _note(self, layer: Sequence[int]) -> None:
        middle = len(layer) / 2
        for rank, cell in enumerate(layer):
            self.place[cell] = rank
            self.share[cell] = rank - middle

    def sweep(self, *, rightwards: bool, lean: float) -> None:
        """Sort every layer by the barycenters over the layer before it, in the sweep's direction.

        The neighbors on the other side count `lean`; those of a cell that has no others (a leaf)
        decide alone.
        """
        near, far = self.cells.before, self.cells.after
        if not rightwards:
            near, far = far, near
        share, weight = self.share, lean or _ALMOST_NOTHING
        for layer in self.layers if rightwards else reversed(self.layers):
            for cell in layer:
                here, there = near[cell], far[cell]
                if here or there:
                    total = sum([share[o] for o in here]) + weight * sum([share[o] for o in there])
                    share[cell] = total / (len(here) + weight * len(there))
            layer.sort(key=self._group_key(layer) if self.grouped else share.__getitem__)
            self._note(layer)

    def _group_key(self, layer: Sequence[int]) -> Callable[[int], _Key]:
        """Return a sort key that keeps groups together and siblings in their order."""
        lineage, home, share = self.cells.nesting.lineage, self.cells.home, self.share
        sums: dict[int, list[float]] = {}
        for cell in layer:
            for group in lineage[home[cell]]:
                sums.setdefault(group, []).append(share[cell])
        mean = {group: sum(shares) / len(shares) for group, shares in sums.items()}
        siblings: dict[tuple[int, ...], list[int]] = {}
        for group in sorted(mean):
            siblings.setdefault(lineage[group][:-1], []).append(group)
        for family in siblings.values():
            mean.update(zip(family, sorted([mean[group] for group in family]), strict=True))
        return lambda cell: (
            *((mean[group], group) for group in lineage[home[cell]]),
            (share[cell], -1),
        )

    def _ranks(self, layer: Sequence[int]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Return the sorted ranks of each cell's neighbors on the left and on the right."""
        before, after = self.cells.before, self.cells.after
        return (
            {cell: self._ranks_of(before[cell]) for cell in layer},
            {cell: self._ranks_of(after[cell]) for cell in layer},
        )

    def _ranks_of(self, cells: list[int]) -> list[int]:
        place = self.place
        if len(cells) == 1:
            return [place[cells[0]]]
        return sorted([place[cell] for cell in cells]) if cells else cells

    def transpose(self) -> None:
        """Swap neighbors in a layer as long as that undoes crossings."""
        for layer in self.layers:
            self.bubble(layer, None, least=1)

    def bubble(
        self, layer: list[int], may: Callable[[int, int], bool] | None, *, least: int
    ) -> None:
        """Swap neighbors that `may` be swapped if that undoes at least this many crossings."""
        home = self.cells.home
        left, right = self._ranks(layer)
        rows: Sequence[int] = range(len(layer) - 1)
        for _ in range(8):
            swapped: set[int] = set()
            for row in rows:
                one, two = layer[row], layer[row + 1]
                if home[one] != home[two] or not (may is None or may(one, two)):
                    continue
                if least > 0 and not (
                    _cross(left[one], left[two]) or _cross(right[one], right[two])
                ):
                    continue
                gain = _excess(left[one], left[two]) + _excess(right[one], right[two])
                if gain >= least:
                    layer[row], layer[row + 1] = two, one
                    swapped.add(row)
            # Only pairs in which a cell has changed can be worth another look.
            beside = {near for row in swapped for near in (row - 1, row, row + 1)}
            rows = sorted(row for row in beside if 0 <= row < len(layer) - 1)
            if not rows:
                break
        self._note(layer)

    def sift(self, *, rightwards: bool) -> None:
        """Move every cell in turn to the place in its layer where its edges cross least."""
        for layer in self.layers if rightwards else reversed(self.layers):
            left, right = self._ranks(layer)
            for cell in list(layer):
                row = layer.index(cell)
                best = self._best_row(layer, row, left, right)
                if best != row:
                    layer.insert(best, layer.pop(row))
            self._note(layer)

    def _best_row(
        self, layer: list[int], row: int, left: dict[int, list[int]], right: dict[int, list[int]]
    ) -> int:
        cell, home = layer[row], self.cells.home
        mine_left, mine_right = left[cell], right[cell]
        best, most = row, 0
        # A cell that crosses ever more on its way does not gain it back farther on.
        least = -_HOPE * (len(mine_left) + len(mine_right))
        for way, end in (
            (-1, max(-1, row - 1 - self.reach)),
            (1, min(len(layer), row + 1 + self.reach)),
        ):
            gain = 0
            for other_row in range(row + way, end, way):
                other = layer[other_row]
                if home[other] != home[cell]:
                    break
                if way < 0:
                    gain += _excess(left[other], mine_left) + _excess(right[other], mine_right)
                else:
                    gain += _excess(mine_left, left[other]) + _excess(mine_right, right[other])
                if gain > most:
                    best, most = other_row, gain
                elif gain < least:
                    break
        return best

    def crossings(self) -> int:
        """Return how many pairs of edges cross between the layers."""
        after, total = self.cells.after, 0
        for layer in self.layers:
            seen, farthest = list[int](), -1
            for cell in layer:
                for end in self._ranks_of(after[cell]):
                    if end >= farthest:  # most edges lie below all before them
                        seen.append(farthest := end)
                    else:
                        total += len(seen) - bisect_right(seen, end)
                        insort(seen, end)
        return total


def _cross(upper: list[int], lower: list[int]) -> bool:
    return bool(upper and lower) and upper[-1] > lower[0]


def _excess(upper: list[int], lower: list[int]) -> int:
    """Return how many crossings of two cells a swap would undo, from their sorted ranks."""
    if len(upper) == 1 == len(lower):
        return (upper[0] > lower[0]) - (upper[0] < lower[0])
    if not upper or not lower:
        return 0
    if upper[-1] < lower[0]:
        return -len(upper) * len(lower)
    return sum([bisect_left(lower, end) + bisect_right(lower, end) - len(lower) for end in upper])
