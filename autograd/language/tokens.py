"""Division of a line into tokens."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ..late_pattern import compile_late
from .latex_tokens import LatexScanner
from .scripts import (
    LETTER,
    LOWERED,
    MARKS,
    NOT_IN_NAMES,
    RAISED,
    STAR,
    SUBSCRIPT,
    SUPERSCRIPT,
    plain_superscript,
    plain_words,
)
from .sheet_source import Source
from .spelling import (
    FRACTIONS,
    PRIMES,
    RAISED_SIGNS,
    SIGNS,
    canonical_name,
)
from .token import PLAIN, Notation, Token
from .trees import plain_number

MOST_TOKENS = 20_000  # the most tokens in one line
LONGEST_NAME = 60
LONGEST_NUMBER = 40
LARGEST_EXPONENT = 300


_PATTERN = compile_late(
    rf"(?P<space>[^\S\n]+|\n|\\[,;:!> ]|[$`\u200b\ufeff\u2061-\u2064])"
    rf"|(?P<number>(?:\d+(?:(?:\.|\{{,\}})\d*)?|\.\d+)(?:[eE][+\-−]?\d+)?)"
    rf"|(?P<fraction>[½¼¾⅓⅔⅛⅕])"
    rf"|(?P<raised>[{RAISED}]+)"
    rf"|(?P<command>\\(?:[A-Za-z]+|[\\|&{{}}]))"
    rf"|(?P<name>(?:{LETTER}|_(?=\w))(?:[^\W{NOT_IN_NAMES}]|[{MARKS}])*(?:[{LOWERED}]|₋(?=[₀-₉]))*"
    rf"(?:(?<=[{LOWERED}])_\w+)?)"
    r"|(?P<sign>\*\*|->|<-|~=|=~|≈=|:=|\+=|-=|==|=>|<=|>=|\|\||\|(?=_)|~(?=\s*[-−+.\d])|.)",
    re.DOTALL,
)
_PLAIN_SIGNS = frozenset("+-*/^()[]{},=@?|.;:&'~") | frozenset(SIGNS.values())
_NEW_VALUE = compile_late(r"\+\s+=(?!=)")
_SPACED_DOT = compile_late(r"\s\.\s+(?:[^\W\d]\d?(?:[\W_]|$)|\[)")  # as in w . x
_POWER_OF_TEN = compile_late(r"\s*10(?:\^|\*\*|[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹])")  # after x, as in 4 x 10^-1
_TIMES = compile_late(r"x\d*\.\d")  # as in 1.2x0.7
_THOUSANDS = compile_late(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\w,])")  # as in 5,000
_LETTER_BELOW = compile_late(r"\\[A-Za-z]+")
_COMMA = compile_late(r"\d+,\d+(?:[eE][+\-−]?\d+)?")
_PERCENT = compile_late(r"(?: ?\\|\s)?%(?!\s*[\d(]|\w)")  # and not the remainder, as in x % 2


def tokens(
    source: Source, start: int = 0, end: int | None = None, notation: Notation = PLAIN
) -> list[Token]:
    """Return the tokens between two positions of a line. The last one has the kind "end".

    Raises:
        WorksheetError: the line has too many tokens, or one of them is too long.

    >>> [token.text for token in tokens(Source("½(y − 0.8)²"))]
    ['½', '(', 'y', '-', '0.8', ')', '²', '']
    """
    end = len(source.text) if end is None else end
    found: list[Token] = []
    for token in _Scanner(source, start, end, notation).scan():
        found.append(token)
        if len(found) > MOST_TOKENS:
            raise source.error(f"the line is too long: more than {MOST_TOKENS} symbols", start)
    return [*found, Token("end", "", end, end)]


class _Scanner(LatexScanner):
    """A scanner that divides a line into tokens from left to right."""

    def __init__(self, source: Source, place: int, end: int, notation: Notation) -> None:
        self.source, self.end, self.notation = source, end, notation
        self.text = source.code or source.text
        self.place, self.depth = place, 0

    def scan(self) -> Iterator[Token]:
        tight = False
        while self.place < self.end:
            match = _PATTERN.match(self.text, self.place, self.end)
            assert match  # because the last alternative of the pattern matches any character
            self.start, self.place, kind = self.place, match.end(), match.lastgroup
            token = None if kind == "space" else self._token(str(kind), match[0], tight)
            tight = token is not None
            if token is not None:
                yield token

    def _token(self, kind: str, text: str, tight: bool) -> Token | None:
        if kind == "number":
            return self._number(text, tight)
        if kind == "name":
            return self._name(text, tight)
        if kind == "sign":
            sign = SIGNS.get(text, text)
            self.depth += (sign in "([{") - (sign in ")]}")
            if sign == "." and _SPACED_DOT.match(self.text, max(0, self.start - 1)):
                sign = "·"
            known = "sign" if sign in _PLAIN_SIGNS else "other"
            return Token(known, sign, self.start, self.place, tight)  # type: ignore[arg-type]
        if kind == "fraction":
            return Token("number", text, self.start, self.place, tight, FRACTIONS[text])
        if kind == "raised":
            return self._raised(text, tight)
        return self._command(text, tight)

    def _number(self, text: str, tight: bool) -> Token:
        if self.notation.decimal_comma:
            comma = _COMMA.match(self.text, self.start, self.end)
            if comma:
                self.place, text = comma.end(), comma[0].replace(",", ".")
        elif not self.depth and (thousands := _THOUSANDS.match(self.text, self.start, self.end)):
            self.place, text = thousands.end(), thousands[0].replace(",", "")
        plain = text.replace("{,}", ".").replace("−", "-")
        percent = _PERCENT.match(self.text, self.place, self.end)
        if percent and "e" not in text.casefold():
            self.place, plain = percent.end(), f"{plain}%"
        if text == "1" and self.text.startswith("_{", self.place):  # as in 1_{z > 0}
            self.place += 1
        value = plain_number(plain) if len(text) <= LONGEST_NUMBER else math.inf
        if value is None or value == math.inf:
            raise self.source.error(
                "this number is too long or too large (at most about 1.8e308)", self.start
            )
        exponent = plain.casefold().rpartition("e")[2] if "e" in plain.casefold() else "0"
        if abs(int(exponent)) > LARGEST_EXPONENT:
            raise self.source.error(
                f"the exponent of this number must be from -{LARGEST_EXPONENT} to "
                f"{LARGEST_EXPONENT}",
                self.start,
            )
        return Token("number", plain, self.start, self.place, tight, value)

    def _raised(self, text: str, tight: bool) -> Token:
        plain = text.translate(RAISED_SIGNS)
        if re.fullmatch(r"[+-]?\d{1,6}", plain):
            return Token("raised", text, self.start, self.place, tight, float(plain))
        return Token("other", text, self.start, self.place, tight)

    # --- names ------------------------------------------------------------------------------------

    def _name(self, text: str, tight: bool) -> Token:
        """Return a name with its subscript and its primes.

        A superscript is part of the name only if the sheet defines a name with it.
        """
        is_power = text == "x" and _POWER_OF_TEN.match(self.text, self.place)
        is_times = tight and text[0] == "x" and _TIMES.match(self.text, self.start)
        if (is_power or is_times) and self._follows_number():
            self.place = self.start + 1
            return Token("sign", "*", self.start, self.place, tight)
        text = self._subscript(text)
        name = canonical_name(text)
        if self.notation.raised:
            name = self._superscript(name)
        if _NEW_VALUE.match(self.text, self.place, self.end):  # as in w+ = w − …
            name, self.place = name + "^+", self.place + 1
        while self.place < self.end and self.text[self.place] in PRIMES:
            name, self.place = name + "'", self.place + 1
        if len(name) > LONGEST_NAME:
            raise self.source.error(f"a name has at most {LONGEST_NAME} characters", self.start)
        return Token("name", name, self.start, self.place, tight)

    def _follows_number(self) -> bool:
        return re.search(r"\d\s*$", self.text[max(0, self.start - 10) : self.start]) is not None

    def _subscript(self, text: str) -> str:
        if text.endswith("_") and (letter := _LETTER_BELOW.match(self.text, self.place, self.end)):
            self.place = letter.end()
            return text + plain_words(letter[0])  # as in h_\theta
        if self.place >= self.end or self.text[self.place] not in "_{⟨":
            return text
        if self.text[self.place] == "{" and not text.endswith("_"):
            return text
        found = SUBSCRIPT.match(self.text, self.place, self.end)
        if not found:
            return text
        self.place = found.end()
        return f"{text.rstrip('_')}_{plain_words(found[found.lastindex or 1])}"

    def _superscript(self, name: str) -> str:
        found = SUPERSCRIPT.match(self.text, self.place, self.end)
        if not found:
            star = STAR.match(self.text, self.place, self.end)
            if star and f"{name}^*" in self.notation.raised:
                self.place = star.end()
                return f"{name}^*"
            return name
        whole = f"{name}^{plain_superscript(found)}"
        after = SUBSCRIPT.match(self.text, found.end(), self.end)
        if after and self.text[found.end()] == "_":
            inside = plain_words(after[after.lastindex or 1])
            low = canonical_name(f"{name}_{inside}") + whole[len(name) :]
            if low in self.notation.raised:
                self.place = after.end()
                return low
        if whole in self.notation.raised:
            self.place = found.end()
            return whole
        return name
