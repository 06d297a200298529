"""Choose the terms that one call computes: equal operations on one level, or one matrix product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from ..engine.note import new_tuple
from ..engine.ops import DOT
from .calls import Call, Schedule, has_bias, split_dot
from .fuse import Term


def group_terms(
    schedule: Schedule,
    members: Iterable[int],
    levels: Sequence[int],
    products: dict[int, tuple[int, ...]],
) -> Iterable[Call]:
    """Yield one call for all equal operations of a level, level by level.

    Args:
        schedule: the terms, and the places of those in earlier calls.
        members: the terms to compute.
        levels: the level of each term.
        products: for each DOT that can be part of a matrix product, its inputs.
    """
    by_level: dict[int, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index in members:
        by_level[levels[index]][_kind(schedule, index, products)].append(index)
    for level in sorted(by_level):
        same_weights: dict[object, list[list[int]]] = defaultdict(list)
        for group in by_level[level].values():
            if group[0] in products:
                group = order_product(schedule.terms, group)
                parts = [split_dot(schedule.terms[member]) for member in group]
                same_weights[tuple((weights, bias) for weights, _, bias in parts)].append(group)
            else:
                for part in _connected(schedule.terms, group):
                    yield _side_by_side(schedule, part)
        for groups in same_weights.values():
            # Inputs in adjacent rows need not be gathered, so the groups are sorted by the places
            # of their inputs.
            groups.sort(key=lambda group: schedule.places[products[group[0]][0]])
            yield _product(groups)


def _kind(schedule: Schedule, index: int, products: dict[int, tuple[int, ...]]) -> object:
    """Return a key that is equal for terms which one call can compute."""
    term = schedule.terms[index]
    if index in products:
        return products[index], has_bias(term)
    origins = tuple(_array_name(schedule.terms, parent) for parent in term.parents)
    return term.op.name, origins


def _array_name(terms: Sequence[Term], index: int) -> str:
    if not terms[index].varies:
        return "shared"
    return "values" if terms[index].parents else "inputs"


def _connected(terms: Sequence[Term], group: list[int]) -> list[list[int]]:
    """Divide dot products into sets, so that products of different sets share no vector.

    The heads of an attention are such sets. All products that share no vector with another one are
    put together in one further set. A group of other operations, or of dot products with operands
    that do not vary, is not divided.
    """
    first = terms[group[0]]
    if first.op is not DOT or not all(terms[p].varies for p in first.parents):
        return [group]
    # Maps each vector to a list of all products in its set. The vectors of one set have the same
    # list object, so that sets are told apart by the ids of their lists.
    set_of: dict[object, list[int]] = {}
    for index in group:
        known = {id(found): found for v in _vectors(terms[index]) if (found := set_of.get(v))}
        largest = max(known.values(), key=len, default=[])
        others = chain.from_iterable(found for found in known.values() if found is not largest)
        added = [*others, index]
        largest += added
        for member in added:
            set_of.update(dict.fromkeys(_vectors(terms[member]), largest))
    sets = list({id(found): found for found in set_of.values()}.values())
    alone = [found[0] for found in sets if len(found) == 1]
    return [*(found for found in sets if len(found) > 1), *([alone] if alone else [])]


def _vectors(term: Term) -> list[object]:
    """Return both vectors of a dot product, each with its side."""
    left, right, _ = split_dot(term)
    return [("left", left), ("right", right)]


def _side_by_side(schedule: Schedule, group: list[int]) -> Call:
    """Return the call for equal operations, ordered by the rows of their operands."""
    terms = schedule.terms
    ordered = sorted(group, key=lambda i: [schedule.places[p].row for p in terms[i].parents])
    return Call(terms[group[0]].op, tuple(ordered), False, terms[group[0]].varies)


def order_product(terms: Sequence[Term], group: Sequence[int]) -> list[int]:
    """Return the members of a matrix product in the order of their weights.

    Products of the same weights with other inputs then have the same order.
    """
    return sorted(group, key=lambda index: terms[index].parents)


def _product(groups: Sequence[Sequence[int]]) -> Call:
    """Return the matrix product of the same weights with the inputs of each group."""
    return Call(DOT, tuple(chain.from_iterable(groups)), True, True, len(groups))


def single_terms(
    terms: Sequence[Term], members: Iterable[int], products: dict[int, tuple[int, ...]]
) -> Iterable[Call]:
    """Yield one call for each of these terms, all of which vary, in the order of recording.

    A matrix product takes the place of its first member.
    """
    together: dict[object, list[int]] = defaultdict(list)
    for index, xs in products.items():
        together[xs, has_bias(terms[index])].append(index)
    for index in members:
        if index not in products:
            # `new_tuple` is faster than Call(…).
            yield new_tuple(Call, (terms[index].op, (index,), False, True, 1))
            continue
        group = together[products[index], has_bias(terms[index])]
        if group[0] == index:
            yield _product([order_product(terms, group)])
