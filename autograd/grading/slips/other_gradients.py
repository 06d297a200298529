"""Slips in which another gradient was written: a neighbor's, an old one, one of other weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..bench import Bench
from ..counterfactual import Base, Edit, Gather, Local
from ..scope import stem
from .edits import change_gradient, change_result
from .misreadings import mirrored
from .slip import MOST_PLACES, instead_of, slip

_MOST_GRADIENTS = 200  # of one sweep; in a larger one, another gradient is not looked for


@slip("transposed-gradient")
def transpose_gradient(bench: Bench) -> Iterator[Edit]:
    """You write the matrix with its rows and columns exchanged."""
    mirror = mirrored(bench, bench.node)
    if mirror is not None and bench.sweep:
        yield change_gradient([bench.node], _gradient_of(bench, mirror))


@slip("neighbors-gradient", is_general=True)
def write_neighbors_gradient(bench: Bench) -> Iterator[Edit]:
    """You write the gradient of {}."""
    if not bench.sweep or len(bench.sweep.uses) > _MOST_GRADIENTS:
        return
    kind = _kind(bench, bench.node)
    given = {leaf for leaf in bench.sweep.uses if leaf.label and not leaf.parents}
    alike = given if bench.node in given and len(given) <= MOST_PLACES else set[Value]()
    for other in bench.sweep.uses:
        if other is not bench.node and (other in alike or _kind(bench, other) == kind):
            what = instead_of(other, bench.node)
            yield change_gradient([bench.node], _gradient_of(bench, other), what)


def _kind(bench: Bench, node: Value) -> tuple[bool, str]:
    """Return whether a number is given, and the letters of its name, such as W for W[1,2]."""
    name = bench.book.places.get(node, ("", ()))[0]
    return not node.parents, stem(name) or f"node {id(node)}"


def _gradient_of(bench: Bench, node: Value) -> Gather:
    """Return the change of a gradient to that of another number."""
    return lambda base, here, parts, right: bench.gradient_of(node, base)


@slip("stale")
def keep_stale_gradient(bench: Bench) -> Iterator[Edit]:
    """You keep the gradient of the step before, although the weights have changed since."""
    yield from _with_gradient_before(bench, lambda right, before: before)


@slip("accumulated")
def accumulate_gradient(bench: Bench) -> Iterator[Edit]:
    """You add the gradient of the step before, although each step begins at zero."""
    yield from _with_gradient_before(bench, lambda right, before: right + before)


def _with_gradient_before(bench: Bench, mix: Callable[[float, float], float]) -> Iterator[Edit]:
    """Yield the edits that mix a gradient with that of the step before."""
    for before in bench.gradients_before([bench.name]) if bench.is_gradient else ():
        old = bench.sign * before[bench.name]
        yield change_result(bench, lambda right, old=old: mix(right, old))  # type: ignore[misc]


@slip("after-update")
def compute_after_update(bench: Bench) -> Iterator[Edit]:
    """You compute this gradient after {} was updated, although a step uses the old values."""
    if not bench.sweep or bench.stops:
        return
    new: dict[Value, Value] = {}
    for leaf in bench.sweep.uses:
        name, index = bench.book.places.get(leaf, ("", ()))
        renewed = bench.book.renewed(name, index) if name and not leaf.parents else None
        if renewed is not None:
            new[leaf] = renewed
    if new:
        names = list(dict.fromkeys(bench.book.places[leaf][0] for leaf in new))
        yield Edit(local=_slope_with(new, bench.sweep.order), what=" and ".join(names[:3]))


def _slope_with(new: dict[Value, Value], order: Sequence[Value]) -> Local:
    """Return the change of all slopes to those of the graph with new values of its leaves."""
    known: dict[bool, dict[Value, float]] = {}

    def compute(base: Base) -> dict[Value, float]:
        values = {leaf: base.data(other) for leaf, other in new.items()}
        for node in order:
            if node.parents:
                inputs = [values.get(p, base.data(p)) for p in node.parents]
                values[node] = float(node.op.forward(FLOATS, *inputs))
        return values

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        if base.own not in known:
            known[base.own] = compute(base)
        values = known[base.own]
        if child not in values:  # of another output, which the formula also differentiates
            return right
        inputs = [values.get(p, base.data(p)) for p in child.parents]
        return float(child.op.partials(FLOATS, values[child], *inputs)[slot])

    return local
