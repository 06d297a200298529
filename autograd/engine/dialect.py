"""Write formulas as text: as Python, plain text, LaTeX or JavaScript, each of which is a `Dialect`.

This module has the dialect of Python. `wording` has those of plain text and LaTeX, and the live
page has that of JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple, Protocol


class Expression(Protocol):
    """The attributes of a `formula.Expr` that this module reads.

    This module cannot import `formula`, which imports it.
    """

    @property
    def head(self) -> str:
        """The name of an operation, or the kind of an atom, such as "symbol"."""

    @property
    def args(self) -> tuple[Any, ...]:
        """The formulas that the operation is applied to, or the content of an atom."""

    @property
    def atomic(self) -> bool:
        """Whether there is nothing to compute."""


@dataclass(frozen=True, eq=False)
class Dialect:
    """How formulas are written in one language.

    The head of an expression is the name of its operation. For example, the head of ``add(a, b)``
    is "add".

    Attributes:
        templates: for each head, its precedence and its template. In a template, ``{0:3}`` stands
            for the first argument, in parentheses if its precedence is less than 3. An expression
            whose head has no template is written as a call, ``name(a, b)``.
        number: the function that returns a number as text.
        symbol: the function that returns the name of a symbol as text.
        parentheses: the template of an expression in parentheses.
        names: for a head that is written as a call, the name of the function if it differs.
        most_terms: the number of terms that a sum may have. The middle of a longer sum is left out.
        omission: the text for the terms that are left out. {} stands for the number of all terms.
        power_of_ten: the text before the exponent in a number such as 3·10⁻⁷, which is "·10" here.
            A number that contains it has the precedence of a product.
    """

    templates: Mapping[str, tuple[int, str]]
    number: Callable[[float], str] = repr
    symbol: Callable[[str], str] = str
    parentheses: str = "({})"
    names: Mapping[str, str] = field(default_factory=dict)
    most_terms: int | None = None
    omission: str = "… {} terms …"
    power_of_ten: str = ""

    def precedence(self, number: float, text: str) -> int:
        """Return the precedence of a number that is written as `text`.

        A negative number has the precedence of a sum. A number such as 3·10⁻⁷ has that of a
        product, so that its square is written (3·10⁻⁷)².
        """
        if not number >= 0:  # negative or nan
            return _SUM
        return _PRODUCT if self.power_of_ten and self.power_of_ten in text else ATOM


# The precedences are 1 for a conditional expression, 2 for a comparison, 3 for a sum, 4 for a
# product, 5 for a sign, and 9 for text that never needs parentheses.
_SUM, _PRODUCT, ATOM = 3, 4, 9

_INFIX: dict[str, tuple[int, str]] = {
    "add": (3, "{0:3} + {1:4}"),
    "sub": (3, "{0:3} - {1:4}"),
    "mul": (4, "{0:4} * {1:5}"),
    "div": (4, "{0:4} / {1:5}"),
    "neg": (5, "-{0:5}"),
    "gt": (2, "{0:3} > {1:3}"),
    "ge": (2, "{0:3} >= {1:3}"),
    "lt": (2, "{0:3} < {1:3}"),
    "le": (2, "{0:3} <= {1:3}"),
}

PYTHON = Dialect(
    {
        **_INFIX,
        "where": (1, "{1:2} if {0:2} else {2:2}"),
        "maximum": (1, "{0:3} if {0:3} >= {1:3} else {1:3}"),
        "minimum": (1, "{0:3} if {0:3} <= {1:3} else {1:3}"),
    }
)


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A part of a formula as text, with its precedence.

    For ``{0:3}`` in a template, Python calls ``part.__format__("3")``, which adds the parentheses.
    """

    text: str
    precedence: int
    dialect: Dialect

    def __format__(self, spec: str) -> str:
        needs_parentheses = self.precedence < int(spec or 0)
        return self.dialect.parentheses.format(self.text) if needs_parentheses else self.text


@dataclass(frozen=True, slots=True)
class _Slot(_Rendered):
    """An input that is filled in later, perhaps in parentheses.

    Its text is its index and the required precedence between NUL characters, which occur in no
    formula. `render_template` finds this text by `_SLOT`.
    """

    index: int = 0

    def __format__(self, spec: str) -> str:
        return f"\0{self.index}:{spec or 0}\0"


_SLOT = re.compile("\0(\\d+):(\\d+)\0")


class Place(NamedTuple):
    """The place of an input in a template.

    The input is written in parentheses there if its precedence is below `binding`.
    """

    input: int
    binding: int


def render_template(
    expr: Expression, dialect: Dialect, binding: int = 0
) -> tuple[str | Place, ...]:
    """Return the text of an expression in pieces, with a `Place` for each open input.

    >>> from autograd.engine.formula import place
    >>> render_template(place(0) * place(1) + 1.5, PYTHON)
    (Place(input=0, binding=4), ' * ', Place(input=1, binding=5), ' + 1.5')
    """
    # The text is split into: text, index, precedence, text, index, precedence, text, …
    text, *rest = _SLOT.split(render(expr, dialect, binding))
    parts: list[str | Place] = [text]
    for index, required, following in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        parts += [Place(int(index), int(required)), following]
    return tuple(part for part in parts if part != "")


def render(expr: Expression, dialect: Dialect, binding: int = 0) -> str:
    """Write an expression in a dialect, in parentheses if its precedence is below `binding`.

    >>> from autograd.engine.formula import Symbols, symbol
    >>> render(1 / (1 + Symbols().exp(-symbol("x"))), PYTHON)
    '1 / (1 + exp(-x))'
    """
    return format(_write(expr, dialect), str(binding))


def _write(expr: Expression, dialect: Dialect) -> _Rendered:
    """Return an expression as text with its precedence."""
    if expr.head == "place":
        return _Slot("", ATOM, dialect, expr.args[0])
    if expr.head == "symbol":
        return _Rendered(dialect.symbol(expr.args[0]), ATOM, dialect)
    if expr.atomic:
        text = dialect.number(expr.args[0])
        return _Rendered(text, dialect.precedence(expr.args[0], text), dialect)
    args = [_write(arg, dialect) for arg in expr.args]
    if expr.head == "add":
        args = _omit_middle_terms(args, dialect)
    if expr.head == "pow" and expr.args[1].head == "number":
        special = f"pow {expr.args[1].args[0]:g}"  # "pow 2" may have a template of its own, for x²
        return _fill(special if special in dialect.templates else "pow", args, dialect)
    if expr.head in ("add", "mul"):  # more than two arguments may occur, but templates have two
        return reduce(lambda left, right: _fill(expr.head, [left, right], dialect), args)
    return _fill(expr.head, args, dialect)


def _omit_middle_terms(terms: list[_Rendered], dialect: Dialect) -> list[_Rendered]:
    """Return the terms of a sum. If there are too many, a single text replaces the middle ones."""
    if not dialect.most_terms or len(terms) <= dialect.most_terms:
        return terms
    half = dialect.most_terms // 2
    omission = _Rendered(dialect.omission.format(len(terms)), ATOM, dialect)
    return [*terms[:half], omission, *terms[-half:]]


def _fill(head: str, args: list[_Rendered], dialect: Dialect) -> _Rendered:
    """Return the text of an operation on these arguments, by the template or as a call."""
    if head in dialect.templates:
        precedence, template = dialect.templates[head]
        return _Rendered(template.format(*args), precedence, dialect)
    call = dialect.parentheses.format(", ".join(map(format, args)))
    return _Rendered(dialect.names.get(head, head) + call, ATOM, dialect)
