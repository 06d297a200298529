"""The names of a sheet, and the quantities that they stand for in each step."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.functions import constant
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..language.evaluate import evaluate, evaluate_as
from ..language.quantity import Quantity, Shape
from ..language.sheet_source import Source, WorksheetError
from ..language.trees import Apply, Derivative, Name, Number, Tree, leaves, names_in
from .derivatives import Formula, NoPathError, differentiated
from .held_fixed import HeldFixed
from .inner_parts import InnerParts
from .intervals import Interval
from .layers import Layers
from .ledger import Ledger, TooMuchWorkError
from .lines import Answer
from .second_names import copied
from .sweep import Sweep
from .written import Written

_ROUNDED_FROM = 7  # A given number of more characters, such as 2.094568, was rounded.
_DEEPEST_REPLAY = 30  # formulas in each other, which may need each other in a circle


class Book:
    """The quantities of a sheet by name. Its expressions are evaluated with them.

    Attributes:
        ledger: the writer's own numbers.
        places: the name and index of every named number, such as ("W1", (1, 2)).
        opposite: the gradients that the writer holds with the opposite sign, as (C, w).
        gradients, before: the gradients of this step and of the one before, by name, each as its
            sweep, its node and its sign.
        stated: the derivatives that the writer gives, but the formulas of the sheet do not.
        from_numbers: the quantities that a line computes from numbers alone.
        held: the derivatives that are partials, with other quantities held fixed.
        copies: the names such as z of z = t that need a node of their own.
    """

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.places: dict[Value, tuple[str, tuple[int, ...]]] = {}
        self.opposite: set[tuple[str, str]] = set()
        self.gradients: dict[str, tuple[Sweep, Value, float]] = {}
        self.before: dict[str, tuple[Sweep, Value, float]] = {}
        self.stated: dict[str, Quantity] = {}
        self.from_numbers: set[str] = set()
        self.held = HeldFixed()
        self.copies: set[str] = set()
        self._quantities: dict[str, Quantity] = {}
        self._formulas: dict[str, Formula] = {}
        self._updated: set[str] = set()  # the names with a prime that are new values
        self._fresh: set[str] = set()  # names defined in this step
        self._before_step: dict[str, Quantity] = {}  # the quantities of the step before
        self._depth = 0  # how many calls of `_replay` are in progress
        self._written: set[Value] = set()  # the values whose numbers the writer wrote
        self._inner_parts = InnerParts(self.places)
        self._layers = Layers()

    def write(self, cell: Value, claimed: Interval) -> None:
        """Record the number that the writer wrote for a value."""
        self.ledger.write(cell, claimed)
        self._written.add(cell)

    def state(self, tree: Derivative, answer: Answer) -> None:
        """Take over a derivative that the formulas of the sheet do not give, as it is written."""
        leaves = []
        for written in filter(None, answer.items):
            leaf = Value(written.number)
            self.write(leaf, written.claimed)
            leaves.append(leaf)
        if len(leaves) == len(answer.items):
            self.stated[str(tree)] = Quantity(answer.shape, tuple(leaves))

    def rests_on_rounded(self, cell: Value) -> bool:
        """Whether a number was computed from others that are known only as they are written."""

        def is_known_only_as_written(node: Value) -> bool:
            if not node.parents:
                return node in self._written
            return node in self.places and self.places[node][0] in self.from_numbers

        return any(map(is_known_only_as_written, all_nodes(cell)))

    def note_rounded(self, tree: Tree, cells: Quantity) -> None:
        """Record that the numbers in a formula stand for all numbers that round to them."""
        numbers = [leaf for leaf in leaves(tree) if isinstance(leaf, Number) and "." in leaf.text]
        claimed = {leaf.value: Written.read(leaf.text).claimed for leaf in numbers}
        for node in (node for cell in cells.items for node in all_nodes(cell)):
            if node.data in claimed and not node.parents and node not in self.places:
                self.write(node, claimed[node.data])

    def was_written(self, cell: Value) -> bool:
        """Whether the writer wrote this value."""
        return cell in self._written

    def is_on_sheet(self, cell: Value) -> bool:
        """Whether the writer gave or wrote the number of a value or a gradient."""
        if cell in self.ledger.derivatives:
            sweep, node, _ = self.ledger.derivatives[cell]
            return node in sweep.written
        return not cell.parents or self.was_written(cell)

    # --- as a scope -------------------------------------------------------------------------------

    def quantity(self, name: str) -> Quantity | None:
        """Return the quantity that a name stands for in this step, or None."""
        if name not in self._quantities and name in self._formulas:
            self._replay(name)
        return self._quantities.get(name)

    def formula(self, name: str) -> Formula | None:
        """Return the formula that a name was defined by, or None."""
        return self._formulas.get(name)

    def names(self) -> Iterable[str]:
        """Return the names that are defined."""
        return self._quantities

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the exact numbers of dC/dw as constants. The ledger has the writer's own."""
        try:
            if self.held.others(self, tree):
                output, cells = self.held.recorded(self, tree)
            else:
                output, cells = differentiated(self, tree, source)
        except NoPathError:
            if str(tree) not in self.stated:
                raise
            return self.stated[str(tree)]
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
            self.gradients[label] = sweep, cell, sign
        return Quantity(cells.shape, tuple(items))

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
        if self._before_step and name not in self._formulas and name not in self._updated:
            self._keep_term_before(name, tree)
        cells = self._named(name, self._compute(formula, name))
        if name in self._quantities:
            was_given = name in self._formulas and self._formulas[name].is_given
            self._forget_dependents(name, tree if was_given and not is_given else None)
        self._quantities[name] = cells
        self._formulas[name] = formula
        self._fresh.add(name)
        if isinstance(tree, Apply) and not formula.has_names and not _is_share(tree):
            self.from_numbers.add(name)
        return cells

    def update(
        self, name: Name, tree: Tree, source: Source, shape: Shape | None = None
    ) -> Quantity:
        """Compute w′, which is w from the next step on. With an index, compute one number of w′.

        Raises:
            WorksheetError: the expression cannot be computed.
        """
        self._updated.add(name.name)
        if not name.index:
            is_given = not names_in(tree) and not isinstance(tree, Apply)
            return self.define(name.name, tree, source, is_given=is_given, shape=shape)
        before = self._formulas.get(name.name)
        parts = dict(before.parts) if before and name.name in self._fresh else {}
        parts[name.index] = tree
        formula = Formula(Name(name.name.removesuffix("'"), (), name.place), source, parts=parts)
        self._quantities[name.name] = self._named(name.name, self._compute(formula, name.name))
        self._formulas[name.name] = formula
        self._fresh.add(name.name)
        return self._quantities[name.name].at(name.index)

    def _keep_term_before(self, name: str, tree: Tree) -> None:
        """Keep the value that m1 had in the step before if m2 = β·m1 + … continues the series m.

        Otherwise m1 would be computed again with the gradients of this step.
        """
        for other in set(names_in(tree)) - self._fresh:
            cells = self._before_step.get(other)
            if cells is not None and other != name and stem(other) == stem(name):
                self._quantities[other] = self._named(other, self._renewed(cells))
                self._fresh.add(other)

    def _forget_dependents(self, name: str, tree: Tree | None) -> None:
        """Forget the quantities that rest on the old value of a name, so that they are replayed.

        Without a `tree`, the quantities of this step are kept. If `tree` is a formula that replaces
        a given number, only those that it uses are kept. The gate o in h = o·tanh(c) is one of
        them, because it was computed from the h before.
        """
        kept = self._fresh if tree is None else self._used_by(tree)
        changed = [name]
        while changed:
            renewed = changed.pop()
            for other, formula in self._formulas.items():
                rests = renewed in set(names_in(formula.tree)) and other not in kept
                if rests and other in self._quantities:
                    del self._quantities[other]
                    changed.append(other)

    def _used_by(self, tree: Tree) -> set[str]:
        """Return the names on which a formula rests."""
        found, stack = set[str](), names_in(tree)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack += names_in(self._formulas[name].tree) if name in self._formulas else ()
        return found

    def forget(self, name: str) -> None:
        """Forget a quantity that cannot be computed, its value before, and what rests on either."""
        known = self._quantities.keys() | self._formulas
        gone = [one for one in {name, name.rstrip("'")} if one in known]
        users: dict[str, list[str]] = {}
        for other, formula in self._formulas.items() if gone else ():
            for used in names_in(formula.tree):
                users.setdefault(used, []).append(other)
        for lost in gone:  # It grows meanwhile.
            self._quantities.pop(lost, None)
            self._formulas.pop(lost, None)
            gone += users.pop(lost, ())

    def adopt(self, name: str, cells: Quantity) -> None:
        """Take over a quantity that was recorded elsewhere."""
        self._quantities[name] = cells
        for cell, index in zip(cells.items, cells.indices, strict=True):
            if index or cell not in self.places:
                self.places[cell] = (name, index)

    def _compute(self, formula: Formula, name: str) -> Quantity:
        if formula.is_given:
            given = evaluate(formula.tree, self, formula.source)
            cells = Quantity(given.shape, tuple(Value(item.data) for item in given.items))
            texts = [leaf.text for leaf in leaves(formula.tree) if isinstance(leaf, Number)]
            for cell, text in zip(cells.items, texts, strict=False):
                if len(texts) == len(cells.items) and len(text) > _ROUNDED_FROM:
                    self.ledger.write(cell, Written.read(text).claimed)
            return cells
        cells = self.evaluate(formula.tree, formula.source, formula.shape)
        for index, tree in formula.parts.items():
            (place,) = (k for k, other in enumerate(cells.indices) if other == index)
            part = self.evaluate(tree, formula.source).items[0]
            cells = Quantity(cells.shape, (*cells.items[:place], part, *cells.items[place + 1 :]))
        if name in self.copies and isinstance(formula.tree, Name):
            return copied(cells)
        return self._inner_parts.found_in(cells)

    def evaluate(self, tree: Tree, source: Source, shape: Shape | None = None) -> Quantity:
        """Return the value of an expression, and enter it in the ledger.

        `shape` is that of the answer, by which products of vectors are read; see `evaluate_as`.
        """
        cells = evaluate_as(tree, self, source, shape)
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
                self._inner_parts.name(cell)
        self._layers.place(name, cells, self.places)
        return cells

    def is_given(self, name: str) -> bool:
        """Whether a quantity is an input or a parameter, which is not computed."""
        cells = self._quantities.get(name)
        return cells is not None and not any(cell.parents for cell in cells.items)

    def renewed(self, name: str, index: tuple[int, ...]) -> Value | None:
        """Return the new value of a number if this step has defined it, or None."""
        cells = self._quantities.get(name + "'")
        if cells is None:
            return None
        return dict(zip(cells.indices, cells.items, strict=True)).get(index)

    # --- steps ------------------------------------------------------------------------------------

    def next_step(self) -> None:
        """Begin a step: w′ becomes w, and all quantities are computed again."""
        updates = {n: cells for n, cells in self._quantities.items() if n in self._updated}
        self.before, self.gradients = self.gradients, {}
        self._fresh.clear()
        self._before_step = old = dict(self._quantities)
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
        """Go to the next step, and update by the formulas of this one."""
        self.next_step()
        for name in [name for name in self._formulas if name in self._updated]:
            self.quantity(name)

    def _renewed(self, cells: Quantity) -> Quantity:
        """Return new leaves that have the same exact numbers and the same written ones."""
        leaves = []
        for cell in cells.items:
            leaf = Value(cell.data)
            self.ledger.write(leaf, self.ledger.own(cell))
            self.ledger.origins[leaf] = cell
            leaves.append(leaf)
        return Quantity(cells.shape, tuple(leaves))

    def _replay(self, name: str) -> None:
        """Compute a quantity of an earlier step with the numbers of this one, if possible."""
        formula = self._formulas.get(name)
        if formula is None or self._depth > _DEEPEST_REPLAY:
            return
        self._depth += 1
        try:
            self._quantities[name] = self._named(name, self._compute(formula, name))
        except WorksheetError:
            pass  # A quantity that it needs is missing. A line that uses the name gets an error.
        finally:
            self._depth -= 1


def _is_share(tree: Apply) -> bool:
    """Whether a formula is a fraction such as 1/2, which people write as a number."""
    return tree.head == "/" and all(isinstance(part, Number) for part in tree.args)


def stem(name: str) -> str:
    """Return the letters of a name without its number: w for w12 and w'."""
    return name.rstrip("0123456789'_")


def labels(name: str, cells: Quantity) -> list[str]:
    """Return the names of the numbers of a quantity, such as W1[1,2].

    Those of the row W1[2] are W1[2,1], W1[2,2] and so on.
    """
    start = name[:-1] + "," if name.endswith("]") else name + "["
    return [f"{start}{','.join(map(str, index))}]" if index else name for index in cells.indices]
