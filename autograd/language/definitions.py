"""Definitions, claims and updates of quantities, and formulas that wait for values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeGuard

from .chain import Act, Member
from .members import RawChain, RawMember, equal_numbers
from .numbered import whole_list
from .recognized_formulas import FormulaFinder
from .step_recognition import recognize_update
from .trees import (
    Apply,
    Name,
    Row,
    Tree,
    names_in,
    plain_number,
    rewrite,
)

_NEAR_SHARE = 1e-3  # because the numbers of both formulas are rounded
_NEAR = 1e-6  # substituted numbers give the exact value of the loss
_FEWEST_DECIMALS = 3  # With fewer decimals, a number may match a loss by chance.


class Definer(FormulaFinder):
    """The part of the reader that defines quantities and emits the chains about them."""

    def _named(self, raw: RawChain, target: Name) -> None:
        target = self._element_or_name(raw, target)
        target = whole_list(target, raw.members[0].tree, self.names)
        name = target.name
        extra = self._further_targets(raw, name)
        if self._wait(raw, target):
            return
        members = self._resolve_members(raw)
        act = self._choose_act(raw, target, members)
        if act == "update" and self._is_stated_again(target, members):
            target, act = replace(target, name=self._updated_name(name) + "'"), "claim"
        self._step_if_due(target, act, members)
        new = self._new_values_in(target, act)
        members = [_with_new_values(member, new) for member in members]
        if act == "claim" and (continued := self._of_next_round(target, members)):
            act, members = "define", continued
        if act == "update":
            if name == self._updated_name(name) and not raw.was_named_new:
                self._assigned.add(name)
            self._update(raw, target, members)
        elif act == "arithmetic":  # n += 1 without an old value of n
            self._emit("arithmetic", None, members)
        elif act == "define":
            for other in [*reversed(extra), target]:
                self._define(other.name, other, _of_input(other, extra, members))
                self._release(other.name)
        else:
            self._claim(target, members)

    def _step_if_due(self, target: Name, act: Act, members: list[Member]) -> None:
        """Begin the next step if this one has updated or stated the target before."""
        name, base = target.name, target.name.rstrip("'")
        new = self.names.quantities.get(base + "'")
        is_rule = new is not None and not new.digits  # as v ← 0.9v + g before v = 0.9·0 + 4 = 4
        is_stated = base in self._pending and base + str(target.index) in self._stated
        if act == "update" and is_stated and not (is_rule and members[-1].digits):
            self._next_step()
        is_new_value = name.endswith("'") or name in self._assigned & self._pending
        if act == "claim" and not is_new_value and self.names.quantities[name].uses:
            self._step_if_stated_again(name)

    def put_in(self, name: str, number: Tree) -> None:
        """Define a name by a number that the sheet gives for it, such as a substituted one."""
        span = (number.place, number.place + 1)
        self._define(name, None, self._make_members([RawMember("=", number, span)]))

    def _define(self, name: str, target: Name | None, members: list[Member]) -> None:
        if target is None:
            target = Name(name, (), members[0].span[0])
        members = self._summed(name, self._with_formula(name, members))
        self._check_results(name, members)
        tree = members[0].tree
        quantity = self.names.define(name, tree, self.source.line)
        if members[0].role == "result":
            quantity.tree = None
            quantity.length = len(tree.items) if isinstance(tree, Row) else 0
            quantity.is_row = isinstance(tree, Row) and tree.direction == "row"
        self._note_digits(Name(name, (), 0), members)
        self._stated.add(name)
        self._emit("define", replace(target, name=name), members)

    def _check_results(self, name: str, members: list[Member]) -> None:
        """Refuse b = [0, 1] = [2, −2], because the second list probably belongs elsewhere.

        Raises:
            WorksheetError: the chain gives two very different numbers and has no formula.
        """
        first, *others = [member.digits for member in members]
        for digits in others if first else ():
            assert first
            pairs = zip(first.texts, digits.texts if digits else (), strict=False)
            known = [(plain_number(a or ""), plain_number(b or "")) for a, b in pairs]
            if any(a is not None and b is not None and abs(a - b) > abs(a) + 0.5 for a, b in known):
                raise self.source.error(
                    f"{name} cannot be both numbers; write the result on the line of its formula",
                    digits.place if digits else 0,
                )

    def _claim(self, target: Name, members: list[Member]) -> None:
        if target.name in self._assigned & self._pending:
            target = replace(target, name=target.name + "'")
        self._stated.add(target.name)
        self._note_digits(target, members)
        self._emit("claim", target, members)
        self._link_parts(target, members[0])

    def _link_parts(self, target: Name, first: Member) -> None:
        """Define y again by y = ln u if the sheet gave it as ln(1 + x²) before u = 1 + x².

        Then y depends on u. Both formulas must have the same value.
        """
        name, known = target.name, self.names.quantities[target.name]
        parts = set(names_in(first.tree)) - self.names.ancestors(name)
        if first.role != "formula" or target.index or known.tree is None or not parts:
            return
        if any(name in self.names.ancestors(part) for part in parts) or not all(
            self.names.quantities[part].uses for part in parts
        ):
            return
        ours, theirs = self._number(known.tree, {}), self._number(first.tree, {})
        if ours is None or theirs is None or abs(ours - theirs) > _NEAR_SHARE * abs(ours):
            return
        quantity = self.names.define(name, first.tree, self.source.line)
        quantity.digits = known.digits
        self._emit("define", target, [first])

    def _update(self, raw: RawChain, target: Name, members: list[Member]) -> None:
        base = self._updated_name(target.name)
        if target.name not in (base, base + "'"):
            self.names.aliases[target.name] = base + "'"
        old = Name(base, target.index, target.place)
        is_bare = all(member.digits for member in members)
        if raw.was_named_new and is_bare and self._define_again(old, members):
            return
        members = self._increments(raw, old, members)
        if members[0].role == "numbers":
            known = self.names.quantities[base].digits.get(target.index, "")
            tree = recognize_update(
                members[0].tree, old, known, self._gradient_named(old), self.names
            )
            if tree:
                members.insert(0, replace(members[0], role="formula", tree=tree, recognized=True))
        elif all(member.digits for member in members):
            members = self._with_step(raw, old, members)
        name = base + "'"
        rank = self.names.quantities[base].rank
        self.names.define(name, members[0].tree, self.source.line, rank)
        self._note_digits(Name(name, target.index, 0), members)
        self._pending.add(base)
        self._updated[base] = None
        self._stated.update((name, base + str(target.index)))
        self._emit("update", Name(name, target.index, target.place), members)
        self._release(name)

    def _define_again(self, target: Name, results: list[Member]) -> bool:
        """Define L' by the formula of L after quantities in it got new values; return if it did.

        An example is "new L = 5.76" after w' = 2.18. What lies between w and L is defined again
        too.
        """
        rests_on = self.names.ancestors(target.name)
        known = {name: q for name, q in self.names.quantities.items() if name in rests_on}
        changed = {name for name in known if name + "'" in self._stated}
        if not all(self.names.quantities[name + "'"].is_explained for name in changed):
            return False  # because the number may stand for something else
        between = []
        for name, quantity in known.items():
            if name not in changed and not quantity.uses.isdisjoint(changed):
                between.append(name)
                changed.add(name)
        is_open = any(not known[name].uses.isdisjoint(changed) for name in known.keys() - changed)
        is_lost = any(name in self.lost or name + "'" in self.lost for name in known)
        if target.index or target.name not in between or is_open or is_lost:
            return False
        for name in between:
            formula = known[name].tree
            first = replace(results[0], role="formula", digits=None, recognized=True)
            assert formula is not None
            first = _with_new_values(replace(first, tree=formula), changed)
            self._define(name + "'", None, [first, *(results if name == target.name else [])])
        return True

    def _increments(self, raw: RawChain, old: Name, members: list[Member]) -> list[Member]:
        """Return the members with the first one rewritten, so that w += … becomes w + …."""
        sign = raw.members[0].joiner
        if sign not in ("+=", "-="):
            return members
        first = members[0]
        tree = Apply(sign[0], (old, first.tree), first.span[0])
        return [replace(first, role="formula", tree=tree, digits=None), *members[1:]]

    def _gradient_named(self, target: Name) -> Callable[[str], str | None]:
        """Return a function that takes a number and finds a C for which dC/d(target) has it."""
        known = self._gradients_by(target)
        tops = [top for top in known if self.names.loss_of(target.name, top)]
        return lambda text: next((top for top in tops if equal_numbers(known[top][0], text)), None)

    def _note_digits(self, target: Name, members: list[Member]) -> None:
        """Record the last result of a chain as the numbers of its target."""
        digits = next((m.digits for m in reversed(members) if m.digits), None)
        quantity = self.names.quantities.get(target.name)
        if digits is None or quantity is None:
            return
        if not digits.shape:
            quantity.digits[target.index] = digits.texts[0] or ""
            self.names.numbers.note(target.name, target.index, digits.texts[0] or "")
        else:
            indices = _indices(digits.shape)
            quantity.digits = dict(zip(indices, (t or "" for t in digits.texts), strict=True))
            for index, text in quantity.digits.items():
                self.names.numbers.note(target.name, index, text)


def _of_input(target: Name, inner: list[Name], members: list[Member]) -> list[Member]:
    """Return the members of v = x = 2 with the formula x first, because x is an input.

    In w1 = w2 = 2, two weights have the same number, but w1 is not computed from w2.
    """
    if not inner or target is inner[-1] or inner[-1].name[0] not in "xX" or target.name[0] in "xX":
        return members
    return [replace(members[0], role="formula", tree=inner[-1], digits=None), *members]


def _with_new_values(member: Member, new: set[str]) -> Member:
    """Return a member in which v' replaces each of these names v."""
    if not new or member.role != "formula":
        return member

    def leaf(node: Tree) -> Tree:
        return replace(node, name=node.name + "'") if _is_one_of(node, new) else node

    return replace(member, tree=rewrite(member.tree, leaf))


def _is_one_of(tree: Tree, names: set[str]) -> TypeGuard[Name]:
    return isinstance(tree, Name) and tree.name in names


def _indices(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if len(shape) == 1:
        return [(i,) for i in range(1, shape[0] + 1)]
    return [(i, j) for i in range(1, shape[0] + 1) for j in range(1, shape[1] + 1)]
