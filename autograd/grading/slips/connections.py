"""Slips at a connection: the weight, the input, the bias, or those of a neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit
from .slip import MOST_PLACES, at_edge, called, slip, uses_inside


def _other_factor(child: Value, slot: int) -> Value | None:
    """Return what the parent in this slot is multiplied by: w for x, x for w."""
    if child.op.family == "mul":
        return child.parents[1 - slot]
    half = len(child.parents) // 2
    if child.op.family == "dot" and slot < 2 * half:
        return child.parents[(slot + half) % (2 * half)]
    return None


def _factors(bench: Bench) -> Iterator[tuple[Value, int, Value]]:
    """Yield child, slot and other factor for every product on the way to the output."""
    assert bench.sweep
    for node in bench.segment:
        if node in bench.stops and node is not bench.node:
            continue
        for child, slot in uses_inside(bench, node):
            other = _other_factor(child, slot)
            if other is not None:
                yield child, slot, other


@slip(
    "gradient",
    "input-dropped",
    "the input was forgotten",
    "∂C/∂w = δ · x: multiply by what comes in through this weight",
)
def input_dropped(bench: Bench) -> Iterator[Edit]:
    """∂z/∂w taken as 1, not x."""
    edges = [(child, slot) for child, slot in bench.uses if _other_factor(child, slot) is not None]
    if bench.node.parents or not edges:
        return

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        return 1.0 if (child, slot) in edges else right

    other = _other_factor(*edges[0])
    yield Edit(local=local, what=called(other) if other is not None else "")


@slip(
    "gradient",
    "weight-dropped",
    "the weight on the way back was forgotten",
    "∂C/∂a = Σ w · δ: multiply by the weight that a went through",
)
def weight_dropped(bench: Bench) -> Iterator[Edit]:
    """∂z/∂a taken as 1, not w."""
    edges = [(c, s, other) for c, s, other in _factors(bench) if bench.node.parents or c not in {
        use for use, _ in bench.uses
    }]  # fmt: skip
    for child, slot, other in edges[:MOST_PLACES]:
        yield at_edge((child, slot), lambda base: 1.0, called(other))
    if len(edges) > 1:
        wrong = {(child, slot) for child, slot, _ in edges}
        yield Edit(
            local=lambda base, child, slot, right, up: 1.0 if (child, slot) in wrong else right
        )


@slip(
    "gradient",
    "transposed",
    "the weights were read with their indices exchanged",
    "going back it is Wᵀδ: the weight from j to i is W[i,j]",
)
def transposed_weight(bench: Bench) -> Iterator[Edit]:
    """W[j,i] for W[i,j], everywhere: W instead of Wᵀ."""
    places = bench.book.places
    cells = {place: node for node, place in places.items()}
    swapped: dict[tuple[Value, int], Value] = {}
    for child, slot, other in _factors(bench):
        name, index = places.get(other, ("", ()))
        mirror = cells.get((name, index[::-1])) if len(index) == 2 else None
        if mirror is not None and mirror is not other:
            swapped[child, slot] = mirror
    if swapped:
        yield Edit(
            local=lambda base, child, slot, right, up: (
                base.data(swapped[child, slot]) if (child, slot) in swapped else right
            )
        )


@slip(
    "gradient",
    "wrong-weight",
    "a neighbour's number was used",
    "take the weight, or the input, of this very connection",
)
def neighbours_weight(bench: Bench) -> Iterator[Edit]:
    """Another weight, or another input, of the same layer."""
    for child, slot, other in list(_factors(bench))[:MOST_PLACES]:
        for candidate in _neighbours(bench, child, other)[: 2 * MOST_PLACES]:
            yield at_edge(
                (child, slot),
                partial(_datum, candidate),
                f"{called(candidate)} for {called(other)}",
            )


def _datum(node: Value, base: Base) -> float:
    return base.data(node)


def _times(x: Value, edges: set[tuple[Value, int]]) -> Edit:
    """Return the edit that takes x for the local derivative of these edges."""

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        return base.data(x) if (child, slot) in edges else right

    return Edit(local=local, what=called(x))


def _neighbours(bench: Bench, child: Value, other: Value) -> list[Value]:
    """Return what could be mistaken for a factor: numbers beside it in its sum, or of its name."""
    name, index = bench.book.places.get(other, ("", ()))
    same = [
        node
        for node, (theirs, at) in bench.book.places.items()
        if theirs == name and index and at != index and len(at) == len(index)
    ]
    summed = _summands(bench, child)
    beside = [
        candidate
        for term in summed
        for candidate in term.parents
        if candidate.parents or not other.parents
    ]
    leaf = not other.parents
    kind = [c for c in beside if bool(not c.parents) == leaf and c is not other]
    return list(dict.fromkeys([*same, *kind]))


def _summands(bench: Bench, child: Value) -> list[Value]:
    """Return the products that stand in one sum with `child`."""
    assert bench.sweep
    if child.op.family == "dot":
        return [child]
    found: list[Value] = []
    stack, seen = [child], {child}
    while stack and len(found) < MOST_PLACES:
        node = stack.pop()
        if node.op.family == "mul":
            found.append(node)
        near = [user for user, _ in bench.sweep.uses.get(node, []) if user.op.family in _SUMS]
        near += [
            p for p in node.parents if node.op.family in _SUMS and p.op.family in (*_SUMS, "mul")
        ]
        stack += [n for n in near if n not in seen]
        seen.update(near)
    return found


_SUMS = ("add", "sub", "sum")


@slip(
    "gradient",
    "neighbours-gradient",
    "this is the gradient of another number",
    "look at which index belongs to which connection",
)
def neighbours_gradient(bench: Bench) -> Iterator[Edit]:
    """The gradient of another number of the same kind, written in this one's place."""
    assert bench.sweep
    kind = _kind(bench, bench.node)
    for other in [n for n in bench.sweep.uses if n is not bench.node and _kind(bench, n) == kind]:
        if len(bench.sweep.uses) <= _MOST_NAMED:
            yield Edit(finish=partial(_gradient_of, bench, other), what=called(other))


