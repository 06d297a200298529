"""What each chain of a sheet should give, computed with the quantities above it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ..engine.value import Value
from ..language.chain import Chain, Member
from ..language.quantity import Quantity, Shape
from ..language.trees import Derivative, Name, Number, leaves
from .book import Book
from .definitions import labels
from .derivatives import NoPathError, differentiated
from .expected import Expected, first_computed, is_given, written_shape
from .held_fixed import is_own_chain_rule
from .intervals import Interval
from .lines import read_answer
from .second_names import Siblings
from .substitution import intervals_of
from .verdict import judge
from .written import Written

_ROUNDED_FROM = 3  # significant digits: a number with fewer, such as 0.35, is usually exact


class Calculator:
    """Computes the chains of a sheet one after the other.

    Attributes:
        book: the names and the writer's numbers.
        notes: sentences about what could not be judged.
        outputs: what was differentiated, in order.
        moves: change × slope of every updated number, which is negative for a step downhill.
        last_name: the latest single number that a formula defined, such as the cost.
        rounded_results: the digits, without signs, of the results that the writer rounded.
    """

    def __init__(
        self, opposite: Iterable[tuple[str, str]] = (), siblings: Siblings | None = None
    ) -> None:
        self.book = Book(siblings)
        self.book.opposite.update(opposite)
        self.notes: list[str] = []
        self.outputs: list[Value] = []
        self.moves: list[float] = []
        self.last_name = ""
        self.rounded_results: set[str] = set()

    def expected(self, chain: Chain) -> Expected:
        """Return the numbers that the results of a chain should be.

        Raises:
            WorksheetError: they cannot be computed.
            NoPathError: the chain is a derivative, but nothing was computed from its variable.
        """
        target = chain.target
        if isinstance(target, Derivative):
            return self._gradient(target, chain)
        if target is None:
            member = chain.members[0]
            cells = self.book.evaluate(member.tree, chain.source, written_shape(chain))
            return _without_gradient(chain.text_of(member), cells, chain)
        if chain.act == "claim":
            self.book.quantity(target.name)  # computes a quantity of an earlier step again
            cells = self.book.evaluate(target, chain.source)
        elif chain.act == "update":
            cells = self._update(target, chain)
        else:
            cells = self._define(target, chain)
        return _without_gradient(str(target), cells, chain)

    def _define(self, target: Name, chain: Chain) -> Quantity:
        cells = self.book.define(
            target.name,
            chain.members[0].tree,
            chain.source,
            is_given=is_given(chain),
            shape=written_shape(chain),
        )
        if rounded := list(self._rounded_numbers(chain.members[0])):
            self.book.note_rounded(rounded, cells)
        if not cells.shape and cells.items[0].parents:
            self.last_name = target.name
        return cells

    def _rounded_numbers(self, formula: Member) -> Iterator[Number]:
        """Yield the numbers in a formula that are results, which the writer rounded."""
        for leaf in leaves(formula.tree):
            if not isinstance(leaf, Number) or "." not in leaf.text:
                continue
            if formula.rounded or leaf.text.lstrip("-−+") in self.rounded_results:
                yield leaf

    def _update(self, target: Name, chain: Chain) -> Quantity:
        tree, shape = chain.members[0].tree, written_shape(chain)
        cells = self.book.update(target, tree, chain.source, shape)
        old = self.book.quantity(target.name[:-1])
        if old is not None and old.shape == cells.shape and self.outputs:
            slopes = self.book.ledger.sweep(self.outputs[-1])
            self.moves += [
                (new.data - before.data) * slopes.adjoint(before)
                for new, before in zip(cells.items, old.items, strict=True)
            ]
        return cells

    def _gradient(self, target: Derivative, chain: Chain) -> Expected:
        member = first_computed(chain)  # the written formula, or else the numbers put in
        shape = written_shape(chain)
        working = self.book.evaluate(member.tree, chain.source, shape) if member else None
        try:
            output, cells = self._differentiated(target, chain, working)
        except NoPathError as error:
            return self._arithmetic_alone(target, chain, error)
        self.outputs.append(output)
        sweep = self.book.ledger.sweep(output)
        pair = str(target.top), target.bottom.name
        sign = -1.0 if pair in self.book.opposite else 1.0
        for label, cell in zip(labels(str(target), cells), cells.items, strict=True):
            self.book.gradients[label] = sweep, cell, sign
        if working is not None and len(working.items) != len(cells.items):
            working = None  # the formula is refused where it is judged
        substituted = _substituted(chain, cells.shape)
        return Expected(str(target), cells, sweep, working, substituted, sign, pair)

    def _differentiated(
        self, target: Derivative, chain: Chain, working: Quantity | None
    ) -> tuple[Value, Quantity]:
        """Return C and w of a gradient. For a partial, C is recorded with the others held fixed."""
        output, cells = differentiated(self.book, target, chain.source)
        held = self.book.held
        others = held.others(self.book, target)
        possible = others or held.possible_others(self.book, target)
        if not possible or is_own_chain_rule(chain):
            return output, cells
        partial, leaf = held.recorded(self.book, target)
        total_slope = self.book.ledger.sweep(output).adjoint(cells.items[0])
        partial_slope = self.book.ledger.sweep(partial).adjoint(leaf.items[0])
        pair = target.top.name, target.bottom.name
        if not _is_partial(
            _stated(chain, working), total_slope, partial_slope, is_likely=bool(others)
        ):
            held.pairs.discard(pair)
            return output, cells
        held.chosen.add(pair)
        if not math.isclose(total_slope, partial_slope):
            self.notes.append(
                f"Line {chain.source.line}: {target} is read as the partial with "
                f"{' and '.join(possible)} held fixed."
            )
        return partial, leaf

    def _arithmetic_alone(self, target: Derivative, chain: Chain, error: NoPathError) -> Expected:
        """Return the value of the formula or the numbers of a gradient, which has no path.

        Raises:
            NoPathError: the chain has neither.
        """
        member = next(iter((*chain.formulas, *chain.numbers)), None)
        if member is None or len(chain.members) < 2:
            raise error
        self.notes.append(
            f"Line {chain.source.line}: only the arithmetic of {target} was checked, because "
            f"{error.message}."
        )
        numbers = self.book.evaluate(member.tree, chain.source, written_shape(chain))
        if answer := read_answer(chain):
            self.book.state(target, answer)
        return _without_gradient(str(target), numbers, chain)


def _stated(chain: Chain, working: Quantity | None) -> Written | None:
    """Return the result of a chain, or else what its formula comes to, if it is one number."""
    answer = read_answer(chain)
    if answer and len(answer.items) == 1 and answer.items[0]:
        return answer.items[0]
    return Written.of(working.items[0].data) if working else None


def _is_partial(stated: Written | None, total: float, partial: float, *, is_likely: bool) -> bool:
    """Whether the writer states the partial derivative and not the total one.

    A likely partial is meant unless the stated number is the total derivative. Any other is meant
    only if the stated number is nearer to the partial.
    """
    if stated is None:
        return is_likely
    if is_likely:
        return judge(stated, partial).right or not judge(stated, total).right
    return abs(stated.number - partial) < abs(stated.number - total)


def _without_gradient(name: str, cells: Quantity, chain: Chain) -> Expected:
    return Expected(name, cells, substituted=_substituted(chain, cells.shape))


def _substituted(chain: Chain, shape: Shape) -> tuple[list[Interval], ...]:
    """Return what the digits of the first and of the last substituted numbers allow."""
    members = chain.numbers[:1] + chain.numbers[1:][-1:]
    return tuple(
        intervals_of(member.tree, chain.source, _ROUNDED_FROM, shape=shape) for member in members
    )
