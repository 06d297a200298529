"""Slips where another number was read: a neighbor, an old or a new value, another gradient."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit, Gather, Local
from ..naming import called
from ..scope import stem
from ..structure import is_product
from .connections import products_in
from .edits import change_gradient, change_result, misread, read_as
from .slip import MOST_PLACES, instead_of, slip

_MOST_OTHERS = 24  # numbers of the sheet that are tried in place of one
_MOST_GRADIENTS = 200  # of one sweep, among which the gradient of another number is looked for


def _mirrored(bench: Bench, node: Value) -> Value | None:
    """Return the number with row and column exchanged, None where there is no other one."""
    name, index = bench.book.places.get(node, ("", ()))
    mirror = _at_place(bench, name, index[::-1]) if len(index) == 2 else None
    return mirror if mirror is not node else None


def _at_place(bench: Bench, name: str, index: tuple[int, ...]) -> Value | None:
    """Return the number of a quantity at an index, None where there is none."""
    cells = bench.book.quantity(name) if name else None
    inside = cells and len(index) == len(cells.shape)
    if not cells or not inside or any(i > n for i, n in zip(index, cells.shape, strict=True)):
        return None
    return cells.at(index).items[0]


def _operands(bench: Bench) -> list[Value]:
    """Return the numbers that are read from outside the segment, each once."""
    if bench.is_gradient:
        return list(dict.fromkeys(other for _, other in products_in(bench)))
    found = [p for node in bench.segment for p in node.parents if p not in bench.inner]
    return list(dict.fromkeys(found))


def _misreadings(others: dict[Value, Value], what: str = "") -> Edit:
    return misread({node: read_as(other) for node, other in others.items()}, what)


@slip("transposed")
def transpose_weight(bench: Bench) -> Iterator[Edit]:
    """You use the matrix {} with its rows and columns exchanged."""
    mirrors = {node: _mirrored(bench, node) for node in _operands(bench)}
    found = {node: mirror for node, mirror in mirrors.items() if mirror is not None}
    if found:
        yield _misreadings(found, bench.book.places[next(iter(found))][0])


@slip("transposed-gradient")
def transpose_gradient(bench: Bench) -> Iterator[Edit]:
    """You write the matrix with its rows and columns exchanged."""
    mirror = _mirrored(bench, bench.node)
    if mirror is not None and bench.sweep:
        yield change_gradient([bench.node], _gradient_of(bench, mirror))


@slip("updated-weight")
def use_updated_weight(bench: Bench) -> Iterator[Edit]:
    """You already use the new value of {}, although a step uses the old ones throughout."""
    swapped: dict[Value, Value] = {}
    for node in _operands(bench):
        name, index = bench.book.places.get(node, ("", ()))
        new = bench.book.renewed(name, index) if name else None
        if new is not None and new is not bench.node:
            swapped[node] = new
    yield from _by_name(bench, swapped)


@slip("old-value", is_general=True)
def use_old_value(bench: Bench) -> Iterator[Edit]:
    """You use the value that {} had in the step before."""
    old = {node: bench.value_before(node) for node in _operands(bench)}
    yield from _by_name(bench, {node: value for node, value in old.items() if value is not None})


def _by_name(bench: Bench, others: dict[Value, Value]) -> Iterator[Edit]:
    """Yield the misreading of each number, of each quantity with several, and of all."""
    groups: dict[str, dict[Value, Value]] = {}
    for node, other in others.items():
        name = bench.book.places.get(node, (called(node), ()))[0]
        groups.setdefault(name, {})[node] = other
    for name, group in groups.items():
        yield _misreadings(group, name)
    if len(groups) > 1:
        yield _misreadings(others, " and ".join(list(groups)[:3]))
    for node, other in list(others.items())[:MOST_PLACES]:
        if len(groups) < len(others):
            yield _misreadings({node: other}, called(node))


@slip("operands-exchanged", is_general=True)
def exchange_operands(bench: Bench) -> Iterator[Edit]:
    """You exchange {}."""
    operands = [n for n in _operands(bench) if n.label and n not in bench.parts][:MOST_PLACES]
    second = {node.parents[-1] for node in bench.segment if is_product(node)}
    pairs = itertools.combinations(sorted(operands, key=lambda n: (n not in second, n.label)), 2)
    for one, other in pairs:  # of w3·x1 + w4·x2 first the inputs, which come second
        yield _misreadings({one: other, other: one}, f"{called(one)} and {called(other)}")


@slip("wrong-number", is_general=True)
def read_neighbor(bench: Bench) -> Iterator[Edit]:
    """You use {}."""
    yield from _other_quantities(bench, lambda one, other: stem(one) == stem(other))
    for node in _operands(bench)[:MOST_PLACES]:
        for other in _alike(bench, node)[: 2 * MOST_PLACES]:
            yield _misreadings({node: other}, instead_of(other, node))


@slip("other-number", is_general=True)
def read_another_number(bench: Bench) -> Iterator[Edit]:
    """You use {}."""
    yield from _other_quantities(bench, lambda one, other: stem(one) != stem(other))
    named = [*bench.book.places][-_MOST_OTHERS:]
    for node in [n for n in _operands(bench) if n.label][:MOST_PLACES]:
        for other in named:
            if other is not node and (other is not bench.node or bench.is_gradient):
                yield _misreadings({node: other}, instead_of(other, node))


def _other_quantities(bench: Bench, fits: Callable[[str, str], bool]) -> Iterator[Edit]:
    """Yield the misreading of a whole vector or matrix as another one of its shape."""
    book = bench.book
    indexed = (book.places.get(node, ("", ())) for node in _operands(bench))
    known = [(name, cells) for name in book.names() if (cells := book.quantity(name))]
    for name in list(dict.fromkeys(name for name, index in indexed if index))[:MOST_PLACES]:
        cells = book.quantity(name)
        same = [(o, q) for o, q in known if cells and o != name and q.shape == cells.shape]
        for other, numbers in [pair for pair in same if fits(name, pair[0])][-MOST_PLACES:]:
            pairs = zip(cells.items, numbers.items, strict=True) if cells else ()
            yield _misreadings(dict(pairs), f"{other} instead of {name}")


def _alike(bench: Bench, node: Value) -> list[Value]:
    """Return the numbers that one is easily mistaken for.

    These are the others of its vector or matrix, those with the same letters in their names (w6 and
    w7), and its neighbors in the same formula.
    """
    name, index = bench.book.places.get(node, ("", ()))
    cells = bench.book.quantity(name) if name else None
    same = cells.items if cells and index else ()
    names = [other for other in bench.book.names() if name and stem(other) == stem(name)]
    gradients = [g for g in bench.book.ledger.derivatives if stem(g.label) == stem(node.label)]
    alike = [*(_at_place(bench, other, index) for other in names), *gradients]
    beside = [n for n in _operands(bench) if n.label and bool(n.parents) == bool(node.parents)]
    return [n for n in dict.fromkeys([*same, *alike, *beside]) if n is not None and n is not node]


@slip("point-moved", is_general=True)
def move_point_of_operand(bench: Bench) -> Iterator[Edit]:
    """You move the decimal point of {}."""
    for node in _plain_numbers(bench):
        for power in (10.0, 0.1, 100.0, 0.01):
            yield misread({node: lambda base, n=node, k=power: k * base.data(n)}, called(node))  # type: ignore[misc]


def _plain_numbers(bench: Bench) -> Iterable[Value]:
    """Return the given numbers that a value is computed from, those without a name first."""
    if bench.is_gradient:
        return []
    found = [n for n in _operands(bench) if not n.parents and n not in bench.parts]
    return sorted(found, key=lambda n: bool(n.label))[:MOST_PLACES]


# --- another gradient -----------------------------------------------------------------------------


@slip("neighbors-gradient", is_general=True)
def write_neighbors_gradient(bench: Bench) -> Iterator[Edit]:
    """You write the gradient of {}."""
    if not bench.sweep or len(bench.sweep.uses) > _MOST_GRADIENTS:
        return
    kind = _kind(bench, bench.node)
    given = {leaf for leaf in bench.sweep.uses if leaf.label and not leaf.parents}
    alike = given if bench.node in given and len(given) <= MOST_PLACES else set[Value]()
    for other in bench.sweep.uses:
        if other is not bench.node and (other in alike or _kind(bench, other) == kind):
            what = instead_of(other, bench.node)
            yield change_gradient([bench.node], _gradient_of(bench, other), what)


def _kind(bench: Bench, node: Value) -> tuple[bool, str]:
    """Return whether a number is given, and the letters of its name: W of W[1,2], w of w12."""
    name = bench.book.places.get(node, ("", ()))[0]
    return not node.parents, stem(name) or f"node {id(node)}"


def _gradient_of(bench: Bench, node: Value) -> Gather:
    """Return the change of a gradient to that of another number."""
    return lambda base, here, parts, right: bench.gradient_of(node, base)


@slip("stale")
def keep_stale_gradient(bench: Bench) -> Iterator[Edit]:
    """You keep the gradient of the step before, although the weights have changed since."""
    before = bench.book.before.get(bench.name)
    if before is not None and bench.is_gradient:
        yield change_result(bench, lambda right: before)


@slip("accumulated")
def accumulate_gradient(bench: Bench) -> Iterator[Edit]:
    """You add the gradient of the step before, although each step begins at zero."""
    before = bench.book.before.get(bench.name)
    if before is not None and bench.is_gradient:
        yield change_result(bench, lambda right: right + before)


@slip("after-update")
def compute_after_update(bench: Bench) -> Iterator[Edit]:
    """You compute this gradient after {} was updated, although a step uses the old values."""
    if not bench.sweep or bench.stops:
        return
    new: dict[Value, Value] = {}
    for leaf in bench.sweep.uses:
        name, index = bench.book.places.get(leaf, ("", ()))
        renewed = bench.book.renewed(name, index) if name and not leaf.parents else None
        if renewed is not None:
            new[leaf] = renewed
    if new:
        names = list(dict.fromkeys(bench.book.places[leaf][0] for leaf in new))
        yield Edit(local=_slope_with(new, bench.sweep.order), what=" and ".join(names[:3]))


def _slope_with(new: dict[Value, Value], order: Sequence[Value]) -> Local:
    """Return the change of every slope to the one that the graph has with other leaves."""
    known: dict[bool, dict[Value, float]] = {}

    def compute(base: Base) -> dict[Value, float]:
        values = {leaf: base.data(other) for leaf, other in new.items()}
        for node in order:
            if node.parents:
                inputs = [values.get(p, base.data(p)) for p in node.parents]
                values[node] = float(node.op.forward(FLOATS, *inputs))
        return values

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        if base.own not in known:
            known[base.own] = compute(base)
        values = known[base.own]
        inputs = [values.get(p, base.data(p)) for p in child.parents]
        return float(child.op.partials(FLOATS, values[child], *inputs)[slot])

    return local
