"""What a derivative such as dC/dw means on a sheet: one output, and the numbers of w."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from ..engine.functions import total
from ..engine.second_order import grad
from ..engine.value import Value
from ..language.evaluate import evaluate
from ..language.names import TARGET_NAMES
from ..language.quantity import Quantity, Shape
from ..language.scopes import named
from ..language.sheet_source import Source, WorksheetError
from ..language.trees import Apply, Derivative, Name, Tree, leaves, names_in
from .ledger import Ledger, TooMuchWorkError

_MOST_SWEEPS = 100  # for the slopes of a vector by a vector, one sweep for each number


class NoPathError(WorksheetError):
    """The sheet has dC/dw, but C was not computed from w."""


@dataclass(frozen=True)
class Formula:
    """How a name was defined, kept to be computed again in the next step.

    Attributes:
        tree: the expression.
        source: the line that it was written in.
        is_given: whether it is only numbers.
        shape: the shape of the written result.
        parts: the formulas of single elements that an update replaces, by index.
    """

    tree: Tree
    source: Source
    is_given: bool = False
    shape: Shape | None = None
    parts: Mapping[tuple[int, ...], Tree] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """The quantities that it rests on."""
        return frozenset(names_in(self.tree))


class Sheet(Protocol):
    """What a derivative needs from the book. `Book` implements this protocol."""

    ledger: Ledger

    def quantity(self, name: str) -> Quantity | None:
        """Return what a name stands for now, or None."""

    def formula(self, name: str) -> Formula | None:
        """Return how a name was defined, or None."""

    def names(self) -> Iterable[str]:
        """Return the names that are defined."""

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the numbers of a derivative inside a formula."""


def differentiated(sheet: Sheet, tree: Derivative, source: Source) -> tuple[Value, Quantity]:
    """Return the node of C and the numbers of w for a derivative dC/dw.

    For a second derivative d²C/dw², C is replaced by the recorded dC/dw.

    Raises:
        WorksheetError: one is not defined, or C has many numbers.
        NoPathError: C does not depend on w.
    """
    cells = named(tree.bottom, sheet, source)
    output = _output(sheet, tree, named(tree.top, sheet, source), cells, source)
    if tree.second is not None:
        output, cells = _slope(sheet, tree, output, cells, source)
    if not _reaches(sheet, output, cells, source, tree.place):
        again = _recorded_again(sheet, tree, source)
        output = output if again is None else again
    if not _reaches(sheet, output, cells, source, tree.place):
        raise _no_path(sheet, tree, source)
    return output, cells


def _reaches(sheet: Sheet, output: Value, cells: Quantity, source: Source, place: int) -> bool:
    try:
        uses = sheet.ledger.sweep(output).uses
    except TooMuchWorkError as error:
        raise source.error(str(error), place) from None
    return any(cell in uses for cell in cells.items)


def _output(
    sheet: Sheet, tree: Derivative, top: Quantity, cells: Quantity, source: Source
) -> Value:
    """Return the node that is differentiated. If a(z) acts on each number, it is the sum."""
    if len(top.items) == 1:
        return top.items[0]
    if top.shape == cells.shape and _is_by_number(sheet, top, cells):
        return total(top.items)
    raise source.error(
        f"{tree.top} is {top.kind}; a derivative is that of one number, such as "
        f"d{tree.top}[1]/d{tree.bottom}",
        tree.top.place,
    )


def _is_by_number(sheet: Sheet, top: Quantity, cells: Quantity) -> bool:
    """Whether each number of a depends on the number of z in its own place alone."""
    if len(cells.items) > _MOST_SWEEPS:
        return False
    everything = set(cells.items)
    return all(
        everything.intersection(sheet.ledger.sweep(output).uses) == {cell}
        for output, cell in zip(top.items, cells.items, strict=True)
    )


def _slope(
    sheet: Sheet, tree: Derivative, output: Value, cells: Quantity, source: Source
) -> tuple[Value, Quantity]:
    """Return dC/dw, recorded, and what it is differentiated by."""
    assert tree.second is not None
    if len(cells.items) > 1:
        raise source.error(
            f"a second derivative is that by one number, such as d²{tree.top}/d{tree.bottom}[1]²",
            tree.place,
        )
    (slope,) = grad(output, [cells.items[0]])
    slope.label = slope.label or f"d{tree.top}/d{tree.bottom}"
    sheet.ledger.enter(slope)
    return slope, named(tree.second, sheet, source)


