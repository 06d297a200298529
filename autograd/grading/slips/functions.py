"""Slips with the value of a function: forgotten, applied twice, another function or sign."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.operation import FLOATS, OPS, Op
from ...engine.ops import LOG
from ...engine.value import Value
from ..counterfactual import Compute, Edit, Numbers
from ..segment import Segment
from ..structure import is_function
from .connections import products_in
from .edits import change_node, change_value, misread, read_as, scale
from .slip import MOST_PLACES, one_by_one, places, slip

Change = Callable[[Op, float, float], float]
"""A function of an operation, its input and its correct value. It returns the wrong value."""


def _in_values(
    segment: Segment, change: Change, wanted: Callable[[Value], bool] = is_function
) -> Iterator[Edit]:
    """Yield the edit of all activations together, then the edit of each function."""
    if segment.is_gradient:
        return
    found = segment.find(wanted)
    activations = [node for node in found if node.op.activation]
    together = [activations] if len(activations) > 1 else []
    for nodes in [*together, *([node] for node in found)]:
        yield change_value(nodes, _compute(change), _called_at(nodes))


def _compute(change: Change) -> Compute:
    return lambda numbers, node, x, right: change(node.op, x[0], right)


def _called_at(nodes: list[Value]) -> str:
    """Return how a sentence names functions, such as "activation tanh at a"."""
    glyphs = {node.op.glyph for node in nodes}
    name = f" {glyphs.pop()}" if len(glyphs) == 1 else ""
    return ("activation" if nodes[0].op.activation else "function") + name + places(nodes)


@slip("function-forgotten")
def forget_function(segment: Segment) -> Iterator[Edit]:
    """You forget the {}."""
    yield from _in_values(segment, lambda op, x, right: x)
    factors = dict.fromkeys(other for _, other in products_in(segment))
    for node in [n for n in factors if is_function(n) and not n.label][:MOST_PLACES]:
        yield misread({node: read_as(node.parents[0])}, _called_at([node]))


@slip("function-twice")
def repeat_function(segment: Segment) -> Iterator[Edit]:
    """You apply the {} twice."""
    yield from _in_values(segment, lambda op, x, right: float(op.forward(FLOATS, right)))


@slip("slope-for-value")
def take_slope_for_value(segment: Segment) -> Iterator[Edit]:
    """You take the slope f′(z) of the {} instead of f(z) itself."""
    yield from _in_values(segment, lambda op, x, right: float(op.partials(FLOATS, right, x)[0]))


@slip("another-function")
def apply_another_function(segment: Segment) -> Iterator[Edit]:
    """You apply a different function from the one on the sheet{}."""
    for k in (0, 1):
        nodes = segment.find(lambda node, k=k: len(node.op.confused_with) > k)  # type: ignore[misc]
        if not segment.is_gradient:
            yield from one_by_one(
                nodes, lambda some, what, k=k: change_value(some, _other(k), what)  # type: ignore[misc]
            )  # fmt: skip


def _other(which: int) -> Compute:
    """Return the change to the value of another function that people confuse with this one."""
    return lambda numbers, node, x, right: float(
        OPS[node.op.confused_with[which]].forward(FLOATS, *x)
    )


@slip("exponent-sign")
def lose_sign_of_argument(segment: Segment) -> Iterator[Edit]:
    """You mix up f(z) and f(−z) in the {}, as with e^z and e^−z."""
    yield from _in_values(segment, lambda op, x, right: float(op.forward(FLOATS, -x)), _is_lopsided)


def _is_lopsided(node: Value) -> bool:
    """Whether f(−z) is neither f(z) nor −f(z), for a function f."""
    if not is_function(node):
        return False
    try:
        mirrored = abs(float(node.op.forward(FLOATS, -node.parents[0].data)))
    except (ArithmeticError, ValueError):
        return False
    return not math.isclose(mirrored, abs(node.data))


@slip("log10")
def use_log_ten(segment: Segment) -> Iterator[Edit]:
    """You use log₁₀ instead of the natural logarithm ln."""
    if logs := segment.with_ops(LOG):
        yield scale(logs, 1 / math.log(10))


@slip("degrees")
def use_degrees(segment: Segment) -> Iterator[Edit]:
    """You have the calculator set to degrees, although angles are in radians here."""
    waves = segment.find(lambda node: node.op.angle)  # sin, cos and tan

    def value(numbers: Numbers, node: Value, x: list[float], right: float) -> float:
        return float(node.op.forward(FLOATS, math.radians(x[0])))

    def slope(numbers: Numbers, node: Value, slot: int, partial: float, upstream: float) -> float:
        x = math.radians(numbers.data(node.parents[0]))
        return float(node.op.partials(FLOATS, node.op.forward(FLOATS, x), x)[0])

    if waves:
        yield change_node(waves, value, slope)
