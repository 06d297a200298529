"""The names of a sheet: what each stands for, step after step, and what its gradients are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..engine.value import Value, constant
from ..language.evaluate import evaluate, named
from ..language.grammar import Apply, Derivative, Name, Number, Row, Tree, parse
from ..language.quantity import Quantity
from ..language.tokens import Source, WorksheetError
from .claims import Ledger, TooMuchWorkError
from .intervals import Interval

MOST_NODES = 200_000
_DEEPEST_REPLAY = 30


@dataclass(frozen=True, slots=True)
class Formula:
    """How a name was defined, kept to be computed anew in the next step."""

    tree: Tree
    source: Source


class Book:
    """The quantities of a sheet by name; the scope in which its expressions are evaluated.

    Attributes:
        ledger: the writer's own numbers.
        places: for every named number its name and index, such as ("W1", (1, 2)).
        opposite: the gradients that the writer holds with the opposite sign, as (C, w).
        before: the gradients of the step before, by what they are called.
    """

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.places: dict[Value, tuple[str, tuple[int, ...]]] = {}
        self.opposite: set[tuple[str, str]] = set()
        self.before: dict[str, float] = {}
        self.gradients: dict[str, float] = {}
        self._quantities: dict[str, Quantity] = {}
        self._formulas: dict[str, Formula] = {}
        self._fresh: set[str] = set()  # names defined in this step
        self._depth = 0
        self._written: set[Value] = set()

    def write(self, cell: Value, claimed: Interval) -> None:
        """Note what the writer wrote for a value."""
        self.ledger.write(cell, claimed)
        self._written.add(cell)

    def was_written(self, cell: Value) -> bool:
        """Whether the writer wrote this value."""
        return cell in self._written

    # --- as a scope -------------------------------------------------------------------------------

    def quantity(self, name: str) -> Quantity | None:
        """Return what a name stands for now, None where it is not defined."""
        if name not in self._quantities and name in self._formulas:
            self._replay(name)
        return self._quantities.get(name)

    def names(self) -> Iterable[str]:
        """Return the names that are defined."""
        return self._quantities

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the true numbers of dC/dw as constants; the ledger holds the writer's own."""
        output, cells = self.differentiated(tree, source)
        sweep = self.ledger.sweep(output)
        sign = -1.0 if (str(tree.top), str(tree.bottom)) in self.opposite else 1.0
        items = []
        for cell, label in zip(cells.items, labels(str(tree), cells), strict=True):
            exact = constant(sign * sweep.adjoint(cell))
            exact.label = label
            own = sweep.written.get(cell) or sweep.follows(cell)
            self.ledger.write(exact, own if sign > 0 else -own)
            self.ledger.derivatives[exact] = sweep, cell, sign
            items.append(exact)
            self.places[exact] = (str(tree), ())
            self.gradients[label] = exact.data
        return Quantity(cells.shape, tuple(items))

    def differentiated(self, tree: Derivative, source: Source) -> tuple[Value, Quantity]:
        """Return C, one number, and w of a derivative dC/dw.

        Raises:
            WorksheetError: one is not defined, C has many numbers, or C does not depend on w.
        """
        top, cells = named(tree.top, self, source), named(tree.bottom, self, source)
        if len(top.items) > 1:
            raise source.error(
                f"{tree.top} is {top.kind}; a derivative is that of one number, such as "
                f"d{tree.top}[1]/d{tree.bottom}",
                tree.top.place,
            )
        output = top.items[0]
        try:
            uses = self.ledger.sweep(output).uses
        except TooMuchWorkError as error:
            raise source.error(str(error), tree.place) from None
        if not any(cell in uses for cell in cells.items):
            raise source.error(
                f"{tree.top} does not depend on {tree.bottom}: no path leads from one to the other",
                tree.bottom.place,
            )
        return output, cells

    # --- definitions ------------------------------------------------------------------------------

    def parse(self, source: Source, span: tuple[int, int]) -> Tree:
        """Return the tree of a part of a line."""
        return parse(source, self._is_known, *span)

    def _is_known(self, name: str) -> bool:
        return name in self._quantities or name in self._formulas

    def define(self, name: Name, tree: Tree, source: Source) -> Quantity:
        """Compute a quantity and give it its name.

        Raises:
            WorksheetError: the name is taken in this step, or its expression cannot be computed.
        """
        if name.index:
            raise source.error(
                f"define the whole of {name.name}, or give this number a name of its own",
                name.place,
            )
        if name.name in self._fresh:
            raise source.error(
                f"{name.name} is already defined in this step; write {name.name}' for a new value, "
                f"{name.name} -> … for what you got, or --- before the next step",
                name.place,
            )
        cells = self._named(name.name, self._compute(tree, source))
        if name.name in self._quantities:
            self._forget_dependents(name.name)
        self._quantities[name.name] = cells
        self._formulas[name.name] = Formula(tree, source)
        self._fresh.add(name.name)
        return cells

    def _forget_dependents(self, name: str) -> None:
        """Forget what this step computed from the old value of a name, so that it is replayed."""
        changed = [name]
        while changed:
            renewed = changed.pop()
            for other, formula in self._formulas.items():
                rests = renewed in mentioned(formula.tree) and other not in self._fresh
                if rests and other in self._quantities:
                    del self._quantities[other]
                    changed.append(other)

    def adopt(self, name: str, cells: Quantity) -> None:
        """Take over a quantity that was recorded elsewhere."""
        self._quantities[name] = cells
        for cell, index in zip(cells.items, cells.indices, strict=True):
            if index or cell not in self.places:
                self.places[cell] = (name, index)

    def _compute(self, tree: Tree, source: Source) -> Quantity:
        if _is_given(tree):
            given = evaluate(tree, self, source)
            return Quantity(given.shape, tuple(Value(item.data) for item in given.items))
        return self.evaluate(tree, source)

    def evaluate(self, tree: Tree, source: Source) -> Quantity:
        """Return the value of an expression, entered in the ledger."""
        cells = evaluate(tree, self, source)
        try:
            for item in cells.items:
                self.ledger.enter(item)
        except TooMuchWorkError as error:
            raise source.error(str(error), 0) from None
        return cells

    def _named(self, name: str, cells: Quantity) -> Quantity:
        for cell, label, index in zip(cells.items, labels(name, cells), cells.indices, strict=True):
            if cell not in self.places:
                self.places[cell] = (name, index)
                cell.label = cell.label or label
        return cells

    def is_given(self, name: str) -> bool:
        """Whether a quantity is an input or a parameter, not computed."""
        cells = self._quantities.get(name)
        return cells is not None and not any(cell.parents for cell in cells.items)

    def renewed(self, name: str, index: tuple[int, ...]) -> Value | None:
        """Return the number that a value has after this step, if that was defined already."""
        cells = self._quantities.get(name + "'")
        return cells.at(index).items[0] if cells is not None else None

    # --- steps ------------------------------------------------------------------------------------

    def next_step(self) -> None:
        """Let every primed value take its name's place, and compute the rest anew."""
        primed = {name: cells for name, cells in self._quantities.items() if name.endswith("'")}
        self.before, self.gradients = self.gradients, {}
        self._fresh.clear()
        old = dict(self._quantities)
        self._quantities = {
            name: cells
            for name, cells in old.items()
            if (name in self._formulas and _is_given(self._formulas[name].tree))
            or (name not in self._formulas and not name.endswith("'"))
        }
        for name, cells in primed.items():
            self._formulas.pop(name[:-1], None)
            self._quantities[name[:-1]] = self._named(name[:-1], self._renewed(cells))
        for name in [n for n in old if not n.endswith("'") and n not in self._quantities]:
            self._replay(name)

    def repeat_step(self) -> None:
        """Go to the next step and make all its updates, by the formulas of this one."""
        self.next_step()
        for name in [name for name in self._formulas if name.endswith("'")]:
            self.quantity(name)

    def _renewed(self, cells: Quantity) -> Quantity:
        """Return new leaves with the same numbers, exact ones and the writer's own."""
        leaves = []
        for cell in cells.items:
            leaf = Value(cell.data)
            self.ledger.write(leaf, self.ledger.own(cell))
            self.ledger.origins[leaf] = cell
            leaves.append(leaf)
        return Quantity(cells.shape, tuple(leaves))

    def _replay(self, name: str) -> None:
        """Compute a definition of an earlier step with the numbers of this one, where possible."""
        formula = self._formulas.get(name)
        if formula is None or self._depth > _DEEPEST_REPLAY:
            return
        self._depth += 1
        try:
            self._quantities[name] = self._named(name, self._compute(formula.tree, formula.source))
        except WorksheetError:
            pass  # it rests on what this step has not; whoever names it is told so
        finally:
            self._depth -= 1


def mentioned(tree: Tree) -> set[str]:
    """Return the names in an expression."""
    match tree:
        case Name(name=name):
            return {name}
        case Derivative(top=top, bottom=bottom):
            return {top.name, bottom.name}
        case Row(items=parts) | Apply(args=parts):
            return set().union(*map(mentioned, parts))
    return set()


def _is_given(tree: Tree) -> bool:
    """Whether an expression is only numbers: an input, not a result."""
    if isinstance(tree, Row):
        return all(map(_is_given, tree.items))
    return isinstance(tree, Number)


def labels(name: str, cells: Quantity) -> list[str]:
    """Return what the numbers of a quantity are called: W1[1,2], of its row W1[2] too: W1[2,1]."""
    start = name[:-1] + "," if name.endswith("]") else name + "["
    return [f"{start}{','.join(map(str, index))}]" if index else name for index in cells.indices]
