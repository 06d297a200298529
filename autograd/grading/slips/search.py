"""The search for the slips that give a written number.

A slip's number is predicted by computing the recorded graph with the slip in it. A slip therefore
works on any network.

A search that tries enough slips explains every number. Therefore the chance is counted that one of
the slips tried so far fits any wrong number of this size.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..counterfactual import MOST_NODES, Bench, Edit
from ..verdict import Found, judge, slack
from ..written import Written
from .table import GENERAL, SLIPS

MOST_CHANCE = 0.1  # beyond, chance is as good an explanation, and nothing is said
MOST_LISTED = 5
_MOST_EDITS = 120  # of one number, tried in pairs
_MOST_WORK = 150_000  # operands read for one number, in each search for single slips or for pairs
_MOST_WORK_ON_A_SHEET = 1_500_000  # about two seconds
_WIDEST = 0.01  # relative: what the rounding of earlier lines may blur a prediction by
_BANDS = (2.0, 1.25)  # predictions within these factors of the written number are its neighbors
_CROWDED = 1.5  # wrong numbers lie where predictions crowd, closer than these bands tell; measured
_FARTHEST = 1e15  # in units of the resolution; what is farther away is no neighbor
_SMALLEST = 1e-8  # a zero with more decimals is a zero that was computed, not written
_CANCELLING = ({"sign", "minus"}, {"two-lost", "two-doubled"}, {"mean-forgotten", "mean-twice"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One or two slips at one place, and what they come to."""

    keys: tuple[str, ...]
    sentence: str
    edits: tuple[Edit, ...]


@dataclass
class Budget:
    """How many operands may still be read in all searches of a sheet."""

    left: int = _MOST_WORK_ON_A_SHEET

    def spend(self, operands: int) -> bool:
        """Count operands; return whether there were any left."""
        self.left -= operands
        return self.left > 0


def slips(bench: Bench, written: Written, budget: Budget, first: Iterable[str] = ()) -> list[Found]:
    """Return the slips that give the written number, likeliest first, whatever their chance.

    Those with a key in `first` are tried before all others. Two slips together are tried only where
    no single slip fits. A single significant digit is never explained.
    """
    is_zero = not written.value and 0 < written.unit < _SMALLEST  # what a formula comes to
    if len(bench.segment) > MOST_NODES or (written.significant < 2 and not is_zero):
        return []
    search = _Search(bench, written, budget)
    for start in _starts(bench):
        search.run(start, single_slips(start, first))
    if not search.found:
        search.run(bench, _pairs(bench))
    return search.best()


def _starts(bench: Bench) -> list[Bench]:
    """Return the benches to search: the number itself, and its gradient from the output back."""
    return [bench, bench.from_output()] if bench.stops else [bench]


def single_slips(bench: Bench, first: Iterable[str] = ()) -> Iterator[Candidate]:
    early = set(first)
    for row in sorted(SLIPS, key=lambda row: row.key not in early):
        for part in (bench, *bench.parts.values()):
            for edit in row.edits(part):
                yield Candidate((row.key,), row.said(edit.what), (edit,))


def _pairs(bench: Bench) -> Iterator[Candidate]:
    """Yield two slips together, as one whose sentence says both."""
    single = list(itertools.islice(single_slips(bench), _MOST_EDITS))
    for one, two in itertools.combinations(single, 2):
        if one.keys != two.keys and {*one.keys, *two.keys} not in _CANCELLING:
            sentence = f"{one.sentence}, and {two.sentence}"
            yield Candidate((*one.keys, *two.keys), sentence, one.edits + two.edits)


