"""Formulas as data. An operation that is evaluated with symbols returns its own formula.

Arithmetic on symbols returns an `Expr`. For example, ``symbol("x") * 2`` is the expression x·2.
`Symbols` is the namespace of the functions of symbols. A `Dialect` says how an expression is
written as text. This module has the dialect of Python, `wording` has those of plain text and LaTeX,
and the live page has that of JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, NamedTuple

from .namespace import Calls, Namespace

# The heads of expressions whose arguments are not expressions. The module `program.stacking` uses
# "stack" for several numbers at once.
_ATOMS = frozenset(["symbol", "number", "digits", "stack", "place"])


@dataclass(frozen=True, slots=True)
class Expr:
    """A formula: the name of an operation (`head`) and the formulas it is applied to (`args`).

    A symbol has the head "symbol", and its name is the only argument. A number has the head
    "number", and its value is the only argument. A number with the head "digits" is never
    simplified away, so that products such as 0·0.5 can be shown. Nested sums and products are
    stored as one expression, so that ``add(a, b, c)`` means ``(a + b) + c``. The order of the
    arguments is kept, so that code printed from an expression rounds as the operation itself does.

    >>> x = symbol("x")
    >>> 2 * x + 0
    2 * x
    """

    head: str
    args: tuple[Any, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The hash is stored, because expressions are looked up often and computing the hash visits
        # the whole formula.
        object.__setattr__(self, "_hash", reduce(_joined, self.args, hash(self.head)))

    def __hash__(self) -> int:
        return self._hash

    def __add__(self, other: Expr | float) -> Expr:
        return _add(self, lift(other))

    def __radd__(self, other: Expr | float) -> Expr:
        return _add(lift(other), self)

    def __sub__(self, other: Expr | float) -> Expr:
        return _sub(self, lift(other))

    def __rsub__(self, other: Expr | float) -> Expr:
        return _sub(lift(other), self)

    def __mul__(self, other: Expr | float) -> Expr:
        return _mul(self, lift(other))

    def __rmul__(self, other: Expr | float) -> Expr:
        return _mul(lift(other), self)

    def __truediv__(self, other: Expr | float) -> Expr:
        return _div(self, lift(other))

    def __rtruediv__(self, other: Expr | float) -> Expr:
        return _div(lift(other), self)

    def __neg__(self) -> Expr:
        return _neg(self)

    def __pow__(self, other: Expr | float) -> Expr:
        return _pow(self, lift(other))

    def __rpow__(self, other: Expr | float) -> Expr:
        return _pow(lift(other), self)

    def __abs__(self) -> Expr:
        return _abs(self)

    def __bool__(self) -> bool:
        if self.head in ("gt", "ge", "lt", "le"):
            raise TypeError(
                f"a formula has no outcome for {self}, because it is written for all numbers at "
                "once; write xp.where(condition, yes, no) instead of if"
            )
        return True

    def __gt__(self, other: Expr | float) -> Expr:
        return Expr("gt", (self, lift(other)))

    def __ge__(self, other: Expr | float) -> Expr:
        return Expr("ge", (self, lift(other)))

    def __lt__(self, other: Expr | float) -> Expr:
        return Expr("lt", (self, lift(other)))

    def __le__(self, other: Expr | float) -> Expr:
        return Expr("le", (self, lift(other)))

    def __repr__(self) -> str:
        return render(self, PYTHON)

    @property
    def atomic(self) -> bool:
        """Whether there is nothing to compute, as in a symbol or a number."""
        return self.head in _ATOMS

    def walk(self, known: Container[Expr] = ()) -> Iterator[Expr]:
        """Yield this expression and all its parts, each expression before its arguments.

        A part that occurs several times is yielded several times. A part that is in `known` when it
        is reached is skipped, and so are its own parts.
        """
        stack = [self]
        while stack:
            expr = stack.pop()
            if expr not in known:
                yield expr
                stack.extend(() if expr.atomic else expr.args)


def _joined(so_far: int, arg: Any) -> int:
    """Return the hash of several arguments: `so_far` is the hash of all before the last, `arg`."""
    return hash((so_far, arg))


def _extended(flat: Expr, last: Expr) -> Expr:
    """Return a sum or product with one more argument, without hashing the others again."""
    longer = object.__new__(Expr)
    object.__setattr__(longer, "head", flat.head)
    object.__setattr__(longer, "args", (*flat.args, last))
    object.__setattr__(longer, "_hash", _joined(flat._hash, last))
    return longer


def symbol(name: str) -> Expr:
    """Return the symbol of that name."""
    return Expr("symbol", (name,))


def number(value: float) -> Expr:
    """Return the constant as an expression."""
    return Expr("number", (value,))


def lift(value: Expr | float) -> Expr:
    """Return an expression unchanged, and a number as a constant expression."""
    return value if isinstance(value, Expr) else number(value)


def _is(expr: Expr, value: float) -> bool:
    """Return whether an expression is this number."""
    return expr.head == "number" and bool(expr.args[0] == value)


def _add(a: Expr, b: Expr) -> Expr:
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return _extended(a, b) if a.head == "add" else Expr("add", (a, b))


def _sub(a: Expr, b: Expr) -> Expr:
    if _is(b, 0):
        return a
    return _neg(b) if _is(a, 0) else Expr("sub", (a, b))


def _mul(a: Expr, b: Expr) -> Expr:
    if _is(a, 0) or _is(b, 0):
        return number(0.0)
    if _is(a, 1) or _is(b, 1):
        return b if _is(a, 1) else a
    return _extended(a, b) if a.head == "mul" else Expr("mul", (a, b))


def _div(a: Expr, b: Expr) -> Expr:
    return a if _is(b, 1) else Expr("div", (a, b))


def _neg(a: Expr) -> Expr:
    if a.head == "number":
        return number(-a.args[0])
    return a.args[0] if a.head == "neg" else Expr("neg", (a,))


def _pow(a: Expr, b: Expr) -> Expr:
    if _is(b, 1) or _is(b, 0):
        return a if _is(b, 1) else number(1.0)
    return Expr("pow", (a, b))


def _abs(a: Expr) -> Expr:
    return Expr("abs", a.args if a.head == "neg" else (a,))


SIMPLIFIED: Mapping[str, Callable[..., Expr]] = {"pow": _pow, "abs": _abs}


class Symbols(Calls):
    """The namespace whose numbers are expressions. ``Symbols().exp(x)`` is the expression exp(x).

    Args:
        textbook: whether formulas take the form that textbooks print (see `operation.in_form`). An
            operation in a formula is then written as a call, such as σ(x). Otherwise formulas take
            the form that is accurate in floating point, and use only the functions in `FUNCTIONS`.
    """

    def __init__(self, *, textbook: bool = False) -> None:
        self.textbook = textbook

    def call(self, name: str, *inputs: Expr | float) -> Expr:
        """Return the expression name(inputs), simplified if `SIMPLIFIED` has a rule for it."""
        if name == "where" and not isinstance(inputs[0], Expr):
            raise TypeError(
                "the condition of xp.where compares by <, <=, > or >=; "
                "for x == 0 write xp.abs(x) <= 0"
            )
        args = tuple(map(lift, inputs))
        return SIMPLIFIED[name](*args) if name in SIMPLIFIED else Expr(name, args)

    def __getattr__(self, name: str) -> Callable[..., Expr]:
        if name.startswith("_") or not self.textbook:
            raise AttributeError(f"symbols have no function {name!r}")
        return partial(self.call, name)


SYMBOLS: Namespace = Symbols()


@dataclass(frozen=True, eq=False)
class Dialect:
    """How formulas are written in one language.

    Attributes:
        templates: the precedence and the template for a head. In a template, ``{0:3}`` stands for
            the first argument, in parentheses if its precedence is less than 3. An expression whose
            head has no template is written as a call, ``name(a, b)``.
        number: the function that writes a number.
        symbol: the function that writes the name of a symbol.
        parentheses: the template of an expression in parentheses.
        names: the names of functions that differ from their heads.
        most_terms: the number of terms that a sum may have. The middle of a longer sum is left out.
        cut: the text for the terms that are left out. It contains the number of all terms.
        power_of_ten: a text that occurs in every number that the dialect writes as a product with a
            power of 10, such as 3·10⁻⁷.
    """

    templates: Mapping[str, tuple[int, str]]
    number: Callable[[float], str] = repr
    symbol: Callable[[str], str] = str
    parentheses: str = "({})"
    names: Mapping[str, str] = field(default_factory=dict)
    most_terms: int | None = None
    cut: str = "… {} terms …"
    power_of_ten: str = ""

    def precedence(self, number: float, text: str) -> int:
        """Return the precedence of a written number: that of a sum, a product or an atom.

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
class _Written:
    """A part of a formula as text, with its precedence.

    A template formats it with the precedence that its place requires, as in ``{0:3}``.
    """

    text: str
    precedence: int
    dialect: Dialect

    def __format__(self, spec: str) -> str:
        loose = self.precedence < int(spec or 0)
        return self.dialect.parentheses.format(self.text) if loose else self.text


