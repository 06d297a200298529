"""The trees of expressions. The grammar builds them, and the evaluation computes their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Number:
    """A number, with the text in which it was written."""

    value: float
    place: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """A result that the writer left open, written as ``?``."""

    place: int


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity. If `index` is not empty, it selects an element or a row, counted from 1."""

    name: str
    index: tuple[int, ...]
    place: int

    def __str__(self) -> str:
        return self.name + (f"[{','.join(map(str, self.index))}]" if self.index else "")


@dataclass(frozen=True, slots=True)
class Derivative:
    """The derivative d`top`/d`bottom`. With `second`, it is d²`top`/d`bottom`d`second`.

    `written` is the text of a short form such as dw or ∇w. For other forms, it is empty.
    `is_partial` says that it was written with ∂.
    """

    top: Name
    bottom: Name
    place: int
    second: Name | None = None
    written: str = ""
    is_partial: bool = False

    def __str__(self) -> str:
        if self.second is None:
            return f"d{self.top}/d{self.bottom}"
        is_same = str(self.second) == str(self.bottom)
        below = f"d{self.bottom}²" if is_same else f"d{self.bottom}d{self.second}"
        return f"d²{self.top}/{below}"


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation on expressions.

    The `head` is a sign of the grammar, "neg", ".T", or the name of a function.
    """

    head: str
    args: tuple[Tree, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Row:
    """A list of expressions. It is a vector, or a matrix if the expressions are lists too.

    The direction of a vector is "column" if it is written as [1; 2], "row" if it is written as
    [1 2], and unknown if it is written as [1, 2].
    """

    items: tuple[Tree, ...]
    place: int
    direction: Literal["", "row", "column"] = ""


Tree = Number | Blank | Name | Derivative | Apply | Row


def plain_number(text: str) -> float | None:
    """Return the value of a decimal number or percentage, or None for any other text."""
    try:
        return float(text.replace("−", "-").replace("–", "-").replace("%", "e-2"))
    except ValueError:
        return None


def names_in(tree: Tree) -> list[str]:
    """Return the names in a tree in reading order, including the names in derivatives."""
    if type(tree) is Number:  # as most members of chains are
        return []
    names: list[str] = []
    stack = [tree]  # faster than `leaves`; this function is called often
    while stack:
        node = stack.pop()
        if type(node) is Name:
            names.append(node.name)
        elif type(node) is Apply:
            stack += node.args[::-1]
        elif type(node) is Row:
            stack += node.items[::-1]
        elif type(node) is Derivative:
            second = [node.second] if node.second else []
            names += [name.name for name in (node.top, node.bottom, *second)]
    return names


def plain_names_in(tree: Tree) -> Iterator[str]:
    """Yield the names in a tree in reading order, except the names in derivatives."""
    return (leaf.name for leaf in leaves(tree) if isinstance(leaf, Name))


def leaves(tree: Tree) -> Iterator[Tree]:
    """Yield the names, numbers, derivatives and blanks of a tree, in reading order."""
    stack = [tree]
    while stack:
        node = stack.pop()
        match node:
            case Apply(args=args):
                stack += args[::-1]
            case Row(items=items):
                stack += items[::-1]
            case _:
                yield node


def calls_in(tree: Tree) -> Iterator[Apply]:
    """Yield the operations of a tree that are calls of functions."""
    stack = [tree]
    while stack:
        match stack.pop():
            case Apply(head=head, args=args) as call:
                if head[:1].isalpha():
                    yield call
                stack += args
            case Row(items=items):
                stack += items


def has_transpose(tree: Tree) -> bool:
    """Whether a tree transposes something."""
    stack = [tree]
    while stack:
        match stack.pop():
            case Apply(head=".T"):
                return True
            case Apply(args=parts) | Row(items=parts):
                stack += parts
    return False


def counts_on(old: Tree, new: Tree) -> bool:
    """Whether a formula differs from an older one only by counting on: β² for β, m2 for m1."""
    stack, has_counted = [(old, new)], False
    while stack:
        one, other = stack.pop()
        match one, other:
            case _, Apply(head="^", args=(base, Number(value=exponent))) if exponent >= 2:
                front, before = one, 1.0
                if isinstance(one, Apply) and one.head == "^" and isinstance(one.args[1], Number):
                    front, before = one.args[0], one.args[1].value
                has_counted = has_counted or exponent > before
                if exponent < before:
                    return False
                stack.append((front, base))
            case Apply(head=head, args=args), Apply(head=same, args=others):
                if head != same or len(args) != len(others):
                    return False
                stack += zip(args, others, strict=True)
            case Name(name=name, index=index), Name(name=later, index=same):
                if index != same or (name != later and not _comes_before(name, later)):
                    return False
                has_counted = has_counted or name != later
            case Number(), Number():
                if one.value != other.value:
                    return False
            case _:
                if str(one) != str(other):
                    return False
    return has_counted


def _comes_before(name: str, later: str) -> bool:
    """Whether the number of the second name is larger, as in m1 and m2."""
    stem = name.rstrip("0123456789")
    number, next_number = name[len(stem) :], later[len(stem) :]
    is_counted = later.startswith(stem) and number.isdecimal() and next_number.isdecimal()
    return is_counted and int(number) < int(next_number)


def rewrite(
    tree: Tree, leaf: Callable[[Tree], Tree], head: Callable[[str], str] = lambda sign: sign
) -> Tree:
    """Return a tree with every leaf and every sign replaced.

    A loop replaces the recursion on the left operand, because a sum of ten thousand terms is a
    tree that is ten thousand levels deep on that side.
    """
    spine: list[Apply] = []
    while isinstance(tree, Apply) and len(tree.args) == 2:
        spine.append(tree)
        tree = tree.args[0]
    if isinstance(tree, Apply):
        args = tuple(rewrite(arg, leaf, head) for arg in tree.args)
        tree = Apply(head(tree.head), args, tree.place)
    elif isinstance(tree, Row):
        items = tuple(rewrite(item, leaf, head) for item in tree.items)
        tree = Row(items, tree.place, tree.direction)
    else:
        tree = leaf(tree)
    for node in reversed(spine):
        right = rewrite(node.args[1], leaf, head)
        tree = Apply(head(node.head), (tree, right), node.place)
    return tree


def replace_names(tree: Tree, meanings: Mapping[str, Tree] | Mapping[str, Name]) -> Tree:
    """Return a tree with some names replaced. A name that is replaced by a name keeps its index."""

    def other_name(name: Name) -> Name:
        other = meanings.get(name.name)
        if not isinstance(other, Name):
            return name
        return Name(other.name, other.index + name.index, name.place)

    def leaf(node: Tree) -> Tree:
        if isinstance(node, Name):
            other = meanings.get(node.name, node)
            return other_name(node) if isinstance(other, Name) else other
        if isinstance(node, Derivative):
            second = other_name(node.second) if node.second else None
            return replace(
                node, top=other_name(node.top), bottom=other_name(node.bottom), second=second
            )
        return node

    return rewrite(tree, leaf) if meanings else tree
