"""Print operations as JavaScript functions of intervals, as `grading.interval_functions` does.

>>> from autograd.engine.ops import SUB
>>> print(interval_functions([(SUB, 2)]))
[
{forward: (u, I) => I.sub(u[0], u[1]), partials: (y, u, I) => [1, -1]}
]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from ..engine.dialect import ATOM, Dialect, render
from ..engine.formula import Expr, Symbols, lift, symbol
from ..engine.operation import OPS, Op
from ..grading.interval_functions import Intervals
from .javascript import JAVASCRIPT, function

_OPERATORS = {
    **{name: f"I.{name}({{0}}, {{1}})" for name in ("add", "sub", "mul", "div")},
    **{name: f"I.{name}({{0}}, {{1}})" for name in ("gt", "ge", "lt", "le")},
    "neg": "I.neg({0})",
}
_FUNCTIONS = [name for name in dir(Intervals) if not name.startswith("_") and name != "textbook"]
_DIALECT = Dialect(
    {head: (ATOM, template) for head, template in _OPERATORS.items()},
    number=JAVASCRIPT.number,
    names={name: f"I.{name}" for name in _FUNCTIONS},
)


class _IntervalSymbols(Symbols):
    """Symbols with all functions that intervals have."""

    def __getattr__(self, name: str) -> Callable[..., Expr]:
        if name in _FUNCTIONS:
            return partial(self.call, name)
        raise AttributeError(f"intervals have no function {name!r}")


_TEXTBOOK, _STABLE = _IntervalSymbols(textbook=True), _IntervalSymbols()


def interval_functions(rows: Iterable[tuple[Op, int]]) -> str:
    """Return an array with the value and the local derivatives of each operation, over intervals.

    The functions take the namespace I, so that every step of a formula can also be rounded. A value
    that is one function of I, such as σ, also has its formula as `steps`. Local derivatives take
    the output y and the inputs u. `stable` is their form for floats, if it differs from that of
    textbooks (see `StableIntervals`).
    """
    return "[\n" + ",\n".join(_functions(op, count) for op, count in rows) + "\n]"


def _functions(op: Op, count: int) -> str:
    inputs = [symbol(f"u[{k}]") for k in range(count)]
    forward, steps = (
        render(lift(value(_TEXTBOOK, *inputs)), _DIALECT) for value in (op, op.forward)
    )
    partials, stable = (_partials(op, inputs, xp) for xp in (_TEXTBOOK, _STABLE))
    other = f", stable: (y, u, I) => {stable}" if stable != partials else ""
    other += f", steps: (u, I) => {steps}" if steps != forward else ""
    return f"{{forward: (u, I) => {forward}, partials: (y, u, I) => {partials}{other}}}"


def _partials(op: Op, inputs: list[Expr], xp: _IntervalSymbols) -> str:
    found = op.partials(xp, symbol("y"), *inputs)
    return f"[{', '.join(render(lift(partial), _DIALECT) for partial in found)}]"


def interval_rows(rows: Iterable[tuple[Op, int]]) -> str:
    """Return the two constants that intervals.js computes with.

    INTERVAL_ROWS holds the operations over intervals. MONOTONE holds the monotone operations that
    they call, as functions of floats. Each has 1 before it if it rises, or −1 if it falls.
    """
    source = interval_functions(rows)
    called = [op for op in OPS.values() if op.monotone and f"I.{op.name}(" in source]
    monotone = ",\n".join(f'"{op.name}": [{op.monotone}, {function(op, 1)}]' for op in called)
    return f"const INTERVAL_ROWS = {source};\nconst MONOTONE = {{\n{monotone}\n}};\n"
