"""Formulas as data. An operation that is evaluated with symbols returns its own formula.

Arithmetic on symbols returns an `Expr`. For example, ``symbol("x") * 2`` is the expression x·2.
`Symbols` is the namespace of the functions of symbols. The module `dialect` writes expressions as
text.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any

from .dialect import PYTHON, render
from .namespace import FLOATS, Calls, Namespace

# The heads of expressions whose arguments are not expressions. A "stack" is several numbers at once
# (see `program.stacking`).
_ATOMS = frozenset(["symbol", "number", "digits", "stack", "place"])


# --- sums, products and other operations, simplified ----------------------------------------------


def _equals(expr: Expr, value: float) -> bool:
    """Return whether an expression is this number."""
    return expr.head == "number" and bool(expr.args[0] == value)


def _add(a: Expr, b: Expr) -> Expr:
    if _equals(a, 0) or _equals(b, 0):
        return b if _equals(a, 0) else a
    return _append(a, b) if a.head == "add" else Expr("add", (a, b))


def _sub(a: Expr, b: Expr) -> Expr:
    if _equals(b, 0):
        return a
    return _neg(b) if _equals(a, 0) else Expr("sub", (a, b))


def _mul(a: Expr, b: Expr) -> Expr:
    if _equals(a, 0) or _equals(b, 0):
        return literal(0.0)
    if _equals(a, 1) or _equals(b, 1):
        return b if _equals(a, 1) else a
    return _append(a, b) if a.head == "mul" else Expr("mul", (a, b))


def _div(a: Expr, b: Expr) -> Expr:
    return a if _equals(b, 1) else Expr("div", (a, b))


def _neg(a: Expr) -> Expr:
    if a.head == "number":
        return literal(-a.args[0])
    return a.args[0] if a.head == "neg" else Expr("neg", (a,))


def _pow(a: Expr, b: Expr) -> Expr:
    if _equals(b, 1) or _equals(b, 0):
        return a if _equals(b, 1) else literal(1.0)
    return Expr("pow", (a, b))


def _abs(a: Expr) -> Expr:
    return Expr("abs", a.args if a.head == "neg" else (a,))


_Operator = Callable[["Expr", "Expr | float"], "Expr"]


def _operators(simplified: Callable[[Expr, Expr], Expr]) -> tuple[_Operator, _Operator]:
    """Return the method of a binary operator and its reflected method, as __add__ and __radd__."""
    return (
        lambda self, other: simplified(self, lift(other)),
        lambda self, other: simplified(lift(other), self),
    )


def _comparison_method(head: str) -> _Operator:
    """Return the method of `Expr` for a comparison, such as `__gt__` for the head "gt"."""
    return lambda self, other: Expr(head, (self, lift(other)))


@dataclass(frozen=True, slots=True)
class Expr:
    """A formula: the name of an operation (`head`) and the formulas it is applied to (`args`).

    A symbol has the head "symbol", and its name is the only argument. A number has the head
    "number", and its value is the only argument. A number with the head "digits" is never
    simplified away, so that products such as 0·0.5 can be shown. Nested sums and products are
    stored as one expression, so that ``add(a, b, c)`` means ``(a + b) + c``. The order of the
    arguments is kept, because code generated from an expression must round like the operation.

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
        object.__setattr__(self, "_hash", reduce(_add_to_hash, self.args, hash(self.head)))

    def __hash__(self) -> int:
        return self._hash

    __add__, __radd__ = _operators(_add)
    __sub__, __rsub__ = _operators(_sub)
    __mul__, __rmul__ = _operators(_mul)
    __truediv__, __rtruediv__ = _operators(_div)
    __pow__, __rpow__ = _operators(_pow)
    __gt__, __ge__, __lt__, __le__ = map(_comparison_method, ("gt", "ge", "lt", "le"))

    def __neg__(self) -> Expr:
        return _neg(self)

    def __abs__(self) -> Expr:
        return _abs(self)

    def __bool__(self) -> bool:
        if self.head in ("gt", "ge", "lt", "le"):
            raise TypeError(
                f"a formula has no outcome for {self}, because it is written for all numbers at "
                "once; write xp.where(condition, yes, no) instead of if"
            )
        return True  # so that ``expr and …`` tests whether there is an expression

    def __repr__(self) -> str:
        return render(self, PYTHON)

    @property
    def atomic(self) -> bool:
        """Whether there is nothing to compute, as in a symbol or a number."""
        return self.head in _ATOMS

    def walk(self, known: Container[Expr] = ()) -> Iterator[Expr]:
        """Yield this expression and all its parts, each expression before its arguments.

        A part that occurs several times is yielded several times. A part in `known` is skipped
        together with its own parts. The caller may add to `known` during the iteration.
        """
        stack = [self]
        while stack:
            expr = stack.pop()
            if expr not in known:
                yield expr
                stack.extend(() if expr.atomic else expr.args)


