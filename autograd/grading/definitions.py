"""The names of a sheet, how each was defined, and what it stands for in each step."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable

from ..engine.value import Value
from ..language.quantity import Quantity, Shape
from ..language.sheet_source import Source, WorksheetError
from ..language.trees import Apply, Name, Number, Tree, names_in
from .derivatives import Formula

_ROUNDED = 0.01  # the most by which rounding changes a given number
_DEEPEST_REPLAY = 30  # nested replays, because formulas may depend on each other in a cycle


class Definitions(ABC):
    """The quantities of a sheet by name. Each step computes them again from their formulas.

    Attributes:
        from_numbers: the quantities that a line computes from numbers alone.
    """

    def __init__(self) -> None:
        self.from_numbers: set[str] = set()
        self._quantities: dict[str, Quantity] = {}
        self._formulas: dict[str, Formula] = {}
        self._updated: set[str] = set()  # the names w′ of updates
        self._fresh: set[str] = set()  # the names defined in this step
        self._before_step: dict[str, Quantity] = {}  # the quantities of the step before
        self._depth = 0  # how many calls of `_replay` are in progress

    @abstractmethod
    def compute(self, formula: Formula, name: str) -> Quantity:
        """Return the value of the formula of a name."""

    @abstractmethod
    def label_cells(self, name: str, cells: Quantity) -> Quantity:
        """Name the numbers of a quantity, such as W1[1,2], and return it."""

    @abstractmethod
    def was_written(self, cell: Value) -> bool:
        """Whether the writer wrote this value."""

    @abstractmethod
    def renew_leaves(self, cells: Quantity) -> Quantity:
        """Return new leaves with the numbers of a quantity, for the next step."""

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
        cells = self.label_cells(name, self.compute(formula, name))
        if name in self._quantities:
            was_given = name in self._formulas and self._formulas[name].is_given
            given = self._quantities[name] if was_given and not is_given else None
            kept = self._fresh if given is None else self._used_by(tree)
            if given is not None and not _are_near(given, cells):
                # The number is a new one. Results on the sheet belong to the old one and stay.
                kept |= self._stated()
            self._forget_dependents(name, kept)
        self._quantities[name] = cells
        self._formulas[name] = formula
        self._fresh.add(name)
        if isinstance(tree, Apply) and not formula.names and not _is_share(tree):
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
        self._quantities[name.name] = self.label_cells(name.name, self.compute(formula, name.name))
        self._formulas[name.name] = formula
        self._fresh.add(name.name)
        return self._quantities[name.name].at(name.index)

    def _keep_term_before(self, name: str, tree: Tree) -> None:
        """Let m1 in m2 = β·m1 + … be the number of the step before.

        Otherwise m1 would be computed again with the gradients of this step.
        """
        for other in set(names_in(tree)) - self._fresh:
            cells = self._before_step.get(other)
            if cells is not None and other != name and stem(other) == stem(name):
                self._quantities[other] = self.label_cells(other, self.renew_leaves(cells))
                self._fresh.add(other)

    def _forget_dependents(self, name: str, kept: set[str]) -> None:
        """Forget the quantities that rest on the old value of a name, except those in `kept`.

        They are computed again when they are needed. If a given number gets a formula, what that
        formula uses must stay: in h = o·tanh(c), o rests on the previous h, not on the new one.
        """
        changed = [name]
        while changed:
            renewed = changed.pop()
            for other, formula in self._formulas.items():
                if renewed in formula.names and other not in kept and other in self._quantities:
                    del self._quantities[other]
                    changed.append(other)

    def _stated(self) -> set[str]:
        """Return the names of this step whose numbers the sheet has written."""
        return {
            name
            for name in self._fresh & self._quantities.keys()
            if all(map(self.was_written, self._quantities[name].items))
        }

    def _used_by(self, tree: Tree) -> set[str]:
        """Return the names on which a formula rests."""
        found, stack = set[str](), names_in(tree)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack += self._formulas[name].names if name in self._formulas else ()
        return found

    def forget(self, name: str) -> None:
        """Forget a quantity that cannot be computed: w′, the old w, and what rests on either."""
        known = self._quantities.keys() | self._formulas
        gone = [one for one in {name, name.rstrip("'")} if one in known]
        users: dict[str, list[str]] = {}
        for other, formula in self._formulas.items() if gone else ():
            for used in names_in(formula.tree):
                users.setdefault(used, []).append(other)
        for lost in gone:  # the list grows during the loop
            self._quantities.pop(lost, None)
            self._formulas.pop(lost, None)
            gone += users.pop(lost, ())

    # --- steps ------------------------------------------------------------------------------------

    def next_step(self) -> None:
        """Begin a step: w′ becomes w, and all quantities are computed again."""
        updates = {n: cells for n, cells in self._quantities.items() if n in self._updated}
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
            self._quantities[name[:-1]] = self.label_cells(name[:-1], self.renew_leaves(cells))
        for name in [n for n in old if n not in self._updated]:
            self.quantity(name)  # computes it once, also if another quantity needed it before

    def repeat_step(self) -> None:
        """Go to the next step, and update by the formulas of this one."""
        self.next_step()
        for name in [name for name in self._formulas if name in self._updated]:
            self.quantity(name)  # computes w′ by its formula

    def _replay(self, name: str) -> None:
        """Compute a quantity of an earlier step with the numbers of this one, if possible."""
        formula = self._formulas.get(name)
        if formula is None or self._depth > _DEEPEST_REPLAY:
            return
        self._depth += 1
        try:
            self._quantities[name] = self.label_cells(name, self.compute(formula, name))
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
    """Return the names of the numbers of a quantity, such as W1[1,2]."""
    return [label(name, index) for index in cells.indices]


def label(name: str, index: Shape) -> str:
    """Return the name of one number of a quantity. Those of the row W1[2] are W1[2,1] and so on."""
    if not index:
        return name
    start = name[:-1] + "," if name.endswith("]") else name + "["
    return f"{start}{','.join(map(str, index))}]"


def _are_near(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities differ at most by the rounding of a given number."""
    pairs = zip(one.items, other.items, strict=False)
    return one.shape == other.shape and all(
        math.isclose(a.data, b.data, rel_tol=_ROUNDED, abs_tol=_ROUNDED) for a, b in pairs
    )
