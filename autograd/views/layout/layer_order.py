"""The order of the cells in each layer, and the moves that undo crossings of edges."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence

from .cells import Cells

Layers = list[list[int]]
_Key = tuple[tuple[float, int], ...]

_SIFTING = 50_000
"""About how many places are tried when single cells are moved. It limits how far they move."""
_HOPE = 2
"""The crossings per edge that a cell may gain on its way to a better place."""
_ALMOST_NOTHING = 1e-3
"""The weight of neighbors that decide only about cells without others."""


class LayerOrder:
    """The layers, which are reordered in place.

    `place` is the rank of each cell in its layer. `share` is its rank relative to the middle.
    """

    def __init__(self, cells: Cells, layers: Layers):
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

        Neighbors on the other side have the weight `lean`. If a cell has only such neighbors, as a
        leaf has, they alone decide.
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
        """Swap neighbors for which `may` is true, if that undoes at least `least` crossings."""
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
            for cell in _crossing(layer, left, right):
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
        # A cell that crosses too many edges on its way will not make up for them farther on.
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
                    if end >= farthest:  # crosses none; a shortcut, because most edges do not
                        seen.append(farthest := end)
                    else:
                        total += len(seen) - bisect_right(seen, end)
                        insort(seen, end)
        return total


def _crossing(
    layer: Sequence[int], left: Mapping[int, list[int]], right: Mapping[int, list[int]]
) -> list[int]:
    """Return the cells with an edge that crosses an edge of another cell, from top to bottom."""
    found: set[int] = set()
    for ranks in (left, right):
        lowest = -1
        for cell in layer:
            if ranks[cell]:
                if ranks[cell][0] < lowest:
                    found.add(cell)
                lowest = max(lowest, ranks[cell][-1])
        highest = len(ranks) + lowest
        for cell in reversed(layer):
            if ranks[cell]:
                if ranks[cell][-1] > highest:
                    found.add(cell)
                highest = min(highest, ranks[cell][0])
    return [cell for cell in layer if cell in found]


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
