"""The part of the reader that gives each name in a formula a meaning, which is to settle it.

A name may be defined, may be another spelling of a defined name, or may get its value from the
number that the writer substituted for it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..engine.functions import constant
from .chain import Member, align
from .evaluate import Names, evaluate
from .expansion import TooLargeError, expand
from .grammar import parse
from .members import RawChain, RawMember, read_digits, role_of, without_transpose, written_number
from .names import SheetNames
from .patterns import exponent_of_logistic
from .sheet_source import Source, WorksheetError
from .suggestion import suggestion
from .tokens import Notation
from .trees import (
    Apply,
    Derivative,
    Name,
    Number,
    Row,
    Tree,
    names_in,
    plain_number,
    replace_names,
    rewrite,
)
from .vocabulary import function_name

MOST_TRIED = 20  # the most quantities that are tried as the meaning of an undefined name
_LOOP_NAME = re.compile("next|prev")


@dataclass
class Waiting:
    """A formula that waits until its names have values.

    Attributes:
        raw: the chain of the formula.
        source: the line of the formula.
        missing: the names that had no value.
        is_read: whether the formula was read after its names got values.
    """

    raw: RawChain
    source: Source
    missing: list[str]
    is_read: bool = False


class Settler(ABC):
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

    def _missing_in(self, tree: Tree) -> str:
        missing = self.names.undefined(tree)
        return missing[0] if missing else ""

    def _means_something(self, name: str) -> bool:
        return bool(
            self.names.find_alias(name)
            or self.names.count_of_examples(name)
            or self.names.prediction(name)
        )

    def _not_defined(self, name: str) -> str:
        """Return a message that names what is missing, perhaps in a line before."""
        waiting = self._waiting_line(name)
        for _ in range(MOST_TRIED):  # because two lines may wait for each other
            waiting = waiting and (self._waiting_line(waiting.missing[0]) or waiting)
        if waiting:
            missing = waiting.missing[0]
            near = suggestion(missing, self.names.quantities)
            return (
                f"{name} has no value, because {missing} in line {waiting.source.line} is not "
                f"defined{near or f'; write {missing} = … on a line before this one'}"
            )
        if near := suggestion(name, self.names.quantities):
            return f"{name} is not defined{near}"
        known = list(self.names.quantities)
        shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        return (
            f"{name} is not defined; write {name} = … on a line before this one. Defined are: "
            f"{shown or 'no names yet'}"
        )

    def _waiting_line(self, name: str) -> Waiting | None:
        """Return the waiting formula that would define a name, or None."""
        targets = ((waiting, waiting.raw.target) for waiting in self.waiting if waiting.missing)
        return next((w for w, t in targets if isinstance(t, Name) and t.name == name), None)

    def _settled(self, raw: RawChain) -> list[Member]:
        """Return the members of a chain after each of their names was given a meaning."""
        raw = replace(raw, members=list(self._shares_of_lists(raw.members)))
        trees = [self._expanded(member.tree) for member in raw.members]
        self._learn(trees)
        trees = [self._expanded(tree) for tree in trees]
        meanings: dict[str, Tree] = {}
        for name in dict.fromkeys(name for tree in trees for name in self._unsettled(tree)):
            meaning = self._meaning(name, trees)
            if meaning is not None:
                meanings[name] = meaning
        members = self._members(
            [
                replace(member, tree=replace_names(tree, meanings))
                for member, tree in zip(raw.members, trees, strict=True)
            ]
        )
        return self._without_unknown(members)

    def _shares_of_lists(self, members: Sequence[RawMember]) -> Iterable[RawMember]:
        """Yield the members, with softmax(z₂) as exp(z₂)/Σ exp(z), because it needs the list z.

        If the list is not known, the member is left out where others show the calculation.
        """
        for member in members:
            tree = member.tree
            head = function_name(tree.head) if isinstance(tree, Apply) else ""
            if not isinstance(tree, Apply) or head != "softmax" or self.names.rank_of(tree):
                yield member
                continue
            place, (item,) = tree.place, tree.args[:1]
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

    def _meaning(self, name: str, trees: Sequence[Tree]) -> Tree | None:
        place = next((t.place for t in trees), 0)
        if not self.names.knows(name) and (alias := self.names.find_alias(name)):
            self._note_alias(name, alias)
            return Name(alias, (), place)
        if count := self.names.count_of_examples(name):
            self.names.notes.append(f"{name} is read as {count}, the number of examples")
            return Number(float(count), place, "N")
        if prediction := self.names.prediction(name):
            self.names.notes.append(f"{name} is read as what the loss compares with the target")
            return prediction
        put_in = {
            number.text: number
            for formula, numbers in _formulas_with_numbers(trees)
            for named, number in align(formula, numbers)
            if isinstance(named, Name) and named.name == name and isinstance(number, Number)
        }
        if not put_in:
            return self._stated_elsewhere(name) or self._only_fitting_quantity(name, trees)
        if len(put_in) != 1:
            return None
        (number,) = put_in.values()
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
        """Return the only quantity that gives the written result in place of `name`, or None."""
        is_short = len(name) <= 2 and not self.names.knows(name) and name not in "ijkn"
        if not is_short or len(trees) != 2 or not written_number(trees[1]):
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
            if equal_numbers(str(self._number(trees[0], {name: Name(other, (), 0)})), claimed)
        ]
        if len(found) != 1:
            return None
        self.names.notes.append(f"{name} is read as {found[0]}, because only that gives {claimed}")
        if found[0] == name + "0":  # w0 is where w begins
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
                raise self.source.error(self._not_defined(missing), _place_of(member.tree, missing))
            if missing:
                self.names.notes.append(
                    f"the formula was not checked, because {missing} is not defined"
                )
        return [member for member in members if not unknown.get(id(member))]

    def _learn(self, trees: Sequence[Tree]) -> None:
        """Record that f is another name for the sigmoid if the sheet says f(h) = sigmoid(−0.02)."""
        for formula, numbers in _formulas_with_numbers(trees):
            if isinstance(formula, Apply) and isinstance(numbers, Apply):
                own, known = formula.head, function_name(numbers.head)
                if exponent_of_logistic(numbers):
                    known = "sigmoid"
                is_new = own.isidentifier() and not self.names.is_function(own)
                if is_new and known and known.isidentifier():
                    self.names.functions[own] = known
                    self.names.notes.append(f"{own} is read as {known}")

    def _expanded(self, tree: Tree) -> Tree:
        """Return a tree in which the bodies of the sheet's functions replace their calls."""
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
        """Return dL/dz as the name that it has in a sheet that gives no L."""
        is_name = isinstance(leaf, Derivative) and self.names.knows(str(leaf))
        return Name(str(leaf), (), leaf.place) if is_name else leaf

    def _members(self, raw: Sequence[RawMember]) -> list[Member]:
        members = []
        for k, member in enumerate(raw):
            tree = without_transpose(member.tree)
            is_last = k == len(raw) - 1 and (k > 0 or member.joiner == "->")
            role = role_of(tree, is_last=is_last)
            is_result = role == "result"
            digits = read_digits(tree, self.source, member.span[0]) if is_result else None
            parts = (tree, member.span, member.joiner)
            members.append(Member(role, *parts, digits, heading=member.heading))
        return members