def _add_to_hash(so_far: int, arg: Any) -> int:
    """Return the hash of a sequence from the hash of its beginning and its last entry."""
    return hash((so_far, arg))


def _append(expr: Expr, arg: Expr) -> Expr:
    """Return a sum or product with one more argument, without hashing the others again."""
    longer = object.__new__(Expr)  # without `__post_init__`, which computes the hash
    object.__setattr__(longer, "head", expr.head)
    object.__setattr__(longer, "args", (*expr.args, arg))
    object.__setattr__(longer, "_hash", _add_to_hash(expr._hash, arg))
    return longer


def symbol(name: str) -> Expr:
    """Return the symbol of that name."""
    return Expr("symbol", (name,))


def literal(value: float) -> Expr:
    """Return the constant as an expression."""
    return Expr("number", (value,))


def place(index: int) -> Expr:
    """Return an expression that stands for input `index`, which `render_template` leaves open."""
    return Expr("place", (index,))


def lift(value: Expr | float) -> Expr:
    """Return an expression unchanged, and a number as a constant expression."""
    return value if isinstance(value, Expr) else literal(value)


SIMPLIFIED: Mapping[str, Callable[..., Expr]] = {"pow": _pow, "abs": _abs}
"""The functions that simplify a call, such as pow(x, 1) to x, by the name of the call."""


def _evaluate(name: str, args: tuple[Expr, ...]) -> Expr:
    """Return the value of a function at plain numbers, or the unevaluated call if it has none."""
    try:
        return literal(getattr(FLOATS, name)(*(arg.args[0] for arg in args)))
    except (ArithmeticError, ValueError):
        return Expr(name, args)


class Symbols(Calls):
    """The namespace whose numbers are expressions. ``Symbols().exp(x)`` is the expression exp(x).

    Args:
        textbook: whether formulas take the form that textbooks print (see `operation.in_form`). An
            operation in a formula is then a call, such as σ(x). Otherwise formulas take the form
            that is accurate in floating point, and use only the functions in `namespace.FUNCTIONS`.
        quick: whether formulas take a form that has fewer steps but may overflow.
        fused: whether formulas take the form for engines that fuse steps.
    """

    def __init__(self, *, textbook: bool = False, quick: bool = False, fused: bool = False) -> None:
        self.textbook, self.quick, self.fused = textbook, quick, fused

    def call(self, name: str, *inputs: Expr | float) -> Expr:
        """Return the expression name(inputs), simplified if `SIMPLIFIED` has a rule for it.

        A function of plain numbers, such as log(2), is evaluated. In textbook form it is kept.
        """
        if name == "where" and not isinstance(inputs[0], Expr):
            raise TypeError(
                "the condition of xp.where compares by <, <=, > or >=; "
                "for x == 0 write xp.abs(x) <= 0"
            )
        args = tuple(map(lift, inputs))
        if not self.textbook and all(arg.head == "number" for arg in args):
            return _evaluate(name, args)
        return SIMPLIFIED[name](*args) if name in SIMPLIFIED else Expr(name, args)

    def __getattr__(self, name: str) -> Callable[..., Expr]:
        # In textbook form there is a function for every operation, such as sigmoid.
        if name.startswith("_") or not self.textbook:
            raise AttributeError(f"symbols have no function {name!r}")
        return partial(self.call, name)


SYMBOLS: Namespace = Symbols()
