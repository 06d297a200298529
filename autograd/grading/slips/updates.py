"""Slips in an update: descent, momentum, Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit
from .slip import at, nodes_of, slip, weighted, without


def is_update(bench: Bench) -> bool:
    """Whether the number is a new value, w′, of something that is there already."""
    return bench.name.endswith("'") and bench.book.quantity(bench.name[:-1]) is not None


def _is_gradient(book_name: str) -> bool:
    return "/" in book_name


def gradients_in(bench: Bench) -> list[Value]:
    """Return the gradients that a formula uses."""
    found: dict[Value, None] = {}
    for node in bench.segment:
        for parent in node.parents:
            if _is_gradient(bench.book.places.get(parent, ("", ()))[0]):
                found[parent] = None
    return list(found)


def _holds_gradient(bench: Bench, node: Value) -> bool:
    """Whether a gradient is among what a node of the segment was computed from."""
    wanted, stack, seen = set(gradients_in(bench)), [node], set()
    while stack:
        top = stack.pop()
        if top in wanted:
            return True
        if top not in seen:
            seen.add(top)
            stack += [p for p in top.parents if p in bench.inner or p in wanted]
    return False


@slip(
    "value",
    "ascent",
    "the step went uphill: + for −",
    "descent subtracts: w − η ∂C/∂w",
)
def ascent(bench: Bench) -> Iterator[Edit]:
    """W + η·g for w − η·g."""
    for node in nodes_of(bench, "sub", "add") if is_update(bench) else ():
        if _holds_gradient(bench, node.parents[1]):
            turn = 1 if node.op.family == "sub" else -1
            yield weighted(node, [1, turn])


def _rates(bench: Bench) -> Iterator[tuple[Value, int]]:
    """Yield every product of a rate and a gradient, and the slot of the rate."""
    for node in nodes_of(bench, "mul", "div"):
        for slot, parent in enumerate(node.parents):
            other = node.parents[1 - slot]
            if not parent.parents and _holds_gradient(bench, other):
                yield node, slot


@slip(
    "value",
    "rate-forgotten",
    "the learning rate was forgotten",
    "the step is η times the gradient",
)
def rate_forgotten(bench: Bench) -> Iterator[Edit]:
    """W − g for w − η·g."""
    if is_update(bench):
        for node, slot in _rates(bench):
            yield without(node, 1 - slot)


@slip(
    "value",
    "rate-twice",
    "the learning rate was applied twice",
    "multiply the gradient by η once",
)
def rate_twice(bench: Bench) -> Iterator[Edit]:
    """W − η²·g for w − η·g."""
    if is_update(bench):
        for node, slot in _rates(bench):
            yield at(node, partial(_rate_again, slot))


def _rate_again(slot: int, base: Base, node: Value, x: list[float], right: float) -> float:
    return right * x[slot] if node.op.family == "mul" else right / x[slot]


@slip(
    "value",
    "step-alone",
    "this is the step, not the new value",
    "the new value is w − η ∂C/∂w",
)
def step_alone(bench: Bench) -> Iterator[Edit]:
    """η·g, without the w it is subtracted from."""
    old = bench.book.quantity(bench.name[:-1]) if is_update(bench) else None
    if old is not None and gradients_in(bench):
        w = old.at(bench.index).items[0]
        base = Base(bench.book, True)
        yield Edit(finish=lambda x: base.data(w) - x)
        yield Edit(finish=lambda x: x - base.data(w))


def _with_gradient(bench: Bench, change: Callable[[float, float], float]) -> Iterator[Edit]:
    """Yield the edit that puts something made of the step before's gradient in place of this."""
    book = bench.book
    swapped = {
        node: change(node.data, book.before[node.label])
        for node in gradients_in(bench)
        if node.label in book.before
    }
    if not swapped:
        return

    def compute(base: Base, node: Value, inputs: list[float], right: float) -> float:
        if not any(parent in swapped for parent in node.parents):
            return right
        changed = [swapped.get(p, x) for p, x in zip(node.parents, inputs, strict=True)]
        return float(node.op.forward(FLOATS, *changed))

    yield Edit(compute=compute)


