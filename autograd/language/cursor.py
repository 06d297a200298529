"""A cursor over the tokens of a line."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .known_names import Vocabulary
from .sheet_source import Source
from .token import PLAIN, Notation, Token
from .trees import Tree

COMPARISONS = ("<", ">", "≤", "≥")
DEEPEST = 50  # the limit on nested brackets
# The end token is repeated, so that a rule may look this far ahead without checking for the end.
_MOST_AHEAD = 4
_UNCLOSED = {"⟩": "⟨", ")": "(", "]": "[", "}": "{", "|": "|", "‖": "‖", "⟧": r"\begin{matrix}"}


class Cursor(ABC):
    """A position in the tokens of a line, and the rules for moving it forward."""

    def __init__(
        self, source: Source, found: list[Token], names: Vocabulary, notation: Notation = PLAIN
    ) -> None:
        self.source, self.names, self.notation = source, names, notation
        self.tokens = [*found, *found[-1:] * _MOST_AHEAD]
        self.at = 0
        self.depth = 0
        # The expressions in derivatives, such as w*x + b in dC/d(w*x + b), by their text.
        self.parts: dict[str, Tree] = {}
        # What was already read in brackets, so that it is not parsed twice: start → (tree, end).
        self.brackets: dict[int, tuple[Tree, int]] = {}

    @property
    def next(self) -> Token:
        """The token that will be read next."""
        return self.tokens[self.at]

    def take(self, *signs: str) -> Token | None:
        """Read and return the next token if it is one of these signs, or return None."""
        token = self.tokens[self.at]
        if token.kind != "sign" or token.text not in signs:
            return None
        self.at += 1
        return token

    def skip_group(self) -> list[Token]:
        """Skip one token, or one group {…}, and return the tokens inside."""
        start, depth = self.at, 0
        while self.next.kind != "end":
            depth += (self.next.text == "{") - (self.next.text == "}")
            self.at += 1
            if depth <= 0:
                break
        found = self.tokens[start : self.at]
        return found[1:-1] if found and found[0].text == "{" else found

    def expect(self, sign: str, opened: Token) -> None:
        """Read this closing sign, or raise an error that names the bracket left open."""
        if self.take(sign):
            return
        what = repr(self.next.text) if self.next.text else "the end of the line"
        if self.next.kind == "other":
            raise self.source.error(unreadable(self.next.text), self.next.place)
        if self.opens_factor():
            raise self._no_operator(self.next)
        raise self.source.error(
            f"the {_UNCLOSED[sign]!r} of column {opened.place + 1} is not closed; write {sign!r} "
            f"before {what}",
            self.next.place,
        )

    def finish(self) -> None:
        """Raise an error unless every token was read."""
        token = self.next
        if token.kind == "end":
            return
        if token.kind == "other":
            raise self.source.error(unreadable(token.text), token.place)
        if token.kind == "sign" and token.text in ")]}":
            raise self.source.error(
                f"this {token.text!r} closes nothing; remove it, or open it before", token.place
            )
        raise self._no_operator(token)

    def _no_operator(self, token: Token) -> Exception:
        if token.text == ":":
            return self.source.error("write = or -> before a result", token.place)
        if token.text in COMPARISONS:
            return self.source.error(
                f"a comparison stands in brackets, as in (z {token.text} 0), which is 1 where it "
                "holds and 0 elsewhere; an answer is written -> 0.5",
                token.place,
            )
        return self.source.error(
            f"an operator is expected before {token.text!r}; write * for a product", token.place
        )

    def _enter_nested(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.source.error(
                f"brackets are nested more than {DEEPEST} deep; give parts of the expression names "
                "of their own on earlier lines",
                token.place,
            )

    # --- the rules of the grammar, which call each other ------------------------------------------

    @abstractmethod
    def sum(self) -> Tree:
        """Read terms that are joined by + and −."""

    @abstractmethod
    def condition(self) -> Tree:
        """Read a sum, or a comparison such as z > 0."""

    @abstractmethod
    def _chosen(self, tree: Tree) -> Tree:
        """Read the words `if z > 0 else 0` after a tree, if they follow."""

    @abstractmethod
    def product(self) -> Tree:
        """Read factors."""

    @abstractmethod
    def signed(self) -> Tree:
        """Read a power and the signs + and − before it."""

    @abstractmethod
    def power(self) -> Tree:
        """Read an atom and the exponents, transposes and methods that follow it."""

    @abstractmethod
    def _with_exponents(self, tree: Tree) -> Tree:
        """Read the exponents, transposes and methods that follow an atom."""

    @abstractmethod
    def atom(self) -> Tree:
        """Read a number, a name, a call, a list, a derivative or an expression in brackets."""

    @abstractmethod
    def opens_factor(self) -> bool:
        """Whether the next token begins a factor that is multiplied without a sign."""

    @abstractmethod
    def _call(self, name: str, token: Token) -> Tree:
        """Read the arguments of a function, in parentheses or without them, as in ln u."""


def unreadable(character: str) -> str:
    """Return a message that says why a character is refused and what to write instead."""
    advice = {
        "%": "write the number as a decimal",
        "°": "angles are in radians",
        "∛": "write x^(1/3)",
        "!": "there are no factorials here",
        '"': "there is no text here, only numbers and names",
        "'": "a prime stands right after a name, as in w'",
        "⫽": "it divides whole numbers; write the quotient, or a comment behind #",
        "∫": "there are no integrals here",
        "Π": "write the factors of the product",
    }.get(character)
    shown = character if character.isprintable() else f"U+{ord(character[0]):04X}"
    shown = "//" if character == "⫽" else shown  # the sign that `layout` puts in its place
    return f"{shown!r} cannot be read here" + (f"; {advice}" if advice else "")
