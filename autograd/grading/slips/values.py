"""Slips in a value: an activation, a term, a factor, a wrong number."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit
from .slip import MOST_PLACES, activation_nodes, at, called, nodes_of, slip, without


@slip(
    "value",
    "activation-forgotten",
    "the activation was forgotten",
    "a = f(z)",
)
def activation_forgotten(bench: Bench) -> Iterator[Edit]:
    """Z instead of f(z)."""
    for node in activation_nodes(bench):
        yield at(node, lambda base, n, x, right: x[0], called(node))


@slip(
    "value",
    "activation-twice",
    "the activation was applied twice",
    "a = f(z), once",
)
def activation_twice(bench: Bench) -> Iterator[Edit]:
    """F(f(z)) instead of f(z)."""
    for node in activation_nodes(bench):
        if node.op.family != "relu":  # relu(relu(z)) is relu(z)
            yield at(
                node, lambda base, n, x, right: float(n.op.forward(FLOATS, right)), called(node)
            )


@slip(
    "value",
    "slope-for-value",
    "f′(z) was used where f(z) belongs",
    "forward, it is the activation itself",
)
def slope_for_value(bench: Bench) -> Iterator[Edit]:
    """f′(z) instead of f(z)."""
    for node in activation_nodes(bench):
        yield at(
            node,
            lambda base, n, x, right: float(n.op.partials(FLOATS, right, *x)[0]),
            called(node),
        )


@slip(
    "value",
    "bias-forgotten",
    "the bias was forgotten",
    "z = w·x + b",
)
def bias_forgotten(bench: Bench) -> Iterator[Edit]:
    """W·x instead of w·x + b."""
    for node in nodes_of(bench, "dot"):
        if len(node.parents) % 2:
            yield at(node, lambda base, n, x, right: right - x[-1], called(node.parents[-1]))


@slip(
    "value",
    "term-forgotten",
    "a term of the sum was left out",
    "add all terms",
)
def term_forgotten(bench: Bench) -> Iterator[Edit]:
    """One term of a sum left out."""
    for node in nodes_of(bench, "dot"):
        half = len(node.parents) // 2
        for k in range(half if 1 < half <= MOST_PLACES else 0):
            yield at(
                node,
                partial(_without_product, k, k + half),
                f"{called(node.parents[k])}·{called(node.parents[k + half])}",
            )
    for node in nodes_of(bench, "add", "sum", "sub"):
        for k, parent in enumerate(node.parents[:MOST_PLACES]):
            sign = -1 if k and node.op.family == "sub" else 1
            yield at(node, partial(_without_term, k, sign), called(parent))


def _without_product(
    j: int, k: int, base: Base, node: Value, x: list[float], right: float
) -> float:
    return right - x[j] * x[k]


def _without_term(
    k: int, sign: int, base: Base, node: Value, x: list[float], right: float
) -> float:
    return right - sign * x[k]


def _without_factor(
    k: int, other: int, base: Base, node: Value, x: list[float], right: float
) -> float:
    return right - x[k] * x[other] + x[other]


@slip(
    "value",
    "factor-forgotten",
    "a factor was left out",
    "multiply all factors",
)
def factor_forgotten(bench: Bench) -> Iterator[Edit]:
    """One factor of a product left out."""
    for node in nodes_of(bench, "mul"):
        for slot, parent in enumerate(node.parents):
            yield without(node, 1 - slot, called(parent))
    for node in nodes_of(bench, "dot"):
        half = len(node.parents) // 2
        for k in range(2 * half if half <= MOST_PLACES else 0):
            other = (k + half) % (2 * half)
            yield at(
                node,
                partial(_without_factor, k, other),
                called(node.parents[k]),
            )


@slip(
    "value",
    "transposed",
    "the weights were read with their indices exchanged",
    "W[i,j] leads from input j to neuron i",
)
def transposed(bench: Bench) -> Iterator[Edit]:
    """W[j,i] for W[i,j]: Wᵀ x instead of W x."""
    cells = {place: node for node, place in bench.book.places.items()}
    mirrors: dict[Value, Value] = {}
    for node in nodes_of(bench, "dot", "mul"):
        for parent in node.parents:
            name, index = bench.book.places.get(parent, ("", ()))
            mirror = cells.get((name, index[::-1])) if len(index) == 2 else None
            if mirror is not None and mirror is not parent:
                mirrors[parent] = mirror
    if mirrors:
        yield _swapped(mirrors, "")


def _swapped(others: dict[Value, Value], what: str) -> Edit:
    """Return the edit that reads other numbers in place of some."""

    def compute(base: Base, node: Value, inputs: list[float], right: float) -> float:
        if not any(parent in others for parent in node.parents):
            return right
        changed = [
            base.data(others[p]) if p in others else x
            for p, x in zip(node.parents, inputs, strict=True)
        ]
        return float(node.op.forward(FLOATS, *changed))

    return Edit(compute=compute, what=what)


@slip(
    "value",
    "wrong-number",
    "a neighbour's number was used",
    "take the number that belongs to this very place",
)
def wrong_number(bench: Bench) -> Iterator[Edit]:
    """A neighbour's weight or input, or the value before its step."""
    leaves = [p for n in bench.segment for p in n.parents if p not in bench.inner and p.label]
    for leaf in list(dict.fromkeys(leaves))[:MOST_PLACES]:
        name, index = bench.book.places.get(leaf, ("", ()))
        others = [
            node
            for node, (theirs, at) in bench.book.places.items()
            if theirs == name and len(at) == len(index) and at != index
        ]
        others += [other for other in leaves if other is not leaf]
        for other in list(dict.fromkeys(others))[:MOST_PLACES]:
            yield _swapped({leaf: other}, f"{called(other)} for {called(leaf)}")


