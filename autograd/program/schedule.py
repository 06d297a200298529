"""Which terms are computed together, in which order, and which row of which array holds each.

The rows are in ``shared``, ``inputs`` or ``values``, which `instructions` describes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from ..engine.operation import Op
from ..engine.ops import CONSTANT, DOT, LEAF, SUM
from .fuse import Term
from .instructions import Location


class Call(NamedTuple):
    """Terms computed by one call: equal operations side by side, or one matrix product.

    Attributes:
        op: the operation.
        members: the terms. In a matrix product they are DOTs of the same inputs in the same order.
        is_product: whether the call is a matrix product.
        varies: whether the results differ from example to example.
        positions: for a matrix product, to how many vectors of inputs the same weights are applied.
            The members of the first vector come first, then those of the second, and so on.
    """

    op: Op
    members: tuple[int, ...]
    is_product: bool
    varies: bool
    positions: int = 1


@dataclass
class Schedule:
    """The calls in order, and the place of every term.

    Attributes:
        terms: the terms, some with their operands in another order than they were fused.
        inputs: for each row of ``inputs`` the node of the graph, None where it has none.
        calls: the calls.
        places: the place of every term.
        rows: how many rows each array has.
    """

    terms: list[Term]
    inputs: list[int | None]
    calls: list[Call] = field(default_factory=list)
    places: dict[int, Location] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=lambda: {"shared": 0, "inputs": 0, "values": 0})

    def put(self, index: int, array: str) -> None:
        """Give a term the next row of an array."""
        self.places[index] = Location(array, self.rows[array])
        self.rows[array] += 1

    def operands(self, call: Call) -> list[list[Location]]:
        """Return for each operand of a call its places, one for each member."""
        parents = [self.terms[member].parents for member in call.members]
        return [[self.places[p] for p in slot] for slot in zip(*parents, strict=True)]


def schedule(terms: Sequence[Term], inputs: Sequence[int | None], *, grouped: bool) -> Schedule:
    """Return the calls that compute the terms, and the place of each term.

    `inputs` are the terms of the inputs in the order of their rows, None where there is no term.
    With `grouped`, equal operations on one level become one call. Without it every number has a
    call of its own, which is faster for long batches because no operand is gathered. Matrix
    products are made either way, and what does not vary by example is always grouped.
    """
    plan = Schedule(list(terms), [None if k is None else terms[k].node for k in inputs])
    products = _products(terms)
    for index in inputs:
        if index is None:
            plan.rows["inputs"] += 1
        else:
            plan.put(index, "inputs")
    _place_leaves(plan, products)
    levels = _levels(terms)
    fixed = [i for i, t in enumerate(terms) if not t.varies and t.parents]
    for call in _groups(plan, fixed, levels, {}):
        _enter(plan, call)
    varying = [i for i, t in enumerate(terms) if t.varies and t.parents]
    if grouped:
        calls = _groups(plan, varying, levels, products)
    else:
        calls = _singles(terms, varying, products)
    for call in calls:
        _enter(plan, call)
    return plan


def _products(terms: Sequence[Term]) -> dict[int, tuple[int, ...]]:
    """Return the inputs of every DOT that can be part of a matrix product.

    Its weights must be the same for all examples, and its inputs must vary.
    """
    found = {}
    for index, term in enumerate(terms):
        if term.op is DOT and len(term.parents) > 3:
            weights, xs, bias = split(term)
            is_shared = not any(terms[w].varies for w in (*weights, *bias))
            if is_shared and all(terms[x].varies for x in xs):
                found[index] = xs
    return found


def split(term: Term) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the weights, the inputs and the bias, if there is one, of a DOT."""
    n = len(term.parents) // 2
    return term.parents[:n], term.parents[n : 2 * n], term.parents[2 * n :]


def _levels(terms: Sequence[Term]) -> list[int]:
    """Return the level of each term: how many calls at least must come before it."""
    levels: list[int] = []
    for term in terms:
        parents = term.parents
        levels.append(1 + max([levels[p] for p in parents]) if parents else 0)
    return levels


def weights_of(parts: Sequence[tuple[tuple[int, ...], ...]]) -> list[int]:
    """Return the weights of DOTs that make one matrix product, input by input."""
    return [
        weight
        for column in zip(*(weights for weights, *_ in parts), strict=True)
        for weight in column
    ]


# --- order ----------------------------------------------------------------------------------------


