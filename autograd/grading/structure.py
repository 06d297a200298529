"""What an operation is made of, read from its formula: a sum of products, or a power."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..engine.formula import Expr, Symbols, lift, place
from ..engine.namespace import Floats
from ..engine.operation import Op
from ..engine.value import Value

_SYMBOLS = Symbols(textbook=True)


class _Textbook(Floats):
    """The namespace of floats with textbook formulas, such as a(1 − a) for the slope of σ."""

    textbook = True


TEXTBOOK = _Textbook()


class Term(NamedTuple):
    """One product of a sum: its sign, and the slots of its factors among the inputs."""

    sign: float
    slots: tuple[int, ...]

    def value(self, inputs: Sequence[float]) -> float:
        """Return what the term adds to the sum."""
        return self.sign * math.prod(inputs[slot] for slot in self.slots)


def terms(node: Value) -> tuple[Term, ...]:
    """Return the products of inputs that a node adds up, or nothing if it does something else.

    >>> x, y = Value(2.0), Value(3.0)
    >>> terms(x - y), terms(x * y), terms(x / y)
    ((Term(sign=1.0, slots=(0,)), Term(sign=-1.0, slots=(1,))), (Term(sign=1.0, slots=(0, 1)),), ())
    """
    return _terms_of(node.op, len(node.parents)) if node.parents else ()


@lru_cache(maxsize=1024)
def _terms_of(op: Op, count: int) -> tuple[Term, ...]:
    formula = lift(op.forward(_SYMBOLS, *map(place, range(count))))
    products = list(_summands(formula, 1.0))
    if not all(part.head == "place" for _, factors in products for part in factors):
        return ()
    return tuple(Term(sign, tuple(part.args[0] for part in factors)) for sign, factors in products)


def _summands(formula: Expr, sign: float) -> Iterator[tuple[float, tuple[Expr, ...]]]:
    """Yield the sign and the factors of every summand of a formula."""
    head, args = formula.head, formula.args
    if head in ("add", "sub"):
        for k, arg in enumerate(args):
            yield from _summands(arg, -sign if k and head == "sub" else sign)
    elif head == "neg":
        yield from _summands(args[0], -sign)
    else:
        yield sign, (args if head == "mul" else (formula,))


def is_sum(node: Value) -> bool:
    """Whether a node adds up single inputs, as a + b and a − b do."""
    found = terms(node)
    return len(found) > 1 and all(len(term.slots) == 1 for term in found)


def is_difference(node: Value) -> bool:
    """Whether a node is a − b."""
    return is_sum(node) and [term.sign for term in terms(node)] == [1.0, -1.0]


def is_product(node: Value) -> bool:
    """Whether a node is a product of two inputs, alone or in a sum of several."""
    return any(len(term.slots) == 2 for term in terms(node))


def is_quotient(node: Value) -> bool:
    """Whether a node is a quotient of two inputs."""
    return node.op.rule == "quotient rule"


def has_two_factors(node: Value) -> bool:
    """Whether a node is a·b or a/b."""
    return len(node.parents) == 2 and (is_product(node) or is_quotient(node))


def has_negative_slope(node: Value) -> bool:
    """Whether the slope of a function is written with a minus sign, as cos′ = −sin is."""
    if node.op.arity != 1:
        return False
    (slope,) = map(lift, node.op.partials(_SYMBOLS, place(1), place(0)))
    return slope.head == "neg"


@lru_cache(maxsize=1024)
def exponent_of(op: Op) -> float | None:
    """Return n of an operation that is uⁿ with a fixed n, otherwise None.

    >>> from autograd.engine.ops import SQRT, SQUARE, TANH
    >>> [exponent_of(op) for op in (SQUARE, SQRT, TANH)]
    [2, 0.5, None]
    """
    if op.arity != 1:
        return None
    formula = lift((op.definition or op.forward)(_SYMBOLS, place(0)))
    is_power = formula.head == "pow" and formula.args[1].head == "number"
    return formula.args[1].args[0] if is_power else None


def is_function(node: Value) -> bool:
    """Whether a node is a named function of one input, such as tanh, ln or √."""
    return node.op.arity == 1 and bool(node.op.latex)
