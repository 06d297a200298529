"""The grammar of the worksheet language, which turns tokens into a tree without computing anything.

These are its rules. The word "nothing" stands for a product without a sign, as in 2x, and "raised"
for an exponent written with superscript characters, as in x².

sum      := product (("+" | "-") product)*
product  := signed (("*" | "·" | "⊙" | "⊗" | "/" | "@" | nothing) signed)*
signed   := ("-" | "+")* power
power    := atom (raised | ".T" | "^" exponent | "." method)*
items    := condition ("," condition)*
condition := sum (("<" | ">" | "≤" | "≥") sum)?
atom     := number | name index* | function argument | "(" items ")" | "[" items "]" | "{" sum "}"
          | "√" power | "Σ" limits product | "|" sum "|" | "‖" sum "‖" | derivative | matrix | "?"
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from .calls import CallGrammar
from .cursor import COMPARISONS, unreadable
from .exponents import ExponentGrammar
from .known_names import KnownNames
from .sheet_source import Source
from .spelling import FRACTIONS
from .token import PLAIN, Notation, Token
from .tokens import tokens
from .trees import Apply, Blank, Number, Tree


def _is_nothing(name: str) -> bool:
    return False


def parse(
    source: Source,
    known: Callable[[str], bool] = _is_nothing,
    start: int = 0,
    end: int | None = None,
    *,
    functions: Callable[[str], bool] = _is_nothing,
    notation: Notation = PLAIN,
) -> Tree:
    """Return the tree of the expression between the positions `start` and `end` of a line.

    `known` tells which names are defined. If dC is defined, dC/dw is a quotient, and otherwise it
    is a derivative. If x is defined, x(…) is a product, and otherwise it is a call.

    Raises:
        WorksheetError: the text is not an expression. The message says what to write instead.

    >>> tree = parse(Source("0.1*dC/dW1[1,2]"), lambda name: name in ("C", "W1"))
    >>> tree.head, str(tree.args[1])
    ('*', 'dC/dW1[1,2]')
    """
    found = tokens(source, start, end, notation)
    parser = Parser(source, found, KnownNames(known, functions), notation)
    tree = parser.sum()
    parser.finish()
    return tree


class Parser(ExponentGrammar):
    """A recursive-descent parser, with a method for each rule of the grammar."""

    def sum(self) -> Tree:
        """Read terms that are joined by + and −."""
        left = self.product()
        while sign := self.take("+", "-"):
            left = Apply(sign.text, (left, self.product()), sign.place)
        return left

    def condition(self) -> Tree:
        """Read a sum, or a comparison such as z > 0."""
        left = self.sum()
        if sign := self.take(*COMPARISONS):
            return Apply(sign.text, (left, self.sum()), sign.place)
        return left

    def choice(self) -> Tree:
        """Read a sum, or one of two sums, as in `z if z > 0 else 0`."""
        return self._chosen(self.sum())

    def _chosen(self, tree: Tree) -> Tree:
        """Read the words `if z > 0 else 0` after a tree, if they follow."""
        start = self.at
        if self.next.text != "if" or all(token.text != "else" for token in self.tokens[start:]):
            return tree
        self.at += 1
        condition = self.condition()
        if self.next.text != "else":
            self.at = start
            return tree
        self.at += 1
        return Apply("where", (condition, tree, self.sum()), tree.place)

    def product(self) -> Tree:
        """Read factors that are joined by ·, *, ⊙, / or @, or that follow each other directly."""
        left = self.signed()
        divided: Token | None = None
        while True:
            if sign := self.take("*", "·", "⊙", "⊗", "/", "@") or self._take_outer():
                start = self.next
                left = Apply(sign.text, (left, self.signed()), sign.place)
                divided = start if sign.text == "/" else None
            elif self.opens_factor():
                place = self.next.place
                if divided is not None:
                    self._check_quotient(left, divided)
                    divided = None
                left = Apply("·", (left, self.power()), place)
            else:
                return left

    def _take_outer(self) -> Token | None:
        """Take the word `outer` as in δ outer x, which means δ ⊗ x."""
        token = self.next
        if token.text != "outer" or self.tokens[self.at + 1].text == "(":
            return None
        self.at += 1
        return token._replace(text="⊗")

    def signed(self) -> Tree:
        """Read a power and the signs + and − before it."""
        sign, negative = None, False
        while token := self.take("-", "+"):
            sign, negative = sign or token, negative ^ (token.text == "-")
        tree = self.power()
        if not negative or sign is None:
            return tree
        if isinstance(tree, Number):
            code = self.source.code or self.source.text
            minus = code[sign.place] if sign.text == "-" else "-"
            return Number(-tree.value, sign.place, minus + tree.text)
        return Apply("neg", (tree,), sign.place)

    def power(self) -> Tree:
        """Read an atom and the exponents, transposes and methods that follow it.

        The exponent after ^ is itself a power, so that a^b^c is a^(b^c).
        """
        start = self.next
        tree = self._with_exponents(self.atom())
        if start.kind == "number" and start.text in FRACTIONS and self.opens_factor():
            return Apply("*", (tree, self.power()), start.place)
        return tree

    def atom(self) -> Tree:
        """Read a number, a name, a call, a list, a derivative or an expression in brackets."""
        token = self.next
        if token.kind == "number":
            self.at += 1
            return Number(token.value, token.place, token.text)
        if token.kind == "name":
            return self._derivative() or self._named()
        if token.kind == "sign" and token.text in self._ATOMS:
            return self._ATOMS[token.text](self)
        raise self.source.error(_missing(token), token.place)

    def _blank(self) -> Tree:
        self.at += 1
        return Blank(self.tokens[self.at - 1].place)

    _ATOMS: ClassVar[dict[str, Callable[[Parser], Tree]]] = {
        "(": CallGrammar._bracketed,
        "⟨": CallGrammar._bracketed,
        "[": CallGrammar._bracketed,
        "{": CallGrammar._bracketed,
        "⟦": CallGrammar._matrix,
        "⎧": CallGrammar._cases,
        "√": CallGrammar._root,
        "Σ": CallGrammar._total,
        "|": CallGrammar._absolute,
        "‖": CallGrammar._absolute,
        r"\frac": CallGrammar._fraction,
        r"\pdv": lambda self: self._derivative() or self._refuse_partial(),
        r"\underbrace": CallGrammar._braced_below,
        "∇": CallGrammar._nabla,
        "?": _blank,
        "∂": lambda self: self._derivative() or self._refuse_partial(),
    }


def _missing(token: Token) -> str:
    if token.kind == "end":
        return "the line ends where a number, a name or a bracket is expected"
    if token.kind == "other" or token.text == "'":
        return unreadable(token.text)
    if token.text in ("->", "=", "≈", "←"):
        return f"a number or an expression is expected before {token.text}"
    if token.text in (")", "]", "}"):
        return f"a number or a name is expected before this {token.text!r}"
    return f"a number, a name or a bracket is expected here, not {token.text!r}"
