"""Commands of LaTeX in a line, as tokens."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from ..late_pattern import compile_late
from .scripts import (
    LETTER,
    plain_words,
)
from .sheet_source import Source
from .spelling import (
    ACCENTS,
    FONTS,
    NAMES,
    SIGNS,
    SPACES,
)
from .token import Token

_BRACED = compile_late(r"\s*\{([^{}]*)\}")

_ACCENTED = compile_late(r"\s*(?:\{\s*([^{}]*?)\s*\}|(\\[A-Za-z]+|[^\W\d]))")


class LatexScanner(ABC):
    """The part of the scanner that reads commands such as \\hat y and \\text{in}."""

    source: Source
    text: str
    start: int
    place: int
    end: int

    @abstractmethod
    def _name(self, text: str, tight: bool) -> Token:
        """Return a name with its subscript and its primes."""

    def _command(self, text: str, tight: bool) -> Token | None:
        word = text[1:]
        if text in SIGNS:
            return Token("sign", SIGNS[text], self.start, self.place, tight)
        if text in NAMES:
            if word == "Delta":
                return self._delta(tight)
            return self._name(NAMES[text], tight)
        if word in ACCENTS:
            return self._accented(ACCENTS[word], tight)
        if word in FONTS:
            return self._font(tight)
        if word in ("begin", "end"):
            return self._environment(word, tight)
        if word in SPACES:
            if word == "left" and self.text[self.place : self.place + 1] == ".":
                self.place += 1
            return None
        if text == "\\\\":
            return Token("sign", ";", self.start, self.place, tight)
        return Token("other", text, self.start, self.place, tight)

    def _delta(self, tight: bool) -> Token:
        after = re.compile(rf"\s*((?:{LETTER})\w*)").match(self.text, self.place, self.end)
        if not after:
            return self._name("Δ", tight)
        self.place = after.end()
        return self._name("Δ" + after[1], tight)

    def _accented(self, mark: str, tight: bool) -> Token:
        found = _ACCENTED.match(self.text, self.place, self.end)
        if not found:
            return Token("other", self.text[self.start : self.place], self.start, self.place, tight)
        self.place = found.end()
        letters = plain_words(found[1] or found[2] or "")
        if not letters:
            return Token("other", found[0], self.start, self.place, tight)
        return self._name(letters[:1] + mark + letters[1:], tight)

    def _font(self, tight: bool) -> Token | None:
        found = _BRACED.match(self.text, self.place, self.end)
        if not found:
            return None
        self.place = found.end()
        words = found[1].strip()
        if words == "1":  # the indicator function \mathbb{1}
            return Token("name", words, self.start, self.place, tight)
        if re.fullmatch(rf"{LETTER}[\w\\]*['′]*", words):
            return self._name(plain_words(words), tight)
        if words.startswith("\\") and words in NAMES:
            return self._name(NAMES[words], tight)
        return Token("other", words, self.start, self.place, tight, is_text=True)

    def _environment(self, word: str, tight: bool) -> Token | None:
        found = _BRACED.match(self.text, self.place, self.end)
        if not found:
            return None
        self.place = found.end()
        if not found[1].endswith(("matrix", "cases")):
            return None
        opening = "⎧" if found[1].endswith("cases") else "⟦"
        return Token("sign", opening if word == "begin" else "⟧", self.start, self.place, tight)
