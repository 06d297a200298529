"""The nodes between a number of a sheet and the written numbers that it was computed from."""

from __future__ import annotations

from collections.abc import Container

from ..engine.value import Value
from .book import Book
from .sweep import Sweep

MOST_NODES = 2_000  # of one number; the search for slips takes too long with more


def nodes_of_gradient(node: Value, sweep: Sweep, stops: set[Value]) -> list[Value]:
    """Return the nodes on the paths from `node` to the output, or to written gradients."""
    found = {node}
    stack = [node]
    while stack:
        top = stack.pop()
        if top in stops:
            continue
        for child, _ in sweep.uses.get(top, []):
            if child not in found:
                found.add(child)
                stack.append(child)
    order = sweep.order if node.parents else [node, *sweep.order]  # which has no leaves
    return [n for n in order if n in found]


def nodes_of_value(node: Value, book: Book, known: Container[Value] = ()) -> list[Value]:
    """Return the nodes that a value is computed with, back to written, given and known numbers.

    If there are more than MOST_NODES, some are missing, and the node itself is.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[tuple[Value, bool]] = [(node, False)]
    while stack and len(order) <= MOST_NODES:
        top, ready = stack.pop()
        if ready:
            order.append(top)
        elif top not in seen:
            seen.add(top)
            stack.append((top, True))
            stack += [
                (parent, False)
                for parent in top.parents
                if parent.parents and parent not in known and not book.was_written(parent)
            ]
    return order