@dataclass(frozen=True, slots=True)
class _Mark(_Written):
    """The place of an input that is filled in later, perhaps in parentheses.

    Its text is its index and the precedence that the place requires, between NUL characters, which
    occur in no formula.
    """

    index: int = 0

    def __format__(self, spec: str) -> str:
        return f"\0{self.index}:{spec or 0}\0"


_MARK = re.compile("\0(\\d+):(\\d+)\0")


class Place(NamedTuple):
    """The place of an input in a template.

    The input is written in parentheses there if its precedence is below `binding`.
    """

    input: int
    binding: int


def place(index: int) -> Expr:
    """Return an expression that stands for input number `index` of a template."""
    return Expr("place", (index,))


def render_template(expr: Expr, dialect: Dialect, binding: int = 0) -> tuple[str | Place, ...]:
    """Write an expression that contains places as pieces of text with the places between them.

    >>> render_template(place(0) * place(1) + 1.5, PYTHON)
    (Place(input=0, binding=4), ' * ', Place(input=1, binding=5), ' + 1.5')
    """
    text, *rest = _MARK.split(render(expr, dialect, binding))
    parts: list[str | Place] = [text]
    for index, tightness, following in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        parts += [Place(int(index), int(tightness)), following]
    return tuple(part for part in parts if part != "")


