"""Slips where a number is used several times: the contributions of its paths."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from operator import itemgetter

from ...engine.value import Value
from ..counterfactual import Bench, Edit, activations
from .slip import MOST_PLACES, called, gather_at, slip, uses_inside


def _shared(bench: Bench) -> list[Value]:
    """Return the nodes of a segment that several uses lead on from, the asked one first."""
    assert bench.sweep
    found = [
        node
        for node in bench.segment
        if node not in bench.stops and len(uses_inside(bench, node)) > 1
    ]
    return found[:MOST_PLACES]


@slip(
    "gradient",
    "one-path",
    "one path only was followed",
    "where a number is used several times, add what comes back from each use",
)
def one_path(bench: Bench) -> Iterator[Edit]:
    """One path only; the others are left out."""
    for node in _shared(bench):
        uses = uses_inside(bench, node)
        for k, (child, _) in enumerate(uses[:MOST_PLACES]):
            if k:
                yield gather_at({node}, itemgetter(k), f"through {called(child)}")
    shared = set(_shared(bench))
    if len(shared) > 1:
        yield gather_at(shared, lambda parts: parts[-1], "")


@slip(
    "gradient",
    "overwritten",
    "one path's contribution was written over another's",
    "contributions of all paths are added: +=, not =",
)
def overwritten(bench: Bench) -> Iterator[Edit]:
    """The last path written over the ones before, = for +=."""
    shared = _shared(bench)
    for node in shared:
        yield gather_at({node}, lambda parts: parts[0], called(node))
    if len(shared) > 1:
        yield gather_at(set(shared), lambda parts: parts[0], "")


@slip(
    "gradient",
    "paths-multiplied",
    "the paths' contributions were multiplied",
    "factors along a path are multiplied, paths are added",
)
def paths_multiplied(bench: Bench) -> Iterator[Edit]:
    """Paths multiplied, not added."""
    for node in _shared(bench):
        yield gather_at({node}, math.prod, called(node))


@slip(
    "gradient",
    "path-left-out",
    "one of the paths was left out",
    "where a number is used several times, add what comes back from each use",
)
def last_path_dropped(bench: Bench) -> Iterator[Edit]:
    """All paths but one."""
    for node in _shared(bench):
        count = len(uses_inside(bench, node))
        for k in range(count if 2 < count <= MOST_PLACES else 0):
            yield gather_at({node}, partial(_all_but, k), called(node))


def _all_but(k: int, parts: list[float]) -> float:
    return math.fsum(parts) - parts[k]


@slip(
    "gradient",
    "upstream-dropped",
    "the gradient coming from behind was left out",
    "chain rule: upstream × local derivative",
)
def upstream_dropped(bench: Bench) -> Iterator[Edit]:
    """The local derivative alone, without the gradient that comes from behind."""
    direct = {child for child, _ in bench.uses}
    yield Edit(seed=lambda base, node: 1.0 if node in direct else None)
    bends = {c for n in direct if n in set(activations(bench)) for c, _ in bench.sweep.uses[n]}  # type: ignore[union-attr]
    if bends:
        yield Edit(seed=lambda base, node: 1.0 if node in bends else None)
