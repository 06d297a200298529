"""A call's formulas: its row of the table run over symbols, one symbol for each operand.

Where one number is made of many operands alike, Σ (ŷₖ − yₖ)², its terms are stacked: one formula
over rows that stand side by side, and their total.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from ..engine.formula import Expr, Symbols, lift, symbol
from ..engine.namespace import FUNCTIONS
from ..engine.operation import Op
from .schedule import Call, Place

_FEWEST = 4  # operands alike, for stacking to pay
Slots = tuple[int, ...]


class CallFormulas:
    """The forward formula and the partials of a call; `operands` are the places of each."""

    def __init__(self, call: Call, operands: Sequence[Sequence[Place]]) -> None:
        self.call = call
        self.operands = operands
        self._stacks = len(call.members) == 1 and call.op.arity is None

    @cached_property
    def forward(self) -> Expr:
        """The value, in terms of the operands a0, a1, …"""
        expr, _ = _formulas(self.call.op, len(self.operands))
        return self._stacked(expr) if self._stacks else expr

    @cached_property
    def partials(self) -> list[tuple[Slots, Expr]]:
        """(slots, local derivative): of one operand each, or of many alike, stacked."""
        _, found = _formulas(self.call.op, len(self.operands))
        if not self._stacks:
            return [((slot,), expr) for slot, expr in enumerate(found)]
        return list(self._alike([self._stacked(expr) for expr in found]))

    def places(self, slots: Slots) -> list[Place]:
        """Return the places of these operands, for all members."""
        return [place for slot in slots for place in self.operands[slot]]

    def places_of(self, expr: Expr) -> list[Place]:
        """Return the places that a symbol, or a stack of them, stands for."""
        names = expr.args if expr.head == "stack" else expr.args[:1]
        return self.places(tuple(int(name[1:]) for name in names))

    def shares_work(self, partial: Expr) -> bool:
        """Whether a partial contains an exp, a log, … that the forward formula computes already."""
        ours = {part for part in self.forward.walk() if part.head in FUNCTIONS}
        return any(part in ours for part in partial.walk())

    # --- stacking ---------------------------------------------------------------------------------

    def _stacked(self, expr: Expr) -> Expr:
        """Return the formula with sums of many terms alike written as totals of stacked rows."""
        if expr.atomic or not self._stacks:
            return expr
        if expr.head == "add" and len(expr.args) >= _FEWEST:
            template = self._template(expr.args)
            if template is not None:
                return Expr("total", (template,))
            *terms, last = expr.args  # a bias at the end is not like the rest
            template = self._template(terms) if len(terms) >= _FEWEST else None
            if template is not None:
                return Expr("add", (Expr("total", (template,)), self._stacked(last)))
        return Expr(expr.head, tuple(self._stacked(arg) for arg in expr.args))

    def _alike(self, exprs: Sequence[Expr]) -> list[tuple[Slots, Expr]]:
        """Return partials in runs of one form, each run as one stacked formula."""
        groups: list[tuple[list[int], list[Expr]]] = []
        for slot, expr in enumerate(exprs):
            if groups and _form(groups[-1][1][0]) == _form(expr):
                groups[-1][0].append(slot)
                groups[-1][1].append(expr)
            else:
                groups.append(([slot], [expr]))
        found: list[tuple[Slots, Expr]] = []
        for slots, members in groups:
            template = self._template(members) if len(slots) >= _FEWEST else None
            if template is None:
                found += [((slot,), expr) for slot, expr in zip(slots, members, strict=True)]
            else:
                found.append((tuple(slots), template))
        return found

    def _template(self, exprs: Sequence[Expr]) -> Expr | None:
        """Return expressions alike as one, their differing symbols stacked; None if they are not.

        Also None where the stacked operands stand so scattered that gathering them would not pay.
        """
        template = _unified(exprs)
        if template is None:
            return None
        for part in template.walk():
            if part.head == "stack" and _count_runs(self.places_of(part)) > len(exprs) // 4 + 1:
                return None
        return template


@lru_cache(maxsize=256)
def _formulas(op: Op, count: int) -> tuple[Expr, list[Expr]]:
    """Return a row's value and partials over symbols."""
    names = [symbol(f"a{slot}") for slot in range(count)]
    partials = op.partials(Symbols(), symbol("y"), *names)
    return lift(op.forward(Symbols(), *names)), [lift(partial) for partial in partials]


def _form(expr: Expr) -> object:
    """Return the shape of an expression: the same for x₁·2 and x₂·2."""
    if expr.head == "symbol":
        return "symbol"
    return (expr.head, *(arg if expr.atomic else _form(arg) for arg in expr.args))


def _unified(exprs: Sequence[Expr]) -> Expr | None:
    first = exprs[0]
    if all(expr == first for expr in exprs):
        return first
    if all(expr.head == "symbol" and expr.args[0] != "y" for expr in exprs):
        return Expr("stack", tuple(expr.args[0] for expr in exprs))
    same = all(expr.head == first.head and len(expr.args) == len(first.args) for expr in exprs)
    if not same or first.atomic:
        return None
    args = [_unified(column) for column in zip(*(expr.args for expr in exprs), strict=True)]
    return None if None in args else Expr(first.head, tuple(args))


def runs(places: Sequence[Place]) -> list[tuple[Place, int]]:
    """Return maximal runs of consecutive rows of one array, as (first place, length)."""
    found: list[tuple[Place, int]] = []
    for place in places:
        if found:
            first, length = found[-1]
            if place == Place(first.array, first.row + length):
                found[-1] = first, length + 1
                continue
        found.append((place, 1))
    return found


def _count_runs(places: Sequence[Place]) -> int:
    return len(runs(places))
