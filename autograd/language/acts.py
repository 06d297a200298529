"""The choice of what a chain does: define, claim or update a quantity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .chain import Act, Chain, Member
from .members import RawChain, equal_numbers, is_rounded
from .names import LOSS_NAMES, SheetQuantity
from .spelling import canonical_name
from .step_tracking import StepTracker
from .trees import (
    Apply,
    Name,
    Number,
    Tree,
    counts_on,
    leaves,
    names_in,
)

_BEGINS_EXERCISE = re.compile(r"\s*(?:\d{1,2}[.)]|\(?[a-h]\)|(?:Exercise|Problem|Aufgabe)\b)\s")


class ActChooser(StepTracker):
    """The part of the reader that decides which quantity a chain is about, and what it does."""

    def _act(self, raw: RawChain, target: Name, members: list[Member]) -> Act:
        name = target.name
        known = self.names.quantities.get(name)
        used = {used for member in members for used in names_in(member.tree)}
        base = name.rstrip("'")
        if raw.is_new and known:
            return "update"
        if name.endswith("'") and base in self.names.quantities:
            if known is None:
                is_next = base in used or all(member.role != "formula" for member in members)
                return "update" if is_next and members[0].joiner != "->" else "define"
            return "update" if base in used and name not in self._stated else "claim"
        if known is None:
            if raw.members[0].joiner in ("+=", "-="):
                return "arithmetic"
            if members[0].joiner == "->" and not raw.is_new:
                raise self.source.error(self._not_defined(name), target.place)
            return "define"
        if name in used:
            return "update"
        has_numbers = any(member.role == "numbers" for member in members)
        if known.is_given and has_numbers and members[0].joiner != "->" and not used:
            return "update"
        if self._is_given_anew(raw, target, members):
            self.names.notes.append(f"{name} is given again")
            if known.was_used and members[0].role == "result":
                self._next_step()
            return "define"
        if known.is_given and members[0].joiner != "->":
            return self._given_again(target, members)
        is_next = self._counts_rounds and has_numbers and known.line != self.source.line
        is_bare = not (known.uses or used) and (target.name not in self._stated or is_next)
        if is_bare and members[0].joiner != "->":
            return "define"  # because the numbers of an earlier step say nothing about this one
        return "claim"

    def _given_again(self, target: Name, members: list[Member]) -> Act:
        """Return what x = 2 does if x already has a given value.

        The chain is a claim if the value is the same. Otherwise it defines a new value, and the
        next step begins if something was computed from the old one.

        Raises:
            WorksheetError: nothing was computed since, or x has a new value from an update.
        """
        digits = members[0].digits
        known = self.names.quantities[target.name]
        if digits and self._same_digits(target, digits.texts):
            return "claim"
        last = members[-1].digits
        if members[0].role == "formula" and last and self._same_digits(target, last.texts):
            return "define"  # because this line computes a value that was only stated before
        if target.name not in self._stated and not target.index:
            return "define"
        raise self.source.error(
            f"{target.name} is already defined in line {known.line}; write {target.name}' for a "
            f"new value, {target.name} -> … for what you got, or --- before the next step",
            target.place,
        )

    def _is_given_anew(self, raw: RawChain, target: Name, members: list[Member]) -> bool:
        """Whether a chain gives a new value and does not claim the old one.

        This is so for another number after a calculation, for a point such as "at x = 3", and for
        a formula in another exercise.
        """
        known, digits = self.names.quantities[target.name], members[0].digits
        if target.index or target.name in self._updated:
            return False
        if digits and self._same_digits(target, digits.texts):
            return False
        if raw.is_point and digits:
            return True
        last = members[-1].digits
        if known.is_given and members[0].joiner != "->":
            is_same = last and self._same_digits(target, last.texts)
            return target.name in self._stated and not is_same and self._computed_since(known)
        is_rule = all(member.role == "formula" for member in members)
        return is_rule and _BEGINS_EXERCISE.match(self.source.text) is not None

    def _computed_since(self, known: SheetQuantity) -> bool:
        """Whether a line computed something after this quantity was given."""
        chains = (one for one in self.statements if isinstance(one, Chain))
        return any(chain.source.line > known.line and not chain.is_given for chain in chains)

    def _same_digits(self, target: Name, texts: Sequence[str | None]) -> bool:
        known = self.names.quantities[target.name]
        if target.index or len(texts) == 1:
            return is_rounded(known.digits.get(target.index, ""), texts[0] or "")
        return [text or "" for text in texts] == list(known.digits.values())

    def _element_or_name(self, raw: RawChain, target: Name) -> Name:
        """Return the target as an element of a list, or as a name of its own.

        W_1 is the element W[1] if W is a list and the line uses W[1] or gives its known value.
        Otherwise, W_1 is an ordinary name.
        """
        plain = canonical_name(self.source.text[target.place : target.place + 40].split("=")[0])
        is_written_so = "[" in plain
        if not target.index or is_written_so or target.name not in self.names.quantities:
            if target.index and target.name not in self.names.quantities:
                element = self.notation.element(target.name, target.index)
                return replace(target, name=element, index=())
            return target
        first = next(
            (number for member in raw.members for number in _leading_number(member.tree)), ""
        )
        old = self.names.quantities[target.name].digits.get(target.index, "")
        if equal_numbers(old, first) or any(
            _mentions(member.tree, target) for member in raw.members
        ):
            return target
        return Name(target.name + "".join(map(str, target.index)), (), target.place)

    def _further_targets(self, raw: RawChain, name: str) -> list[Name]:
        """Remove the names K and V from the members of Q = K = V = X, and return them."""
        found: list[Name] = []
        while len(raw.members) > 1 and not self.names.knows(name):
            tree = raw.members[0].tree
            is_new = isinstance(tree, Name) and not tree.index and not self.names.knows(tree.name)
            if not is_new or raw.members[1].joiner != "=":
                break
            assert isinstance(tree, Name)
            if tree.name.casefold() in LOSS_NAMES and self.names.find_alias(tree.name):
                break
            found.append(tree)
            raw.members = raw.members[1:]
        return found

    def _new_values_in(self, target: Name, act: Act) -> set[str]:
        """Return the names v that mean v' in a chain, because this step said v ← … before.

        A claim uses the new values only if the definition of its target does.
        """
        new = self._assigned & self._pending - {target.name.rstrip("'")}
        if act == "claim":
            uses = self.names.quantities[target.name].uses
            return {name for name in new if name + "'" in uses}
        return new if act in ("define", "update") else set()

    def _counts_on(self, target: Name, members: Sequence[Member]) -> bool:
        """Whether a formula such as m/(1 − β²) defines m̂ again, after m/(1 − β) a step before."""
        known = self.names.quantities[target.name].tree
        is_new = target.name not in self._stated or self._counts_rounds
        first = members[0]
        return bool(known and is_new and first.role == "formula" and counts_on(known, first.tree))


def _leading_number(tree: Tree) -> list[str]:
    while isinstance(tree, Apply) and tree.args:
        tree = tree.args[0]
    return [tree.text] if isinstance(tree, Number) else []


def _mentions(tree: Tree, target: Name) -> bool:
    return any(
        isinstance(leaf, Name) and (leaf.name, leaf.index) == (target.name, target.index)
        for leaf in leaves(tree)
    )
