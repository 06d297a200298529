"""New values without a formula, such as w_new = 0.46, and the step that may explain them."""

from __future__ import annotations

from dataclasses import replace

from .chain import Member
from .members import RawChain
from .names import RATES
from .step_recognition import recognize_step
from .trees import Derivative, Name, Tree, leaves, plain_number
from .waiting import WaitingReader


class StepReader(WaitingReader):
    """The part of the reader that finds the step of gradient descent behind a new value."""

    def _with_step(self, raw: RawChain, old: Name, members: list[Member]) -> list[Member]:
        """Return the members of w_new = 0.46, with the step w − η·dC/dw before them if it is clear.

        It is clear in a table, in a sheet that states no gradient, and where the stated gradient
        gives this result. Momentum or an average over examples may explain another result, so that
        one is not judged.
        """
        tree = self._step_of(old)
        is_clear = raw.is_row or not self._gradients
        if tree is None or not (is_clear or self._is_step(tree, members[-1])):
            self.names.notes.append(
                f"the new {old} was not judged, because no line says how it is computed; write its "
                f"formula before the number, as in {old}' = {old} − 0.1·dC/d{old} = …"
            )
            return members
        first = replace(members[0], role="formula", tree=tree, digits=None, recognized=True)
        return [first, *members]

    def _is_step(self, step: Tree, result: Member) -> bool:
        """Whether the written numbers of w, η and dC/dw give the written result, when rounded."""
        written = [*map(self._written_of, leaves(step)), result.digits and result.digits.texts[0]]
        numbers = [plain_number(text or "") for text in written]
        if None in numbers:
            return False
        old, rate, slope, new = (number or 0.0 for number in numbers)
        of_slope, of_new = (_rounding(text or "") for text in written[2:])
        return abs(old - rate * slope - new) <= abs(rate) * of_slope + of_new

    def _written_of(self, leaf: Tree) -> str:
        """Return the text of the last number that the sheet wrote for a name or a derivative."""
        if isinstance(leaf, Derivative):
            return self._gradients.get(str(leaf.bottom), {}).get(leaf.top.name, "")
        known = self.names.quantities.get(leaf.name) if isinstance(leaf, Name) else None
        return known.digits.get(leaf.index, "") if known and isinstance(leaf, Name) else ""

    def _step_of(self, old: Name) -> Tree | None:
        """Return w − η·dC/dw if the sheet has a learning rate and computes a loss from w."""
        tops = [top for top in self._gradients.get(str(old), {}) if self.names.knows(top)]
        top = tops[0] if len(tops) == 1 else self.names.loss_of(old.name)
        if not any(name.casefold() in RATES for name in self.names.quantities):
            for rate in [name for name in self.names.stated if name.casefold() in RATES]:
                self._stated_elsewhere(rate)
        return recognize_step(old, top if top != old.name else "", self.names)


def _rounding(text: str) -> float:
    """Return the most by which rounding changed a number. A whole number is taken as exact."""
    decimals = len(text.partition(".")[2])
    return 0.51 * 10.0**-decimals if decimals else 1e-9
