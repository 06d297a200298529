"""Slips in which another gradient was written: a neighbor's, an old one, one of other weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Edit, Gather, Local, Numbers
from ..definitions import stem
from ..segment import Segment, Use
from .edits import change_gradient, change_result
from .misreadings import mirrored
from .repeated_use import next_named
from .slip import MOST_PLACES, instead_of, slip

_MOST_GRADIENTS = 200  # of one sweep; in a larger one, another gradient is not looked for


@slip("transposed-gradient")
def transpose_gradient(segment: Segment) -> Iterator[Edit]:
    """You write the matrix with its rows and columns exchanged."""
    mirror = mirrored(segment, segment.node)
    if mirror is not None and segment.sweep:
        yield change_gradient([segment.node], _gradient_of(segment, mirror))


@slip("neighbors-gradient", is_general=True)
def write_neighbors_gradient(segment: Segment) -> Iterator[Edit]:
    """You write the gradient of {}."""
    if not segment.sweep or len(segment.sweep.uses) > _MOST_GRADIENTS:
        return
    kind = _kind(segment, segment.node)
    given = {leaf for leaf in segment.sweep.uses if leaf.label and not leaf.parents}
    # On a small sheet, any given number may be mistaken for another.
    alike = given if segment.node in given and len(given) <= MOST_PLACES else set[Value]()
    for other in segment.sweep.uses:
        if other is not segment.node and (other in alike or _kind(segment, other) == kind):
            what = instead_of(other, segment.node)
            yield change_gradient([segment.node], _gradient_of(segment, other), what)


def _kind(segment: Segment, node: Value) -> tuple[bool, str]:
    """Return whether a number is computed, and the letters of its name, such as W for W[1,2]."""
    name = segment.book.places.get(node, ("", ()))[0]
    return bool(node.parents), stem(name) or f"node {id(node)}"  # a node without a name is alone


def _gradient_of(segment: Segment, node: Value) -> Gather:
    """Return the change of a gradient to that of another number."""
    return lambda numbers, here, parts, right: segment.gradient_of(node, numbers)


@slip("wrong-axis")
def add_over_wrong_axis(segment: Segment) -> Iterator[Edit]:
    """You add up the gradients of {} along the wrong axis of the matrix."""
    ahead = [next_named(segment, child) for child, _ in _several_uses(segment)]
    found = [(mirrored(segment, node), node) for node in ahead]
    mirrors = [node if mirror is None else mirror for mirror, node in found]
    names = {segment.book.places.get(node, ("", ()))[0] for node in ahead}
    if len(names) != 1 or mirrors == ahead or "" in names:
        return

    def gather(numbers: Numbers, node: Value, parts: list[float], right: float) -> float:
        return math.fsum(segment.gradient_of(mirror, numbers) for mirror in mirrors)

    yield change_gradient([segment.node], gather, names.pop())


def _several_uses(segment: Segment) -> list[Use]:
    """Return the uses of the number if it is added to several numbers, as a bias is."""
    uses = segment.uses(segment.node) if segment.is_gradient else []
    is_added = all(segment.numbers[0].partials(child)[slot] == 1 for child, slot in uses)
    return uses if 1 < len(uses) <= MOST_PLACES and is_added else []


@slip("stale")
def keep_stale_gradient(segment: Segment) -> Iterator[Edit]:
    """You keep the gradient of the step before, although the weights have changed since."""
    yield from _with_gradient_before(segment, lambda right, before: before)


@slip("accumulated")
def accumulate_gradient(segment: Segment) -> Iterator[Edit]:
    """You add the gradient of the step before, although each step begins at zero."""
    yield from _with_gradient_before(segment, lambda right, before: right + before)


def _with_gradient_before(segment: Segment, mix: Callable[[float, float], float]) -> Iterator[Edit]:
    """Yield the edits that mix a gradient with that of the step before."""
    for before in segment.gradients_before([segment.name]) if segment.is_gradient else ():
        old = segment.sign * before[segment.name]
        yield change_result(segment, lambda right, old=old: mix(right, old))  # type: ignore[misc]


@slip("after-update")
def compute_after_update(segment: Segment) -> Iterator[Edit]:
    """You compute this gradient after {} was updated, although a step uses the old values."""
    if not segment.sweep or segment.stops:
        return
    new: dict[Value, Value] = {}
    for leaf in segment.sweep.uses:
        name, index = segment.book.places.get(leaf, ("", ()))
        renewed = segment.book.renewed(name, index) if name and not leaf.parents else None
        if renewed is not None:
            new[leaf] = renewed
    if new:
        names = list(dict.fromkeys(segment.book.places[leaf][0] for leaf in new))
        yield Edit(local=_slope_with(new, segment.sweep.order), what=" and ".join(names[:3]))


def _slope_with(new: dict[Value, Value], order: Sequence[Value]) -> Local:
    """Return the change to the slopes that the graph has with new values of some leaves."""
    known: dict[bool, dict[Value, float]] = {}

    def compute(numbers: Numbers) -> dict[Value, float]:
        values = {leaf: numbers.data(other) for leaf, other in new.items()}
        for node in order:
            if node.parents:
                inputs = [values.get(p, numbers.data(p)) for p in node.parents]
                values[node] = float(node.op.forward(FLOATS, *inputs))
        return values

    def local(numbers: Numbers, child: Value, slot: int, right: float, upstream: float) -> float:
        if numbers.are_own not in known:
            known[numbers.are_own] = compute(numbers)
        values = known[numbers.are_own]
        if child not in values:  # of another output, which the formula also differentiates
            return right
        inputs = [values.get(p, numbers.data(p)) for p in child.parents]
        return float(child.op.partials(FLOATS, values[child], *inputs)[slot])

    return local
