"""The order of the cells in each layer, and the moves that undo crossings of edges."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence

from .cells import Cells

Layers = list[list[int]]
_Key = tuple[tuple[float, int], ...]

_SIFTING = 50_000
"""About how many places are tried when single cells are moved. It limits how far they move."""
_MOST_ADDED_CROSSINGS = 2
"""How many crossings per edge a cell may add on its way to a better place."""
_ALMOST_NOTHING = 1e-3
"""The weight, in place of 0, of the neighbors on the far side.

It is so small that they decide only the places of cells without other neighbors.
"""


class LayerOrder:
    """The layers, which are reordered in place.

    `place` is the rank of each cell in its layer. `offset` is its rank relative to the middle.
    """

    def __init__(self, cells: Cells, layers: Layers):
        self.cells = cells
        self.layers = layers
        self.place = [0] * len(cells.height)
        self.offset = [0.0] * len(cells.height)
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
            self.offset[cell] = rank - middle

    def sweep(self, *, rightwards: bool, lean: float) -> None:
        """Sort every layer by the mean offset of each cell's neighbors.

        Neighbors on the side that the sweep comes from have the weight 1, and those on the other
        side the weight `lean`. If a cell has only neighbors on the other side, they alone decide.
        """
        near, far = self.cells.before, self.cells.after
        if not rightwards:
            near, far = far, near
        offset, weight = self.offset, lean or _ALMOST_NOTHING
        for layer in self.layers if rightwards else reversed(self.layers):
            for cell in layer:
                here, away = near[cell], far[cell]
                if here or away:
                    total = sum([offset[o] for o in here]) + weight * sum([offset[o] for o in away])
                    offset[cell] = total / (len(here) + weight * len(away))
            layer.sort(key=self._group_key(layer) if self.grouped else offset.__getitem__)
            self._note(layer)

    def _group_key(self, layer: Sequence[int]) -> Callable[[int], _Key]:
        """Return a sort key that keeps the cells of a group together.

        Groups with the same parent stay in the order of their numbers.
        """
        lineage, home, offset = self.cells.nesting.lineage, self.cells.home, self.offset
        sums: dict[int, list[float]] = {}
        for cell in layer:
            for group in lineage[home[cell]]:
                sums.setdefault(group, []).append(offset[cell])
        mean = {group: sum(offsets) / len(offsets) for group, offsets in sums.items()}
        siblings: dict[tuple[int, ...], list[int]] = {}
        for group in sorted(mean):
            siblings.setdefault(lineage[group][:-1], []).append(group)
        for family in siblings.values():  # give its means to its groups in ascending order
            mean.update(zip(family, sorted([mean[group] for group in family]), strict=True))
        return lambda cell: (
            *((mean[group], group) for group in lineage[home[cell]]),
            (offset[cell], -1),  # -1 as the number of a group, so that the pairs compare
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
        for _ in range(8):  # at most eight rounds, to limit the time
            swapped: set[int] = set()
            for row in rows:
                one, two = layer[row], layer[row + 1]
                if home[one] != home[two] or not (may is None or may(one, two)):
                    continue
                # If no edges of the two cross, a swap undoes no crossing.
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
        least = -_MOST_ADDED_CROSSINGS * (len(mine_left) + len(mine_right))
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
        largest = -1
        for cell in layer:
            if ranks[cell]:
                if ranks[cell][0] < largest:
                    found.add(cell)
                largest = max(largest, ranks[cell][-1])
        smallest = len(ranks) + largest  # not less than any rank
        for cell in reversed(layer):
            if ranks[cell]:
                if ranks[cell][-1] > smallest:
                    found.add(cell)
                smallest = min(smallest, ranks[cell][0])
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
    # An end crosses the smaller lower ends now, and would cross the larger ones after the swap.
    return sum([bisect_left(lower, end) + bisect_right(lower, end) - len(lower) for end in upper])