@slip(
    "value",
    "stale-step",
    "the gradient of the step before was used",
    "after an update, compute the gradients anew",
)
def stale_step(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before."""
    yield from _with_gradient(bench, lambda now, before: before)


@slip(
    "value",
    "accumulated-step",
    "the gradient of the step before was added on",
    "start each step from zero gradients",
)
def accumulated_step(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before added on."""
    yield from _with_gradient(bench, lambda now, before: now + before)


@slip(
    "value",
    "correction-forgotten",
    "the bias correction was forgotten",
    "divide by 1 − βᵗ",
)
def correction_forgotten(bench: Bench) -> Iterator[Edit]:
    """M instead of m/(1 − βᵗ)."""
    for node in nodes_of(bench, "div"):
        if node.parents[1].op.family == "sub":
            yield at(node, lambda base, n, x, right: x[0])


def _one_minus_power(bench: Bench) -> Iterator[Value]:
    """Yield the nodes βᵗ of 1 − βᵗ."""
    for node in nodes_of(bench, "sub"):
        power = node.parents[1]
        if power.op.family in ("pow", "power"):
            yield power


@slip(
    "value",
    "correction-step",
    "βᵗ was taken with the t of another step",
    "the first step has t = 1",
)
def correction_step(bench: Bench) -> Iterator[Edit]:
    """βᵗ with the t of another step."""
    for node in _one_minus_power(bench):
        if node in bench.inner:
            for shift in (-1, 1):
                beta = node.parents[0]
                yield at(node, partial(_another_step, beta, shift))


def _another_step(
    beta: Value, shift: int, base: Base, node: Value, x: list[float], right: float
) -> float:
    return float(right * base.data(beta) ** shift)


@slip(
    "value",
    "correction-power",
    "1 − β was used for 1 − βᵗ",
    "β is raised to the number t of the step",
)
def correction_power(bench: Bench) -> Iterator[Edit]:
    """1 − β instead of 1 − βᵗ."""
    for node in _one_minus_power(bench):
        if node in bench.inner:
            yield at(node, lambda base, n, x, right: x[0])


@slip(
    "value",
    "share-forgotten",
    "the factor 1 − β was forgotten",
    "a running average is β·old + (1 − β)·new",
)
def share_forgotten(bench: Bench) -> Iterator[Edit]:
    """G instead of (1 − β)·g in a running average."""
    for node in nodes_of(bench, "mul"):
        for slot, parent in enumerate(node.parents):
            if parent.op.family == "sub" and not any(p.parents for p in parent.parents):
                yield without(node, 1 - slot)


@slip(
    "value",
    "shares-exchanged",
    "β and 1 − β were exchanged",
    "a running average is β·old + (1 − β)·new",
)
def shares_exchanged(bench: Bench) -> Iterator[Edit]:
    """(1 − β)·m + β·g instead of β·m + (1 − β)·g."""
    for node in nodes_of(bench, "add"):
        a, b = node.parents
        if a.op.family == b.op.family == "mul" and a in bench.inner and b in bench.inner:

            def change(
                base: Base, n: Value, x: list[float], right: float, a: Value = a, b: Value = b
            ) -> float:
                (p, u), (q, v) = ([base.data(f) for f in side.parents] for side in (a, b))
                return q * u + p * v

            yield at(node, change)


@slip(
    "value",
    "velocity-forgotten",
    "the velocity of the step before was forgotten",
    "momentum adds the new gradient to β times the old velocity",
)
def velocity_forgotten(bench: Bench) -> Iterator[Edit]:
    """The gradient alone, without the velocity of the step before."""
    old = bench.name.rstrip("'")
    own = [g for g in gradients_in(bench) if g.label.partition("/d")[2].partition("[")[0] == old]
    if own or not gradients_in(bench):
        return  # an update of what is differentiated has no velocity of its own
    for node in nodes_of(bench, "add", "sub"):
        if any(p.label.partition("[")[0] == old for q in node.parents for p in (q, *q.parents)):
            for slot in (0, 1):
                if _holds_gradient(bench, node.parents[slot]):
                    sign = -1 if slot and node.op.family == "sub" else 1
                    yield weighted(node, [sign * (k == slot) for k in (0, 1)])


@slip(
    "value",
    "root-forgotten",
    "the square root was forgotten",
    "divide by √v",
)
def square_root_forgotten(bench: Bench) -> Iterator[Edit]:
    """The number under the root, without the root."""
    for node in nodes_of(bench, "sqrt"):
        yield at(node, lambda base, n, x, right: x[0])
