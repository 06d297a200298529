"""Topological order: every parent before its children, without recursion."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar


class Recorded(Protocol):
    """What this module reads of a `value.Value`: its parents, in slots and as a tuple."""

    _a: Any
    _b: Any

    @property
    def parents(self) -> tuple[Any, ...]:
        """The operands; () for a leaf."""


V = TypeVar("V", bound=Recorded)


def inner_nodes(output: V) -> list[V]:
    """Return every node with parents that `output` depends on, parents first, `output` last.

    Why order at all: a node may pass its gradient on only when it is complete, when all its
    children have contributed. Take b = a·a, c = b + b. Following each edge back from c as it comes,
    b would hand on 1 after the first edge and 1 + 1 after the second: a would receive 3·2a instead
    of 2·2a.

    The order depends on the graph alone (depth first, first parent first), so a sweep along it
    rounds the same way in every run. A loop with a stack of its own: no graph is too deep.
    """
    order: list[V] = []
    seen: set[V] = set()
    done: set[int] = (
        set()
    )  # ids of tuples of parents, shared between neurons, that are in the order
    stack: list[Any] = [output] if output._a is not None else []
    push, pop, emit, mark = stack.append, stack.pop, order.append, seen.add
    while stack:
        node = pop()
        if node is None:  # all parents of the node below are in the order
            node = pop()
            emit(node)
            if node._a.__class__ is tuple:
                done.add(id(node._a))
                done.add(id(node._b))
        elif node not in seen:
            mark(node)
            push(node)
            push(None)
            if node._a.__class__ is tuple:
                for group in (node._b, node._a):
                    if group is not None and id(group) not in done:
                        for parent in reversed(group):
                            if parent._a is not None and parent not in seen:
                                push(parent)
                continue
            if node._b is not None and node._b._a is not None:
                push(node._b)
            if node._a._a is not None:
                push(node._a)
    return order


def all_nodes(output: V) -> list[V]:
    """Return every node `output` depends on, each leaf just before its first use, `output` last."""
    order: dict[V, None] = {}
    for node in inner_nodes(output):
        order.update(dict.fromkeys(node.parents))  # those that are in already stay where they are
        order[node] = None
    return list(order) or [output]
