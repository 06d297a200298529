"""The grammar of the worksheet language: tokens to a small tree. Nothing is computed here.

sum      := product (("+" | "-") product)*
product  := signed (("*" | "·" | "⊙" | "/" | "@" | nothing) signed)*
signed   := ("-" | "+")* power
power    := atom (raised | ".T" | "^" exponent | "." method)*
atom     := number | name index* | function argument | "(" items ")" | "[" items "]" | "{" sum "}"
          | "√" power | "Σ" limits product | "|" sum "|" | "‖" sum "‖" | derivative | matrix | "?"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Protocol

from .spelling import LOWERED_LETTERS, canonical_name
from .tokens import PLAIN, Notation, Source, Token, tokens
from .trees import Apply, Blank, Derivative, Name, Number, Row, Tree

DEEPEST = 50  # brackets within brackets
_MOST_AHEAD = 4  # tokens that a rule may look at, or pass, without asking for the end
_UNCLOSED = {")": "(", "]": "[", "}": "{", "|": "|", "‖": "‖", "⟧": r"\begin{matrix}"}
_WRAPPERS = frozenset(("array", "tensor", "matrix", "asarray", "Tensor", "float", "Value"))
_MODULES = frozenset(("np", "numpy", "torch", "math", "tf", "jnp", "F", "nn", "special", "scipy"))


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
    """Return the tree of the expression between two characters of a line.

    `known` says which names are defined: dC/dw is a quotient where dC is one of them, and a
    derivative elsewhere; x(…) is a product where x is one of them, and a call elsewhere.

    Raises:
        WorksheetError: it is no expression; the message says what to write.

    >>> tree = parse(Source("0.1*dC/dW1[1,2]"), lambda name: name in ("C", "W1"))
    >>> tree.head, str(tree.args[1])
    ('*', 'dC/dW1[1,2]')
    """
    found = tokens(source, start, end, notation)
    parser = Parser(source, found, KnownNames(known, functions), notation)
    tree = parser.sum()
    parser.finish()
    return tree


class Parser:
    """Reads tokens from left to right; one method for each rule of the grammar."""

    def __init__(
        self, source: Source, found: list[Token], names: Vocabulary, notation: Notation = PLAIN
    ) -> None:
        self.source, self.names, self.notation = source, names, notation
        self.tokens = [*found, *found[-1:] * _MOST_AHEAD]
        self.at = 0
        self.depth = 0
        self._bars = 0  # how many | are open: the next one closes

    # --- reading tokens ---------------------------------------------------------------------------

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

    # --- sums and products ------------------------------------------------------------------------

    def sum(self) -> Tree:
        """Read terms with + and − between them."""
        left = self.product()
        while sign := self.take("+", "-"):
            left = Apply(sign.text, (left, self.product()), sign.place)
        return left

    def product(self) -> Tree:
        """Read factors with ·, / and @ between them, or with nothing between them."""
        left = self.signed()
        divided: Token | None = None
        while True:
            if sign := self.take("*", "·", "⊙", "/", "@"):
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

    def _check_quotient(self, left: Tree, divisor: Token) -> None:
        """Refuse a/b c and a/bc, which have two readings; ½ in 1/2 (y − t)² has one."""
        assert isinstance(left, Apply)
        top, bottom = left.args
        after = self.next
        is_share = isinstance(bottom, Number) and (
            isinstance(top, Number) and (not after.tight or after.kind != "name")
        )
        is_apart = (
            not after.tight
            and isinstance(top, Number | Derivative)
            and (isinstance(bottom, Name | Number))
        )
        in_brackets = divisor.text in ("(", "{", "[", "|", "√")
        if is_share or is_apart or in_brackets or isinstance(bottom, Derivative):
            return
        start, stop = divisor.place, after.end
        below = self.source.text[start : after.place].strip()
        raise self.source.error(
            f"this has two readings: write (…/{below})*{after.text}… or "
            f"…/({self.source.text[start:stop].strip()}…)",
            start,
        )

    def opens_factor(self) -> bool:
        """Whether the next token begins a factor that needs no sign before it."""
        token = self.next
        if token.kind == "name":
            return token.tight or self.names.is_plausible(token.text)
        if token.kind == "number":
            return self._opens_term(token)
        if token.kind == "sign":
            if token.text in ("|", "‖"):
                return not self._bars and self._bar_closes_later()
            return token.text in _OPENERS and not (token.text == "(" and self._is_remark())
        return False

    def _opens_term(self, token: Token) -> bool:
        """Whether a number begins a factor: 2x does in (1/N) 2x, but 2 3 is no product."""
        before, after = self.tokens[self.at - 1], self.tokens[self.at + 1]
        opens = after.kind == "name" and after.tight and not token.tight
        return opens and (before.kind == "name" or before.text == ")")

    def _is_remark(self) -> bool:
        """Whether a bracket with a space before it holds words, as in 0.66 (cut off)."""
        if self.next.tight:
            return False
        depth = 0
        for token in self.tokens[self.at :]:
            depth += (token.text == "(") - (token.text == ")")
            is_word = token.kind == "name" and not self.names.is_plausible(token.text)
            if token.kind == "other" or is_word:
                return True
            if depth == 0:
                return False
        return True

    def _bar_closes_later(self) -> bool:
        bar = self.next.text
        return any(t.kind == "sign" and t.text == bar for t in self.tokens[self.at + 1 :])

    def signed(self) -> Tree:
        """Read a power with signs before it."""
        sign, negative = None, False
        while token := self.take("-", "+"):
            sign, negative = sign or token, negative ^ (token.text == "-")
        tree = self.power()
        if not negative or sign is None:
            return tree
        if isinstance(tree, Number):
            minus = self.source.text[sign.place] if sign.text == "-" else "-"
            return Number(-tree.value, sign.place, minus + tree.text)
        return Apply("neg", (tree,), sign.place)

    # --- powers -----------------------------------------------------------------------------------

    def power(self) -> Tree:
        """Read an atom and what is raised or follows it; powers of powers go from the right."""
        start = self.next
        tree = self.atom()
        for _ in range(DEEPEST):
            if self.next.kind == "raised":
                mark = self.next
                self.at += 1
                exponent = Number(mark.value, mark.place, f"{mark.value:g}")
                tree = Apply("^", (tree, exponent), mark.place)
            elif mark_t := self.take(".T"):
                tree = Apply(".T", (tree,), mark_t.place)
            elif sign := self.take("^"):
                tree = self._raised(tree, sign)
            elif self._at_method():
                tree = self._method(tree)
            else:
                break
        if start.kind == "number" and start.text in "½¼¾⅓⅔⅛⅕" and self.opens_factor():
            return Apply("*", (tree, self.power()), start.place)
        return tree

    def _raised(self, base: Tree, sign: Token) -> Tree:
        """Read an exponent; ^T is a transposition."""
        if self._is_transposition():
            return Apply(".T", (base,), sign.place)
        self._deeper(sign)
        exponent = self.signed()
        self.depth -= 1
        if isinstance(base, Name) and base.name == "e" and not self.names.knows("e"):
            return Apply("exp", (exponent,), base.place)
        if isinstance(base, Name) and base.name == "e" and _is_negative(exponent):
            raise self.source.error(
                "this has two readings, because e is a quantity of this sheet; write exp(…) for "
                "the exponential function",
                base.place,
            )
        return Apply("^", (base, exponent), sign.place)

    def _is_transposition(self) -> bool:
        braced = self.next.text == "{" and self.tokens[self.at + 2].text == "}"
        token = self.tokens[self.at + 1] if braced else self.next
        plain = token.kind == "name" and token.text == "T" and not self.names.knows("T")
        if not plain and (token.kind, token.text) != ("sign", ".T"):
            return False
        self.at += 3 if braced else 1
        return True

    def _at_method(self) -> bool:
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_dot = self.next.kind == "sign" and self.next.text == "." and self.next.tight
        return is_dot and following.kind == "name" and following.tight

    def _method(self, base: Tree) -> Tree:
        """Read .T, .grad, .sum() and their like behind an atom."""
        self.at += 1
        token = self.next
        self.at += 1
        if token.text == "T":
            return Apply(".T", (base,), token.place)
        if token.text == "grad" and isinstance(base, Name):
            return self._gradient(base, f"{base}.grad")
        if token.text in ("data", "item", "numpy", "detach", "copy", "value"):
            if self.take("("):
                self.expect(")", token)
            return base
        if self.names.is_function(token.text) and (opened := self.take("(")):
            args = () if self.take(")") else self._list(")", opened)
            return Apply(token.text, (base, *args), token.place)
        raise self.source.error(f".{token.text} has no meaning here", token.place - 1)

    # --- atoms ------------------------------------------------------------------------------------

    def atom(self) -> Tree:
        """Read a number, a name, a call, a list, a derivative or something in brackets."""
        token = self.next
        if token.kind == "number":
            self.at += 1
            return Number(token.value, token.place, token.text)
        if token.kind == "name":
            return self._derivative() or self._named()
        if token.kind == "sign" and token.text in self._ATOMS:
            return self._ATOMS[token.text](self)
        raise self.source.error(_missing(token), token.place)

    def _bracketed(self) -> Tree:
        """Read (…), […] or {…}: one expression, or a list."""
        opened = self.next
        self.at += 1
        self._deeper(opened)
        closing = _CLOSING[opened.text]
        rows = self._rows(closing, opened)
        self.depth -= 1
        if len(rows) > 1:
            return Row(tuple(_row_or_item(row, opened.place) for row in rows), opened.place)
        if opened.text == "[" or len(rows[0]) > 1:
            return Row(tuple(rows[0]), opened.place)
        return rows[0][0]

    def _rows(self, closing: str, opened: Token) -> list[list[Tree]]:
        """Read rows with ; between them, items with a comma or, as in [1 2], nothing between."""
        rows: list[list[Tree]] = [[self._item(closing)]]
        while not self.take(closing):
            if self.take(";"):
                if self.next.text != closing:
                    rows.append([self._item(closing)])
            elif self.take(",", "&"):
                if self.next.text != closing:
                    rows[-1].append(self._item(closing))
            elif self._next_item_begins(closing):
                rows[-1].append(self._item(closing))
            else:
                self.expect(closing, opened)
                break
        return rows

    def _item(self, closing: str) -> Tree:
        """Read an item; in [1 -2], without commas, the sign belongs to the second item."""
        if closing not in "]⟧":
            return self.sum()
        start = self.at
        tree = self.signed()
        if self.next.kind in ("number",) or self._is_signed_item() or self.next.text == "[":
            return tree
        self.at = start
        return self.sum()

    def _next_item_begins(self, closing: str) -> bool:
        if closing not in "]⟧":
            return False
        return self.next.kind == "number" or self.next.text == "[" or self._is_signed_item()

    def _is_signed_item(self) -> bool:
        sign, after = self.next, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_sign = sign.kind == "sign" and sign.text in "+-" and not sign.tight
        before = self.tokens[self.at - 1]
        return is_sign and after.tight and after.kind == "number" and before.kind == "number"

    def _list(self, closing: str, opened: Token) -> tuple[Tree, ...]:
        """Read arguments; those that only say how a program computes are passed over."""
        items: list[Tree] = []
        while not self.take(closing):
            keyword = self.next.kind == "name" and self.tokens[self.at + 1].text == "="
            if keyword:
                self._skip_keyword(closing)
            else:
                items.append(self.sum())
            if not self.take(",", ";") and self.next.text != closing:
                self.expect(closing, opened)
        if not items:
            raise self.source.error("a number or a name is expected in these brackets", opened.end)
        return tuple(items)

    def _skip_keyword(self, closing: str) -> None:
        if self.next.text not in ("requires_grad", "dtype", "grad_fn", "device", "keepdims"):
            raise self.source.error(
                f"{self.next.text}= has no meaning here; write the calculation itself",
                self.next.place,
            )
        depth = 0
        while self.next.kind != "end" and (depth or self.next.text not in (",", closing)):
            depth += (self.next.text in "([") - (self.next.text in ")]")
            self.at += 1

    def _matrix(self) -> Tree:
        r"""Read \begin{bmatrix} … \end{bmatrix}; one column or one row is a vector."""
        opened = self.next
        self.at += 1
        self._deeper(opened)
        rows = self._rows("⟧", opened)
        self.depth -= 1
        if all(len(row) == 1 for row in rows):
            return Row(tuple(row[0] for row in rows), opened.place)
        if len(rows) == 1:
            return Row(tuple(rows[0]), opened.place)
        return Row(tuple(Row(tuple(row), opened.place) for row in rows), opened.place)

    def _root(self) -> Tree:
        sign = self.next
        self.at += 1
        self._deeper(sign)
        inner = self.atom()
        self.depth -= 1
        return Apply("sqrt", (inner,), sign.place)

    def _absolute(self) -> Tree:
        """Read |x|, or ‖x‖, which may be followed by _2."""
        opened = self.next
        self.at += 1
        self._deeper(opened)
        self._bars += 1
        inner = self.sum()
        self._bars -= 1
        self.expect(opened.text, opened)
        self.depth -= 1
        if opened.text == "‖" and self.next.kind == "name" and self.next.text in ("_2", "2"):
            self.at += 1
        return Apply("abs" if opened.text == "|" else "norm", (inner,), opened.place)

    def _total(self) -> Tree:
        """Read Σ with its limits: a bracket right behind it, or the whole product, is summed."""
        sign = self.next
        self.at += 1
        self._limits()
        self._deeper(sign)
        if self.next.text == "(" and self.next.tight:
            inner = self._bracketed()
            if self.next.kind == "raised" or self.next.text == "^":
                raise self.source.error(
                    "this has two readings: write (Σ(…))² for the square of the sum, or Σ((…)²) "
                    "for the sum of squares",
                    self.next.place,
                )
        else:
            inner = self.product()
        self.depth -= 1
        return Apply("sum", (inner,), sign.place)

    def _limits(self) -> None:
        while True:
            token = self.next
            lowered = token.kind == "other" and token.text in LOWERED_LETTERS
            if lowered or (token.kind == "name" and token.text.startswith("_") and token.tight):
                self.at += 1
            elif token.text == "_" or (token.kind == "sign" and token.text == "^"):
                self.at += 1
                self._skip_group()
            elif token.kind == "raised":
                self.at += 1
            else:
                return

    def _skip_group(self) -> None:
        """Pass over one token, or over {…}."""
        depth = 0
        while self.next.kind != "end":
            depth += (self.next.text == "{") - (self.next.text == "}")
            self.at += 1
            if depth <= 0:
                return

    def _fraction(self) -> Tree:
        r"""Read \frac{a}{b}: a derivative, or a quotient."""
        sign = self.next
        derivative = self._derivative()
        if derivative:
            return derivative
        self.at += 1
        digits = self.next
        if digits.text.isdecimal() and len(digits.text) == 2:  # \frac12 is a half
            self.at += 1
            pair = [Number(float(digit), digits.place, digit) for digit in digits.text]
            return Apply("/", tuple(pair), sign.place)
        self._deeper(sign)
        top, bottom = self._group(), self._group()
        self.depth -= 1
        return Apply("/", (top, bottom), sign.place)

    def _group(self) -> Tree:
        if opened := self.take("{"):
            inner = self.sum()
            self.expect("}", opened)
            return inner
        return self.atom()

    def _blank(self) -> Tree:
        self.at += 1
        return Blank(self.tokens[self.at - 1].place)

    # --- names and calls --------------------------------------------------------------------------

    def _named(self) -> Tree:
        token = self.next
        self.at += 1
        name = token.text
        if name in _MODULES and self._at_method():
            self.at += 1
            return self._named()
        if self.names.knows(name):
            return self._quantity(name, token)
        if name in _WRAPPERS and (opened := self.take("(")):
            return self._list(")", opened)[0]
        if name in ("grad", "gradient"):
            return self._short_gradient(name, token) or self._quantity(name, token)
        if self.names.is_function(name.rstrip("'")):
            return self._call(name, token)
        is_call = self.next.tight and self.next.text == "(" and not _is_numbered(name)
        if is_call and not self.names.factors(name):
            return self._call(name, token)
        return self._short_gradient(name, token) or self._factors(name, token)

    def _factors(self, name: str, token: Token) -> Tree:
        """Return xy as x·y where x and y are quantities and xy is none."""
        resolved, _ = self.names.resolve(name)
        parts = [] if self.names.knows(resolved) else self.names.factors(name)
        if not parts:
            return self._quantity(name, token)
        before = self.tokens[self.at - 2] if self.at > 1 else token
        if before.text == "/":
            raise self.source.error(
                f"this has two readings: write (…/{parts[0]})*{'*'.join(parts[1:])} or "
                f"…/({'*'.join(parts)})",
                token.place,
            )
        place = token.place
        trees: list[Tree] = [Name(*self.names.resolve(part), place) for part in parts[:-1]]
        tree = trees[0]
        for other in trees[1:]:
            tree = Apply("·", (tree, other), place)
        last = self._quantity(parts[-1], token)
        for mark in self._raised_after_factor():
            last = Apply("^", (last, mark), mark.place)
        return Apply("·", (tree, last), place)

    def _raised_after_factor(self) -> list[Number]:
        """Read ² behind xy, which belongs to y alone."""
        found: list[Number] = []
        if self.next.kind == "raised":
            found.append(Number(self.next.value, self.next.place, f"{self.next.value:g}"))
            self.at += 1
        elif self.next.text == "^" and self.tokens[self.at + 1].kind == "number":
            after = self.tokens[self.at + 1]
            found.append(Number(after.value, after.place, after.text))
            self.at += 2
        return found

    def _quantity(self, name: str, token: Token) -> Tree:
        resolved, index = self.names.resolve(name)
        return Name(resolved, index + self._index(), token.place)

    def _call(self, name: str, token: Token) -> Tree:
        """Read a function's argument: in brackets, or, as in ln u, without."""
        exponent: Tree | None = None
        if self.next.kind == "raised" or self.next.text == "^":
            exponent = self._exponent_of_function()
        self._deeper(token)
        if opened := self.take("("):
            args = self._list(")", opened)
        elif self.take("{"):
            args = (self.sum(),)
            self.expect("}", token)
        elif self.opens_factor() or self.next.kind == "number":
            args = (self._bare_argument(),)
        else:
            self.depth -= 1
            return Name(name, (), token.place)
        self.depth -= 1
        tree: Tree = Apply(name, args, token.place)
        return Apply("^", (tree, exponent), token.place) if exponent else tree

    def _exponent_of_function(self) -> Tree:
        """Read the ² of sin² x."""
        token = self.next
        self.at += 1
        if token.kind == "raised":
            return Number(token.value, token.place, f"{token.value:g}")
        return self._group()

    def _bare_argument(self) -> Tree:
        tree = self.power()
        while self.next.tight and self.opens_factor():
            tree = Apply("·", (tree, self.power()), self.next.place)
        return tree

    def _index(self) -> tuple[int, ...]:
        """Read [1], [1,2] or [1][2] right after a name."""
        index: list[int] = []
        while self.next.tight and self.next.text == "[" and (opened := self.take("[")):
            index.append(self._whole())
            while self.take(","):
                index.append(self._whole())
            self.expect("]", opened)
        return tuple(index)

    def _whole(self) -> int:
        token, first = self.next, self.notation.first_index
        if token.kind != "number" or not token.text.isdecimal() or not first <= token.value <= 1e6:
            raise self.source.error(
                f"an index is a whole number, counted from {first}", token.place
            )
        self.at += 1
        return int(token.value) + 1 - first

    # --- derivatives ------------------------------------------------------------------------------

    def _derivative(self) -> Derivative | None:
        r"""Read dC/dw, ∂C/∂w, d C / d w, d²C/dw² or \frac{∂C}{∂w} if that is what comes next."""
        start, place = self.at, self.next.place
        is_fraction = self.take(r"\frac") is not None
        opened = is_fraction and self.take("{") is not None
        top = self._differential()
        if top and (not opened or self.take("}")) and (is_fraction or self.take("/")):
            opened = is_fraction and self.take("{") is not None
            bottom = self._differential()
            second = self._second(top[1], bottom) if bottom else None
            is_whole = bottom and (top[1] == 1) == (second is None)
            if bottom and is_whole and (not opened or self.take("}")):
                return Derivative(top[0], bottom[0], place, second)
        self.at = start
        return None

    def _second(self, order: int, bottom: tuple[Name, int]) -> Name | None:
        """Return what is differentiated by a second time: w of dw², x of dw dx."""
        if order != 2:
            return None
        if self._order() == 2:
            return bottom[0]
        other = self._differential()
        return other[0] if other else None

    def _differential(self) -> tuple[Name, int] | None:
        """Read dC, ∂C, d C or d²C: a name after the d, unless dC is itself a defined name."""
        token = self.next
        order = 1
        if self.take("∂"):
            order = self._order()
            name = self.next.text
            if self.next.kind != "name":
                raise self.source.error("write a derivative as ∂C/∂w", token.place)
        elif token.kind == "name" and token.text == "d" and not self.names.knows("d"):
            self.at += 1
            order = self._order()
            if self.next.kind != "name":
                return None
            name = self.next.text
        elif token.kind == "name" and token.text[0] == "d" and not self.names.knows(token.text):
            name = token.text[1:].removeprefix("_")
        else:
            return None
        token = self.next
        self.at += 1
        if not name.rstrip("'"):
            return None
        resolved, index = self.names.resolve(name)
        return Name(resolved, index + self._index(), token.place), order

    def _order(self) -> int:
        if self.next.kind == "raised":
            self.at += 1
            return int(self.tokens[self.at - 1].value)
        if self.next.text == "^":
            inside = self.tokens[self.at + 1 : self.at + 4]
            if inside and inside[0].text == "2":
                self.at += 2
                return 2
            if [token.text for token in inside] == ["{", "2", "}"]:
                self.at += 4
                return 2
        return 1

    def _nabla(self) -> Tree:
        """Read ∇w, ∇_w or ∇_w C."""
        sign = self.next
        self.at += 1
        name = ""
        if self.next.text == "_":
            self.at += 1
            braced = self.take("{")
            name = self.next.text
            self.at += 1
            if braced:
                self.expect("}", braced)
        elif self.next.kind == "name":
            name = self.next.text.removeprefix("_")
            self.at += 1
        bottom = Name(*self.names.resolve(name), sign.place)
        if self.next.kind == "name" and self.names.knows(self.next.text) and not self.next.tight:
            top = self.next
            self.at += 1
            return Derivative(Name(top.text, (), top.place), bottom, sign.place)
        return self._gradient(bottom, f"∇{bottom}")

    def _gradient(self, bottom: Name, written: str) -> Derivative:
        top = self.names.loss_of(bottom.name)
        if not top:
            raise self.source.error(
                f"{written}: it is not clear what is differentiated; write dC/d{bottom}, with the "
                "name of what you differentiate for C",
                bottom.place,
            )
        return Derivative(Name(top, (), bottom.place), bottom, bottom.place, written=written)

    def _short_gradient(self, name: str, token: Token) -> Tree | None:
        """Return dw, dL_dw, grad_w or w_grad as a derivative where w is a quantity."""
        if self.names.is_ordinary(name):
            return None
        if name in ("grad", "gradient") and self.next.kind in ("name", "sign"):
            braced = self.take("(")
            if self.next.kind == "name":
                bottom = self._quantity(self.next.text, self.next)
                return self._grad_of(braced, token)
            return None
        for top, bottom_name in _split_gradient(name):
            resolved, index = self.names.resolve(bottom_name)
            if not self.names.knows(resolved) or (top and not self.names.knows(top)):
                continue
            if top := self.names.loss_of(resolved, top):
                bottom = Name(resolved, index + self._index(), token.place)
                return Derivative(Name(top, (), token.place), bottom, token.place, written=name)
        return None

    def _grad_of(self, braced: Token | None, token: Token) -> Tree:
        name = self.next
        self.at += 1
        bottom = self._quantity(name.text, name)
        assert isinstance(bottom, Name)
        if braced:
            self.expect(")", braced)
        return self._gradient(replace(bottom, place=token.place), f"grad {bottom}")

    _ATOMS: ClassVar[dict[str, Callable[[Parser], Tree]]] = {
        "(": _bracketed,
        "[": _bracketed,
        "{": _bracketed,
        "⟦": _matrix,
        "√": _root,
        "Σ": _total,
        "|": _absolute,
        "‖": _absolute,
        r"\frac": _fraction,
        "∇": _nabla,
        "?": _blank,
        "∂": lambda self: self._derivative() or self._refuse_partial(),
    }

    def _refuse_partial(self) -> Tree:
        raise self.source.error("write a derivative as ∂C/∂w", self.next.place)


