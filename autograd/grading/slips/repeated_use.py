"""Slips where a number is used several times: the contributions of its paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.value import Value
from ..counterfactual import Bench, Edit
from ..naming import called
from .edits import change_gradient, change_local
from .slip import MOST_PLACES, slip

Parts = Callable[[list[float]], float]


def _shared(bench: Bench) -> list[Value]:
    """Return the nodes of a segment with several uses, the asked one first."""
    if not bench.is_gradient:
        return []
    found = [n for n in bench.segment if n not in bench.stops and len(bench.uses(n)) > 1]
    return found[:MOST_PLACES]


def _gather(nodes: list[Value], parts_to_sum: Parts, what: str = "") -> Edit:
    return change_gradient(
        nodes,
        lambda base, node, parts, right: parts_to_sum(parts) if len(parts) > 1 else right,
        what,
    )


def _of(node: Value, bench: Bench) -> str:
    return "" if node is bench.node else f" of {called(node)}"


@slip("one-path")
def keep_one_path(bench: Bench) -> Iterator[Edit]:
    """You keep one path only{}, although the contributions of all paths are added (+=)."""
    shared = _shared(bench)
    for node in shared:
        for k, (child, _) in enumerate(bench.uses(node)[:MOST_PLACES]):
            # Nobody follows paths through the logarithm that softmax is computed with here.
            if child.op.family != "logsumexp":
                what = f"{_of(node, bench)}, the one through {called(child)}"
                yield _gather([node], _keep(k), what)
    for k in (0, -1) if len(shared) > 1 else ():
        yield _gather(shared, _keep(k))


def _keep(k: int) -> Parts:
    return lambda parts: parts[k]


@slip("path-left-out")
def leave_out_path(bench: Bench) -> Iterator[Edit]:
    """You leave one of the paths out, the one through {}."""
    for node in _shared(bench):
        uses = bench.uses(node)
        for k, (child, _) in enumerate(uses if 2 < len(uses) <= MOST_PLACES else ()):
            yield _gather([node], _leave_out(k), called(child))


def _leave_out(k: int) -> Parts:
    return lambda parts: math.fsum(parts) - parts[k]


@slip("paths-multiplied")
def multiply_paths(bench: Bench) -> Iterator[Edit]:
    """You multiply the contributions of the paths{}, although they are added."""
    for node in _shared(bench):
        yield _gather([node], math.prod, _of(node, bench))


@slip("gate-both")
def open_both_gates(bench: Bench) -> Iterator[Edit]:
    """You let the gradient through {} to both inputs, although only one of them gets it."""
    if gates := _gates(bench):
        yield change_local(gates, lambda *_: 1.0, called(gates[0]))


@slip("gate-other")
def open_wrong_gate(bench: Bench) -> Iterator[Edit]:
    """You let the gradient through {} to the wrong input."""
    if gates := _gates(bench):
        yield change_local(gates, lambda b, n, slot, right, up: 1 - right, called(gates[0]))


def _gates(bench: Bench) -> list[Value]:
    return bench.nodes("maximum", "minimum") if bench.is_gradient else []


@slip("upstream-dropped")
def drop_upstream(bench: Bench) -> Iterator[Edit]:
    """You leave out the gradient of {}, by which the chain rule multiplies."""
    if not bench.is_gradient:
        return
    named = [n for n in bench.segment if n.label and n is not bench.node][:MOST_PLACES]
    direct = [child for child, _ in bench.uses(bench.node)]
    for node in named:
        yield change_gradient([node], lambda base, n, parts, right: 1.0, called(node))
    if len(direct) > 1 and all(child in named for child in direct):
        what = f"{called(direct[0])} and the others"
        yield change_gradient(direct, lambda base, n, parts, right: 1.0, what)


@slip("product-rule")
def use_half_of_product_rule(bench: Bench) -> Iterator[Edit]:
    """You use one half of the product rule only{}, although (uv)′ = u′v + uv′."""
    if not bench.is_gradient:
        return
    for product in bench.nodes("mul", "div")[:MOST_PLACES]:
        for kept in (0, 1):
            yield Edit(
                local=lambda base, child, slot, partial, up, p=product, k=kept: (  # type: ignore[misc]
                    0.0 if child is p and slot != k else partial
                ),
                what=f" at {called(product)}",
            )
