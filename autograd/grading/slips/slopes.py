"""Slips at an activation: its slope forgotten, taken twice, taken at the wrong place."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit, LocalEdit, activations
from .slip import MOST_PLACES, on, slip


def _activation_edits(bench: Bench, change: LocalEdit) -> Iterator[Edit]:
    """Yield the edit at all activations, then for each layer of them, then for each alone."""
    found = list(activations(bench))
    if not found:
        return
    layers: dict[str, set[Value]] = {}
    for node in found:
        layers.setdefault(bench.book.places.get(node, ("", ()))[0], set()).add(node)
    yield on(set(found), change, _where(bench, found))
    if 1 < len(layers) <= MOST_PLACES:
        for members in layers.values():
            yield on(members, change, _where(bench, list(members)))
    if len(layers) < len(found) <= MOST_PLACES:
        for node in found:
            yield on({node}, change, _where(bench, [node]))


def _where(bench: Bench, nodes: list[Value]) -> str:
    names = sorted({node.label for node in nodes if node.label})
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


@slip(
    "gradient",
    "f-prime-forgotten",
    "f′(z) was forgotten",
    "δ = ∂C/∂a · f′(z): multiply by the slope of the activation",
)
def f_prime_forgotten(bench: Bench) -> Iterator[Edit]:
    """f′ taken as 1."""
    yield from _activation_edits(bench, lambda base, child, slot, partial, upstream: 1.0)


@slip(
    "gradient",
    "dead-relu",
    "the gradient was passed through a dead ReLU",
    "where z ≤ 0, ReLU′(z) = 0: nothing gets through",
)
def dead_passed(bench: Bench) -> Iterator[Edit]:
    """ReLU′ taken as 1 where z is not above 0."""
    dead = {n for n in activations(bench) if n.op.family == "relu" and n.partials == (0.0,)}
    if dead:
        yield on(dead, lambda *_: 1.0, _where(bench, list(dead)))


@slip(
    "gradient",
    "relu-on-gradient",
    "ReLU was applied to the gradient",
    "multiply by ReLU′(z), which is 1 or 0 by the sign of z, not of δ",
)
def relu_on_gradient(bench: Bench) -> Iterator[Edit]:
    """ReLU applied to the gradient, max(0, δ), instead of ReLU′(z)·δ."""
    relus = {node for node in activations(bench) if node.op.family == "relu"}
    if relus:
        yield on(relus, lambda base, child, slot, partial, up: float(up > 0), "")


@slip(
    "gradient",
    "f-for-f-prime",
    "f(z) was used where f′(z) belongs",
    "multiply by the slope f′(z), not by the activation a itself",
)
def f_for_f_prime(bench: Bench) -> Iterator[Edit]:
    """F(z) multiplied where f′(z) belongs."""
    yield from _activation_edits(bench, lambda base, child, *_: base.data(child))


@slip(
    "gradient",
    "f-prime-at-a",
    "f′ was taken at a instead of at z: the activation was applied to what is squashed already",
    "σ′(z) = a(1 − a): put z into σ′, or a into a(1 − a)",
)
def slope_at_output(bench: Bench) -> Iterator[Edit]:
    """f′(a) instead of f′(z): the sigmoid is applied to what is squashed already."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        a = base.data(child)
        again = child.op.forward(FLOATS, a)
        return float(child.op.partials(FLOATS, again, a)[0])

    yield from _activation_edits(bench, change)


@slip(
    "gradient",
    "f-prime-formula-at-z",
    "z was put into the formula for a, such as z(1 − z)",
    "a(1 − a) and 1 − a² are written in the output a",
)
def slope_formula_at_input(bench: Bench) -> Iterator[Edit]:
    """z(1 − z), or 1 − z²: the formula for the output, with the input put into it."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        z = base.data(child.parents[0])
        shapes = {"sigmoid": z * (1 - z), "tanh": 1 - z * z}
        return shapes.get(child.op.family, partial)

    yield from _activation_edits(bench, change)


@slip(
    "gradient",
    "squashed-twice",
    "the sigmoid's derivative was applied to an already squashed value twice",
    "a(1 − a) once is the whole slope",
)
def squashed_twice(bench: Bench) -> Iterator[Edit]:
    """a(1 − a) taken for a squashed value, and the slope taken of it once more: s(1 − s)."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        again = {"sigmoid": partial * (1 - partial), "tanh": 1 - partial * partial}
        return again.get(child.op.family, partial)

    yield from _activation_edits(bench, change)


