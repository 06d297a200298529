"""Formulas that the writer left out, and that the numbers of a line tell."""

from __future__ import annotations

from dataclasses import replace

from .activation_recognition import recognize_activation
from .chain import Member
from .dot_recognition import recognize_dot
from .loss_recognition import recognize_loss
from .members import is_rounded
from .names import LOSS_NAMES
from .recognition import recognize
from .step_reading import StepReader
from .trees import Apply, Name, Number, Tree, leaves, plain_number

_NEAR = 1e-6  # because the numbers put in are those of the sheet
_FEWEST_DECIMALS = 3  # With fewer decimals, a number may match a loss by chance.


class FormulaFinder(StepReader):
    """The part of the reader that adds a formula to a definition that has only numbers."""

    def _with_formula(self, name: str, members: list[Member]) -> list[Member]:
        """Return the members, preceded by the formula that is recognized from their numbers."""
        first = members[0]
        tree = self._by_rule(name, first) if first.role != "formula" else None
        tree = tree or self._loss_of_numbers(name, members) or self._product_named(name, members)
        if tree is None and first.role == "numbers":
            tree = recognize(first.tree, name, self.names) or recognize_dot(first.tree, self.names)
        elif tree is None and first.digits and len(members) == 1:
            texts = [text or "" for text in first.digits.texts]
            tree = recognize_activation(texts, name, self.names)
            if isinstance(tree, Apply):
                what = f"{tree.head}({tree.args[0]})" if tree.head != "/" else "the softmax"
                self.names.notes.append(f"{name} is read as {what}")
        if tree is None:
            return members
        return [replace(first, role="formula", tree=tree, digits=None, recognized=True), *members]

    def _product_named(self, name: str, members: list[Member]) -> Tree | None:
        """Return w1·x1 for w1x1 = −6 if that is the number of the product, or None."""
        digits = members[0].digits
        parts = self.names.parts_of(name) if len(members) == 1 and digits else []
        if not digits or digits.shape or len(parts) < 2:
            return None
        place = members[0].span[0]
        tree: Tree = Name(*self.names.resolve(parts[0]), place)
        for part in parts[1:]:
            tree = Apply("·", (tree, Name(*self.names.resolve(part), place)), place)
        value = self._number(tree, {})
        is_same = value is not None and is_rounded(repr(value), digits.texts[0] or "")
        return tree if is_same else None

    def _loss_of_numbers(self, name: str, members: list[Member]) -> Tree | None:
        """Return the loss that has the value of a chain without names, or None."""
        first = members[0]
        if first.role == "formula" or name.casefold() not in LOSS_NAMES:
            return None
        if first.role == "numbers":
            value = self._number(first.tree, {})
            return None if value is None else recognize_loss(value, _NEAR, name, self.names)
        digits = first.digits
        text = (digits.texts[0] or "") if digits and not digits.shape else ""
        decimals = len(text.partition(".")[2])
        value = plain_number(text)
        if len(members) > 1 or decimals < _FEWEST_DECIMALS or value is None:
            return None
        tree = recognize_loss(value, 0.6 * 10.0**-decimals, name, self.names)
        if tree:
            self.names.notes.append(f"{name} is read as the loss that has this value")
        return tree

    def _summed(self, name: str, members: list[Member]) -> list[Member]:
        """Return the members with Σ added to a loss such as 1/N (y − t)² if y is a list.

        The factor 1/N shows that the writer means the sum over the examples.
        """
        first = members[0]
        if name.casefold() not in LOSS_NAMES or first.role != "formula":
            return members
        if not self.names.rank_of(first.tree):
            return members
        if not any(isinstance(node, Number) and node.text == "N" for node in leaves(first.tree)):
            return members
        self.names.notes.append(f"{name} is summed over the examples")
        return [replace(first, tree=Apply("sum", (first.tree,), first.tree.place)), *members[1:]]
