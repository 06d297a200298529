"""Slips with a number that is used several times, so that several paths contribute."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.ops import LOGSUMEXP, MAXIMUM, MINIMUM
from ...engine.value import Value
from ..counterfactual import Edit
from ..definitions import stem
from ..naming import called
from ..segment import Segment
from ..structure import has_two_factors
from .edits import change_gradient, change_local
from .slip import MOST_PLACES, slip

Combine = Callable[[list[float]], float]
"""A function of the contributions of all uses of a node. It returns the wrong gradient."""


def _shared(segment: Segment) -> list[Value]:
    """Return the nodes with several uses, in order from `segment.node` toward the output."""
    if not segment.is_gradient:
        return []
    ahead = [n for n in segment.nodes if n not in segment.stops and n.op is not LOGSUMEXP]
    return [n for n in ahead if len(segment.uses(n)) > 1][:MOST_PLACES]


def _gather(nodes: list[Value], combine: Combine, what: str = "") -> Edit:
    return change_gradient(
        nodes,
        lambda numbers, node, parts, right: combine(parts) if len(parts) > 1 else right,
        what,
    )


def _of(node: Value, segment: Segment) -> str:
    return "" if node is segment.node else f" of {called(node)}"


def _path_names(segment: Segment, node: Value) -> list[str]:
    """Return words for each path from a node.

    A path is named after the next labeled node on it if each path has a different one, and else
    after its first node.
    """
    children = [child for child, _ in segment.uses(node)]
    ahead = [next_named(segment, child) for child in children]
    is_clear = all(n.label for n in ahead) and len({n.label for n in ahead}) == len(ahead)
    output = segment.sweep and segment.sweep.output
    return [
        f"straight to {n.label}" if n is output and n.label else f"through {called(n)}"
        for n in (ahead if is_clear else children)
    ]


def next_named(segment: Segment, node: Value) -> Value:
    """Return the next node with a name, or the last node before the way branches."""
    while not node.label and len(uses := segment.uses(node)) == 1:
        node = uses[0][0]
    return node


@slip("one-path", is_general=True)
def keep_one_path(segment: Segment) -> Iterator[Edit]:
    """You keep only one path{}, although the contributions of all paths add up."""
    shared = _shared(segment)
    for node in shared:
        names = _path_names(segment, node)
        for k, (child, _) in enumerate(segment.uses(node)[:MOST_PLACES]):
            # A LOGSUMEXP node is usually there because this package computes softmax with it. The
            # writer's sheet then has no path through it.
            if child.op is not LOGSUMEXP:
                yield _gather([node], _keep(k), f"{_of(node, segment)}, the one {names[k]}")
    for k in (0, -1) if len(shared) > 1 else ():
        yield _gather(shared, _keep(k))


@slip("one-layer")
def keep_one_layer(segment: Segment) -> Iterator[Edit]:
    """You count only {}, although the contributions of all uses add up."""
    for node in _shared(segment):
        places: dict[str, list[int]] = {}
        ahead = [next_named(segment, child) for child, _ in segment.uses(node)]
        for k, one in enumerate(ahead):
            places.setdefault(stem(one.label.partition("[")[0]), []).append(k)
        if "" in places or not 1 < len(places) < len(ahead):
            continue
        for kept in places.values():
            if len(kept) > 1:  # otherwise it is a single path
                names = " and ".join(dict.fromkeys(called(ahead[k]) for k in kept))
                yield _gather([node], _keep_some(kept), f"the uses of {called(node)} in {names}")


def _keep_some(kept: list[int]) -> Combine:
    return lambda parts: math.fsum(parts[k] for k in kept)


def _keep(k: int) -> Combine:
    return lambda parts: parts[k]


@slip("path-left-out")
def leave_out_path(segment: Segment) -> Iterator[Edit]:
    """You leave out the path {}, although the contributions of all paths add up."""
    for node in _shared(segment):
        names = _path_names(segment, node)
        for k, name in enumerate(names if 2 < len(names) <= MOST_PLACES else ()):
            yield _gather([node], _leave_out(k), name)


def _leave_out(k: int) -> Combine:
    return lambda parts: math.fsum(parts) - parts[k]


@slip("path-sign", is_general=True)
def reverse_path(segment: Segment) -> Iterator[Edit]:
    """You use the wrong sign for the path {}."""
    for node in _shared(segment):
        for k, name in enumerate(_path_names(segment, node)[:MOST_PLACES]):
            yield _gather([node], _reverse(k), name)


def _reverse(k: int) -> Combine:
    return lambda parts: math.fsum(parts) - 2 * parts[k]


@slip("held-constant", is_general=True)
def hold_constant(segment: Segment) -> Iterator[Edit]:
    """You treat {} as a constant, although it changes too."""
    between = segment.find(lambda node: bool(node.label)) if segment.is_gradient else []
    for node in between[:MOST_PLACES]:
        yield change_gradient([node], lambda *_: 0.0, called(node))


@slip("paths-multiplied")
def multiply_paths(segment: Segment) -> Iterator[Edit]:
    """You multiply the contributions of the paths{}, although they add up."""
    for node in _shared(segment):
        yield _gather([node], math.prod, _of(node, segment))


@slip("gate-both")
def open_both_gates(segment: Segment) -> Iterator[Edit]:
    """You let the gradient through {} to both inputs, although only one of them gets it."""
    if gates := _gates(segment):
        yield change_local(gates, lambda *_: 1.0, called(gates[0]))


@slip("gate-other")
def open_wrong_gate(segment: Segment) -> Iterator[Edit]:
    """You let the gradient through {} to the wrong input."""
    if gates := _gates(segment):
        yield change_local(gates, lambda b, n, slot, right, up: 1 - right, called(gates[0]))


def _gates(segment: Segment) -> list[Value]:
    return segment.with_ops(MAXIMUM, MINIMUM) if segment.is_gradient else []


@slip("upstream-dropped")
def drop_upstream(segment: Segment) -> Iterator[Edit]:
    """You forget to multiply by the gradient of {}, as the chain rule demands."""
    if not segment.is_gradient:
        return
    named = [n for n in segment.nodes if n.label and n is not segment.node][:MOST_PLACES]
    direct = [child for child, _ in segment.uses(segment.node)]
    for node in named:
        yield change_gradient([node], lambda numbers, n, parts, right: 1.0, called(node))
    if len(direct) > 1 and all(child in named for child in direct):
        what = f"{called(direct[0])} and the others"
        yield change_gradient(direct, lambda numbers, n, parts, right: 1.0, what)


@slip("product-rule")
def use_half_of_product_rule(segment: Segment) -> Iterator[Edit]:
    """You use only one half of the product rule{}, although (uv)′ = u′v + uv′."""
    if not segment.is_gradient:
        return
    products = segment.find(lambda n: has_two_factors(n) and segment.inner.issuperset(n.parents))
    for product in products[:MOST_PLACES]:
        for kept in (0, 1):
            yield Edit(
                local=lambda numbers, child, slot, partial, up, p=product, k=kept: (  # type: ignore[misc]
                    0.0 if child is p and slot != k else partial
                ),
                what=f" at {called(product)}",
            )
