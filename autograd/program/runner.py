"""Batches divided into chunks, each with the workspace to run it in."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.collector import collector_paused
from .numpy_engine import Engine, Workspace
from .plan import Plan
from .planner import Planner, Want

_MOST_SPACES = 4  # the largest number of workspaces kept, those of the batch sizes used last

Part = tuple[slice, Workspace]
"""A chunk of a batch: its examples, and the workspace to run it in."""


class Runner:
    """The engines of a program's plans, which share the weights, and their workspaces.

    Attributes:
        planner: the plans.
        weights: the array ``shared`` of every engine.
        gradients: the array ``shared_adjoints`` of every engine.
    """

    def __init__(self, planner: Planner, dtype: np.dtype[Any]) -> None:
        self.planner = planner
        self.dtype = dtype
        schedule = planner.grouped
        self.weights = np.zeros((schedule.rows["shared"], 1), dtype)
        for k, term in enumerate(planner.terms):
            if not term.varies:
                self.weights[schedule.places[k].row, 0] = term.data
        self.gradients = np.zeros_like(self.weights)
        self._engines: dict[Plan, Engine] = {}
        self._spaces: dict[tuple[Engine, int], Workspace] = {}
        self._parts: dict[tuple[Want, int], list[Part]] = {}

    def parts(self, want: Want, batch: int) -> list[Part]:
        """Return the chunks of a batch."""
        key = want, batch
        if key not in self._parts:
            with collector_paused():
                self._parts[key] = self._divide(want, batch)
        return self._parts[key]

    def _divide(self, want: Want, batch: int) -> list[Part]:
        engine = self.engine(self.planner.best(want, batch))
        size = engine.chunk()
        parts = [slice(k, min(k + size, batch)) for k in range(0, batch, size)]
        return [(part, self._space(engine, part.stop - part.start)) for part in parts]

    def engine(self, plan: Plan) -> Engine:
        """Return the engine of a plan."""
        if plan not in self._engines:
            given = {"shared": self.weights, "shared_adjoints": self.gradients}
            self._engines[plan] = Engine(plan, given, self.dtype)
        return self._engines[plan]

    def _space(self, engine: Engine, batch: int) -> Workspace:
        space = self._spaces.get((engine, batch))
        if space is None or space.is_stale():
            self._parts.clear()  # their workspaces may be deleted below
            while len(self._spaces) >= _MOST_SPACES:
                del self._spaces[next(iter(self._spaces))]
            self._spaces[engine, batch] = space = Workspace(engine, batch)
        return space

    @property
    def nbytes(self) -> int:
        """The size of the arrays of all engines in bytes."""
        engines = self._engines.values()
        arrays = {id(a): a for e in engines for a in (*e.shared.values(), *e.pool.values())}
        arrays |= {id(a): a for a in (self.weights, self.gradients)}
        return sum(a.nbytes for a in arrays.values())
