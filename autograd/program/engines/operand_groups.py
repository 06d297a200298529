"""How the inputs and the parameters are divided among the arrays that a function takes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..instructions import Grid, Rows
from ..plan import Plan

# This many rows form a group of their own, because copying them out of an array would take time.
_MANY_INPUTS = 64
_MANY_PARAMETERS = 4096  # more, because a parameter is one number and not one for each example


def input_groups(plan: Plan) -> list[tuple[int, int]]:
    """Return the rows of the input columns in groups, so that no large operand is a slice."""
    return _join_small(_find_reads(plan, "inputs"), _MANY_INPUTS) or [(0, len(plan.inputs))]


def parameter_groups(plan: Plan) -> list[Rows]:
    """Return all parameters in groups, so that no large operand is a slice.

    A group that is read as one matrix has the shape of this matrix, because XLA is slow if it must
    compute the row and the column of a number by division.
    """
    count, reads = len(plan.parameters), _find_reads(plan, "shared")
    starts = [start for start, _ in _join_small(reads, _MANY_PARAMETERS) if 0 < start < count]
    groups = []
    for start, stop in pairwise([0, *starts, count]):
        same = [read for read in reads if (read.start, read.stop) == (start, stop)]
        columns = {read.columns for read in same if isinstance(read, Rows) and not read.blocks}
        groups.append(Rows("shared", start, stop, max(columns, default=0)))
    return groups


def _find_reads(plan: Plan, array: str) -> list[Rows | Grid]:
    """Return the parts of an array that instructions read and that are returned."""
    operands = {
        operand
        for instructions in plan.sections.values()
        for instruction in instructions
        for operand in (*instruction.operands, instruction.out)
        if isinstance(operand, Rows | Grid) and operand.array == array
    }
    roots = {Rows(array, place.row, place.row + 1) for place in plan.roots if place.array == array}
    return sorted(operands | roots, key=lambda read: (read.start, read.stop))


def _join_small(reads: Sequence[Rows | Grid], large: int) -> list[tuple[int, int]]:
    """Return groups of rows. Rows that are read together are in one group.

    Adjacent groups of fewer rows than `large` are joined.
    """
    groups: list[tuple[int, int]] = []
    for read in reads:
        before = groups[-1] if groups else (0, 0)
        is_small = max(read.height, before[1] - before[0]) < large
        if groups and (read.start < before[1] or is_small):
            groups[-1] = before[0], max(read.stop, before[1])
        else:
            groups.append((read.start, read.stop))
    return groups
