"""The backward sweep with adjoints in a separate table, so that the nodes are not changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol, TypeVar

from .topological import inner_nodes
from .value import Value

Key = TypeVar("Key")
Key_contra = TypeVar("Key_contra", contravariant=True)


class Table(Protocol[Key_contra]):
    """A list of numbers, indexed like the nodes, or a dictionary whose keys are the nodes."""

    def __getitem__(self, key: Key_contra, /) -> float: ...
    def __setitem__(self, key: Key_contra, value: float, /) -> None: ...


def accumulate(
    adjoints: Table[Key],
    upstream: float,
    parents: Sequence[Key],
    partials: Sequence[float],
) -> None:
    """Add upstream × partial to the adjoint of each parent.

    If `upstream` is 0, nothing is added, even if a partial is not finite. The product 0 · ∞ would
    be nan.

    >>> table = [1.0, 0.0]
    >>> accumulate(table, 2.0, (0, 1), (3.0, 4.0))
    >>> table
    [7.0, 8.0]
    """
    if upstream != 0.0:
        for parent, partial in zip(parents, partials, strict=True):
            adjoints[parent] += upstream * partial


def adjoints_of(output: Value) -> defaultdict[Value, float]:
    """Return ∂output/∂node for every node that `output` depends on, without changing any `.grad`.

    The result is 0 for any other Value.

    >>> x = Value(3.0)
    >>> adjoints_of(x * x)[x]
    6.0
    """
    adjoints = defaultdict(float, {output: 1.0})
    for node in reversed(inner_nodes(output)):
        accumulate(adjoints, adjoints[node], node.parents, node.partials)
    return adjoints
