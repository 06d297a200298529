"""Going through tokens: what comes next, what must come next, and what the names in them are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .tokens import PLAIN, Notation, Source, Token

DEEPEST = 50  # brackets within brackets
_MOST_AHEAD = 4  # tokens that a rule may look at, or pass, without asking for the end
_UNCLOSED = {")": "(", "]": "[", "}": "{", "|": "|", "‖": "‖", "⟧": r"\begin{matrix}"}


class Vocabulary(Protocol):
    """What the names of a sheet are, as far as reading it depends on that."""

    def knows(self, name: str) -> bool:
        """Whether a quantity has this name."""

    def is_function(self, name: str) -> bool:
        """Whether this is a function of the language or of the sheet."""

    def is_ordinary(self, name: str) -> bool:
        """Whether a name such as dt is no short form of a derivative."""

    def is_plausible(self, name: str) -> bool:
        """Whether a word may be a name, not a word of a sentence."""

    def factors(self, name: str) -> list[str]:
        """Return known names that a name is made of, as xy of x and y; else nothing."""

    def resolve(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Return the quantity that a name means, and the index in it."""

    def loss_of(self, name: str, top: str = "") -> str:
        """Return what dw, or dL_dw with a top, is the derivative of; "" for none."""


class KnownNames:
    """The vocabulary of a set of names, without indices and gradients."""

    def __init__(self, known: Callable[[str], bool], functions: Callable[[str], bool]) -> None:
        self.knows, self.is_function = known, functions

    def is_ordinary(self, name: str) -> bool:
        """Whether a name such as dt is no short form of a derivative: here there are none."""
        return True

    def is_plausible(self, name: str) -> bool:
        """Whether a word may be a name: here there are no sentences."""
        return True

    def factors(self, name: str) -> list[str]:
        """Return known names that a name is made of, as xy of x and y; else nothing."""
        parts = split_name(name, self.knows)
        return parts if len(set(parts)) == len(parts) else []

    def resolve(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Return the name itself."""
        return name, ()

    def loss_of(self, name: str, top: str = "") -> str:
        """Return nothing: there are no gradients."""
        return ""


_MOST_FACTORS = 4


def split_name(name: str, known: Callable[[str], bool]) -> list[str]:
    """Return known names that a name is made of, the longest first; else nothing.

    >>> split_name("w1x1", {"w1", "x1", "w"}.__contains__)
    ['w1', 'x1']
    """
    stack: list[tuple[str, tuple[str, ...]]] = [(name, ())]
    while stack:
        rest, parts = stack.pop()
        if not rest:
            return list(parts)
        if len(parts) < _MOST_FACTORS:
            sizes = range(1, min(len(rest), len(name) - 1) + 1)  # the longest is popped first
            found = (size for size in sizes if known(rest[:size]))
            stack.extend((rest[size:], (*parts, rest[:size])) for size in found)
    return []


class Cursor:
    """A place among the tokens of a line."""

    def __init__(
        self, source: Source, found: list[Token], names: Vocabulary, notation: Notation = PLAIN
    ) -> None:
        self.source, self.names, self.notation = source, names, notation
        self.tokens = [*found, *found[-1:] * _MOST_AHEAD]
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at]

    def take(self, *signs: str) -> Token | None:
        """Read the next token if it is one of these signs."""
        token = self.tokens[self.at]
        if token.kind != "sign" or token.text not in signs:
            return None
        self.at += 1
        return token

    def expect(self, sign: str, opened: Token) -> None:
        """Read this closing sign, or say which bracket stays open."""
        if self.take(sign):
            return
        what = repr(self.next.text) if self.next.text else "the end of the line"
        if self.next.kind == "other":
            raise self.source.error(unreadable(self.next.text), self.next.place)
        if self.opens_factor():
            raise self._no_operator(self.next)
        raise self.source.error(
            f"expected {sign!r} to close the {_UNCLOSED[sign]!r} of column "
            f"{opened.place + 1}, found {what}",
            self.next.place,
        )

    def finish(self) -> None:
        """Raise unless all was read."""
        token = self.next
        if token.kind == "end":
            return
        if token.kind == "other":
            raise self.source.error(unreadable(token.text), token.place)
        if token.kind == "sign" and token.text in ")]}":
            raise self.source.error(f"this {token.text!r} closes nothing", token.place)
        raise self._no_operator(token)

    def _no_operator(self, token: Token) -> Exception:
        return self.source.error(
            f"expected an operator before {token.text!r}; write * for a product", token.place
        )

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.source.error(
                f"brackets within brackets, more than {DEEPEST} deep; give parts of it names of "
                "their own, on lines before this one",
                token.place,
            )

    def opens_factor(self) -> bool:
        """Whether the next token begins a factor that needs no sign before it."""
        return self.next.kind == "name"


def unreadable(character: str) -> str:
    """Return what is wrong with a character, and what to write instead."""
    advice = {
        "%": "write the number as a decimal",
        "!": "there are no factorials here",
        "<": "there are no comparisons here",
        ">": "an answer is written -> 0.5",
        '"': "there is no text here, only numbers and names",
        "'": "a prime stands right after a name, as in w'",
        "∫": "there are no integrals here",
        "Π": "write the factors of the product",
    }.get(character)
    shown = character if character.isprintable() else f"U+{ord(character[0]):04X}"
    return f"{shown!r} cannot be read here" + (f"; {advice}" if advice else "")
