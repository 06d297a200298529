"""Slips with the rules of single functions: quotients, powers, logarithms, waves, |w|."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit
from ..naming import called
from .edits import change_edges, change_local, change_node, change_value, scale
from .slip import one_by_one, slip


@slip("quotient-sign")
def lose_quotient_sign(bench: Bench) -> Iterator[Edit]:
    """You lose the minus sign of the quotient rule{}, although (u/v)′ = (u′v − uv′)/v²."""
    for node in bench.nodes("div") if bench.is_gradient else ():
        yield change_edges([(node, 1)], lambda base, partial: -partial, f" at {called(node)}")


@slip("reciprocal-slope")
def take_reciprocal_slope(bench: Bench) -> Iterator[Edit]:
    """You take −1/u for the slope of 1/u{}, although it is −1/u²."""
    for node in bench.nodes("div") if bench.is_gradient else ():
        yield change_edges([(node, 1)], _times(node.parents[1], 1), f" at {called(node)}")
        yield change_edges([(node, 1)], _times(node.parents[1], 1, -1.0), f" at {called(node)}")
    for node in bench.nodes("power") if bench.is_gradient else ():
        if node.op.name == "power(-1.0)":
            yield change_edges([(node, 0)], _times(node.parents[0], 1), f" at {called(node)}")


def _times(factor: Value, power: int, sign: float = 1.0) -> Callable[[Base, float], float]:
    return lambda base, partial: sign * partial * base.data(factor) ** power


@slip("divisor-lost")
def lose_divisor(bench: Bench) -> Iterator[Edit]:
    """You lose the divisor {}."""
    for node in bench.nodes("div"):
        yield change_node([node], _dividend, _slope_of_dividend, called(node.parents[1]))


def _dividend(base: Base, node: Value, x: list[float], right: float) -> float:
    return x[0]


def _slope_of_dividend(base: Base, node: Value, slot: int, right: float, up: float) -> float:
    return right if slot else right * base.data(node.parents[1])


@slip("quotient-turned")
def reverse_quotient(bench: Bench) -> Iterator[Edit]:
    """You divide the wrong way round in {}."""
    for node in bench.nodes("div") if not bench.is_gradient else ():
        yield change_value([node], lambda base, n, x, right: x[1] / x[0], called(node))


@slip("power-rule")
def keep_exponent(bench: Bench) -> Iterator[Edit]:
    """You keep the exponent in the slope of {}, although (uⁿ)′ = n·uⁿ⁻¹."""
    for node in bench.nodes("power", "square") if bench.is_gradient else ():
        kept = _times(node.parents[0], 1)
        yield change_edges([(node, 0)], kept, called(node))


@slip("power-factor")
def forget_power_factor(bench: Bench) -> Iterator[Edit]:
    """You forget the factor n in the slope of {}, although (uⁿ)′ = n·uⁿ⁻¹."""

    def without_factor(base: Base, node: Value, slot: int, partial: float, up: float) -> float:
        return base.data(node) / base.data(node.parents[0])

    powers = [node for node in bench.nodes("power") if not node.op.square]
    for node in powers if bench.is_gradient else ():
        yield change_local([node], without_factor, called(node))


@slip("exp-power-rule")
def use_power_rule_on_exp(bench: Bench) -> Iterator[Edit]:
    """You use the power rule on {}, although the slope of eᵘ is eᵘ itself."""

    def change(base: Base, node: Value, slot: int, partial: float, upstream: float) -> float:
        u = base.data(node.parents[0])
        return u * math.exp(u - 1)

    def times_u(base: Base, node: Value, slot: int, partial: float, upstream: float) -> float:
        return partial * base.data(node.parents[0])

    for node in bench.nodes("exp") if bench.is_gradient else ():
        yield change_local([node], change, called(node))
        yield change_local([node], times_u, called(node))


@slip("log-slope")
def take_log_for_slope(bench: Bench) -> Iterator[Edit]:
    """You take ln u itself, or 1, for the slope of {}, which is 1/u."""
    for node in bench.nodes("log") if bench.is_gradient else ():
        yield change_local([node], lambda base, n, slot, p, up: base.data(n), called(node))
        yield change_local([node], lambda base, n, slot, p, up: 1.0, called(node))


@slip("root-slope")
def forget_half_of_root(bench: Bench) -> Iterator[Edit]:
    """You forget the ½ in the slope of {}, which is 1/(2√u)."""
    for node in bench.nodes("sqrt") if bench.is_gradient else ():
        yield change_edges([(node, 0)], lambda base, partial: 2 * partial, called(node))


@slip("log10")
def use_log_ten(bench: Bench) -> Iterator[Edit]:
    """You use log₁₀ instead of the natural logarithm ln."""
    if logs := bench.nodes("log"):
        yield scale(logs, 1 / math.log(10))


@slip("degrees")
def use_degrees(bench: Bench) -> Iterator[Edit]:
    """You have the calculator set to degrees, although angles are in radians here."""
    waves = bench.nodes("sin", "cos", "tan")

    def slope(base: Base, node: Value, slot: int, partial: float, upstream: float) -> float:
        x = math.radians(base.data(node.parents[0]))
        return float(node.op.partials(FLOATS, node.op.forward(FLOATS, x), x)[0])

    if waves:
        value = change_value(
            waves, lambda base, n, x, right: float(n.op.forward(FLOATS, math.radians(x[0])))
        )
        yield Edit(value.compute, change_local(waves, slope).local)


@slip("wave-slope")
def keep_wave(bench: Bench) -> Iterator[Edit]:
    """You keep the same function for the slope{}, although sin′ = cos and cos′ = −sin."""
    waves = bench.nodes("sin", "cos") if bench.is_gradient else []
    yield from one_by_one(
        waves,
        lambda nodes, what: change_local(
            nodes, lambda base, n, slot, partial, up: base.data(n), what
        ),
    )


@slip("abs-slope")
def take_slope_of_square(bench: Bench) -> Iterator[Edit]:
    """You take 2w, w or 1 for the slope of |w|, which is the sign of w."""
    sizes = bench.nodes("abs") if bench.is_gradient else []
    if sizes:
        for factor in (2.0, 1.0):
            yield change_local(
                sizes,
                lambda base, n, slot, p, up, k=factor: k * base.data(n.parents[0]),  # type: ignore[misc]
            )
        yield change_local(sizes, lambda *_: 1.0)
