"""The names of a sheet: what each stands for, step after step, and what its gradients are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..engine.functions import total
from ..engine.second_order import grad
from ..engine.value import Value, constant
from ..language.evaluate import by_number, evaluate, named
from ..language.quantity import Quantity
from ..language.sheet_source import Source, WorksheetError
from ..language.trees import Apply, Derivative, Name, Tree, leaves, names_in
from .claims import Ledger, TooMuchWorkError
from .intervals import Interval

_DEEPEST_REPLAY = 30
_MOST_SWEEPS = 100  # for the slopes of a vector by a vector, one sweep for each number
Shape = tuple[int, ...]


class NoPathError(WorksheetError):
    """A derivative is asked for, but what is differentiated was not computed from the other."""


@dataclass(frozen=True, slots=True)
class Formula:
    """How a name was defined, kept to be computed again in the next step.

    Attributes:
        tree, source: what was written, and where.
        is_given: whether it is only numbers.
        parts: of an update of single numbers of a list, the formula of each by its index.
    """

    tree: Tree
    source: Source
    is_given: bool = False
    shape: Shape | None = None
    parts: Mapping[tuple[int, ...], Tree] = field(default_factory=dict)

    @property
    def has_names(self) -> bool:
        """Whether it rests on other quantities."""
        return any(True for _ in names_in(self.tree))


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
        self._updated: set[str] = set()  # the names with a prime that are new values
        self._fresh: set[str] = set()  # names defined in this step
        self._depth = 0
        self._written: set[Value] = set()
        # Computed numbers without a name, by operation and parents. None marks repeated ones.
        self._inner: dict[tuple[object, ...], Value | None] = {}
        self._noted: set[Value] = set()

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
        sign = -1.0 if (str(tree.top), tree.bottom.name) in self.opposite else 1.0
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

    # --- derivatives ------------------------------------------------------------------------------

    def differentiated(self, tree: Derivative, source: Source) -> tuple[Value, Quantity]:
        """Return C, one number, and w of a derivative dC/dw.

        Of a second derivative d²C/dw² it returns dC/dw, recorded, and w.

        Raises:
            WorksheetError: one is not defined, or C has many numbers.
            NoPathError: C does not depend on w.
        """
        cells = named(tree.bottom, self, source)
        output = self._output(tree, named(tree.top, self, source), cells, source)
        if tree.second is not None:
            output, cells = self._slope(tree, output, cells, source)
        if not self._reaches(output, cells, source, tree.place):
            again = self._recorded_again(tree, source)
            output = output if again is None else again
        if not self._reaches(output, cells, source, tree.place):
            raise self._no_path(tree, source)
        return output, cells

    def _reaches(self, output: Value, cells: Quantity, source: Source, place: int) -> bool:
        try:
            uses = self.ledger.sweep(output).uses
        except TooMuchWorkError as error:
            raise source.error(str(error), place) from None
        return any(cell in uses for cell in cells.items)

    def _output(self, tree: Derivative, top: Quantity, cells: Quantity, source: Source) -> Value:
        """Return the one number that is differentiated; of a(z), number by number, the sum."""
        if len(top.items) == 1:
            return top.items[0]
        if top.shape == cells.shape and self._is_by_number(top, cells):
            return total(top.items)
        raise source.error(
            f"{tree.top} is {top.kind}; a derivative is that of one number, such as "
            f"d{tree.top}[1]/d{tree.bottom}",
            tree.top.place,
        )

    def _is_by_number(self, top: Quantity, cells: Quantity) -> bool:
        """Whether each number of a depends on the number of z in its own place alone."""
        if len(cells.items) > _MOST_SWEEPS:
            return False
        everything = set(cells.items)
        return all(
            everything.intersection(self.ledger.sweep(output).uses) == {cell}
            for output, cell in zip(top.items, cells.items, strict=True)
        )

    def _slope(
        self, tree: Derivative, output: Value, cells: Quantity, source: Source
    ) -> tuple[Value, Quantity]:
        """Return dC/dw, recorded, and what it is differentiated by."""
        assert tree.second is not None
        if len(cells.items) > 1:
            raise source.error(
                f"a second derivative is that by one number, such as d²{tree.top}/"
                f"d{tree.bottom}[1]²",
                tree.place,
            )
        (slope,) = grad(output, [cells.items[0]])
        slope.label = slope.label or f"d{tree.top}/d{tree.bottom}"
        self.ledger.enter(slope)
        return slope, named(tree.second, self, source)

    def _recorded_again(self, tree: Derivative, source: Source) -> Value | None:
        """Return a quantity such as g = dy/dx with its derivative recorded, not as a number."""
        formula = self._formulas.get(tree.top.name)
        if formula is None or tree.top.index or not self._holds_derivative(tree.top.name):
            return None
        cells = evaluate(formula.tree, _Recording(self), formula.source)
        self.ledger.enter(cells.items[0])
        return cells.items[0]

    def _holds_derivative(self, name: str) -> bool:
        """Whether a quantity was computed with a derivative in its formula."""
        seen, stack = {name}, [name]
        while stack:
            formula = self._formulas.get(stack.pop())
            for leaf in leaves(formula.tree) if formula else ():
                if isinstance(leaf, Derivative):
                    return True
                if isinstance(leaf, Name) and leaf.name not in seen:
                    seen.add(leaf.name)
                    stack.append(leaf.name)
        return False

    def _no_path(self, tree: Derivative, source: Source) -> NoPathError:
        message = (
            f"{tree.top} does not depend on {tree.bottom}: no path leads from one to the other"
        )
        numbers = self._given_as_numbers(tree.top.name)
        if numbers:
            line = self._formulas[numbers].source.line
            message += (
                f"; line {line} computes {numbers} from numbers alone, so write its formula with "
                f"names before them, such as {numbers} = w*x + b = …"
            )
        error = source.error(message, tree.bottom.place)
        return NoPathError(error.message, error.source, error.line, error.column)

    def _given_as_numbers(self, top: str) -> str:
        """Return a quantity that `top` rests on and that was computed from numbers alone."""
        seen, stack = {top}, [top]
        while stack:
            name = stack.pop()
            formula = self._formulas.get(name)
            if formula and isinstance(formula.tree, Apply) and not formula.has_names:
                return name
            new = set(names_in(formula.tree)) - seen if formula else set()
            seen |= new
            stack += new
        return ""

    # --- definitions ------------------------------------------------------------------------------

    def define(
        self,
        name: str,
        tree: Tree,
        source: Source,
        *,
        is_given: bool = False,
        shape: Shape | None = None,
    ) -> Quantity:
        """Compute a quantity and give it its name.

        Raises:
            WorksheetError: the expression cannot be computed.
        """
        formula = Formula(tree, source, is_given, shape)
        cells = self._named(name, self._compute(formula))
        if name in self._quantities:
            self._forget_dependents(name)
        self._quantities[name] = cells
        self._formulas[name] = formula
        self._fresh.add(name)
        return cells

    def update(
        self, name: Name, tree: Tree, source: Source, shape: Shape | None = None
    ) -> Quantity:
        """Compute w′, which is w from the next step on; with an index, one number of it.

        Raises:
            WorksheetError: the expression cannot be computed.
        """
        self._updated.add(name.name)
        if not name.index:
            is_given = not any(True for _ in names_in(tree)) and not isinstance(tree, Apply)
            return self.define(name.name, tree, source, is_given=is_given, shape=shape)
        before = self._formulas.get(name.name)
        parts = dict(before.parts) if before and name.name in self._fresh else {}
        parts[name.index] = tree
        formula = Formula(Name(name.name.removesuffix("'"), (), name.place), source, parts=parts)
        self._quantities[name.name] = self._named(name.name, self._compute(formula))
        self._formulas[name.name] = formula
        self._fresh.add(name.name)
        return self._quantities[name.name].at(name.index)

    def _forget_dependents(self, name: str) -> None:
        """Forget what this step computed from the old value of a name, so that it is replayed."""
        changed = [name]
        while changed:
            renewed = changed.pop()
            for other, formula in self._formulas.items():
                rests = renewed in set(names_in(formula.tree)) and other not in self._fresh
                if rests and other in self._quantities:
                    del self._quantities[other]
                    changed.append(other)

    def adopt(self, name: str, cells: Quantity) -> None:
        """Take over a quantity that was recorded elsewhere."""
        self._quantities[name] = cells
        for cell, index in zip(cells.items, cells.indices, strict=True):
            if index or cell not in self.places:
                self.places[cell] = (name, index)

    def _compute(self, formula: Formula) -> Quantity:
        if formula.is_given:
            given = evaluate(formula.tree, self, formula.source)
            return Quantity(given.shape, tuple(Value(item.data) for item in given.items))
        cells = self.evaluate(formula.tree, formula.source, formula.shape)
        for index, tree in formula.parts.items():
            (place,) = (k for k, other in enumerate(cells.indices) if other == index)
            part = self.evaluate(tree, formula.source).items[0]
            cells = Quantity(cells.shape, (*cells.items[:place], part, *cells.items[place + 1 :]))
        return self._found_inside(cells)

    def _found_inside(self, cells: Quantity) -> Quantity:
        """Return z = W x as the part of an earlier h = relu(W x), if that part has no name yet.

        So h depends on z, as the writer means it.
        """
        found = [(self._inner.get(_recipe(cell)), cell) for cell in cells.items]
        items = tuple(cell if inner is None else inner for inner, cell in found)
        stack = list(items)
        while stack:
            node = stack.pop()
            if node.parents and node not in self.places and node not in self._noted:
                self._noted.add(node)
                recipe = _recipe(node)
                self._inner[recipe] = None if recipe in self._inner else node
                stack += node.parents
        return Quantity(cells.shape, items)

    def evaluate(self, tree: Tree, source: Source, shape: Shape | None = None) -> Quantity:
        """Return the value of an expression, entered in the ledger.

        Where the answer's shape says that a·b of two vectors is a vector, it is that.
        """
        cells = self._by_number(tree, source, shape) or evaluate(tree, self, source)
        try:
            for item in cells.items:
                self.ledger.enter(item)
        except TooMuchWorkError as error:
            raise source.error(str(error), 0) from None
        return cells

    def _by_number(self, tree: Tree, source: Source, shape: Shape | None) -> Quantity | None:
        if not shape or not isinstance(tree, Apply):
            return None
        other = by_number(tree)
        if other == tree:
            return None
        try:
            cells = evaluate(other, self, source)
        except WorksheetError:
            return None
        return cells if cells.shape == shape else None

    def _named(self, name: str, cells: Quantity) -> Quantity:
        for cell, label, index in zip(cells.items, labels(name, cells), cells.indices, strict=True):
            if cell not in self.places:
                self.places[cell] = (name, index)
                cell.label = cell.label or label
                self._inner[_recipe(cell)] = None  # because it has a name now
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
        """Let every new value take its name's place, and compute the rest again."""
        updates = {n: cells for n, cells in self._quantities.items() if n in self._updated}
        self.before, self.gradients = self.gradients, {}
        self._fresh.clear()
        old = dict(self._quantities)
        self._quantities = {
            name: cells
            for name, cells in old.items()
            if name not in self._updated
            and (name not in self._formulas or self._formulas[name].is_given)
        }
        for name, cells in updates.items():
            self._formulas.pop(name[:-1], None)
            self._quantities[name[:-1]] = self._named(name[:-1], self._renewed(cells))
        for name in [n for n in old if n not in self._updated and n not in self._quantities]:
            self._replay(name)

    def repeat_step(self) -> None:
        """Go to the next step and make all its updates, by the formulas of this one."""
        self.next_step()
        for name in [name for name in self._formulas if name in self._updated]:
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
            self._quantities[name] = self._named(name, self._compute(formula))
        except WorksheetError:
            pass  # it rests on what this step has not; whoever names it is told so
        finally:
            self._depth -= 1


class _Recording:
    """The scope in which derivatives are recorded, so that they can be differentiated again."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def quantity(self, name: str) -> Quantity | None:
        """Return a quantity, computed again where its formula holds a derivative."""
        formula = self._book._formulas.get(name)
        if formula is not None and self._book._holds_derivative(name):
            return evaluate(formula.tree, self, formula.source)
        return self._book.quantity(name)

    def names(self) -> Iterable[str]:
        """Return the names that are defined."""
        return self._book.names()

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the derivative as recorded Values."""
        output, cells = self._book.differentiated(tree, source)
        return Quantity(cells.shape, tuple(grad(output, cells.items)))


def _recipe(node: Value) -> tuple[object, ...]:
    return (node.op, *node.parents) if node.parents else (node,)


def labels(name: str, cells: Quantity) -> list[str]:
    """Return what the numbers of a quantity are called: W1[1,2], of its row W1[2] too: W1[2,1]."""
    start = name[:-1] + "," if name.endswith("]") else name + "["
    return [f"{start}{','.join(map(str, index))}]" if index else name for index in cells.indices]
