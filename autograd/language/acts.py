"""The choice of what a chain does: define, claim or update a quantity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .chain import Act, Chain, Member
from .members import POINT_WORDS, RawChain, equal_numbers, is_rounded
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

_LONGEST_TARGET = 40  # characters that are searched for the index of a target such as W[1, 2]
_BEGINS_EXERCISE = re.compile(r"\s*(?:\d{1,2}[.)]|\(?[a-h]\)|(?:Exercise|Problem|Aufgabe)\b)\s")


class ActChooser(StepTracker):
    """The part of the reader that decides which quantity a chain is about, and what it does."""

    def _choose_act(self, raw: RawChain, target: Name, members: list[Member]) -> Act:
        """Return what a chain does. The first rule that applies decides.

        If the sheet gives another value to a quantity that was used, the next step begins.
        """
        name = target.name
        known = self.names.quantities.get(name)
        used = {other for member in members for other in names_in(member.tree)}
        base = name.rstrip("'")
        if raw.is_new and known:
            return "update"
        if name.endswith("'") and base in self.names.quantities:
            if known is None:
                is_update = base in used or all(member.role != "formula" for member in members)
                return "update" if is_update and members[0].joiner != "->" else "define"
            return "update" if base in used and name not in self._stated else "claim"
        if known is None:
            if raw.members[0].joiner in ("+=", "-="):
                return "arithmetic"  # n += 1 needs an old value, so it defines no n
            if members[0].joiner == "->" and not raw.is_new:
                raise self.source.error(self._not_defined(name), target.place)
            return "define"
        if name in used:  # w = w − 0.1·2
            return "update"
        has_numbers = any(member.role == "numbers" for member in members)
        if known.is_given and has_numbers and members[0].joiner != "->" and not used:
            return "update"  # w = 0.5 − 0.1·2 after w = 0.5, with the number in place of the name
        if self._gives_another_value(raw, target, members):
            self.names.notes.append(f"{name} is given again")
            if known.was_used and members[0].role == "result":
                self._next_step()
            return "define"
        if known.is_given and members[0].joiner != "->":
            return self._act_on_given(target, members)
        is_next_round = self._counts_rounds and has_numbers and known.line != self.source.line
        is_stated_now = name in self._stated and not is_next_round
        if not (known.uses or used or is_stated_now) and members[0].joiner != "->":
            return "define"  # because numbers without names hold only in the step that has them
        return "claim"

    def _act_on_given(self, target: Name, members: list[Member]) -> Act:
        """Return what x = 2 does if x already has a given value.

        The chain is a claim if the value is the same. Another value is a definition if this step
        has not stated x before.

        Raises:
            WorksheetError: this step stated another value, or the target is an element of a list.
        """
        digits = members[0].digits
        known = self.names.quantities[target.name]
        if digits and self._agrees(target, digits.texts):
            return "claim"
        last = members[-1].digits
        if members[0].role == "formula" and last and self._agrees(target, last.texts):
            return "define"  # because this line computes a value that was only stated before
        if target.name not in self._stated and not target.index:
            return "define"  # because an earlier step gave the old value
        raise self.source.error(
            f"{target.name} is already defined in line {known.line}; write {target.name}' for a "
            f"new value, {target.name} -> … for what you got, or --- before the next step",
            target.place,
        )

    def _gives_another_value(self, raw: RawChain, target: Name, members: list[Member]) -> bool:
        """Whether a chain gives a new value and does not claim the old one.

        This is so for another number after a calculation, for a point such as "at x = 3", and for
        a formula in another exercise.
        """
        known, digits = self.names.quantities[target.name], members[0].digits
        if target.index or target.name in self._updated:
            return False
        if digits and self._agrees(target, digits.texts):
            return False
        is_only_point = raw.words <= POINT_WORDS  # unlike: we arrive at y = 7
        if raw.is_point and digits and (known.is_given or is_only_point):
            return True
        last = members[-1].digits
        if known.is_given and members[0].joiner != "->":
            is_same = last and self._agrees(target, last.texts)
            return target.name in self._stated and not is_same and self._computed_since(known)
        is_rule = all(member.role == "formula" for member in members)
        return is_rule and _BEGINS_EXERCISE.match(self.source.text) is not None

    def _computed_since(self, known: SheetQuantity) -> bool:
        """Whether a line computed something after this quantity was given."""
        chains = (one for one in self.statements if isinstance(one, Chain))
        return any(chain.source.line > known.line and not chain.is_given for chain in chains)

    def _agrees(self, target: Name, texts: Sequence[str | None]) -> bool:
        """Whether these are the known numbers of the target. A single number may be rounded."""
        known = self.names.quantities[target.name]
        if target.index or len(texts) == 1:
            return is_rounded(known.digits.get(target.index, ""), texts[0] or "")
        return [text or "" for text in texts] == list(known.digits.values())

    def _element_or_name(self, raw: RawChain, target: Name) -> Name:
        """Return the target as an element of a list, or as a name of its own.

        W_1 is the element W[1] if W is a list and the line uses W[1] or gives its known value.
        Otherwise, W_1 is an ordinary name.
        """
        if target.index and target.name not in self.names.quantities:
            element = self.notation.element(target.name, target.index)
            return replace(target, name=element, index=())
        written = self.source.text[target.place : target.place + _LONGEST_TARGET]
        if not target.index or "[" in canonical_name(written.split("=")[0]):
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
        """Return the names that mean their new values in a chain.

        After v ← …, the name v means v' for the rest of the step, except in a chain about v.

        A claim uses the new values only if the definition of its target does.
        """
        new = (self._assigned & self._pending) - {target.name.rstrip("'")}
        if act == "claim":
            uses = self.names.quantities[target.name].uses
            return {name for name in new if name + "'" in uses}
        return new if act in ("define", "update") else set()

    def _advances_counter(self, target: Name, members: Sequence[Member]) -> bool:
        """Whether a formula differs from that of the step before only in what counts the steps.

        An example is m/(1 − β²) after m/(1 − β), where the exponent is the number of the step.
        """
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
