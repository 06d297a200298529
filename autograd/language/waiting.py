"""Formulas that wait until their names have values."""

from __future__ import annotations

from abc import abstractmethod

from .acts import ActChooser
from .chain import Member
from .members import RawChain, role_of
from .missing_names import MOST_TRIED, Waiting
from .numbered import instance
from .sheet_source import Source, WorksheetError
from .suggestion import suggestion
from .tokens import tokens
from .trees import (
    Derivative,
    Name,
    Tree,
)

_NEAR = 0.01  # because a rule and the numbers put into it differ by the rounding of the numbers


class WaitingReader(ActChooser):
    """The part of the reader that keeps such formulas, and reads them in time."""

    _is_finished = False  # whether the last line was read, after which no formula can wait

    @abstractmethod
    def _chain(self, raw: RawChain) -> None:
        """Read a chain of any kind."""

    def _wait(self, raw: RawChain, target: Name | Derivative) -> bool:
        """Store a formula if some of its names have no value yet; return whether it was stored."""
        trees = [member.tree for member in raw.members]
        undefined = [name for tree in trees for name in self.names.undefined(tree)]
        if isinstance(target, Derivative):
            undefined += self.names.undefined(target)
        missing = [
            name for name in dict.fromkeys(undefined) if not self._means_something(name, trees)
        ]
        if not missing or self._is_finished:
            return False
        # dx/dt = 1 waits with x = t, but other numbers are checked without the missing names.
        is_awaited = isinstance(target, Derivative) and all(
            self._waiting_line(name) or (name in self._waiting_for and name != target.top.name)
            for name in missing
        )
        if not is_awaited and any(role_of(tree, is_last=True) != "formula" for tree in trees):
            return False
        waiting = Waiting(raw, self.source, missing)
        self.waiting.append(waiting)
        for name in missing:
            self._waiting_for.setdefault(name, []).append(waiting)
        return True

    def _release(self, name: str) -> None:
        """Read the formulas that waited for this name if all of their names now have values.

        Such a formula may release others. A loop reads them, because a recursion for a long sheet
        in reverse order would be too deep.
        """
        self._released.extendleft(reversed(self._waiting_for.pop(name, [])))
        if self._is_releasing:
            return
        self._is_releasing, here = True, self.source
        try:
            while self._released:
                self._read_released(self._released.popleft())
            self.source = here
        finally:
            self._is_releasing = False
            self._released.clear()

    def _read_released(self, waiting: Waiting) -> None:
        """Read a formula that has waited for some names if all of them now have values."""
        waiting.missing = [name for name in waiting.missing if not self.names.knows(name)]
        if waiting.missing or waiting.is_read:
            return
        waiting.is_read = True
        self.source = waiting.source
        try:
            self._chain(waiting.raw)
        except WorksheetError as error:
            if not self._is_line_of_prose(waiting.source):
                raise
            self._skip(error.message.partition("; ")[0])

    def _by_rule(self, name: str, first: Member) -> Tree | None:
        """Return the formula of h2 by the rule of h_t, or None if there is no such rule.

        The formula must give the number that the line computes or states.
        """
        for waiting in self.waiting:
            target = waiting.raw.target
            if not isinstance(target, Name) or waiting.source is self.source:
                continue
            tree = instance(waiting.raw.members[0].tree, target.name, name)
            if tree is not None:
                tree = self.names.with_elements(tree)
            if tree is None or self.names.undefined(tree):
                continue
            ours, theirs = self._number(tree, {}), self._number(first.tree, {})
            if ours is not None and theirs is not None and abs(ours - theirs) <= _NEAR:
                waiting.is_read = True
                return tree
        return None

    def _is_line_of_prose(self, source: Source) -> bool:
        """Whether a line is a sentence. The result is cached, because many formulas may ask."""
        if source.text not in self._prose:
            self._prose[source.text] = self._is_prose(tokens(source, notation=self.notation))
        return self._prose[source.text]

    def finish(self) -> None:
        """Skip the formulas whose names never got a value.

        Raises:
            WorksheetError: one of these names looks like a misspelling of a defined name.
        """
        unread = [waiting for waiting in self.waiting if not waiting.is_read]
        self._is_finished = True
        for k, waiting in enumerate(unread):
            self.source = waiting.source
            if any(role_of(one.tree, is_last=True) != "formula" for one in waiting.raw.members):
                try:
                    self._chain(waiting.raw)
                except WorksheetError as error:
                    self._refuse(error)
                continue
            missing = [name for name in waiting.missing if not self.names.knows(name)]
            is_prose = self._is_line_of_prose(waiting.source)
            near = [
                f"{name} is not defined{hint}"
                for name in (missing if k < MOST_TRIED and not is_prose else ())
                if (hint := suggestion(name, self.names.quantities))
            ]
            if near:
                self._refuse(self.source.error(near[0], waiting.raw.place))
            else:
                self._skip(f"{waiting.missing[0]} has no value")
