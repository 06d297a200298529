"""Choose the terms that one call computes: equal operations on one level, or one matrix product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from ..engine.note import new_tuple
from ..engine.ops import DOT
from .calls import Call, Schedule, split
from .fuse import Term


def group_terms(
    schedule: Schedule,
    members: Iterable[int],
    levels: Sequence[int],
    products: dict[int, tuple[int, ...]],
) -> Iterable[Call]:
    """Yield one call for all equal operations of a level, level by level."""
    by_level: dict[int, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index in members:
        by_level[levels[index]][_kind(schedule, index, products)].append(index)
    for level in sorted(by_level):
        same_weights: dict[object, list[list[int]]] = defaultdict(list)
        for group in by_level[level].values():
            if group[0] in products:
                group = order_product(schedule.terms, group)
                weights = [split(schedule.terms[member])[::2] for member in group]
                same_weights[tuple(weights)].append(group)
            else:
                for part in _connected(schedule.terms, group):
                    yield _side_by_side(schedule, part)
        for groups in same_weights.values():
            # Inputs in the order of their rows need not be gathered.
            groups.sort(key=lambda group: schedule.places[products[group[0]][0]])
            yield _product(groups)


def _kind(schedule: Schedule, index: int, products: dict[int, tuple[int, ...]]) -> object:
    """Return a key that is equal for terms which one call can compute."""
    term = schedule.terms[index]
    if index in products:
        return products[index], len(term.parents) % 2
    origins = tuple(_array(schedule.terms, parent) for parent in term.parents)
    return term.op.name, origins


def _array(terms: Sequence[Term], index: int) -> str:
    if not terms[index].varies:
        return "shared"
    return "values" if terms[index].parents else "inputs"


def _connected(terms: Sequence[Term], group: list[int]) -> list[list[int]]:
    """Divide dot products of varying vectors into sets without common vectors, such as heads.

    Products that share no vector with any other product are in one set.
    """
    first = terms[group[0]]
    if first.op is not DOT or not all(terms[p].varies for p in first.parents):
        return [group]
    # For each vector, the list of the products in its set. All vectors of a set have the same list
    # object, so that sets are told apart by the ids of their lists.
    parts: dict[object, list[int]] = {}
    for index in group:
        weights, xs, _ = split(terms[index])
        sides = ("first", weights), ("second", xs)
        known = {id(parts[side]): parts[side] for side in sides if side in parts}
        joined = max(known.values(), key=len, default=[])
        for other in known.values():
            if other is not joined:
                joined += other
        joined.append(index)
        for member in [index, *chain.from_iterable(o for o in known.values() if o is not joined)]:
            for side in zip(("first", "second"), split(terms[member]), strict=False):
                parts[side] = joined
    sets = list({id(part): part for part in parts.values()}.values())
    alone = [part[0] for part in sets if len(part) == 1]
    return [*(part for part in sets if len(part) > 1), *([alone] if alone else [])]


def _side_by_side(schedule: Schedule, group: list[int]) -> Call:
    """Return the call for equal operations, ordered by the rows of their operands."""
    terms = schedule.terms
    if len(group) == 1:
        return Call(terms[group[0]].op, tuple(group), False, terms[group[0]].varies)
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
    """Yield one call for each term, in the order of recording.

    A matrix product takes the place of its first member.
    """
    together: dict[object, list[int]] = defaultdict(list)
    for index, xs in products.items():
        together[xs, len(terms[index].parents) % 2].append(index)
    for index in members:
        if index not in products:
            yield new_tuple(Call, (terms[index].op, (index,), False, True, 1))
            continue
        group = together[products[index], len(terms[index].parents) % 2]
        if group[0] == index:
            yield _product([order_product(terms, group)])
