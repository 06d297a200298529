"""Lines without = or ->: labels such as Loss: 0.25, points, headings and prose."""

from __future__ import annotations

from collections.abc import Sequence

from ..late_pattern import compile_late
from .grammar import Parser
from .lists import transposed
from .members import RawChain, RawMember, equal_numbers, is_written, written_number
from .names import LOSS_NAMES, PREDICTION_NAMES
from .row_reading import RowReader
from .sheet_source import WorksheetError
from .step_tracking import is_round
from .target_labels import NEW_WORDS
from .token import Token
from .tokens import tokens
from .trees import (
    Apply,
    Derivative,
    Name,
    Row,
    names_in,
)

_HEADING = compile_late(r"\W*[^\W\d]{2,}\W{1,3}\d+\W*")  # such as step 1 or "Epoch 2:"

_COORDINATE = r"\s{0,3}[-+−]?\d{0,20}\.?\d{1,20}\s{0,3}"
_POINT = rf"\({_COORDINATE},{_COORDINATE}\)"
_POINTS = compile_late(rf"{_POINT}(?:(?:\s|,|;|and|und|et){{0,9}}{_POINT})*")
_NAMES_OF_POINTS = compile_late(r"\(\s*([^\W\d]\w?)\s*,\s*([^\W\d]\w?)\s*\)")
_BETWEEN = frozenset((",", ";", "and", "und", "et"))
_GRADIENT = compile_late(
    r"(?i)(?:gradient|derivative|slope|grad) "
    r"(?:(?:of|for|wrt|w . r . t .|by|with respect to) )?(\S+)|(\S+) (?:gradient|grad)"
)

_OF_SLOPES = compile_late(r"(?i)\b(?:grad\w*|deriv\w*|slope|delta|change|update\w*)\b")


