"""New values without a formula, such as w_new = 0.46, and the step that may explain them."""

from __future__ import annotations

from dataclasses import replace

from ..late_pattern import compile_late
from .chain import Member
from .chain_targets import NEW_NAME
from .members import RawChain
from .names import RATES, TARGET_NAMES
from .step_recognition import recognize_step
from .step_tracking import is_under
from .trees import Apply, Derivative, Name, Tree, leaves, plain_number
from .waiting import WaitingReader

_PARAMETER = compile_late(r"(?i)new_(?:weight|bias|param|theta|value|coef|slope|intercept).*")


class StepReader(WaitingReader):
    """The part of the reader that finds the step of gradient descent behind a new value."""

    def _link_new_name(self, raw: RawChain, target: Name) -> Name:
        """Return w for new_weight in new_weight = w − η·dC/dw if there is no weight.

        For "new loss" it is L if the sheet has one loss, L.
        """
        found = NEW_NAME.fullmatch(target.name)
        word = (found[1] or found[2]) if found else target.name if raw.was_named_new else ""
        alias = self.names.find_alias(word) if self.names.is_word_for(word) else ""
        if alias:
            self.names.aliases[target.name] = alias + "'"
            raw.is_new = raw.was_named_new = True
            return Name(alias, (), target.place)
        if not _PARAMETER.fullmatch(target.name):
            return target
        match raw.members[0].tree:
            case Apply(head="+" | "-", args=(Name() as old, _)) if not self.names.knows(
                target.name
            ):
                known = self.names.quantities.get(old.name)
                if known and known.is_given:
                    self.names.aliases[target.name] = old.name + "'"
                    raw.is_new = raw.was_named_new = True
                    return replace(old, place=target.place)
        return target

    def _is_explained(self, target: Name) -> bool:
        """Whether the sheet says how the new value of a quantity comes about."""
        return self._is_changed(target) or self._step_of(target) is not None

    def _is_changed(self, target: Name) -> bool:
        """Whether this step gave a new value to something that a quantity is computed from."""
        known = self.names.quantities.get(target.name)
        others = self.names.ancestors(target.name) - {target.name} if known else set[str]()
        return any(name + "'" in self._stated for name in others)

    def _is_stated_again(self, target: Name, results: list[Member]) -> bool:
        """Whether a line such as w_new = 2.18 states the new value that this step gave w before."""
        base = self._updated_name(target.name)
        new = Name(base + "'", target.index, target.place)
        digits = results[-1].digits
        if len(results) > 1 or not digits or new.name not in self._stated:
            return False
        return new.name in self.names.quantities and self._agrees(new, digits.texts)

    def _updated_name(self, name: str) -> str:
        """Return w for w', or w' itself in a sheet that has no w."""
        base = name.rstrip("'")
        return base if base in self.names.quantities else name

    def _with_step(self, raw: RawChain, old: Name, members: list[Member]) -> list[Member]:
        """Return the members of w_new = 0.46, with the step w − η·dC/dw before them if it is clear.

        It is clear in a table, in a sheet that states no gradient, and if the stated gradient gives
        this result. Any other result is not judged, because it may come from momentum or from an
        average over examples.
        """
        # Nobody steps what is computed. Then a' may be a slope.
        is_given = self.names.quantities[old.name].is_given
        tree = self._step_of(old) if is_given else None
        is_clear = raw.is_row or not (self._gradients or old.name.casefold() in TARGET_NAMES)
        if tree is None or not (is_clear or self._is_step(tree, members[-1])):
            self.names.notes.append(
                f"the new {old} was not judged, because no line says how it is computed; write its "
                f"formula before the number, as in {old}' = {old} − 0.1·dC/d{old} = …"
            )
            return members
        first = replace(members[0], role="formula", tree=tree, digits=None, recognized=True)
        return [first, *members]

    def _is_silent_update(self, target: Name, members: list[Member]) -> bool:
        """Whether another number for w is its new value, because a gradient step gives it.

        Below a line such as "Update:", the number may also be wrong.
        """
        if members[0].digits is None or not self._gradients_by(target):
            return False
        step = self._step_of(target)
        return step is not None and (self._is_update_announced() or self._is_step(step, members[0]))

    def _is_step(self, step: Tree, result: Member) -> bool:
        """Whether the written numbers of w, η and dC/dw give the written result, when rounded."""
        texts = result.digits.texts if result.digits else ()
        return all(
            self._is_step_to(step, k, len(texts), text or "") for k, text in enumerate(texts)
        )

    def _is_step_to(self, step: Tree, k: int, count: int, result: str) -> bool:
        written = [*(self._written_of(leaf, k, count) for leaf in leaves(step)), result]
        numbers = [plain_number(text) for text in written]
        if None in numbers:
            return False
        old, rate, slope, new = (number or 0.0 for number in numbers)
        of_slope, of_new = (_rounding(text) for text in written[2:])
        return abs(old - rate * slope - new) <= abs(rate) * of_slope + of_new

    def _written_of(self, leaf: Tree, k: int, count: int) -> str:
        """Return the text of the number k of `count` that the sheet last wrote for a leaf."""
        if isinstance(leaf, Derivative):
            texts = self._gradients_by(leaf.bottom).get(leaf.top.name, ())
            return texts[k] if len(texts) == count else ""
        known = self.names.quantities.get(leaf.name) if isinstance(leaf, Name) else None
        if known is None or not isinstance(leaf, Name):
            return ""
        digits = [text for place, text in known.digits.items() if is_under(leaf.index, place)]
        return digits[k] if len(digits) == count else known.digits.get(leaf.index, "")

    def _step_of(self, old: Name) -> Tree | None:
        """Return w − η·dC/dw if the sheet has a learning rate and computes a loss from w."""
        tops = [top for top in self._gradients_by(old) if self.names.knows(top)]
        top = tops[0] if len(tops) == 1 else self.names.loss_of(old.name)
        if not any(name.casefold() in RATES for name in self.names.quantities):
            for rate in [name for name in self.names.stated if name.casefold() in RATES]:
                self._stated_elsewhere(rate)
        return recognize_step(old, top if top != old.name else "", self.names)


def _rounding(text: str) -> float:
    """Return the most by which rounding changed a number. A whole number is taken as exact."""
    decimals = len(text.partition(".")[2])
    return 0.51 * 10.0**-decimals if decimals else 1e-9
