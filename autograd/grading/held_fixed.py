"""Partial derivatives of one formula, such as ∂v/∂x of v = u + x with u held fixed.

Where u depends on x, the partial differs from the total derivative. Sheets use the partial in the
chain rule dz/dx = dz/dv·(dv/du·du/dx + dv/dx). A sheet that writes both ∂v/∂x and ∂v/∂u may mean
either.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.value import Value
from ..language.chain import Chain
from ..language.product_readings import evaluate_as
from ..language.quantity import Quantity
from ..language.sheet_source import Source
from ..language.trees import Derivative, leaves, names_in
from .derivatives import Sheet


class HeldFixed:
    """The derivatives of a sheet that are partials.

    Attributes:
        pairs: the names (v, x) of the partials that a chain rule of the sheet uses.
        chosen: the names (v, x) of the derivatives written with ∂ that are meant as partials.
    """

    def __init__(self) -> None:
        self.pairs: set[tuple[str, str]] = set()
        self.chosen: set[tuple[str, str]] = set()
        self._variables: dict[str, set[str]] = {}  # what each quantity is differentiated by
        self._recorded: dict[tuple[Value, Value], tuple[Value, Quantity]] = {}

    def find(self, chains: Iterable[Chain]) -> None:
        """Find the pairs. A formula for a derivative by x uses dv/dx and another dv/du together."""
        for chain in chains:
            if isinstance(chain.target, Derivative):
                x = chain.target.bottom.name
                inside = derivatives_in(chain)
                others = {one.top.name for one in inside if one.bottom.name != x}
                tops = {one.top.name for one in inside if one.bottom.name == x}
                uses = {(one.top.name, one.bottom.name) for one in inside}
                self.pairs |= {(top, name) for top, name in uses if top in tops & others}
                for one in (chain.target, *inside):
                    self._variables.setdefault(one.top.name, set()).add(one.bottom.name)

    def others(self, sheet: Sheet, tree: Derivative) -> list[str]:
        """Return the names that a derivative holds fixed. A total derivative holds none."""
        pair = tree.top.name, tree.bottom.name
        is_meant = pair in self.pairs or (tree.is_partial and pair in self.chosen)
        return _names_to_hold(sheet, tree) if is_meant else []

    def possible_others(self, sheet: Sheet, tree: Derivative) -> list[str]:
        """Return the names that a derivative may hold fixed.

        There are none unless the sheet writes it with ∂ and differentiates by one of them too.
        """
        names = _names_to_hold(sheet, tree) if tree.is_partial else []
        return names if self._variables[tree.top.name].intersection(names) else []

    def recorded(self, sheet: Sheet, tree: Derivative) -> tuple[Value, Quantity]:
        """Return v, recorded from the names in its formula alone, and x."""
        formula = sheet.formula(tree.top.name)
        v, x = sheet.quantity(tree.top.name), sheet.quantity(tree.bottom.name)
        assert formula and v and x
        key = v.items[0], x.items[0]
        if key not in self._recorded:
            scope = _Names(sheet)
            cells = evaluate_as(formula.tree, scope, formula.source, formula.shape)
            sheet.ledger.write(cells.items[0], sheet.ledger.own(v.items[0]))
            cells.items[0].label = v.items[0].label
            self._recorded[key] = cells.items[0], scope.known[tree.bottom.name]
        return self._recorded[key]


def is_own_chain_rule(chain: Chain) -> bool:
    """Whether the formula for dv/dx uses ∂v/∂x, so that dv/dx is the total derivative."""
    return str(chain.target) in map(str, derivatives_in(chain))


def _names_to_hold(sheet: Sheet, tree: Derivative) -> list[str]:
    """Return the names in the formula of v that rest on x, if v is computed from x itself too."""
    v, x = tree.top.name, tree.bottom.name
    formula, known = sheet.formula(v), (sheet.quantity(v), sheet.quantity(x))
    if not formula or formula.parts or any(one is None or one.shape for one in known):
        return []
    names = dict.fromkeys(names_in(formula.tree))
    if x not in names or tree.top.index or tree.bottom.index or tree.second:
        return []
    return [name for name in names if name != x and _rests_on(sheet, name, x)]


def derivatives_in(chain: Chain) -> list[Derivative]:
    """Return the first derivatives in the formulas of a chain."""
    found = [leaf for member in chain.formulas for leaf in leaves(member.tree)]
    return [leaf for leaf in found if isinstance(leaf, Derivative) and leaf.second is None]


def _rests_on(sheet: Sheet, name: str, x: str) -> bool:
    """Whether a quantity was computed from x."""
    seen, stack = set[str](), [name]
    while stack:
        formula = sheet.formula(stack.pop())
        new = formula.names - seen if formula else set[str]()
        if x in new:
            return True
        seen |= new
        stack += new
    return False


class _Names:
    """The scope in which every name of a formula is a leaf, so that no name depends on another."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.known: dict[str, Quantity] = {}

    def quantity(self, name: str) -> Quantity | None:
        """Return the leaves that stand for a quantity."""
        cells = self._sheet.quantity(name)
        if cells is not None and name not in self.known:
            self.known[name] = cells.with_items(map(self._leaf, cells.items))
        return self.known.get(name)

    def _leaf(self, cell: Value) -> Value:
        leaf = Value(cell.data, cell.label)
        self._sheet.ledger.write(leaf, self._sheet.ledger.own(cell))
        return leaf

    def names(self) -> Iterable[str]:
        """Return the names that are defined."""
        return self._sheet.names()

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the numbers of a derivative inside a formula."""
        return self._sheet.derivative(tree, source)
