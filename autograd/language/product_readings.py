"""Readings of products of vectors, which depend on the shape of the answer beside them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .evaluate import evaluate
from .quantity import Quantity, Shape
from .scopes import Scope
from .sheet_source import Source, WorksheetError
from .trees import Apply, Row, Tree, rewrite

_NOT_FUNCTIONS = frozenset(("+", "-", "*", "/", "·", "⊙", "^", "|", "‖", "T"))


def evaluate_as(tree: Tree, scope: Scope, source: Source, shape: Shape | None) -> Quantity:
    """Return the value of a tree whose products of vectors give a value of this shape.

    For a vector, a·b is elementwise. For a matrix, a ⊗ b is the outer product. For a number, a * b
    is the dot product, and |a| is the norm. The norm is not taken inside a function, because
    sum(|a|) has two readings.

    Raises:
        WorksheetError: it cannot be computed in either way.
    """
    if shape is None:
        return evaluate(tree, scope, source)
    head, meaning = [("|", "length"), ("·", "·⊙"), ("⊗", "outer")][len(shape)]
    in_function = set(_places(head, tree))
    if in_function and (shape or True not in in_function):
        other = rewrite(tree, lambda leaf: leaf, lambda sign: meaning if sign == head else sign)
        with contextlib.suppress(WorksheetError):
            cells = evaluate(other, scope, source)
            if cells.shape == shape:
                return cells
    cells = evaluate(tree, scope, source)
    if cells.shape and not shape:
        number = rewrite(tree, lambda leaf: leaf, lambda head: "·" if head == "*" else head)
        with contextlib.suppress(WorksheetError):
            dotted = evaluate(number, scope, source)
            return cells if dotted.shape else dotted
    return cells


def _places(head: str, tree: Tree) -> Iterator[bool]:
    """Yield for each operation with this head whether it is in an argument of a function or Σ."""
    stack = [(tree, False)]
    while stack:
        node, is_inside = stack.pop()
        if isinstance(node, Apply):
            if node.head == head:
                yield is_inside
            is_inside = is_inside or node.head not in _NOT_FUNCTIONS
            stack += [(part, is_inside) for part in node.args]
        elif isinstance(node, Row):
            stack += [(item, is_inside) for item in node.items]
