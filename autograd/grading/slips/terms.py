"""Slips with the parts of a formula: a term, a factor, a bias or brackets left out."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.value import Value
from ..counterfactual import Base, Bench, Compute, Edit, Local
from ..naming import called
from .edits import change_node, change_value, subtract_product
from .factors import squares
from .slip import MOST_PLACES, slip


@slip("bias-forgotten")
def forget_bias(bench: Bench) -> Iterator[Edit]:
    """You forget the bias {}."""
    for node in bench.nodes("dot", "add") if not bench.is_gradient else ():
        bias = node.parents[-1]
        is_dot = node.op.family == "dot" and len(node.parents) % 2
        if is_dot or (node.op.family == "add" and _is_bias(bias, node.parents[0])):
            yield change_value([node], lambda base, n, x, right: right - x[-1], called(bias))


def _is_bias(bias: Value, before: Value) -> bool:
    """Whether the second operand of a sum is a given number behind a product, or behind several."""
    return bool(bias.label) and not bias.parents and before.op.family in ("mul", "add", "sum")


@slip("term-forgotten")
def forget_term(bench: Bench) -> Iterator[Edit]:
    """You leave the term {} out of the sum."""
    if bench.is_gradient:
        return
    for node in bench.nodes("dot"):
        half = len(node.parents) // 2
        for k in range(half if len(node.parents) > 2 and half <= MOST_PLACES else 0):
            term = f"{called(node.parents[k])}·{called(node.parents[half + k])}"
            yield change_value([node], subtract_product(1, k, half + k), term)
    for node in bench.nodes("add", "sum", "sub"):
        for k, parent in enumerate(node.parents[:MOST_PLACES]):
            sign = -1 if k and node.op.family == "sub" else 1
            yield change_value([node], subtract_product(sign, k), called(parent))


@slip("factor-forgotten")
def forget_factor(bench: Bench) -> Iterator[Edit]:
    """You leave out the factor {}."""
    for node in bench.nodes("mul"):
        for slot, parent in enumerate(node.parents):
            yield change_node([node], _keep(1 - slot), _slope_one(1 - slot), called(parent))
    for node in bench.nodes("dot") if not bench.is_gradient else ():
        half = len(node.parents) // 2
        for k in range(2 * half if half <= MOST_PLACES else 0):
            other = (k + half) % (2 * half)
            yield change_value([node], _without_factor(k, other), called(node.parents[k]))


def _keep(slot: int) -> Compute:
    return lambda base, node, x, right: x[slot]


def _slope_one(kept: int) -> Local:
    """Return the change of the local derivative of what is left of a product to 1."""
    return lambda base, node, slot, right, up: 1.0 if slot == kept else right


def _without_factor(k: int, other: int) -> Compute:
    return lambda base, node, x, right: right - x[k] * x[other] + x[other]


@slip("brackets-ignored")
def ignore_brackets(bench: Bench) -> Iterator[Edit]:
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
def add_instead_of_multiplying(bench: Bench) -> Iterator[Edit]:
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
