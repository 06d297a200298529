"""The rows of adjoints during the planning of a backward pass, and contributions to them.

A contribution is an upstream adjoint times a local derivative. The first contribution to a row is
written there, and later ones are added. No row is therefore filled with 0 beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from .frame import CallFrame
from .instructions import ADJOINT, Grid, Location, Operand, Rows, rows_at
from .places import find_grid, runs

_MOST_RUNS = 2  # up to this many runs are added slice by slice; more are added by index


class Local(NamedTuple):
    """A local derivative, and whether an adjoint is multiplied by it or divided by it."""

    function: str
    operand: Operand

    def part(self, start: int, length: int) -> Local:
        """Return the derivatives of `length` rows from `start`."""
        return Local(self.function, rows_of(self.operand, start, length))


ONE = Local("multiply", 1.0)


class Adjoints:
    """The adjoints of all places so far.

    Attributes:
        touched: the places whose adjoint has received a contribution.
        shared_row: for some of these places, another row that the adjoint equals so far. The
            adjoint is read there instead of being copied.
        rows: how many rows each array has.
    """

    def __init__(self, rows: dict[str, int]) -> None:
        self.rows = rows
        self.touched: set[Location] = set()
        self.shared_row: dict[Location, Rows] = {}

    def read(self, place: Location, length: int) -> Rows:
        """Return the rows that hold the adjoints at `length` places, beginning with this one."""
        own = adjoint_rows(place, length)
        return self.shared_row.get(place, own) if length == 1 else own

    def give_own_rows(self, places: Sequence[Location], frame: CallFrame) -> None:
        """Give every place an adjoint in its own row.

        An adjoint that shares another row is copied. If nothing has arrived, 0 is written.
        """
        for place in places:
            if place in self.shared_row:
                frame.do("copy", self.shared_row.pop(place), out=adjoint_rows(place, 1))
        missing = [place for place in places if place not in self.touched]
        for first, length in runs(sorted(set(missing))):
            frame.do("copy", 0.0, out=adjoint_rows(first, length))
        self.touched.update(missing)

    def add(
        self, places: Sequence[Location], upstream: Rows, local: Local, frame: CallFrame
    ) -> None:
        """Append instructions that add upstream × local derivative to the adjoints of places."""
        found = runs(places) if len(places) > 1 else ()
        if len(found) > 1 and len({place.array for place in places}) > 1:
            self._add_run_by_run(found, upstream, local, frame)
            return
        if len(found) > 1:
            is_shared = places[0].array == "shared" or upstream.is_shared
            out = frame.scratch(len(places), shared=is_shared)
            _write(upstream, local, out, frame)
            self.scatter(places, out, frame)
        elif self.touched.isdisjoint(places):
            self._write_first(places, upstream, local, frame)
        else:
            self._add_later(places, upstream, local, frame)

    def _add_run_by_run(
        self, found: Sequence[tuple[Location, int]], upstream: Rows, local: Local, frame: CallFrame
    ) -> None:
        start = 0
        for (array, row), length in found:
            places = [Location(array, row + k) for k in range(length)]
            self.add(places, rows_of(upstream, start, length), local.part(start, length), frame)
            start += length

    def _write_first(
        self, places: Sequence[Location], upstream: Rows, local: Local, frame: CallFrame
    ) -> None:
        target = adjoint_rows(places[0], len(places))
        if local == ONE and target.array == upstream.array and len(places) == 1:
            self.shared_row[places[0]] = upstream  # `upstream` is complete, so it is read there
        else:
            _write(upstream, local, target, frame)
        self.touched.update(places)

    def _add_later(
        self, places: Sequence[Location], upstream: Rows, local: Local, frame: CallFrame
    ) -> None:
        target = adjoint_rows(places[0], len(places))
        before = self.shared_row.pop(places[0], None) if len(places) == 1 else None
        if before is None:
            self.give_own_rows(places, frame)
            before = target
        if local.operand in (1.0, -1.0) and target.is_shared == upstream.is_shared:
            frame.do("add" if local.operand == 1.0 else "subtract", before, upstream, out=target)
            return
        out = frame.scratch(target.height, shared=target.is_shared)
        _write(upstream, local, out, frame)
        frame.do("add", before, out, out=target)

    def add_result(
        self,
        places: Sequence[Location],
        function: str,
        operands: tuple[Operand, ...],
        frame: CallFrame,
        *,
        columns: int = 0,
        blocks: int = 0,
    ) -> None:
        """Append instructions that add the result of a function to the adjoints at these places.

        The result is a matrix with this number of columns, or with one column for each example if
        `columns` is 0. If `blocks` is not 0, the result is that many such matrices.
        """
        found = runs(places)
        if len(found) == 1 and self.touched.isdisjoint(places):
            out = adjoint_rows(*found[0])
            frame.do(function, *operands, out=out._replace(columns=columns, blocks=blocks))
            self.touched.update(places)
            return
        out = frame.scratch(len(places), shared=columns > 0)
        frame.do(function, *operands, out=out._replace(columns=columns, blocks=blocks))
        self.scatter(places, out, frame)

    def scatter(self, places: Sequence[Location], contributions: Rows, frame: CallFrame) -> None:
        """Append instructions that add rows of contributions to adjoints that are not adjacent."""
        if len({place.array for place in places}) > 1:
            start = 0
            for _, group in groupby(places, key=lambda place: place.array):
                same = list(group)
                self.scatter(same, rows_of(contributions, start, len(same)), frame)
                start += len(same)
            return
        found = runs(places)
        grid = find_grid(places) if len(found) > _MOST_RUNS else None
        if grid is not None and places[0].array != "shared":
            self._scatter_to_grid(places, grid, contributions, frame)
            return
        if len(found) > _MOST_RUNS:
            self.give_own_rows(places, frame)
            array = places[0].array
            whole = Rows(ADJOINT[array], 0, self.rows[array])
            frame.do("scatter_add", contributions, tuple(p.row for p in places), out=whole)
            return
        self._add_run_by_run(found, contributions, ONE, frame)

    def _scatter_to_grid(
        self, places: Sequence[Location], grid: Grid, contributions: Rows, frame: CallFrame
    ) -> None:
        """Append instructions that add rows of contributions to the adjoints of a grid."""
        (blocks, length), steps = grid.shape, grid.steps
        stacked = contributions._replace(blocks=blocks)
        if length > 1 and steps[1] == 0:  # each place receives the sum of a block
            out = frame.scratch(blocks, shared=False)
            frame.do("sum_rows", stacked, out=out._replace(blocks=blocks))
            self.scatter(places[::length], out, frame)
        elif blocks > 1 and steps[0] == 0:  # each place receives the sum over the blocks
            out = frame.scratch(length, shared=False)
            frame.do("sum_columns", stacked, out=out._replace(blocks=1))
            self.scatter(places[:length], out, frame)
        elif len(set(places)) < len(places):  # the windows of a convolution overlap
            for k in range(length):
                column = Grid(
                    contributions.array, contributions.start + k, (blocks, 1), (length, 0)
                )
                self._add_grid(places[k::length], column, frame)
        else:
            self._add_grid(places, stacked, frame, blocks)

    def _add_grid(
        self, places: Sequence[Location], contribution: Operand, frame: CallFrame, blocks: int = 0
    ) -> None:
        grid = find_grid(places)
        assert grid is not None
        if not blocks:  # one place in each block
            grid = grid._replace(shape=(len(places), 1), steps=(max(grid.steps), 0))
        target = grid._replace(array=ADJOINT[grid.array])
        if self.touched.isdisjoint(places):
            frame.do("copy", contribution, out=target)
            self.touched.update(places)
        else:
            self.give_own_rows(places, frame)
            frame.do("add", target, contribution, out=target)


def adjoint_rows(place: Location, length: int) -> Rows:
    """Return the rows of the adjoints of `length` places, beginning with this one."""
    array, row = place
    return rows_at((ADJOINT[array], row), length)


def rows_of(operand: Any, start: int, length: int) -> Any:
    """Return `length` rows from `start`. A number, or one row that applies to all, is unchanged."""
    if not isinstance(operand, Rows) or operand.height == 1:
        return operand
    return Rows(operand.array, operand.start + start, operand.start + start + length)


def _write(upstream: Rows, local: Local, out: Rows, frame: CallFrame) -> None:
    """Append instructions that write upstream × local derivative to `out`.

    If `out` is shared by all examples and the adjoints are not, the product is summed over the
    examples.
    """
    if not out.is_shared or upstream.is_shared:
        if local.operand == 1.0:
            frame.do("copy", upstream, out=out)
        elif local.operand == -1.0:
            frame.do("negative", upstream, out=out)
        else:
            frame.pass_back(local.function, upstream, local.operand, out=out)
        return
    if local.function == "divide":
        operand = local.operand
        heights = [upstream.height, *([operand.height] if isinstance(operand, Rows) else [])]
        quotient = frame.scratch(max(heights), shared=False)
        frame.pass_back("divide", upstream, operand, out=quotient)
        upstream, local = quotient, ONE
    if isinstance(local.operand, Rows) and not local.operand.is_shared:
        frame.pass_back("dot_rows", upstream, local.operand, out=out)
    elif local == ONE and upstream.height == out.height:
        frame.do("sum_rows", upstream, out=out)
    else:
        total = frame.scratch(upstream.height, shared=True)
        _write(frame.do("sum_rows", upstream, out=total), local, out, frame)
