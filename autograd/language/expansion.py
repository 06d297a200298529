"""Expansion of the functions that a sheet defines: with f(x) = x², the call f(3) becomes 3²."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from .sheet_names import SheetNames
from .trees import Apply, Name, Row, Tree, leaves, replace_names

LARGEST = 5_000  # the most names and numbers in the expansion of one call
_DEEPEST = 100  # the most operations inside each other in the expansion of one call


class TooLargeError(ValueError):
    """The expansion of nested function calls would take too much memory."""


def expand(tree: Tree, names: SheetNames) -> Tree:
    """Return a tree in which every call of a function of the sheet is replaced by its body.

    The call f′(x) becomes df/dx if f and x are quantities.

    Raises:
        TooLargeError: the expansion of a call has more than `LARGEST` names and numbers.
    """
    spine: list[Apply] = []
    while isinstance(tree, Apply) and len(tree.args) == 2 and tree.head not in names.functions:
        spine.append(tree)
        tree = tree.args[0]
    if isinstance(tree, Apply):
        args = tuple(expand(arg, names) for arg in tree.args)
        tree = _call(replace(tree, args=args), names)
    elif isinstance(tree, Row):
        tree = replace(tree, items=tuple(expand(item, names) for item in tree.items))
    for node in reversed(spine):
        tree = replace(node, args=(tree, expand(node.args[1], names)))
    return tree


def _call(tree: Apply, names: SheetNames) -> Tree:
    name = tree.head.rstrip("'")
    meaning = names.functions.get(name)
    if meaning is None:
        return tree
    if isinstance(meaning, str):
        return replace(tree, head=meaning + tree.head[len(name) :])
    params, body = meaning
    if len(params) != len(tree.args):
        return tree
    if not tree.head.endswith("'"):
        called = replace_names(body, dict(zip(params, tree.args, strict=True)))
        if sum(1 for _ in islice(leaves(called), LARGEST + 1)) > LARGEST or _is_too_deep(called):
            raise TooLargeError
        return called
    if isinstance(tree.args[0], Name) and (slope := names.slope_of(tree.head, tree.args[0])):
        return slope
    variable = Name(params[0], (), tree.place)
    for _ in range(len(tree.head) - len(name) - 1):  # as in f″(x)
        body = Apply("slope", (body, variable, variable), tree.place)
    return Apply("slope", (body, variable, *tree.args), tree.place)


def _is_too_deep(tree: Tree) -> bool:
    """Whether operations are nested too deep. The left operands of long sums do not count."""
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > _DEEPEST:
            return True
        if isinstance(node, Apply):
            is_operator = len(node.args) == 2
            stack += [(arg, depth + (not is_operator or k > 0)) for k, arg in enumerate(node.args)]
        elif isinstance(node, Row):
            stack += [(item, depth + 1) for item in node.items]
    return False