class BareLineReader(RowReader):
    """The part of the reader that reads a line that has no joiner."""

    def _read_words(self, found: Sequence[Token]) -> None:
        """Read a line that has no joiner, which is a point such as (1.2, 0.5) or prose.

        Raises:
            WorksheetError: the line is an expression without a name or a result.
        """
        if self._read_points() or self._read_point(found) or self._read_label(found):
            return
        if _HEADING.fullmatch(self.source.code) or not self._is_expression(found):
            if is_round(self.source.code):
                self._round_start = self.source.line
            self._skip()
        elif self._goes_on:
            self._skip("it has neither = nor ->")
        else:
            raise self.source.error(
                "this line has neither = nor ->; write name = … to define a quantity, "
                "or … -> number for what you got",
                found[0].place,
            )

    def _read_label(self, found: Sequence[Token]) -> bool:
        """Read dL/dw: -0.5 or Learning rate: 0.1, where a colon takes the place of =."""
        colons = [k for k, token in enumerate(found) if token.text == ":"]
        if len(colons) != 1 or not 0 < colons[0] < len(found) - 2:
            return False
        if found[colons[0] - 1].kind == "number":  # as in 10:42
            return False
        try:
            value = self._parsed(self.source, found[colons[0]].end)
        except WorksheetError:
            return False
        is_sum = isinstance(value, Apply) and not names_in(value)  # as in: Target: 0.9 + 0.1
        if not (is_written(value) or is_sum):
            return False
        was_named_new = found[0].text.casefold() in NEW_WORDS and colons[0] > 1
        target = self._labeled(found[was_named_new:], colons[0] - was_named_new)
        if target is None and isinstance(value, Row) and colons[0] == 1:
            target = Name(found[0].text, (), found[0].place)  # as in: logits: [2, 1]
        if isinstance(target, Name) and self.names.is_function(target.name):
            target = None
        if target is None:
            self._skip("it is not clear what the number is; write its name and = before it")
            return True
        is_new = isinstance(target, Name) and not self.names.knows(target.name)
        span = (found[colons[0] + 1].place, found[-2].end)
        member = RawMember("=" if is_new else "->", value, span)
        self._chain(RawChain(found[0].place, target, [member], was_named_new, was_named_new))
        return True

    def _labeled(self, found: Sequence[Token], stop: int) -> Name | Derivative | None:
        """Return the target that the words before a colon name, such as w or "gradient of w"."""
        place = found[0].place
        words = [token.text for token in found[:stop]]
        if bottom := _GRADIENT.fullmatch(" ".join(words)):
            name = Name(*self.names.resolve(bottom[1] or bottom[2]), place)
            slope = self._gradient_by(name)
            return slope if slope and slope.top.name != name.name else None
        label = "_".join(words)
        if self.names.is_word_for(label):
            prediction = self.names.prediction(label)
            if isinstance(prediction, Name) and not self.names.knows(label):
                return prediction
            return self._named_by_kind(label, found[stop + 1 :], place)
        last = found[stop - 1]
        is_worded = stop > 1 and all(map(self._is_word, found[: stop - 1]))
        is_worded = is_worded and not _OF_SLOPES.search(" ".join(words))
        if is_worded and last.kind == "name" and self.names.is_plausible(last.text):
            return Name(last.text, (), last.place)  # as in: weight w: 1.5
        try:
            target = self._parsed(self.source, place, found[stop].place)
        except WorksheetError:
            return None
        is_named = isinstance(target, Name) and self.names.is_plausible(target.name)
        return target if is_named or isinstance(target, Derivative) else None  # type: ignore

    def _named_by_kind(self, label: str, number: Sequence[Token], place: int) -> Name | None:
        """Return the quantity that a word such as loss or target means before a number, or None.

        If the sheet has a quantity of that kind, a loss or a prediction must be computed. A target
        or a rate is a new name, unless a given quantity of its kind has the same number.
        """
        alias = self.names.find_alias(label)
        known = self.names.quantities.get(alias)
        if self.names.knows(label) or not known:
            return Name(label, (), place)
        if label.casefold() in LOSS_NAMES | PREDICTION_NAMES:
            return None if known.is_given else Name(alias, (), place)
        digits = known.digits.get((), "") if known.is_given else ""
        is_same = len(number) == 2 and equal_numbers(digits, number[0].text)
        return Name(alias if is_same else label, (), place)

    def _is_expression(self, found: Sequence[Token]) -> bool:
        parser = Parser(self.source, list(found), self.names, self.notation)
        try:
            tree = parser.sum()
            parser.finish()
        except WorksheetError:
            return False
        # A single name is a word, or the last line of a notebook cell.
        is_name = isinstance(tree, Name | Derivative)
        return not is_name and all(self.names.knows(name) for name in names_in(tree))

    def _read_points(self) -> bool:
        """Read points such as (1, 2), (2, 3), (3, 5) as the lists of their coordinates, x and y."""
        found = _POINTS.search(self.source.code)
        if not found:
            return False
        before = _NAMES_OF_POINTS.search(self.source.code[: found.start()])
        names = before.groups() if before else ("x", "y")
        if any(map(self.names.is_quantity, names)):
            return False
        points = tokens(self.source, *found.span(), self.notation)
        parser, rows = Parser(self.source, points, self.names, self.notation), []
        while parser.next.kind != "end":
            if parser.next.text in _BETWEEN:
                parser.at += 1
                continue
            point = parser.atom()
            rows.append(point.items if isinstance(point, Row) else (point,))
        if len(rows) < 2 or {len(row) for row in rows} != {2}:
            return False
        self.names.targets.update(names)
        target = Row(tuple(Name(name, (), found.start()) for name in names), found.start())
        self._chain(
            RawChain(
                found.start(),
                target,
                [RawMember("=", transposed(rows, found.start()), found.span())],
            )
        )
        return True

    def _read_point(self, found: Sequence[Token]) -> bool:
        """Read a point such as (1.2, -0.26) as the values of the updated quantities.

        The point begins the next step.
        """
        if found[0].text != "(" or len(self._updated) < 2:
            return False
        tree = Parser(self.source, list(found), self.names, self.notation).atom()
        items = tree.items if isinstance(tree, Row) else ()
        if len(items) != len(self._updated) or not all(map(written_number, items)):
            return False
        self._next_step()
        span = (found[0].place, found[-1].place)
        for name, item in zip(list(self._updated), items, strict=True):
            target = Name(name + "'", (), item.place)
            self._emit("claim", target, self._make_members([RawMember("=", item, span)]))
        self._pending.update(self._updated)
        return True
