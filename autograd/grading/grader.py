"""Marking: every line of a sheet computed, and every number on it judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..engine.value import Value
from ..language.grammar import Derivative, Name, Tree
from ..language.quantity import Quantity
from ..language.tokens import Source
from .claims import Sweep, TooMuchWorkError
from .counterfactual import Bench
from .intervals import Interval
from .judged import Found, Judged
from .lines import Answer, Line, read_answer
from .scope import Book, labels
from .slips.search import slips
from .verdict import claim, equal, fits, verdict_on
from .working import right_working
from .written import Verdict, Written

_MOST_SEARCHED = 12  # mistakes whose slips are looked for


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line asks: the numbers that an answer is about, and where they come from."""

    name: str
    cells: Quantity
    sweep: Sweep | None = None  # for a gradient
    working: Quantity | None = None  # for a gradient with a formula


class Marker:
    """Goes through a sheet line by line, as its reader would.

    Attributes:
        book: the names and the writer's numbers.
        judged: the verdicts so far.
        outputs: what was differentiated, in order.
        moves: change × slope of every number that was updated.
        last_name: what was defined last by a formula and is one number, such as a cost.
    """

    def __init__(self, opposite: Iterable[tuple[str, str]] = ()) -> None:
        self.book = Book()
        self.book.opposite.update(opposite)
        self.judged: list[Judged] = []
        self.last_name = ""
        self.outputs: list[Value] = []
        self.moves: list[float] = []
        self._searched = 0

    def mark(self, lines: Sequence[Line]) -> None:
        """Compute and judge every line.

        Raises:
            WorksheetError: a line cannot be read or computed.
        """
        for line in lines:
            try:
                if line.kind == "step":
                    self.book.next_step()
                elif line.kind == "calculation":
                    self._calculate(line)
            except TooMuchWorkError as error:
                raise line.source.error(str(error), 0) from None

    def _calculate(self, line: Line) -> None:
        answer = read_answer(line)
        asked = self._asked(line)
        if asked.working is not None:
            self._judge_working(line, asked)
        if answer is not None:
            self.answer(asked, answer, line.source)

    # --- what a line asks -------------------------------------------------------------------------

    def _asked(self, line: Line) -> Asked:
        assert line.target
        tree = self.book.parse(line.source, line.target)
        if isinstance(tree, Derivative):
            return self._gradient(tree, line)
        if line.formula is None:
            return self._recalled(tree, line)
        if not isinstance(tree, Name):
            raise line.source.error(
                "left of = stands the name that is defined, or a derivative dC/dw", tree.place
            )
        formula = self.book.parse(line.source, line.formula)
        cells = self.book.define(tree, formula, line.source)
        if not cells.shape and cells.items[0].parents:
            self.last_name = self.last_name if tree.name.endswith("'") else tree.name
        if tree.name.endswith("'"):
            self._note_moves(tree.name, cells)
        return Asked(tree.name, cells)

    def _note_moves(self, name: str, cells: Quantity) -> None:
        """Note for an update whether each number goes down the slope (below 0) or up it."""
        old = self.book.quantity(name[:-1])
        if old is None or old.shape != cells.shape or not self.outputs:
            return
        slopes = self.book.ledger.sweep(self.outputs[-1])
        self.moves += [
            (new.data - before.data) * slopes.adjoint(before)
            for new, before in zip(cells.items, old.items, strict=True)
        ]

    def _recalled(self, tree: Tree, line: Line) -> Asked:
        """Return what a line without = asks: a name, or any expression."""
        assert line.target
        if isinstance(tree, Name):
            self.book.quantity(tree.name)  # of an earlier step, computed anew
        cells = self.book.evaluate(tree, line.source)
        return Asked(line.part(line.target), cells)

    def _gradient(self, tree: Derivative, line: Line) -> Asked:
        output, cells = self.book.differentiated(tree, line.source)
        self.outputs.append(output)
        working = None
        if line.formula is not None:
            formula = self.book.parse(line.source, line.formula)
            working = self.book.evaluate(formula, line.source)
            if len(working.items) != len(cells.items):
                raise line.source.error(
                    f"{tree} is {cells.kind}, but this formula gives {working.kind}",
                    line.formula[0],
                )
        for label, cell in zip(labels(str(tree), cells), cells.items, strict=True):
            self.book.gradients[label] = self.book.ledger.sweep(output).adjoint(cell)
        return Asked(str(tree), cells, self.book.ledger.sweep(output), working)

    # --- judging ----------------------------------------------------------------------------------

    def _judge_working(self, line: Line, asked: Asked) -> None:
        """Judge a formula for a gradient by what it comes to in exact numbers."""
        assert asked.working and asked.sweep and line.formula
        sign = self._sign(asked)
        pairs = list(zip(asked.working.items, asked.cells.items, strict=True))
        rights = [sign * asked.sweep.adjoint(cell) for cell in asked.cells.items]
        off = [k for k, right in enumerate(rights) if not equal(pairs[k][0].data, right)]
        k = off[0] if off else 0
        working, cell = pairs[k]
        judged = Judged(
            asked.name, "working", line.source.line, line.part(line.formula),
            rights[k], working.data, Verdict.WRONG if off else Verdict.EXACT,
        )  # fmt: skip
        if off:
            bench = Bench(self.book, cell, asked.sweep, asked.name)
            found = self._search(bench, Written.of(float(f"{working.data:.10g}")))
            right = self._right_working(asked, cell, asked.name)
            judged = replace(judged, slips=found, working=right)
        self.judged.append(judged)

    def _sign(self, asked: Asked) -> float:
        top, _, bottom = asked.name.partition("/d")
        return -1.0 if (top[1:], bottom) in self.book.opposite else 1.0

    def answer(self, asked: Asked, answer: Answer, source: Source) -> None:
        """Judge an answer number by number, and note what the writer wrote."""
        count = len(asked.cells.items)
        if len(answer.items) == 1 and answer.items[0] is None:
            answer = Answer(asked.cells.shape, (None,) * count, answer.place)
        if not fits(answer.shape, asked.cells.shape):
            raise source.error(
                f"{asked.name} is {asked.cells.kind}, but this answer is "
                f"{Quantity(answer.shape, ()).kind}",
                answer.place,
            )
        names = labels(asked.name, asked.cells)
        judged = [
            self._judge(asked, k, name, written, source.line)
            for k, (name, written) in enumerate(zip(names, answer.items, strict=True))
        ]
        self._note(asked, answer.items, judged)
        self.judged += self._same_slip(judged)

    def _judge(self, asked: Asked, k: int, name: str, written: Written | None, line: int) -> Judged:
        cell = asked.cells.items[k]
        sign = self._sign(asked)
        exact = sign * (asked.sweep.adjoint(cell) if asked.sweep else cell.data)
        kind = "gradient" if asked.sweep else "value"
        allowed = [sign * part for part in self._allowed(asked, k)]
        middle = allowed[0].middle if math.isfinite(allowed[0].middle) else exact
        if written is None:
            return Judged(name, kind, line, "", exact, middle, Verdict.BLANK)  # type: ignore[arg-type]
        verdict = verdict_on(written, exact, allowed)
        if sign < 0 and not verdict.blamed and verdict is not Verdict.UNTOLD and exact:
            verdict = Verdict.CONVENTION
        found: tuple[Found, ...] = ()
        working = ""
        if verdict.blamed:
            index = list(asked.cells.indices)[k]
            bench = Bench(self.book, cell, asked.sweep, _bench_name(asked, name), index)
            found = self._search(bench, written)
            working = self._right_working(asked, cell, name)
        return Judged(name, kind, line, written.text, exact, middle, verdict, found, working)  # type: ignore[arg-type]

    def _allowed(self, asked: Asked, k: int) -> list[Interval]:
        """Return what a number may be by the writer's own: in each way he may have gone."""
        cell = asked.cells.items[k]
        if not asked.sweep:
            # His own first: another name for a number that he wrote is what he wrote.
            return [self.book.ledger.own(cell), self.book.ledger.enter(cell)]
        ways = [asked.sweep.follows(cell), asked.sweep.follows(cell, recomputed=True)]
        if asked.working:
            ways.append(self._sign(asked) * self.book.ledger.own(asked.working.items[k]))
        return ways

    def _search(self, bench: Bench, written: Written) -> tuple[Found, ...]:
        self._searched += 1
        return tuple(slips(bench, written)) if self._searched <= _MOST_SEARCHED else ()

    def _right_working(self, asked: Asked, cell: Value, name: str) -> str:
        if self._searched > _MOST_SEARCHED:
            return ""
        return right_working(asked.sweep.output if asked.sweep else cell, cell, name)

    def _same_slip(self, judged: list[Judged]) -> list[Judged]:
        """Where several numbers of a line are wrong, keep the slips that explain them all."""
        wrong = [j for j in judged if j.verdict.blamed and j.slips]
        common = set.intersection(*({s.key for s in j.slips} for j in wrong)) if wrong else set()
        if not common:
            return judged
        return [
            replace(j, slips=tuple(s for s in j.slips if s.key in common)) if j in wrong else j
            for j in judged
        ]

    def _note(
        self, asked: Asked, numbers: Sequence[Written | None], judged: Sequence[Judged]
    ) -> None:
        """Note what the writer wrote, so that later lines are judged by it too."""
        sign = self._sign(asked)
        for cell, written, verdict in zip(asked.cells.items, numbers, judged, strict=True):
            if written is None:
                continue
            claimed = sign * claim(written, verdict)
            if asked.sweep:
                asked.sweep.write(cell, claimed)
            elif cell.parents or cell in self.book.ledger.derivatives:
                self.book.write(cell, claimed)


def _bench_name(asked: Asked, name: str) -> str:
    return name if asked.sweep else asked.name
