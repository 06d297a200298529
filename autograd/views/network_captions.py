"""The words below the columns of a network: one caption for neighbors that belong together.

If two captions would touch, they become one with the name of the blocks around both. If there are
no such blocks, the longer caption is shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from . import text
from .spots import SMALL, Caption
from .unit_parts import Column, Path

_LEAST = 4  # the smallest number of characters of a shortened caption


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """A column in the picture: its left and right edge, the y of its caption, and its row."""

    column: Column
    left: float
    right: float
    y: float
    row: int


def captions_of(places: Sequence[ColumnPlace]) -> list[Caption]:
    """Return the captions of all columns. No two touch, and neighbors have different words."""
    found: list[Caption] = []
    has_inputs = False
    start = 0
    for _, row in groupby(places, key=lambda place: place.row):
        members = list(row)
        captions = []
        for k, place in enumerate(members, start):
            name = place.column.name
            is_told = name and not (name == "inputs" and not place.column.path and has_inputs)
            has_inputs |= name == "inputs"
            if is_told:
                path = place.column.path or (name,)
                reach = place.left, place.right, place.y, place.row
                captions.append(Caption(path, k, k, *reach, place.column.kind))
        start += len(members)
        found += _parted(captions)
    return found


def _joined(captions: list[Caption]) -> Iterator[Caption]:
    """Yield one caption for each run of neighbors of one name."""
    waiting: Caption | None = None
    for caption in captions:
        if waiting and waiting.path == caption.path and waiting.last + 1 == caption.first:
            waiting = _union(waiting, caption, caption.path)
            continue
        if waiting:
            yield waiting
        waiting = caption
    if waiting:
        yield waiting


def _union(before: Caption, after: Caption, path: Path) -> Caption:
    return replace(before, path=path, last=after.last, right=after.right, kind="")


def _parted(captions: list[Caption]) -> list[Caption]:
    """Return the captions of a row, joined and shortened until no two touch."""
    while True:
        captions = list(_joined(captions))
        touching = [k for k, (one, two) in enumerate(pairwise(captions)) if _touch(one, two)]
        if not touching:
            return captions
        k = max(touching, key=lambda k: len(_shared(captions[k], captions[k + 1])))
        shared = _shared(captions[k], captions[k + 1])
        if shared:
            captions[k : k + 2] = [_union(captions[k], captions[k + 1], shared)]
        else:
            longer = max((k, k + 1), key=lambda at: len(captions[at].words))
            shorter = _shortened(captions[longer])
            captions[longer : longer + 1] = [shorter] if shorter else []


def _touch(one: Caption, two: Caption) -> bool:
    # `text.width` is for the widest font, so captions that do not touch have room between them.
    return two.x - one.x < (_width(one) + _width(two)) / 2


def _width(caption: Caption) -> float:
    return text.width(caption.words, SMALL)


def _shared(one: Caption, two: Caption) -> Path:
    """Return the blocks around both captions, or () if they are not neighbors."""
    if one.last + 1 != two.first:
        return ()
    count = 0
    while one.path[count : count + 1] == two.path[count : count + 1] != ():
        count += 1
    return one.path[:count]


def _shortened(caption: Caption) -> Caption | None:
    """Return a caption that is shorter in the first way that applies, or None.

    First the number and the kind of its units are dropped, then all blocks but the innermost. After
    that, an … replaces letters in the middle, which makes it two characters shorter.
    """
    if caption.kind:
        return replace(caption, kind="")
    if len(caption.path) > 1:
        return replace(caption, path=caption.path[-1:])
    letters = len(caption.words) - 2
    if letters < _LEAST:
        return None
    return replace(caption, path=(text.cut_middle(caption.words, letters),))