def equal_numbers(one: str, other: str) -> bool:
    number = plain_number(one)
    return number is not None and number == plain_number(other)


def is_rounded(number: str, other: str) -> bool:
    """Whether the other text is the same number, perhaps rounded to at least two decimals."""
    exact, rounded = plain_number(number), plain_number(other)
    if exact is None or rounded is None:
        return False
    decimals = len(other.partition(".")[2])
    half = 0.5 * 10.0**-decimals if decimals > 1 else 0.0
    return abs(exact - rounded) <= half


def _formulas_with_numbers(trees: Sequence[Tree]) -> Iterable[tuple[Tree, Tree]]:
    """Yield each pair of a formula and a member with substituted numbers."""
    roles = [role_of(tree, is_last=True) for tree in trees]
    for formula, role in zip(trees, roles, strict=True):
        if role == "formula":
            for numbers, other in zip(trees, roles, strict=True):
                if other == "numbers":
                    yield formula, numbers


def _place_of(tree: Tree, name: str) -> int:
    stack = [tree]
    while stack:
        node = stack.pop()
        if (isinstance(node, Name) and node.name == name) or (
            isinstance(node, Apply) and node.head == name
        ):
            return node.place
        if isinstance(node, Derivative) and name in (node.top.name, node.bottom.name):
            return node.place
        if isinstance(node, Apply):
            stack += node.args
        elif isinstance(node, Row):
            stack += node.items
    return tree.place
