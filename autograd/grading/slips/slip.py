"""What a slip is: a row of the table, and the few edits that rows are made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ...engine.value import Value
from ..counterfactual import Base, Bench, Edit, LocalEdit

MOST_PLACES = 8  # where a slip is tried one by one, not only everywhere at once
_MOST_NODES = 24

Kind = Literal["gradient", "value"]
Edits = Callable[[Bench], Iterator[Edit]]
Change = Callable[[Base, Value, list[float], float], float]


@dataclass(frozen=True, slots=True)
class Slip:
    """A row: what is done wrongly, as a sentence; what to do instead; and its edits of a sweep."""

    kind: Kind
    key: str
    sentence: str
    instead: str
    edits: Edits


def slip(kind: Kind, key: str, sentence: str, instead: str) -> Callable[[Edits], Slip]:
    """Return the decorator that makes a row of a function that yields edits."""
    return lambda edits: Slip(kind, key, sentence, instead, edits)


# --- edits of the backward sweep ------------------------------------------------------------------


def on(nodes: set[Value], change: LocalEdit, what: str = "") -> Edit:
    """Return the edit that changes the local derivatives of these nodes only."""

    def local(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        return change(base, child, slot, partial, upstream) if child in nodes else partial

    return Edit(local=local, what=what)


def at_edge(edge: tuple[Value, int], partial: Callable[[Base], float], what: str = "") -> Edit:
    """Return the edit that changes the local derivative of one edge, (child, slot)."""

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        return partial(base) if (child, slot) == edge else right

    return Edit(local=local, what=what)


def gather_at(nodes: set[Value], gather: Callable[[list[float]], float], what: str = "") -> Edit:
    """Return the edit that changes how the contributions to these nodes are put together."""
    return Edit(
        gather=lambda node, parts: gather(parts) if node in nodes else math.fsum(parts),
        what=what,
    )


def result(change: Callable[[float], float], what: str = "") -> Edit:
    """Return the edit that changes the right result."""
    return Edit(finish=change, what=what)


def uses_inside(bench: Bench, node: Value) -> list[tuple[Value, int]]:
    """Return the uses of a node on the way to the output, the last one first."""
    assert bench.sweep
    return [use for use in bench.sweep.uses.get(node, []) if use[0] in bench.inner]


# --- edits of the forward computation -------------------------------------------------------------


def at(node: Value, change: Change, what: str = "") -> Edit:
    """Return the edit of what one node computes, from base, node, inputs and right value."""

    def compute(base: Base, here: Value, inputs: list[float], right: float) -> float:
        return change(base, here, inputs, right) if here is node else right

    return Edit(compute=compute, what=what)


def without(node: Value, slot: int, what: str = "") -> Edit:
    """Return the edit that leaves only the operand in a slot of a node."""
    return at(node, lambda base, here, inputs, right: inputs[slot], what)


def weighted(node: Value, factors: list[int]) -> Edit:
    """Return the edit that makes a node the sum of its operands times these factors."""
    return at(
        node,
        lambda base, here, inputs, right: sum(f * x for f, x in zip(factors, inputs, strict=True)),
    )


def nodes_of(bench: Bench, *families: str) -> list[Value]:
    """Return the nodes of these families of operations, the nearest to the result first."""
    return _nearest(bench, lambda node: node.op.family in families)


def activation_nodes(bench: Bench) -> list[Value]:
    """Return the activations of a segment, a = f(z), the nearest to the result first."""
    return _nearest(bench, lambda node: bool(node.op.activation))


def _nearest(bench: Bench, wanted: Callable[[Value], bool]) -> list[Value]:
    found = [node for node in reversed(bench.segment) if node.parents and wanted(node)]
    return found[:_MOST_NODES]


def called(node: Value) -> str:
    """Return what a sentence calls a node."""
    return node.label or (f"{node.data:g}" if not node.parents else node.op.name)