@dataclass
class _Search:
    """Tries candidates and keeps those that fit, with what chance explains so far.

    Attributes:
        found: the slips that give the number in its digits, then those that nearly do.
        near: the different predictions, in units of the resolution of the written number.
        tried: how many predictions there were, and how many of them are 0.
    """

    bench: Bench
    written: Written
    budget: Budget
    found: list[tuple[int, Found]] = field(default_factory=list)
    near: set[int] = field(default_factory=set)
    tried: Counter[bool] = field(default_factory=Counter)

    def run(self, bench: Bench, candidates: Iterator[Candidate]) -> None:
        """Try candidates on the writer's own numbers and on the exact ones."""
        rights = [(base, bench.predict((), base)) for base in bench.bases]
        resolution = self._resolution(bench)
        for candidate in itertools.islice(candidates, _MOST_WORK // bench.size):
            if not self.budget.spend(bench.size * len(rights)):
                return
            for base, right in rights:
                predicted = bench.predict(candidate.edits, base)
                if math.isfinite(predicted) and abs(predicted - right) > resolution / 2:
                    self._weigh(candidate, predicted, resolution)

    def _resolution(self, bench: Bench) -> float:
        """Return how far from the written number a prediction still counts as fitting."""
        allowed, size = bench.allowed, abs(self.written.number)
        middle = abs(allowed.middle)
        blur = min(allowed.radius / middle, _WIDEST) if middle > 0 else 0.0
        return max(float(self.written.unit), size * 1e-12, 2 * blur * size)

    def _weigh(self, candidate: Candidate, predicted: float, resolution: float) -> None:
        if abs(predicted) < _FARTHEST * resolution:
            self.near.add(round(predicted / resolution))
        self.tried[predicted == 0] += 1
        rank = _fit(self.written, predicted, resolution)
        if rank is not None:
            key = "+".join(candidate.keys)
            width = 2 * resolution if rank else float(self.written.unit)
            chance = self._chance(resolution, width) if self.written.value else 0.0
            self.found.append((rank, Found(key, candidate.sentence, predicted, chance)))

    def _chance(self, resolution: float, width: float) -> float:
        """Return how likely one of the predictions so far fits a number like the written one.

        It is the share of the numbers nearby that some prediction covers with a window of `width`,
        in the wider or the narrower neighborhood, whichever is more crowded.
        """
        size = abs(self.written.number)
        crowds = []
        for factor in _BANDS:
            ends = sorted((self.written.number / factor, self.written.number * factor))
            count = sum(ends[0] < place * resolution < ends[1] for place in self.near)
            crowds.append(count / (size * (factor - 1 / factor)))
        return -math.expm1(-_CROWDED * max(crowds) * width)

    def best(self) -> list[Found]:
        """Return one slip for each key; of those that predict the same, the specific ones."""
        chosen: dict[str, Found] = {}
        ranked = [found for _, found in sorted(self.found, key=lambda one: one[0])]
        for k, found in enumerate(ranked):
            earlier = (one for one in ranked[:k] if one.key != found.key)
            is_told = any(_same(found.predicted, one.predicted) for one in earlier)
            if not (is_told and found.key in GENERAL):
                chosen.setdefault(found.key, found)
        if self.written.value:
            return list(chosen.values())
        share = self.tried[True] / self.tried.total()  # of all slips, those that give 0
        return [replace(found, chance=share) for found in chosen.values()]


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _fit(written: Written, predicted: float, resolution: float) -> int | None:
    """Return 0 if the prediction is written just so, 1 if rounding may explain it, else None."""
    if judge(written, predicted).ok:
        return 0
    return 1 if abs(written.number - predicted) <= resolution + slack(predicted) else None


def combine(lines: Sequence[Sequence[Found]]) -> list[list[Found]]:
    """Return the slips of several wrong numbers of one line, if possible the same for all.

    A slip that explains them all explains them by chance only if it does so for each different one.

    >>> one, two = Found("sign", "you …", 0.5, 0.2), Found("sign", "you …", -0.3, 0.2)
    >>> [[round(slip.chance, 6) for slip in slips] for slips in combine([[one], [two]])]
    [[0.04], [0.04]]
    """
    common = set.intersection(*({one.key for one in found} for found in lines)) if lines else set()
    if len(lines) > 1 and common:
        chances = {key: dict[float, float]() for key in common}
        for one in itertools.chain.from_iterable(lines):
            if one.key in common:
                chances[one.key][one.predicted] = one.chance
        chance = {key: math.prod(different.values()) for key, different in chances.items()}
        lines = [
            [
                Found(one.key, one.sentence, one.predicted, chance[one.key])
                for one in found
                if one.key in common
            ]
            for found in lines
        ]
    return [[one for one in found if one.chance < MOST_CHANCE][:MOST_LISTED] for found in lines]
