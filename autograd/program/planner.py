"""Choose the plan to run by its estimated time, and make it when it is first used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import ceil
from typing import Literal

from ..engine.ops import LEAF
from .calls import Schedule
from .fuse import Term
from .lower import lower
from .places import find_grid, runs
from .plan import Plan
from .schedule import schedule
from .stacking import Style, count_steps

Want = Literal["gradients", "input gradients"]
# The measured cost of a call and of a number, in nanoseconds. Only the ratios matter.
_CALL, _NUMBER = 330.0, 0.3
_TAKE, _SCATTER = 1950.0, 6000.0  # a scatter first fills rows with 0
_SCATTERED_NUMBER = 1.5
# The rows of a chunk should fit into the first number of bytes, and must fit into the second.
_CACHE, _MEMORY = 4 << 20, 32 << 20
_SHORTEST, _LONGEST = 1000, 16384  # the smallest and the largest number of examples in a chunk
# The smallest number of numbers that a call should compute. With fewer, the calls themselves take
# more than 15% of the time, as measured. A chunk that fits into the cache saves less time than
# that, so the chunk is then made larger than `_CACHE`.
_NUMBERS = 7000


def chunk_size(rows: int, itemsize: int, height: float) -> int:
    """Return how many examples to run at once.

    For each example, memory holds `rows` numbers, and a call computes `height` numbers on average.
    """
    size = max(1, rows * itemsize)
    wanted = max(_CACHE // size, min(int(_NUMBERS / height), _MEMORY // size))
    return min(max(wanted, _SHORTEST), _LONGEST)


class Planner:
    """The plans for the terms of a graph, in groups or number by number.

    Without groups, every number has its own call, except in matrix products. For long batches, this
    is faster if the operands of a group would have to be gathered.

    Attributes:
        parameters: the terms that are parameters, in the order of their rows.
    """

    def __init__(
        self,
        terms: Sequence[Term],
        inputs: Sequence[int | None],
        roots: Sequence[int],
        guards: Sequence[tuple[int, str, int | float, bool]] = (),
    ) -> None:
        self.terms = terms
        self.inputs = inputs
        self.roots = roots
        self.guards = guards
        self.grouped = schedule(terms, inputs, grouped=True)
        self.plans: dict[tuple[Want, bool, Style], Plan] = {}
        places = self.grouped.places
        leaves = [k for k, t in enumerate(terms) if t.op is LEAF and not t.varies]
        self.parameters = sorted(leaves, key=lambda k: places[k].row)

    @cached_property
    def single(self) -> Schedule:
        """The schedule without groups."""
        return schedule(self.terms, self.inputs, grouped=False)

    def plan(self, want: Want, *, grouped: bool, style: Style = "quick") -> Plan:
        """Return the plan that computes the gradients wanted, by formulas of this style."""
        key = want, grouped, style
        if key not in self.plans:
            inputs = [k for k in self.inputs if k is not None]
            wanted = frozenset(self.parameters if want == "gradients" else inputs)
            chosen = self.grouped if grouped else self.single
            self.plans[key] = lower(chosen, wanted, self.roots, self.guards, style=style)
        return self.plans[key]

    def best(self, want: Want, batch: int) -> Plan:
        """Return the plan that is estimated to be fastest for a batch."""
        return self.plan(want, grouped=self.is_grouping_faster(batch))

    def is_grouping_faster(self, batch: int) -> bool:
        """Return whether groups are faster, which is often the case for short batches."""
        numbers = [len(call.members) for call in self.grouped.calls if call.varies]
        if len(numbers) == sum(numbers):
            return True  # every group is a single number
        chunks = ceil(batch / chunk_size(2 * sum(numbers), 8, 1))  # values and their adjoints
        (calls, each), (single_calls, single_each) = self._costs
        grouped, single = chunks * calls + batch * each, chunks * single_calls + batch * single_each
        return grouped <= 1.15 * single  # groups win a tie, because they need fewer calls

    @cached_property
    def _costs(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return estimate(self.grouped, split=False), estimate(self.grouped, split=True)


def estimate(chosen: Schedule, *, split: bool) -> tuple[float, float]:
    """Return the estimated nanoseconds of forward and backward per chunk, and per example.

    With `split`, each number is computed by a call of its own, and no operand is gathered.
    """
    chunk = example = 0.0
    for call in chosen.calls:
        if not call.varies or call.is_product:
            continue  # the same either way
        count, slots = len(call.members), len(chosen.terms[call.members[0]].parents)
        steps, weight = count_steps(call.op, slots)
        chunk += (steps + slots) * _CALL * (count if split else 1)
        example += (weight + slots) * count * _NUMBER
        for places in chosen.operands(call) if count > 1 and not split else ():
            pieces = len(runs(places))
            if pieces > 2 and find_grid(places) is not None:
                pieces = 2
            if pieces > 2:
                chunk += _TAKE + _SCATTER
                example += count * (_NUMBER + _SCATTERED_NUMBER)
            elif pieces == 2:
                chunk += 4 * _CALL
                example += 2 * count * _NUMBER
    return chunk, example
