"""Recognition of a product of vectors from its numbers: 0.5·1 − 0.25·2 + 0.1 is w @ x + b."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from .sheet_names import SheetNames
from .trees import Apply, Name, Number, Tree, plain_number

_Vector = tuple[Name, tuple[float, ...]]
_MOST_VECTORS = 20
_MOST_QUANTITIES = 300  # in a sheet with more, it would take too long for every line of numbers
_PRODUCTS = frozenset("*·⊙")


def recognize_dot(tree: Tree, names: SheetNames) -> Tree | None:
    """Return u @ v, perhaps with a bias, if the numbers are those of two given vectors, or None.

    A row of a given matrix is a vector too. The two vectors must be the only ones that fit.
    """
    if len(names.quantities) > _MOST_QUANTITIES:
        return None
    pairs: list[tuple[float, float]] = []
    biases: list[float] = []
    for sign, term in _terms(tree, 1.0):
        match term:
            case Apply(head=head, args=(Number(value=one), Number(value=other))) if (
                head in _PRODUCTS
            ):
                pairs.append((sign * one, other))
            case Number(value=value):
                biases.append(sign * value)
            case _:
                return None
    if len(pairs) < 2 or len(biases) > 1:
        return None
    vectors = [one for one in _vectors(names) if len(one[1]) == len(pairs)][:_MOST_VECTORS]
    found = [(u, v) for (u, us), (v, vs) in permutations(vectors, 2) if _are_put_in(pairs, us, vs)]
    if len(found) != 1:
        return None
    dot = Apply("@", found[0], tree.place)
    if not biases:
        return dot
    named = [
        name for name in names.numbers.names_with(biases[0]) if name.startswith(("b", "w0", "θ0"))
    ]
    return (
        Apply("+", (dot, Name(named[0], (), tree.place)), tree.place) if len(named) == 1 else None
    )


def _terms(tree: Tree, sign: float) -> Iterator[tuple[float, Tree]]:
    """Yield the terms of a sum with their signs."""
    while isinstance(tree, Apply) and tree.head in ("+", "-"):
        yield (-sign if tree.head == "-" else sign), tree.args[1]
        tree = tree.args[0]
    yield sign, tree


def _vectors(names: SheetNames) -> Iterator[_Vector]:
    """Yield the given vectors, and the rows of the given matrices, with their numbers."""
    for name, quantity in names.quantities.items():
        rows: dict[tuple[int, ...], list[float]] = {}
        for index, text in quantity.digits.items() if quantity.is_given else ():
            if index:
                rows.setdefault(index[:-1], []).append(plain_number(text) or 0.0)
        for index, row in rows.items():
            yield Name(name, index, 0), tuple(row)


def _are_put_in(
    pairs: list[tuple[float, float]], us: tuple[float, ...], vs: tuple[float, ...]
) -> bool:
    """Whether each pair is (u, v), where a minus before the product may belong to v."""
    reversed_pairs = reversed(pairs)  # because `_terms` begins with the last term
    return all(
        (a, b) == (u, v) or (-a, -b) == (u, v)
        for (a, b), u, v in zip(reversed_pairs, us, vs, strict=True)
    )
