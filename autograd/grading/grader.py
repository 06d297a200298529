"""Marking: every chain of a sheet computed, and every number in it judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..engine.value import Value
from ..language.chain import Chain, Statement, StepBreak
from ..language.quantity import Quantity, Shape
from ..language.sheet_source import Source, WorksheetError
from ..language.trees import Derivative, Name, Number, leaves
from . import single_precision
from .asked import Asked, first_computed, is_given, written_shape
from .claims import TooMuchWorkError
from .derivatives import NoPathError, differentiated, given_as_numbers
from .explainer import Explainer
from .intervals import Interval
from .lines import Answer, answer_of, read_answer
from .member_verdicts import blame_arithmetic, judge_members
from .rounding import Habit
from .scope import Book, labels
from .short_names import ShortNames
from .slips import other_gradients
from .slips.evidence import share_evidence
from .substitution import intervals_of
from .verdict import Found, Judged, Verdict, claim, fits, verdict_on
from .written import Written


class Marker:
    """Goes through a sheet chain by chain. A chain is a line of equals, as z = w·x = 0.8·0.5 = 0.4.

    Attributes:
        book: the names and the writer's numbers.
        judged: the verdicts so far.
        notes: sentences about what could not be judged.
        outputs: what was differentiated, in order.
        moves: change × slope of every number that was updated.
        short_names: the derivatives that are written as dw and the like.
        unread: the errors of the chains that cannot be computed.
        last_name: the name of the latest single number that a formula defined, such as the cost.
    """

    def __init__(self, opposite: Iterable[tuple[str, str]] = (), *, goes_on: bool = False) -> None:
        self.unread: list[WorksheetError] = []
        self._goes_on = goes_on
        self.book = Book()
        self.book.opposite.update(opposite)
        self.judged: list[Judged] = []
        self.notes: list[str] = []
        self.last_name = ""
        self.outputs: list[Value] = []
        self.moves: list[float] = []
        self.short_names = ShortNames()
        self._explainer = Explainer(self.book)
        self._withdrawn = 0  # gradients for which `_withdraw` looked through all lines
        self._is_float32 = False  # whether a program printed the results from float32

    def mark(self, statements: Iterable[Statement]) -> None:
        """Compute and judge every chain.

        Raises:
            WorksheetError: a chain cannot be computed, and the marker does not go on behind it.
        """
        statements = list(statements)
        self._is_float32 = single_precision.printed_all(_results(statements))
        computed = [one for one in statements if isinstance(one, Chain) and not one.is_given]
        self._explainer.habit = Habit.of(_results(computed), is_float32=self._is_float32)
        for one in statements:
            try:
                if isinstance(one, StepBreak):
                    self.book.next_step()
                    self._explainer.step += 1
                elif isinstance(one, Chain):
                    self._calculate(one)
            except TooMuchWorkError as error:
                raise one.source.error(str(error), 0) from None
            except WorksheetError as error:
                if not self._goes_on:
                    raise
                self.unread.append(error)
                if isinstance(one, Chain) and isinstance(one.target, Name):
                    self.book.forget(one.target.name)
        self.judged = share_evidence(self.judged)

    def _calculate(self, chain: Chain) -> None:
        start = len(self.judged)
        self._judge_chain(chain)
        self.short_names.note(chain, self.judged[start:])

    def _judge_chain(self, chain: Chain) -> None:
        start, answer = len(self.judged), read_answer(chain, self._explainer.habit.zero)
        try:
            asked = self._asked(chain)
        except NoPathError as error:
            if not isinstance(chain.target, Derivative) or chain.members[-1].joiner == "->":
                raise
            what = f"Line {chain.source.line}: {chain.target} was not judged"
            end = "" if error.message.endswith("…") else "."
            self.notes.append(f"{what}, because {error.message}{end}")
            if answer:
                self.book.state(chain.target, answer)
            return
        self.judged += judge_members(self._explainer, chain, asked)
        for member in chain.members[1:-1]:
            if member.digits:  # a result on the way, such as the 0.5 of z = 0.4 + 0.1 = 0.5 ≈ 1
                between = answer_of(member.digits, chain.source, self._explainer.habit.zero)
                self._judge_answer(asked, between, chain.source)
        if answer is not None:
            self.answer(asked, answer, chain.source)
            if not any(one.kind == "numbers" for one in self.judged[start:]):
                self.judged[-1] = blame_arithmetic(chain, asked, self.judged[-1])
        if asked.sweep and any(one.verdict.blamed for one in self.judged[start:]):
            self._withdraw(start, chain, asked)
        if answer is None and asked.working and asked.sweep:
            # The writer continues with what the formula gives.
            for cell, given in zip(asked.cells.items, asked.working.items, strict=True):
                asked.sweep.write(cell, asked.sign * self.book.ledger.own(given))

    def _withdraw(self, start: int, chain: Chain, asked: Asked) -> None:
        """Take back the verdicts on ∂y/∂x if a line of bare numbers may contain x unnamed."""
        target = chain.target
        self._withdrawn += bool(self.book.from_numbers)
        if not self.book.from_numbers or self._withdrawn > _MOST_WITHDRAWN:
            return
        assert isinstance(target, Derivative)
        by = {abs(cell.data) for cell in asked.cells.items}
        for name, formula in given_as_numbers(self.book, target.top.name):
            inside = (leaf for leaf in leaves(formula.tree) if isinstance(leaf, Number))
            is_hiding = name in self.book.from_numbers
            if is_hiding and any(abs(leaf.value) in by for leaf in inside):
                del self.judged[start:]
                self.notes.append(
                    f"Line {chain.source.line}: {target} was not checked, because line "
                    f"{formula.source.line} computes {name} from numbers alone. Write its formula "
                    f"with names before them, such as {name} = w*x + b = …"
                )
                return

    # --- what a chain asks ------------------------------------------------------------------------

    def _asked(self, chain: Chain) -> Asked:
        target = chain.target
        if isinstance(target, Derivative):
            return self._gradient(target, chain)
        if target is None or chain.act == "claim":
            return self._recalled(target, chain)
        first, shape = chain.members[0].tree, written_shape(chain)
        if chain.act == "update":
            cells = self.book.update(target, first, chain.source, shape)
            self._note_moves(target.name, cells)
        else:
            cells = self.book.define(
                target.name, first, chain.source, is_given=is_given(chain), shape=shape
            )
            if not cells.shape and cells.items[0].parents:
                self.last_name = target.name
        return Asked(str(target), cells, put_in=_put_in(chain, cells.shape))

    def _note_moves(self, name: str, cells: Quantity) -> None:
        """Note change × slope of every updated number: below 0, it goes down the slope."""
        old = self.book.quantity(name[:-1])
        if old is None or old.shape != cells.shape or not self.outputs:
            return
        slopes = self.book.ledger.sweep(self.outputs[-1])
        self.moves += [
            (new.data - before.data) * slopes.adjoint(before)
            for new, before in zip(cells.items, old.items, strict=True)
        ]

    def _recalled(self, target: Name | None, chain: Chain) -> Asked:
        """Return what a chain asks for that claims a known quantity, or that has no name."""
        if target is None:
            member = chain.members[0]
            cells = self.book.evaluate(member.tree, chain.source, written_shape(chain))
            return Asked(chain.text_of(member), cells, put_in=_put_in(chain, cells.shape))
        self.book.quantity(target.name)  # computes a quantity of an earlier step again
        cells = self.book.evaluate(target, chain.source)
        return Asked(str(target), cells, put_in=_put_in(chain, cells.shape))

    def _gradient(self, tree: Derivative, chain: Chain) -> Asked:
        working = self._working(chain)
        try:
            output, cells = differentiated(self.book, tree, chain.source)
        except NoPathError as error:
            member = (*chain.formulas, *chain.numbers, None)[0]
            if member is None or len(chain.members) < 2:
                raise
            self.notes.append(
                f"Line {chain.source.line}: only the arithmetic of {tree} was checked, because "
                f"{error.message}."
            )
            numbers = self.book.evaluate(member.tree, chain.source, written_shape(chain))
            if answer := read_answer(chain):
                self.book.state(tree, answer)
            return Asked(str(tree), numbers, put_in=_put_in(chain, numbers.shape))
        self.outputs.append(output)
        sweep = self.book.ledger.sweep(output)
        pair = str(tree.top), tree.bottom.name
        sign = -1.0 if pair in self.book.opposite else 1.0
        for label, cell in zip(labels(str(tree), cells), cells.items, strict=True):
            self.book.gradients[label] = sweep, cell, sign
        if working is not None and len(working.items) != len(cells.items):
            working = None  # the formula is refused where it is judged
        return Asked(str(tree), cells, sweep, working, _put_in(chain, cells.shape), sign, pair)

    def _working(self, chain: Chain) -> Quantity | None:
        """Return the value of the written formula of a gradient, or else of the numbers put in."""
        member = first_computed(chain)
        if member is None:
            return None
        return self.book.evaluate(member.tree, chain.source, written_shape(chain))

    # --- judging results --------------------------------------------------------------------------

    def answer(self, asked: Asked, answer: Answer, source: Source) -> None:
        """Judge an answer number by number, and note what the writer wrote."""
        numbers = self._judge_answer(asked, answer, source)
        judged = self.judged[-len(numbers) :]
        for cell, written, verdict in zip(asked.cells.items, numbers, judged, strict=True):
            if written is None:
                continue
            claimed = asked.sign * claim(written, verdict)
            if asked.sweep:
                asked.sweep.write(cell, claimed)
            elif cell.parents or cell in self.book.ledger.derivatives:
                self.book.write(cell, claimed)

    def _judge_answer(
        self, asked: Asked, answer: Answer, source: Source
    ) -> Sequence[Written | None]:
        """Judge an answer; return its numbers in the order of the cells."""
        count = len(asked.cells.items)
        if len(answer.items) == 1 and count > 1 and self._is_one_number(asked, answer):
            answer = Answer(asked.cells.shape, answer.items * count, answer.place)
        is_transposed = not fits(answer.shape, asked.cells.shape)
        if is_transposed and answer.shape != asked.cells.shape[::-1]:
            raise source.error(
                f"{asked.name} is {asked.cells.kind}, but this answer is "
                f"{Quantity(answer.shape, ()).kind}",
                answer.place,
            )
        numbers = _exchange_rows(answer) if is_transposed else answer.items
        judged = [
            self._judge(asked, k, name, written, source.line)
            for k, (name, written) in enumerate(
                zip(labels(asked.name, asked.cells), numbers, strict=True)
            )
        ]
        if is_transposed:
            judged = [_blame_transposed(one) if one.verdict.right else one for one in judged]
        self.judged += self._explainer.explain(asked, judged, numbers)
        return numbers

    def _is_one_number(self, asked: Asked, answer: Answer) -> bool:
        """Whether one number may be written for all numbers of a list, because they are equal."""
        if answer.items[0] is None:
            return True
        return len({asked.exact(k) for k in range(len(asked.cells.items))}) == 1

    def _judge(self, asked: Asked, k: int, name: str, written: Written | None, line: int) -> Judged:
        exact, ways = asked.exact(k), asked.ways(k, self.book.ledger)
        middle = ways[0].middle if math.isfinite(ways[0].middle) else exact
        verdict = self._verdict(asked, k, written, ways) if written else Verdict.BLANK
        return Judged(
            name,
            "gradient" if asked.sweep else "value",
            line,
            written.text if written else "",
            exact,
            middle,
            verdict,
            pair=asked.pair,
        )

    def _verdict(self, asked: Asked, k: int, written: Written, ways: list[Interval]) -> Verdict:
        exact = asked.exact(k)
        verdict = verdict_on(written, exact, ways)
        if verdict.blamed:
            verdict = self._explainer.rounded_on_the_way(asked, k, written) or verdict
        is_told = verdict is not Verdict.UNTOLD and not verdict.blamed
        return Verdict.CONVENTION if asked.sign < 0 and is_told and exact else verdict


_MOST_WITHDRAWN = 60  # because each search walks through all formulas
_ROUNDED_FROM = 3  # significant digits: a number with fewer, such as 0.35, is usually exact


def _results(statements: Iterable[Statement]) -> Iterator[str]:
    """Yield the written results of a sheet."""
    for chain in statements:
        for member in chain.members if isinstance(chain, Chain) else ():
            if member.digits:
                yield from filter(None, member.digits.texts)


def _put_in(chain: Chain, shape: Shape) -> tuple[Interval, ...]:
    """Return the intervals that the digits of the substituted numbers allow for the result."""
    if not chain.numbers:
        return ()
    return tuple(intervals_of(chain.numbers[0].tree, chain.source, _ROUNDED_FROM, shape=shape))


def _exchange_rows(answer: Answer) -> tuple[Written | None, ...]:
    """Return the numbers of a matrix with its rows and columns exchanged."""
    rows, columns = answer.shape
    return tuple(answer.items[i * columns + j] for j in range(columns) for i in range(rows))


def _blame_transposed(judged: Judged) -> Judged:
    """Return the verdict on a right number in a matrix that was written transposed."""
    row = other_gradients.transpose_gradient
    found = Found(row.key, row.said(), judged.exact)
    return replace(judged, verdict=Verdict.WRONG, slips=(found,))