_MOST_NAMED = 200


def _kind(bench: Bench, node: Value) -> tuple[bool, str]:
    """Return whether a number is given, and its name without its number: W of W[1,2], w of w12."""
    name = bench.book.places.get(node, ("", ()))[0]
    return not node.parents, name.rstrip("0123456789'_") or f"node {id(node)}"


def _gradient_of(bench: Bench, node: Value, right: float) -> float:
    assert bench.sweep
    written = bench.sweep.written.get(node)
    return written.middle if written else bench.sweep.adjoint(node)


@slip(
    "gradient",
    "bias-times-input",
    "the bias gradient was multiplied by an input",
    "∂z/∂b = 1: the gradient of a bias is δ itself",
)
def bias_times_input(bench: Bench) -> Iterator[Edit]:
    """∂z/∂b taken as an input, not 1."""
    if bench.node.parents or len(bench.uses) > MOST_PLACES:
        return
    biased = [(c, s) for c, s in bench.uses if _other_factor(c, s) is None]
    inputs: dict[Value, None] = {}
    for child, _ in biased:
        sums = [child] if child.op.family == "dot" else _summands(bench, child)
        for term in sums:
            half = len(term.parents) // 2
            factors = term.parents[: 2 * half] if term.op.family in ("dot", "mul") else ()
            inputs.update(dict.fromkeys(factors))
    for x in list(inputs)[: 2 * MOST_PLACES]:
        yield _times(x, set(biased))


@slip(
    "gradient",
    "updated-weight",
    "the updated weight was used while back-propagating",
    "all gradients of a step use the old weights",
)
def updated_weight(bench: Bench) -> Iterator[Edit]:
    """The weight after its step, where the one before it belongs."""
    swapped: dict[Value, Value] = {}
    for _, _, other in _factors(bench):
        name, index = bench.book.places.get(other, ("", ()))
        new = bench.book.renewed(name, index) if name else None
        if new is not None:
            swapped[other] = new

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        other = _other_factor(child, slot)
        return base.data(swapped[other]) if other in swapped else right

    if swapped:
        yield Edit(local=local)