def _recorded_again(sheet: Sheet, tree: Derivative, source: Source) -> Value | None:
    """Return a quantity such as g = dy/dx with dy/dx as a recorded graph, not as a constant."""
    formula = sheet.formula(tree.top.name)
    if formula is None or tree.top.index or not _holds_derivative(sheet, tree.top.name):
        return None
    cells = evaluate(formula.tree, _Recording(sheet), formula.source)
    sheet.ledger.enter(cells.items[0])
    return cells.items[0]


def _holds_derivative(sheet: Sheet, name: str) -> bool:
    """Whether a quantity was computed with a derivative in its formula."""
    seen, stack = {name}, [name]
    while stack:
        formula = sheet.formula(stack.pop())
        for leaf in leaves(formula.tree) if formula else ():
            if isinstance(leaf, Derivative):
                return True
            if isinstance(leaf, Name) and leaf.name not in seen:
                seen.add(leaf.name)
                stack.append(leaf.name)
    return False


def _no_path(sheet: Sheet, tree: Derivative, source: Source) -> NoPathError:
    top, bottom = tree.top.name, tree.bottom
    message = f"{tree.top} does not depend on {bottom} by the formulas of this sheet"
    given = [(f.source.line, name) for name, f in _rests_on(sheet, top) if f.is_given]
    if found := next(given_as_numbers(sheet, top), None):
        name, formula = found
        message += (
            f"; line {formula.source.line} computes {name} from numbers alone, so write its "
            f"formula with names first, such as {name} = w*x + b = …"
        )
    elif given:
        computed = {_numbers(sheet, name) for name in sheet.names() if _has_formula(sheet, name)}
        line, name = max(
            given,
            # A number that equals a computed one is most likely a result. A target is none.
            key=lambda one: (_numbers(sheet, one[1]) in computed, one[1] not in TARGET_NAMES, one),
        )
        message += (
            f"; line {line} gives {name} as a number, so if it comes from {bottom}, write its "
            "formula before that number"
        )
    error = source.error(message, bottom.place)  # finds the line and the column
    return NoPathError(error.message, error.source, error.line, error.column)


def _numbers(sheet: Sheet, name: str) -> tuple[float, ...]:
    """Return the numbers of a quantity, rounded so that equal ones can be recognized."""
    cells = sheet.quantity(name)
    return tuple(round(item.data, 9) for item in cells.items) if cells else ()


def _has_formula(sheet: Sheet, name: str) -> bool:
    formula = sheet.formula(name)
    return formula is not None and bool(formula.names)


def given_as_numbers(sheet: Sheet, top: str) -> Iterator[tuple[str, Formula]]:
    """Yield the quantities that `top` rests on and that a formula of bare numbers computes."""
    for name, formula in _rests_on(sheet, top):
        if isinstance(formula.tree, Apply) and not formula.names:
            yield name, formula


def _rests_on(sheet: Sheet, top: str) -> Iterator[tuple[str, Formula]]:
    """Yield `top` and the quantities that it was computed from, with their formulas."""
    seen, stack = {top}, [top]
    while stack:
        name = stack.pop()
        if formula := sheet.formula(name):
            yield name, formula
            new = formula.names - seen
            seen |= new
            stack += new


class _Recording:
    """The scope in which derivatives are recorded, so that they can be differentiated again."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def quantity(self, name: str) -> Quantity | None:
        """Return a quantity, computed again where its formula holds a derivative."""
        formula = self._sheet.formula(name)
        if formula is not None and _holds_derivative(self._sheet, name):
            return evaluate(formula.tree, self, formula.source)
        return self._sheet.quantity(name)

    def names(self) -> Iterable[str]:
        """Return the names that are defined."""
        return self._sheet.names()

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the derivative as recorded Values."""
        output, cells = differentiated(self._sheet, tree, source)
        return cells.with_items(grad(output, cells.items))
