"""Slips in the running averages of momentum and Adam, and in their bias corrections."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.ops import POW
from ...engine.value import Value
from ..counterfactual import Compute, Edit, Numbers
from ..definitions import stem
from ..naming import called
from ..segment import Segment
from ..structure import (
    Term,
    exponent_of,
    is_difference,
    is_product,
    is_quotient,
    is_sum,
    terms,
)
from .edits import change_value, keep_operand, misread, read_as
from .slip import slip


def _complements(segment: Segment) -> set[Value]:
    """Return the differences of given numbers in a formula, such as 1 − β or 1 − βᵗ."""
    return {n for n in segment.find(is_difference) if not n.label and _is_given(n.parents[0], 1)}


def _is_given(node: Value, depth: int) -> bool:
    """Whether a node is computed from given numbers in at most `depth` nested operations."""
    return not node.parents or (depth > 0 and all(_is_given(p, depth - 1) for p in node.parents))


# --- bias corrections -----------------------------------------------------------------------------


def _corrections(segment: Segment) -> list[Value]:
    """Return the divisions by 1 − βᵗ."""
    corrections = _complements(segment)
    return segment.find(lambda node: is_quotient(node) and node.parents[1] in corrections)


@slip("correction-forgotten")
def forget_correction(segment: Segment) -> Iterator[Edit]:
    """You forget the bias correction{}, the division by 1 − βᵗ."""
    found = _corrections(segment)
    if len(found) > 1:  # "… the bias corrections, all of them, the division by …"
        yield change_value(found, lambda numbers, n, x, right: x[0], "s, all of them")
    for node in found:
        yield keep_operand(node, 0, f" of {called(node.parents[0])}" * (len(found) > 1))
    # A correction may also be a line of its own, whose result was not used.
    outside = {p for node in segment.nodes for p in node.parents} - segment.inner
    corrected = {p: read_as(p.parents[0]) for p in outside if _is_corrected(p)}
    if corrected:
        yield misread(corrected, "s, all of them" * (len(corrected) > 1))


def _is_corrected(node: Value) -> bool:
    """Whether a node is a quotient m/(1 − βᵗ), where 1 and βᵗ are given."""
    if not is_quotient(node) or not is_difference(node.parents[1]):
        return False
    return all(_is_given(parent, 1) for parent in node.parents[1].parents)


def _powers(segment: Segment) -> list[Value]:
    """Return the powers βᵗ in 1 − βᵗ."""
    subtracted = {node.parents[1] for node in _complements(segment)} & segment.inner
    return [n for n in subtracted if n.op is POW or exponent_of(n.op) is not None]


@slip("correction-power")
def forget_correction_power(segment: Segment) -> Iterator[Edit]:
    """You use 1 − β instead of 1 − βᵗ."""
    if powers := _powers(segment):
        yield change_value(powers, lambda numbers, n, x, right: x[0])
    for node in powers if len(powers) > 1 else ():
        yield keep_operand(node, 0)


@slip("correction-step")
def shift_correction_step(segment: Segment) -> Iterator[Edit]:
    """You put the t of another step into 1 − βᵗ, although the first step has t = 1."""
    for shift in (-1, 1):
        if powers := _powers(segment):
            yield change_value(powers, _shift_exponent(shift))


def _shift_exponent(shift: int) -> Compute:
    return lambda numbers, node, x, right: float(right * numbers.data(node.parents[0]) ** shift)


# --- running averages -----------------------------------------------------------------------------


def _shares(segment: Segment) -> list[tuple[Value, int]]:
    """Return the products with 1 − β, and the slot of 1 − β."""
    complements = _complements(segment)
    return [
        (node, slot)
        for node in segment.find(lambda node: is_product(node) and len(node.parents) == 2)
        for slot, parent in enumerate(node.parents)
        if parent in complements
    ]


@slip("share-forgotten")
def forget_share(segment: Segment) -> Iterator[Edit]:
    """You forget the factor {} in the running average."""
    for node, slot in _shares(segment):
        yield keep_operand(node, 1 - slot, called(node.parents[slot]))


def _averages(segment: Segment) -> list[tuple[Value, Value, Value]]:
    """Return each sum such as β·old + (1 − β)·new or β·old ± new, with its two operands."""
    found = segment.find(lambda node: is_sum(node) and len(node.parents) == 2)
    return [(node, *node.parents) for node in found if is_product(node.parents[0])]  # type: ignore[misc]


@slip("share-added")
def add_share(segment: Segment) -> Iterator[Edit]:
    """You multiply the gradient by 1 − {}, although this momentum adds the whole gradient."""
    for node, old, new in _averages(segment):
        beta = next((p for p in old.parents if not p.parents and 0 < p.data < 1), None)
        if beta is not None and not any(new is product for product, _ in _shares(segment)):
            yield change_value([node], _share(beta, terms(node)[1]), called(beta))


def _share(beta: Value, new: Term) -> Compute:
    return lambda numbers, n, x, right: right - numbers.data(beta) * new.value(x)


@slip("shares-exchanged")
def exchange_shares(segment: Segment) -> Iterator[Edit]:
    """You exchange the factors {} of the running average."""
    shares = dict(_shares(segment))
    for node, old, new in _averages(segment):
        has_one_share = (old in shares) != (new in shares)
        if has_one_share and is_product(new) and new in segment.inner:
            share = old if old in shares else new
            complement = share.parents[shares[share]]
            what = f"{called(complement.parents[1])} and {called(complement)}"
            yield change_value([node], _exchange(old, new, shares), what)


def _exchange(old: Value, new: Value, shares: dict[Value, int]) -> Compute:
    """Return the change that exchanges the factors β and 1 − β of two products."""
    share, rest = (old, new) if old in shares else (new, old)
    slot = shares[share]
    first, second = rest.parents
    beta_slot = 0 if not first.parents and first is not second else 1

    def change(numbers: Numbers, node: Value, x: list[float], right: float) -> float:
        complement, value = numbers.data(share.parents[slot]), numbers.data(share.parents[1 - slot])
        beta, other = (
            numbers.data(rest.parents[beta_slot]),
            numbers.data(rest.parents[1 - beta_slot]),
        )
        return complement * other + beta * value

    return change


@slip("velocity-forgotten")
def forget_velocity(segment: Segment) -> Iterator[Edit]:
    """You leave out {}, the value of the step before."""
    for node, old, _ in _averages(segment):
        places = ((p, segment.book.places.get(p, ("", ()))[0]) for p in old.parents)
        kept = [p for p, name in places if name and stem(name) == stem(segment.name)]
        if kept:
            yield change_value([node], lambda numbers, n, x, right: right - x[0], called(kept[0]))
