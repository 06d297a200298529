"""The search for the slips that lead to a written number.

For each slip, the recorded graph is computed again with the slip in it. If the result is the
written number, the slip explains it. This works for any network.

If enough slips are tried, one of them fits by chance. The search therefore estimates the
probability that one of the slips tried so far fits a random number of this size.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..counterfactual import Edit
from ..segment import Segment
from ..verdict import Found, judge, slack
from ..written import Written
from .table import SLIPS

_MOST_EDITS = 120  # edits of one number that are tried in pairs
_MOST_WORK = 150_000  # operands read in one search, for single slips or for pairs
_MOST_WORK_ON_A_SHEET = 1_500_000  # about two seconds
_WIDEST = 0.01  # the largest relative error of a prediction by the rounding of earlier lines
_BANDS = (2.0, 1.25)  # a neighborhood ends at the written number times, or by, this factor
_FARTHEST = 1e15  # in units of the resolution; larger predictions are not counted
_CHANCE_OF_ONE_DIGIT = 0.2  # large enough that such a number alone never has a slip named
_SMALLEST = 1e-8  # a zero with more decimals was computed by a formula, not written
_ORDER = {row.key: place for place, row in enumerate(SLIPS)}
_CANCELLING = (  # pairs of slips that lead back to the right number
    {"sign", "minus"},
    {"two-lost", "two-doubled"},
    {"two-lost", "two-twice"},
    {"mean-forgotten", "mean-twice"},
)
GENERAL = frozenset(row.key for row in SLIPS if row.is_general)
_CHOICES = frozenset(row.key for row in SLIPS if row.is_choice)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One or two slips at one place, and the edits that they stand for."""

    keys: tuple[str, ...]
    sentence: str
    edits: tuple[Edit, ...]


@dataclass
class Budget:
    """The number of operands that the searches of a sheet may still read."""

    left: int = _MOST_WORK_ON_A_SHEET

    def spend(self, operands: int) -> bool:
        """Subtract operands from the budget, and return whether any are left."""
        self.left -= operands
        return self.left > 0


def slips(
    segment: Segment, written: Written, budget: Budget, first: Iterable[str] = ()
) -> list[Found]:
    """Return the slips that lead to the written number, likeliest first, whatever their chance.

    The slips with a key in `first` are tried before all others. Two slips together are tried only
    if no single slip fits. A short zero can only confirm the slip of another number in its line, so
    its slips have the chance 1. A single significant digit proves hardly more.
    """
    if segment.is_too_large:
        return []
    search = _Search(segment, written, budget)
    for start in _starts(segment):
        search.run(start, single_slips(start, first))
        search.starts += 1
        if search.found:
            break
    if not search.found and written.value:
        search.run(segment, _pairs(segment))
    return search.best()


def contradicted(segment: Segment, written: Written, keys: Iterable[str]) -> set[str]:
    """Return the slips that a right number speaks against, because they would have changed it.

    A specific slip is usually made at every number of a line, a general one only once.
    """
    found = set()
    for row in SLIPS:
        edits = row.edits(segment) if row.key in keys and not row.is_general else ()
        predicted = [segment.predict((edit,), segment.numbers[0]) for edit in edits]
        if predicted and not any(judge(written, x).right for x in predicted if math.isfinite(x)):
            found.add(row.key)
    return found


def _starts(segment: Segment) -> list[Segment]:
    """Return the segment of the number, and for a gradient the one that goes on to the output."""
    return [segment, segment.from_output()] if segment.stops else [segment]


def single_slips(segment: Segment, first: Iterable[str] = ()) -> Iterator[Candidate]:
    """Yield every slip at every place, in the order of the table, those in `first` before."""
    early = set(first)
    for row in sorted(SLIPS, key=lambda row: row.key not in early):
        for part in (segment, *segment.parts.values()):
            for edit in row.edits(part):
                yield Candidate((row.key,), row.said(edit.what), (edit,))


def _pairs(segment: Segment) -> Iterator[Candidate]:
    """Yield candidates of two specific slips, whose sentence names both."""
    specific = (one for one in single_slips(segment) if one.keys[0] not in GENERAL)
    single = list(itertools.islice(specific, _MOST_EDITS))
    for one, two in itertools.combinations(single, 2):
        if one.keys != two.keys and {*one.keys, *two.keys} not in _CANCELLING:
            sentence = f"{one.sentence}, and {two.sentence}"
            yield Candidate((*one.keys, *two.keys), sentence, one.edits + two.edits)