def _groups(
    plan: Schedule,
    members: Iterable[int],
    levels: Sequence[int],
    products: dict[int, tuple[int, ...]],
) -> Iterable[Call]:
    """Yield one call for all equal operations of a level, level by level."""
    by_level: dict[int, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index in members:
        by_level[levels[index]][_kind(plan, index, products)].append(index)
    for level in sorted(by_level):
        same_weights: dict[object, list[list[int]]] = defaultdict(list)
        for group in by_level[level].values():
            if group[0] in products:
                group = _in_order(plan.terms, group)
                weights = [split(plan.terms[member])[::2] for member in group]
                same_weights[tuple(weights)].append(group)
            else:
                for part in _connected(plan.terms, group):
                    yield _side_by_side(plan, part)
        for groups in same_weights.values():
            yield _product(groups)


def _kind(plan: Schedule, index: int, products: dict[int, tuple[int, ...]]) -> object:
    """Return a key that is equal for terms which one call can compute."""
    term = plan.terms[index]
    if index in products:
        return products[index], len(term.parents) % 2
    origins = tuple(_array(plan.terms, parent) for parent in term.parents)
    return term.op.name, origins


def _array(terms: Sequence[Term], index: int) -> str:
    if not terms[index].varies:
        return "shared"
    return "values" if terms[index].parents else "inputs"


def _connected(terms: Sequence[Term], group: list[int]) -> list[list[int]]:
    """Divide dot products of vectors that vary into sets that share no vector, as heads do.

    Those that share no vector with any other one stay together.
    """
    first = terms[group[0]]
    if first.op is not DOT or not all(terms[p].varies for p in first.parents):
        return [group]
    parts: dict[object, list[int]] = {}  # by vector, the products of its set, one list for all
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


def _side_by_side(plan: Schedule, group: list[int]) -> Call:
    """Return the call for equal operations, ordered by the rows of their operands."""
    terms = plan.terms
    if len(group) == 1:
        return Call(terms[group[0]].op, tuple(group), False, terms[group[0]].varies)
    ordered = sorted(group, key=lambda i: [plan.places[p].row for p in terms[i].parents])
    return Call(terms[group[0]].op, tuple(ordered), False, terms[group[0]].varies)


def _in_order(terms: Sequence[Term], group: Sequence[int]) -> list[int]:
    """Return the members of a matrix product in the order of their weights.

    Products of the same weights with other inputs then have the same order.
    """
    return sorted(group, key=lambda index: terms[index].parents)


def _product(groups: Sequence[Sequence[int]]) -> Call:
    """Return the matrix product of the same weights with the inputs of each group."""
    return Call(DOT, tuple(chain.from_iterable(groups)), True, True, len(groups))


def _singles(
    terms: Sequence[Term], members: Iterable[int], products: dict[int, tuple[int, ...]]
) -> Iterable[Call]:
    """Yield one call for each term in the order recorded.

    A matrix product comes where its first member is.
    """
    together: dict[object, list[int]] = defaultdict(list)
    for index, xs in products.items():
        together[xs, len(terms[index].parents) % 2].append(index)
    for index in members:
        if index not in products:
            yield Call(terms[index].op, (index,), False, True)
            continue
        group = together[products[index], len(terms[index].parents) % 2]
        if group[0] == index:
            yield _product([_in_order(terms, group)])


def _enter(plan: Schedule, call: Call) -> None:
    plan.calls.append(call)
    for member in call.members:
        if not call.is_product:
            plan.terms[member] = _in_line(plan, plan.terms[member])
        plan.put(member, "values" if call.varies else "shared")


def _in_line(plan: Schedule, term: Term) -> Term:
    """Return a sum, or a sum of products, with its operands in the order of their rows.

    The order of summands is free, and operands whose rows are side by side need not be gathered.
    """
    if term.op is SUM:
        return term._replace(parents=tuple(sorted(term.parents, key=plan.places.__getitem__)))
    if term.op is DOT:
        weights, xs, bias = split(term)
        pairs = sorted(
            zip(weights, xs, strict=True), key=lambda pair: [plan.places[p] for p in pair]
        )
        return term._replace(parents=(*(w for w, _ in pairs), *(x for _, x in pairs), *bias))
    return term


# --- leaves ---------------------------------------------------------------------------------------


def _place_leaves(plan: Schedule, products: dict[int, tuple[int, ...]]) -> None:
    """Give every parameter and constant its row; the weights of a matrix product are neighbors."""
    terms = plan.terms
    groups: dict[object, list[int]] = defaultdict(list)
    for index, xs in products.items():
        groups[xs, len(terms[index].parents) % 2].append(index)
    for group in groups.values():
        parts = [split(terms[index]) for index in _in_order(terms, group)]
        biases = [b for *_, bias in parts for b in bias]
        for together in (weights_of(parts), biases):
            if _is_fresh(plan, together):
                for parameter in together:
                    plan.put(parameter, "shared")
    for op in (LEAF, CONSTANT):
        for index, term in enumerate(terms):
            if term.op is op and not term.varies and index not in plan.places:
                plan.put(index, "shared")


def _is_fresh(plan: Schedule, leaves: list[int]) -> bool:
    """Whether these are different parameters, none of which has a place yet."""
    return len(set(leaves)) == len(leaves) and all(
        plan.terms[index].op is LEAF and index not in plan.places for index in leaves
    )
