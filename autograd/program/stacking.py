"""The formulas of a call: its operation over symbols, one symbol for each operand.

If a number is computed from many similar operands, as in Σ (ŷₖ − yₖ)², the similar parts are
stacked. They become one formula over adjacent rows, followed by a sum of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from ..engine.formula import Expr, Symbols, lift, literal, symbol
from ..engine.namespace import FUNCTIONS
from ..engine.operation import Op
from .calls import Call
from .instructions import Location
from .places import runs

_FEWEST = 4  # the smallest number of similar operands; stacking fewer is not faster
Slots = tuple[int, ...]
_ONE, _ZERO = literal(1.0), literal(0.0)
Style = Literal["quick", "stable", "fused"]
"""The form of formulas, as in `in_form`. Quick ones fall back on stable ones if they overflow."""
_STABLE, _QUICK, _FUSED = Symbols(), Symbols(quick=True), Symbols(fused=True)
_OPPOSITE = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}
Y = symbol("y")
"""The symbol of a call's own value."""


class Form(NamedTuple):
    """A formula in two forms. The quick one has fewer steps, but an exponential may overflow."""

    quick: Expr
    stable: Expr


class Partial(NamedTuple):
    """A local derivative with respect to one operand, or to several by one stacked formula.

    Attributes:
        slots: the operands.
        function: "multiply" or "divide".
        form: what the adjoint is multiplied by or divided by.
        is_shared_work: whether it contains a function call, such as an exp or a log, that the value
            contains too.
    """

    slots: Slots
    function: str
    form: Form
    is_shared_work: bool


class Formulas(NamedTuple):
    """The value and the local derivatives of a call, in terms of the operands a0, a1, … and y."""

    value: Form
    partials: tuple[Partial, ...]


def is_stacked(call: Call) -> bool:
    """Whether similar operands of a call may be stacked: it is one operation on any number."""
    return len(call.members) == 1 and call.op.arity is None


def formulas_of(
    call: Call, operands: Sequence[Sequence[Location]], style: Style = "quick"
) -> Formulas:
    """Return the formulas of a call.

    `operands` has, for each operand, its places for all members.
    """
    plain = plain_formulas(call.op, len(operands), style)
    if not is_stacked(call):
        return plain
    stacker = _Stacker([places[0] for places in operands])
    value = stacker.stack(plain.value.stable)
    partials = _partials(call.op, len(operands), _FUSED if style == "fused" else _STABLE)
    found = stacker.group([stacker.stack(partial) for partial in partials])
    partials_found = tuple(_partial(value, slots, Form(e, e)) for slots, e in found)
    return Formulas(Form(value, value), partials_found)


@lru_cache(maxsize=4096)
def slots_of(symbols: Expr) -> Slots:
    """Return the operands that a symbol, or a stack of symbols, stands for."""
    return tuple(int(name[1:]) for name in symbols.args)


@lru_cache(maxsize=1024)
def plain_formulas(op: Op, count: int, style: Style = "quick") -> Formulas:
    """Return the formulas of an operation with `count` operands.

    Only the style "quick" gives two forms. An operation on any number of operands has no quick one.
    """
    names = [symbol(f"a{slot}") for slot in range(count)]
    stable = _FUSED if style == "fused" else _STABLE
    forms = (_QUICK if style == "quick" and op.arity is not None else stable, stable)
    value = _form(*(lift(op.forward(xp, *names)) for xp in forms))
    both = [_partials(op, count, xp) for xp in forms]
    partials = zip(*both, strict=True)
    found = [_partial(value.quick, (k,), _form(*forms)) for k, forms in enumerate(partials)]
    return Formulas(value, tuple(found))


def _form(quick: Expr, stable: Expr) -> Form:
    """Return a formula in two forms, or twice the same object if there is no quick form."""
    return Form(stable if quick.atomic or quick == stable else quick, stable)


@lru_cache(maxsize=1024)
def _partials(op: Op, count: int, xp: Symbols) -> tuple[Expr, ...]:
    names = [symbol(f"a{slot}") for slot in range(count)]
    return tuple(lift(partial) for partial in op.partials(xp, Y, *names))


def _partial(value: Expr, slots: Slots, partial: Form) -> Partial:
    (function, quick), (other, stable) = map(local_derivative, partial)
    if function != other:  # one form divides and the other one multiplies
        function, (quick, stable) = "multiply", partial
    return Partial(slots, function, _form(quick, stable), _share_work(value, quick))


