"""Why an operation has its local derivative: the rule for it, and the steps that lead to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..engine.formula import Expr, Symbols, lift, literal
from ..engine.operation import OPS, Op
from ..engine.ops import COMPARISONS
from .wording import formula_of

_TEXTBOOK = Symbols(textbook=True)

_COMPARISONS = tuple(COMPARISONS.values())

DEFINITION = "by definition"
"""The rule of a first line that is the definition of f(x)."""
CONSTANT_MULTIPLE = "constant multiple rule"
INVERSE = "inverse function"
"""The rule of a first line that is g(f(x)), which equals x because g and f are inverse."""


class Derivation(NamedTuple):
    """One line of a derivation: a formula, and the rule that leads to it from the line before.

    The first line is the definition of the function. All others are equal to its derivative.
    """

    formula: Expr
    rule: str


def rule_of(op: Op, slot: int = 0, *, has_constant: bool = False) -> str:
    """Return the name of the rule that gives a local derivative of an operation.

    >>> [rule_of(OPS[name]) for name in ("mul", "div", "tanh")]
    ['product rule', 'quotient rule', 'derivative of tanh']

    Args:
        op: the operation.
        slot: the position of the operand among the operands.
        has_constant: whether the other operand is a constant, such as the 2 of 2·x.
    """
    if op.name == "pow" and slot == 1:
        return "exponential rule"
    if has_constant and (op.name == "mul" or (op.name == "div" and slot == 0)):
        return CONSTANT_MULTIPLE
    return op.rule or f"derivative of {op.glyph}"


def derive(op: Op, x: Expr) -> list[Derivation]:
    """Return the lines from the definition of an operation of one number to its derivative.

    The last line is the derivative in the table of operations. The list is empty if the derivative
    is itself a rule, such as the power rule or that of exp.

    >>> from autograd.engine.formula import symbol
    >>> for formula, rule in derive(OPS["tanh"], symbol("x")):
    ...     print(f"{rule}: {formula}")
    by definition: sinh(x) / cosh(x)
    quotient rule: (cosh(x) * cosh(x) - sinh(x) * sinh(x)) / pow(cosh(x), 2)
    simplified: 1 - pow(tanh(x), 2)
    """
    call = formula_of(op, [x])
    (last,) = map(lift, op.partials(_TEXTBOOK, call, x))
    if op.arity != 1 or op.rule:
        return []
    if op.inverse:
        return _derive_inverse(op, call, last)
    definition = lift((op.definition or op.forward)(_TEXTBOOK, x))
    if definition == call:  # an elementary function, which has no simpler definition
        return []
    rule, first = _differentiate(definition, x)
    steps = [Derivation(definition, DEFINITION), Derivation(first, rule)]
    return steps if first == last else [*steps, Derivation(last, "simplified")]


def _derive_inverse(op: Op, call: Expr, last: Expr) -> list[Derivation]:
    """Derive f′ = 1/g′(f) for the inverse f of a function g."""
    outer = OPS[op.inverse]
    (slope,) = map(lift, outer.partials(_TEXTBOOK, formula_of(outer, [call]), call))
    steps = [
        Derivation(formula_of(outer, [call]), INVERSE),
        Derivation(1 / slope, "inverse function rule"),
    ]
    return [*steps, Derivation(last, "simplified")]


def _differentiate(formula: Expr, x: Expr) -> tuple[str, Expr]:
    """Return the rule for the outermost operation of a formula, and the derivative by it."""
    if formula == x:
        return "", literal(1.0)
    if formula.atomic or formula.head in _COMPARISONS:
        return "", literal(0.0)
    head, args = formula.head, formula.args
    slopes = [_differentiate(arg, x)[1] for arg in args]
    if head in _BY_RULE:
        has_constant = len(args) == 2 and "number" in (args[0].head, args[1].head)
        slot = int(args[0].head == "number")  # the operand that is no number
        rule = rule_of(OPS[head], slot, has_constant=has_constant)
        return rule, _BY_RULE[head](args, slopes)
    op = OPS[head]
    (outer,) = map(lift, op.partials(_TEXTBOOK, formula, *args))
    return ("chain rule" if args[0] != x else rule_of(op)), outer * slopes[0]


def _sum_rule(args: tuple[Expr, ...], slopes: list[Expr]) -> Expr:
    return sum(slopes[1:], slopes[0])


def _product_rule(args: tuple[Expr, ...], slopes: list[Expr]) -> Expr:
    terms = []
    for k, slope in enumerate(slopes):
        factors = [slope if j == k else arg for j, arg in enumerate(args)]
        product = factors[0]
        for factor in factors[1:]:
            product = product * factor
        terms.append(product)
    return sum(terms[1:], terms[0])


def _quotient_rule(args: tuple[Expr, ...], slopes: list[Expr]) -> Expr:
    (u, v), (du, dv) = args, slopes
    if v.head == "number":
        return du / v
    return (du * v - u * dv) / v**2


def _power_rule(args: tuple[Expr, ...], slopes: list[Expr]) -> Expr:
    base, exponent = args
    n = exponent.args[0]
    return literal(n) * (base if n == 2 else base ** (n - 1)) * slopes[0]


def _case_rule(args: tuple[Expr, ...], slopes: list[Expr]) -> Expr:
    return Expr("where", (args[0], slopes[1], slopes[2]))


_BY_RULE: dict[str, Callable[[tuple[Expr, ...], list[Expr]], Expr]] = {
    "add": _sum_rule,
    "sub": lambda args, slopes: slopes[0] - slopes[1],
    "neg": lambda args, slopes: -slopes[0],
    "mul": _product_rule,
    "div": _quotient_rule,
    "pow": _power_rule,
    "where": _case_rule,
}
