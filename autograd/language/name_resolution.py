"""Resolution of the names in a chain: each name becomes one that the sheet has defined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..late_pattern import compile_late
from .chain import Member
from .expansion import TooLargeError, expand
from .meanings import MeaningFinder
from .members import (
    RawChain,
    RawMember,
    formulas_with_numbers,
    is_written,
    place_of,
    read_digits,
    role_of,
    without_transpose,
)
from .patterns import exponent_of_logistic
from .suggestion import suggestion
from .trees import (
    Apply,
    Derivative,
    Name,
    Tree,
    calls_in,
    has_transpose,
    names_in,
    replace_names,
    rewrite,
)
from .vocabulary import FUNCTIONS, function_name

_OWN_HEADS = frozenset(("slope", "Σ"))  # the heads that the parser makes up
_LOOP_NAME = compile_late("next|prev")


class NameResolver(MeaningFinder):
    """The part of the reader that resolves the names in the members of a chain."""

    def _resolve_members(self, raw: RawChain) -> list[Member]:
        """Return the members of a chain, in which only defined names are left.

        Raises:
            WorksheetError: a name is not defined, and no other member computes the result.
        """
        raw_members = list(self._write_out_softmax(raw.members))
        trees = [self._expand(member.tree) for member in raw_members]
        self._learn(trees)
        trees = [self._expand(tree) for tree in trees]  # because functions were learned
        if any(map(has_transpose, trees)):
            rank = self._rank_of_result(raw)
            trees = [self._with_products(tree, rank) for tree in trees]
        meanings: dict[str, Tree] = {}
        for name in dict.fromkeys(name for tree in trees for name in self._unresolved(tree)):
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
        return self._without_unknown(members, raw.target)

    def _with_products(self, tree: Tree, rank: int) -> Tree:
        """Return a tree with outer(w, d) for wᵀd, or with x·d for x dᵀ, where x, w and d are rows.

        For rows, wᵀd is a matrix and x dᵀ is a number. Vectors have no direction in most sheets, so
        the result must have the same rank.
        """
        spine: list[Apply] = []
        while isinstance(tree, Apply) and len(tree.args) == 2:
            spine.append(tree)
            tree = tree.args[0]
        for node in reversed(spine):
            second = self._with_products(node.args[1], rank)
            is_product = node.head in ("·", "@") and self.names.rank_of(second) == 1
            match tree, second:
                case Apply(head=".T", args=(left,)), _ if (
                    rank == 2 and is_product and self._is_row(left)
                ):
                    tree = Apply("outer", (left, second), node.place)
                case _, Apply(head=".T", args=(right,)) if (
                    rank == 0 and is_product and self.names.rank_of(tree) == 1
                ):
                    tree = Apply("@", (tree, right), node.place)
                case _:
                    tree = replace(node, args=(tree, second))
        return tree

    def _rank_of_result(self, raw: RawChain) -> int:
        """Return the rank of a chain's result, by its numbers or by its target, or −1."""
        result, target = raw.members[-1].tree, raw.target
        if is_written(result):
            return self.names.rank_of(result)
        if isinstance(target, Name) and self.names.is_ordinary(target.name):
            target = Name(self.names.resolve(target.name[1:])[0], (), target.place)  # Z for dZ
        elif not isinstance(target, Derivative):
            return -1
        return -1 if self.names.undefined(target) else self.names.rank_of(target)

    def _is_row(self, tree: Tree) -> bool:
        known = self.names.quantities.get(tree.name) if isinstance(tree, Name) else None
        return known is not None and known.is_row and isinstance(tree, Name) and not tree.index

    def _write_out_softmax(self, members: Sequence[RawMember]) -> Iterable[RawMember]:
        """Yield the members, with exp(z₂)/Σ exp(z) in place of softmax(z₂).

        If no list z or several lists have this item, softmax(z₂) cannot be computed. The member is
        then left out if substituted numbers and a result remain.
        """
        for member in members:
            tree = member.tree
            head = function_name(tree.head) if isinstance(tree, Apply) else ""
            if not isinstance(tree, Apply) or head != "softmax" or self.names.rank_of(tree):
                yield member  # because it has no softmax, or the softmax of a whole list
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

    def _unresolved(self, tree: Tree) -> list[str]:
        """Return the undefined names of a tree, and names such as h_prev.

        The meaning of h_prev is looked up again in every line, because it changes in every step. So
        is that of a name such as input, for which every line puts in another number.
        """
        changing = [name for name in names_in(tree) if _LOOP_NAME.search(name)]
        put_in = [name for name in names_in(tree) if self.names.is_put_in(name)]
        return [*self.names.undefined(tree), *changing, *put_in]

    def _without_unknown(self, members: list[Member], target: Tree | None) -> list[Member]:
        """Return the members without the formulas that contain undefined names or functions.

        Raises:
            WorksheetError: a name is not defined, and no other member computes the result.
        """
        unknown = {id(m): self._missing_in(m.tree) for m in members if m.role == "formula"}
        functions = {id(m): self._unknown_function(m.tree) for m in members if m.role != "result"}
        has_numbers = any(
            m.role != "result" and not (unknown.get(id(m)) or functions[id(m)]) for m in members
        )
        if has_numbers:
            unknown = {key: unknown.get(key) or head for key, head in functions.items()}
        for member in members:
            missing = unknown.get(id(member))
            if missing and not has_numbers and not self._takes_as_given(members, target, missing):
                raise self._undefined(missing, place_of(member.tree, missing))
            if missing:
                self.names.note_uses(names_in(member.tree))
                reason = f"because {missing} is not defined"
                self.names.notes.append(
                    f"the formula was not checked, {reason}"
                    if has_numbers
                    else f"{target} is taken as given, {reason}; write {missing} = … on a line "
                    "before this one"
                )
        return [member for member in members if not unknown.get(id(member))]

    def _takes_as_given(self, members: list[Member], target: Tree | None, missing: str) -> bool:
        """Whether only the result of a formula with an undefined name is read.

        The reader does so for a new quantity if it goes on behind lines that cannot be read. Other
        lines can then use the quantity. A misspelled name, or one from a line that could not be
        read, is an error all the same.
        """
        is_formula = members[0].role == "formula" and members[-1].digits
        if not (self._goes_on and isinstance(target, Name) and is_formula):
            return False
        is_new = not self.names.knows(target.name.rstrip("'"))
        return is_new and not (missing in self.lost or suggestion(missing, self.names.quantities))

    def _unknown_function(self, tree: Tree) -> str:
        """Return the first function in a tree that has no formula and is no misspelled name."""
        for call in calls_in(tree):
            name = call.head.rstrip("'")
            is_known = name in _OWN_HEADS or name in self.names.functions or function_name(name)
            if not is_known and not suggestion(name, FUNCTIONS):
                return call.head
        return ""

    def _learn(self, trees: Sequence[Tree]) -> None:
        """Record that f means the sigmoid if the chain says f(h) = sigmoid(−0.02)."""
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
        """Return a tree in which each call of a function of the sheet is replaced by its body.

        Raises:
            WorksheetError: the expanded tree is too large.
        """
        if self.names.has_slopes:
            tree = rewrite(tree, self._named_slope)
        if not self.names.functions:
            return tree
        try:
            return expand(tree, self.names)
        except TooLargeError:
            raise self.source.error(
                "this nests too many function calls; give some of them names on lines of their own",
                tree.place,
            ) from None

    def _named_slope(self, leaf: Tree) -> Tree:
        """Return dL/dz as a name if the sheet has no formula for L and gives dL/dz a value."""
        is_name = isinstance(leaf, Derivative) and self.names.knows(str(leaf))
        return Name(str(leaf), (), leaf.place) if is_name else leaf

    def _make_members(self, raw: Sequence[RawMember]) -> list[Member]:
        """Return the members with their roles. A result also gets its digits."""
        members = []
        for k, member in enumerate(raw):
            tree = without_transpose(member.tree)
            # In x = 2/3, the quotient is a calculation. In x = y/3 = 2/3, it is the result.
            is_last = k == len(raw) - 1 and (k > 0 or member.joiner == "->")
            role = role_of(tree, is_last=is_last)
            if role == "numbers" and any(map(self.names.is_quantity, names_in(tree))):
                role = "formula"  # because e is a quantity of this sheet, and no constant
            is_result = role == "result"
            digits = read_digits(tree, self.source, member.span[0]) if is_result else None
            parts = (tree, member.span, member.joiner)
            members.append(Member(role, *parts, digits, heading=member.heading))
        return members
