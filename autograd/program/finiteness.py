"""Choose a few rows such that, if they are finite, every input and parameter is.

They are checked after each forward pass. inf and nan survive sums and products (0·∞ is nan), so
checking the result covers the operands. A comparison hides them: where(nan > 0, nan, 0) is 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .instructions import Array, Instruction, Rows

_SURVIVED = frozenset(["matmul", "add", "subtract", "multiply", "negative", "sum_columns"])
_GIVEN = ("inputs", "shared")
_GAP = 16  # up to so many rows between two are checked too, which is cheaper than one call more


class _Result(NamedTuple):
    """An instruction whose result is finite only if its operands are."""

    out: Rows
    given: list[Rows]
    earlier: list[int]  # the results that are its other operands, by number


def covering_rows(forward: Sequence[Instruction], rows: Mapping[str, int]) -> list[Rows]:
    """Return rows of which one is not finite if an input or a parameter is not."""
    results = _collect_results(forward)
    covered = {array: np.zeros(rows[array], bool) for array in _GIVEN}
    visited: set[int] = set()
    chosen = [
        result.out
        for k, result in reversed(list(enumerate(results)))
        if result.out.array == "values" and _cover(k, results, visited, covered)
    ]
    alone = [Rows(a, *span) for a in _GIVEN for span in _spans(~covered[a])]
    return _join(chosen) + alone


def _collect_results(forward: Sequence[Instruction]) -> list[_Result]:
    results: list[_Result] = []
    writers: dict[str, dict[int, int]] = {}  # by array and row, the result that is there now
    for instruction in forward:
        given: list[Rows] = []
        earlier: list[int] = []
        if instruction.function in _SURVIVED:
            operands = [operand for operand in instruction.operands if isinstance(operand, Rows)]
            given = [rows for rows in operands if rows.array in _GIVEN]
            for rows in operands:
                earlier += _read_whole(rows, writers.get(rows.array, {}), results)
        out = instruction.out
        assert isinstance(out, Rows), "forward writes no grids"
        assert isinstance(out, Rows)  # no forward pass writes to a grid
        writer = writers.setdefault(out.array, {})
        for row in range(out.start, out.stop):
            writer[row] = len(results) if given or earlier else -1
        if given or earlier:
            results.append(_Result(out, given, earlier))
    return results


def _read_whole(rows: Rows, writer: Mapping[int, int], results: Sequence[_Result]) -> list[int]:
    """Return the results of which these rows are or contain every row."""
    if rows.stop - rows.start == 1:
        k = writer.get(rows.start, -1)
        return [k] if k >= 0 and results[k].out.height == 1 else []
    counts = Counter(writer.get(row, -1) for row in range(rows.start, rows.stop))
    return [k for k, count in counts.items() if k >= 0 and count == results[k].out.height]


def _cover(
    k: int, results: Sequence[_Result], visited: set[int], covered: Mapping[str, Array]
) -> bool:
    """Mark what a result covers, and say whether any of it was not covered before."""
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
    """Return the rows in order, as one where they are side by side or nearly."""
    joined: list[Rows] = []
    for rows in sorted(chosen):
        if joined and rows.start - joined[-1].stop <= _GAP:
            stop = max(joined[-1].stop, rows.stop)
            joined[-1] = joined[-1]._replace(stop=stop)
        else:
            joined.append(Rows("values", rows.start, rows.stop))
    return joined
