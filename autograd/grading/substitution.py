"""Substituted numbers, such as −0.755·0.6225. Each stands for all numbers that round to it."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.functions import constant
from ..engine.value import Value
from ..language.product_readings import evaluate_as
from ..language.quantity import Quantity, Shape, scalar
from ..language.scopes import Scope
from ..language.sheet_source import Source
from ..language.trees import Derivative, Name, Number, Tree, rewrite
from .intervals import Interval
from .ledger import Ledger
from .written import Written


class _Digits:
    """The scope of an expression whose rounded numbers were replaced by names."""

    def __init__(self, source: Source, fewest: int, names: Scope | None) -> None:
        self._source, self._fewest, self._names = source, fewest, names
        self.ledger = Ledger()
        self.numbers: dict[str, Value] = {}

    def quantity(self, name: str) -> Quantity | None:
        """Return the number that a name stands for, or a quantity of the sheet as constants."""
        if name in self.numbers:
            return scalar(self.numbers[name])
        known = self._names.quantity(name) if self._names else None
        # Constants suffice, because only the number of the quantity matters here.
        return known and known.with_items(constant(item.data) for item in known.items)

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the numbers of a derivative, or raise an error if names are not allowed."""
        if self._names:
            return self._names.derivative(tree, source)
        raise source.error(f"{tree} is not a number", tree.place)

    def names(self) -> Iterable[str]:
        """Return the names."""
        return self._names.names() if self._names else self.numbers

    def name_numbers(self, tree: Tree) -> Tree:
        """Return the tree with a name for every number that was rounded.

        A whole number, such as an exponent or the 1 of 1 − a, is exact and gets no name.
        """
        return rewrite(tree, self._name_number)

    def _name_number(self, leaf: Tree) -> Tree:
        if not isinstance(leaf, Number) or "." not in leaf.text:
            return leaf
        try:
            digits = Written.read(leaf.text.lstrip("-−+"))
        except ValueError as error:  # as in 0.001e-99987
            raise self._source.error(str(error), leaf.place) from None
        if digits.significant < self._fewest:
            return leaf
        name = f"#{len(self.numbers)}"
        self.numbers[name] = value = Value(leaf.value)
        self.ledger.write(value, Interval(-1, 1) * float(digits.unit / 2) + leaf.value)
        return Name(name, (), leaf.place)


def intervals_of(
    tree: Tree,
    source: Source,
    fewest: int = 1,
    names: Scope | None = None,
    shape: Shape | None = None,
) -> list[Interval]:
    """Return the interval of each result of an expression whose numbers may be rounded.

    Numbers with fewer than `fewest` significant digits are exact. `names` is the scope of the names
    in the expression, and `shape` is the shape of the answer.

    >>> from autograd.language.grammar import parse
    >>> source = Source("0.5*4")
    >>> intervals_of(parse(source, lambda name: False), source)
    [[1.8, 2.2]]

    Raises:
        WorksheetError: it cannot be computed.
    """
    scope = _Digits(source, fewest, names)
    cells = evaluate_as(scope.name_numbers(tree), scope, source, shape)
    return [scope.ledger.own(item) for item in cells.items]
