"""What a sheet is after reading: chains of equals, steps, and lines that were passed over.

``∂L/∂w = (∂L/∂y)·h = −0.755 · 0.6225 ≈ −0.470`` is one chain. Its target is ∂L/∂w, and its members
are a formula, the numbers put in, and a result. Names in the trees are the sheet's quantities, in
one spelling each; nothing behind this module looks at the text again to find them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .tokens import Source
from .trees import Apply, Derivative, Name, Row, Tree

Span = tuple[int, int]
Role = Literal["formula", "numbers", "result"]
Act = Literal["define", "claim", "gradient", "update", "arithmetic"]


@dataclass(frozen=True, slots=True)
class Digits:
    """A written result: its shape, and its numbers row by row as they were written.

    A number that was left blank, ``?``, is None.
    """

    shape: tuple[int, ...]
    texts: tuple[str | None, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a chain.

    Attributes:
        role: "formula" has names in it, "numbers" only numbers with something left to compute, and
            "result" is a written number, vector or matrix, or a blank.
        tree: what it says. Every `Number` of the tree has its digits in `text`.
        span: where it stands in the source.
        joiner: what stands before it: "=", "≈", "->", "←" or "+=".
        digits: of a result, what was written.
        recognized: whether a formula was not written, but recognized from the numbers put in.
    """

    role: Role
    tree: Tree
    span: Span
    joiner: str = "="
    digits: Digits | None = None
    recognized: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of equals, and what it does.

    Attributes:
        source: the line, or the lines.
        act: "define" gives a new name its first member; "claim" says something about a quantity
            that is known; "gradient" is about a derivative; "update" gives a quantity the value
            that it has in the next step, and its target is primed (w'); "arithmetic" has no
            target.
        target: the quantity or the derivative; one of its numbers where it has an index.
        members: what follows the target, or all members where there is none.
        shorthand: whether a derivative was written as dw, ∇w or w.grad, without what is
            differentiated; "dw" may also be an ordinary name of the writer.
        notes: what the reader took for granted, such as "x is read as X".
    """

    source: Source
    act: Act
    target: Name | Derivative | None
    members: tuple[Member, ...]
    shorthand: bool = False
    notes: tuple[str, ...] = ()

    @property
    def formulas(self) -> tuple[Member, ...]:
        """The members with names."""
        return tuple(member for member in self.members if member.role == "formula")

    @property
    def numbers(self) -> tuple[Member, ...]:
        """The members in which numbers were put in for the names."""
        return tuple(member for member in self.members if member.role == "numbers")

    @property
    def results(self) -> tuple[Member, ...]:
        """The written results; the last one is the claim."""
        return tuple(member for member in self.members if member.role == "result")

    def text_of(self, member: Member) -> str:
        """Return a member as it was written."""
        return self.source.text[slice(*member.span)]

    @property
    def is_given(self) -> bool:
        """Whether it only gives a name a number, such as x = 0.5."""
        return self.act == "define" and all(member.role == "result" for member in self.members)


@dataclass(frozen=True, slots=True)
class Step:
    """The next step begins: updated quantities take their new values."""

    source: Source


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is no calculation: prose, a heading, or a formula whose names have no values.

    `reason` says why it was passed over where that may be a surprise.
    """

    source: Source
    reason: str = ""


Statement = Chain | Step | Skipped


@dataclass(frozen=True)
class Reading:
    """A sheet as it was read.

    Attributes:
        statements: chains, steps and prose, in the order of the lines.
        skipped: how many lines of prose there are; empty lines and comments do not count.
    """

    statements: tuple[Statement, ...]
    skipped: int = field(default=0)

    def chains(self) -> Iterator[Chain]:
        """Yield the chains."""
        return (one for one in self.statements if isinstance(one, Chain))

    def notes(self) -> Iterator[str]:
        """Yield what the reader took for granted and passed over, as sentences."""
        for one in self.statements:
            if isinstance(one, Chain):
                yield from (f"Line {one.source.line}: {note}." for note in one.notes)
            elif isinstance(one, Skipped) and one.reason:
                yield f"Line {one.source.line} was passed over, because {one.reason}."
        if self.skipped:
            are = "line of text was" if self.skipped == 1 else "lines of text were"
            yield f"{self.skipped} {are} passed over."


def align(formula: Tree, numbers: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Yield each name of a formula with the numbers that were put in for it.

    Both trees are walked together as far as they have the same form; where they part, nothing is
    said about what lies below. Factors and terms are compared in their order.

    >>> from autograd.language.grammar import parse
    >>> formula, numbers = (parse(Source(text)) for text in ("w*x + b", "0.8*0.5 + 0.1"))
    >>> [(str(name), number.text) for name, number in align(formula, numbers)]
    [('w', '0.8'), ('x', '0.5'), ('b', '0.1')]
    """
    if isinstance(formula, Name | Derivative):
        yield formula, numbers
    elif isinstance(formula, Row) and isinstance(numbers, Row):
        if len(formula.items) == len(numbers.items):
            for one, other in zip(formula.items, numbers.items, strict=True):
                yield from align(one, other)
    elif isinstance(formula, Apply) and isinstance(numbers, Apply):
        yield from _align_operations(formula, numbers)


def _align_operations(formula: Apply, numbers: Apply) -> Iterator[tuple[Tree, Tree]]:
    if formula.head in _PRODUCTS and numbers.head in _PRODUCTS:
        ours, theirs = _factors(formula), _factors(numbers)
        if len(ours) < len(theirs):  # a(1 − a) may be put in for the last factor, σ′(z)
            ours = ours[:-1]
        elif len(ours) > len(theirs):
            return
        for one, other in zip(ours, theirs, strict=False):
            yield from align(one, other)
    elif formula.head == numbers.head or formula.head[0].isalpha() == numbers.head[0].isalpha():
        is_same = formula.head == numbers.head or formula.head.isalpha()
        if is_same and len(formula.args) == len(numbers.args):
            for one, other in zip(formula.args, numbers.args, strict=True):
                yield from align(one, other)


_PRODUCTS = frozenset(("*", "·", "⊙"))


def _factors(tree: Tree) -> list[Tree]:
    found: list[Tree] = []
    while isinstance(tree, Apply) and tree.head in _PRODUCTS:
        found.append(tree.args[1])
        tree = tree.args[0]
    return [tree, *reversed(found)]
