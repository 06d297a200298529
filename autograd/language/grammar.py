"""The grammar of the worksheet language: tokens to a small tree. Nothing is computed here.

sum      := product (("+" | "-") product)*
product  := signed (("*" | "/" | "@") signed)*
signed   := ("-" | "+")* power
power    := atom ("²" | "³" | ".T")* ("^" signed)?
atom     := number | name index? | name "(" sum ("," sum)* ")" | "(" sum ")"
          | "[" sum ("," sum)* "]" | "d" name index? "/" "d" name index?
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .tokens import Source, Token, tokens

DEEPEST = 50  # brackets within brackets
_UNCLOSED = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and the digits in which it was written."""

    value: float
    place: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """A result that was left open: ``?``."""

    place: int


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity, or with `index` one of its numbers or rows; counted from 1."""

    name: str
    index: tuple[int, ...]
    place: int

    def __str__(self) -> str:
        return self.name + (f"[{','.join(map(str, self.index))}]" if self.index else "")


@dataclass(frozen=True, slots=True)
class Derivative:
    """d`top`/d`bottom`; with `second`, d²`top`/d`bottom`d`second`."""

    top: Name
    bottom: Name
    place: int
    second: Name | None = None

    def __str__(self) -> str:
        if self.second is None:
            return f"d{self.top}/d{self.bottom}"
        below = (
            f"d{self.bottom}²" if self.second == self.bottom else f"d{self.bottom}d{self.second}"
        )
        return f"d²{self.top}/{below}"


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation on expressions: a sign of the grammar, "neg", ".T", or a function's name."""

    head: str
    args: tuple[Tree, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Row:
    """A list of expressions: a vector, or a matrix where they are lists themselves."""

    items: tuple[Tree, ...]
    place: int


Tree = Number | Blank | Name | Derivative | Apply | Row
Known = Callable[[str], bool]


def _is_never_known(name: str) -> bool:
    return False


def parse(
    source: Source, known: Known = _is_never_known, start: int = 0, end: int | None = None
) -> Tree:
    """Return the tree of the expression between two characters of a line.

    `known` says which names are defined: dC/dw is a quotient where dC is one of them, and a
    derivative elsewhere.

    Raises:
        WorksheetError: it is no expression; the message says what to write.

    >>> tree = parse(Source("0.1*dC/dW1[1,2]"), lambda name: name in ("C", "W1"))
    >>> tree.head, str(tree.args[1])
    ('*', 'dC/dW1[1,2]')
    """
    parser = Parser(source, tokens(source, start, end), known)
    tree = parser.sum()
    parser.finish()
    return tree


class Parser:
    """Reads tokens from left to right; one method for each rule of the grammar."""

    def __init__(self, source: Source, found: list[Token], known: Known) -> None:
        self.source, self.tokens, self.known = source, found, known
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at]

    def take(self, *signs: str) -> Token | None:
        """Read the next token if it is one of these signs."""
        token = self.next
        if token.kind != "sign" or token.text not in signs:
            return None
        self.at += 1
        return token

    def expect(self, sign: str, opened: Token) -> None:
        """Read this closing sign, or say which bracket stays open."""
        if not self.take(sign):
            what = self.next.text or "the end of the line"
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
        if token.kind == "sign" and token.text in ")]":
            raise self.source.error(f"this {token.text!r} closes nothing", token.place)
        raise self.source.error(
            f"expected an operator before {token.text!r}; products are written with *", token.place
        )

    def sum(self) -> Tree:
        """Read terms with + and − between them."""
        left = self.product()
        while sign := self.take("+", "-"):
            left = Apply(sign.text, (left, self.product()), sign.place)
        return left

    def product(self) -> Tree:
        """Read factors with ·, / and @ between them."""
        left = self.signed()
        while sign := self.take("*", "/", "@"):
            left = Apply(sign.text, (left, self.signed()), sign.place)
        return left

    def signed(self) -> Tree:
        """Read a power with signs before it."""
        sign, negative = None, False
        while token := self.take("-", "+"):
            sign, negative = sign or token, negative ^ (token.text == "-")
        tree = self.power()
        if not negative or sign is None:
            return tree
        if isinstance(tree, Number):
            return Number(-tree.value, sign.place, "-" + tree.text)
        return Apply("neg", (tree,), sign.place)

    def power(self) -> Tree:
        """Read an atom, raised marks and an exponent; powers of powers go from the right."""
        start = self.next
        base = self.atom()
        while mark := self.take("²", "³", ".T"):
            exponent = () if mark.text == ".T" else (Number(mark.value, mark.place),)
            base = Apply(".T" if mark.text == ".T" else "^", (base, *exponent), mark.place)
        if sign := self.take("^"):
            self._deeper(sign)
            base = Apply("^", (base, self.signed()), sign.place)
            self.depth -= 1
        if start.value and start.text in "½¼¾⅓⅔⅛" and self._opens_a_factor():
            return Apply("*", (base, self.power()), start.place)
        return base

    def _opens_a_factor(self) -> bool:
        return self.next.kind == "name" or (self.next.kind == "sign" and self.next.text == "(")

    def atom(self) -> Tree:
        """Read a number, a name, a call, a list, a derivative or something in brackets."""
        token = self.next
        if token.kind == "number":
            self.at += 1
            return Number(token.value, token.place, token.text)
        if token.kind == "name" or (token.kind == "sign" and token.text == "∂"):
            return self._derivative() or self._named()
        if opened := self.take("(", "["):
            return self._bracketed(opened)
        raise self.source.error(_missing(token), token.place)

    def _bracketed(self, opened: Token) -> Tree:
        self._deeper(opened)
        if opened.text == "(":
            tree = self.sum()
            self.expect(")", opened)
        else:
            tree = Row(self._list("]", opened), opened.place)
        self.depth -= 1
        return tree

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.source.error(
                f"brackets within brackets, more than {DEEPEST} deep; give parts of it names of "
                "their own, on lines before this one",
                token.place,
            )

    def _list(self, closing: str, opened: Token) -> tuple[Tree, ...]:
        items = [self.sum()]
        while self.take(","):
            items.append(self.sum())
        self.expect(closing, opened)
        return tuple(items)

    def _named(self) -> Tree:
        token = self.next
        if token.kind != "name":
            raise self.source.error("a derivative is written ∂C/∂w", token.place)
        self.at += 1
        if self.next.tight and not self.known(token.text) and (opened := self.take("(")):
            self._deeper(opened)
            args = self._list(")", opened)
            self.depth -= 1
            return Apply(token.text, args, token.place)
        return Name(token.text, self._index(), token.place)

    def _index(self) -> tuple[int, ...]:
        """Read [1] or [1,2] right after a name."""
        if not self.next.tight or not (opened := self.take("[")):
            return ()
        index = [self._whole()]
        while self.take(","):
            index.append(self._whole())
        self.expect("]", opened)
        return tuple(index)

    def _whole(self) -> int:
        token = self.next
        if token.kind != "number" or not token.text.isdecimal() or not 1 <= token.value <= 1e6:
            raise self.source.error("an index is a whole number, counted from 1", token.place)
        self.at += 1
        return int(token.value)

    def _derivative(self) -> Derivative | None:
        """Read dC/dw or ∂C/∂w if that is what comes next."""
        start = self.at
        place = self.next.place
        top = self._differential()
        if top and self.take("/"):
            bottom = self._differential()
            if bottom:
                return Derivative(top, bottom, place)
        self.at = start
        return None

    def _differential(self) -> Name | None:
        """Read dC or ∂C: a name after the d, unless dC is itself a defined name."""
        token = self.next
        if self.take("∂"):
            name, token = self.next.text, self.next
            if token.kind != "name":
                raise self.source.error("a derivative is written ∂C/∂w", token.place)
        elif token.kind == "name" and token.text[0] == "d" and not self.known(token.text):
            name = token.text[1:]
        else:
            return None
        self.at += 1
        return Name(name, self._index(), token.place) if name.rstrip("'") else None


def _missing(token: Token) -> str:
    if token.kind == "end":
        return "the line ends where a number, a name or a bracket is expected"
    if token.text == "->":
        return "an expression is expected before ->"
    if token.text in ")]":
        return f"a number or a name is expected before this {token.text!r}"
    if token.text == "=":
        return "there is one = in a line, right after the name that it defines"
    return f"a number, a name or a bracket is expected here, not {token.text!r}"
