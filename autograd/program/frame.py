"""A frame: the list that the instructions of one call are appended to, and its temporary rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from ..engine.formula import Expr
from ..engine.note import new_tuple
from .instructions import TEMPORARY, Grid, Instruction, Location, Operand, Rows, rows_at
from .places import find_grid, runs
from .plan import Fallback
from .recipe import Recipe

Target = TypeVar("Target", Rows, Grid)
_UNUSED = dict.fromkeys(TEMPORARY, 0)
# Up to this many runs of adjacent rows are copied slice by slice. More are copied as a grid if they
# form one, or gathered by index if they are in one array.
_MOST_RUNS = 2


class CallFrame:
    """Appends instructions to a list, and gives out temporary rows that are valid for one call."""

    def __init__(
        self,
        instructions: list[Instruction],
        rows: dict[str, int],
        fallbacks: list[Fallback] | None = None,
    ) -> None:
        self.instructions = instructions
        self.rows = rows
        self.fallbacks = [] if fallbacks is None else fallbacks
        self.used = _UNUSED.copy()

    def do(self, function: str, *operands: Operand, out: Target) -> Target:
        """Append one instruction, and return where its result is."""
        self.instructions.append(new_tuple(Instruction, (function, operands, out, False)))
        return out

    def pass_back(self, function: str, upstream: Rows, local: Operand, out: Rows) -> None:
        """Append the instruction that computes a contribution from adjoints and a derivative."""
        self.instructions.append(new_tuple(Instruction, (function, (upstream, local), out, True)))

    def scratch(self, count: int, *, shared: bool) -> Rows:
        """Return temporary rows. They have one column if all examples share them."""
        return self._take("shared_scratch" if shared else "scratch", count)

    def _take(self, array: str, count: int) -> Rows:
        start = self.used[array]
        self.used[array] = stop = start + count
        if stop > self.rows.get(array, 0):
            self.rows[array] = stop
        return rows_at((array, start), count)

    def follow(self, steps: Recipe, rows: Mapping[Expr, Rows], height: int) -> list[Operand]:
        """Append the instructions of a recipe, and return where its results are.

        `rows` has the rows of each symbol in the recipe, and `height` is how many rows a symbol
        has. The recipe counts its temporary rows in units of this height.
        """
        instructions, results = steps.follow(rows, self.used, height)
        self.instructions += instructions
        for array, units in steps.units.items():
            self._take(array, units * height)
        return results

    def add_fallback(self, fallback: Fallback) -> None:
        """Add a fallback, and reserve the temporary rows that its recipe needs."""
        self.fallbacks.append(fallback)
        for array, units in fallback.recipe.units.items():
            stop = fallback.scratch[array] + units * fallback.height
            self.rows[array] = max(self.rows.get(array, 0), stop)

    def gather(self, places: Sequence[Location], out: Rows) -> Rows:
        """Copy the numbers at these places into adjacent rows."""
        found = runs(places)
        grid = find_grid(places) if len(found) > _MOST_RUNS else None
        if grid is not None:
            # A grid has three dimensions, so its copy is written in blocks. They are adjacent rows.
            self.do("copy", grid, out=out._replace(blocks=grid.shape[0]))
            return out
        if len(found) > _MOST_RUNS and len({place.array for place in places}) == 1:
            whole = Rows(places[0].array, 0, max(place.row for place in places) + 1)
            return self.do("take", whole, tuple(place.row for place in places), out=out)
        start = out.start
        for first, length in found:
            source = Rows(first.array, first.row, first.row + length)
            self.do("copy", source, out=Rows(out.array, start, start + length))
            start += length
        return out
