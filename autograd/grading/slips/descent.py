"""Slips in an update by gradient descent: the step, the learning rate, the gradient used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...engine.value import Value
from ..bench import Bench
from ..counterfactual import Base, Compute, Edit
from ..naming import called
from ..structure import has_two_factors, is_quotient, is_sum, terms
from .edits import add_term, change_value, keep_operand, misread
from .slip import slip


def _updated(bench: Bench) -> Value | None:
    """Return the old value w if the number is an update w′, otherwise None."""
    old = bench.book.quantity(bench.name[:-1]) if bench.name.endswith("'") else None
    return old.at(bench.index).items[0] if old and len(bench.index) == len(old.shape) else None


def gradients_in(bench: Bench) -> set[Value]:
    """Return the gradients that a formula uses."""
    derivatives = bench.book.ledger.derivatives
    return {p for node in bench.segment for p in node.parents if p in derivatives}


def _holds_gradient(bench: Bench, node: Value) -> bool:
    """Whether a node of the segment was computed from a gradient."""
    wanted, stack, seen = gradients_in(bench), [node], set[Value]()
    while stack:
        top = stack.pop()
        if top in wanted:
            return True
        if top not in seen:
            seen.add(top)
            stack += [p for p in top.parents if p in bench.inner or p in wanted]
    return False


@slip("ascent")
def reverse_step(bench: Bench) -> Iterator[Edit]:
    """You {}."""
    for node in bench.find(is_sum) if _updated(bench) is not None else ():
        step = terms(node)[1]
        if len(node.parents) == 2 and _holds_gradient(bench, node.parents[1]):
            words = "add the step, although your own formula subtracts it" if step.sign < 0 else (
                "subtract the step, although your own formula adds it"
            )  # fmt: skip
            yield change_value([node], add_term(-2, step), words)


def _rates(bench: Bench) -> Iterator[tuple[Value, int]]:
    """Yield every product of a rate and a gradient, and the slot of the rate."""
    for node in bench.find(has_two_factors) if _updated(bench) is not None else ():
        for slot, parent in enumerate(node.parents):
            if not parent.parents and _holds_gradient(bench, node.parents[1 - slot]):
                yield node, slot


@slip("rate-forgotten")
def forget_rate(bench: Bench) -> Iterator[Edit]:
    """You forget the learning rate {}."""
    for node, slot in _rates(bench):
        yield keep_operand(node, 1 - slot, called(node.parents[slot]))


@slip("rate-twice")
def repeat_rate(bench: Bench) -> Iterator[Edit]:
    """You multiply by the learning rate {} twice."""
    for node, slot in _rates(bench):
        yield change_value([node], _apply_again(slot), called(node.parents[slot]))


def _apply_again(slot: int) -> Compute:
    def change(base: Base, node: Value, x: list[float], right: float) -> float:
        return right / x[slot] if is_quotient(node) else right * x[slot]

    return change


@slip("step-alone")
def write_step_alone(bench: Bench) -> Iterator[Edit]:
    """You write the step instead of the new value, which is {} minus the step."""
    old = _updated(bench)
    if old is not None and gradients_in(bench):
        for sign in (1.0, -1.0):
            yield change_value([bench.node], _distance(old, sign), called(old))


def _distance(old: Value, sign: float) -> Compute:
    return lambda base, n, x, right: sign * (base.data(old) - right)


@slip("not-updated")
def keep_old_value(bench: Bench) -> Iterator[Edit]:
    """You keep the old value of {}, as if there were no step."""
    old = _updated(bench)
    if old is not None:
        yield change_value([bench.node], lambda base, n, x, right: base.data(old), called(old))


def _mix_in_gradients_before(bench: Bench, share: float) -> Iterator[Edit]:
    """Yield the edit that reads share·g + g₀ for every gradient g.

    g₀ is the gradient of the step before.
    """
    used = {g.label: g for g in gradients_in(bench)}
    for before in bench.gradients_before(used):
        yield misread({used[name]: _mixed(used[name], share, old) for name, old in before.items()})


def _mixed(gradient: Value, share: float, before: float) -> Callable[[Base], float]:
    return lambda base: share * base.data(gradient) + before


@slip("stale-step")
def step_with_stale_gradient(bench: Bench) -> Iterator[Edit]:
    """You use the gradient of the step before, although the weights have changed since."""
    yield from _mix_in_gradients_before(bench, 0.0)


@slip("accumulated-step")
def step_with_accumulated_gradient(bench: Bench) -> Iterator[Edit]:
    """You still add the gradient of the step before, which has to be set back to zero."""
    yield from _mix_in_gradients_before(bench, 1.0)
