"""Division of a line into chains, each with a target and members.

The targets and members are trees whose names are not looked up yet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ..late_pattern import compile_late
from .alignment import CLOSING, joiners_of, without_alignment, without_remarks
from .chain_targets import GAP, TargetParser
from .cursor import COMPARISONS, unreadable
from .lists import transposed
from .members import RawChain, RawMember, is_written
from .scripts import LOWERED
from .sheet_names import SheetNames
from .sheet_source import Source
from .token import Notation, Token
from .trees import Apply, Blank, Name, Number, Row, Tree, leaves
from .units import end_of_unit

_SEPARATORS = frozenset((",", ";", "|", "⇒", "&", "."))
_COMMA_ADVICE = (
    "this comma has two readings: write 0.5 for a decimal number (or a comma in all numbers of the "
    "sheet), and [1, 2] for a list"
)
_NUMBERED_LINE = compile_late(r"\W*\((\d{1,2})\)\s")
_LINES = compile_late(r"\(\d{1,2}\)(?:[*·+]?\(\d{1,2}\))+")
_NO_REMARK = frozenset("%!\"'°‰")
_OPERATIONS = frozenset(("mod", "modulo", "div", "xor"))
_OPENS_REMARK = frozenset(("(", ":", "?", "[", "←", *COMPARISONS))


class LineParser(TargetParser):
    """A parser that divides the tokens of one line into chains."""

    def __init__(
        self, source: Source, found: list[Token], names: SheetNames, notation: Notation
    ) -> None:
        if any(token.text == "(" and not token.tight for token in found):
            found = list(without_remarks(found, names))
        super().__init__(source, list(without_alignment(found)), names, notation)
        self.joiners = list(joiners_of(self.tokens))

    def chains(self) -> Iterator[RawChain]:
        """Yield the chains of the line.

        Raises:
            WorksheetError: a member is not an expression.
        """
        at = 0
        while joiner := next((k for k in self.joiners if k >= at), None):
            chain, at = self._chain(at, joiner)
            yield chain
        if self.joiners and self.joiners[0] == 0:
            sign = self.tokens[0].text
            raise self.source.error(f"a name is expected before {sign}", self.tokens[0].place)

    def _chain(self, start: int, joiner: int) -> tuple[RawChain, int]:
        """Return the chain whose target begins at `start`, and the start of the next chain."""
        if unpacked := self._unpacked(start, joiner):
            return unpacked, self.end
        chain, sign = self._read_target(start, joiner), ""
        args = chain.target.args if isinstance(chain.target, Apply) else ()
        self.names.parameters = frozenset(arg.name for arg in args if isinstance(arg, Name))
        while True:
            stop = next((k for k in self.joiners if k > joiner), self.end)
            if stop < self.end and self._is_verbal(self.tokens[joiner + 1 : stop]):
                joiner, sign = stop, sign or self.tokens[joiner].text
                continue
            tree, reached = self._member(joiner + 1, stop)
            if isinstance(chain.target, Row) and self.tokens[reached].text == ",":
                tree, reached = self._points(tree, reached, stop)
            if _is_template(tree):
                if reached == stop < self.end:
                    joiner, sign = stop, sign or self.tokens[joiner].text
                    continue
                tree = Blank(tree.place)
            span = (self.tokens[joiner + 1].place, self.tokens[reached - 1].end)
            chain.members.append(RawMember(_sign(sign or self.tokens[joiner].text), tree, span))
            sign = ""
            if reached < stop:
                return chain, self._after(reached, stop, tree)
            if stop == self.end:
                return chain, self.end
            joiner = stop

    def _unpacked(self, start: int, joiner: int) -> RawChain | None:
        """Return m, v = 0, 1 as a chain of two lists, or None if the line has another form."""
        targets = self.tokens[start:joiner]
        names = [token for token in targets[::2] if token.kind == "name"]
        commas = [token for token in targets[1::2] if token.text == ","]
        if len(names) < 2 or len(names) + len(commas) != len(targets):
            return None
        parser, values = self._parser(joiner + 1, self.end), list[Tree]()
        while not values or parser.take(","):
            values.append(parser.sum())
        if len(values) != len(names) or parser.next.kind != "end":
            return None
        place = self.tokens[joiner + 1].place
        row = Row(tuple(values), place)
        target = Row(tuple(Name(token.text, (), token.place) for token in names), names[0].place)
        return RawChain(target.place, target, [RawMember("=", row, (place, self.tokens[-1].place))])

    def _points(self, first: Tree, reached: int, stop: int) -> tuple[Tree, int]:
        """Return the points in (x, y) = (1, 2), (2, 3) as lists of coordinates, and their end.

        If the line does not have several points, the first expression and its end are returned.
        """
        parser, points = self._parser(reached, stop), [first]
        while parser.take(",") and parser.next.text == "(":
            points.append(parser.atom())
        rows = [point.items for point in points if isinstance(point, Row) and is_written(point)]
        if len(rows) < 2 or len(rows) != len(points) or len({len(row) for row in rows}) > 1:
            return first, reached
        return transposed(rows, first.place), reached + parser.at

    def _member(self, start: int, stop: int) -> tuple[Tree, int]:
        if start == stop:
            before = self.tokens[start - 1]
            what = "a number, or ? for a blank," if before.text == "->" else "a number or a formula"
            raise self.source.error(f"{what} is expected after {before.text}", before.end)
        token = self.tokens[start]
        if token.kind == "number" and stop == start + 1:  # as most members are
            return Number(token.value, token.place, token.text), stop
        parser = self._parser(start, self._end_of_number(start, stop))
        tree = parser.choice()
        return tree, start + parser.at

    def _is_verbal(self, found: list[Token]) -> bool:
        """Whether a member is put in words, as in L = sum of outputs = 3 + 7, or "a" × W.

        In a numbered line, (4) × (5) stands for the lines 4 and 5 if both come before it.
        """
        line = _NUMBERED_LINE.match(self.source.text)
        if line and _LINES.fullmatch("".join(token.text for token in found)):
            numbers = [token.value for token in found if token.kind == "number"]
            if all(number < int(line[1]) for number in numbers):
                return True
        if any(token.text in ('"', "“") for token in found):
            return True
        words = [token for token in found if token.text.isalpha() and not token.tight]
        has_names = any(
            self.names.is_quantity(token.text) or self.names.is_function(token.text)
            for token in words
        )
        return len(words) == len(found) > 1 and not has_names

    def _end_of_number(self, start: int, stop: int) -> int:
        """Return the end of a member, which may come before `stop`.

        In x=1 t=0, the member 1 ends before the name t. In 2.5 m/s², it ends before the unit.
        """
        for k in range(start + 1, stop):
            if self.tokens[k - 1].kind in ("number", "raised") or self.tokens[k - 1].text == ")":
                is_number = k - start < 2 or (k - start == 2 and self.tokens[start].text == "-")
                is_measured = is_number and self.names.has_units  # the V of V = 12 V is a unit
                is_quantity = _is_never if is_measured else self.names.is_quantity
                after = end_of_unit(self.tokens, k, is_quantity)
                if after > k and (after < stop or stop == self.end) and self._ends_member(after):
                    return k
            if _ends_sentence(self.tokens[k - 1], self.tokens[k]):
                return k
        if stop == self.end:
            return stop
        for k in range(start + 1, stop):  # as in w = 0.8   ∂L/∂b = −0.3, with a gap between
            last = self.tokens[k - 1]
            ends = last.kind == "number" or last.text in CLOSING or last.text == "?"
            ends = ends or self._is_new_name(k, stop)
            if ends and self._is_gap(k) and self._is_target_after(k, stop):
                return k
        name, before = self.tokens[stop - 1], self.tokens[start : stop - 1]
        is_name = name.kind == "name" and not name.tight
        is_known = self.names.knows(name.text) or name.text in self.names.stated_slopes
        if is_known or not (is_name and name.text in self.names.targets):
            return stop
        signs = [token.text for token in before if token.kind != "number"]
        is_number = bool(before) and before[-1].kind == "number" and signs in ([], ["-"])
        is_list = bool(before) and before[0].text in ("[", "(") and before[-1].text in ("]", ")")
        return stop - 1 if is_number or is_list else stop

    def _is_new_name(self, at: int, stop: int) -> bool:
        """Whether a name without a value follows a name, as in y = wx + b  w = 2."""
        last, name = self.tokens[at - 1], self.tokens[at]
        is_alone = at + 1 == stop and last.kind == name.kind == "name"
        return is_alone and name.text in self.names.targets and not self.names.knows(name.text)

    def _is_gap(self, at: int) -> bool:
        before, token = self.tokens[at - 1], self.tokens[at]
        return GAP.fullmatch(self.source.text, before.end, token.place) is not None

    def _ends_member(self, at: int) -> bool:
        """Whether what follows a unit does not belong to the same member."""
        token = self.tokens[at]
        is_end = token.kind in ("end", "other") or token.text in (*_SEPARATORS, "(", ":")
        is_word = token.kind == "name" and token.text.isalpha() and len(token.text) > 2
        return is_end or self._is_gap(at) or (is_word and not self.names.is_quantity(token.text))

    def _after(self, reached: int, stop: int, tree: Tree) -> int:
        """Return the start of the next chain. Words and units before that chain are a remark."""
        reached = end_of_unit(self.tokens, reached, self.names.is_quantity)
        if reached == self.end:
            return reached
        first = self.tokens[reached]
        is_last = stop == self.end
        if first.text in _SEPARATORS:
            following = self.tokens[reached + 1]
            if following.kind == "number" and is_last:
                raise self.source.error(_COMMA_ADVICE, first.place)
            return self.end if is_last else reached + 1
        if not is_last and self._is_gap(reached) and self._is_target_after(reached, stop):
            return reached  # as in dL/da = 2   ∂a/∂z = 3
        is_whole = is_last or first.is_text or first.kind != "other" or first.text == "±"
        is_whole = is_whole and (first.text not in COMPARISONS or is_written(tree))
        if is_whole and self._is_remark(first, self.tokens[reached + 1]):
            return self.end if is_last else reached
        if first.kind == "other":
            raise self.source.error(unreadable(first.text), first.place)
        parser = self._parser(reached, stop)
        parser.finish()
        return self.end

    def _is_remark(self, first: Token, after: Token) -> bool:
        """Whether the token after a member begins a remark, as in 0.5 (rounded) or 0.333…."""
        if first.kind == "other" and not first.is_text:
            is_operator = any(unicodedata.category(c) == "Sm" for c in first.text)
            is_index = first.tight and first.text in LOWERED
            return first.text == "±" or not (is_operator or is_index or first.text in _NO_REMARK)
        if first.text == ":" and after.kind == "number":
            return False
        if first.kind == "name" and first.text in _OPERATIONS:
            return False
        if first.text == "(" and all(token.text != ")" for token in self.tokens):
            return after.kind == "name" and not self.names.is_quantity(after.text)
        return first.kind == "name" or first.is_text or first.text in _OPENS_REMARK


def _is_never(name: str) -> bool:
    return False


def _ends_sentence(number: Token, after: Token) -> bool:
    """Whether a full stop follows a number, as in: b = 2. z = 3."""
    return (
        number.kind == "number"
        and number.text[-1] == "."
        and after.kind == "name"
        and after.text not in ("if", "else", "for")
        and not after.tight
    )


def _is_template(tree: Tree) -> bool:
    """Whether a member leaves parts of a formula open, as in ? · ?."""
    return not is_written(tree) and any(isinstance(leaf, Blank) for leaf in leaves(tree))


def _sign(text: str) -> str:
    return {"~": "≈", "⇒": "->"}.get(text, text)