@dataclass
class _Search:
    """Tries candidates, and keeps those that fit with their chance.

    Attributes:
        found: the slips that fit, each with its rank. The rank is 0 if the slip leads to the
            written digits, and 1 if it nearly does. It is 2 higher in a segment to the output.
        near: the different predictions, in units of the resolution of the written number.
        tried: how many predictions are 0 (key True) and how many are not (key False).
        is_zero: whether the written number is a 0 that proves something.
        starts: the segments that were searched.
    """

    segment: Segment
    written: Written
    budget: Budget
    found: list[tuple[int, Found]] = field(default_factory=list)
    near: set[int] = field(default_factory=set)
    tried: Counter[bool] = field(default_factory=Counter)
    is_zero: bool = False
    starts: int = 0

    def run(self, segment: Segment, candidates: Iterator[Candidate]) -> None:
        """Try candidates on the writer's own numbers and on the exact ones."""
        rights = [(numbers, segment.predict((), numbers)) for numbers in segment.numbers]
        self.is_zero = self.is_zero or is_told_zero(self.written, rights[-1][1])
        resolution = self._resolution(segment)
        for candidate in itertools.islice(candidates, _MOST_WORK // segment.size):
            if not self.budget.spend(segment.size * len(rights)):
                return
            for numbers, right in rights:
                predicted = segment.predict(candidate.edits, numbers)
                if math.isfinite(predicted) and abs(predicted - right) > resolution / 2:
                    self._weigh(candidate, predicted, resolution, right)

    def _resolution(self, segment: Segment) -> float:
        """Return how far a prediction that fits may be from the written number."""
        allowed, size = segment.allowed, abs(self.written.number)
        middle = abs(allowed.middle)
        blur = min(allowed.radius / middle, _WIDEST) if middle > 0 else 0.0
        unit = float(self.written.unit) if size else _SMALLEST
        return max(unit, size * 1e-12, 2 * blur * size)

    def _weigh(
        self, candidate: Candidate, predicted: float, resolution: float, right: float
    ) -> None:
        if abs(predicted) < _FARTHEST * resolution:
            self.near.add(round(predicted / resolution))
        self.tried[abs(predicted) <= _SMALLEST] += 1
        rank = _fit(self.written, predicted, resolution)
        if rank and candidate.keys == ("copied",):
            rank = None  # because a copy has the digits of what is copied
        if rank is not None:
            key = "+".join(candidate.keys)
            width = 2 * resolution if rank else self._width(len(candidate.keys))
            chance = 0.0 if key in _CHOICES else 1.0  # 1 is kept for a zero
            if chance and self.written.value:
                is_negative = _same(predicted, -right) and len(candidate.keys) == 1
                chance = self._chance(resolution, width, alone=is_negative)
                chance = max(chance, _CHANCE_OF_ONE_DIGIT * (self.written.significant < 2))
            found = Found(key, candidate.sentence, predicted, chance)
            self.found.append((rank + 2 * self.starts, found))

    def _width(self, slips: int) -> float:
        """Return the distance between numbers that can be told apart by the written digits.

        For a pair of slips, final zeros do not count, because many pairs lead to round numbers if
        the given numbers are round.
        """
        return float(self.written.unit if slips == 1 else self.written.last_place)

    def _chance(self, resolution: float, width: float, *, alone: bool) -> float:
        """Return the probability that one of the predictions so far fits a random number nearby.

        A prediction fits the numbers in a window of this width. The density of predictions is taken
        in a wide and in a narrow neighborhood of the written number, and the larger one counts.
        With `alone`, only this prediction counts. This is for the negative of the right number,
        because everybody looks for a lost minus sign first.
        """
        size = abs(self.written.number)
        crowds = []
        for factor in _BANDS[:1] if alone else _BANDS:
            ends = sorted((self.written.number / factor, self.written.number * factor))
            count = sum(ends[0] < place * resolution < ends[1] for place in self.near)
            crowds.append((1 if alone else count) / (size * (factor - 1 / factor)))
        return -math.expm1(-max(crowds) * width)

    def best(self) -> list[Found]:
        """Return one slip for each key, in the order of the table.

        A general slip is left out if a specific one, or two general ones, predict the same number.
        """
        chosen: dict[str, tuple[int, Found]] = {}
        ranked = sorted(self.found, key=lambda one: one[0])
        for k, (rank, found) in enumerate(ranked):
            same = {o.key for _, o in ranked[:k] if _same(found.predicted, o.predicted)}
            is_explained = same - GENERAL - {found.key} or len(same.intersection(chosen)) > 1
            is_repeated = any(one.sentence == found.sentence for _, one in chosen.values())
            if not (is_repeated or (is_explained and found.key in GENERAL)):
                chosen.setdefault(found.key, (rank // 2, found))
        in_order = sorted(chosen.values(), key=lambda one: (one[0], _ORDER.get(one[1].key, 0)))
        best = [found for _, found in in_order]
        if not self.is_zero:
            return best
        share = self.tried[True] / self.tried.total()  # the share of slips that lead to 0
        return [replace(found, chance=share) for found in best]


def is_told_zero(number: Written, right: float) -> bool:
    """Whether a written zero is evidence: a bare 0, or one with enough decimals.

    Nobody rounds a number that is far from 0 to such a zero.
    """
    return not number.value and (number.text.strip("+-−") == "0" or number.unit < abs(right) / 100)


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _fit(written: Written, predicted: float, resolution: float) -> int | None:
    """Return 0 if the prediction has the written digits, 1 if it nearly has, else None."""
    if not abs(written.number - predicted) <= resolution + slack(predicted, resolution):
        return None
    return 0 if judge(written, predicted).ok else 1
