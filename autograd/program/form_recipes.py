"""The recipes of formulas that have a quick and a stable form, made once for all calls."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..engine.formula import Expr, symbol
from .recipe import Recipe, recipe
from .stacking import Form, Slots, Y, slots_of


class FormRecipes(NamedTuple):
    """The recipes that compute some formulas, for any call.

    Attributes:
        steps: the recipe to follow at first.
        operands: the symbols of the operands, with the slots of each.
        stable: the recipe to follow if a quick form overflows, None if there is no quick form.
        results: the symbols of the results of `stable`.
        computed: the indices of the formulas that `stable` computes. The others are operands or
            numbers.
        is_limit: whether an overflow in `steps` gives a limit, as in `Fallback`.
    """

    steps: Recipe
    operands: tuple[tuple[Expr, Slots], ...]
    stable: Recipe | None
    results: tuple[Expr, ...]
    computed: tuple[int, ...]
    is_limit: bool


@lru_cache(maxsize=1024)
def recipes_of(
    forms: tuple[Form, ...],
    targets: tuple[Expr | None, ...],
    shared: frozenset[str],
    is_quick: bool,
) -> FormRecipes:
    """Return the recipes that write formulas to these targets."""
    steps = recipe(tuple([f.quick if is_quick else f.stable for f in forms]), targets, shared)
    symbols, stable = list(steps.symbols), None
    results: tuple[Expr, ...] = ()
    computed = tuple(index for index, form in enumerate(forms) if not form.quick.atomic)
    if is_quick and any(form.quick is not form.stable for form in forms):
        results = tuple(symbol(f"result {index}") for index in range(len(computed)))
        stable = recipe(tuple([forms[index].stable for index in computed]), results, shared)
        symbols += stable.symbols
    written = {Y, *targets, *results}
    operands = {part: slots_of(part) for part in symbols if part not in written}
    is_limit = is_quick and None in targets and steps.has_exponential()
    return FormRecipes(steps, tuple(operands.items()), stable, results, computed, is_limit)