def render(expr: Expr, dialect: Dialect, binding: int = 0) -> str:
    """Write an expression in a dialect, in parentheses if its precedence is below `binding`.

    >>> render(1 / (1 + Symbols().exp(-symbol("x"))), PYTHON)
    '1 / (1 + exp(-x))'
    """
    return format(_write(expr, dialect), str(binding))


def _write(expr: Expr, dialect: Dialect) -> _Written:
    """Return an expression as text with its precedence."""
    if expr.head == "place":
        return _Mark("", ATOM, dialect, expr.args[0])
    if expr.head == "symbol":
        return _Written(dialect.symbol(expr.args[0]), ATOM, dialect)
    if expr.atomic:
        text = dialect.number(expr.args[0])
        return _Written(text, dialect.precedence(expr.args[0], text), dialect)
    args = _cut([_write(arg, dialect) for arg in expr.args], expr.head, dialect)
    if expr.head == "pow" and expr.args[1].head == "number":
        special = f"pow {expr.args[1].args[0]:g}"  # such as x²
        return _fill(special if special in dialect.templates else "pow", args, dialect)
    if expr.head in ("add", "mul"):  # (a + b) + c is written pair by pair
        return reduce(lambda left, right: _fill(expr.head, [left, right], dialect), args)
    return _fill(expr.head, args, dialect)


def _cut(args: list[_Written], head: str, dialect: Dialect) -> list[_Written]:
    """Return the arguments, with those in the middle left out if they are too many terms."""
    if head != "add" or not dialect.most_terms or len(args) <= dialect.most_terms:
        return args
    half = dialect.most_terms // 2
    gap = _Written(dialect.cut.format(len(args)), ATOM, dialect)
    return [*args[:half], gap, *args[-half:]]


def _fill(head: str, args: list[_Written], dialect: Dialect) -> _Written:
    """Return an expression as text, by the template of its head or as a call."""
    if head in dialect.templates:
        precedence, template = dialect.templates[head]
        return _Written(template.format(*args), precedence, dialect)
    call = dialect.parentheses.format(", ".join(map(format, args)))
    return _Written(dialect.names.get(head, head) + call, ATOM, dialect)
