"""Formulas as data: an operation that is run over symbols returns its own formula.

Arithmetic on symbols returns an `Expr`: ``symbol("x") * 2`` is the expression x·2, not a number.
`Symbols` is the namespace to run an operation over. A `Dialect` says how an expression is written:
as Python here, as text and LaTeX in `wording`, as JavaScript for the live page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, NamedTuple

from .namespace import Calls, Namespace

_ATOMS = frozenset(["symbol", "number", "digits", "stack", "place"])


@dataclass(frozen=True, slots=True)
class Expr:
    """A formula: what was done (`head`) to which formulas (`args`).

    A symbol has head "symbol" and its name as the only argument, a number head "number" and its
    value. A number with head "digits" is shown unsimplified, as in 0·0.5. Sums and products are
    flat: ``add(a, b, c)`` means ``(a + b) + c``. Their order is kept, so that code printed from an
    expression rounds as the operation itself does.

    >>> x = symbol("x")
    >>> 2 * x + 0
    2 * x
    """

    head: str
    args: tuple[Any, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The hash is stored, because computing it walks through the formula and lookups are many.
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
        """Whether this is a symbol or a number: nothing to compute."""
        return self.head in _ATOMS

    def walk(self, known: Container[Expr] = ()) -> Iterator[Expr]:
        """Yield this expression and all inside it, users before arguments, repeats included.

        Parts that are in `known` when they are reached are skipped with all that is in them.
        """
        stack = [self]
        while stack:
            expr = stack.pop()
            if expr not in known:
                yield expr
                stack.extend(() if expr.atomic else expr.args)


def _joined(so_far: int, arg: Any) -> int:
    return hash((so_far, arg))


def _extended(flat: Expr, last: Expr) -> Expr:
    """Return a flat sum or product with one more argument, without hashing the others again."""
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
    """The namespace whose numbers are symbols: ``Symbols().exp(x)`` is the expression exp(x).

    Args:
        textbook: whether formulas give the form that a textbook prints (see `operation.in_form`).
            Another operation is then written as a call, σ(x). Otherwise formulas give the form that
            floating point wants, in terms of `FUNCTIONS` only.
    """

    def __init__(self, *, textbook: bool = False) -> None:
        self.textbook = textbook

    def call(self, name: str, *inputs: Expr | float) -> Expr:
        """Return the expression name(inputs), simplified where there is a rule for it."""
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

    `templates` maps a head to (precedence, template). A template's ``{0:3}`` is its first argument,
    in parentheses where that binds looser than 3. Heads without one are written ``name(a, b)``.
    """

    templates: Mapping[str, tuple[int, str]]
    number: Callable[[float], str] = repr
    symbol: Callable[[str], str] = str
    parentheses: str = "({})"
    names: Mapping[str, str] = field(default_factory=dict)  # of functions without a template
    most_terms: int | None = None  # a longer sum is cut in the middle, saying how many terms it has
    cut: str = "… {} terms …"
    power_of_ten: str = ""  # what a number contains that is written as a product with a power of 10

    def precedence(self, number: float, text: str) -> int:
        """Return how tightly a written number binds: as a sum, a product, or an atom.

        A negative number binds like a sum, and 3·10⁻⁷ like a product: its square is (3·10⁻⁷)².
        """
        if not number >= 0:
            return _SUM
        return _PRODUCT if self.power_of_ten and self.power_of_ten in text else ATOM


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
    """A part of a formula as text. Its format specification is the precedence it is put into."""

    text: str
    precedence: int
    dialect: Dialect

    def __format__(self, spec: str) -> str:
        loose = self.precedence < int(spec or 0)
        return self.dialect.parentheses.format(self.text) if loose else self.text


@dataclass(frozen=True, slots=True)
class _Mark(_Written):
    """A place to be filled later, by something that may need parentheses there."""

    index: int = 0

    def __format__(self, spec: str) -> str:
        return f"\0{self.index}:{spec or 0}\0"


_MARK = re.compile("\0(\\d+):(\\d+)\0")


class Place(NamedTuple):
    """Where an input goes in a template: in parentheses, if it binds looser than `binding`."""

    input: int
    binding: int


def place(index: int) -> Expr:
    """Return an expression that stands for input number `index` of a template."""
    return Expr("place", (index,))


def render_template(expr: Expr, dialect: Dialect, binding: int = 0) -> tuple[str | Place, ...]:
    """Write an expression that contains places: as pieces of text, and the places between them.

    >>> render_template(place(0) * place(1) + 1.5, PYTHON)
    (Place(input=0, binding=4), ' * ', Place(input=1, binding=5), ' + 1.5')
    """
    text, *rest = _MARK.split(render(expr, dialect, binding))
    parts: list[str | Place] = [text]
    for index, tightness, following in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        parts += [Place(int(index), int(tightness)), following]
    return tuple(part for part in parts if part != "")


def render(expr: Expr, dialect: Dialect, binding: int = 0) -> str:
    """Write an expression in a dialect, in parentheses where it binds looser than `binding`.

    >>> render(1 / (1 + Symbols().exp(-symbol("x"))), PYTHON)
    '1 / (1 + exp(-x))'
    """
    return format(_write(expr, dialect), str(binding))


def _write(expr: Expr, dialect: Dialect) -> _Written:
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
    if expr.head in ("add", "mul"):  # flat in the expression, one pair after the other on paper
        return reduce(lambda left, right: _fill(expr.head, [left, right], dialect), args)
    return _fill(expr.head, args, dialect)


def _cut(args: list[_Written], head: str, dialect: Dialect) -> list[_Written]:
    if head != "add" or not dialect.most_terms or len(args) <= dialect.most_terms:
        return args
    half = dialect.most_terms // 2
    gap = _Written(dialect.cut.format(len(args)), ATOM, dialect)
    return [*args[:half], gap, *args[-half:]]


def _fill(head: str, args: list[_Written], dialect: Dialect) -> _Written:
    if head in dialect.templates:
        precedence, template = dialect.templates[head]
        return _Written(template.format(*args), precedence, dialect)
    call = dialect.parentheses.format(", ".join(map(format, args)))
    return _Written(dialect.names.get(head, head) + call, ATOM, dialect)
