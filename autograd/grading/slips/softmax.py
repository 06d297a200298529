"""Slips at softmax and cross-entropy, however a sheet writes these."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.ops import EXP, LOG, LOGSUMEXP, SIGMOID, SOFTPLUS
from ...engine.value import Value
from ..counterfactual import Edit, Gather, Numbers
from ..segment import Segment
from ..structure import has_two_factors, is_difference, is_quotient, is_sum
from .edits import change_gradient, change_value
from .slip import one_by_one, slip

Read = Callable[[Numbers], float]


def probabilities(segment: Segment) -> dict[Value, Read]:
    """Return a function for each number before softmax or σ that reads its probability.

    There are none unless a logarithm follows, as in cross-entropy.
    """
    if not segment.sweep:
        return {}
    if not any(node.op in (LOG, LOGSUMEXP, SOFTPLUS) for node in segment.sweep.order):
        return {}
    quotients = _quotients(segment)
    ahead = [node for node in segment.nodes if node not in segment.stops]
    found = {node: _probability(segment, node, quotients) for node in ahead}
    found |= {node: read for node in ahead if (read := _by_scaled(segment, node, quotients))}
    scaled = {child for node in ahead for child, _ in segment.uses(node) if _is_scaled(node, child)}
    return {node: read for node, read in found.items() if read and node not in scaled}


def _is_scaled(z: Value, child: Value) -> bool:
    """Whether a node is z/T or a·z without a name, as in softmax with a temperature T."""
    return not child.label and has_two_factors(child) and z in child.parents and bool(z.label)


def _by_scaled(segment: Segment, z: Value, quotients: dict[Value, Value]) -> Read | None:
    """Return a function that reads the probability that softmax makes of z/T, or None."""
    for child, _ in segment.uses(z):
        if _is_scaled(z, child) and child in quotients:
            return _data_of(quotients[child])
    return None


def _slope_before(segment: Segment, z: Value, numbers: Numbers) -> float:
    """Return 1/T where softmax uses z/T, or 1 where it uses z."""
    scaled = [(child, k) for child, k in segment.uses(z) if _is_scaled(z, child)]
    return numbers.partials(scaled[0][0])[scaled[0][1]] if scaled else 1.0


def _probability(segment: Segment, z: Value, quotients: dict[Value, Value]) -> Read | None:
    """Return a function that reads the probability that softmax or σ makes of z, or None."""
    assert segment.sweep
    if z in quotients:
        return _data_of(quotients[z])
    for child, _ in segment.sweep.uses.get(z, []):
        if child.op is SIGMOID:
            return _data_of(child)
        if child.op is LOGSUMEXP:
            return lambda numbers, whole=child: math.exp(numbers.data(z) - numbers.data(whole))  # type: ignore[misc]
        for exp, _ in segment.sweep.uses.get(child, []):
            if exp.op is EXP:
                return _data_of(exp)
    return None


def _data_of(node: Value) -> Read:
    return lambda numbers: numbers.data(node)


def _quotients(segment: Segment) -> dict[Value, Value]:
    """Return the quotients whose dividend is exp(z), by z."""
    assert segment.sweep
    found = [n for n in (*segment.book.places, *segment.sweep.order) if is_quotient(n)]
    exps = {quotient.parents[0]: quotient for quotient in found}
    return {exp.parents[0]: exps[exp] for exp in exps if exp.op is EXP}


def _with_probability(
    segment: Segment, found: dict[Value, Read], change: Callable[[float, float], float]
) -> Gather:
    """Return the change that replaces a gradient by `change(gradient, probability)`."""

    def gather(numbers: Numbers, node: Value, parts: list[float], right: float) -> float:
        slope = _slope_before(segment, node, numbers)
        return slope * change(right / slope, found[node](numbers)) if slope else right

    return gather


@slip("one-hot")
def forget_target(segment: Segment) -> Iterator[Edit]:
    """You forget to subtract the target, although cross-entropy has the gradient p − target."""
    if found := probabilities(segment):
        yield change_gradient(found, _with_probability(segment, found, lambda right, p: p))


@slip("slope-after-cross-entropy")
def repeat_canceled_slope(segment: Segment) -> Iterator[Edit]:
    """You also multiply by p(1 − p), although the cross-entropy cancels this factor."""
    if found := probabilities(segment):
        nodes = [segment.node] if segment.node in found else [*found]
        twice = _with_probability(segment, found, lambda right, p: right * p * (1 - p))
        yield change_gradient(nodes, twice)


@slip("softmax-slope-alone")
def take_one_softmax_slope(segment: Segment) -> Iterator[Edit]:
    """You take p(1 − p) for the whole slope of softmax, although every p depends on every z."""
    if found := probabilities(segment):
        alone = _with_probability(segment, found, lambda right, p: p * (1 - p))
        yield change_gradient(found, alone)
    outputs = _softmax_outputs(segment)

    def times_slope(numbers: Numbers, node: Value, parts: list[float], right: float) -> float:
        p = numbers.data(outputs[node])
        return segment.gradient_of(outputs[node], numbers) * p * (1 - p)

    if outputs:
        yield change_gradient(outputs, times_slope)


def _softmax_outputs(segment: Segment) -> dict[Value, Value]:
    """Return the outputs of softmax, by its inputs."""
    found: dict[Value, Value] = {}
    for node in segment.nodes if segment.sweep else ():
        for child, slot in () if node in segment.stops else segment.uses(node):
            follower = next((user for user, _ in segment.uses(child)), None)
            if follower is not None and slot == 0 and _is_softmax(child, follower):
                found[node] = follower
    return found


def _is_softmax(first: Value, second: Value) -> bool:
    """Whether two steps are exp(z − logsumexp), or exp(z) and a division."""
    if is_difference(first):
        return first.parents[1].op is LOGSUMEXP and second.op is EXP
    is_share = is_quotient(second) and second.parents[0] is first
    return first.op is EXP and is_share and is_sum(second.parents[1])


@slip("softmax-unnormalized")
def forget_normalization(segment: Segment) -> Iterator[Edit]:
    """You forget to divide by the sum of all exponentials{}."""
    if segment.is_gradient:
        return
    yield from one_by_one(
        segment.with_ops(EXP), lambda nodes, what: change_value(nodes, _exp_alone, what)
    )
    quotients = segment.find(lambda node: is_quotient(node) and node.parents[0].op is EXP)
    yield from one_by_one(
        quotients,
        lambda nodes, what: change_value(nodes, lambda numbers, n, x, right: x[0], what),
    )


def _exp_alone(numbers: Numbers, node: Value, x: list[float], right: float) -> float:
    """Return exp(z) in place of exp(z − logsumexp(z)). Other values stay."""
    inner = node.parents[0]
    is_share = is_difference(inner) and inner.parents[1].op is LOGSUMEXP
    return math.exp(numbers.data(inner.parents[0])) if is_share else right
