"""Slips with signs, factors and the rules of single functions, in values and in gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import (
    Base,
    Bench,
    Compute,
    Edit,
    Local,
    change_edges,
    change_local,
    change_result,
    change_value,
    scale,
)
from ..naming import called
from .slip import MOST_PLACES, one_by_one, slip

_DIFFERENCES = ("half_squared_error", "squared_error", "sub")


def squares(bench: Bench) -> list[Value]:
    """Return the nodes of a segment that square something."""
    return bench.find(lambda node: node.op.square)


# --- signs ----------------------------------------------------------------------------------------


@slip("sign")
def error_turned(bench: Bench) -> Iterator[Edit]:
    """You take the error as (target − output) instead of (output − target)."""
    if bench.is_gradient and bench.nodes(*_DIFFERENCES):
        yield change_result(bench, lambda g: -g)


@slip("minus")
def minus_lost(bench: Bench) -> Iterator[Edit]:
    """You lose a minus sign, or write one too many{}."""
    if not bench.is_gradient or not bench.nodes(*_DIFFERENCES):
        yield change_result(bench, lambda x: -x)
    for node in bench.nodes("neg"):
        yield scale([node], -1.0, f" in {called(node)}")
    for node in bench.nodes("exp", "cos") if bench.is_gradient else ():
        if node.op.family == "cos" or node.parents[0].op.family == "neg":
            yield change_edges([(node, 0)], lambda base, partial: -partial)


def _at(node: Value, change: Compute) -> Compute:
    return lambda base, n, x, right: change(base, n, x, right) if n is node else right


def _at_slope(node: Value, change: Local) -> Local:
    return lambda base, n, slot, p, up: change(base, n, slot, p, up) if n is node else p


@slip("sign-of-term")
def term_sign(bench: Bench) -> Iterator[Edit]:
    """You use the wrong sign for {}."""
    for node in bench.nodes("sub", "add") if not bench.is_gradient else ():
        turn = 1 if node.op.family == "sub" else -1
        for signs, parent in ((1, turn), node.parents[1]), ((-1, -turn), node.parents[0]):
            yield weigh(node, signs, called(parent))
    for node in bench.nodes("dot") if not bench.is_gradient else ():
        half = len(node.parents) // 2
        for k in range(half if half <= MOST_PLACES else 0):
            term = f"{called(node.parents[k])}·{called(node.parents[half + k])}"
            yield change_value([node], _minus(2, k, half + k), term)
        if len(node.parents) % 2:
            bias = node.parents[-1]
            yield change_value([node], lambda base, n, x, right: right - 2 * x[-1], called(bias))


def weigh(node: Value, factors: tuple[float, float], what: str = "") -> Edit:
    """Return the edit that makes a node the sum of its two operands times these factors."""
    a, b = factors
    return change_value([node], lambda base, n, x, right: a * x[0] + b * x[1], what)


def _minus(times: float, *factors: int) -> Compute:
    """Return the change that subtracts the product of some operands from a sum."""
    return lambda base, n, x, right: right - times * math.prod(x[k] for k in factors)


@slip("difference-turned")
def difference_turned(bench: Bench) -> Iterator[Edit]:
    """You subtract the wrong way round in {}."""
    for node in bench.nodes("sub") if not bench.is_gradient else ():
        yield weigh(node, (-1, 1), called(node))


# --- ½, 2, squares and means ----------------------------------------------------------------------


@slip("two-doubled")
def half_lost(bench: Bench) -> Iterator[Edit]:
    """You lose the ½ in front of the square, so that a factor 2 is left over{}."""
    yield from _scale_squares(bench, 2.0)


def _scale_squares(bench: Bench, factor: float) -> Iterator[Edit]:
    found = squares(bench)
    if len(found) == 1:  # there is no doubt which square is meant
        yield scale(found, factor)
    else:
        yield from one_by_one(found, lambda nodes, what: scale(nodes, factor, what))


@slip("two-lost")
def two_lost(bench: Bench) -> Iterator[Edit]:
    """You lose the factor 2 of the square, or use ½ once too often{}."""
    yield from _scale_squares(bench, 0.5)


@slip("square")
def square_forgotten(bench: Bench) -> Iterator[Edit]:
    """You forget to square{}, or double instead."""
    if bench.is_gradient:
        return
    for node in squares(bench):
        for factor in (1.0, 2.0, 0.5):
            yield change_value([node], _inner_times(factor), f" {called(node)}")


def _inner_times(factor: float) -> Compute:
    def change(base: Base, node: Value, x: list[float], right: float) -> float:
        return factor * (x[0] if len(x) == 1 else x[0] - x[1])

    return change


def _counts(bench: Bench) -> dict[Value, float]:
    """Return the nodes that multiply by 1/m for a whole number m, and m."""
    found: dict[Value, float] = {}
    is_step = bench.name.endswith("'")  # where 0.1 is the learning rate
    for node in bench.nodes("div", *([] if is_step else ["mul"])):
        constants = [p for p in node.parents if not p.parents]
        for parent in constants:
            divides = node.op.family == "div" and parent is node.parents[1]
            m = parent.data if divides else 1 / parent.data if parent.data else 0.0
            if m > 1 and abs(m - round(m)) < 1e-9 and (divides or not parent.label):
                found[node] = float(round(m))
    return found


@slip("mean-forgotten")
def mean_forgotten(bench: Bench) -> Iterator[Edit]:
    """You forget the factor {}, so that this is a sum and not a mean."""
    for node, m in _counts(bench).items():
        yield scale([node], m, f"1/{m:g}")


@slip("mean-twice")
def mean_twice(bench: Bench) -> Iterator[Edit]:
    """You divide by {} twice."""
    for node, m in _counts(bench).items():
        yield scale([node], 1 / m, f"{m:g}")


@slip("mean-for-sum")
def mean_for_sum(bench: Bench) -> Iterator[Edit]:
    """You take the mean where the sheet adds up: there is no factor {}."""
    for node in bench.nodes("sum", "half_squared_error", "squared_error"):
        m = len(node.parents) if node.op.family == "sum" else len(node.parents) // 2
        if m > 1:
            yield scale([node], 1 / m, f"1/{m}")


# --- quotients, powers, logarithms ----------------------------------------------------------------


@slip("quotient-sign")
def quotient_sign(bench: Bench) -> Iterator[Edit]:
    """You lose the minus sign of the quotient rule{}: the slope of a/b in b is −a/b²."""
    for node in bench.nodes("div") if bench.is_gradient else ():
        yield change_edges([(node, 1)], lambda base, partial: -partial, f" at {called(node)}")


@slip("reciprocal-slope")
def reciprocal_slope(bench: Bench) -> Iterator[Edit]:
    """You take −1/u for the slope of 1/u, which is −1/u²{}."""
    for node in bench.nodes("div") if bench.is_gradient else ():
        yield change_edges([(node, 1)], _times(node.parents[1], 1), f" at {called(node)}")
        yield change_edges([(node, 1)], _times(node.parents[1], 1, -1.0), f" at {called(node)}")
    for node in bench.nodes("power") if bench.is_gradient else ():
        if node.op.name == "power(-1.0)":
            yield change_edges([(node, 0)], _times(node.parents[0], 1), f" at {called(node)}")


def _times(factor: Value, power: int, sign: float = 1.0) -> Callable[[Base, float], float]:
    return lambda base, partial: sign * partial * base.data(factor) ** power


@slip("divisor-lost")
def divisor_lost(bench: Bench) -> Iterator[Edit]:
    """You lose the divisor {}."""
    for node in bench.nodes("div"):
        divisor = node.parents[1]
        yield Edit(
            compute=_at(node, lambda base, n, x, right: x[0]),
            local=_at_slope(
                node,
                lambda base, n, slot, partial, up: (
                    partial * base.data(n.parents[1]) if slot == 0 else partial
                ),
            ),
            what=called(divisor),
        )


@slip("quotient-turned")
def quotient_turned(bench: Bench) -> Iterator[Edit]:
    """You divide the wrong way round in {}."""
    for node in bench.nodes("div") if not bench.is_gradient else ():
        yield change_value([node], lambda base, n, x, right: x[1] / x[0], called(node))


@slip("power-rule")
def power_rule(bench: Bench) -> Iterator[Edit]:
    """You keep the exponent in the slope of {}: it is n·uⁿ⁻¹, not n·uⁿ or uⁿ⁻¹."""

    def kept(base: Base, node: Value, slot: int, partial: float, upstream: float) -> float:
        return partial * base.data(node.parents[0])

    def without_factor(base: Base, node: Value, slot: int, partial: float, up: float) -> float:
        u, y = base.data(node.parents[0]), base.data(node)
        return y / u

    for node in bench.nodes("power", "square") if bench.is_gradient else ():
        yield change_local([node], kept, called(node))
        yield change_local([node], without_factor, called(node))


@slip("exp-power-rule")
def exp_power_rule(bench: Bench) -> Iterator[Edit]:
    """You use the power rule on {}: the slope of eᵘ is eᵘ itself, not u·eᵘ⁻¹."""

    def change(base: Base, node: Value, slot: int, partial: float, upstream: float) -> float:
        u = base.data(node.parents[0])
        return u * math.exp(u - 1)

    def times_u(base: Base, node: Value, slot: int, partial: float, upstream: float) -> float:
        return partial * base.data(node.parents[0])

    for node in bench.nodes("exp") if bench.is_gradient else ():
        yield change_local([node], change, called(node))
        yield change_local([node], times_u, called(node))


@slip("log-slope")
def log_slope(bench: Bench) -> Iterator[Edit]:
    """You take ln u itself, or 1, for the slope of {}, which is 1/u."""
    for node in bench.nodes("log") if bench.is_gradient else ():
        yield change_local([node], lambda base, n, slot, p, up: base.data(n), called(node))
        yield change_local([node], lambda base, n, slot, p, up: 1.0, called(node))


@slip("log10")
def log_ten(bench: Bench) -> Iterator[Edit]:
    """You use log₁₀ instead of the natural logarithm ln."""
    if logs := bench.nodes("log"):
        yield scale(logs, 1 / math.log(10))


@slip("degrees")
def degrees(bench: Bench) -> Iterator[Edit]:
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
def wave_slope(bench: Bench) -> Iterator[Edit]:
    """You use the same function for the slope{}: sin′ is cos, and cos′ is −sin."""
    waves = bench.nodes("sin", "cos") if bench.is_gradient else []
    yield from one_by_one(
        waves,
        lambda nodes, what: change_local(
            nodes, lambda base, n, slot, partial, up: base.data(n), what
        ),
    )


@slip("abs-slope")
def absolute_slope(bench: Bench) -> Iterator[Edit]:
    """You take 2w, w or 1 for the slope of |w|, which is the sign of w."""
    sizes = bench.nodes("abs") if bench.is_gradient else []
    if sizes:
        for factor in (2.0, 1.0):
            yield change_local(
                sizes,
                lambda base, n, slot, p, up, k=factor: k * base.data(n.parents[0]),  # type: ignore[misc]
            )
        yield change_local(sizes, lambda *_: 1.0)


# --- parts of a formula ---------------------------------------------------------------------------


@slip("bias-forgotten")
def bias_forgotten(bench: Bench) -> Iterator[Edit]:
    """You forget the bias {}."""
    for node in bench.nodes("dot") if not bench.is_gradient else ():
        if len(node.parents) % 2:
            bias = called(node.parents[-1])
            yield change_value([node], lambda base, n, x, right: right - x[-1], bias)


@slip("term-forgotten")
def term_forgotten(bench: Bench) -> Iterator[Edit]:
    """You leave the term {} out of the sum."""
    if bench.is_gradient:
        return
    for node in bench.nodes("dot"):
        half = len(node.parents) // 2
        for k in range(half if 1 < half <= MOST_PLACES else 0):
            term = f"{called(node.parents[k])}·{called(node.parents[half + k])}"
            yield change_value([node], _minus(1, k, half + k), term)
    for node in bench.nodes("add", "sum", "sub"):
        for k, parent in enumerate(node.parents[:MOST_PLACES]):
            sign = -1 if k and node.op.family == "sub" else 1
            yield change_value([node], _minus(sign, k), called(parent))


@slip("factor-forgotten")
def factor_forgotten(bench: Bench) -> Iterator[Edit]:
    """You leave out the factor {}."""
    for node in bench.nodes("mul"):
        for slot, parent in enumerate(node.parents):
            other = 1 - slot
            yield Edit(
                compute=_at(node, lambda base, n, x, right, k=other: x[k]),  # type: ignore[misc]
                local=_at_slope(
                    node,
                    lambda base, n, s, partial, up, k=other: 1.0 if s == k else partial,  # type: ignore[misc]
                ),
                what=called(parent),
            )
    for node in bench.nodes("dot") if not bench.is_gradient else ():
        half = len(node.parents) // 2
        for k in range(2 * half if half <= MOST_PLACES else 0):
            other = (k + half) % (2 * half)
            yield change_value(
                [node],
                lambda base, n, x, right, k=k, j=other: right - x[k] * x[j] + x[j],  # type: ignore[misc]
                called(node.parents[k]),
            )


@slip("brackets-ignored")
def brackets_ignored(bench: Bench) -> Iterator[Edit]:
    """You ignore the brackets around {}."""
    if bench.is_gradient:
        return
    for node in bench.nodes("mul", "div", "sub"):
        for slot, inner in enumerate(node.parents):
            if inner.label or inner not in bench.inner or inner.op.name not in ("add", "sub"):
                continue
            yield change_value([node], _without_brackets(inner, slot), called(inner))
    for node in squares(bench):
        inner = node.parents[0]
        if not inner.label and inner.op.family in ("add", "sub") and len(node.parents) == 1:
            yield change_value([node], _only_last_squared(inner), called(inner))
    for node in bench.nodes("half_squared_error"):
        yield change_value(
            [node],
            lambda base, n, x, right: (x[0] - x[1] ** 2) / 2,
            f"({called(node.parents[0])} − {called(node.parents[1])})",
        )


def _without_brackets(inner: Value, slot: int) -> Compute:
    sign = -1.0 if inner.op.family == "sub" else 1.0

    def change(base: Base, node: Value, x: list[float], right: float) -> float:
        p, q = (base.data(parent) for parent in inner.parents)
        other = x[1 - slot]
        if node.op.family == "mul":
            return other * p + sign * q if slot else p + sign * q * other
        if node.op.family == "div":
            return other / p + sign * q if slot else p + sign * q / other
        return other - p + sign * q if slot else right

    return change


def _only_last_squared(inner: Value) -> Compute:
    sign = -1.0 if inner.op.family == "sub" else 1.0

    def change(base: Base, node: Value, x: list[float], right: float) -> float:
        p, q = (base.data(parent) for parent in inner.parents)
        return p + sign * q * q

    return change


@slip("sum-for-product")
def sum_for_product(bench: Bench) -> Iterator[Edit]:
    """You add {} instead of multiplying, or multiply instead of adding."""
    for node in bench.nodes("mul", "add") if not bench.is_gradient else ():
        multiplies = node.op.family == "mul"
        yield change_value(
            [node],
            (lambda base, n, x, right: x[0] + x[1])
            if multiplies
            else (lambda base, n, x, right: x[0] * x[1]),
            " and ".join(map(called, node.parents)),
        )
