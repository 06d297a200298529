"""Choose which terms are computed together, their order, and the row of an array for each.

The rows are in ``shared``, ``inputs`` or ``values``, which `instructions` describes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..engine.ops import CONSTANT, DOT, LEAF, SUM
from .calls import Call, Schedule, has_bias, split_dot, weights_of
from .fuse import Term
from .grouping import group_terms, order_product, single_terms


def schedule(terms: Sequence[Term], inputs: Sequence[int | None], *, grouped: bool) -> Schedule:
    """Return the calls that compute the terms, and the place of each term.

    For each input, `inputs` has the index of its term, or None if the input is not used. With
    `grouped`, equal operations on one level become one call. Otherwise every term has its own call,
    which is faster for long batches because no operand is gathered.

    In both cases, DOTs of the same inputs become one matrix product if their weights are the same
    for all examples. Terms that do not vary by example are always grouped.
    """
    found = Schedule(list(terms), [None if k is None else terms[k].node for k in inputs])
    products = _products(terms)
    for index in inputs:
        if index is None:
            found.rows["inputs"] += 1
        else:
            found.put(index, "inputs")
    _place_leaves(found, products)
    fixed = [i for i, t in enumerate(terms) if not t.varies and t.parents]
    levels = _levels(terms) if grouped or fixed else []
    # `group_terms` yields calls one by one and reads the places of earlier ones, so every call is
    # entered before the next one is made.
    for call in group_terms(found, fixed, levels, {}):
        _enter(found, call)
    varying = [i for i, t in enumerate(terms) if t.varies and t.parents]
    if grouped:
        calls = group_terms(found, varying, levels, products)
    else:
        calls = single_terms(terms, varying, products)
    for call in calls:
        _enter(found, call)
    return found


def _products(terms: Sequence[Term]) -> dict[int, tuple[int, ...]]:
    """Return the inputs of every DOT that can be part of a matrix product.

    Its weights must be the same for all examples, and its inputs must vary. It must have at least
    two products. A single product and a bias have three parents.
    """
    found = {}
    for index, term in enumerate(terms):
        if term.op is DOT and len(term.parents) > 3:
            weights, xs, bias = split_dot(term)
            is_shared = not any(terms[w].varies for w in (*weights, *bias))
            if is_shared and all(terms[x].varies for x in xs):
                found[index] = xs
    return found


def _levels(terms: Sequence[Term]) -> list[int]:
    """Return the level of each term, 0 for a leaf, else one more than its highest parent."""
    levels: list[int] = []
    for term in terms:
        parents = term.parents
        levels.append(1 + max([levels[p] for p in parents]) if parents else 0)
    return levels


def _enter(schedule: Schedule, call: Call) -> None:
    """Append a call to the schedule, and give each of its members a row."""
    schedule.calls.append(call)
    for member in call.members:
        if not call.is_product:
            schedule.terms[member] = _in_line(schedule, schedule.terms[member])
        schedule.put(member, "values" if call.varies else "shared")


def _in_line(schedule: Schedule, term: Term) -> Term:
    """Return a sum, or a sum of products, with its operands in the order of their rows.

    A term of another operation is returned unchanged. The order of summands is free, and operands
    whose rows are side by side need not be gathered.
    """
    if term.op is SUM:
        return term._replace(parents=tuple(sorted(term.parents, key=schedule.places.__getitem__)))
    if term.op is DOT:
        weights, xs, bias = split_dot(term)
        placed = [[schedule.places[p] for p in pair] for pair in zip(weights, xs, strict=True)]
        # Pairs are sorted by their arrays first and then by their rows, so that all terms of a call
        # have the same arrays in the same positions.
        order = sorted(range(len(xs)), key=lambda k: [[a for a, _ in placed[k]], placed[k]])
        pairs = [(weights[k], xs[k]) for k in order]
        return term._replace(parents=(*(w for w, _ in pairs), *(x for _, x in pairs), *bias))
    return term


def _place_leaves(schedule: Schedule, products: dict[int, tuple[int, ...]]) -> None:
    """Give every parameter and constant a row.

    If possible, the weights of a matrix product get adjacent rows, and so do its biases.
    """
    terms = schedule.terms
    groups: dict[object, list[int]] = defaultdict(list)
    for index, xs in products.items():
        groups[xs, has_bias(terms[index])].append(index)
    for group in groups.values():
        parts = [split_dot(terms[index]) for index in order_product(terms, group)]
        biases = [b for *_, bias in parts for b in bias]
        for together in (weights_of(parts), biases):
            if _is_fresh(schedule, together):
                for parameter in together:
                    schedule.put(parameter, "shared")
    for op in (LEAF, CONSTANT):
        for index, term in enumerate(terms):
            if term.op is op and not term.varies and index not in schedule.places:
                schedule.put(index, "shared")


def _is_fresh(schedule: Schedule, leaves: list[int]) -> bool:
    """Return whether these are different parameters, none of which has a place yet."""
    return len(set(leaves)) == len(leaves) and all(
        schedule.terms[index].op is LEAF and index not in schedule.places for index in leaves
    )
