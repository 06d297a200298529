"""The search for the slips that give a written number.

A slip's number is predicted by computing the recorded graph with the slip in it. A slip therefore
works on any network.

A search that tries enough slips explains every number. Therefore the chance is counted that one of
the slips tried so far fits any wrong number of this size.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..counterfactual import MOST_NODES, Bench, Edit
from ..verdict import Found, Judged, judge, slack
from ..written import Written
from .table import SLIPS

MOST_CHANCE = 0.1  # beyond, chance is as good an explanation, and nothing is said
MOST_LISTED = 5
_MOST_EDITS = 120  # of one number, tried in pairs
_MOST_WORK = 150_000  # operands read for one number, in each search for single slips or for pairs
_MOST_WORK_ON_A_SHEET = 1_500_000  # about two seconds
_WIDEST = 0.01  # relative: what the rounding of earlier lines may blur a prediction by
_BANDS = (2.0, 1.25)  # predictions within these factors of the written number are its neighbors
_FARTHEST = 1e15  # in units of the resolution; what is farther away is no neighbor
_SMALLEST = 1e-8  # a zero with more decimals was computed by a formula, not written
_INDEX = re.compile(r"\[[\d,]+\](?! instead of)")
_CANCELLING = ({"sign", "minus"}, {"two-lost", "two-doubled"}, {"mean-forgotten", "mean-twice"})
_GENERAL = frozenset(row.key for row in SLIPS if row.is_general)


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
    no single slip fits. Chance may explain every zero and every single significant digit. Such a
    number can only confirm what explains another number of its line.
    """
    if len(bench.segment) > MOST_NODES:
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
    """Yield two specific slips together, as one whose sentence says both."""
    specific = (one for one in single_slips(bench) if one.keys[0] not in _GENERAL)
    single = list(itertools.islice(specific, _MOST_EDITS))
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
        unit = float(self.written.unit) if size else _SMALLEST  # a zero is given by a zero
        return max(unit, size * 1e-12, 2 * blur * size)

    def _weigh(self, candidate: Candidate, predicted: float, resolution: float) -> None:
        if abs(predicted) < _FARTHEST * resolution:
            self.near.add(round(predicted / resolution))
        self.tried[predicted == 0] += 1
        rank = _fit(self.written, predicted, resolution)
        if rank is not None:
            key = "+".join(candidate.keys)
            width = 2 * resolution if rank else self._width(len(candidate.keys))
            chance = self._chance(resolution, width) if self.written.significant > 1 else 1.0
            self.found.append((rank, Found(key, candidate.sentence, predicted, chance)))

    def _width(self, slips: int) -> float:
        """Return how far apart the numbers are that may be told from the written one.

        Zeros at its end do not tell two slips from chance, because there are many pairs, and with
        simple numbers all of them give simple numbers.
        """
        return float(self.written.unit if slips == 1 else self.written.last_place)

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
        return -math.expm1(-max(crowds) * width)

    def best(self) -> list[Found]:
        """Return one slip for each key; of those that predict the same, the specific ones."""
        chosen: dict[str, Found] = {}
        ranked = [found for _, found in sorted(self.found, key=lambda one: one[0])]
        for k, found in enumerate(ranked):
            earlier = (one for one in ranked[:k] if one.key != found.key)
            is_told = any(_same(found.predicted, one.predicted) for one in earlier)
            if not (is_told and found.key in _GENERAL):
                chosen.setdefault(found.key, found)
        if self.written.value or not is_computed_zero(self.written):
            return list(chosen.values())
        share = self.tried[True] / self.tried.total()  # of all slips, those that give 0
        return [replace(found, chance=share) for found in chosen.values()]


def is_computed_zero(number: Written) -> bool:
    """Whether a zero is what a formula comes to, with more decimals than a person writes."""
    return not number.value and 0 < number.unit < _SMALLEST


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _fit(written: Written, predicted: float, resolution: float) -> int | None:
    """Return 0 if the prediction is written just so, 1 if rounding may explain it, else None."""
    if not abs(written.number - predicted) <= resolution + slack(predicted):
        return None
    return 0 if judge(written, predicted).ok else 1


def _common_sentence(lines: Sequence[Sequence[Found]], key: str) -> str:
    """Return what is said of all numbers of a vector: "at a" for "at a[1]" and "at a[2]"."""
    sentences = {one.sentence for found in lines for one in found if one.key == key}
    shorter = {_INDEX.sub("", sentence) for sentence in sentences}
    return shorter.pop() if len(shorter) == 1 < len(sentences) else ""


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
        said = {key: _common_sentence(lines, key) for key in common}
        lines = [
            [
                replace(one, sentence=said[one.key] or one.sentence, chance=chance[one.key])
                for one in found
                if one.key in common
            ]
            for found in lines
        ]
    return [[one for one in found if one.chance < MOST_CHANCE][:MOST_LISTED] for found in lines]


def share_evidence(lines: Sequence[Judged]) -> list[Judged]:
    """Return verdicts in which a slip made in several lines has the chance to fit all of them."""
    chances: dict[str, dict[int, Found]] = {}
    for one in lines:
        for slip in one.slips if one.verdict.blamed else ():
            earlier = chances.setdefault(_identity(slip), {})
            if all(slip.predicted != other.predicted for other in earlier.values()):
                earlier.setdefault(one.line, slip)
    joint = {key: math.prod(s.chance for s in slips.values()) for key, slips in chances.items()}

    def shared(slip: Found) -> Found:
        return replace(slip, chance=min(slip.chance, joint.get(_identity(slip), slip.chance)))

    return [
        replace(one, slips=tuple(map(shared, one.slips))) if one.slips else one for one in lines
    ]


def _identity(slip: Found) -> str:
    """Return what tells a slip from others: of a general one also the numbers that it names."""
    return slip.sentence if slip.key in _GENERAL else slip.key
