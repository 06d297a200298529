"""The members of chains: formulas, calculations with numbers, and written results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .chain import Digits, Role, Span
from .lists import transposed
from .names import CONSTANTS
from .sheet_source import Source
from .trees import (
    Apply,
    Blank,
    Derivative,
    Name,
    Number,
    Row,
    Tree,
    names_in,
    plain_number,
)

POINT_WORDS = frozenset(("at", "bei"))
"""The words before a point, as in: at x = 3."""


@dataclass
class RawMember:
    """A member of a chain, before its names are given a meaning."""

    joiner: str
    tree: Tree
    span: Span
    heading: str = ""


@dataclass
class RawChain:
    """A chain, before its names are given a meaning.

    Attributes:
        place: the position of the chain in the source.
        target: a name, a derivative, a list of names, a call f(x), or None for arithmetic.
        members: the members after the target.
        is_new: whether the target is marked as a new value, as in new w, w_new or w ←.
        was_named_new: whether the name itself marks the new value, as w_new does. Then w alone
            still refers to the old value.
        label: the words before a colon.
        words: the words before the target.
        is_row: whether the chain stands in a table, whose headings say that the value is new.
        is_point: whether the chain gives a point, as in: at x = 3.
        point: the point at which a derivative is evaluated, as in |_{x=2} or |_{(0,0)}. Each item
            is a name, or "" if the writer gave none, and a value.
    """

    place: int
    target: Tree | None
    members: list[RawMember]
    is_new: bool = False
    was_named_new: bool = False
    label: str = ""
    words: frozenset[str] = frozenset()
    is_row: bool = False
    is_point: bool = False
    point: list[tuple[str, Tree]] = field(default_factory=list)


def role_of(tree: Tree, *, is_last: bool) -> Role:
    """Return the role of a member. A fraction such as 2/3 is a result only if it is last."""
    if type(tree) is Number:  # because most members are results
        return "result"
    if any(name not in CONSTANTS for name in names_in(tree)):
        return "formula"
    is_quotient = isinstance(tree, Apply) and tree.head == "/"
    return "result" if is_written(tree) and (is_last or not is_quotient) else "numbers"


def without_transpose(tree: Tree) -> Tree:
    """Return a transposed list of numbers without its transpose: (5, 11)ᵀ as (5, 11)."""
    if isinstance(tree, Apply) and tree.head == ".T" and is_written(tree.args[0]):
        inner = tree.args[0]
        items = inner.items if isinstance(inner, Row) else ()
        rows = [row.items for row in items if isinstance(row, Row)]
        if not rows:
            return inner
        if len({len(row) for row in rows}) == 1 and len(rows) == len(items):
            return transposed(rows, tree.place)
    return tree


def is_written(tree: Tree) -> bool:
    """Whether a tree is a written result: a number, a blank, or a list of them."""
    if isinstance(tree, Row):
        return all(map(is_written, tree.items))
    return isinstance(tree, Blank) or bool(written_number(tree))


def written_number(tree: Tree) -> str:
    """Return the text of a written number, such as 0.5, -2/3 or 1.5·10^-3, or "" otherwise."""
    match tree:
        case Number(text=text):
            return text
        case Apply(head="neg", args=(inner,)):
            text = written_number(inner)
            return "-" + text if text else ""
        case Apply(head="/", args=(Number(text=top), Number(text=bottom))):
            is_fraction = top.lstrip("-−–").isdecimal() and bottom.isdecimal()
            return f"{top}/{bottom}" if is_fraction else ""
        case Apply(head="*" | "·", args=(Number(text=front), Apply(head="^", args=(base, power)))):
            is_ten = isinstance(base, Number) and base.text == "10" and isinstance(power, Number)
            return f"{front}·10^{power.text}" if is_ten and isinstance(power, Number) else ""
    return ""


def read_digits(tree: Tree, source: Source, place: int) -> Digits:
    """Return the shape of a written result and the texts of its numbers.

    Raises:
        WorksheetError: the rows differ in length, or lists are nested more than two deep.
    """
    if not isinstance(tree, Row):
        return Digits((), (_text(tree),), place)
    rows = [item.items if isinstance(item, Row) else None for item in tree.items]
    if all(row is None for row in rows):
        return Digits((len(rows),), tuple(map(_text, tree.items)), place)
    lengths = {len(row) if row else 0 for row in rows}
    flat = [item for row in rows for item in row or ()]
    if len(lengths) > 1 or any(isinstance(item, Row) for item in flat):
        raise source.error(
            "the rows of this answer differ in length, or a number is missing", place
        )
    return Digits((len(rows), lengths.pop()), tuple(map(_text, flat)), place)


def _text(tree: Tree) -> str | None:
    return None if isinstance(tree, Blank) else written_number(tree)


def equal_numbers(one: str, other: str) -> bool:
    number = plain_number(one)
    return number is not None and number == plain_number(other)


def is_rounded(number: str, other: str) -> bool:
    """Whether the other text is the same number, perhaps rounded to at least two decimals."""
    exact, rounded = plain_number(number), plain_number(other)
    if exact is None or rounded is None:
        return False
    decimals = len(other.partition(".")[2])
    half = 0.5 * 10.0**-decimals if decimals > 1 else 0.0
    return abs(exact - rounded) <= half


def formulas_with_numbers(trees: Sequence[Tree]) -> Iterable[tuple[Tree, Tree]]:
    """Yield each pair of a formula and a member with substituted numbers."""
    roles = [role_of(tree, is_last=True) for tree in trees]
    for formula, role in zip(trees, roles, strict=True):
        if role == "formula":
            for numbers, other in zip(trees, roles, strict=True):
                if other == "numbers":
                    yield formula, numbers


def place_of(tree: Tree, name: str) -> int:
    stack = [tree]
    while stack:
        node = stack.pop()
        if (isinstance(node, Name) and node.name == name) or (
            isinstance(node, Apply) and node.head == name
        ):
            return node.place
        if isinstance(node, Derivative) and name in (node.top.name, node.bottom.name):
            return node.place
        if isinstance(node, Apply):
            stack += node.args
        elif isinstance(node, Row):
            stack += node.items
    return tree.place
