"""Why a number is wrong: the slips that lead to it, its correct working, earlier mistakes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .asked import Asked
from .bench import Bench
from .consequences import causes_of
from .intervals import Interval
from .rounding import Habit, judge_by_rounding
from .scope import Book, labels
from .slips.evidence import MOST_CHANCE, combine
from .slips.search import Budget, slips
from .verdict import Found, Judged, Verdict
from .working import gradient_working, value_working
from .written import Written

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
        self._habits: dict[str, int] = {}  # the step in which each slip was made first
        self._mistakes: dict[object, int] = {}  # lines of wrong numbers, by `Asked.key`

    def rounded_on_the_way(self, asked: Asked, k: int, written: Written) -> Verdict | None:
        """Return a verdict if rounding every operation explains the number, else None."""
        return judge_by_rounding(self._benches(asked, k), written, self.habit)

    def _benches(self, asked: Asked, k: int) -> list[Bench]:
        """Return a bench for the number, and one for the formula that the writer gave for it."""
        index = list(asked.cells.indices)[k]
        name = labels(asked.name, asked.cells)[k] if asked.sweep else asked.name
        cell = asked.cells.items[k]
        benches = [Bench(self.book, cell, asked.sweep, name, index, asked.sign)]
        if asked.working:
            benches.append(Bench(self.book, asked.working.items[k], None, name, index))
        return benches

    def explain(
        self, asked: Asked, judged: Sequence[Judged], numbers: Sequence[Written | None]
    ) -> list[Judged]:
        """Return the verdicts on the numbers of one line with slips, workings and causes."""
        wrong = [k for k, one in enumerate(judged) if one.verdict.blamed and not one.slips]
        found = combine(self._slips_of_all(asked, {k: numbers[k] for k in wrong}))
        slips_of = dict(zip(wrong, found, strict=True))
        return [
            self._with_causes(
                asked, k, self._with_slips(asked, k, one, slips_of[k]) if k in slips_of else one
            )
            for k, one in enumerate(judged)
        ]

    def explain_formula(self, asked: Asked, comes_to: Mapping[int, float], one: Judged) -> Judged:
        """Return the verdict on a wrong formula for a gradient, with its slip and working.

        `comes_to` holds the wrong values of the formula, by index. The verdict is about the first.
        """
        found = []
        for k, number in comes_to.items():
            bench = Bench(self.book, asked.cells.items[k], asked.sweep, asked.name, (), asked.sign)
            written = Written.read(f"{number:#.10g}")
            found.append(self._search(bench.with_exact_numbers(), written))
            self.note_mistake(asked, k, one.line)
        k = next(iter(comes_to))
        return self._with_causes(asked, k, self._with_slips(asked, k, one, combine(found)[0]))

    def slips_of_numbers(self, asked: Asked, k: int, comes_to: Interval) -> list[Found]:
        """Return the slips that lead to the value of the substituted numbers."""
        size = abs(comes_to.middle)
        if not 0 < comes_to.radius < size:
            return []
        digits = max(1, math.floor(math.log10(size / comes_to.radius)))
        written = Written.read(f"{comes_to.middle:#.{digits}g}")
        return combine([self._slips_of(asked, k, written)])[0]

    def note_mistake(self, asked: Asked, k: int, line: int) -> None:
        """Remember that a number of a line was computed wrongly before its result was written."""
        self._mistakes.setdefault(asked.key(k), line)

    def _slips_of_all(self, asked: Asked, wrong: dict[int, Written | None]) -> list[list[Found]]:
        """Return the slips of each wrong number."""
        return [self._slips_of(asked, k, written) for k, written in wrong.items() if written]

    def _slips_of(self, asked: Asked, k: int, written: Written) -> list[Found]:
        """Return the slips that lead to a number, in the gradient or else in its formula."""
        for bench in self._benches(asked, k):
            if found := self._search(bench, written):
                return found
        return []

    def _search(self, bench: Bench, written: Written) -> list[Found]:
        self._searched += 1
        if self._searched > _MOST_SEARCHED:
            return []
        return slips(bench, written, self._budget, self._habits)

    def _with_slips(self, asked: Asked, k: int, one: Judged, found: list[Found]) -> Judged:
        """Return a wrong number with its slips. A slip of an earlier step is no new mistake."""
        likely = (slip for slip in found if slip.chance < MOST_CHANCE)
        again = [slip for slip in likely if self._habits.get(slip.key, self.step) < self.step]
        if again:
            return replace(one, verdict=Verdict.CARRIED, slips=(again[0],))
        if found and found[0].is_certain:
            self._habits.setdefault(found[0].key, self.step)
        return replace(one, slips=tuple(found), working=self._working(asked, k, one.quantity))

    def _working(self, asked: Asked, k: int, name: str) -> str:
        """Return the correct working, with that of the gradients that the writer left out."""
        cell = asked.cells.items[k]
        if asked.sweep:
            return gradient_working(asked.sweep, cell, name)
        inside = Bench(self.book, cell, None, name).parts
        gradients = (gradient_working(b.sweep, b.node, b.name) for b in inside.values() if b.sweep)
        return ", where ".join(part for part in (value_working(cell, name), *gradients) if part)

    def _with_causes(self, asked: Asked, k: int, one: Judged) -> Judged:
        """Return a verdict with the lines of the mistakes that the number rests on."""
        key = asked.key(k)
        if one.verdict.blamed:
            self._mistakes[key] = one.line
        if one.verdict is not Verdict.CARRIED or not self._mistakes:
            return one
        found = causes_of(self.book.ledger, asked.sweep, asked.cells.items[k], self._mistakes)
        own = {self._mistakes[key]} if key in self._mistakes else set()
        return replace(one, causes=tuple(sorted(own.union(found))))
