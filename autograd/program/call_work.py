"""What a call computes: its value, and the slopes that its adjoints are multiplied by.

Most calls of a graph have the same operation and operands of the same kinds. Their recipes are made
once, and only the rows differ from call to call.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ..engine.formula import Expr, symbol
from ..engine.operation import Op
from .calls import Call
from .instructions import Location
from .recipe import Recipe, recipe
from .stacking import (
    Form,
    Formulas,
    Slots,
    Style,
    Y,
    formulas_of,
    is_stacked,
    plain_formulas,
    slots_of,
)


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


class Passed(NamedTuple):
    """A contribution to some operands: ``function(upstream, slope)``.

    `slope` is a number, or an index into the slopes of the call, those that `CallWork.value` keeps
    and then those of `CallWork.slopes`.
    """

    slots: Slots
    function: str
    slope: Any


class CallWork(NamedTuple):
    """The recipes of a call.

    Attributes:
        value: computes the value, and the slopes that share work with it.
        kept: the symbols of these slopes, with the slots of each.
        slopes: computes the other slopes on the way back, None if there are none.
        passed: the contributions to the operands whose gradients are needed.
    """

    value: FormRecipes
    kept: tuple[tuple[Expr, Slots], ...]
    slopes: FormRecipes | None
    passed: tuple[Passed, ...]


def work_of(
    call: Call, operands: Sequence[Sequence[Location]], needed: tuple[bool, ...], *, style: Style
) -> CallWork:
    """Return what a call computes.

    `operands` has, for each operand, its places for all members. `needed` tells for each operand
    whether its gradient is needed. The formulas are in the form of this style.
    """
    shared = tuple([places[0][0] == "shared" for places in operands])
    if is_stacked(call):
        formulas = formulas_of(call, operands, style)
        return _work(formulas, shared, needed, call.varies, style)
    return _plain_work(call.op, shared, needed, call.varies, style)


@lru_cache(maxsize=1024)
def _plain_work(
    op: Op, shared: tuple[bool, ...], needed: tuple[bool, ...], varies: bool, style: Style
) -> CallWork:
    """Return what calls compute whose formulas do not depend on the places of their operands."""
    formulas = plain_formulas(op, len(shared), style)
    return _work(formulas, shared, needed, varies, style)


@lru_cache(maxsize=1024)
def _work(
    formulas: Formulas,
    shared: tuple[bool, ...],
    needed: tuple[bool, ...],
    varies: bool,
    style: Style,
) -> CallWork:
    kept: dict[Expr, Slots] = {}
    forms, later, passed = [formulas.value], list[Form](), list[Passed]()
    wanted = [p for p in formulas.partials if any(needed[slot] for slot in p.slots)]
    for partial in wanted:
        if partial.is_shared_work:
            own = tuple(f"kept {slot}" for slot in partial.slots)
            kept[Expr("stack", own) if len(own) > 1 else symbol(*own)] = partial.slots
            forms.append(partial.form)
    for slots, function, form, is_shared_work in wanted:
        if form.quick.head == "number":
            slope: Any = float(form.quick.args[0])
        elif is_shared_work:
            slope = list(kept.values()).index(slots)
        else:
            slope = len(kept) + len(later)
            later.append(form)
        passed.append(Passed(slots, function, slope))
    names = frozenset(f"a{slot}" for slot, is_shared in enumerate(shared) if is_shared)
    if not varies:
        names = names.union("y", *(target.args for target in kept))
    is_quick = style == "quick" and varies
    value = _form_recipes(forms, [Y, *kept], names, is_quick=is_quick)
    slopes = _form_recipes(later, [None] * len(later), names, is_quick=is_quick) if later else None
    return CallWork(value, tuple(kept.items()), slopes, tuple(passed))


def _form_recipes(
    forms: Sequence[Form],
    targets: Sequence[Expr | None],
    shared: frozenset[str],
    *,
    is_quick: bool,
) -> FormRecipes:
    """Return the recipes that write formulas to these targets, or to temporary rows for None."""
    quick = tuple([form.quick if is_quick else form.stable for form in forms])
    steps = recipe(quick, tuple(targets), shared)
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
