"""Evaluation of worksheet expressions as Values.

Python's `eval` is never used. An expression can call only the functions in
`vocabulary.FUNCTIONS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from ..engine.functions import constant, record
from ..engine.ops import HALF_SQUARED_ERROR
from ..engine.value import Value
from .grammar import parse
from .patterns import exponent_of_logistic, half_of_square, is_own_slope
from .quantity import (
    Quantity,
    each,
    each_row,
    matmul,
    outer,
    product,
    product_by_number,
    scalar,
    stacked,
    times,
)
from .scopes import Bound, Names, Scope, computed, named
from .sheet_source import Source
from .suggestion import suggestion
from .trees import Apply, Blank, Derivative, Name, Number, Row, Tree, rewrite
from .vocabulary import FUNCTIONS, function_name, slope_of


def expression(text: str, quantities: Mapping[str, Value | Quantity] | None = None) -> Quantity:
    """Return the value of an expression. Its graph records every operation.

    Raises:
        WorksheetError: the expression cannot be read or computed. The message says where the error
            is and what to write instead.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> expression("½(a − b)² + tanh(0)", {"a": a, "b": b}).items[0].data
    0.5
    """
    scope, source = Names(quantities or {}), Source(text)
    tree = parse(
        source,
        lambda name: scope.quantity(name) is not None,
        functions=lambda name: bool(function_name(name)),
    )
    return evaluate(tree, scope, source)


def evaluate(tree: Tree, scope: Scope, source: Source) -> Quantity:
    """Return the value of a tree. Its operations are recorded in reading order.

    Raises:
        WorksheetError: a name is not defined, the shapes do not match, or a number is out of
            range.
    """
    match tree:
        case Number(value=value):
            return scalar(constant(value))
        case Name(name=name) if name in _CONSTANTS and scope.quantity(name) is None:
            return scalar(constant(_CONSTANTS[name]))
        case Name():
            return named(tree, scope, source)
        case Derivative():
            return scope.derivative(tree, source)
        case Blank(place=place):
            raise source.error("a blank, ?, stands for a result, not for a part of one", place)
        case Row(items=items):
            parts = [evaluate(item, scope, source) for item in items]
            made = computed(tree.place, source, lambda: stacked(parts))
            return replace(made, is_column=True) if tree.direction == "column" else made
        case Apply():
            return _operator_chain(tree, scope, source)


def _operator_chain(tree: Apply, scope: Scope, source: Source) -> Quantity:
    """Evaluate a chain of operators such as a + b + c + ….

    A loop replaces the recursion on the left operand, because a sum of thousands of terms would
    exceed the recursion limit of Python.
    """
    spine: list[Apply] = []
    first: Tree = tree
    while isinstance(first, Apply) and first.head in _SIGNS and not _single_operation(first):
        spine.append(first)
        first = first.args[0]
    if isinstance(first, Apply):
        left = (_single_operation(first) or _call)(first, scope, source)
    else:
        left = evaluate(first, scope, source)
    was_inner = False  # whether a dot product came before in this product
    while spine:
        node = spine.pop()
        right = evaluate(node.args[1], scope, source)
        is_matrix = node.head == "@" or (node.head.startswith("·") and len(left.shape) == 2)
        if is_matrix and right.shape and spine and spine[-1].head == "+":
            bias = evaluate(spine[-1].args[1], scope, source)
            if bias.shape in ((), left.shape[:-1] + right.shape[1:]):
                spine.pop()  # because W x + b is recorded as one node
                left = computed(node.place, source, partial(matmul, left, right, bias))
                continue
        if node.head == "·" and len(left.shape) == len(right.shape) == 1 and is_own_slope(node):
            left = computed(node.place, source, partial(times, left, right))
            continue
        if node.head in ("*", "·", "·⊙") and _is_column_by_row(node, left, right):
            left = computed(node.place, source, partial(outer, left, right))
            continue
        if node.head == "·":
            if was_inner and right.shape:
                raise source.error(_TWO_PRODUCTS, node.place)
            was_inner = was_inner or len(left.shape) == len(right.shape) == 1
        elif node.head in ("+", "-"):
            was_inner = False
        left = computed(node.place, source, partial(_SIGNS[node.head], left, right))
    return left


def _is_column_by_row(node: Apply, left: Quantity, right: Quantity) -> bool:
    """Whether a product has the form δ xᵀ of two vectors, which is their outer product."""
    first, second = node.args
    while isinstance(first, Apply) and first.head in ("*", "·"):
        first = first.args[1]  # as in 2·[1; 2]·[3 4]
    is_row = isinstance(second, Apply) and second.head == ".T"
    if isinstance(first, Row) and isinstance(second, Row):
        is_row = first.direction == "column" and second.direction != "column"
    return is_row and len(left.shape) == len(right.shape) == 1


_TWO_PRODUCTS = (
    "this has two readings: a·b of two vectors may be one number or a vector; write a @ b for the "
    "sum of the products and a ⊙ b for the vector of the products"
)


def _call(tree: Apply, scope: Scope, source: Source) -> Quantity:
    """Evaluate a call: a function, its derivative, a minus sign or a transpose."""
    if tree.head == "slope":
        return _slope(tree, scope, source)
    if tree.head.endswith("'") and function_name(tree.head[:-1]):
        fewest, most, function = FUNCTIONS[function_name(tree.head[:-1])]
        if len(tree.args) != 1 or not fewest <= 1 <= most:
            raise source.error(
                f"{tree.head} is the derivative of a function of one number; write the derivative "
                "of a result by one of several arguments as dy/dx",
                tree.place,
            )
        inner = evaluate(tree.args[0], scope, source)
        return computed(tree.place, source, lambda: slope_of(function, inner))
    name = function_name(tree.head)
    if not name:
        raise source.error(_no_function(tree.head, scope), tree.place)
    fewest, most, function = FUNCTIONS[name]
    if not fewest <= len(tree.args) <= most:
        wants = f"{fewest}" if fewest == most else f"{fewest} or more"
        raise source.error(
            f"{tree.head} takes {wants} argument{'s' * (wants != '1')}, not {len(tree.args)}",
            tree.place,
        )
    args = [evaluate(arg, scope, source) for arg in tree.args]
    if len(args) == 1 and not args[0].shape and name in _OF_LISTS:  # as in mean(x·y)
        args = [evaluate(rewrite(tree.args[0], lambda leaf: leaf, _by_number), scope, source)]
    return computed(tree.place, source, partial(function, *args))


_OF_LISTS = frozenset(("mean", "var", "std", "norm", "maximum", "minimum"))


def _by_number(head: str) -> str:
    return "·⊙" if head == "·" else head


def _slope(tree: Apply, scope: Scope, source: Source) -> Quantity:
    """Return f′(x) for a function f of the sheet. The tree holds its body, its variable and x."""
    body, variable, argument = tree.args
    assert isinstance(variable, Name)
    x = evaluate(argument, scope, source)

    def function(x: Quantity) -> Quantity:
        return evaluate(body, Bound(scope, variable.name, x), source)

    return computed(tree.place, source, lambda: slope_of(function, x))


_SEE_REFERENCE = "; `gradtrace help sheet` shows those that there are"


def _no_function(name: str, scope: Scope) -> str:
    if scope.quantity(name) is not None:
        return f"{name} is a quantity, not a function; write a product as {name}*(…)"
    callable_names = [known for known in FUNCTIONS if known.isidentifier()]
    near = suggestion(name, callable_names)
    return f"no function is named {name}" + (near or _SEE_REFERENCE)


def _single_operation(tree: Apply) -> Callable[[Apply, Scope, Source], Quantity] | None:
    """Return the evaluator of a formula that one operation can record, or None.

    These formulas are ½(a − b)² and 1/(1 + exp(−z)).
    """
    if half_of_square(tree):
        return _half_squared
    return _logistic if exponent_of_logistic(tree) else None


def _half_squared(tree: Apply, scope: Scope, source: Source) -> Quantity:
    inner = half_of_square(tree)
    assert isinstance(inner, Apply)
    a, b = (evaluate(arg, scope, source) for arg in inner.args)
    return computed(
        tree.place, source, lambda: each(lambda x, y: record(HALF_SQUARED_ERROR, (x, y)), a, b)
    )


def _logistic(tree: Apply, scope: Scope, source: Source) -> Quantity:
    inner = exponent_of_logistic(tree)
    assert inner is not None
    z = evaluate(inner, scope, source)
    return computed(tree.place, source, lambda: each(Value.sigmoid, z))


_CONSTANTS = {"e": math.e, "π": math.pi, "pi": math.pi}

_SIGNS: dict[str, Callable[[Quantity, Quantity], Quantity]] = {
    "+": partial(each_row, lambda a, b: a + b),
    "-": partial(each_row, lambda a, b: a - b),
    "*": times,
    "⊙": times,
    "⊗": times,
    "·": product,
    "·⊙": product_by_number,
    "/": partial(each, lambda a, b: a / b),
    "@": matmul,
    "<": partial(each, lambda a, b: (a < b).as_value()),
    ">": partial(each, lambda a, b: (a > b).as_value()),
    "≤": partial(each, lambda a, b: (a <= b).as_value()),
    "≥": partial(each, lambda a, b: (a >= b).as_value()),
}