def local_derivative(partial: Expr) -> tuple[str, Expr]:
    """Return how a local derivative is applied to an adjoint: the function and its operand.

    If the local derivative is 1/d, the adjoint is divided by d. If it is 1 where a comparison holds
    and 0 elsewhere, the adjoint is multiplied by the mask itself.
    """
    if partial.head == "div" and partial.args[0] == _ONE:
        return "divide", partial.args[1]
    if partial.head == "where" and partial.args[0].head in _OPPOSITE:
        condition, *chosen = partial.args
        if chosen == [_ONE, _ZERO]:
            return "multiply", condition
        if chosen == [_ZERO, _ONE]:
            return "multiply", Expr(_OPPOSITE[condition.head], condition.args)
    return "multiply", partial


# Functions that take about as long as fifteen additions.
_SLOW = FUNCTIONS - {"abs", "maximum", "minimum", "sqrt", "where"}


@lru_cache(maxsize=1024)
def count_steps(op: Op, count: int) -> tuple[int, int]:
    """Return roughly how many calls the value and the local derivatives take, and their weight.

    The weight of a call is how many additions would take as long.
    """
    if op.arity is None:
        return 3, 3  # they are stacked
    value, partials = plain_formulas(op, count)
    parts = {part for form in (value, *(p.form for p in partials)) for part in form.quick.walk()}
    steps = [15 if part.head in _SLOW else 1 for part in parts if not part.atomic]
    return len(steps), sum(steps)


def _share_work(value: Expr, partial: Expr) -> bool:
    if partial.atomic:
        return False
    ours = {part for part in value.walk() if part.head in FUNCTIONS}
    return bool(ours) and any(part in ours for part in partial.walk())


class _Stacker:
    """Stacks the similar parts of formulas whose operands are at these places."""

    def __init__(self, places: Sequence[Location]) -> None:
        self.places = places

    def stack(self, expression: Expr) -> Expr:
        """Return an expression with sums of similar summands written as totals of stacked rows."""
        if expression.atomic:
            return expression
        if expression.head == "add" and len(expression.args) >= _FEWEST:
            template = self.unify(expression.args)
            if template is not None:
                return Expr("total", (template,))
            *summands, last = expression.args  # a bias at the end differs from the rest
            template = self.unify(summands) if len(summands) >= _FEWEST else None
            if template is not None:
                return Expr("add", (Expr("total", (template,)), self.stack(last)))
        return Expr(expression.head, tuple(map(self.stack, expression.args)))

    def group(self, expressions: Sequence[Expr]) -> list[tuple[Slots, Expr]]:
        """Return an expression for each operand. Adjacent expressions of one form are stacked."""
        groups: list[list[int]] = []
        for slot, expression in enumerate(expressions):
            if groups and _shape(expressions[groups[-1][0]]) == _shape(expression):
                groups[-1].append(slot)
            else:
                groups.append([slot])
        found: list[tuple[Slots, Expr]] = []
        for slots in groups:
            enough = len(slots) >= _FEWEST
            template = self.unify([expressions[slot] for slot in slots]) if enough else None
            if template is None:
                found += [((slot,), expressions[slot]) for slot in slots]
            else:
                found.append((tuple(slots), template))
        return found

    def unify(self, expressions: Sequence[Expr]) -> Expr | None:
        """Return similar expressions as one in which differing symbols are stacked, or None.

        The result is also None if the operands are so scattered that gathering them would not pay.
        """
        template = _unify(expressions)
        if template is None:
            return None
        for part in template.walk():
            if part.head == "stack":
                places = [self.places[slot] for slot in slots_of(part)]
                if len(runs(places)) > len(expressions) // 4 + 1:
                    return None
        return template


def _shape(expression: Expr) -> object:
    """Return the shape of an expression, which is the same for x₁·2 and x₂·2."""
    if expression.head == "symbol":
        return "symbol"
    if expression.atomic:
        return expression
    return (expression.head, *map(_shape, expression.args))


def _unify(expressions: Sequence[Expr]) -> Expr | None:
    first = expressions[0]
    if all(expression == first for expression in expressions):
        return first
    if all(e.head == "symbol" and e != Y for e in expressions):
        return Expr("stack", tuple(expression.args[0] for expression in expressions))
    similar = all(e.head == first.head and len(e.args) == len(first.args) for e in expressions)
    if not similar or first.atomic:
        return None
    args = [_unify(column) for column in zip(*(e.args for e in expressions), strict=True)]
    return None if None in args else Expr(first.head, tuple(args))
