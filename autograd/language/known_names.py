"""The vocabulary that says what the names of a line mean to the parser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Vocabulary(Protocol):
    """What the parser needs to know about the names of a sheet.

    Attributes:
        stated_slopes: the short forms of derivatives, such as dw, that a line has stated.
    """

    stated_slopes: set[str]

    def knows(self, name: str) -> bool:
        """Whether a quantity has this name."""

    def is_function(self, name: str) -> bool:
        """Whether this name is a function of the language or of the sheet."""

    def whole_number(self, name: str) -> int | None:
        """Return the whole number that the sheet gives for a name, or None."""

    def is_ordinary(self, name: str) -> bool:
        """Whether a name such as dt is an ordinary name and not a short form of a derivative."""

    def is_plausible(self, name: str) -> bool:
        """Whether a word may be the name of a quantity rather than a word of a sentence."""

    def factors(self, name: str) -> list[str]:
        """Return the known names whose product a name such as xy means, or [] if it means none."""

    def resolve(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Return the quantity that a name refers to, and the index into that quantity."""

    def variables_of(self, name: str) -> tuple[str, ...]:
        """Return the variables of a function f(x, y) of the sheet, or ()."""

    def rank_of_name(self, name: str) -> int:
        """Return 0 for a number, 1 for a vector and 2 for a matrix."""

    def loss_of(self, name: str, top: str = "") -> str:
        """Return the quantity that dw (or dL_dw, where `top` is L) differentiates, or ""."""


class KnownNames:
    """A vocabulary of plain names, without indices and without short forms of gradients."""

    def __init__(self, known: Callable[[str], bool], functions: Callable[[str], bool]) -> None:
        self.knows, self.is_function = known, functions
        self.stated_slopes: set[str] = set()

    def whole_number(self, name: str) -> int | None:
        """Return None, because this vocabulary has no numbers."""
        return None

    def is_ordinary(self, name: str) -> bool:
        """Return True, because this vocabulary has no short forms of derivatives."""
        return True

    def is_plausible(self, name: str) -> bool:
        """Return True, because an expression on its own contains no sentences."""
        return True

    def factors(self, name: str) -> list[str]:
        """Return the known names whose product a name such as xy means, or [] if it means none."""
        parts = split_name(name, self.knows)
        return parts if len(set(parts)) == len(parts) else []

    def resolve(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Return the name itself."""
        return name, ()

    def variables_of(self, name: str) -> tuple[str, ...]:
        """Return (), because this vocabulary has no functions."""
        return ()

    def rank_of_name(self, name: str) -> int:
        """Return 0, because this vocabulary has no numbers."""
        return 0

    def loss_of(self, name: str, top: str = "") -> str:
        """Return "", because this vocabulary has no gradients."""
        return ""


_MOST_FACTORS = 4


def split_name(name: str, known: Callable[[str], bool]) -> list[str]:
    """Return the known names that a name consists of, or [] if it cannot be split.

    Longer names are tried first.

    >>> split_name("w1x1", {"w1", "x1", "w"}.__contains__)
    ['w1', 'x1']
    """
    stack: list[tuple[str, tuple[str, ...]]] = [(name, ())]
    while stack:
        rest, parts = stack.pop()
        if not rest:
            return list(parts)
        if len(parts) < _MOST_FACTORS:
            # The longest name is pushed last, so it is tried first.
            longest = min(len(rest), len(name) - 1)
            found = (size for size in range(1, longest + 1) if known(rest[:size]))
            stack.extend((rest[size:], (*parts, rest[:size])) for size in found)
    return []
