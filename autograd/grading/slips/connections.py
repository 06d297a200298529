"""Slips at a connection: the weight, the input or the bias forgotten, or another number read."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from ...engine.value import Value
from ..counterfactual import Edit, Numbers
from ..naming import called
from ..segment import Segment, Use
from ..structure import is_product, is_sum, terms
from .edits import change_edges
from .slip import MOST_PLACES, slip


def other_factor(child: Value, slot: int) -> Value | None:
    """Return the number that the parent in this slot is multiplied by, or None."""
    for term in terms(child):
        if len(term.slots) == 2 and slot in term.slots:
            first, second = term.slots
            return child.parents[second if slot == first else first]
    return None


def products_in(segment: Segment) -> list[tuple[Use, Value]]:
    """Return the products on the way to the output: the use of a factor, and the other factor."""
    found = []
    for node in segment.nodes if segment.is_gradient else ():
        if node is segment.node or node not in segment.stops:
            for child, slot in segment.uses(node):
                other = other_factor(child, slot)
                if other is not None:
                    found.append(((child, slot), other))
    return found


@slip("input-dropped")
def forget_input(segment: Segment) -> Iterator[Edit]:
    """You forget to multiply by {}, the other factor of the product."""
    if not segment.is_gradient or segment.node.parents:
        return
    found = [
        (use, other) for use, other in products_in(segment) if use in segment.uses(segment.node)
    ]
    if found:
        yield change_edges([use for use, _ in found], lambda *_: 1.0, called(found[0][1]))


@slip("weight-dropped", is_general=True)
def forget_weight(segment: Segment) -> Iterator[Edit]:
    """You forget to multiply by the weight{} on the way back."""
    if not segment.is_gradient:
        return
    direct = () if segment.node.parents else segment.uses(segment.node)
    products = products_in(segment)
    found = [(use, other) for use, other in products if use not in direct and other.label]
    for use, other in found[:MOST_PLACES]:
        yield change_edges([use], lambda *_: 1.0, f" {called(other)}")
    if len(found) > 1:
        yield change_edges([use for use, _ in found], lambda *_: 1.0)


@slip("bias-times-input")
def multiply_bias_by_input(segment: Segment) -> Iterator[Edit]:
    """You multiply the gradient of the bias by {}, although a bias has no input."""
    if not segment.is_gradient or segment.node.parents:
        return
    if len(segment.uses(segment.node)) > MOST_PLACES:
        return
    biased = [use for use in segment.uses(segment.node) if other_factor(*use) is None]
    inputs = {use: _inputs_beside(segment, use[0]) for use in biased}
    all_inputs = dict.fromkeys(itertools.chain(*inputs.values()))
    for x in [x for x in all_inputs if all(x in own for own in inputs.values())][: 2 * MOST_PLACES]:
        yield change_edges(biased, _times(x), called(x))
    if len(biased) > 1:  # the bias is used for every example, and each has its own input
        for own in zip(*inputs.values(), strict=False):
            yield _times_each(dict(zip(biased, own, strict=True)))


def _times_each(inputs: dict[Use, Value]) -> Edit:
    """Return the edit that multiplies the local derivative of each use by its input."""

    def local(numbers: Numbers, child: Value, slot: int, partial: float, upstream: float) -> float:
        x = inputs.get((child, slot))
        return partial if x is None else partial * numbers.data(x)

    return Edit(local=local, what="the input of each example")


def _times(x: Value) -> Callable[[Numbers, float], float]:
    return lambda numbers, partial: partial * numbers.data(x)


def _inputs_beside(segment: Segment, child: Value) -> list[Value]:
    """Return the factors of the products that are added up together with `child`."""
    return [
        node.parents[slot]
        for node in _summands(segment, child)
        for term in terms(node)
        for slot in (term.slots if len(term.slots) == 2 else ())
    ]


def _summands(segment: Segment, child: Value) -> list[Value]:
    """Return the products that are added up together with `child`."""
    assert segment.sweep
    if is_product(child) and len(terms(child)) > 1:
        return [child]
    found: list[Value] = []
    stack, seen = [child], {child}
    while stack and len(found) < MOST_PLACES:
        node = stack.pop()
        if is_product(node):
            found.append(node)
        near = [user for user, _ in segment.sweep.uses.get(node, []) if is_sum(user)]
        near += [p for p in node.parents if is_sum(node) and (is_sum(p) or is_product(p))]
        stack += [n for n in near if n not in seen]
        seen.update(near)
    return found
