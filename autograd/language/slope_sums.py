"""Derivatives that a program adds up over several lines, as in dx = … and later dx += …."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..late_pattern import compile_late
from .layout import Line
from .members import RawMember
from .sheet_source import Source
from .trees import Apply

_ASSIGNED = compile_late(r"\s*([^\W\d][\w.\[\]]*)\s*([-+*/]?)=(?!=)")
_IDENTIFIER = compile_late(r"[^\W\d][\w.]*")
_STEP = compile_late(r"\.step\(")
_RESET = compile_late(r"\.zero_(?:grad)?\(")


@dataclass
class _Sum:
    """The summands of a derivative that several lines add up.

    Attributes:
        last: the line of the last summand.
        count: the number of summands.
        is_changed: whether a name in the summands has got a new value.
        is_unclear: whether this came before the last summand, or the sum is divided later.
        is_numbered: whether a summand before the last one has a number behind it.
        read: the summands that were read so far, with their texts.
    """

    last: int = 0
    count: int = 0
    is_changed: bool = False
    is_unclear: bool = False
    is_numbered: bool = False
    read: list[tuple[RawMember, str]] = field(default_factory=list)


class SlopeSums:
    """The sums of the derivatives in a sheet.

    A sum ends where its name is used and where a step begins. What a line adds later is not
    judged, because the name may then hold a momentum or the slopes of several steps.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._sums: dict[tuple[int, str], _Sum | None] = {}  # None for a line after the end
        self._users: defaultdict[str, list[_Sum]] = defaultdict(list)  # by a name in them
        lines = list(lines)
        sums: dict[str, _Sum | None] = {}
        for line in lines if any("+=" in line.source.code for line in lines) else ():
            code = line.source.code
            if line.kind == "step" or _STEP.search(code):
                sums = dict.fromkeys(sums)
            if _RESET.search(code):
                sums = {name: one for name, one in sums.items() if not name.endswith(".grad")}
            if line.kind == "code":
                for statement in code.split(";"):
                    self._note(statement, line.source.line, sums)

    def _note(self, code: str, number: int, sums: dict[str, _Sum | None]) -> None:
        found = _ASSIGNED.match(code)
        if not found:
            return
        name, sign = found[1], found[2]
        behind = _IDENTIFIER.findall(code, found.end())
        base = name.partition(".data")[0].partition("[")[0]
        ended = {prefix for used in behind for prefix in _prefixes(used)}
        ended |= {f"d{base}", f"{base}.grad"} - {name}  # because w changes
        whole = sums.get(name)
        is_scaled = (
            whole is not None and whole.count > 1 and (name in ended or sign not in ("", "+"))
        )
        if whole and is_scaled:
            whole.is_unclear = True
        sums.update(dict.fromkeys(ended & sums.keys()))
        for user in self._users.get(base, ()):
            user.is_changed = True
        if is_scaled:
            sums[name] = None
        elif not sign or (sign == "+" and name not in sums):
            sums[name] = _Sum()
        elif sign != "+":
            sums[name] = None
        if one := sums[name]:
            one.last, one.count = number, one.count + 1
            one.is_unclear = one.is_changed
            for used in set(behind):
                self._users[used].append(one)
        self._sums[number, name] = one

    def is_numbered(self, source: Source, name: str) -> bool:
        """Whether a summand before this line has a number behind it."""
        one = self._sums.get((source.line, name))
        return one is not None and one.is_numbered

    def note_number(self, source: Source, name: str) -> None:
        """Note that a number stands behind the summand in this line."""
        if one := self._sums.get((source.line, name)):
            one.is_numbered = True

    def add(self, source: Source, name: str, member: RawMember) -> RawMember | str:
        """Return the sum up to this line, or a reason why it is not judged in this line."""
        one = self._sums.get((source.line, name), _Sum())
        if one is None:
            return f"{name} was used or divided before, so its last value may be no derivative"
        if one.count < 2 or len(one.read) == one.count:
            return member
        if one.is_unclear:
            return f"the sum {name} changes in another way than by adding to it"
        one.read.append((member, source.text[slice(*member.span)].strip()))
        if len(one.read) < one.count:
            return f"{name} is summed up until line {one.last}"
        tree = one.read[0][0].tree
        for other, _ in one.read[1:]:
            tree = Apply("+", (tree, other.tree), member.span[0])
        heading = " + ".join(text for _, text in one.read)
        return replace(member, joiner="=", tree=tree, heading=heading)


def _prefixes(name: str) -> list[str]:
    """Return w, w.grad and w.grad.data of w.grad.data."""
    parts = name.split(".")[:4]
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
