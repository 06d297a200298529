"""Slips where a number is used several times: the contributions of its paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.value import Value
from ..counterfactual import Bench, Edit, change_gradient
from ..naming import called
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


def _at(node: Value, bench: Bench) -> str:
    return "" if node is bench.node else f" of {called(node)}"


@slip("overwritten")
def overwritten(bench: Bench) -> Iterator[Edit]:
    """You keep only the contribution that came last{}, although all of them are added (+=)."""
    shared = _shared(bench)
    for node in shared:
        yield _gather([node], lambda parts: parts[0], _at(node, bench))
    if len(shared) > 1:
        yield _gather(shared, lambda parts: parts[0])


@slip("one-path")
def one_path(bench: Bench) -> Iterator[Edit]:
    """You follow one path only{}, although the contributions of all paths are added."""
    shared = _shared(bench)
    for node in shared:
        for k, (child, _) in enumerate(bench.uses(node)[:MOST_PLACES]):
            if k:
                yield _gather([node], lambda parts, k=k: parts[k], f", through {called(child)}")  # type: ignore[misc]
    if len(shared) > 1:
        yield _gather(shared, lambda parts: parts[-1])


@slip("path-left-out")
def path_left_out(bench: Bench) -> Iterator[Edit]:
    """You leave one of the paths out, the one through {}."""
    for node in _shared(bench):
        uses = bench.uses(node)
        for k, (child, _) in enumerate(uses if 2 < len(uses) <= MOST_PLACES else ()):
            yield _gather([node], lambda parts, k=k: math.fsum(parts) - parts[k], called(child))  # type: ignore[misc]


@slip("paths-multiplied")
def paths_multiplied(bench: Bench) -> Iterator[Edit]:
    """You multiply the contributions of the paths{}, although they are added."""
    for node in _shared(bench):
        yield _gather([node], math.prod, _at(node, bench))


@slip("gate-both")
def gate_both(bench: Bench) -> Iterator[Edit]:
    """You let the gradient through{} to both inputs, although only the larger one gets it."""
    gates = [n for n in bench.nodes("maximum", "minimum") if bench.is_gradient]
    if gates:
        yield Edit(
            local=lambda base, child, slot, partial, up: 1.0 if child in gates else partial,
            what=f" {called(gates[0])}",
        )


@slip("gate-other")
def gate_other(bench: Bench) -> Iterator[Edit]:
    """You let the gradient through {} to the wrong input."""
    gates = [n for n in bench.nodes("maximum", "minimum") if bench.is_gradient]
    if gates:
        yield Edit(
            local=lambda base, child, slot, partial, up: 1 - partial if child in gates else partial,
            what=called(gates[0]),
        )


@slip("upstream-dropped")
def upstream_dropped(bench: Bench) -> Iterator[Edit]:
    """You leave out the gradient that comes back from{}: the chain rule multiplies by it."""
    if not bench.is_gradient:
        return
    direct = [child for child, _ in bench.uses(bench.node)]
    named = [n for n in bench.segment if n.label and n is not bench.node][:MOST_PLACES]
    for nodes in ([*dict.fromkeys(direct)], *([node] for node in named)):
        what = " behind" if not nodes or not nodes[0].label else f" {called(nodes[0])}"
        yield change_gradient(nodes, lambda base, node, parts, right: 1.0, what)
    bends = [c for n in bench.activations if n in direct for c, _ in bench.uses(n)]
    if bends:
        yield change_gradient(bends, lambda base, node, parts, right: 1.0, " behind")


@slip("product-rule")
def product_rule(bench: Bench) -> Iterator[Edit]:
    """You use one half of the product rule only{}: (uv)′ = u′v + uv′."""
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
