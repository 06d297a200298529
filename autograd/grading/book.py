"""`Book`: for each name of a sheet, the exact value and the number that the writer uses."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.functions import constant
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..language.evaluate import evaluate
from ..language.product_readings import evaluate_as
from ..language.quantity import Quantity, Shape
from ..language.scopes import Bound, Scope, computed
from ..language.sheet_source import Source
from ..language.trees import Derivative, Name, Number, Tree, leaves
from .definitions import Definitions, labels
from .derivatives import Formula, NoPathError, differentiated
from .held_fixed import HeldFixed
from .inner_parts import InnerParts
from .intervals import Interval
from .layers import Layers
from .ledger import Ledger, TooMuchWorkError
from .lines import Answer
from .second_names import Siblings, copied, recorded_again
from .sweep import Sweep
from .written import Written

# A given number that is longer than this many characters, such as 2.094568, is assumed to be
# rounded.
_ROUNDED_FROM = 7


class Book(Definitions):
    """The quantities of a sheet by name, in which its expressions are evaluated.

    For each name, a book holds the exact value and the number that the writer uses.

    Attributes:
        ledger: the writer's own numbers.
        places: the name and index of every named number, such as ("W1", (1, 2)).
        opposite: the names (C, w) of the gradients that the writer gives the opposite sign.
        gradients: the sweep, the node and the sign of each gradient of this step, by name.
        before: the same for the step before.
        stated: the derivatives that only the writer states. No formula of the sheet yields them.
        held: the derivatives that are partials, with other quantities held fixed.
        copies: the names such as z of z = t that need a node of their own.
        siblings: the names that a quantity is independent of, although its formula contains them.
    """

    def __init__(self, siblings: Siblings | None = None) -> None:
        super().__init__()
        self.siblings = siblings or {}
        self.ledger = Ledger()
        self.places: dict[Value, tuple[str, tuple[int, ...]]] = {}
        self.opposite: set[tuple[str, str]] = set()
        self.gradients: dict[str, tuple[Sweep, Value, float]] = {}
        self.before: dict[str, tuple[Sweep, Value, float]] = {}
        self.stated: dict[str, Quantity] = {}
        self.held = HeldFixed()
        self.copies: set[str] = set()
        self._written: set[Value] = set()  # the values whose numbers the writer wrote
        self._inner_parts = InnerParts(self.places)
        self._layers = Layers()

    def write(self, cell: Value, claimed: Interval) -> None:
        """Record the number that the writer wrote for a value."""
        self.ledger.write(cell, claimed)
        self._written.add(cell)

    def state(self, tree: Derivative, answer: Answer) -> None:
        """Record the written numbers of a derivative that no formula of the sheet gives."""
        leaves = []
        for written in filter(None, answer.items):
            leaf = Value(written.number)
            self.write(leaf, written.claimed)
            leaves.append(leaf)
        if len(leaves) == len(answer.items):
            self.stated[str(tree)] = Quantity(answer.shape, tuple(leaves))

    def rests_on_rounded(self, cell: Value) -> bool:
        """Whether a number was computed from numbers that the sheet states without a formula."""

        def is_known_only_as_written(node: Value) -> bool:
            if not node.parents:
                return node in self._written
            return node in self.places and self.places[node][0] in self.from_numbers

        return any(map(is_known_only_as_written, all_nodes(cell)))

    def note_rounded(self, numbers: Iterable[Number], cells: Quantity) -> None:
        """Record that these numbers in a formula stand for all numbers that round to them."""
        claimed = {leaf.value: Written.read(leaf.text).claimed for leaf in numbers}
        for cell in cells.items:
            for node in all_nodes(cell):
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
            self.ledger.derivatives[exact] = sweep, cell, sign
            items.append(exact)
            self.places[exact] = (str(tree), ())
            self.gradients[label] = sweep, cell, sign
        return cells.with_items(items)

    def adopt(self, name: str, cells: Quantity) -> None:
        """Take over a quantity that was recorded elsewhere."""
        self._quantities[name] = cells
        for cell, index in zip(cells.items, cells.indices, strict=True):
            if index or cell not in self.places:
                self.places[cell] = (name, index)

    def compute(self, formula: Formula, name: str) -> Quantity:
        if formula.is_given:
            given = evaluate(formula.tree, self, formula.source)
            cells = given.with_items(Value(item.data) for item in given.items)
            texts = [leaf.text for leaf in leaves(formula.tree) if isinstance(leaf, Number)]
            if len(texts) == len(cells.items):
                for cell, text in zip(cells.items, texts, strict=True):
                    if len(text) > _ROUNDED_FROM:
                        self.ledger.write(cell, Written.read(text).claimed)
            return cells
        cells = self.evaluate(formula.tree, formula.source, formula.shape, self._apart(name))
        for index, tree in formula.parts.items():
            cells = self._with_part(cells, index, tree, formula.source)
        if name in self.copies and isinstance(formula.tree, Name):
            return copied(cells)
        return self._inner_parts.found_in(cells)

    def _apart(self, name: str) -> Scope:
        """Return the scope for the formula of a name, with its siblings recorded again.

        The new nodes have no path to the old ones, so the quantity is independent of its siblings.
        """
        scope: Scope = self
        for sibling in self.siblings.get(name, ()):
            cells = self.quantity(sibling)
            if cells is not None:
                again = recorded_again(cells)
                for old, new in zip(cells.items, again.items, strict=True):
                    write = self.write if self.was_written(old) else self.ledger.write
                    write(new, self.ledger.own(old))
                scope = Bound(scope, sibling, again)
        return scope

    def _with_part(self, cells: Quantity, index: Shape, tree: Tree, source: Source) -> Quantity:
        """Return a quantity with the number at an index replaced, or the row at the index of a row.

        Raises:
            WorksheetError: the index does not exist, or the row has another length.
        """
        places = [k for k, other in enumerate(cells.indices) if other[: len(index)] == index]
        part = self.evaluate(tree, source)
        if len(places) != len(part.items):
            old = computed(tree.place, source, lambda: cells.at(index))
            raise source.error(f"this is {part.kind}, but it replaces {old.kind}", tree.place)
        items = list(cells.items)
        items[places[0] : places[-1] + 1] = part.items
        return cells.with_items(items)

    def evaluate(
        self, tree: Tree, source: Source, shape: Shape | None = None, scope: Scope | None = None
    ) -> Quantity:
        """Return the value of an expression, and enter it in the ledger.

        The shape of the answer decides how products of vectors are read; see `evaluate_as`.
        """
        cells = evaluate_as(tree, scope or self, source, shape)
        try:
            for item in cells.items:
                self.ledger.enter(item)
        except TooMuchWorkError as error:
            raise source.error(str(error), 0) from None
        return cells

    def label_cells(self, name: str, cells: Quantity) -> Quantity:
        for cell, label, index in zip(cells.items, labels(name, cells), cells.indices, strict=True):
            if cell not in self.places:
                self.places[cell] = (name, index)
                cell.label = cell.label or label
                self._inner_parts.name(cell)
        self._layers.place(name, cells, self.places)
        return cells

    def next_step(self) -> None:
        """Begin a step: w′ becomes w, and all quantities are computed again."""
        self.before, self.gradients = self.gradients, {}
        super().next_step()

    def renew_leaves(self, cells: Quantity) -> Quantity:
        """Return new leaves with the exact and the written numbers of a quantity."""
        leaves = []
        for cell in cells.items:
            leaf = Value(cell.data)
            self.ledger.write(leaf, self.ledger.own(cell))
            self.ledger.origins[leaf] = cell
            leaves.append(leaf)
        return cells.with_items(leaves)
