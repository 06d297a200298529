"""Why a number is wrong: the slips that lead to it, its correct working, earlier mistakes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from .book import Book
from .consequences import causes_of, sources
from .definitions import label
from .equal_numbers import other_ways
from .expected import Expected
from .fingerprints import Fingerprints
from .intervals import Interval
from .rounding import Habit, Recomputations, judge_by_rounding
from .segment import Segment
from .slips.evidence import MOST_CHANCE, combine
from .slips.search import Budget, contradicted, slips
from .verdict import Found, Judged, Verdict, follows
from .working import gradient_working, value_working
from .written import Written

_MOST_RIGHT = 3  # right numbers of a line with which its slips are compared
_MOST_SEARCHED = 24  # wrong numbers of a sheet; the slips of further ones are not searched


class Explainer:
    """Explains wrong numbers, and remembers the mistakes of earlier lines.

    Attributes:
        step: the number of the current step, counted from 0.
        habit: how the writer rounds.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.step = 0
        self.habit = Habit()
        self._searched = 0
        self._budget = Budget()
        self._prints = Fingerprints(book.ledger)
        self._recomputations = Recomputations()
        self._first_steps: dict[str, int] = {}  # the step in which each slip was made first
        # The lines that are to blame for a wrong number, by `Expected.key`.
        self._mistakes: dict[object, tuple[int, ...]] = {}

    def rounded_on_the_way(self, expected: Expected, k: int, written: Written) -> Verdict | None:
        """Return a verdict if rounding every operation explains the number, else None."""
        return judge_by_rounding(
            self._segments(expected, k), written, self.habit, self._recomputations
        )

    def carried_otherwise(
        self, expected: Expected, k: int, written: Written
    ) -> tuple[Verdict, tuple[int, ...]] | None:
        """Return a verdict and its causes if a number follows in an indirect way, else None."""
        ledger, cell = self.book.ledger, expected.cells.items[k]
        if ledger.choices_left > 0:
            for way, used in other_ways(self._prints, ledger, expected.sweep, cell):
                verdict = follows(written, expected.sign * way)
                if not verdict.blamed:
                    return verdict, causes_of(ledger, used, self._mistakes)
        return None

    def _segments(self, expected: Expected, k: int) -> list[Segment]:
        """Return a segment for the number, and one for the formula that the writer gave for it."""
        index = next(islice(expected.cells.indices, k, None))
        name = label(expected.name, index) if expected.sweep else expected.name
        cell = expected.cells.items[k]
        segments = [Segment(self.book, cell, expected.sweep, name, index, expected.sign)]
        if expected.working:
            segments.append(Segment(self.book, expected.working.items[k], None, name, index))
        self.book.ledger.spend(sum(len(segment.nodes) for segment in segments))
        return segments

    def explain(
        self, expected: Expected, judged: Sequence[Judged], numbers: Sequence[Written | None]
    ) -> list[Judged]:
        """Return the verdicts on the numbers of one line with slips, workings and causes."""
        explained = list(judged)
        wrong = [k for k, one in enumerate(judged) if one.verdict.blamed and not one.slips]
        if wrong:
            found = combine(self._slips_of_all(expected, {k: numbers[k] for k in wrong}))
            found = self._likeliest_first(expected, found, judged, numbers)
            for k, slips_of_number in zip(wrong, found, strict=True):
                explained[k] = self._with_slips(expected, k, judged[k], slips_of_number)
        return [self._with_causes(expected, k, one) for k, one in enumerate(explained)]

    def _likeliest_first(
        self,
        expected: Expected,
        found: Sequence[list[Found]],
        judged: Sequence[Judged],
        numbers: Sequence[Written | None],
    ) -> list[list[Found]]:
        """Return the slips of each number. Those that a right number refutes come last."""
        certain = {
            one.key for slips_ in found if len(slips_) > 1 for one in slips_ if one.is_certain
        }
        if len(certain) < 2:  # nothing to choose between
            return list(found)
        right = [k for k, one in enumerate(judged) if one.verdict.right][:_MOST_RIGHT]
        against = set[str]()
        for k in right:
            if written := numbers[k]:
                against |= contradicted(self._segments(expected, k)[0], written, certain)
        return [sorted(slips_, key=lambda one: one.key in against) for slips_ in found]

    def explain_formula(
        self, expected: Expected, comes_to: Mapping[int, float], one: Judged
    ) -> Judged:
        """Return the verdict on a wrong formula for a gradient, with its slip and working.

        `comes_to` holds the wrong values of the formula, by index. The verdict is about the first.
        """
        found = []
        for k, number in comes_to.items():
            segment = Segment(
                self.book, expected.cells.items[k], expected.sweep, expected.name, (), expected.sign
            )
            written = Written.read(f"{number:#.10g}")
            found.append(self._search(segment.with_exact_numbers(), written))
            self.note_mistake(expected, k, one.line)
        k = next(iter(comes_to))
        return self._with_causes(expected, k, self._with_slips(expected, k, one, combine(found)[0]))

    def slips_of_numbers(self, expected: Expected, k: int, comes_to: Interval) -> list[Found]:
        """Return the slips that lead to the value of the substituted numbers.

        The value is an interval. Its middle gets as many digits as the interval determines.
        """
        size = abs(comes_to.middle)
        if not 0 < comes_to.radius < size:
            return []
        digits = max(1, math.floor(math.log10(size / comes_to.radius)))
        written = Written.read(f"{comes_to.middle:#.{digits}g}")
        return combine([self._slips_of(expected, k, written)])[0]

    def note_mistake(self, expected: Expected, k: int, line: int) -> None:
        """Remember that a line computes a number wrongly, before its result is judged."""
        self._mistakes.setdefault(expected.key(k), (line,))

    def _slips_of_all(
        self, expected: Expected, wrong: dict[int, Written | None]
    ) -> list[list[Found]]:
        """Return the slips of each wrong number."""
        return [self._slips_of(expected, k, written) for k, written in wrong.items() if written]

    def _slips_of(self, expected: Expected, k: int, written: Written) -> list[Found]:
        """Return the slips that lead to a number: in the gradient, else in the written formula."""
        for segment in self._segments(expected, k):
            if found := self._search(segment, written):
                return found
        return []

    def _search(self, segment: Segment, written: Written) -> list[Found]:
        self._searched += 1
        if self._searched > _MOST_SEARCHED:
            return []
        return slips(segment, written, self._budget, first=self._first_steps)

    def _with_slips(self, expected: Expected, k: int, one: Judged, found: list[Found]) -> Judged:
        """Return a wrong number with its slips. A slip of an earlier step is no new mistake."""
        likely = (slip for slip in found if slip.chance < MOST_CHANCE)
        again = [slip for slip in likely if self._first_steps.get(slip.key, self.step) < self.step]
        if again:
            return replace(one, verdict=Verdict.CARRIED, slips=(again[0],))
        if found and found[0].is_certain:
            self._first_steps.setdefault(found[0].key, self.step)
        return replace(one, slips=tuple(found), working=self._working(expected, k, one.quantity))

    def _working(self, expected: Expected, k: int, name: str) -> str:
        """Return the correct working, and that of each gradient it uses that was not written."""
        cell = expected.cells.items[k]
        if expected.sweep:
            return gradient_working(expected.sweep, cell, name)
        parts = Segment(self.book, cell, None, name).parts.values()
        gradients = (gradient_working(p.sweep, p.node, p.name) for p in parts if p.sweep)
        return ", where ".join(part for part in (value_working(cell, name), *gradients) if part)

    def _with_causes(self, expected: Expected, k: int, one: Judged) -> Judged:
        """Return a verdict with its causes, the lines of the mistakes that the number rests on."""
        key = expected.key(k)
        if one.verdict.blamed:
            self._mistakes[key] = (one.line,)
        if one.verdict is not Verdict.CARRIED or not self._mistakes:
            return one
        places = sources(self.book.ledger, expected.sweep, expected.cells.items[k])
        found = causes_of(self.book.ledger, places, self._mistakes)
        causes = tuple(sorted({*self._mistakes.get(key, ()), *found, *one.causes}))
        if one.causes:  # the graph has no path to them
            self._mistakes[key] = causes
        return replace(one, causes=causes)
