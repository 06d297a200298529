"""Registers, the temporary rows of a recipe, and which of them share rows.

A register is used again once its content has been read for the last time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ..engine.formula import Expr
from .instructions import MASKS, SHARED


class Register(NamedTuple):
    """Temporary rows: the first one, and how many, in units of the height of the call."""

    array: str
    start: int
    units: int


Source = Register | Expr | float  # what a step reads; an Expr is a symbol or a stack of symbols


class RecipeStep(NamedTuple):
    """``function(*operands)``, written to a register or to the rows of a symbol."""

    function: str
    operands: tuple[Source, ...]
    out: Register | Expr


Places = dict[Source, Source]
IsShared = Callable[[Source], bool]


def count_units(source: Source) -> int:
    """Return how many units a step reads: one for each symbol that is stacked."""
    if isinstance(source, Register):
        return source.units
    if isinstance(source, Expr):
        return len(source.args) if source.head == "stack" else 1
    return 0


def share_rows(
    steps: Sequence[RecipeStep], results: Sequence[Source], is_shared: IsShared
) -> tuple[Places, dict[str, int]]:
    """Return where each register is, and how many units of each array there are.

    A register is in the rows of a symbol that overwrites it, or in temporary rows. Registers share
    rows if one is read last before the other begins.
    """
    last = {o: k for k, step in enumerate(steps) for o in (*step.operands, step.out)}
    last |= dict.fromkeys(results, len(steps))
    successors = _find_successors(steps, last, is_shared)
    moved: dict[Source, Register] = {}
    free: dict[tuple[str, int], list[Register]] = defaultdict(list)
    units: dict[str, int] = defaultdict(int)
    for k, step in enumerate(steps):
        out = successors.get(step.out, step.out)
        if isinstance(out, Register) and out not in moved:
            same = free[out.array, out.units]
            moved[out] = same.pop() if same else out._replace(start=units[out.array])
            units[out.array] = max(units[out.array], moved[out].start + out.units)
        for ended in {o for o in (*step.operands, step.out) if o in moved and last[o] == k}:
            free[moved[ended].array, moved[ended].units].append(moved[ended])
    places: Places = dict(moved)
    return places | {r: places.get(out, out) for r, out in successors.items()}, dict(units)


def _find_successors(
    steps: Sequence[RecipeStep], last: Mapping[Source, int], is_shared: IsShared
) -> Places:
    """Return for registers the last of the results that overwrite them one after the other.

    A step that reads a register for the last time may write its result there, because every
    function but a sum works number by number. Measured: a step in place takes as long or less, and
    fewer rows stay in the caches.
    """
    overwritten: dict[Source, Source] = {}
    written: set[Source] = set()
    for k, (function, operands, out) in enumerate(steps):
        if out not in written and function != "sum_columns":
            ended = [o for o in operands if last[o] == k and _may_overwrite(o, out, is_shared)]
            overwritten |= dict.fromkeys(ended[:1], out)
        written.add(out)
    successors: Places = {}
    for register, result in reversed(overwritten.items()):
        successors[register] = successors.get(result, result)
    return successors


def _may_overwrite(ended: Source, out: Register | Expr, is_shared: IsShared) -> bool:
    """Whether a register has the rows for a result."""
    if not isinstance(ended, Register):
        return False
    if isinstance(out, Register):
        return (ended.array, ended.units) == (out.array, out.units)
    has_same_columns = (ended.array in SHARED) == is_shared(out)
    return has_same_columns and ended.array not in MASKS and ended.units == count_units(out)
