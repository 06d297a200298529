"""The rank of a formula: 0 for a number, 1 for a vector and 2 for a matrix, judged by its form."""

from __future__ import annotations

from collections.abc import Callable

from .trees import Apply, Derivative, Name, Row, Tree
from .vocabulary import function_name

_OPERATORS = frozenset("+-*·⊙⊗/^@")
_GIVE_ONE_NUMBER = frozenset(("sum", "mean", "var", "std", "norm", "mse", "logsumexp", "len"))


def rank_of(tree: Tree, rank_of_name: Callable[[str], int]) -> int:
    """Return the rank of a tree, where `rank_of_name` gives the ranks of the quantities.

    >>> from autograd.language.grammar import parse
    >>> from autograd.language.sheet_source import Source
    >>> rank_of(parse(Source("W @ x + b")), {"W": 2, "x": 1, "b": 1}.__getitem__)
    1
    """
    spine: list[Apply] = []
    while isinstance(tree, Apply) and tree.head in _OPERATORS:
        spine.append(tree)
        tree = tree.args[0]
    rank = _rank_of_operand(tree, rank_of_name)
    for node in reversed(spine):
        rank = _rank_of_operation(node, rank, rank_of(node.args[1], rank_of_name))
    return rank


def _rank_of_operand(tree: Tree, rank_of_name: Callable[[str], int]) -> int:
    match tree:
        case Row(items=items):
            return 1 + max(rank_of(item, rank_of_name) for item in items)
        case Name(name=name, index=index):
            return max(0, rank_of_name(name) - len(index))
        case Derivative(bottom=bottom):
            return rank_of(bottom, rank_of_name)
        case Apply(head=head, args=args):
            return _rank_of_call(head, [rank_of(arg, rank_of_name) for arg in args])
    return 0


def _rank_of_operation(node: Apply, left: int, right: int) -> int:
    """Return the rank of a sum, a product or a quotient of operands with these ranks."""
    if not (left and right) or node.head not in ("·", "@"):
        return max(left, right)
    is_row = isinstance(node.args[1], Apply) and node.args[1].head == ".T"
    if left == right == 1 and is_row and node.head == "·":
        return 2
    return left + right - 2


def _rank_of_call(head: str, ranks: list[int]) -> int:
    name = function_name(head)
    if name in _GIVE_ONE_NUMBER or (name in ("maximum", "minimum") and len(ranks) == 1):
        return 0
    if head in ("Σ", "|") or (head == "⟨" and all(ranks)):
        return 0
    if head == "⟨":
        return 1
    if name == "outer":
        return 2
    if name == "softmax" and len(ranks) > 1:
        return 1
    if name == "dot" and all(ranks):
        return sum(ranks) - 2
    return max(ranks, default=0)
