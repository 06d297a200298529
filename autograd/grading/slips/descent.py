"""Slips in an update by gradient descent: the step, the learning rate, the gradient used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...engine.value import Value
from ..counterfactual import Compute, Edit, Numbers
from ..naming import called
from ..segment import Segment
from ..structure import has_two_factors, is_quotient, is_sum, terms
from .edits import add_term, change_value, keep_operand, misread
from .slip import slip


def _updated(segment: Segment) -> Value | None:
    """Return the old value w if the number is an update w′, otherwise None."""
    old = segment.book.quantity(segment.name[:-1]) if segment.name.endswith("'") else None
    return old.at(segment.index).items[0] if old and len(segment.index) == len(old.shape) else None


def gradients_in(segment: Segment) -> set[Value]:
    """Return the gradients that a formula uses."""
    derivatives = segment.book.ledger.derivatives
    return {p for node in segment.nodes for p in node.parents if p in derivatives}


def _holds_gradient(segment: Segment, node: Value) -> bool:
    """Whether a node of the segment was computed from a gradient."""
    wanted, stack, seen = gradients_in(segment), [node], set[Value]()
    while stack:
        top = stack.pop()
        if top in wanted:
            return True
        if top not in seen:
            seen.add(top)
            stack += [p for p in top.parents if p in segment.inner or p in wanted]
    return False


@slip("ascent")
def reverse_step(segment: Segment) -> Iterator[Edit]:
    """You {}."""
    if _updated(segment) is None:
        return
    for node in segment.find(is_sum):
        step = terms(node)[1]
        if len(node.parents) == 2 and _holds_gradient(segment, node.parents[1]):
            words = "add the step, although your own formula subtracts it" if step.sign < 0 else (
                "subtract the step, although your own formula adds it"
            )  # fmt: skip
            yield change_value([node], add_term(-2, step), words)


def _rates(segment: Segment) -> Iterator[tuple[Value, int]]:
    """Yield every product of a learning rate and a gradient or velocity, with the rate's slot."""
    old = _updated(segment)
    for node in segment.find(has_two_factors) if old is not None else ():
        for slot, parent in enumerate(node.parents):
            other = node.parents[1 - slot]
            is_rate = not parent.parents and parent is not old
            if is_rate and (other.parents or _holds_gradient(segment, other)):
                yield node, slot


@slip("rate-forgotten")
def forget_rate(segment: Segment) -> Iterator[Edit]:
    """You forget the learning rate {}."""
    for node, slot in _rates(segment):
        yield keep_operand(node, 1 - slot, called(node.parents[slot]))


@slip("rate-twice")
def repeat_rate(segment: Segment) -> Iterator[Edit]:
    """You multiply by the learning rate {} twice."""
    for node, slot in _rates(segment):
        yield change_value([node], _apply_again(slot), called(node.parents[slot]))


def _apply_again(slot: int) -> Compute:
    def change(numbers: Numbers, node: Value, x: list[float], right: float) -> float:
        return right / x[slot] if is_quotient(node) else right * x[slot]

    return change


@slip("step-alone")
def write_step_alone(segment: Segment) -> Iterator[Edit]:
    """You write the step instead of the new value, which is {} minus the step."""
    old = _updated(segment)
    adds_step = is_sum(segment.node) and old in segment.node.parents
    if old is not None and (adds_step or gradients_in(segment)):
        for sign in (1.0, -1.0):
            yield change_value([segment.node], _distance(old, sign), called(old))


def _distance(old: Value, sign: float) -> Compute:
    return lambda numbers, n, x, right: sign * (numbers.data(old) - right)


@slip("not-updated")
def keep_old_value(segment: Segment) -> Iterator[Edit]:
    """You keep the old value of {}, as if there were no step."""
    old = _updated(segment)
    if old is not None:
        yield change_value(
            [segment.node], lambda numbers, n, x, right: numbers.data(old), called(old)
        )


def _mix_in_gradients_before(segment: Segment, share: float) -> Iterator[Edit]:
    """Yield the edit that replaces each gradient g by share·g + g₀, with g₀ of the step before."""
    used = {g.label: g for g in gradients_in(segment)}
    for before in segment.gradients_before(used):
        yield misread({used[name]: _mixed(used[name], share, old) for name, old in before.items()})


def _mixed(gradient: Value, share: float, before: float) -> Callable[[Numbers], float]:
    return lambda numbers: share * numbers.data(gradient) + before


@slip("stale-step")
def step_with_stale_gradient(segment: Segment) -> Iterator[Edit]:
    """You use the gradient of the step before, although the weights have changed since."""
    yield from _mix_in_gradients_before(segment, 0.0)


@slip("accumulated-step")
def step_with_accumulated_gradient(segment: Segment) -> Iterator[Edit]:
    """You still add the gradient of the step before, which has to be set back to zero."""
    yield from _mix_in_gradients_before(segment, 1.0)
