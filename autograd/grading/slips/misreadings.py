"""Slips in which another number was read: a neighbor, an old value, a new value.

The docstring of a slip is the sentence that the writer reads, with the words of the edit for {}.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

from ...engine.value import Value
from ..counterfactual import Edit, Numbers
from ..definitions import stem
from ..naming import called
from ..segment import Segment
from ..structure import is_product, terms
from .connections import products_in
from .edits import misread, read_as
from .slip import MOST_PLACES, instead_of, slip
from .terms import called_term

_MOST_USES = 4  # the most uses of a number that are misread one at a time
_MOST_OTHERS = 24  # numbers of the sheet that are tried in place of another one


def mirrored(segment: Segment, node: Value) -> Value | None:
    """Return the element with row and column exchanged, or None if there is no other."""
    name, index = segment.book.places.get(node, ("", ()))
    mirror = _at_place(segment, name, index[::-1]) if len(index) == 2 else None
    return mirror if mirror is not node else None


def _at_place(segment: Segment, name: str, index: tuple[int, ...]) -> Value | None:
    """Return the element of a quantity at an index, or None."""
    cells = segment.book.quantity(name) if name else None
    if not cells or len(index) != len(cells.shape):
        return None
    if any(i > n for i, n in zip(index, cells.shape, strict=True)):
        return None
    return cells.at(index).items[0]


def _operands(segment: Segment) -> list[Value]:
    """Return the numbers that the segment reads and does not compute, without repetitions."""
    if segment.is_gradient:
        return list(dict.fromkeys(other for _, other in products_in(segment)))
    found = [p for node in segment.nodes for p in node.parents if p not in segment.inner]
    return list(dict.fromkeys(found))


def _misreadings(others: dict[Value, Value], what: str = "") -> Edit:
    return misread({node: read_as(other) for node, other in others.items()}, what)


@slip("transposed")
def transpose_weight(segment: Segment) -> Iterator[Edit]:
    """You use the matrix {} with its rows and columns exchanged."""
    mirrors = {node: mirrored(segment, node) for node in _operands(segment)}
    found = {node: mirror for node, mirror in mirrors.items() if mirror is not None}
    if found:
        yield _misreadings(found, segment.book.places[next(iter(found))][0])


@slip("updated-weight")
def use_updated_weight(segment: Segment) -> Iterator[Edit]:
    """You already use the new value of {}, although a step uses the old ones throughout."""
    swapped: dict[Value, Value] = {}
    for node in _operands(segment):
        name, index = segment.book.places.get(node, ("", ()))
        new = segment.book.renewed(name, index) if name else None
        if new is not None and new is not segment.node:
            swapped[node] = new
    yield from _by_name(segment, swapped)


@slip("old-value", is_general=True)
def use_old_value(segment: Segment) -> Iterator[Edit]:
    """You use the value that {} had in the step before."""
    old = {node: segment.value_before(node) for node in _operands(segment)}
    yield from _by_name(segment, {node: value for node, value in old.items() if value is not None})


def _by_name(segment: Segment, others: dict[Value, Value]) -> Iterator[Edit]:
    """Yield the misreading of each quantity, of all quantities, and of single elements."""
    groups: dict[str, dict[Value, Value]] = {}
    for node, other in others.items():
        name = segment.book.places.get(node, (called(node), ()))[0]
        groups.setdefault(name, {})[node] = other
    for name, group in groups.items():
        yield _misreadings(group, name)
    if len(groups) > 1:
        yield _misreadings(others, " and ".join(list(groups)[:3]))
    for node, other in list(others.items())[:MOST_PLACES]:
        if len(groups) < len(others):  # else each element is a group, which was tried above
            yield _misreadings({node: other}, called(node))


@slip("operands-exchanged", is_general=True)
def exchange_operands(segment: Segment) -> Iterator[Edit]:
    """You exchange {}."""
    operands = [n for n in _operands(segment) if n.label and n not in segment.parts][:MOST_PLACES]
    # The inputs x1 and x2 of w3·x1 + w4·x2 come first. They are the second factors.
    second = {node.parents[-1] for node in segment.nodes if is_product(node)}
    operands.sort(key=lambda node: (node not in second, node.label))
    for one, other in itertools.combinations(operands, 2):
        yield _misreadings({one: other, other: one}, f"{called(one)} and {called(other)}")


# `read_another_number` has the same key and the same sentence.
@slip("wrong-number", is_general=True)
def read_neighbor(segment: Segment) -> Iterator[Edit]:
    """You use {}."""
    yield from _other_quantities(segment, lambda one, other: stem(one) == stem(other))
    for node in _operands(segment)[:MOST_PLACES]:
        alike = [other for other in _alike(segment, node) if _is_other(segment, node, other)]
        for other in alike[: 2 * MOST_PLACES]:
            yield _misreadings({node: other}, instead_of(other, node))
            yield from _misread_once(segment, node, other)


def _misread_once(segment: Segment, node: Value, other: Value) -> Iterator[Edit]:
    """Yield the misreading of a number at each of its uses, if a formula uses it several times."""
    if segment.is_gradient or not node.label:
        return
    uses = [(child, k) for child in segment.nodes for k, p in enumerate(child.parents) if p is node]
    # The caller has already misread the number everywhere, which includes a single use.
    for child, slot in uses[:_MOST_USES] if len(uses) > 1 else ():
        term = next((term for term in terms(child) if slot in term.slots), None)
        where = called_term(child, term) if term else called(child)
        what = f"{instead_of(other, node)} in {where}"
        yield misread({node: read_as(other)}, what, only=(child, slot))


@slip("wrong-number", is_general=True)
def read_another_number(segment: Segment) -> Iterator[Edit]:
    """You use {}."""
    yield from _other_quantities(segment, lambda one, other: stem(one) != stem(other))
    named = [*segment.book.places][-_MOST_OTHERS:]
    for node in [n for n in _operands(segment) if n.label][:MOST_PLACES]:
        for other in named:
            if _is_other(segment, node, other):
                yield _misreadings({node: other}, instead_of(other, node))


def _is_other(segment: Segment, node: Value, other: Value) -> bool:
    """Whether a number may be read for a node. It needs another name and has to be known."""
    # The value that the segment computes is not known yet. In a gradient, it is.
    is_known = other is not segment.node or segment.is_gradient
    return is_known and called(other) != called(node)


def _other_quantities(segment: Segment, fits: Callable[[str, str], bool]) -> Iterator[Edit]:
    """Yield the misreadings of a vector or matrix as another one of the same shape."""
    book = segment.book
    indexed = (book.places.get(node, ("", ())) for node in _operands(segment))
    known = [(name, cells) for name in book.names() if (cells := book.quantity(name))]
    for name in list(dict.fromkeys(name for name, index in indexed if index))[:MOST_PLACES]:
        cells = book.quantity(name)
        if not cells:
            continue
        same = [(o, q) for o, q in known if o != name and q.shape == cells.shape and fits(name, o)]
        for other, numbers in same[-MOST_PLACES:]:
            pairs = zip(cells.items, numbers.items, strict=True)
            yield _misreadings(dict(pairs), f"{other} instead of {name}")


def _alike(segment: Segment, node: Value) -> list[Value]:
    """Return the numbers that this number is easily mistaken for.

    They are the other elements of its vector or matrix, numbers and gradients whose names differ
    only at the end, as w6, w7 and w' do, and other named numbers that the segment reads.
    """
    name, index = segment.book.places.get(node, ("", ()))
    cells = segment.book.quantity(name) if name else None
    same = cells.items if cells and index else ()
    names = [other for other in segment.book.names() if name and stem(other) == stem(name)]
    gradients = [g for g in segment.book.ledger.derivatives if stem(g.label) == stem(node.label)]
    alike = [*(_at_place(segment, other, index) for other in names), *gradients]
    # A given number is mistaken for a given one, a computed number for a computed one.
    beside = [n for n in _operands(segment) if n.label and bool(n.parents) == bool(node.parents)]
    return [n for n in dict.fromkeys([*same, *alike, *beside]) if n is not None and n is not node]


@slip("point-moved", is_general=True)
def move_point_of_operand(segment: Segment) -> Iterator[Edit]:
    """You move the decimal point of {}."""
    for node in _plain_numbers(segment):
        for power in (10.0, 0.1, 100.0, 0.01):
            yield misread({node: _scaled(node, power)}, called(node))


def _scaled(node: Value, factor: float) -> Callable[[Numbers], float]:
    return lambda numbers: factor * numbers.data(node)


def _plain_numbers(segment: Segment) -> Iterable[Value]:
    """Return the given numbers that a value is computed from, starting with unnamed ones."""
    if segment.is_gradient:
        return []
    found = [n for n in _operands(segment) if not n.parents and n not in segment.parts]
    return sorted(found, key=lambda n: bool(n.label))[:MOST_PLACES]
