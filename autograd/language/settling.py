"""The part of the reader that settles names: it gives each name in a formula a meaning.

A name may be defined, may be another spelling of a defined name, or may get its value from the
number that the writer substituted for it.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..engine.functions import constant
from .chain import Member, align
from .evaluate import evaluate
from .expansion import TooLargeError, expand
from .grammar import parse
from .members import (
    RawChain,
    RawMember,
    equal_numbers,
    formulas_with_numbers,
    place_of,
    read_digits,
    role_of,
    without_transpose,
    written_number,
)
from .missing_names import MOST_TRIED, MissingNames, Waiting
from .patterns import exponent_of_logistic
from .scopes import Names
from .sheet_names import SheetNames
from .sheet_source import Source, WorksheetError
from .token import Notation
from .trees import (
    Apply,
    Derivative,
    Name,
    Number,
    Tree,
    names_in,
    plain_number,
    replace_names,
    rewrite,
)
from .vocabulary import function_name

_LOOP_NAME = re.compile("next|prev")


class Settler(MissingNames):
    """The part of the reader that gives the names in formulas a meaning.

    Attributes:
        names: the names that the sheet has defined so far.
        source: the line that is being read.
        waiting: the formulas whose names had no values when they were read.
    """

    names: SheetNames
    notation: Notation
    source: Source
    waiting: list[Waiting]

    @abstractmethod
    def put_in(self, name: str, number: Tree) -> None:
        """Define a name by a number that the sheet gives for it, such as a substituted one."""

    def _settle(self, raw: RawChain) -> list[Member]:
        """Return the members of a chain after each of their names was given a meaning."""
        raw_members = list(self._write_out_softmax(raw.members))
        trees = [self._expand(member.tree) for member in raw_members]
        self._learn(trees)
        trees = [self._expand(tree) for tree in trees]  # with what was learned
        meanings: dict[str, Tree] = {}
        for name in dict.fromkeys(name for tree in trees for name in self._unsettled(tree)):
            meaning = self._find_meaning(name, trees)
            if meaning is not None:
                meanings[name] = meaning
        members = self._make_members(
            [
                member
                if member.tree is tree and not meanings  # nothing in it was replaced
                else replace(member, tree=replace_names(tree, meanings))
                for member, tree in zip(raw_members, trees, strict=True)
            ]
        )
        return self._without_unknown(members)

    def _write_out_softmax(self, members: Sequence[RawMember]) -> Iterable[RawMember]:
        """Yield the members, with exp(z₂)/Σ exp(z) in place of softmax(z₂).

        The value of softmax(z₂) depends on the whole list z. If z is not known, the member is left
        out of a chain that has at least two others, which are a calculation and its result.
        """
        for member in members:
            tree = member.tree
            head = function_name(tree.head) if isinstance(tree, Apply) else ""
            if not isinstance(tree, Apply) or head != "softmax" or self.names.rank_of(tree):
                yield member  # with the softmax of a whole list, or without any
                continue
            place, item = tree.place, tree.args[0]
            lists = list(self.names.lists_with(item))
            if len(lists) == 1:
                powers = Apply("exp", (Name(lists[0], (), place),), place)
                parts = Apply("exp", (item,), place), Apply("sum", (powers,), place)
                yield replace(member, tree=Apply("/", parts, place))
            elif len(members) < 3:
                yield member
            else:
                what = self.source.text[slice(*member.span)]
                self.names.notes.append(f"only the arithmetic of {what} was checked")

    def _unsettled(self, tree: Tree) -> list[str]:
        """Return the undefined names and names such as h_prev, which change in each step."""
        changing = [name for name in names_in(tree) if _LOOP_NAME.search(name)]
        return [*self.names.undefined(tree), *changing]

    def _find_meaning(self, name: str, trees: Sequence[Tree]) -> Tree | None:
        """Return what replaces an undefined name in the trees of a chain, or None if it stays.

        A name stays if it has no meaning, and also if the number put in for it now defines it.
        """
        place = next((tree.place for tree in trees), 0)
        if not self.names.knows(name) and (alias := self.names.find_alias(name)):
            self._note_alias(name, alias)
            return Name(alias, (), place)
        if count := self.names.count_of_examples(name):
            self.names.notes.append(f"{name} is read as {count}, the number of examples")
            return Number(float(count), place, "N")
        if prediction := self.names.prediction(name):
            self.names.notes.append(f"{name} is read as what the loss compares with the target")
            return prediction
        substituted = {
            number.text: number
            for formula, numbers in formulas_with_numbers(trees)
            for named, number in align(formula, numbers)
            if isinstance(named, Name) and named.name == name and isinstance(number, Number)
        }
        if not substituted:
            return self._stated_elsewhere(name) or self._only_fitting_quantity(name, trees)
        if len(substituted) != 1:
            return None
        (number,) = substituted.values()
        known = self.names.quantities.get(name)
        if known and equal_numbers(known.digits.get((), ""), number.text):
            return None
        self.names.notes.append(f"{name} is read as {number.text}, which was put in for it")
        self.put_in(name, number)
        return None

    def _stated_elsewhere(self, name: str) -> Tree | None:
        """Define a name by the number that the sheet states for it elsewhere, as in "with y = 0".

        The number may be in a heading, in a remark or in a later line.
        """
        if self.names.knows(name) or name not in self.names.stated:
            return None
        text, line = self.names.stated[name]
        self.names.notes.append(f"{name} is read as {text}, which line {line} gives")
        self.put_in(name, parse(Source(text), notation=self.notation))
        return Name(name, (), 0)

    def _only_fitting_quantity(self, name: str, trees: Sequence[Tree]) -> Tree | None:
        """Return the quantity with which the formula gives the written result, or None.

        The quantity replaces `name`. It is returned only if no other quantity gives the result.
        """
        is_index = name in "ijkn"  # an index or a count, also two of them as in "ij"
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
        """Return the value of a formula of scalars, computed from their written digits, or None."""
        known = {
            name: constant(number)
            for name, quantity in self.names.quantities.items()
            if (number := plain_number(quantity.digits.get((), ""))) is not None
        }
        try:
            items = evaluate(replace_names(tree, meanings), Names(known), self.source).items
        except WorksheetError:
            return None
        return items[0].data if len(items) == 1 else None

    def _note_alias(self, name: str, alias: str) -> None:
        self.names.notes.append(f"{name} is read as {alias}")

    def _without_unknown(self, members: list[Member]) -> list[Member]:
        """Return the members without the formulas that contain undefined names.

        A formula may be left out only if the chain also has a member with substituted numbers.

        Raises:
            WorksheetError: a name is not defined and no member has substituted numbers.
        """
        unknown = {id(m): self._missing_in(m.tree) for m in members if m.role == "formula"}
        has_numbers = any(member.role == "numbers" for member in members)
        for member in members:
            missing = unknown.get(id(member))
            if missing and not has_numbers:
                raise self.source.error(self._not_defined(missing), place_of(member.tree, missing))
            if missing:
                self.names.notes.append(
                    f"the formula was not checked, because {missing} is not defined"
                )
        return [member for member in members if not unknown.get(id(member))]

    def _learn(self, trees: Sequence[Tree]) -> None:
        """Record that f is another name for the sigmoid if the sheet says f(h) = sigmoid(−0.02)."""
        for formula, numbers in formulas_with_numbers(trees):
            if isinstance(formula, Apply) and isinstance(numbers, Apply):
                own, known = formula.head, function_name(numbers.head)
                if exponent_of_logistic(numbers):
                    known = "sigmoid"
                is_new = own.isidentifier() and not self.names.is_function(own)
                if is_new and known and known.isidentifier():
                    self.names.functions[own] = known
                    self.names.notes.append(f"{own} is read as {known}")

    def _expand(self, tree: Tree) -> Tree:
        """Return a tree in which the bodies of the sheet's functions replace their calls."""
        if self.names.has_slopes:
            tree = rewrite(tree, self._named_slope)
        if not self.names.functions:
            return tree
        try:
            return expand(tree, self.names)
        except TooLargeError:
            raise self.source.error(
                "this calls functions in functions too often; give parts of it names of their own",
                tree.place,
            ) from None

    def _named_slope(self, leaf: Tree) -> Tree:
        """Return dL/dz as an ordinary name, which it is if the sheet has no formula for L."""
        is_name = isinstance(leaf, Derivative) and self.names.knows(str(leaf))
        return Name(str(leaf), (), leaf.place) if is_name else leaf

    def _make_members(self, raw: Sequence[RawMember]) -> list[Member]:
        """Return the members with their roles and, for a result, with its digits."""
        members = []
        for k, member in enumerate(raw):
            tree = without_transpose(member.tree)
            # 2/3 alone, as in x = 2/3, is a calculation. Behind another member, it is the result.
            is_last = k == len(raw) - 1 and (k > 0 or member.joiner == "->")
            role = role_of(tree, is_last=is_last)
            is_result = role == "result"
            digits = read_digits(tree, self.source, member.span[0]) if is_result else None
            parts = (tree, member.span, member.joiner)
            members.append(Member(role, *parts, digits, heading=member.heading))
        return members
