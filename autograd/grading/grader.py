"""Marking: every line of a sheet computed, and every number on it judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..engine.value import Value
from ..language.chain import Chain, Member, Statement, Step
from ..language.quantity import Quantity
from ..language.tokens import Source
from ..language.trees import Derivative, Name
from .claims import Sweep, TooMuchWorkError
from .consequences import causes_of
from .counterfactual import Bench
from .intervals import Interval
from .lines import Answer, read_answer
from .rounding import rounds_to
from .scope import Book, NoPathError, labels
from .slips.search import combine, slips
from .slips.slip import stem
from .substitution import intervals_of
from .verdict import Found, Judged, Verdict, claim, equal, fits, verdict_on
from .working import gradient_working, value_working
from .written import Written

_MOST_SEARCHED = 24  # wrong numbers whose slips are looked for


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line asks: the numbers that an answer is about, and where they come from."""

    name: str
    cells: Quantity
    sweep: Sweep | None = None  # for a gradient
    working: Quantity | None = None  # for a gradient with a formula
    put_in: tuple[Interval, ...] = ()  # what a formula of plain numbers may come to
    sign: float = 1.0  # −1 for a gradient that the sheet holds with the opposite sign


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
        self._step = 0
        self._habits: dict[tuple[str, str], int] = {}  # the step in which a slip was made first
        self._mistakes: dict[object, int] = {}  # a wrong number, or (C, w), and its line

    def mark(self, statements: Iterable[Statement]) -> None:
        """Compute and judge every chain.

        Raises:
            WorksheetError: a chain cannot be computed.
        """
        for one in statements:
            try:
                if isinstance(one, Step):
                    self.book.next_step()
                    self._step += 1
                elif isinstance(one, Chain):
                    self._calculate(one)
            except TooMuchWorkError as error:
                raise one.source.error(str(error), 0) from None

    def _calculate(self, chain: Chain) -> None:
        answer = read_answer(chain)
        asked = self._asked(chain)
        if asked.working is not None:
            self._judge_working(chain, asked)
        if answer is not None:
            self.answer(asked, answer, chain.source)
        elif asked.working and asked.sweep:  # the writer continues with what the formula gives
            for cell, given in zip(asked.cells.items, asked.working.items, strict=True):
                asked.sweep.write(cell, asked.sign * self.book.ledger.own(given))

    # --- what a line asks -------------------------------------------------------------------------

    def _asked(self, chain: Chain) -> Asked:
        target = chain.target
        if isinstance(target, Derivative):
            return self._gradient(target, chain)
        if target is None or chain.act == "claim":
            return self._recalled(target, chain)
        first, shape = chain.members[0].tree, _shape(chain)
        if chain.act == "update":
            cells = self.book.update(target, first, chain.source, shape)
            self._note_moves(target.name, cells)
        else:
            cells = self.book.define(
                target.name, first, chain.source, is_given=_is_given(chain), shape=shape
            )
            if not cells.shape and cells.items[0].parents:
                self.last_name = target.name
        return Asked(str(target), cells, put_in=_put_in(chain))

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

    def _recalled(self, target: Name | None, chain: Chain) -> Asked:
        """Return what a known quantity is asked for, or a chain without a name."""
        if target is None:
            member = chain.members[0]
            cells = self.book.evaluate(member.tree, chain.source, _shape(chain))
            return Asked(chain.text_of(member), cells, put_in=_put_in(chain))
        self.book.quantity(target.name)  # of an earlier step, computed again
        return Asked(str(target), self.book.evaluate(target, chain.source))

    def _gradient(self, tree: Derivative, chain: Chain) -> Asked:
        working = self._working(chain)
        try:
            output, cells = self.book.differentiated(tree, chain.source)
        except NoPathError:
            if not chain.numbers:
                raise
            numbers = self.book.evaluate(chain.numbers[0].tree, chain.source, _shape(chain))
            return Asked(str(tree), numbers, put_in=_put_in(chain))
        self.outputs.append(output)
        if working is not None and len(working.items) != len(cells.items):
            raise chain.source.error(
                f"{tree} is {cells.kind}, but this formula gives {working.kind}",
                chain.members[0].span[0],
            )
        sweep = self.book.ledger.sweep(output)
        for label, cell in zip(labels(str(tree), cells), cells.items, strict=True):
            self.book.gradients[label] = sweep.adjoint(cell)
        opposite = (str(tree.top), str(tree.bottom)) in self.book.opposite
        sign = -1.0 if opposite else 1.0
        return Asked(str(tree), cells, sweep, working, _put_in(chain), sign)

    def _working(self, chain: Chain) -> Quantity | None:
        """Return what the formula of a gradient comes to, or else the numbers put in."""
        member = _working_member(chain)
        if member is None:
            return None
        return self.book.evaluate(member.tree, chain.source, _shape(chain))

    # --- judging ----------------------------------------------------------------------------------

    def _judge_working(self, chain: Chain, asked: Asked) -> None:
        """Judge a formula for a gradient by what it comes to in exact numbers."""
        member = _working_member(chain)
        assert asked.working and asked.sweep and member
        pairs = list(zip(asked.working.items, asked.cells.items, strict=True))
        verdicts = [self._verdict_on_working(asked, k) for k in range(len(pairs))]
        k = next((k for k, verdict in enumerate(verdicts) if verdict.blamed), 0)
        working, cell = pairs[k]
        judged = Judged(
            asked.name, "working", chain.source.line, chain.text_of(member),
            asked.sign * asked.sweep.adjoint(cell), working.data, verdicts[k],
        )  # fmt: skip
        if verdicts[k].blamed:
            bench = Bench(self.book, cell, asked.sweep, asked.name, (), asked.sign)
            found = self._search(bench.with_exact_numbers(), Written.read(f"{working.data:#.10g}"))
            text = gradient_working(asked.sweep, cell, asked.name)
            judged = replace(judged, slips=tuple(combine([found])[0]), working=text)
            self._mistakes[asked.sweep.output, cell] = chain.source.line
        self.judged.append(judged)

    def _verdict_on_working(self, asked: Asked, k: int) -> Verdict:
        """Return the verdict on a formula, or on the numbers that were put into one."""
        assert asked.working and asked.sweep
        cell = asked.cells.items[k]
        right = asked.sign * asked.sweep.adjoint(cell)
        if equal(asked.working.items[k].data, right):
            return Verdict.EXACT
        if not asked.put_in:
            return Verdict.WRONG
        if right in asked.put_in[k]:
            return Verdict.ROUNDED
        ways = [asked.sweep.follows(cell), asked.sweep.follows(cell, recomputed=True)]
        carried = any(asked.put_in[k].meets(asked.sign * way) for way in ways)
        return Verdict.CARRIED if carried else Verdict.WRONG

    def answer(self, asked: Asked, answer: Answer, source: Source) -> None:
        """Judge an answer number by number, and note what the writer wrote."""
        count = len(asked.cells.items)
        if len(answer.items) == 1 and count > 1 and self._is_one_number(asked, answer):
            answer = Answer(asked.cells.shape, answer.items * count, answer.place)
        elif len(answer.items) == 1 and answer.items[0] is None:
            answer = Answer(asked.cells.shape, (None,) * count, answer.place)
        numbers, is_transposed = answer.items, False
        if not fits(answer.shape, asked.cells.shape):
            is_transposed = answer.shape == asked.cells.shape[::-1]
            if not is_transposed:
                raise source.error(
                    f"{asked.name} is {asked.cells.kind}, but this answer is "
                    f"{Quantity(answer.shape, ()).kind}",
                    answer.place,
                )
            rows, columns = asked.cells.shape
            numbers = tuple(numbers[j * rows + i] for i in range(rows) for j in range(columns))
        judged = [
            self._judge(asked, k, name, written, source.line)
            for k, (name, written) in enumerate(
                zip(labels(asked.name, asked.cells), numbers, strict=True)
            )
        ]
        if is_transposed:
            judged = [_transposed(one) if one.verdict.right else one for one in judged]
        self._note(asked, numbers, judged)
        self.judged += self._explain(asked, judged, numbers)

    def _is_one_number(self, asked: Asked, answer: Answer) -> bool:
        """Whether one number may be written for all numbers of a list, because they are equal."""
        if answer.items[0] is None:
            return True
        numbers = (asked.sweep.adjoint(c) if asked.sweep else c.data for c in asked.cells.items)
        return len(set(numbers)) == 1

    def _judge(self, asked: Asked, k: int, name: str, written: Written | None, line: int) -> Judged:
        cell = asked.cells.items[k]
        exact = asked.sign * (asked.sweep.adjoint(cell) if asked.sweep else cell.data)
        kind = "gradient" if asked.sweep else "value"
        allowed = [asked.sign * way for way in self._allowed(asked, k)]
        middle = allowed[0].middle if math.isfinite(allowed[0].middle) else exact
        text = written.text if written else ""
        judged = Judged(name, kind, line, text, exact, middle, Verdict.BLANK)  # type: ignore[arg-type]
        if written is None:
            return judged
        verdict = verdict_on(written, exact, allowed)
        if verdict.blamed:
            verdict = rounds_to(self._benches(asked, k), written) or verdict
        if asked.sign < 0 and verdict is not Verdict.UNTOLD and not verdict.blamed and exact:
            verdict = Verdict.CONVENTION
        return replace(judged, verdict=verdict)

    def _allowed(self, asked: Asked, k: int) -> list[Interval]:
        """Return what a number may be by the writer's own, one interval per way of continuing."""
        cell = asked.cells.items[k]
        if not asked.sweep:
            # First the number as written: a second name for it means the same.
            ways = [self.book.ledger.own(cell), self.book.ledger.enter(cell)]
            return [*ways, *asked.put_in[k : k + 1]]
        ways = [asked.sweep.follows(cell), asked.sweep.follows(cell, recomputed=True)]
        if asked.working:
            ways.append(asked.sign * self.book.ledger.own(asked.working.items[k]))
        if asked.put_in:
            ways.append(asked.sign * asked.put_in[k])
        return ways

    def _note(
        self, asked: Asked, numbers: Sequence[Written | None], judged: Sequence[Judged]
    ) -> None:
        """Note what the writer wrote, so that later lines are judged by it too."""
        for cell, written, verdict in zip(asked.cells.items, numbers, judged, strict=True):
            if written is None:
                continue
            claimed = asked.sign * claim(written, verdict)
            if asked.sweep:
                asked.sweep.write(cell, claimed)
            elif cell.parents or cell in self.book.ledger.derivatives:
                self.book.write(cell, claimed)

    # --- explaining -------------------------------------------------------------------------------

    def _benches(self, asked: Asked, k: int) -> list[Bench]:
        """Return what to compute again for a number: the gradient or value, and its formula."""
        index = list(asked.cells.indices)[k]
        cell = asked.cells.items[k]
        name = labels(asked.name, asked.cells)[k] if asked.sweep else asked.name
        benches = [Bench(self.book, cell, asked.sweep, name, index, asked.sign)]
        if asked.working:
            benches.append(Bench(self.book, asked.working.items[k], None, name, index))
        return benches

    def _explain(
        self, asked: Asked, judged: list[Judged], numbers: Sequence[Written | None]
    ) -> list[Judged]:
        """Return the verdicts with their slips, workings and causes."""
        wrong = [k for k, one in enumerate(judged) if one.verdict.blamed and not one.slips]
        found = combine([list(self._slips_of(asked, k, numbers[k])) for k in wrong])
        for k, slip in zip(wrong, found, strict=True):
            judged[k] = self._with_slips(asked, k, judged[k], slip)
        for k, one in enumerate(judged):
            cell = asked.cells.items[k]
            key = (asked.sweep.output, cell) if asked.sweep else cell
            if one.verdict.blamed:
                self._mistakes[key] = one.line
            elif one.verdict is Verdict.CARRIED and self._mistakes:
                causes = causes_of(self.book.ledger, asked.sweep, cell, self._mistakes)
                judged[k] = replace(one, causes=causes)
        return judged

    def _slips_of(self, asked: Asked, k: int, written: Written | None) -> Iterator[Found]:
        """Yield the slips that give a number, of the gradient or else of its formula."""
        assert written
        for bench in self._benches(asked, k):
            if found := self._search(bench, written):
                yield from found
                return

    def _with_slips(self, asked: Asked, k: int, one: Judged, found: list[Found]) -> Judged:
        """Return a wrong number with its slips; one made in an earlier step is no new mistake."""
        again = [slip for slip in found if self._is_habit(asked.name, slip.key)]
        if again:
            return replace(one, verdict=Verdict.CARRIED, slips=(again[0],))
        if found and found[0].is_certain:
            self._habits.setdefault((stem(asked.name), found[0].key), self._step)
        cell = asked.cells.items[k]
        working = (
            gradient_working(asked.sweep, cell, one.quantity)
            if asked.sweep
            else value_working(cell, one.quantity)
        )
        return replace(one, slips=tuple(found), working=working)

    def _is_habit(self, name: str, key: str) -> bool:
        return self._habits.get((stem(name), key), self._step) < self._step

    def _search(self, bench: Bench, written: Written) -> list[Found]:
        self._searched += 1
        if self._searched > _MOST_SEARCHED:
            return []
        return slips(bench, written, [key for _, key in self._habits])


_TRANSPOSED = "you write the matrix with its rows and columns exchanged"


def _transposed(judged: Judged) -> Judged:
    """Return the verdict on a right number in a matrix that was written transposed."""
    found = Found("transposed-gradient", _TRANSPOSED, judged.exact)
    return replace(judged, verdict=Verdict.WRONG, slips=(found,))


# --- the parts of a chain -------------------------------------------------------------------------


def _shape(chain: Chain) -> tuple[int, ...] | None:
    """Return the shape of what was written, None for a blank or nothing."""
    digits = chain.members[-1].digits
    return digits.shape if digits and any(digits.texts) else None


def _is_given(chain: Chain) -> bool:
    return chain.members[0].role == "result"


def _working_member(chain: Chain) -> Member | None:
    return next((member for member in chain.members if member.role != "result"), None)


def _put_in(chain: Chain) -> tuple[Interval, ...]:
    """Return what the numbers put in may come to, where a chain begins with numbers."""
    first = chain.members[0]
    if first.role != "numbers":
        return ()
    return tuple(intervals_of(first.tree, chain.source))
