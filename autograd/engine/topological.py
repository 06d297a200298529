"""Topological order, in which every parent comes before its children, without recursion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Protocol, TypeVar


class Recorded(Protocol):
    """The attributes of a `Value` that this module reads. `LiveNode` explains `_a` and `_b`."""

    _a: Any
    _b: Any

    @property
    def parents(self) -> tuple[Any, ...]:
        """The operands, or () for a leaf."""


V = TypeVar("V", bound=Recorded)


def inner_nodes(*outputs: V) -> list[V]:
    """Return every node with parents that the outputs depend on, parents first.

    A single output is the last entry.

    Backpropagation needs this order, because a node may pass its gradient on only when all its
    children have contributed to it. Take b = a·a and c = b + b. If b passed its gradient on after
    each of its two edges to c, it would pass on 1 and then 1 + 1, so that a would receive 3·2a
    instead of 2·2a.

    The search is depth first and visits the first parent first. Its order depends on nothing but
    the graph, so that a backward sweep rounds the same way in every run. The loop uses a stack of
    its own instead of recursion, so that the depth of a graph is not limited.
    """
    order: list[V] = []
    seen: set[V] = set()
    # Neurons share tuples of parents. This set has the ids of the tuples whose inner nodes are all
    # in the order, so that each tuple is walked once. An id stays valid, because the nodes that
    # hold the tuple keep it alive.
    done: set[int] = set()
    stack: list[Any] = [output for output in reversed(outputs) if output._a is not None]
    push, pop, emit, mark = stack.append, stack.pop, order.append, seen.add
    while stack:
        node = pop()
        if node is None:  # a mark: all parents of the next node on the stack are in the order
            node = pop()
            emit(node)
            if node._a.__class__ is tuple:
                done.add(id(node._a))
                done.add(id(node._b))  # harmless if `_b` is None, because None is not walked
            continue
        while node not in seen:  # go on to the first inner parent, without a detour over the stack
            mark(node)
            a, b = node._a, node._b
            if a.__class__ is tuple:
                push(node)
                push(None)
                for group in (b, a):
                    if group is not None and id(group) not in done:
                        for parent in reversed(group):
                            if parent._a is not None and parent not in seen:
                                push(parent)
                break
            is_second_inner = b is not None and b._a is not None
            if a._a is None and not is_second_inner:
                emit(node)  # at once, because all its parents are leaves
                break
            push(node)
            push(None)
            if not is_second_inner:
                node = a
            elif a._a is None:
                node = b
            else:
                push(b)
                node = a
    return order


def all_nodes(*outputs: V) -> list[V]:
    """Return every node that the outputs depend on, each leaf just before its first use.

    A single output is the last entry.
    """
    order: dict[V, None] = {}
    for node in inner_nodes(*outputs):
        order.update(dict.fromkeys(node.parents))  # a node that is in the order keeps its place
        order[node] = None
    order.update(dict.fromkeys(outputs))  # adds the outputs that are leaves
    return list(order)


def order_indices(
    later: Sequence[Sequence[int]], priority: Sequence[int] | None = None
) -> list[int]:
    """Return the indices 0 … n − 1 in an order in which k comes before every index in later[k].

    If several indices may come next, the one with the lowest priority is taken. Without priorities,
    the one that became ready first is taken. An index that is on a cycle or comes after a cycle is
    left out.

    >>> order_indices([[2], [], [1]]), order_indices([[1], [0], []])
    ([0, 2, 1], [2])
    """
    waiting = Counter(other for others in later for other in others)
    arrivals = count()  # the priorities if none are given
    rank = (lambda k: next(arrivals)) if priority is None else priority.__getitem__
    ready = [(rank(k), k) for k in range(len(later)) if not waiting[k]]
    heapify(ready)
    order = []
    while ready:
        _, k = heappop(ready)
        order.append(k)
        for other in later[k]:
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, (rank(other), other))
    return order
