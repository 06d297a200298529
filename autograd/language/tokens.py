"""A line of a worksheet as tokens, and the one error that says what in it cannot be read."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

_LONGEST_SHOWN = 100  # characters of a source line in a message
MOST_TOKENS = 20_000  # in one line
LONGEST_NAME = 60
LONGEST_NUMBER = 40


class WorksheetError(ValueError):
    """A worksheet cannot be read: where, and what to write instead.

    Attributes:
        message: what is wrong, in one sentence or two.
        line, column: where, both counted from 1.
        source: the line as it stands in the sheet.

    >>> print(WorksheetError("x is not defined", "y = 2*x", line=3, column=7))
    line 3, column 7: x is not defined
      y = 2*x
            ^
    """

    def __init__(self, message: str, source: str = "", line: int = 1, column: int = 1) -> None:
        self.message, self.source, self.line, self.column = message, source, line, column
        super().__init__(self._shown())

    def _shown(self) -> str:
        if not self.source:
            return self.message  # about the sheet as a whole
        start = max(0, self.column - 1 - _LONGEST_SHOWN // 2)
        part = self.source[start : start + _LONGEST_SHOWN]
        part = "".join(c if c.isprintable() else " " for c in part)
        caret = " " * (self.column - 1 - start) + "^"
        return f"line {self.line}, column {self.column}: {self.message}\n  {part}\n  {caret}"


@dataclass(frozen=True, slots=True)
class Source:
    """One line of a sheet and its number: what an error points into."""

    text: str
    line: int = 1

    def error(self, message: str, place: int) -> WorksheetError:
        """Return the error at character `place`, counted from 0."""
        return WorksheetError(message, self.text, self.line, place + 1)


@dataclass(frozen=True, slots=True)
class Token:
    """A name, a number, a sign or the end; `place` is its first character, counted from 0.

    `tight` says that no space stands before it.
    """

    kind: Literal["name", "number", "sign", "end"]
    text: str
    place: int
    tight: bool = False
    value: float = 0.0


# Signs as people write them, and the one the grammar knows.
_SAME = {
    "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "⊙": "*", "∗": "*", "÷": "/",
    "**": "^", "→": "->", "′": "'", "’": "'", "ᵀ": ".T",
}  # fmt: skip
_RAISED = {"²": 2.0, "³": 3.0}
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_PATTERN = re.compile(
    r"(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+\-−]?\d+)?)"
    r"|(?P<fraction>[½¼¾⅓⅔⅛])"
    r"|(?P<raised>[²³])"
    r"|(?P<name>[^\W\d½¼¾⅓⅔⅛²³ᵀ][^\W½¼¾⅓⅔⅛²³ᵀ]*['′’]*)"
    r"|(?P<sign>\*\*|->|\.T\b|[-−–+*/^()\[\],=@·×⋅⊙∗÷→ᵀ∂?])"
)  # fmt: skip
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def tokens(source: Source, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of a line between two characters, an "end" token last.

    Raises:
        WorksheetError: a character belongs to no token, or a token is too long.

    >>> [token.text for token in tokens(Source("½(y − 0.8)²"))]
    ['½', '(', 'y', '-', '0.8', ')', '²', '']
    """
    # Lowered digits only: the text keeps its length, so that columns stay true.
    text = source.text.translate(_SUBSCRIPTS)
    end = len(text) if end is None else end
    found = list(_scan(source, text, start, end))
    if len(found) > MOST_TOKENS:
        raise source.error(f"the line is too long: more than {MOST_TOKENS} symbols", 0)
    return [*found, Token("end", "", end)]


def _scan(source: Source, text: str, place: int, end: int) -> Iterator[Token]:
    tight = False
    while place < end:
        if text[place].isspace():
            place, tight = place + 1, False
            continue
        match = _PATTERN.match(text, place, end)
        if not match:
            raise source.error(_unreadable(text[place]), place)
        yield _token(source, match, tight)
        place, tight = match.end(), True


def _token(source: Source, match: re.Match[str], tight: bool) -> Token:
    text, place = match[0], match.start()
    if match.lastgroup == "number":
        return Token("number", text, place, tight, _finite(source, text, place))
    if match.lastgroup == "fraction":
        return Token("number", text, place, tight, _FRACTIONS[text])
    if match.lastgroup == "raised":
        return Token("sign", text, place, tight, _RAISED[text])
    if match.lastgroup == "name":
        return Token("name", _name(source, text, place), place, tight)
    return Token("sign", _SAME.get(text, text), place, tight)


def _finite(source: Source, text: str, place: int) -> float:
    value = float(text.replace("−", "-")) if len(text) <= LONGEST_NUMBER else float("inf")
    if value == float("inf"):
        raise source.error("this number is too long or too large (at most about 1.8e308)", place)
    return value


def _name(source: Source, text: str, place: int) -> str:
    if len(text) > LONGEST_NAME:
        raise source.error(f"a name has at most {LONGEST_NAME} characters", place)
    return unicodedata.normalize("NFC", text).replace("′", "'").replace("’", "'")


def _unreadable(character: str) -> str:
    advice = {
        "{": "write lists with [ ]",
        "}": "write lists with [ ]",
        ";": "write one calculation per line, numbers with a comma between",
        "|": "write abs(…)",
        "√": "write sqrt(…)",
        "Σ": "write sum(…)",
        "%": "write the number as a decimal",
        "!": "there are no factorials here",
        "<": "there are no comparisons here",
        ">": "an answer is written -> 0.5",
        ":": "definitions are written with =",
        '"': "there is no text here, only numbers and names",
        "'": "a prime stands right after a name, as in w'",
    }.get(character)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return f"{shown!r} cannot be read here" + (f"; {advice}" if advice else "")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean …?" for the known name nearest to this one, or nothing.

    >>> suggestion("sigmiod", ["tanh", "sigmoid"])
    '; did you mean sigmoid?'
    """
    near = difflib.get_close_matches(name, sorted(known)[:2000], n=1, cutoff=0.5)
    same = [other for other in known if other.casefold() == name.casefold()]
    best = (same or near)[:1]
    return f"; did you mean {best[0]}?" if best else ""
