"""Slips with the parts of a formula: a term, a factor, a bias or brackets left out."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.ops import HALF_SQUARED_ERROR
from ...engine.value import Value
from ..counterfactual import Compute, Edit, Local, Numbers
from ..naming import called
from ..segment import Segment
from ..structure import Term, has_two_factors, is_difference, is_product, is_quotient, is_sum, terms
from .edits import add_term, change_node, change_value
from .slip import MOST_PLACES, slip


def terms_in(segment: Segment) -> Iterator[tuple[Value, Term]]:
    """Yield the terms of the sums in the formula of a value, at most `MOST_PLACES` of each sum."""
    for node in segment.find(lambda node: len(terms(node)) > 1) if not segment.is_gradient else ():
        for term in terms(node)[:MOST_PLACES]:
            yield node, term


def called_term(node: Value, term: Term) -> str:
    """Return the names of the factors of a term, such as w·x."""
    return "·".join(called(node.parents[slot]) for slot in term.slots)


@slip("bias-forgotten")
def forget_bias(segment: Segment) -> Iterator[Edit]:
    """You forget the bias {}."""
    for node in segment.find(lambda node: len(terms(node)) > 1) if not segment.is_gradient else ():
        last = terms(node)[-1]
        if len(last.slots) == 1 and last.sign > 0 and _is_bias(node, node.parents[-1]):
            yield change_value([node], add_term(-1, last), called(node.parents[-1]))


def _is_bias(node: Value, last: Value) -> bool:
    """Whether the last summand of a node is a given number that follows products."""
    before = node.parents[0]
    is_given = bool(last.label) and not last.parents
    is_weighted = not before.label and (is_sum(before) or is_product(before))
    return is_product(node) or (is_given and is_weighted)


@slip("term-forgotten", is_general=True)
def forget_term(segment: Segment) -> Iterator[Edit]:
    """You leave the term {} out of the sum."""
    for node, term in terms_in(segment):
        yield change_value([node], add_term(-1, term), called_term(node, term))


@slip("factor-forgotten", is_general=True)
def forget_factor(segment: Segment) -> Iterator[Edit]:
    """You leave out the factor {}."""
    for node in segment.find(is_product):
        for term in terms(node)[:MOST_PLACES]:
            if len(term.slots) != 2:
                continue
            for kept, lost in (term.slots[::-1], term.slots):
                value, slope = _without_factor(term, kept), _slope_of_rest(term, kept)
                yield change_node([node], value, slope, called(node.parents[lost]))


def _without_factor(term: Term, kept: int) -> Compute:
    return lambda numbers, node, x, right: right - term.value(x) + term.sign * x[kept]


def _slope_of_rest(term: Term, kept: int) -> Local:
    """Return the change that sets the local derivative of the kept factor to 1 or −1."""
    return lambda numbers, node, slot, right, up: term.sign if slot == kept else right


@slip("brackets-ignored")
def ignore_brackets(segment: Segment) -> Iterator[Edit]:
    """You ignore the brackets around {}."""
    if segment.is_gradient:
        return
    for node in segment.find(lambda node: has_two_factors(node) or is_difference(node)):
        for slot, inner in enumerate(node.parents):
            if _is_bracket(segment, inner):
                yield change_value([node], _without_brackets(inner, slot), called(inner))
    for node in segment.find(lambda node: node.op.square and len(node.parents) == 1):
        if _is_bracket(segment, node.parents[0]):
            yield change_value([node], _only_last_squared(node.parents[0]), called(node.parents[0]))
    for node in segment.with_ops(HALF_SQUARED_ERROR):
        yield change_value(
            [node],
            lambda numbers, n, x, right: (x[0] - x[1] ** 2) / 2,
            f"({called(node.parents[0])} − {called(node.parents[1])})",
        )


def _is_bracket(segment: Segment, inner: Value) -> bool:
    """Whether an operand is a sum of two numbers without a name, written in brackets."""
    return not inner.label and inner in segment.inner and len(inner.parents) == 2 and is_sum(inner)


def _without_brackets(inner: Value, slot: int) -> Compute:
    sign = terms(inner)[1].sign

    def change(numbers: Numbers, node: Value, x: list[float], right: float) -> float:
        # (p + q)·other becomes p + q·other, and other·(p + q) becomes other·p + q.
        p, q = (numbers.data(parent) for parent in inner.parents)
        other = x[1 - slot]
        if is_product(node):
            return other * p + sign * q if slot else p + sign * q * other
        if is_quotient(node):
            return other / p + sign * q if slot else p + sign * q / other
        return other - p + sign * q if slot else right

    return change


def _only_last_squared(inner: Value) -> Compute:
    sign = terms(inner)[1].sign

    def change(numbers: Numbers, node: Value, x: list[float], right: float) -> float:
        p, q = (numbers.data(parent) for parent in inner.parents)
        return p + sign * q * q

    return change


@slip("sum-for-product", is_general=True)
def add_instead_of_multiplying(segment: Segment) -> Iterator[Edit]:
    """You add {} instead of multiplying, or multiply instead of adding."""
    nodes = segment.find(lambda n: len(n.parents) == 2 and (is_product(n) or is_sum(n)))
    for node in nodes if not segment.is_gradient else ():
        if not is_difference(node):
            names = " and ".join(map(called, node.parents))
            yield change_value(
                [node],
                lambda numbers, n, x, right: x[0] + x[1] if is_product(n) else x[0] * x[1],
                names,
            )
