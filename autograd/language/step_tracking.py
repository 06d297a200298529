"""The steps of a sheet: which quantities the current step has stated and updated."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..late_pattern import compile_late
from .chain import Act, Chain, Member, Skipped, Statement, StepBreak
from .layout import Line
from .members import RawChain
from .missing_names import RestsOnUnreadError, Waiting
from .name_resolution import NameResolver
from .notation import counted_names, notation_of, stated_numbers, target_names, true_class
from .sheet_names import SheetNames
from .sheet_source import Source, WorksheetError
from .slope_sums import SlopeSums
from .token import Token
from .trees import (
    Derivative,
    Name,
)
from .units import has_units

_ANNOUNCES_UPDATE = compile_late(
    r"(?i)\bupdat|gradient descent|\b(?:one|a|first) step\b|\b(?:gd|sgd) step\b"
    r"|\bnew (?:weight|value|param|bias|w\b)"
    r"|\bafter (?:one|the|this|a) (?:step|update)|\bneue|aktualisier|mise à jour|nuevos"
)
_ROUND = compile_late(r"(?i)\b(?:epoch|iteration|iter|step|round|pass)\W{0,3}\d+")


class StepTracker(NameResolver):
    """The part of the reader that knows where a step begins, and that emits statements.

    Attributes:
        statements: the statements that were read so far.
        skipped: the number of lines that were skipped so far.
        unread: the errors of the lines that could not be read.
    """

    def __init__(
        self, lines: Sequence[Line], ordinary: Iterable[str] = (), *, goes_on: bool = False
    ) -> None:
        self.unread: list[WorksheetError] = []
        self._goes_on = goes_on
        self.lost: dict[str, int] = {}
        targets = target_names(lines)
        self.notation = notation_of(lines, targets)
        self._counted = counted_names(lines)
        self.names = SheetNames(targets, ordinary, self.notation)
        self._code = "\n".join(line.source.code for line in lines)
        self.names.has_units = has_units(self._code, self.names.targets)
        self.names.stated = stated_numbers(lines)
        self.names.true_class = true_class(lines)
        self.statements: list[Statement] = []
        self.skipped = 0
        self.source = Source("")
        # Without any --- line in the sheet, the reader infers where a step begins.
        self._infers_steps = not any(line.kind == "step" for line in lines)
        self._stated: set[str] = set()  # the names and derivatives that this step has stated
        self._pending: set[str] = set()  # the quantities that were updated in this step
        # The quantities updated by w ← … or w = w − …, because w is the new value from then on.
        self._assigned: set[str] = set()
        # The quantities that any step has updated, in order. A dict is used as an ordered set.
        self._updated: dict[str, None] = {}
        # The written texts of each gradient dC/dw, by w and then by C.
        self._gradients: dict[str, dict[str, tuple[str, ...]]] = {}
        self._sums = SlopeSums(lines)
        self._announced_at: int | None = None  # how many statements came before "update:"
        self.waiting: list[Waiting] = []
        self._waiting_for: dict[str, list[Waiting]] = {}
        self._released: deque[Waiting] = deque()  # those that may be read now, in order
        self._is_releasing = False
        self._prose: dict[str, bool] = {}  # by the text of a line
        # The functions and slopes of the sheet that no later line has used yet, by name.
        self._functions: dict[str, tuple[RawChain, Source, tuple[str, ...]]] = {}
        self._slopes: dict[str, tuple[RawChain, Source, str]] = {}
        self._unexplained: set[str] = set()  # names whose change from round to round has no formula
        self._rounds = 0
        self._round_start = 0  # the line of the last heading such as epoch 2
        self._exercise_start = 0  # the line of the last heading such as Exercise 2
        self._examples = 0
        self._in_round = self._counts_rounds = False
        self._in_total = False
        self._writes_updates = False

    def _gradients_by(self, target: Name) -> dict[str, tuple[str, ...]]:
        """Return the written texts of each gradient dC/dw, by C.

        Those of an element w[2] may be part of a gradient by the list w, and the other way around.
        """
        own = self._gradients.get(str(target), {})
        known = self.names.quantities.get(target.name)
        places = list(known.digits) if known and known.rank else []
        if own or not places:
            return own
        if target.index:
            here = [k for k, place in enumerate(places) if is_under(target.index, place)]
            whole = self._gradients.get(target.name, {})
            return {
                top: tuple(texts[k] for k in here)
                for top, texts in whole.items()
                if len(texts) == len(places)
            }
        parts = [self._gradients.get(str(replace(target, index=place)), {}) for place in places]
        tops = [top for top in parts[0] if all(len(part.get(top, ())) == 1 for part in parts)]
        return {top: tuple(part[top][0] for part in parts) for top in tops}

    def _refuse(self, error: WorksheetError) -> None:
        """Raise an error, or keep it if the reader goes on behind lines that cannot be read."""
        if not self._goes_on:
            raise error
        if isinstance(error, RestsOnUnreadError):
            self.statements.append(Skipped(self.source, error.message))
            return
        place = (error.message, error.line)
        if all(place != (other.message, other.line) for other in self.unread):
            self.unread.append(error)

    def _skip(self, reason: str = "") -> None:
        self.skipped += 1
        self.statements.append(Skipped(self.source, reason))

    def _skip_part(self, reason: str) -> None:
        """Note once that a part of a line was skipped."""
        if all(getattr(one, "reason", "") != reason for one in self.statements):
            self.statements.append(Skipped(self.source, reason, is_part=True))

    def _is_prose(self, found: Sequence[Token]) -> bool:
        """Whether the line has three words in a row, or two and no answer that is marked by ->."""
        words = [token.is_text or self._is_word(token) for token in found]
        if any(map(all, zip(words, words[1:], words[2:], strict=False))):
            return True
        if any(token.text == "->" and _is_answer(found[k + 1 :]) for k, token in enumerate(found)):
            return False
        if all(token.text not in ("=", "≈") for token in found):  # as in 2 inputs → 1 output
            words = [
                is_word or token.kind == "number"
                for is_word, token in zip(words, found, strict=True)
            ]
        return any(
            one and other and not second.tight
            for one, other, second in zip(words, words[1:], found[1:], strict=False)
        )

    def _is_word(self, token: Token) -> bool:
        is_known = self.names.knows(token.text) or self.names.is_function(token.text)
        return token.kind == "name" and token.text.isalpha() and not is_known

    def _emit(
        self,
        act: Act,
        target: Name | Derivative | None,
        members: Sequence[Member],
        *,
        shorthand: bool = False,
    ) -> None:
        if act == "arithmetic" and (len(members) < 2 or _is_sequence(members)):
            return
        notes = tuple(dict.fromkeys(self.names.notes))
        self.names.notes = []
        self.statements.append(Chain(self.source, act, target, tuple(members), shorthand, notes))

    def _next_step(self) -> None:
        self.statements.append(StepBreak(self.source))
        for name in self._pending:
            new = self.names.quantities.get(name + "'")
            if new and name in self.names.quantities:
                self.names.quantities[name].digits = dict(new.digits)
        self._pending.clear()
        self._stated.clear()

    def _note_update(self, line: Line) -> None:
        """Note that a line such as "Update:" says what the numbers below it are."""
        if _ANNOUNCES_UPDATE.search(line.source.text):
            self._announced_at = len(self.statements)

    def _is_update_announced(self) -> bool:
        """Whether only new values were written since a line that announces an update."""
        if self._announced_at is None:
            return False
        since = (one for one in self.statements[self._announced_at :] if isinstance(one, Chain))
        return all(one.is_given or one.act == "update" for one in since)

    def _step_if_stated_again(self, key: str) -> None:
        """Begin the next step if the sheet states this quantity or derivative a second time.

        If quantities were updated before, the second value can only belong to the next step.
        """
        is_automatic = self._infers_steps and not self._rounds
        if is_automatic and self._pending and key in self._stated:
            self._next_step()

    def _note_round(self, label: str) -> bool:
        """Return whether a label such as "epoch 2" marks a round whose updates are not written.

        Every round after the first one begins the next step. If a label comes before the first
        update, the sheet writes out the updates of each round.
        """
        if not is_round(label):
            return False
        if not self._updated:
            self._writes_updates = True
        if self._writes_updates:
            return False
        if self._rounds:
            self._next_step()
            self._pending.update(self._updated)
        self._rounds += 1
        return True


def is_under(index: tuple[int, ...], place: tuple[int, ...]) -> bool:
    """Whether a place in a list or matrix belongs to the element or the row with this index."""
    return place[: len(index)] == index


def _is_sequence(members: Sequence[Member]) -> bool:
    """Whether arrows join only numbers, as in 4 → 3.1 → 2.47, which are no equalities."""
    return all(one.digits for one in members) and members[1].joiner == "->"


def is_round(label: str) -> bool:
    """Whether the words before a colon count rounds, as epoch 2 does."""
    return _ROUND.search(label) is not None


def _is_answer(found: Sequence[Token]) -> bool:
    """Whether a number, a list or a blank follows ->, and not a word of a sketch."""
    first, second = ([one for one in found if one.text != "-"] + [found[-1]] * 2)[:2]
    return first.text in ("?", "[", "(") or (first.kind == "number" and second.kind != "name")
