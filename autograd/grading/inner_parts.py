"""Parts of formulas that get a name later, such as W x of h = relu(W x) by a line z = W x."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ..engine.value import Value
from ..language.quantity import Quantity

_DEEPEST = 8  # of the operations that an earlier formula and a new one have in common


class InnerParts:
    """The computed numbers of a sheet that have no name.

    A later line that computes such a number again names the same node. So h depends on z.
    """

    def __init__(self, named: Container[Value]) -> None:
        self._named = named
        # The key is the operation with its parents. None marks parts computed twice or named.
        self._parts: dict[tuple[object, ...], Value | None] = {}
        self._noted: set[Value] = set()

    def found_in(self, cells: Quantity) -> Quantity:
        """Return a quantity with parts of earlier formulas in place of equal new numbers."""
        items = tuple(self._earlier(cell) for cell in cells.items)
        stack = [parent for cell in items for parent in cell.parents]
        while stack:
            node = stack.pop()
            if node.parents and node not in self._named and node not in self._noted:
                self._noted.add(node)
                recipe = _recipe(node, node.parents)
                self._parts[recipe] = None if recipe in self._parts else node
                stack += node.parents
        return cells.with_items(items)

    def _earlier(self, node: Value, depth: int = 0) -> Value:
        """Return an equal part of an earlier formula, or the node itself."""
        if not node.parents or node in self._named or depth > _DEEPEST:
            return node
        same = tuple(self._earlier(parent, depth + 1) for parent in node.parents)
        found = self._parts.get(_recipe(node, same))
        return node if found is None else found

    def name(self, node: Value) -> None:
        """Note that a number has a name now."""
        self._parts[_recipe(node, node.parents)] = None


def _recipe(node: Value, parents: Sequence[Value]) -> tuple[object, ...]:
    """Return what identifies a computation: the operation of a node, and these parents."""
    return (node.op, *parents) if parents else (node,)
