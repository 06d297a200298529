"""Print operations as JavaScript, so that the live page computes with the same formulas.

>>> from autograd.engine.ops import LOG
>>> print(function(LOG, 1))
(u, p, at) => {
  const y = Math.log(u[0]);
  p[at] = 1 / u[0];
  return y;
}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..engine.dialect import PYTHON, Dialect, render
from ..engine.formula import Expr, Symbols, lift, symbol
from ..engine.namespace import FUNCTIONS
from ..engine.operation import Op
from ..engine.recorder_source import statements


def _number(x: float) -> str:
    return f"{x:.0f}" if x == int(x) and abs(x) < 1e15 else repr(x)


_OWN = {"maximum": "Math.max", "minimum": "Math.min"}
_TEMPLATES = {head: form for head, form in PYTHON.templates.items() if head not in _OWN}

JAVASCRIPT = Dialect(
    {**_TEMPLATES, "where": (1, "{0:2} ? {1:2} : {2:2}")},
    number=_number,
    names={**{name: f"Math.{name}" for name in FUNCTIONS}, **_OWN},
)


class _Symbols(Symbols):
    """Symbols whose maximum is flat, so that a maximum of 1,000 inputs is not nested 1,000 deep."""

    def maximum(self, a: Expr | float, b: Expr | float) -> Expr:
        first = lift(a)
        return Expr("maximum", (*(first.args if first.head == "maximum" else (first,)), lift(b)))


_SYMBOLS = _Symbols()


def functions(rows: Iterable[tuple[Op, int]]) -> str:
    """Return an array of functions, one for each operation with its number of inputs."""
    emitted = (
        f"/* {json.dumps(op.name)} of {count} */ {function(op, count)}" for op, count in rows
    )
    return "[\n" + ",\n".join(emitted) + "\n]"


def function(op: Op, count: int) -> str:
    """Return an operation as ``(u, p, at) => y``.

    It computes y from the inputs u, and writes the local derivatives into p, beginning at `at`.
    """
    inputs = [symbol(f"u[{k}]") for k in range(count)]
    output = symbol("y")
    partials = [lift(partial) for partial in op.partials(_SYMBOLS, output, *inputs)]
    targets = {"y": lift(op.forward(_SYMBOLS, *inputs))}
    targets |= {_place(k): partial for k, partial in enumerate(partials) if not partial.atomic}
    lines = [*map(_declared, statements(targets, JAVASCRIPT)), *_given(partials), "return y;"]
    return "(u, p, at) => {\n" + "".join(f"  {line}\n" for line in lines) + "}"


def _place(k: int) -> str:
    return f"p[at + {k}]" if k else "p[at]"


def _declared(statement: str) -> str:
    return f"{statement};" if statement.startswith("p[") else f"const {statement};"


def _given(partials: list[Expr]) -> Iterator[str]:
    """Yield the statements of the partials that are inputs or constants."""
    for k, partial in enumerate(partials):
        if partial.atomic:
            yield f"{_place(k)} = {render(partial, JAVASCRIPT)};"
