"""Slips with the slope f′(z): forgotten, taken twice, at another z, of another function."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.operation import FLOATS, OPS, Op
from ...engine.ops import SIGMOID, TANH
from ...engine.value import Value
from ..counterfactual import Edit, Local, Numbers
from ..naming import called
from ..segment import Segment
from ..structure import TEXTBOOK, exponent_of, is_function
from .edits import change_local
from .slip import MOST_PLACES, one_by_one, places, slip

_SMALLEST = math.ulp(0.0)  # the smallest step away from a kink at 0

Slope = Callable[[Op, float, float], float]
"""A function of an operation, its input z and its output a. It returns the wrong slope."""


def _functions(segment: Segment) -> list[Value]:
    """Return the functions that are not activations, such as sin and ln."""
    return segment.find(lambda node: is_function(node) and not node.op.activation)


def _at_layers(segment: Segment, change: Local) -> Iterator[Edit]:
    """Yield the edits of the slopes of all activations, of each layer and of each function."""
    if not segment.is_gradient:
        return
    found = segment.activations
    layers: dict[str, list[Value]] = {}
    for node in found:
        layers.setdefault(segment.book.places.get(node, ("", ()))[0], []).append(node)
    if found:
        yield change_local(found, change, places(found))
    if 1 < len(layers) <= MOST_PLACES:
        yield from (change_local(group, change, places(group)) for group in layers.values())
    if len(layers) < len(found) <= MOST_PLACES:
        yield from (change_local([node], change, places([node])) for node in found)
    for node in _functions(segment)[:MOST_PLACES]:
        yield change_local([node], change, f" at {called(node)}")


def _take(slope: Slope) -> Local:
    def change(numbers: Numbers, child: Value, slot: int, partial: float, upstream: float) -> float:
        return slope(child.op, numbers.data(child.parents[0]), numbers.data(child))

    return change


def _formula(op: Op, z: float, a: float) -> float:
    """Return the textbook formula of a slope at any z and a, also if a is not f(z)."""
    return float(op.partials(TEXTBOOK, a, z)[0])


def _true_slope(op: Op, z: float) -> float:
    return float(op.partials(FLOATS, op.forward(FLOATS, z), z)[0])


@slip("dead-relu")
def pass_dead_relu(segment: Segment) -> Iterator[Edit]:
    """You let the gradient through the ReLU{}, although its slope is 0 where z is not above 0."""
    dead = [node for node in _rectifiers(segment) if node.partials == (0.0,)]
    if dead:
        yield change_local(dead, lambda *_: 1.0, places(dead))


def _rectifiers(segment: Segment) -> list[Value]:
    found = segment.activations if segment.is_gradient else []
    return [node for node in found if node.op.activation == "rectifying" and node.op.kinked]


@slip("f-prime-forgotten", is_general=True)
def forget_slope(segment: Segment) -> Iterator[Edit]:
    """You forget the slope f′(z){}."""
    yield from _at_layers(segment, lambda *_: 1.0)
    powers = segment.find(_is_inner_power) if segment.is_gradient else []
    for node in powers if len(powers) < 3 else ():  # more are the squares of a list
        yield change_local([node], lambda *_: 1.0, f" at {called(node)}")


def _is_inner_power(node: Value) -> bool:
    return exponent_of(node.op) is not None and not is_function(node)


@slip("f-for-f-prime")
def multiply_by_value(segment: Segment) -> Iterator[Edit]:
    """You multiply by f(z) itself instead of its slope f′(z){}."""
    yield from _at_layers(segment, _take(lambda op, z, a: a))


@slip("slope-cut")
def cut_slope(segment: Segment) -> Iterator[Edit]:
    """You take only 1 − a for the slope{}, although it is a(1 − a) of σ and 1 − a² of tanh."""
    if not segment.is_gradient:
        return
    nodes = [node for node in segment.activations if node.op in (SIGMOID, TANH)]
    cut = _take(lambda op, z, a: 1 - a)
    yield from one_by_one(nodes, lambda some, what: change_local(some, cut, what))


@slip("f-prime-at-a")
def put_output_into_slope(segment: Segment) -> Iterator[Edit]:
    """You put a into the slope f′{}, although f′ is taken at z."""
    yield from _at_layers(segment, _take(lambda op, z, a: _true_slope(op, a)))


@slip("f-prime-formula-at-z")
def put_input_into_formula(segment: Segment) -> Iterator[Edit]:
    """You put z into the formula of the slope{}, although a(1 − a) and 1 − a² need a = f(z)."""
    yield from _at_layers(segment, _take(lambda op, z, a: _formula(op, z, z)))


@slip("slope-of-another")
def take_slope_of_another(segment: Segment) -> Iterator[Edit]:
    """You take the slope of another function{}: 1 − a² is that of tanh, a(1 − a) that of σ."""
    yield from _at_layers(segment, _of_another(lambda op, z, a: _formula(op, z, a)))
    yield from _at_layers(segment, _of_another(lambda op, z, a: _formula(op, z, z)))
    yield from _at_layers(segment, _of_another(lambda op, z, a: _true_slope(op, z)))


def _of_another(slope: Slope) -> Local:
    """Return the change to the slope of the function that people confuse most with this one."""

    def change(numbers: Numbers, child: Value, slot: int, partial: float, upstream: float) -> float:
        others = [OPS[name] for name in child.op.confused_with]
        # The slope 0 or 1 of ReLU is no sign of it. Other slips drop a path or a slope too.
        likely = [other for other in others if child.op.kinked or not other.kinked]
        z, a = numbers.data(child.parents[0]), numbers.data(child)
        return slope(likely[0], z, a) if likely else partial

    return change


@slip("squashed-twice")
def take_slope_of_slope(segment: Segment) -> Iterator[Edit]:
    """You put the slope itself into the formula of the slope again{}."""
    yield from _at_layers(
        segment,
        lambda numbers, child, slot, partial, up: _formula(
            child.op, numbers.data(child.parents[0]), partial
        ),
    )


@slip("f-prime-twice")
def repeat_slope(segment: Segment) -> Iterator[Edit]:
    """You multiply by the slope f′(z) twice{}."""
    yield from _at_layers(segment, lambda numbers, child, slot, partial, up: partial * partial)


@slip("relu-on-gradient")
def apply_relu_to_gradient(segment: Segment) -> Iterator[Edit]:
    """You apply ReLU to the gradient, although only the sign of z decides what passes."""
    if relus := _rectifiers(segment):
        yield change_local(relus, lambda numbers, child, slot, partial, up: float(up > 0))


@slip("kink", is_choice=True)
def take_side_of_kink(segment: Segment) -> Iterator[Edit]:
    """You take the slope of one side of a kink, where by convention {}."""
    for node in segment.find(_is_at_kink) if segment.is_gradient else ():
        for z in (-_SMALLEST, _SMALLEST):
            slope = _true_slope(node.op, z)
            yield change_local([node], lambda *_, slope=slope: slope, node.op.convention)


def _is_at_kink(node: Value) -> bool:
    """Whether a node is a function of one number at its kink 0, as relu(0) is."""
    if not node.op.kinked or len(node.parents) != 1 or node.parents[0].data != 0:
        return False
    return _true_slope(node.op, -_SMALLEST) != _true_slope(node.op, _SMALLEST)
