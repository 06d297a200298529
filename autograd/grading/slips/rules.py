"""Slips with the rules of differentiation: quotients, powers, eᵘ, |w|."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.ops import ABS, EXP
from ...engine.value import Value
from ..counterfactual import Edit, Numbers
from ..naming import called
from ..segment import Segment
from ..structure import exponent_of, is_quotient
from .edits import change_edges, change_local, change_node, change_value
from .slip import slip


def _quotients(segment: Segment) -> list[Value]:
    return segment.find(is_quotient)


def _by_divisor(segment: Segment) -> Iterator[tuple[list[Value], str]]:
    """Yield the quotients by each divisor, and the name of the divisor."""
    groups: dict[Value, list[Value]] = {}
    for node in _quotients(segment):
        groups.setdefault(node.parents[1], []).append(node)
    yield from ((nodes, called(divisor)) for divisor, nodes in groups.items())


def _powers(segment: Segment) -> list[Value]:
    """Return the powers with a fixed exponent on the way of a gradient."""
    found = segment.find(lambda node: exponent_of(node.op) is not None)
    return found if segment.is_gradient else []


@slip("quotient-sign")
def lose_quotient_sign(segment: Segment) -> Iterator[Edit]:
    """You lose the minus sign of the quotient rule{}, although (u/v)′ = (u′v − uv′)/v²."""
    for node in _quotients(segment) if segment.is_gradient else ():
        yield change_edges([(node, 1)], lambda numbers, partial: -partial, f" at {called(node)}")


@slip("reciprocal-slope")
def take_reciprocal_slope(segment: Segment) -> Iterator[Edit]:
    """You take −1/u for the slope of 1/u{}, although it is −1/u²."""
    for node in _quotients(segment) if segment.is_gradient else ():
        for sign in (1.0, -1.0):
            what = f" at {called(node)}"
            yield change_edges([(node, 1)], _times(node.parents[1], sign), what)
    for node in _powers(segment):
        if exponent_of(node.op) == -1:
            yield change_edges([(node, 0)], _times(node.parents[0]), f" at {called(node)}")


@slip("divisor-square")
def forget_square_of_divisor(segment: Segment) -> Iterator[Edit]:
    """You divide by v instead of v²{}, although (u/v)′ = (u′v − uv′)/v²."""
    for node in _quotients(segment) if segment.is_gradient else ():
        if segment.inner.issuperset(node.parents):
            edges = [(node, 0), (node, 1)]
            yield change_edges(edges, _times(node.parents[1]), f" at {called(node)}")


def _times(factor: Value, sign: float = 1.0) -> Callable[[Numbers, float], float]:
    return lambda numbers, partial: sign * partial * numbers.data(factor)


@slip("divisor-lost", is_general=True)
def lose_divisor(segment: Segment) -> Iterator[Edit]:
    """You forget to divide by {}."""
    for nodes, divisor in _by_divisor(segment):
        yield change_node(
            nodes,
            lambda numbers, n, x, right: x[0],
            lambda numbers, n, slot, right, up: (
                right if slot else right * numbers.data(n.parents[1])
            ),
            divisor,
        )


@slip("quotient-turned", is_general=True)
def reverse_quotient(segment: Segment) -> Iterator[Edit]:
    """You divide the wrong way round in {}."""
    for node in _quotients(segment) if not segment.is_gradient else ():
        yield change_value([node], lambda numbers, n, x, right: x[1] / x[0], called(node))


@slip("product-for-quotient", is_general=True)
def multiply_instead_of_dividing(segment: Segment) -> Iterator[Edit]:
    """You multiply by {} instead of dividing."""
    for nodes, divisor in _by_divisor(segment):
        yield change_node(
            nodes,
            lambda numbers, n, x, right: x[0] * x[1],
            lambda numbers, n, slot, right, up: numbers.data(n.parents[1 - slot]),
            divisor,
        )


@slip("power-rule")
def keep_exponent(segment: Segment) -> Iterator[Edit]:
    """You keep the exponent in the slope of {}, although (uⁿ)′ = n·uⁿ⁻¹."""
    for node in _powers(segment):
        yield change_edges([(node, 0)], _times(node.parents[0]), called(node))


@slip("power-factor")
def forget_power_factor(segment: Segment) -> Iterator[Edit]:
    """You forget the factor n in the slope of {}, although (uⁿ)′ = n·uⁿ⁻¹."""
    for node in _powers(segment):
        n = exponent_of(node.op)
        if n and not node.op.square:  # the 2 of a square has slips of its own
            yield change_edges([(node, 0)], lambda numbers, p, n=n: p / n, called(node))  # type: ignore[misc]


@slip("exp-power-rule")
def use_power_rule_on_exp(segment: Segment) -> Iterator[Edit]:
    """You use the power rule on {}, although the slope of eᵘ is eᵘ itself."""
    for node in segment.with_ops(EXP) if segment.is_gradient else ():
        u, what = node.parents[0], called(node)
        yield change_edges([(node, 0)], _times(u), what)
        yield change_edges([(node, 0)], lambda numbers, p, u=u: p / math.e * numbers.data(u), what)  # type: ignore[misc]


@slip("abs-slope")
def take_slope_of_square(segment: Segment) -> Iterator[Edit]:
    """You take 2w or w for the slope of |w|, which is the sign of w."""
    sizes = segment.with_ops(ABS) if segment.is_gradient else []
    for factor in (2.0, 1.0) if sizes else ():
        yield change_local(
            sizes,
            lambda numbers, n, slot, p, up, k=factor: k * numbers.data(n.parents[0]),  # type: ignore[misc]
        )
