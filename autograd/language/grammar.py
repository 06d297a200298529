"""The grammar of the worksheet language, which turns tokens into a tree without computing anything.

These are its rules. The word "nothing" stands for a product without a sign, as in 2x, and "raised"
for an exponent written with superscript characters, as in x².

sum      := product (("+" | "-") product)*
product  := signed (("*" | "·" | "⊙" | "/" | "@" | nothing) signed)*
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

from .cursor import COMPARISONS, DEEPEST, KnownNames, unreadable
from .differentials import Differentials
from .spelling import LOWERED_LETTERS
from .tokens import PLAIN, Notation, Source, Token, tokens
from .trees import Apply, Blank, Derivative, Name, Number, Row, Tree

_WRAPPERS = frozenset(("array", "tensor", "matrix", "asarray", "Tensor", "float", "Value"))
_INDICATORS = frozenset(("I", "𝕀", "1"))  # the 1 of \\mathbb{1}
_MODULES = frozenset(("np", "numpy", "torch", "math", "tf", "jnp", "F", "nn", "special", "scipy"))


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


class Parser(Differentials):
    """A recursive-descent parser, with a method for each rule of the grammar."""

    _open_bars = 0  # the number of open |, because the same sign opens and closes

    # --- sums and products ------------------------------------------------------------------------

    def sum(self) -> Tree:
        """Read terms that are joined by + and −."""
        left = self.product()
        while sign := self.take("+", "-"):
            left = Apply(sign.text, (left, self.product()), sign.place)
        return left

    def condition(self) -> Tree:
        """Read a sum, or a comparison such as z > 0, which is 1 where it holds and else 0."""
        left = self.sum()
        if sign := self.take(*COMPARISONS):
            return Apply(sign.text, (left, self.sum()), sign.place)
        return left

    def choice(self) -> Tree:
        """Read a sum, or one of two sums, as in `z if z > 0 else 0`."""
        tree, start = self.sum(), self.at
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
        """Refuse a/b c and a/bc, because they have two readings.

        A fraction of numbers, as in 1/2 (y − t)², is accepted because it has only one reading.
        """
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
        """Whether the next token begins a factor that is multiplied without a sign."""
        token = self.next
        if token.kind == "name":
            return token.tight or self.names.is_plausible(token.text)
        if token.kind == "number":
            return self._opens_term(token)
        if token.kind == "sign":
            if token.text in ("|", "‖"):
                return not self._open_bars and self._bar_closes_later()
            return token.text in _OPENERS and not (token.text == "(" and self._is_remark())
        return False

    def _opens_term(self, token: Token) -> bool:
        """Whether a number begins a factor.

        The number in (1/N) 2x does, because a name follows it directly. 2 3 is not a product.
        """
        before, after = self.tokens[self.at - 1], self.tokens[self.at + 1]
        opens = after.kind == "name" and after.tight and not token.tight
        return opens and (before.kind == "name" or before.text == ")")

    def _is_remark(self) -> bool:
        """Whether a parenthesis after a space contains words, as in 0.66 (cut off)."""
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
        """Read a power and the signs + and − before it."""
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
        """Read an atom and the exponents, transposes and methods that follow it.

        The exponent after ^ is itself a power, so that a^b^c is a^(b^c).
        """
        start = self.next
        tree = self.atom()
        for _ in range(DEEPEST):
            if self.next.kind == "raised":
                mark = self.next
                self.at += 1
                exponent = Number(mark.value, mark.place, f"{mark.value:g}")
                tree = Apply("^", (tree, exponent), mark.place)
            elif mark_t := self.take(".T") or self._take_transposing_prime():
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
        """Read the exponent after ^, or the transpose ^T."""
        if self._is_transposition():
            return Apply(".T", (base,), sign.place)
        self._enter_nested(sign)
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

    def _take_transposing_prime(self) -> Token | None:
        """Take the prime of [1 2]', which transposes as in MATLAB."""
        closes = self.at > 0 and self.tokens[self.at - 1].text in (")", "]")
        return self.take("'") if closes and self.next.tight else None

    def _at_method(self) -> bool:
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_dot = self.next.kind == "sign" and self.next.text == "." and self.next.tight
        return is_dot and following.kind == "name" and following.tight

    def _method(self, base: Tree) -> Tree:
        """Read an attribute or method after an atom, such as .T, .grad or .sum()."""
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
            args = () if self.take(")") else self._arguments(")", opened)
            return Apply(token.text, (base, *args), token.place)
        raise self.source.error(f".{token.text} has no meaning here", token.place - 1)

    # --- atoms ------------------------------------------------------------------------------------

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

    def _bracketed(self) -> Tree:
        """Read (…), […] or {…}, which holds one expression or a list."""
        opened, start = self.next, self.at
        self.at += 1
        self._enter_nested(opened)
        closing = _CLOSING[opened.text]
        rows = self._rows(closing, opened)
        self.depth -= 1
        if len(rows) > 1:
            return Row(tuple(_row_or_item(row, opened.place) for row in rows), opened.place)
        is_list = opened.text == "[" and not self._is_grouping(rows[0][0], start)
        if is_list or len(rows[0]) > 1:
            return Row(tuple(rows[0]), opened.place)
        return rows[0][0]

    def _is_grouping(self, item: Tree, start: int) -> bool:
        """Whether [ … ] around a calculation groups it, as in −[y ln p + (1 − y) ln(1 − p)].

        It does if an operator stands before or after it. Otherwise it is a vector of one number.
        """
        if not isinstance(item, Apply):
            return False
        if item.head in COMPARISONS:
            return True
        before, after = self.tokens[start - 1] if start else None, self.next
        is_operand = before is not None and (
            before.text in _AROUND_GROUPS or (before.kind in ("name", "number", "raised"))
        )
        is_followed = after.kind == "raised" or after.text in _AROUND_GROUPS
        return is_operand or is_followed or (after.text != "[" and self.opens_factor())

    def _rows(self, closing: str, opened: Token) -> list[list[Tree]]:
        """Read rows separated by ;. Commas or, as in [1 2], spaces separate the items of a row."""
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
        """Read an item of a list.

        In [1 -2], which has no comma, the sign belongs to the second item.
        """
        if closing not in "]⟧":
            return self.condition()
        start = self.at
        tree = self.signed()
        if self.next.kind in ("number",) or self._is_signed_item() or self.next.text == "[":
            return tree
        self.at = start
        return self.condition()

    def _next_item_begins(self, closing: str) -> bool:
        if closing not in "]⟧":
            return False
        return self.next.kind == "number" or self.next.text == "[" or self._is_signed_item()

    def _is_signed_item(self) -> bool:
        sign, after = self.next, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_sign = sign.kind == "sign" and sign.text in "+-" and not sign.tight
        before = self.tokens[self.at - 1]
        return is_sign and after.tight and after.kind == "number" and before.kind == "number"

    def _arguments(self, closing: str, opened: Token) -> tuple[Tree, ...]:
        """Read arguments, and skip keywords such as dtype because they do not change the result."""
        items: list[Tree] = []
        while not self.take(closing):
            keyword = self.next.kind == "name" and self.tokens[self.at + 1].text == "="
            if keyword:
                self._skip_keyword(closing)
            else:
                items.append(self.condition())
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
        r"""Read \begin{bmatrix} … \end{bmatrix}. A single column or row is a vector."""
        opened = self.next
        self.at += 1
        self._enter_nested(opened)
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
        self._enter_nested(sign)
        inner = self.atom()
        self.depth -= 1
        return Apply("sqrt", (inner,), sign.place)

    def _absolute(self) -> Tree:
        """Read |x| or ‖x‖. The norm may end with the subscript _2, as in ‖x‖_2."""
        opened = self.next
        self.at += 1
        self._enter_nested(opened)
        self._open_bars += 1
        inner = self.sum()
        self._open_bars -= 1
        self.expect(opened.text, opened)
        self.depth -= 1
        if opened.text == "‖" and self.next.kind == "name" and self.next.text in ("_2", "2"):
            self.at += 1
        return Apply("abs" if opened.text == "|" else "norm", (inner,), opened.place)

    def _total(self) -> Tree:
        """Read a sum Σ with its limits.

        The summand is the parenthesis directly after Σ, or else the whole product after it.
        """
        sign = self.next
        self.at += 1
        self._limits()
        self._enter_nested(sign)
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
        """Skip one token, or one group {…}."""
        depth = 0
        while self.next.kind != "end":
            depth += (self.next.text == "{") - (self.next.text == "}")
            self.at += 1
            if depth <= 0:
                return

    def _fraction(self) -> Tree:
        r"""Read \frac{a}{b} as a derivative or as a quotient."""
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
        self._enter_nested(sign)
        top, bottom = self._group(), self._group()
        self.depth -= 1
        return Apply("/", (top, bottom), sign.place)

    def _braced_below(self) -> Tree:
        r"""Read \underbrace{…}_{…}. The words below the brace are skipped."""
        self.at += 1
        inner = self._group()
        self._limits()
        return inner

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
        name, start = token.text, self.at
        if name in _MODULES and self._at_method():
            self.at += 1
            return self._named()
        if self.names.knows(name):
            return self._quantity(name, token)
        if name in _INDICATORS and (self.next.tight and self.next.text in ("(", "[", "{")):
            inner = self._bracketed()
            if isinstance(inner, Apply) and inner.head in COMPARISONS:
                return inner
            self.at = start
        if name in _WRAPPERS and (opened := self.take("(")):
            return self._arguments(")", opened)[0]
        if name in ("grad", "gradient"):
            return self._short_gradient(name, token) or self._quantity(name, token)
        if self.names.is_function(name.rstrip("'")):
            return self._call(name, token)
        is_call = self.next.tight and self.next.text == "(" and not _is_numbered(name)
        if is_call and not self.names.factors(name):
            return self._call(name, token)
        return self._short_gradient(name, token) or self._factors(name, token)

    def _factors(self, name: str, token: Token) -> Tree:
        """Return x·y for the name xy if x and y are quantities and xy is not."""
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
        """Read the exponent after xy, as in xy². It belongs to y alone."""
        found: list[Number] = []
        if self.next.kind == "raised":
            found.append(Number(self.next.value, self.next.place, f"{self.next.value:g}"))
            self.at += 1
        elif self.next.text == "^" and self.tokens[self.at + 1].kind == "number":
            after = self.tokens[self.at + 1]
            found.append(Number(after.value, after.place, after.text))
            self.at += 2
        return found

    def _call(self, name: str, token: Token) -> Tree:
        """Read the arguments of a function, in parentheses or without them, as in ln u."""
        exponent: Tree | None = None
        if self.next.kind == "raised" or self.next.text == "^":
            exponent = self._exponent_of_function()
        self._enter_nested(token)
        if opened := self.take("("):
            args = self._arguments(")", opened)
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
        """Read an exponent between a function and its argument, as in sin² x."""
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
        r"\underbrace": _braced_below,
        "∇": Differentials._nabla,
        "?": _blank,
        "∂": lambda self: self._derivative() or self._refuse_partial(),
    }


_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENERS = frozenset(("(", "[", "{", "√", "Σ", r"\frac", "∂", "∇", "⟦", r"\underbrace"))
_AROUND_GROUPS = frozenset(("+", "-", "*", "·", "⊙", "/", "^"))


def _is_numbered(name: str) -> bool:
    """Whether a name has a digit or _ in it, as dh_3 and W_hh do, and does not begin with _.

    Such a name is read as a quantity, because people give functions plain names.
    """
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