@slip(
    "gradient",
    "f-prime-twice",
    "f′(z) was multiplied twice",
    "each activation on a path gives its slope once",
)
def f_prime_twice(bench: Bench) -> Iterator[Edit]:
    """f′ multiplied twice."""
    yield from _activation_edits(bench, lambda base, child, slot, partial, up: partial * partial)


def _softmax_of(bench: Bench, z: Value) -> Value | None:
    """Return the softmax output pᵢ that belongs to the input zᵢ, if there is one."""
    assert bench.sweep
    for child, _ in bench.sweep.uses.get(z, []):
        places = [child] if child.op.family == "exp" else []
        if child.op.family == "sub" and child.parents[1].op.family == "logsumexp":
            places = [user for user, _ in bench.sweep.uses[child] if user.op.family == "exp"]
        for exp in places:
            if child is not exp:
                return exp
            for quotient, slot in bench.sweep.uses[exp]:
                if quotient.op.family == "div" and slot == 0:
                    return quotient
    return None


@slip(
    "gradient",
    "one-hot",
    "the target was not subtracted: p instead of p − y",
    "after softmax and cross-entropy, δ = p − y",
)
def one_hot_forgotten(bench: Bench) -> Iterator[Edit]:
    """P instead of p − y."""
    if not bench.sweep:
        return
    probabilities: dict[Value, Value] = {}
    for node in bench.segment:
        p = _softmax_of(bench, node) or _log_softmax(bench, node)
        if p is not None and node not in bench.stops:
            probabilities[node] = p
    if probabilities:
        yield Edit(seed=lambda base, n: _probability(base, probabilities, n))


def _log_softmax(bench: Bench, z: Value) -> Value | None:
    """Return the logsumexp that z goes into directly."""
    assert bench.sweep
    for child, _ in bench.sweep.uses.get(z, []):
        if child.op.family == "logsumexp":
            return child
    return None


def _probability(base: Base, found: dict[Value, Value], node: Value) -> float | None:
    if node not in found:
        return None
    p = found[node]
    if p.op.family == "logsumexp":
        return math.exp(base.data(node) - base.data(p))
    return base.data(p)


@slip(
    "gradient",
    "slope-after-cross-entropy",
    "f′ was multiplied again after cross-entropy",
    "the logarithm has cancelled it: δ = p − y as it stands",
)
def slope_after_cross_entropy(bench: Bench) -> Iterator[Edit]:
    """(p − y)·p(1 − p): the slope that cross-entropy had cancelled, multiplied again."""
    assert bench.sweep
    if not any(node.op.family in ("log", "logsumexp") for node in bench.sweep.order):
        return
    squashed: dict[Value, Value] = {}
    for node in bench.segment:
        p = _softmax_of(bench, node) or _sigmoid_of(bench, node)
        if p is not None and (p in bench.inner or p in bench.sweep.exact):
            squashed[node] = p
    if not squashed:
        return
    if bench.node in squashed:
        p = squashed[bench.node]
        yield Edit(finish=lambda g: g * _bell(Base(bench.book, True).data(p)))
        return

    def gather(node: Value, parts: list[float]) -> float:
        total = math.fsum(parts)
        if node not in squashed:
            return total
        return total * _bell(Base(bench.book, True).data(squashed[node]))

    yield Edit(gather=gather)


def _bell(p: float) -> float:
    return p * (1 - p)


def _sigmoid_of(bench: Bench, z: Value) -> Value | None:
    assert bench.sweep
    users = bench.sweep.uses.get(z, [])
    return next((child for child, _ in users if child.op.family == "sigmoid"), None)
