"""The result of reading a sheet: chains of equalities, steps, and skipped lines.

``∂L/∂w = (∂L/∂y)·h = −0.755 · 0.6225 ≈ −0.470`` is one chain. Its target is ∂L/∂w. Its members
are a formula, the same formula with numbers substituted for the names, and a result. Each quantity
of the sheet has one spelling in the trees, so later modules never search the text for names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .sheet_source import Source, WorksheetError
from .trees import Apply, Derivative, Name, Row, Tree

Span = tuple[int, int]
Role = Literal["formula", "numbers", "result"]
Act = Literal["define", "claim", "gradient", "update", "arithmetic"]


@dataclass(frozen=True, slots=True)
class Digits:
    """A result as the writer wrote it.

    Attributes:
        shape: () for a number, (n,) for a vector, (rows, columns) for a matrix.
        texts: the digits of each number, row by row. A blank, ``?``, is None.
        place: the position of the result in the source, counted from 0.
    """

    shape: tuple[int, ...]
    texts: tuple[str | None, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a chain.

    Attributes:
        role: A "formula" contains names. "numbers" is a calculation that contains only numbers. A
            "result" is a written number, vector or matrix, or a blank.
        tree: the parsed expression. Every `Number` in the tree keeps its digits in `text`.
        span: the start and end of the member in the source.
        joiner: the sign before the member: "=", "≈", "->", "←", "+=" or "-=". It is "" if
            the member has no sign before it.
        digits: the written result, or None if the member is not a result.
        recognized: whether the reader inferred this formula from the substituted numbers, because
            the writer did not write it.
        rounded: whether the numbers in this formula were rounded, because they are results.
        heading: the text of the member if it stands in the heading of a table and not in `span`.
    """

    role: Role
    tree: Tree
    span: Span
    joiner: str = "="
    digits: Digits | None = None
    recognized: bool = False
    rounded: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of equalities, and what it does.

    Attributes:
        source: the line of the sheet, or the lines if the chain spans several.
        act: "define" defines a new name by the first member. "claim" states a value of a quantity
            that is already defined. "gradient" states a derivative. "update" gives a quantity its
            value in the next step, and the name of its target ends with a prime (w').
            "arithmetic" has no target.
        target: the quantity or the derivative on the left. An index selects one of its elements.
        members: the members after the target, or all members if there is no target.
        shorthand: whether the target is a short form such as dw, ∇w or w.grad, which does not name
            the quantity that is differentiated. The writer may also use "dw" as an ordinary name.
        notes: the assumptions that the reader made, such as "x is read as X".
    """

    source: Source
    act: Act
    target: Name | Derivative | None
    members: tuple[Member, ...]
    shorthand: bool = False
    notes: tuple[str, ...] = ()

    @property
    def formulas(self) -> tuple[Member, ...]:
        """The members that contain names."""
        return tuple(member for member in self.members if member.role == "formula")

    @property
    def numbers(self) -> tuple[Member, ...]:
        """The members in which numbers are substituted for the names."""
        return tuple(member for member in self.members if member.role == "numbers")

    @property
    def results(self) -> tuple[Member, ...]:
        """The written results. The last one is the value that the writer claims."""
        return tuple(member for member in self.members if member.role == "result")

    def text_of(self, member: Member) -> str:
        """Return the source text of a member."""
        return member.heading or " ".join(self.source.text[slice(*member.span)].split())

    @property
    def is_given(self) -> bool:
        """Whether the chain only gives a number, as x = 0.5 and w_new = 0.4 without a rule do."""
        is_value = self.act in ("define", "update")
        return is_value and all(member.role == "result" for member in self.members)


@dataclass(frozen=True, slots=True)
class StepBreak:
    """The start of the next step, where updated quantities take their new values."""

    source: Source


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is not a calculation: prose, a heading, or a formula whose names have no values.

    `reason` explains why the line was skipped. It is empty if the writer would expect the skip.
    With `is_part`, only the rest of the line was skipped.
    """

    source: Source
    reason: str = ""
    is_part: bool = False


Statement = Chain | StepBreak | Skipped


@dataclass(frozen=True)
class Reading:
    """The statements of a sheet.

    Attributes:
        statements: the chains, steps and skipped lines, in the order of the sheet.
        skipped: the number of skipped lines. Empty lines and comments are not counted.
        unread: the errors of the lines that could not be read.
        counts_from_zero: whether the first element of a list has the index 0 in the sheet.
    """

    statements: tuple[Statement, ...]
    skipped: int = 0
    unread: tuple[WorksheetError, ...] = ()
    counts_from_zero: bool = False

    def chains(self) -> Iterator[Chain]:
        """Yield the chains."""
        return (one for one in self.statements if isinstance(one, Chain))

    def notes(self) -> Iterator[str]:
        """Yield a sentence for each assumption of the reader and for the lines that it skipped."""
        yield from dict.fromkeys(self._notes_on_lines())
        if self.counts_from_zero and any(map(_names_element, self.chains())):
            yield "The sheet and this report count from 0: x[0] is the first element of a list x."
        if self.skipped:
            are = "line of text was" if self.skipped == 1 else "lines of text were"
            yield f"{self.skipped} {are} passed over."

    def _notes_on_lines(self) -> Iterator[str]:
        skipped: dict[str, list[int]] = {}
        for one in self.statements:
            if isinstance(one, Chain):
                yield from (f"Line {one.source.line}: {note}." for note in one.notes)
            elif isinstance(one, Skipped) and one.is_part and one.reason:
                yield f"A part of line {one.source.line} was passed over, because {one.reason}."
            elif isinstance(one, Skipped) and one.reason:
                skipped.setdefault(one.reason, []).append(one.source.line)
        yield from (passed_over(lines, reason) for reason, lines in skipped.items())


def passed_over(lines: Sequence[int], reason: str) -> str:
    """Return a sentence that says which lines were skipped, and why.

    >>> passed_over([4, 5, 7], "line 2 was not read")
    'Lines 4, 5 and 7 were passed over, because line 2 was not read.'
    """
    *others, last = map(str, dict.fromkeys(lines))
    if not others:
        return f"Line {last} was passed over, because {reason}."
    return f"Lines {', '.join(others)} and {last} were passed over, because {reason}."


def _names_element(chain: Chain) -> bool:
    """Whether a report on a chain names an element of a list."""
    target = chain.target
    places = (target.top, target.bottom) if isinstance(target, Derivative) else (target,)
    is_element = any(place and place.index for place in places)
    return is_element or any(member.digits and member.digits.shape for member in chain.results)


def align(formula: Tree, numbers: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Yield each name of a formula with the number or expression that was substituted for it.

    Both trees are walked together while they have the same form. Nothing is yielded below a node
    where they differ. Factors and terms are compared in their order.

    >>> from autograd.language.grammar import parse
    >>> formula, numbers = (parse(Source(text)) for text in ("w*x + b", "0.8*0.5 + 0.1"))
    >>> [(str(name), number.text) for name, number in align(formula, numbers)]
    [('w', '0.8'), ('x', '0.5'), ('b', '0.1')]
    >>> formula, numbers = (parse(Source(text)) for text in ("d*x*f'(z)", "0.5*2*0.6*(1 - 0.6)"))
    >>> [(str(name), number.text) for name, number in align(formula, numbers)]
    [('d', '0.5'), ('x', '2')]
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
        if len(ours) < len(theirs):  # because a(1 − a) may replace the last factor, σ′(z)
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


_PRODUCTS = frozenset("*·⊙⊗")


def _factors(tree: Tree) -> list[Tree]:
    found: list[Tree] = []
    while isinstance(tree, Apply) and tree.head in _PRODUCTS:
        found.append(tree.args[1])
        tree = tree.args[0]
    return [tree, *reversed(found)]
