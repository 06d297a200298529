"""The nesting of groups."""

from __future__ import annotations

from collections.abc import Sequence

from .records import Group

NONE = -1
"""Stands for the group of a box that is in no group."""


class Nesting:
    """The tree of groups.

    Attributes:
        kept: the groups that are not dropped.
        home: the innermost group of each box, or NONE.
        lineage: for each group, the groups around it and itself, the outermost first.
            ``lineage[NONE]`` is empty.
        inside: for each group, how many levels of groups are nested inside it.
    """

    def __init__(
        self, box_count: int, groups: Sequence[Group], dropped: frozenset[int] = frozenset()
    ):
        self.groups = groups
        self.kept = tuple(g for g in range(len(groups)) if g not in dropped)
        self.lineage = _lineages(groups, dropped)
        self.home = [NONE] * box_count
        for index, group in enumerate(groups):
            line = self.lineage[index]
            for box in group.members:
                self.home[box] = line[-1] if line else NONE
        self.inside = _inside(len(groups), self.lineage)

    def parting(self, first: int, second: int) -> tuple[int, int]:
        """Return, for two boxes with these homes, the outermost group that holds only that box.

        For a box without such a group, it is NONE.
        """
        one, two = self.lineage[first], self.lineage[second]
        if one == two:
            return NONE, NONE
        depth = 0
        while depth < len(one) and depth < len(two) and one[depth] == two[depth]:
            depth += 1
        return (
            one[depth] if depth < len(one) else NONE,
            two[depth] if depth < len(two) else NONE,
        )


def _lineages(groups: Sequence[Group], dropped: frozenset[int]) -> list[tuple[int, ...]]:
    lineages: list[tuple[int, ...]] = []
    for index, group in enumerate(groups):  # A parent precedes its inner groups.
        above = () if group.parent is None else lineages[group.parent]
        lineages.append(above if index in dropped else (*above, index))
    return [*lineages, ()]


def _inside(group_count: int, lineages: Sequence[tuple[int, ...]]) -> list[int]:
    """Return, for each group, how many levels of groups are nested inside it.

    The paddings of nested frames add up.
    """
    deep = [0] * group_count
    for line in lineages:
        for steps, group in enumerate(reversed(line)):
            deep[group] = max(deep[group], steps)
    return deep