_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENERS = frozenset(("(", "[", "{", "√", "Σ", r"\frac", "∂", "∇", "⟦"))


def _split_gradient(name: str) -> list[tuple[str, str]]:
    """Return the readings of a name as a gradient, as (top, bottom); the top may be missing."""
    found: list[tuple[str, str]] = []
    if name.endswith("_grad"):
        found.append(("", name[:-5]))
    if name.startswith("grad_"):
        found.append(("", name[5:]))
    if name.startswith("d") and len(name) > 1:
        inside = name[1:]
        for k in range(1, len(inside) - 1):
            if inside[k] == "d":
                top = inside[:k].removesuffix("_")
                found.append((top, canonical_name(inside[k + 1 :].removeprefix("_"))))
        found.append(("", inside.removeprefix("_")))
    return found


def _is_numbered(name: str) -> bool:
    """Whether a name is that of a quantity, as dh_3 and W_hh are; functions have plain names."""
    return any(c.isdigit() or c == "_" for c in name) and not name.startswith("_")


def _is_negative(tree: Tree) -> bool:
    return (isinstance(tree, Apply) and tree.head == "neg") or (
        isinstance(tree, Number) and tree.value < 0
    )


def _row_or_item(row: list[Tree], place: int) -> Tree:
    return Row(tuple(row), place) if len(row) > 1 else row[0]


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
