"""Slips in an update: descent, momentum, Adam."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.value import Value
from ..counterfactual import Base, Bench, Compute, Edit
from ..naming import called
from ..scope import stem
from .edits import change_value, keep_operand, misread, weigh
from .slip import slip


def _updated(bench: Bench) -> Value | None:
    """Return the old number where the bench is an update, w′, of something that is there."""
    old = bench.book.quantity(bench.name[:-1]) if bench.name.endswith("'") else None
    return old.at(bench.index).items[0] if old and len(bench.index) == len(old.shape) else None


def gradients_in(bench: Bench) -> set[Value]:
    """Return the gradients that a formula uses."""
    derivatives = bench.book.ledger.derivatives
    return {p for node in bench.segment for p in node.parents if p in derivatives}


def _holds_gradient(bench: Bench, node: Value) -> bool:
    """Whether a gradient is among what a node of the segment was computed from."""
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
    for node in bench.nodes("sub", "add") if _updated(bench) is not None else ():
        if _holds_gradient(bench, node.parents[1]):
            subtracts = node.op.family == "sub"
            words = "add the step, although your own formula subtracts it" if subtracts else (
                "subtract the step, although your own formula adds it"
            )  # fmt: skip
            yield weigh(node, (1, 1 if subtracts else -1), words)


# --- descent --------------------------------------------------------------------------------------


def _rates(bench: Bench) -> Iterator[tuple[Value, int]]:
    """Yield every product of a rate and a gradient, and the slot of the rate."""
    for node in bench.nodes("mul", "div") if _updated(bench) is not None else ():
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
        return right * x[slot] if node.op.family == "mul" else right / x[slot]

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
    """Yield the edit that reads share × gradient + that of the step before for each gradient."""
    before = bench.book.before
    mixed = {g: before[g.label] for g in gradients_in(bench) if g.label in before}
    if mixed:
        yield misread(
            {g: lambda base, g=g, old=old: share * base.data(g) + old for g, old in mixed.items()}  # type: ignore[misc]
        )


@slip("stale-step")
def step_with_stale_gradient(bench: Bench) -> Iterator[Edit]:
    """You use the gradient of the step before, although the weights have changed since."""
    yield from _mix_in_gradients_before(bench, 0.0)


@slip("accumulated-step")
def step_with_accumulated_gradient(bench: Bench) -> Iterator[Edit]:
    """You still add the gradient of the step before, which has to be set back to zero."""
    yield from _mix_in_gradients_before(bench, 1.0)


# --- momentum and Adam ----------------------------------------------------------------------------


def _complements(bench: Bench) -> set[Value]:
    """Return the differences of given numbers in a formula, such as 1 − β or 1 − βᵗ."""
    return {n for n in bench.nodes("sub") if not n.label and _is_given(n.parents[0], 1)}


def _is_given(node: Value, depth: int) -> bool:
    """Whether a node is a given number, or computed from given numbers in a few operations."""
    return not node.parents or (depth > 0 and all(_is_given(p, depth - 1) for p in node.parents))


def _corrections(bench: Bench) -> list[Value]:
    """Return the divisions by 1 − βᵗ."""
    corrections = _complements(bench)
    return [node for node in bench.nodes("div") if node.parents[1] in corrections]


@slip("correction-forgotten")
def forget_correction(bench: Bench) -> Iterator[Edit]:
    """You forget the bias correction{}, the division by 1 − βᵗ."""
    found = _corrections(bench)
    if len(found) > 1:
        yield change_value(found, lambda base, n, x, right: x[0], "s, all of them")
    for node in found:
        yield keep_operand(node, 0, f" of {called(node.parents[0])}" * (len(found) > 1))


def _powers(bench: Bench) -> list[Value]:
    """Return the powers βᵗ in 1 − βᵗ."""
    powers = (node.parents[1] for node in _complements(bench))
    return [p for p in powers if p in bench.inner and p.op.name.startswith("pow")]


@slip("correction-power")
def forget_correction_power(bench: Bench) -> Iterator[Edit]:
    """You use 1 − β instead of 1 − βᵗ."""
    if powers := _powers(bench):
        yield change_value(powers, lambda base, n, x, right: x[0])
    for node in powers if len(powers) > 1 else ():
        yield keep_operand(node, 0)


@slip("correction-step")
def shift_correction_step(bench: Bench) -> Iterator[Edit]:
    """You put the t of another step into 1 − βᵗ, although the first step has t = 1."""
    for shift in (-1, 1):
        if powers := _powers(bench):
            yield change_value(powers, _shift_exponent(shift))


def _shift_exponent(shift: int) -> Compute:
    return lambda base, node, x, right: float(right * base.data(node.parents[0]) ** shift)


def _shares(bench: Bench) -> list[tuple[Value, int]]:
    """Return the products with 1 − β, and the slot of 1 − β."""
    complements = _complements(bench)
    return [
        (node, slot)
        for node in bench.nodes("mul")
        for slot, parent in enumerate(node.parents)
        if parent in complements
    ]


@slip("share-forgotten")
def forget_share(bench: Bench) -> Iterator[Edit]:
    """You forget the factor {} in the running average."""
    for node, slot in _shares(bench):
        yield keep_operand(node, 1 - slot, called(node.parents[slot]))


def _averages(bench: Bench) -> list[tuple[Value, Value, Value]]:
    """Return the sums of two products, β·old + (1 − β)·new or β·old + new."""
    return [
        (node, *node.parents)
        for node in bench.nodes("add")
        if len(node.parents) == 2 and node.parents[0].op.family == "mul"
    ]  # fmt: skip


@slip("share-added")
def add_share(bench: Bench) -> Iterator[Edit]:
    """You multiply the gradient by 1 − {}, although this momentum adds the whole gradient."""
    for node, old, new in _averages(bench):
        beta = next((p for p in old.parents if not p.parents and 0 < p.data < 1), None)
        if beta is not None and not any(new is product for product, _ in _shares(bench)):
            yield change_value([node], _share(beta), called(beta))


def _share(beta: Value) -> Compute:
    return lambda base, n, x, right: x[0] + (1 - base.data(beta)) * x[1]


@slip("shares-exchanged")
def exchange_shares(bench: Bench) -> Iterator[Edit]:
    """You exchange the factors {} of the running average."""
    shares = dict(_shares(bench))
    for node, old, new in _averages(bench):
        if (old in shares) != (new in shares) and new.op.family == "mul" and new in bench.inner:
            share = old if old in shares else new
            complement = share.parents[shares[share]]
            what = f"{called(complement.parents[1])} and {called(complement)}"
            yield change_value([node], _exchange(old, new, shares), what)


def _exchange(old: Value, new: Value, shares: dict[Value, int]) -> Compute:
    """Return the change that exchanges the factors β and 1 − β of two products."""
    share, rest = (old, new) if old in shares else (new, old)
    slot = shares[share]
    beta_slot = 0 if not rest.parents[0].parents and rest.parents[0] is not rest.parents[1] else 1

    def change(base: Base, node: Value, x: list[float], right: float) -> float:
        complement, value = base.data(share.parents[slot]), base.data(share.parents[1 - slot])
        beta, other = base.data(rest.parents[beta_slot]), base.data(rest.parents[1 - beta_slot])
        return complement * other + beta * value

    return change


@slip("velocity-forgotten")
def forget_velocity(bench: Bench) -> Iterator[Edit]:
    """You forget {}, the running average of the step before."""
    for node, old, _ in _averages(bench):
        places = ((p, bench.book.places.get(p, ("", ()))[0]) for p in old.parents)
        kept = [p for p, name in places if name and stem(name) == stem(bench.name)]
        if kept:
            yield keep_operand(node, 1, called(kept[0]))


@slip("root-forgotten")
def forget_root(bench: Bench) -> Iterator[Edit]:
    """You forget the square root{}."""
    for node in bench.nodes("sqrt") if not bench.is_gradient else ():
        yield keep_operand(node, 0, f" in {called(node)}")
