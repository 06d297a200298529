"""What an operation is made of, read from its formula: a sum of products, or a power."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..engine.formula import Expr, Symbols, lift, place
from ..engine.namespace import Floats
from ..engine.operation import Op
from ..engine.ops import EXP, LOGSUMEXP
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
    """Return the products of inputs that a node adds up. It is empty if the node is no such sum.

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
    """Whether a node is a product of two inputs, or a sum with such a product, as a·b + c is."""
    return any(len(term.slots) == 2 for term in terms(node))


def is_quotient(node: Value) -> bool:
    """Whether a node is a quotient of two inputs."""
    return node.op.rule == "quotient rule"


def softmax_output(node: Value) -> tuple[Value, object] | None:
    """Return zᵢ and a key of the softmax, if a node is exp(zᵢ)/Σ exp(zⱼ), otherwise None.

    The node may also be exp(zᵢ − logsumexp(z)). All outputs of one softmax have the same key.
    """
    if node.op is EXP and _is_log_softmax(node.parents[0]):
        z, total = node.parents[0].parents
        return z, total
    if not is_quotient(node) or node.parents[0].op is not EXP:
        return None
    (z,), total = node.parents[0].parents, node.parents[1]
    # A summand that is no exp, such as the 1 of exp(z)/(1 + exp(z)), is part of the key as it is.
    inputs = frozenset(e.parents[0] if e.op is EXP else e for e in _summands_of(total))
    return (z, inputs) if z in inputs and len(inputs) > 1 else None


def softmaxes(nodes: Iterable[Value]) -> list[dict[Value, Value]]:
    """Return the outputs of every softmax among some nodes, by their inputs."""
    found: dict[object, dict[Value, Value]] = {}
    for node in nodes:
        if output := softmax_output(node):
            z, softmax = output
            found.setdefault(softmax, {})[z] = node
    return list(found.values())


def _is_log_softmax(node: Value) -> bool:
    return is_difference(node) and node.parents[1].op is LOGSUMEXP


def _summands_of(node: Value) -> list[Value]:
    """Return the summands of a sum, and those of the sums inside it."""
    found, stack = [], [node]
    while stack:
        part = stack.pop()
        if is_sum(part) and all(term.sign > 0 for term in terms(part)):
            stack += part.parents
        else:
            found.append(part)
    return found


def leads_to_softmax(child: Value) -> bool:
    """Whether a node that uses z may be a step of the softmax of z.

    The steps are exp(z), logsumexp(z) and the difference z − logsumexp(z).
    """
    return child.op in (EXP, LOGSUMEXP) or _is_log_softmax(child)


def has_two_factors(node: Value) -> bool:
    """Whether a node is a·b or a/b."""
    return len(node.parents) == 2 and (is_product(node) or is_quotient(node))


def has_negative_slope(node: Value) -> bool:
    """Whether the slope of a function is written with a minus sign, as cos′ = −sin is."""
    if node.op.arity != 1:
        return False
    # `partials` takes the output, which is place(1), and then the input, which is place(0).
    (slope,) = map(lift, node.op.partials(_SYMBOLS, place(1), place(0)))
    return slope.head == "neg"


@lru_cache(maxsize=1024)
def exponent_of(op: Op) -> float | None:
    """Return the fixed exponent n if an operation is uⁿ, otherwise None.

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
