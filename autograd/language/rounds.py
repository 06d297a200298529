"""Formulas that continue those of the round before, such as m2 = β·m1 + … after m1 = ….

A round is one repetition of the calculations, such as "epoch 2". It need not update a quantity, so
a round is not always a step.
"""

from __future__ import annotations

from dataclasses import replace

from .chain import Member, align
from .members import equal_numbers, written_number
from .step_tracking import StepTracker
from .trees import Name, Tree, counts_on, plain_number, replace_names


class RoundReader(StepTracker):
    """The part of the reader that sees that a formula belongs to the next round."""

    def _of_next_round(self, target: Name, members: list[Member]) -> list[Member] | None:
        """Return the members of a formula that goes on from the one of the round before, or None.

        An example is m/(1 − β²) after m/(1 − β), where the exponent is the number of the round.
        Another one is grad = 2(1.62 − 3) after grad = 2(w0 − 3). It is read as 2(w2 − 3) if w2 is
        1.62.
        """
        known, first = self.names.quantities[target.name], members[0]
        # With a number in the target, h1 = w2·x2 after h1 = w1·x1 is a mistake and no new round.
        counts_itself = target.name[-1].isdigit()
        is_new = target.name not in self._stated or self._counts_rounds or not counts_itself
        if not known.tree or not is_new:
            return None
        if first.role == "formula":
            return members if counts_on(known.tree, first.tree) else None
        if first.role != "numbers" or counts_itself:
            return None
        tree = self._counted_on(known.tree, first.tree)
        if tree is None:
            return None
        return [replace(first, role="formula", tree=tree, recognized=True), *members]

    def _counted_on(self, formula: Tree, numbers: Tree) -> Tree | None:
        """Return the formula with w2 in place of w1 if w2 has the number put in, or None."""
        meanings: dict[str, Tree] = {}
        for name, number in align(formula, numbers):
            text = written_number(number)
            if not isinstance(name, Name) or self._has_number(name.name, text):
                continue
            value = plain_number(text)
            later = [
                Name(other, (), number.place)
                for other in (self.names.numbers.names_with(value) if value is not None else ())
                if counts_on(name, Name(other, name.index, 0)) and self._has_number(other, text)
            ]
            if len(later) != 1:
                return None
            meanings[name.name] = later[0]
        tree = replace_names(formula, meanings)
        is_same = self._number(tree, {}) == self._number(numbers, {})
        return tree if meanings and is_same else None

    def _has_number(self, name: str, text: str) -> bool:
        known = self.names.quantities.get(name)
        return known is not None and equal_numbers(known.digits.get((), ""), text)
