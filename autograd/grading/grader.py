"""`Grader`: the verdicts on all numbers of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..language.chain import Chain, Statement, StepBreak, passed_over
from ..language.sheet_source import Source, WorksheetError
from ..language.trees import Derivative, Name, Number, leaves, names_in
from . import single_precision
from .answer_verdicts import judge_answer, note_answer
from .calculator import Calculator
from .derivatives import NoPathError, given_as_numbers
from .expected import Expected
from .explainer import Explainer
from .ledger import TooMuchWorkError
from .lines import Answer, answer_of, read_answer
from .member_verdicts import blame_arithmetic, judge_members
from .rounding import Habit
from .second_names import Siblings, differentiated_copies
from .short_names import ShortNames
from .slips.evidence import share_evidence
from .verdict import Judged, Verdict

_MOST_SEARCHES = 60  # wrong gradients for which all formulas are searched for a hidden path

_ROUNDED = (Verdict.ROUNDED, Verdict.TRUNCATED, Verdict.NEARLY, Verdict.CARRIED)


class Grader(Calculator):
    """Judges the lines of a sheet one after the other.

    A line is a chain of equals, such as z = w·x = 0.8·0.5 = 0.4. The formula, the substituted
    numbers and the result are judged separately. The lines below are judged by the numbers that the
    writer wrote, even by wrong ones.

    Args:
        opposite: the gradients that the sheet writes with the opposite sign, as pairs of names: the
            gradient dC/dw is ("C", "w").
        siblings: the names that a quantity is independent of, although its formula contains them.
        goes_on: whether grading continues after a chain that cannot be computed.

    Attributes:
        judged: the verdicts so far.
        short_names: the names such as dw that stand for a derivative.
        unread: the errors of the chains that cannot be computed.
    """

    def __init__(
        self,
        opposite: Iterable[tuple[str, str]] = (),
        siblings: Siblings | None = None,
        *,
        goes_on: bool = False,
    ) -> None:
        super().__init__(opposite, siblings)
        self.judged: list[Judged] = []
        self.short_names = ShortNames()
        self.unread: list[WorksheetError] = []
        self._goes_on = goes_on
        self._lost: dict[str, int] = {}  # the line, not read, that would compute a quantity
        self._resting: dict[int, list[int]] = {}  # by a line not read, the lines that rest on it
        self._explainer = Explainer(self.book)
        self._searches = 0  # how often all formulas were searched for a hidden path

    def grade(self, statements: Iterable[Statement]) -> None:
        """Compute and judge every chain of a sheet.

        Raises:
            WorksheetError: a chain cannot be computed and `goes_on` is False, or the sheet takes
                too long to check.
        """
        statements = list(statements)
        chains = [one for one in statements if isinstance(one, Chain)]
        self.book.held.find(chains)
        self.book.copies |= differentiated_copies(chains)
        computed = [one for one in chains if not one.is_given]
        is_float32 = single_precision.printed_all(_results(statements))
        self._explainer.habit = Habit.of(_results(computed), is_float32=is_float32)
        for one in statements:
            try:
                self._grade_statement(one)
            except TooMuchWorkError as error:
                raise one.source.error(str(error), 0) from None
            except WorksheetError as error:
                if not self._goes_on:
                    raise
                if isinstance(one, Chain):
                    self._leave_out(one, error)
        self.notes += [
            passed_over(lines, f"line {line} was not read") for line, lines in self._resting.items()
        ]
        # A slip that explains several lines is less likely to fit them by chance.
        self.judged = share_evidence(self.judged)

    def _leave_out(self, chain: Chain, error: WorksheetError) -> None:
        """Record a chain that cannot be computed.

        If it depends on an earlier lost line, only that line is blamed.
        """
        trees = [*(member.tree for member in chain.members), chain.target]
        used = (name for tree in trees if tree for name in names_in(tree))
        line = next((self._lost[name] for name in used if name in self._lost), 0)
        if line:
            self._resting.setdefault(line, []).append(chain.source.line)
        else:
            self.unread.append(error)
        if isinstance(chain.target, Name):
            # An older value of the name is not what later lines mean.
            self._lost[chain.target.name] = line or error.line
            self.book.forget(chain.target.name)

    def _grade_statement(self, one: Statement) -> None:
        if isinstance(one, StepBreak):
            self.book.next_step()
            self._explainer.step += 1
            # If w′ was lost, so is w of the next step.
            self._lost |= {name.rstrip("'"): line for name, line in self._lost.items()}
        elif isinstance(one, Chain):
            start = len(self.judged)
            self._judge_chain(one)
            if isinstance(one.target, Name):
                self._lost.pop(one.target.name, None)
            self.short_names.note(one, self.judged[start:])

    def _judge_chain(self, chain: Chain) -> None:
        try:
            expected = self.expected(chain)
        except NoPathError as error:
            self._leave_unjudged(chain, error)
            return
        start = len(self.judged)
        self.judged += judge_members(self._explainer, chain, expected)
        self._judge_results(chain, expected, start)
        # In a later formula, the digits of a rounded result stand for an interval.
        judged = self.judged[start:]
        rounded = (one.written for one in judged if one.verdict in _ROUNDED)
        self.rounded_results.update(text.lstrip("-−+") for text in rounded)
        if expected.sweep and any(one.verdict.blamed for one in judged):
            self._withdraw_if_path_is_hidden(start, chain, expected)

    def _leave_unjudged(self, chain: Chain, error: NoPathError) -> None:
        """Note that a derivative was not judged, because the graph has no path for it.

        Raises:
            NoPathError: the chain ends with ``-> number``, which asks for a verdict.
        """
        if not isinstance(chain.target, Derivative) or chain.members[-1].joiner == "->":
            raise error
        # A message that ends with "…" suggests what to write and takes no period.
        end = "" if error.message.endswith("…") else "."
        self.notes.append(
            f"Line {chain.source.line}: {chain.target} was not judged, because {error.message}{end}"
        )
        if answer := self._read(chain):
            self.book.state(chain.target, answer)

    def _read(self, chain: Chain) -> Answer | None:
        return read_answer(chain, self._explainer.habit.zero)

    def _judge_results(self, chain: Chain, expected: Expected, start: int) -> None:
        """Judge the results of a chain. ``self.judged[start:]`` are its verdicts so far."""
        for member in chain.members[1:-1]:
            if member.digits:  # a result on the way, such as the 0.5 of z = 0.4 + 0.1 = 0.5 ≈ 1
                between = answer_of(member.digits, chain.source, self._explainer.habit.zero)
                _, judged = judge_answer(self._explainer, expected, between, chain.source)
                self.judged += judged
        if (answer := self._read(chain)) is not None:
            self.answer(expected, answer, chain.source)
            if not any(one.kind == "numbers" for one in self.judged[start:]):
                # The substituted numbers are right, so a wrong result is wrong arithmetic.
                self.judged[-1] = blame_arithmetic(chain, expected, self.judged[-1])
        elif expected.working and expected.sweep:
            # Without a result, the writer continues with the value of the formula. A sweep stores
            # ∂C/∂w itself, so the sign of the sheet is undone here.
            for cell, given in zip(expected.cells.items, expected.working.items, strict=True):
                expected.sweep.write(cell, expected.sign * self.book.ledger.own(given))

    def answer(self, expected: Expected, answer: Answer, source: Source) -> None:
        """Judge the numbers of an answer, and record them for the lines below."""
        numbers, judged = judge_answer(self._explainer, expected, answer, source)
        self.judged += judged
        note_answer(self.book, expected, numbers, judged)

    def _withdraw_if_path_is_hidden(self, start: int, chain: Chain, expected: Expected) -> None:
        """Take back the verdicts on ∂y/∂x if a line of bare numbers may hide a path from x to y.

        The line u = 3·0.5 hides that u depends on x if the writer put in 0.5 for x. A gradient
        without this path is not known to be wrong.
        """
        if not self.book.from_numbers or self._searches >= _MOST_SEARCHES:
            return
        self._searches += 1
        target = chain.target
        assert isinstance(target, Derivative)
        # The writer copied the number of x from the sheet, so the copy equals it exactly.
        sizes = {abs(cell.data) for cell in expected.cells.items}
        for name, formula in given_as_numbers(self.book, target.top.name):
            numbers = (leaf for leaf in leaves(formula.tree) if isinstance(leaf, Number))
            may_hide = name in self.book.from_numbers
            if may_hide and any(abs(number.value) in sizes for number in numbers):
                del self.judged[start:]
                self.notes.append(
                    f"Line {chain.source.line}: {target} was not checked, because line "
                    f"{formula.source.line} computes {name} from numbers alone. Write the "
                    f"formula with names first, such as {name} = w*x + b = …"
                )
                return


def _results(statements: Iterable[Statement]) -> Iterator[str]:
    """Yield the written results of a sheet."""
    for one in statements:
        if isinstance(one, Chain):
            for member in one.members:
                if member.digits:
                    yield from filter(None, member.digits.texts)
