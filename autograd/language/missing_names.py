"""Names without a value, and the message that says where one is missing."""

from __future__ import annotations

import re
from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass

from .chain import Statement
from .members import RawChain
from .numbered import list_of
from .sheet_names import SheetNames
from .sheet_source import Source, WorksheetError
from .suggestion import suggestion
from .trees import (
    Name,
    Tree,
)


class RestsOnUnreadError(WorksheetError):
    """A line cannot be read because the line `root` before it could not be read."""

    def __init__(self, root: int, source: Source) -> None:
        self.root = root
        super().__init__(f"line {root} was not read", source.text, source.line)


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


MOST_TRIED = 20  # the most quantities that are tried as the meaning of an undefined name


class MissingNames(ABC):
    """The part of the reader that knows which names have no value.

    Attributes:
        names: the names that the sheet has defined so far.
        source: the line that is being read.
        statements: the statements that were read so far.
        waiting: the formulas whose names had no values when they were read.
        lost: the line that could not be read and would have given the name a value, by name.
        _goes_on: whether the reader goes on behind lines that cannot be read.
    """

    names: SheetNames
    source: Source
    statements: list[Statement]
    waiting: list[Waiting]
    lost: dict[str, int]
    _goes_on: bool

    def _missing_in(self, tree: Tree) -> str:
        missing = self.names.undefined(tree)
        return missing[0] if missing else ""

    def _means_something(self, name: str, trees: Sequence[Tree]) -> bool:
        return bool(
            self.names.find_alias(name)
            or list_of(name, trees, self.names)
            or self.names.count_of_examples(name)
            or self.names.prediction(name)
        )

    def _undefined(self, name: str, place: int) -> WorksheetError:
        """Return an error about a name without a value, or about the unread line with it."""
        if line := self.lost.get(name):
            return RestsOnUnreadError(line, self.source)
        return self.source.error(self._not_defined(name), place)

    def _not_defined(self, name: str) -> str:
        """Return a message that names what is missing, in this line or in an earlier one."""
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
        if line := self._line_about(name):
            return (
                f"{name} is not defined, because line {line} was not read as its formula; write "
                f"{name} = … there"
            )
        if near := suggestion(name, self.names.quantities):
            return f"{name} is not defined{near}"
        known = list(self.names.quantities)
        shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        return (
            f"{name} is not defined; write {name} = … on a line before this one. Defined are: "
            f"{shown or 'no names yet'}"
        )

    def _line_about(self, name: str) -> int:
        """Return the line before this one that begins with a name but does not define it, or 0."""
        begins = re.compile(rf"\W*{re.escape(name)}(?![\w'′])")
        lines = (
            one.source.line
            for one in self.statements
            if one.source.line < self.source.line and begins.match(one.source.text)
        )
        return next(lines, 0)

    def _waiting_line(self, name: str) -> Waiting | None:
        """Return the waiting formula that would define a name, or None."""
        targets = ((waiting, waiting.raw.target) for waiting in self.waiting if waiting.missing)
        return next((w for w, t in targets if isinstance(t, Name) and t.name == name), None)
