"""Tokens of a line, and the notation of a sheet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .spelling import (
    JOINERS,
)


class Token(NamedTuple):
    """A token of a line.

    Attributes:
        kind: "raised" is a number in superscript characters, as in x². "other" is a character that
            has no meaning in the language. Prose contains such characters, so only a calculation
            refuses them.
        text: the text of the token in its canonical spelling.
        place, end: the first character of the token and the one after the last, counted from 0.
        tight: whether the token follows another token without a space.
        value: the value of a number.
        is_text: whether the token is words from \\text{…} in LaTeX.
    """

    kind: Literal["name", "number", "sign", "raised", "other", "end"]
    text: str
    place: int
    end: int
    tight: bool = False
    value: float = 0.0
    is_text: bool = False


@dataclass(frozen=True)
class Notation:
    """The notation of a whole sheet.

    Attributes:
        decimal_comma: whether 0,5 means a half.
        raised: the names with a superscript that the sheet defines, such as z^1 and a^(2).
        first_index: the first index in brackets, 0 or 1.
        is_code: whether the sheet is a program.
        first_subscript: the first subscript, as in x_1. It may be 1 although Python's brackets
            count from 0.
        first_class: the number of the first class of a classification, 0 or 1.
        says_one: whether the sheet says that it counts from 1.
        zero_based: the lists x whose first element is x_0, although brackets may count from 1.
    """

    decimal_comma: bool = False
    raised: Collection[str] = ()
    first_index: int = 1
    first_subscript: int = 1
    is_code: bool = False
    first_class: int = 1
    says_one: bool = False
    zero_based: Collection[str] = ()

    def first_of(self, name: str) -> int:
        """Return the index of the first element of a list in a name such as x_1."""
        return 0 if name in self.zero_based else self.first_subscript

    def element(self, name: str, index: tuple[int, ...]) -> str:
        """Return the name of an element as the sheet writes it. `index` is counted from 1."""
        return f"{name}[{','.join(str(i - 1 + self.first_index) for i in index)}]"


PLAIN = Notation()


def is_joiner(token: Token) -> bool:
    """Whether a token is a sign that joins two members of a chain, such as = or ≈."""
    return token.kind == "sign" and token.text in _JOINER_SIGNS


_JOINER_SIGNS = frozenset(JOINERS.values()) | {"~"}
