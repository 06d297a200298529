"""What a chain does: it defines, claims or updates a quantity.

A chain such as z = w·x + b = 0.5 may give z its first value, may state the value that z has, or may
give z a new value. The equals sign is the same in all three cases, so earlier lines decide.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from ..late_pattern import compile_late
from .chain import Act, Chain, Member, align
from .indexed_targets import TargetFinder
from .members import POINT_WORDS, RawChain, is_rounded, written_number
from .names import RATES
from .sheet_quantity import SheetQuantity
from .trees import (
    Name,
    names_in,
)

_BEGINS_EXERCISE = compile_late(r"\s*(?:\d{1,2}[.)]|\(?[a-h]\)|(?:Exercise|Problem|Aufgabe)\b)\s")


class ActChooser(TargetFinder):
    """The part of the reader that decides what a chain does, and to which quantity."""

    def _choose_act(self, raw: RawChain, target: Name, members: list[Member]) -> Act:
        """Return what a chain does. The first rule that applies decides.

        The next step begins if the chain gives another number to a quantity that was used.

        Raises:
            WorksheetError: no earlier line defines the target of `name -> number`, or this step
                has already given the target another number.
        """
        known = self.names.quantities.get(target.name)
        used = {other for member in members for other in names_in(member.tree)}
        base = target.name.rstrip("'")
        if raw.is_new and known:
            return "update"
        if target.name.endswith("'") and base in self.names.quantities:
            is_stated = not self._stated.isdisjoint((base + str(target.index), base + "()"))
            has_parts = self._has_new_parts(base) and not is_stated
            if known is None or has_parts or (target.index and not is_stated):
                is_update = base in used or all(member.role != "formula" for member in members)
                return "update" if is_update and members[0].joiner != "->" else "define"
            return "update" if base in used and target.name not in self._stated else "claim"
        if known:
            return self._act_on_known(raw, target, members, used)
        if raw.members[0].joiner in ("+=", "-="):
            return "arithmetic"  # n += 1 needs an old value, so it defines no n
        if members[0].joiner == "->" and not raw.is_new:
            raise self._undefined(target.name, target.place)
        return "define"

    def _has_new_parts(self, name: str) -> bool:
        """Whether this step gave new values to some elements of a list, but not to all."""
        stated = [name + str(index) in self._stated for index in self.names.quantities[name].digits]
        return any(stated) and not all(stated)

    def _act_on_known(
        self, raw: RawChain, target: Name, members: list[Member], used: set[str]
    ) -> Act:
        """Return what a chain does to a quantity that an earlier line defines.

        The formulas of the chain use the names in `used`.
        """
        name, known = target.name, self.names.quantities[target.name]
        is_open = members[0].joiner != "->"  # because an arrow always claims
        if name in used:  # w = w − 0.1·2
            return "update"
        if self._is_new_rate(known, target, members):
            return "define"
        has_numbers = any(member.role == "numbers" for member in members)
        if known.is_given and has_numbers and is_open and not used:
            return "update"  # as in w = 0.5 − 0.1·2 after w = 0.5, where 0.5 stands for the name w
        if name in self._assigned & self._pending and members[0].role == "result":
            return "claim"  # w = 1.2 after w ← w − 0.1·dC/dw states the new value
        is_other = not (members[0].digits and self._agrees(target, members[0].digits.texts))
        if known.is_given and is_open and is_other and self._is_silent_update(target, members):
            raw.is_row = self._is_update_announced()
            return "update"
        if self._gives_another_value(raw, target, members):
            self.names.notes.append(f"{name} is given again")
            if known.was_used and members[0].role == "result":
                self._next_step()
            return "define"
        if is_open and self._is_of_new_exercise(target, members, used):
            self.names.notes.append(f"{name} is defined again")
            return "define"
        if known.is_given and is_open:
            return self._act_on_given(target, members)
        is_new_round = has_numbers and self._is_of_earlier_round(known)
        if is_open and not (known.uses or used or (name in self._stated and not is_new_round)):
            # Without names, the calculation cannot be repeated in a later step, so this line
            # defines a new value.
            self._begin_round(known)
            return "define"
        return "claim"

    def _is_of_new_exercise(self, target: Name, members: list[Member], used: set[str]) -> bool:
        """Whether a calculation defines the quantity of an earlier exercise again.

        It does if all quantities that it uses are of the new exercise. A calculation with old
        quantities is judged by the old formula.

        So is a calculation with numbers alone in three cases: it gives the old number, it puts the
        numbers of the quantities into the old formula, or weights were updated. In the last case
        it may be the next forward pass.
        """
        start = self._exercise_start
        if self.names.quantities[target.name].line >= start or members[0].role == "result":
            return False
        if used:
            others = (self.names.quantities.get(name) for name in used)
            return all(other is not None and other.line >= start for other in others)
        last = members[-1].digits
        is_same = last and self._agrees(target, last.texts)
        return not (self._updated or is_same or self._puts_in(target, members[0]))

    def _puts_in(self, target: Name, numbers: Member) -> bool:
        """Whether at most one of these numbers differs from the values in the target's formula."""
        formula = self.names.quantities[target.name].tree
        pairs = list(align(formula, numbers.tree)) if formula else []
        same = [
            name
            for name, number in pairs
            if isinstance(name, Name) and self._has_number(name.name, written_number(number))
        ]
        return bool(same) and len(same) >= len(pairs) - 1

    @abstractmethod
    def _is_silent_update(self, target: Name, members: list[Member]) -> bool:
        """Whether another number for w is its new value, because a gradient step gives it."""

    def _is_of_earlier_round(self, known: SheetQuantity) -> bool:
        is_before = known.line < self._round_start
        return is_before or (self._counts_rounds and known.line != self.source.line)

    def _begin_round(self, known: SheetQuantity) -> None:
        """Begin the next step if a heading such as "epoch 2" comes after this quantity's line.

        Quantities that depend on the old number are then computed again.
        """
        if known.line < self._round_start and not self._pending:
            self._round_start = 0
            self._next_step()

    def _is_new_rate(self, known: SheetQuantity, target: Name, members: list[Member]) -> bool:
        """Whether a chain gives another learning rate, as a schedule does."""
        last = members[-1].digits
        is_other = last and not self._agrees(target, last.texts)
        is_plain = all(member.role != "formula" and member.joiner != "->" for member in members)
        return bool(target.name.casefold() in RATES and not known.uses and is_other and is_plain)

    def _act_on_given(self, target: Name, members: list[Member]) -> Act:
        """Return what x = 2 does after the sheet gave x as a number.

        It claims the old value if the numbers are equal. It defines x again if this step has not
        given x before.

        Raises:
            WorksheetError: this step gave another number, or the target is an element of a list.
        """
        digits = members[0].digits
        known = self.names.quantities[target.name]
        if digits and self._agrees(target, digits.texts):
            return "claim"
        last = members[-1].digits
        if members[0].role == "formula" and last and self._agrees(target, last.texts):
            return "define"  # because the number was only given before, and is computed here
        is_example = digits and known.length and not known.was_used and not digits.shape
        if is_example and not target.index:
            return "define"  # because x = 2 is one of the examples that the list x gave
        if target.name not in self._stated and not target.index:
            return "define"  # because the old number belongs to an earlier step
        raise self.source.error(
            f"{target.name} is already defined in line {known.line}; write {target.name}' for a "
            f"new value, {target.name} -> … for what you got, or --- before the next step",
            target.place,
        )

    def _gives_another_value(self, raw: RawChain, target: Name, members: list[Member]) -> bool:
        """Whether a chain gives its target another value.

        There are three such cases: a point such as "at x = 3", another number for a given quantity
        after something was computed, and a formula in another exercise.
        """
        known, digits = self.names.quantities[target.name], members[0].digits
        if target.index or target.name in self._updated:
            return False
        if digits and self._agrees(target, digits.texts):
            return False
        # In "we arrive at y = 7", the other words show that y is claimed.
        is_only_point = raw.words <= POINT_WORDS
        if raw.is_point and digits and (known.is_given or is_only_point):
            return True
        last = members[-1].digits
        if known.is_given and members[0].joiner != "->":
            is_same = last and self._agrees(target, last.texts)
            return target.name in self._stated and not is_same and self._computed_since(known)
        is_rule = all(member.role == "formula" for member in members)
        return is_rule and _BEGINS_EXERCISE.match(self.source.text) is not None

    def _computed_since(self, known: SheetQuantity) -> bool:
        """Whether a line after the one that gives this quantity computes something."""
        chains = (one for one in reversed(self.statements) if isinstance(one, Chain))
        return any(chain.source.line > known.line and not chain.is_given for chain in chains)

    def _agrees(self, target: Name, texts: Sequence[str | None]) -> bool:
        """Whether the target has these numbers. A single number may be rounded."""
        known = self.names.quantities[target.name]
        if target.index or len(texts) == 1:
            return is_rounded(known.digits.get(target.index, ""), texts[0] or "")
        return [text or "" for text in texts] == list(known.digits.values())

    def _new_values_in(self, target: Name, act: Act) -> set[str]:
        """Return the names whose new values a chain uses.

        After v ← 0.9·v + …, the name v means the new value for the rest of the step, except in
        chains about v itself. A claim uses the same values as the definition of its target.
        """
        new = (self._assigned & self._pending) - {target.name.rstrip("'")}
        if act == "claim":
            uses = self.names.quantities[target.name].uses
            return {name for name in new if name + "'" in uses}
        return new if act in ("define", "update") else set()