@slip(
    "value",
    "half-lost",
    "the ½ was lost",
    "C = ½(y − t)²",
)
def half_lost(bench: Bench) -> Iterator[Edit]:
    """The ½ of ½(y − t)² left out."""
    for node in nodes_of(bench, "half_squared_error"):
        yield at(node, lambda base, n, x, right: 2 * right)


@slip(
    "value",
    "half-twice",
    "½ was applied twice, or where there is none",
    "look at the factor in front of the square",
)
def half_twice(bench: Bench) -> Iterator[Edit]:
    """½ applied twice, or where there is none."""
    for node in nodes_of(bench, "half_squared_error", "squared_error", "power", "square"):
        if node.op.square:
            yield at(node, lambda base, n, x, right: right / 2)


@slip(
    "value",
    "square",
    "the square was forgotten, or doubled instead",
    "u² = u·u",
)
def square_forgotten(bench: Bench) -> Iterator[Edit]:
    """The number itself, or its double, for its square."""
    for node in nodes_of(bench, "power", "square"):
        yield at(node, lambda base, n, x, right: x[0])
        yield at(node, lambda base, n, x, right: 2 * x[0])
    for node in nodes_of(bench, "half_squared_error"):
        yield at(node, lambda base, n, x, right: x[0] - x[1])
        yield at(node, lambda base, n, x, right: (x[0] - x[1]) / 2)


@slip(
    "value",
    "sign",
    "a sign was turned round",
    "follow the sign of every term",
)
def sign_turned(bench: Bench) -> Iterator[Edit]:
    """A minus sign too many or too few."""
    yield Edit(finish=lambda x: -x)
    for node in nodes_of(bench, "sub"):
        yield at(node, lambda base, n, x, right: x[0] + x[1])
        yield at(node, lambda base, n, x, right: x[1] - x[0])
    for node in nodes_of(bench, "add"):
        yield at(node, lambda base, n, x, right: x[0] - x[1])
        yield at(node, lambda base, n, x, right: x[1] - x[0])
    for node in nodes_of(bench, "neg"):
        yield at(node, lambda base, n, x, right: x[0])
    for node in nodes_of(bench, "dot"):
        if len(node.parents) % 2:
            yield at(node, lambda base, n, x, right: right - 2 * x[-1])


@slip(
    "value",
    "mean-forgotten",
    "the sum was taken for the mean",
    "divide by m",
)
def mean_forgotten(bench: Bench) -> Iterator[Edit]:
    """The sum for the mean."""
    for node in nodes_of(bench, "div"):
        if not node.parents[1].parents and node.parents[1].data == int(node.parents[1].data):
            m = node.parents[1]
            yield at(node, lambda base, n, x, right: x[0], f"m = {called(m)}")


@slip(
    "value",
    "mean-twice",
    "1/m was applied twice",
    "divide by m once",
)
def mean_twice(bench: Bench) -> Iterator[Edit]:
    """1/m applied twice."""
    for node in nodes_of(bench, "div"):
        if not node.parents[1].parents:
            yield at(node, lambda base, n, x, right: right / x[1], f"m = {called(node.parents[1])}")


@slip(
    "value",
    "divisor",
    "the divisor was forgotten, or the quotient turned round",
    "a/b divides a by b",
)
def divisor_slips(bench: Bench) -> Iterator[Edit]:
    """A divisor forgotten, or the quotient upside down."""
    for node in nodes_of(bench, "div"):
        top, bottom = node.parents
        if bottom.parents and bottom.op.family != "sub" and top.op.family != "exp":
            yield at(node, lambda base, n, x, right: x[0], called(bottom))
        yield at(node, lambda base, n, x, right: x[1] / x[0], called(bottom))


@slip(
    "value",
    "log10",
    "log₁₀ was used for ln",
    "log is the natural logarithm here",
)
def log_ten(bench: Bench) -> Iterator[Edit]:
    """Log₁₀ for ln."""
    logs = set(nodes_of(bench, "log"))
    if logs:
        yield Edit(compute=lambda base, n, x, right: math.log10(x[0]) if n in logs else right)


@slip(
    "value",
    "degrees",
    "the calculator was set to degrees",
    "angles are in radians here",
)
def degrees(bench: Bench) -> Iterator[Edit]:
    """The angle read as degrees by the calculator."""
    waves = set(nodes_of(bench, "sin", "cos", "tan"))
    if waves:
        yield Edit(
            compute=lambda base, n, x, right: (
                float(n.op.forward(FLOATS, math.radians(x[0]))) if n in waves else right
            )
        )


@slip(
    "value",
    "softmax-unnormalized",
    "the division by the sum of exponentials was forgotten",
    "softmax: exp(zᵢ) / Σ exp(zⱼ)",
)
def softmax_unnormalized(bench: Bench) -> Iterator[Edit]:
    """Exp(z) without the division by the sum."""
    for node in nodes_of(bench, "exp"):
        inner = node.parents[0]
        if inner.op.family == "sub" and inner.parents[1].op.family == "logsumexp":
            yield at(node, lambda base, n, x, right: math.exp(base.data(n.parents[0].parents[0])))
    for node in nodes_of(bench, "div"):
        if node.parents[0].op.family == "exp":
            yield at(node, lambda base, n, x, right: x[0])
