"""Topological order, in which every parent comes before its children, without recursion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Protocol, TypeVar


class Recorded(Protocol):
    """The attributes of a `Value` that this module reads.

    `_a` is the first operand, a tuple of operands, or None for a leaf. `_b` is the second operand,
    a neuron's tuple of inputs, or None. `LiveNode` has a table of all cases.
    """

    _a: Any
    _b: Any

    @property
    def parents(self) -> tuple[Any, ...]:
        """The operands, or () for a leaf."""


V = TypeVar("V", bound=Recorded)


def inner_nodes(*outputs: V) -> list[V]:
    """Return the outputs and all nodes they depend on, except leaves, parents before children.

    A single output is the last entry, unless it is a leaf.

    Backpropagation needs this order, because a node must not pass its gradient on before all its
    children have contributed to it. For example, let b = a·a and c = b + b. If b passed on its
    gradient after each contribution of c, it would pass on 1 and then 2. The node a would receive
    (1 + 2)·2a instead of 2·2a.

    The search is depth first and visits the first parent first. Its order depends on nothing but
    the graph, so that a backward sweep rounds the same way in every run. The loop uses a stack of
    its own instead of recursion, so that the depth of a graph is not limited.
    """
    return _search([output for output in reversed(outputs) if output._a is not None])


def _search(stack: list[Any]) -> list[Any]:
    """Return the nodes on the stack and all nodes they depend on, except leaves, parents first.

    During the search, the stack holds nodes to visit and lists of visited nodes. In a list, each
    node but the last has the next node as its only parent that is not a leaf. The parents of the
    last node that were not visited before lie above the list. When the list is popped, they are in
    the order, so the nodes of the list are appended, in reverse.
    """
    order: list[Any] = []
    seen: set[Any] = set()
    # Neurons share tuples of parents. This set has the ids of the tuples whose inner nodes are all
    # in the order, so that each tuple is walked once. An id stays valid, because the nodes that
    # hold the tuple keep it alive.
    done: set[int] = set()
    while stack:
        entry = stack.pop()
        if entry.__class__ is list:
            node = entry[-1]
            if node._a.__class__ is tuple:
                done.add(id(node._a if node._b is None else node._b))  # the tuple that was walked
            entry.reverse()
            order += entry
            continue
        node = entry
        waiting = []  # the next list
        while node not in seen:
            seen.add(node)
            waiting.append(node)
            group = node._a
            if group.__class__ is tuple:
                if node._b is not None:
                    group = node._b  # the inputs of a neuron, because its weights are leaves
                if id(group) not in done:
                    stack.append(waiting)
                    waiting = []
                    stack += [p for p in reversed(group) if p._a is not None and p not in seen]
                break
            first, second = group, node._b
            if second is None or second._a is None:  # at most the first parent is an inner node
                if first._a is None:
                    break
                node = first
            elif first._a is None:
                node = second
            else:
                stack.append(waiting)
                stack.append(second)
                waiting = []
                node = first
        if waiting:
            waiting.reverse()
            order += waiting
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

    If several indices may come next, the one with the smallest number in `priority` is taken.
    Without priorities, the one that became ready first is taken. An index that is on a cycle or
    comes after a cycle is left out.

    >>> order_indices([[2], [], [1]]), order_indices([[1], [0], []])
    ([0, 2, 1], [2])
    """
    # For each index, how many of the indices that must come before it are not yet in the order.
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
