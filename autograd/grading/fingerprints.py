"""Fingerprints: which written number of a sheet is the same function as a gradient or a slope.

Take C = (a − t)²/2, and a line e = a − t. The gradient ∂C/∂a is e, although C was not computed from
e. Two functions of the given numbers are the same if they agree for given numbers nearby. Equal
values alone prove little, because many numbers of a sheet are equal by chance.
"""

from __future__ import annotations

import math
from collections import defaultdict

from ..engine.operation import FLOATS
from ..engine.value import Value
from .ledger import Ledger, Place
from .sweep import Sweep

_STEP = 1e-3  # relative; the most by which a given number is changed
_GOLDEN = 0.6180339887498949  # its multiples fill the numbers from 0 to 1 evenly
_DIGITS = 10  # significant digits in which equal functions agree


class Fingerprints:
    """The values, gradients and local derivatives of a sheet, for given numbers nearby.

    Numbers that a formula contains, such as the 2 of 2·x, are not changed.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._values: dict[Value, float] = {}
        self._gradients: dict[Sweep, dict[Value, float]] = {}
        self._places: dict[str, tuple[Place, float]] = {}  # by absolute value, with the sign
        self._slopes: defaultdict[Value, dict[Sweep, None]] = defaultdict(dict)
        self._seen = 0  # of the numbers in the history of the ledger
        self._changed = 0  # of the given numbers

    def value(self, node: Value) -> float:
        """Return the value of a node, or nan if it cannot be computed."""
        stack = [node]
        while stack:
            top = stack[-1]
            missing = [p for p in top.parents if p not in self._values]
            if top in self._values or not missing:
                stack.pop()
                if top not in self._values:
                    self._values[top] = self._computed(top)
            stack += missing
        return self._values[node]

    def _computed(self, node: Value) -> float:
        if node in self._ledger.derivatives:
            sweep, cell, sign = self._ledger.derivatives[node]
            return sign * self.gradients(sweep).get(cell, 0.0)
        if not node.parents:
            self._changed += bool(node.label)
            share = math.fmod(self._changed * _GOLDEN, 1.0) if node.label else 0.0
            return node.data * (1.0 + _STEP * share)
        try:
            inputs = [self._values[parent] for parent in node.parents]
            return float(node.op.forward(FLOATS, *inputs))
        except (ArithmeticError, ValueError):
            return math.nan

    def partials(self, node: Value) -> tuple[float, ...]:
        """Return the local derivatives of a node."""
        output, inputs = self.value(node), map(self.value, node.parents)
        try:
            return tuple(map(float, node.op.partials(FLOATS, output, *inputs)))
        except (ArithmeticError, ValueError):
            return (math.nan,) * len(node.parents)

    def gradients(self, sweep: Sweep) -> dict[Value, float]:
        """Return ∂output/∂node for every node that the output of a sweep depends on."""
        if sweep not in self._gradients:
            found = self._gradients[sweep] = defaultdict(float, {sweep.output: 1.0})
            for node in reversed(sweep.order):
                for parent, partial in zip(node.parents, self.partials(node), strict=True):
                    found[parent] += found[node] * partial
        return self._gradients[sweep]

    def place(self, number: float) -> tuple[Place, float] | None:
        """Return the latest written number that is this function, or its negative, with the sign.

        A number that does not change with the given numbers, such as the 2 of a slope, is none.
        """
        self._catch_up()
        found = self._places.get(_key(number))
        return found and (found[0], math.copysign(found[1], found[1] * number))

    def slopes(self, node: Value) -> list[Sweep]:
        """Return the sweeps whose gradient of a node was written."""
        self._catch_up()
        return list(self._slopes[node])

    def _catch_up(self) -> None:
        """Add the numbers that were written since the last call."""
        history, self._seen = self._ledger.history[self._seen :], len(self._ledger.history)
        for sweep, node in history:
            if sweep:
                self._slopes[node][sweep] = None
            number = self.gradients(sweep)[node] if sweep else self.value(node)
            exact = sweep.adjoint(node) if sweep else node.data
            if math.isfinite(number) and not math.isclose(number, exact, rel_tol=1e-9):
                self._places[_key(number)] = (sweep, node), math.copysign(1.0, number)


def _key(number: float) -> str:
    return f"{abs(number):.{_DIGITS}g}"
