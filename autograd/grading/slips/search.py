"""The search for the slips that lead to a written number.

For each slip, the recorded graph is computed again with the slip in it. If the result is the
written number, the slip explains it. This works for any network.

If enough slips are tried, one of them fits by chance. The search therefore estimates the
probability that one of the slips tried so far fits a random number of this size. This probability
is called the chance of a slip.
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

_MOST_EDITS = 120  # For one number, at most this many edits are combined into pairs.
# The predictions of one run read at most this many operands of each kind: the writer's own numbers,
# and the exact ones.
_MOST_WORK = 150_000
# All searches on a sheet together read at most this many operands, in about two seconds.
_MOST_WORK_ON_A_SHEET = 1_500_000
_WIDEST = 0.01  # the largest relative error that the rounding of earlier lines is assumed to cause
# A neighborhood reaches from the written number divided by this factor to the number times it.
_BANDS = (2.0, 1.25)
_FARTHEST = 1e15  # Predictions of this many units of the resolution, or more, are not in `near`.
# The least chance for a number of one digit. It is so high that no slip is named from that number
# alone.
_CHANCE_OF_ONE_DIGIT = 0.2
_MOST_DIGITS = 12  # of a written number; those of a float are reliable this far
_SMALLEST = 1e-8  # Predictions up to this size count as 0; also the resolution of a written zero.
_ORDER = {row.key: place for place, row in enumerate(SLIPS)}
_CANCELLING = (  # pairs of slips that lead back to the right number, and are not tried
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
    if no single slip fits.

    A written 0 that is not evidence (see `is_told_zero`) gives its slips the chance 1, so none is
    named from it alone. It can only confirm the slip of another number in its line. A number with a
    single significant digit proves hardly more.
    """
    if segment.is_too_large:
        return []
    search = _Search(segment, written, budget)
    for start in _starts(segment):
        start.digits = min(written.significant, _MOST_DIGITS)
        search.run(start, single_slips(start, first))
        if search.found:
            break
    if not search.found and written.value:
        search.run(segment, _pairs(segment))
    return search.best()


def contradicted(segment: Segment, written: Written, keys: Iterable[str]) -> set[str]:
    """Return the slips that a right number speaks against, because they would have changed it.

    General slips are left out. A specific slip is usually made at every number of a line, but a
    general one only once.
    """
    found = set()
    for row in SLIPS:
        edits = row.edits(segment) if row.key in keys and not row.is_general else ()
        predicted = [segment.predict((edit,), segment.numbers[0]) for edit in edits]
        if predicted and not any(judge(written, x).right for x in predicted if math.isfinite(x)):
            found.add(row.key)
    return found


def _starts(segment: Segment) -> list[Segment]:
    """Return the segment, and, if it stops before the output, one that starts at the output."""
    return [segment, segment.from_output()] if segment.stops else [segment]


def single_slips(segment: Segment, first: Iterable[str] = ()) -> Iterator[Candidate]:
    """Yield every slip at every place, first those with a key in `first`, in the table's order."""
    early = set(first)
    for row in sorted(SLIPS, key=lambda row: row.key not in early):
        for part in (segment, *segment.parts.values()):
            for edit in row.edits(part):
                yield Candidate((row.key,), row.said(edit.what), (edit,))


def _pairs(segment: Segment) -> Iterator[Candidate]:
    """Yield candidates of two specific slips each. Their sentences name both slips."""
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
        segment: the segment of the written number.
        written: the written number.
        budget: the number of operands that may still be read on this sheet.
        found: the slips that fit, each with its rank. The rank is 0 if the slip leads to the
            written digits, and 1 if it nearly does.
        near: the different predictions, rounded to multiples of the resolution.
        tried: how many predictions are 0 (key True) and how many are not (key False).
        is_zero: whether the written number is a 0 that counts as evidence, see `is_told_zero`.
    """

    segment: Segment
    written: Written
    budget: Budget
    found: list[tuple[int, Found]] = field(default_factory=list)
    near: set[int] = field(default_factory=set)
    tried: Counter[bool] = field(default_factory=Counter)
    is_zero: bool = False

    def run(self, segment: Segment, candidates: Iterator[Candidate]) -> None:
        """Try candidates with the writer's own numbers and with the exact ones."""
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
        """Return the largest distance from the written number at which a prediction fits."""
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
        if rank and candidate.keys in (("copied",), ("digits",)):
            rank = None  # because the pen writes exactly the digits of another number
        if rank is not None:
            key = "+".join(candidate.keys)
            width = 2 * resolution if rank else self._width(len(candidate.keys))
            # A choice is always named. A written zero keeps 1 here; `best` may replace it.
            chance = 0.0 if key in _CHOICES else 1.0
            if chance and self.written.value:
                is_negative = _same(predicted, -right) and len(candidate.keys) == 1
                chance = self._chance(resolution, width, alone=is_negative)
                chance = max(chance, _CHANCE_OF_ONE_DIGIT * (self.written.significant < 2))
            found = Found(key, candidate.sentence, predicted, chance)
            self.found.append((rank, found))

    def _width(self, slips: int) -> float:
        """Return the distance between numbers that the written digits can tell apart.

        For a pair of slips, final zeros do not count as written digits. If the given numbers are
        round, many pairs lead to round numbers.
        """
        return float(self.written.unit if slips == 1 else self.written.last_place)

    def _chance(self, resolution: float, width: float, *, alone: bool) -> float:
        """Return the probability that one of the predictions so far fits a random number nearby.

        A prediction fits all numbers in a window of this width. The density of predictions is
        computed in a wide and in a narrow neighborhood of the written number. The larger density
        is used.

        With `alone`, no other prediction is counted. This is for the negative of the right number,
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
        """Return one slip for each key, of the lowest rank, in the order of the table.

        A general slip is left out if a specific one, or two general ones, predict the same number.
        If the written number is a zero that counts as evidence, the chance of every slip is the
        share of predictions that are 0.
        """
        chosen: dict[str, Found] = {}
        ranked = sorted(self.found, key=lambda one: one[0])
        for k, (_, found) in enumerate(ranked):
            same = {o.key for _, o in ranked[:k] if _same(found.predicted, o.predicted)}
            is_explained = same - GENERAL - {found.key} or len(same.intersection(chosen)) > 1
            is_repeated = any(one.sentence == found.sentence for one in chosen.values())
            if not (is_repeated or (is_explained and found.key in GENERAL)):
                chosen.setdefault(found.key, found)
        best = sorted(chosen.values(), key=lambda one: _ORDER.get(one.key, 0))
        if not self.is_zero:
            return best
        share = self.tried[True] / self.tried.total()
        return [replace(found, chance=share) for found in best]


def is_told_zero(number: Written, right: float) -> bool:
    """Whether a written zero is evidence: a bare 0, or one with enough decimals.

    The decimals are enough if the right number is more than 100 units of the last decimal place.
    Nobody rounds such a number to this zero.
    """
    return not number.value and (number.text.strip("+-−") == "0" or number.unit < abs(right) / 100)


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _fit(written: Written, predicted: float, resolution: float) -> int | None:
    """Return 0 if the prediction has the written digits, 1 if it nearly has, else None."""
    if not abs(written.number - predicted) <= resolution + slack(predicted, resolution):
        return None
    return 0 if judge(written, predicted).ok else 1
