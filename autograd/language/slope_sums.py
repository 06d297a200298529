"""Derivatives that a program adds up over several lines, as in dx = … and later dx += …."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..late_pattern import compile_late
from .layout import Line
from .members import RawMember
from .sheet_source import Source
from .trees import Apply

_ASSIGNED = compile_late(r"(?m)^[ \t]*([^\W\d][\w.\[\]]*)[ \t]*(\+?=)(?!=)")


class SlopeSums:
    """The summands of each derivative that several lines add up, by its written name."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._signs: dict[str, list[tuple[int, str]]] = {}
        self._summands: dict[str, list[tuple[RawMember, str]]] = {}
        codes = [line.source for line in lines if line.kind == "code"]
        if any("+=" in source.code for source in codes):
            for source in codes:
                if found := _ASSIGNED.match(source.code):
                    self._signs.setdefault(found[1], []).append((source.line, found[2]))

    def add(self, source: Source, member: RawMember) -> tuple[RawMember, int]:
        """Return the sum up to this line, and the next line that adds to it, or 0."""
        found = _ASSIGNED.match(source.code)
        signs = self._signs.get(found[1], []) if found else []
        if not found or all(sign == "=" for _, sign in signs):
            return member, 0
        text = source.text[slice(*member.span)].strip()
        if found[2] == "=":
            self._summands[found[1]] = []
        summands = self._summands.setdefault(found[1], [])
        summands.append((member, text))
        after = next((sign for sign in signs if sign[0] > source.line), (0, "="))
        following = after[0] if after[1] == "+=" else 0
        if len(summands) == 1:
            return member, following
        tree = summands[0][0].tree
        for other, _ in summands[1:]:
            tree = Apply("+", (tree, other.tree), member.span[0])
        heading = " + ".join(text for _, text in summands)
        return replace(member, joiner="=", tree=tree, heading=heading), following
