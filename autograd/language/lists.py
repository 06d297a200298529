"""Lists in trees: the items of a sum of lists, and the columns of a list of rows."""

from __future__ import annotations

from collections.abc import Sequence

from .trees import Apply, Row, Tree


def transposed(rows: Sequence[Sequence[Tree]], place: int) -> Row:
    """Return the columns of rows that have one length, as a list of lists."""
    return Row(tuple(Row(column, place) for column in zip(*rows, strict=True)), place)


_MOST_LISTS = 20  # the most lists in one sum whose items are added


def items_of(tree: Tree, depth: int = _MOST_LISTS) -> tuple[Tree, ...] | None:
    """Return the items of a list, or of a sum of lists and their multiples, or None.

    >>> from autograd.language.trees import Number
    >>> tree = Apply("-", (Row((Number(1, 0, "1"),), 0), Row((Number(2, 0, "2"),), 0)), 0)
    >>> [[arg.text for arg in item.args] for item in items_of(tree)]
    [['1', '2']]
    """
    match tree:
        case Row(items=items):
            return items
        case Apply() if not depth:
            return None
        case Apply(head="neg" | ".T" as head, args=(inner,)):
            items = items_of(inner, depth - 1) or ()
            changed = (
                item if head == ".T" else Apply("neg", (item,), tree.place) for item in items
            )
            return tuple(changed) or None
        case Apply(head="+" | "-" | "*" | "·" | "/" as head, args=(left, right)):
            ours, theirs = items_of(left, depth - 1), items_of(right, depth - 1)
            if head in "+-" and ours and theirs and len(ours) == len(theirs):
                return tuple(
                    Apply(head, pair, tree.place) for pair in zip(ours, theirs, strict=True)
                )
            if head in "*·" and theirs and ours is None:
                return tuple(Apply(head, (left, item), tree.place) for item in theirs)
            if head not in "+-" and ours and theirs is None:
                return tuple(Apply(head, (item, right), tree.place) for item in ours)
    return None
