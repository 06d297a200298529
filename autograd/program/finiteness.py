"""Choose the rows to check after a forward pass, to know that every input and parameter is finite.

The results of a backward pass need no check if `report_overflow` is true for its instructions.

Checking all inputs and parameters would take longer than a small product. A sum or a product with a
number that is not finite is not finite either, because 0·∞ is nan. Checking the result therefore
covers its operands. A comparison does not pass such a number on. For example,
``where(nan > 0, nan, 0)`` is 0. An operand that is read only by comparisons and similar functions
is therefore checked itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .instructions import Array, Instruction, Location, Rows

# Functions whose result is finite only if their operands are.
_TRANSPARENT = frozenset(["matmul", "add", "subtract", "multiply", "negative", "sum_columns"])
_COMPUTING = frozenset(["divide", "square", "reciprocal", "sqrt", "sum_rows", "dot_rows"])
_PRODUCTS = frozenset(["matmul", "dot_rows"])  # computed by BLAS
_MOVING = frozenset(["copy", "copy_where", "take", "maximum", "minimum", "absolute", "scatter_add"])
_COMPARING = frozenset(["greater", "greater_equal", "less", "less_equal"])
_ARITHMETIC = (_TRANSPARENT | _COMPUTING | _MOVING | _COMPARING) - _PRODUCTS
_GIVEN = ("inputs", "shared")
# Two ranges with at most this many rows between them are checked in one call, which is faster than
# two calls. A row between them that is not finite only costs time, because then every input and
# parameter is checked.
_GAP = 16


def report_overflow(instructions: Sequence[Instruction]) -> bool:
    """Return whether instructions on finite numbers raise an error if a result is not finite.

    Arithmetic raises an error, because processors report an overflow to the thread that computes.
    Products do not, because BLAS may compute a part of a product in another thread.
    """
    return all(i.function in _ARITHMETIC for i in instructions)


class _Result(NamedTuple):
    """A result that is finite only if its operands are.

    Attributes:
        out: the rows of the result.
        given: the operands that are inputs or parameters.
        earlier: the indices of earlier results that are operands.
    """

    out: Rows
    given: list[Rows]
    earlier: list[int]


def covering_rows(
    forward: Sequence[Instruction], rows: Mapping[str, int], outputs: Sequence[Location] = ()
) -> list[Rows]:
    """Return rows to check. If all of them are finite, every input, parameter and output is finite.

    Outputs are in ``values``, because they vary by example. Results are chosen from the last to the
    first, because a late result covers many operands.
    """
    results, writers = _collect_results(forward)
    covered = {array: np.zeros(rows[array], bool) for array in _GIVEN}
    visited: set[int] = set()
    chosen: list[Rows] = []
    for k in reversed(range(len(results))):
        out = results[k].out
        # Only results in ``values`` are chosen, because other arrays are computed once for many
        # batches. A result counts only if no later one has overwritten its rows.
        is_there = all(writers[out.array][row] == k for row in range(out.start, out.stop))
        if out.array == "values" and is_there and _cover(k, results, visited, covered):
            chosen.append(out)
    alone = [Rows(a, *span) for a in _GIVEN for span in _spans(~covered[a])]
    chosen += [Rows(array, row, row + 1) for array, row in outputs]
    return _join(chosen) + alone


def _collect_results(
    forward: Sequence[Instruction],
) -> tuple[list[_Result], dict[str, dict[int, int]]]:
    """Return the results that cover an input or a parameter, directly or through another result.

    The second value has, for each array and row, the index of the result that is there at the end,
    or −1.
    """
    results: list[_Result] = []
    writers: dict[str, dict[int, int]] = {}  # for each array and row, the result that is there now
    for instruction in forward:
        given: list[Rows] = []
        earlier: list[int] = []
        if instruction.function in _TRANSPARENT:
            for rows in instruction.operands:
                if isinstance(rows, Rows):
                    if rows.array in _GIVEN:
                        given.append(rows)
                    earlier += _read_whole(rows, writers.get(rows.array, {}), results)
        out = instruction.out
        assert isinstance(out, Rows)  # only backward passes have another kind of `out`
        writer = writers.setdefault(out.array, {})
        for row in range(out.start, out.stop):
            writer[row] = len(results) if given or earlier else -1
        if given or earlier:
            results.append(_Result(out, given, earlier))
    return results, writers


def _read_whole(rows: Rows, writer: Mapping[int, int], results: Sequence[_Result]) -> list[int]:
    """Return the results whose rows are all among these rows."""
    if rows.stop - rows.start == 1:  # the same as below, but faster
        k = writer.get(rows.start, -1)
        return [k] if k >= 0 and results[k].out.height == 1 else []
    counts = Counter(writer.get(row, -1) for row in range(rows.start, rows.stop))
    return [k for k, count in counts.items() if k >= 0 and count == results[k].out.height]


def _cover(
    k: int, results: Sequence[_Result], visited: set[int], covered: Mapping[str, Array]
) -> bool:
    """Mark the inputs and parameters that a result covers, and return whether one is new."""
    is_new, stack = False, [k]
    while stack:
        k = stack.pop()
        if k in visited:
            continue
        visited.add(k)
        for rows in results[k].given:
            marks = covered[rows.array][rows.start : rows.stop]
            is_new = is_new or not marks.all()
            marks[:] = True
        stack.extend(results[k].earlier)
    return is_new


def _spans(marks: Array) -> list[tuple[int, int]]:
    """Return start and stop of every run of marked rows."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _join(chosen: Sequence[Rows]) -> list[Rows]:
    """Return the rows in order. Rows that are adjacent or nearly adjacent are joined."""
    joined: list[Rows] = []
    for rows in sorted(chosen):
        if joined and rows.start - joined[-1].stop <= _GAP:
            stop = max(joined[-1].stop, rows.stop)
            joined[-1] = joined[-1]._replace(stop=stop)
        else:
            joined.append(Rows("values", rows.start, rows.stop))
    return joined
