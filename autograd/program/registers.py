"""Registers, the temporary rows of a recipe, and which of them share rows.

A recipe is the list of steps that compute some formulas. Each step is a function of NumPy. The rows
of a register are used again once its content has been read for the last time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ..engine.formula import Expr
from .instructions import MASKS, SHARED


class Register(NamedTuple):
    """A range of temporary rows of an array, given by its first unit and its number of units.

    One unit is as many rows as each symbol has when the recipe is followed.
    """

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
    """Return the number of units of a source.

    A symbol has 1 unit, a stack has one for each of its symbols, and a number has 0.
    """
    if isinstance(source, Register):
        return source.units
    if isinstance(source, Expr):
        return len(source.args) if source.head == "stack" else 1
    return 0


def share_rows(
    steps: Sequence[RecipeStep], results: Sequence[Source], is_shared: IsShared
) -> tuple[Places, dict[str, int]]:
    """Return where each register is, and how many units of each array there are.

    If a symbol is written over a register, the register uses the rows of the symbol. Otherwise it
    uses temporary rows. Two registers may share rows if the last read of one precedes the first
    write of the other. They may also share rows if both happen in one step, which then works in
    place.
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
    """Map each overwritten register to the last result in its chain of overwrites.

    A step that reads a register for the last time may write its result there, because every
    function but a sum works number by number. Measurements show that steps in place are never
    slower. They also need less cache.
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
    """Return whether a result can be written over what a step has read for the last time.

    It can if that is a register with the same size and layout as the result.
    """
    if not isinstance(ended, Register):
        return False
    if isinstance(out, Register):
        return (ended.array, ended.units) == (out.array, out.units)
    has_same_columns = (ended.array in SHARED) == is_shared(out)
    return has_same_columns and ended.array not in MASKS and ended.units == count_units(out)
