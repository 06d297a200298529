"""The formulas of nodes, written with the names of the sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..engine.dialect import render
from ..engine.formula import Expr, symbol
from ..engine.value import Value
from ..graph.wording import TEXT, derivatives_of, formula_of, number_text
from ..late_pattern import compile_late

_NAMES = replace(TEXT, symbol=lambda label: label)
_ROOT = compile_late(r"√\((\w+)\)")  # the root of a single name needs no parentheses
_OPERATORS = compile_late(r"[\s+−·/]")
_DEEPEST = 8  # nested operations; deeper ones are written as …
_MOST_OPERANDS = 60  # of an operation; one with more is written as …

Leaf = Callable[[Value], Expr | None]


def by_name(node: Value) -> Expr | None:
    """Return the name of a node, or the number of a constant, or None."""
    if node.label:
        return symbol(node.label)
    return None if node.parents else Expr("digits", (node.data,))


def by_number(node: Value) -> Expr | None:
    """Return the number of a named node or of a constant, or None."""
    return Expr("digits", (node.data,)) if node.label or not node.parents else None


def expression(node: Value, leaf: Leaf = by_name, depth: int = 0) -> Expr:
    """Return the formula of a node. `leaf` returns the expressions at which it ends."""
    if depth > _DEEPEST or len(node.parents) > _MOST_OPERANDS:
        return symbol("…")
    inputs = [leaf(parent) or expression(parent, leaf, depth + 1) for parent in node.parents]
    return formula_of(node.op, inputs)


def formula_text(node: Value, leaf: Leaf = by_name) -> str:
    """Return the formula that a node was computed by, as text.

    >>> w, x, t = Value(0.4, "w"), Value(0.5, "x"), Value(1.0, "t")
    >>> formula_text((w * x - t).square()), formula_text((w * x - t).square(), by_number)
    ('(w·x − t)²', '(0.4·0.5 − 1)²')
    """
    return _ROOT.sub(r"√\1", render(expression(node, leaf), _NAMES))


def called(node: Value) -> str:
    """Return how a sentence names a node: by its name, its number or its formula.

    >>> called(Value(0.5, "x")), called(Value(0.5)), called(Value(0.5, "x") + Value(1.0, "y"))
    ('x', '0.5', '(x + y)')
    """
    if node.label or not node.parents:
        return node.label or number_text(node.data)
    text = formula_text(node)
    return f"({text})" if _OPERATORS.search(text) else text


def factor_text(child: Value, slot: int) -> str:
    """Return the local derivative ∂child/∂parent as a factor of a product.

    >>> x = Value(2.0, "x")
    >>> factor_text(x.tanh(), 0), factor_text(x * x, 1)
    ('(1 − tanh(x)²)', 'x')
    """
    inputs = [by_name(parent) or expression(parent) for parent in child.parents]
    output = symbol(child.label) if child.label else None
    factor = derivatives_of(child.op, inputs, output, _NAMES)[slot][1]
    return render(factor, _NAMES, binding=4)  # sums are put in parentheses
