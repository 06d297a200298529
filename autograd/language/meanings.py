"""What an undefined name in a formula may mean.

These meanings are tried in order:

1. another spelling of a defined name, such as x for X or loss for L;
2. the number of examples, for N and the like;
3. the prediction in the loss, for ŷ and the like;
4. the number that the same line puts in for the name;
5. the number that the sheet states for it elsewhere, as in "with y = 0";
6. the list of the numbered quantities y1, y2 and y3, for y;
7. the target of a classification, as in "the true class is 2", for y;
8. the only given quantity with which the formula gives the written result.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from ..engine.functions import constant
from .chain import align
from .evaluate import evaluate
from .grammar import parse
from .members import equal_numbers, formulas_with_numbers, written_number
from .missing_names import MOST_TRIED, MissingNames
from .names import ONE_HOT, RATES, TARGET_NAMES
from .numbered import list_of
from .quantity import Quantity
from .scopes import Names
from .sheet_quantity import SheetQuantity
from .sheet_source import Source, WorksheetError
from .suggestion import PLAIN_WORDS
from .token import Notation
from .trees import Name, Number, Row, Tree, names_in, plain_number, replace_names

_LONGEST_LIST = 50  # numbers, because a formula may be tried in many lines


class MeaningFinder(MissingNames):
    """The part of the reader that finds what an undefined name means.

    Attributes:
        notation: the notation of the sheet.
    """

    notation: Notation

    @abstractmethod
    def put_in(self, name: str, number: Tree) -> None:
        """Define a name by a number that the sheet gives for it, such as a substituted one."""

    def _find_meaning(self, name: str, trees: Sequence[Tree]) -> Tree | None:
        """Return what replaces an undefined name in the trees of a chain, or None if it stays.

        The result is None in two cases. The name has no meaning, or the number that the line
        substitutes for it now defines it.
        """
        place = next((tree.place for tree in trees), 0)
        if not self.names.knows(name) and (alias := self.names.find_alias(name)):
            self._note_alias(name, alias)
            if name in PLAIN_WORDS:
                self.names.aliases[name] = alias  # so that b.grad is the gradient of bias too
            return Name(alias, (), place)
        if count := self.names.count_of_examples(name):
            self.names.notes.append(f"{name} is read as {count}, the number of examples")
            # "N" as the text of a number stands for the number of examples.
            return Number(float(count), place, "N")
        if prediction := self.names.prediction(name):
            self.names.notes.append(f"{name} is read as what the loss compares with the target")
            return prediction
        substituted = _numbers_put_in(name, trees)
        if not substituted:
            if self.names.knows(name):
                return None
            return (
                self._stated_elsewhere(name)
                or self._list_of_numbered(name, trees)
                or self._one_hot(name, trees)
                or self._only_fitting_quantity(name, trees)
            )
        if len(substituted) != 1:
            return None
        (number,) = substituted.values()
        known = self.names.quantities.get(name)
        if known and equal_numbers(known.digits.get((), ""), number.text):
            return None
        self.names.notes.append(f"{name} is read as {number.text}, which was put in for it")
        self.put_in(name, number)
        self.names.quantities[name].is_put_in = True
        return None

    def _stated_elsewhere(self, name: str) -> Tree | None:
        """Define a name by the number that the sheet states for it elsewhere, as in "with y = 0".

        The number may be in a heading, in a remark or in a later line.
        """
        as_rate = "lr" if name.casefold() in RATES else name  # as in: a learning rate of 0.1
        stated = self.names.stated.get(name) or self.names.stated.get(as_rate)
        if self.names.knows(name) or not stated:
            return None
        text, line = stated
        self.names.notes.append(f"{name} is read as {text}, which line {line} gives")
        self.put_in(name, parse(Source(text), notation=self.notation))
        return Name(name, (), 0)

    def _list_of_numbered(self, name: str, trees: Sequence[Tree]) -> Tree | None:
        """Define an undefined y as [y1, y2, y3] if the sheet has these quantities."""
        found = list_of(name, trees, self.names)
        if found is None:
            return None
        stem, elements = found
        self.names.notes.append(f"{name} is read as [{', '.join(map(str, elements.items))}]")
        self.put_in(stem, elements)
        return Name(stem, (), 0)

    def _one_hot(self, name: str, trees: Sequence[Tree]) -> Tree | None:
        """Define the target y of a classification by words such as "the true class is 2".

        The length of y is that of the list in the same line. Whether classes are counted from 0 or
        1 must be clear from the sheet or from the number of the class.
        """
        if self.names.true_class is None or name.casefold() not in TARGET_NAMES | ONE_HOT:
            return None
        number, line = self.names.true_class
        known = (self.names.quantities.get(one) for tree in trees for one in names_in(tree))
        lists = [one for one in known if one and one.rank]
        if not lists and number < 2:  # as in p − y of a single neuron
            self.names.notes.append(f"{name} is read as {number}, the class in line {line}")
            self.put_in(name, Number(float(number), 0, str(number)))
            return Name(name, (), 0)
        lengths = {_length(one) for one in lists if one.rank == 1}
        count = lengths.pop() if len(lengths) == 1 else 0
        is_from_zero = number == 0 or self.notation.first_class == 0
        # The p3 of a list of three shows that classes are counted from 1.
        stems = {one for tree in trees for one in names_in(tree)}
        is_from_one = (
            self.notation.says_one
            or number == count
            or any(f"{stem}{count}" in self.names.quantities for stem in stems)
        )
        if not count or not (is_from_zero or is_from_one):
            return None
        place = number + is_from_zero
        items = [float(k == place) for k in range(1, count + 1)]
        row = Row(tuple(Number(one, 0, f"{one:g}") for one in items), 0)
        shown = ", ".join(f"{one:g}" for one in items)
        self.names.notes.append(f"{name} is read as [{shown}], because of the class in line {line}")
        self.put_in(name, row)
        return Name(name, (), 0)

    def _only_fitting_quantity(self, name: str, trees: Sequence[Tree]) -> Tree | None:
        """Return the quantity with which the formula gives the written result, or None.

        The quantity replaces `name`. It is returned only if no other quantity gives the result.
        """
        # A substring test, which holds for i and also for ij.
        is_index = name in "ijkn"
        may_be_guessed = len(name) <= 2 and not is_index and not self.names.knows(name)
        if not may_be_guessed or len(trees) != 2 or not written_number(trees[1]):
            return None
        claimed = written_number(trees[1])
        others = [
            other
            for other, quantity in self.names.quantities.items()
            if quantity.is_given and () in quantity.digits and other not in names_in(trees[0])
        ][:MOST_TRIED]
        found = [
            other
            for other in others
            if (number := self._number(trees[0], {name: Name(other, (), 0)})) is not None
            and equal_numbers(str(number), claimed)
        ]
        if len(found) != 1:
            return None
        self.names.notes.append(f"{name} is read as {found[0]}, because only that gives {claimed}")
        if found[0] == name + "0":  # w0 is the first value of w
            self.names.aliases[name] = found[0]
        return Name(found[0], (), trees[0].place)

    def _number(self, tree: Tree, meanings: dict[str, Tree]) -> float | None:
        """Return the value of a formula, computed from the written digits of its names, or None."""
        tree = replace_names(tree, meanings)
        known = {name: cells for name in names_in(tree) if (cells := self._written_cells(name))}
        try:
            items = evaluate(tree, Names(known), self.source).items
        except WorksheetError:
            return None
        return items[0].data if len(items) == 1 else None

    def _written_cells(self, name: str) -> Quantity | None:
        """Return the written digits of a number or a list as a quantity, or None."""
        known = self.names.quantities.get(name)
        if known is None or known.rank > 1 or not 0 < len(known.digits) <= _LONGEST_LIST:
            return None
        numbers = [plain_number(text) for text in known.digits.values()]
        shape = (len(numbers),) if known.rank else ()
        items = tuple(constant(number) for number in numbers if number is not None)
        return Quantity(shape, items) if len(items) == len(numbers) else None

    def _note_alias(self, name: str, alias: str) -> None:
        self.names.notes.append(f"{name} is read as {alias}")


def _length(quantity: SheetQuantity) -> int:
    """Return how many numbers a list has, or 0 if it is not known."""
    tree = quantity.tree
    return len(tree.items) if isinstance(tree, Row) else len(quantity.digits)


def _numbers_put_in(name: str, trees: Sequence[Tree]) -> dict[str, Number]:
    """Return the numbers that a line puts in for a name, by their text."""
    return {
        number.text: number
        for formula, numbers in formulas_with_numbers(trees)
        for named, number in align(formula, numbers)
        if isinstance(named, Name) and named.name == name and isinstance(number, Number)
    }
