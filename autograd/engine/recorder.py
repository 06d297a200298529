"""Print a row of the table as the Python function that records it.

`Value` records every product and tanh through such a function: the row's own formula written out as
statements, so that no call per formula is paid and yet no derivative is written twice by hand.
``inspect.getsource(Value.__mul__)`` shows one.

>>> from autograd.engine.ops import SQUARE
>>> print(recorder_source(SQUARE))
def square(a):
    if a.__class__ is not Value:
        (a,) = operands(OP, a)
    u = a.data
    try:
        y = u * u
        p = 2 * u
    except ERRORS as error:
        raise failure(OP, (a,), error) from None
    if y - y or p - p:  # inf - inf and nan - nan are nan, which is true
        raise failure(OP, (a,), None)
    out = new(Value)
    out.data = y
    out.grad = 0.0
    out.op = OP
    out.label = ""
    out._a = a
    out._b = None
    out._p = p
    return out
<BLANKLINE>
"""

from __future__ import annotations

import itertools
import linecache
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from .formula import FUNCTIONS, PYTHON, Dialect, Expr, Symbols, lift, render, symbol
from .operation import FLOATS, Op
from .ops import DOT

_PARTIALS = ("p", "q")  # their names in a node of one or two parents


def recorder(op: Op, scope: dict[str, Any], count: int | None = None) -> Callable[..., Any]:
    """Compile the recorder of a row: ``f(a)``, ``f(a, b)`` or ``f(parents)`` of `count` parents."""
    source = recorder_source(op) if count is None else many_recorder_source(op, count)
    return compiled(op, source, f"{op.name}{count or ''}", scope)


def compiled(op: Op, source: str, name: str, scope: dict[str, Any]) -> Callable[..., Any]:
    """Compile the source of a recorder.

    `scope` is where the function will look up `Value`, `new`, `operands`, `failure` and `ERRORS`;
    it may be filled later, before the first call.
    """
    filename = f"<autograd recorder {name}>"
    # So that inspect and tracebacks can show the source.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    function: dict[str, Any] = {}
    exec(compile(source.replace("OP", _op_name(op)), filename, "exec"), scope, function)
    scope |= {_op_name(op): op, **{name: getattr(FLOATS, name) for name in FUNCTIONS}}
    return function[op.name]  # type: ignore[no-any-return]


def _op_name(op: Op) -> str:
    return op.name.upper()


def recorder_source(op: Op) -> str:
    """Return the source of the function that records a row with one or two inputs."""
    names = ["a", "b"][: op.arity]
    group = "(a,)" if op.arity == 1 else "(a, b)"
    statements, partials = _formula(op, ["u", "v"][: op.arity])
    checked = ["y", *(name for name in partials if name in _PARTIALS)]
    return _lines(
        f"def {op.name}({', '.join(names)}):",
        *_check_operands(names),
        *(f"    {data} = {name}.data" for name, data in zip(names, "uv", strict=False)),
        *_computation(statements, checked, group),
        "    out._a = a",
        f"    out._b = {'b' if op.arity == 2 else None}",
        *(
            f"    out._{name} = {partial}"
            for name, partial in zip(_PARTIALS, partials, strict=False)
        ),
        "    return out",
    )


def many_recorder_source(op: Op, count: int) -> str:
    """Return the source of the function that records a row with `count` parents, more than two.

    Its partials are not checked: in all rows of many inputs they are finite where the output is.
    """
    names = [f"a{k}" for k in range(count)]
    statements, partials = _formula(op, [f"u{k}" for k in range(count)])
    return _lines(
        f"def {op.name}(parents):",
        f"    {', '.join(names)} = parents",
        *(f"    u{k} = a{k}.data" for k in range(count)),
        *_computation(statements, ["y"], "parents"),
        "    out._a = parents",
        "    out._b = None",
        f"    out._p = ({', '.join(partials)})",
        "    return out",
    )


def weighted_sum_source(count: int) -> str:
    """Return the source of the function that records a neuron's sum of `count` products and a bias.

    Its parents are two tuples that outlive it, the neuron's own (w₁ … wₙ, b) and the layer's x, and
    `data` is read once for the layer: x's numbers and a 1, which are the partials of w and b.
    """
    us, vs = [f"u{k}" for k in range(count)], [f"v{k}" for k in range(count)]
    statements, partials = _formula(DOT, [*vs, *us, "c"])
    if partials != [*us, *vs, "1.0"]:
        raise ValueError("a weighted sum keeps its operands as its partials; the row DOT differs")
    return _lines(
        "def dot(weights, x, data):",
        f"    {', '.join(f'w{k}' for k in range(count))}, b = weights",
        f"    {', '.join(us)}, _ = data",
        *(f"    v{k} = w{k}.data" for k in range(count)),
        "    c = b.data",
        *_computation(statements, ["y"], "(*weights[:-1], *x, b)"),
        "    out._a = weights",
        "    out._b = x",
        "    out._p = data",
        f"    out._q = ({', '.join(vs)},)",
        "    return out",
    )


def _lines(*lines: str) -> str:
    return "\n".join([*lines, ""])


def _check_operands(names: list[str]) -> Iterator[str]:
    yield f"    if {' or '.join(f'{name}.__class__ is not Value' for name in names)}:"
    if len(names) == 1:
        yield "        (a,) = operands(OP, a)"
        return
    yield "        a, b = operands(OP, a, b)"
    yield "        if b is None:"
    yield "            return NotImplemented"


def _computation(statements: list[str], checked: list[str], parents: str) -> list[str]:
    """Return the lines from the formula to the new node, without its parents and partials."""
    return [
        "    try:",
        *(f"        {line}" for line in statements),
        "    except ERRORS as error:",
        f"        raise failure(OP, {parents}, error) from None",
        f"    if {' or '.join(f'{name} - {name}' for name in checked)}:"
        "  # inf - inf and nan - nan are nan, which is true",
        f"        raise failure(OP, {parents}, None)",
        "    out = new(Value)",
        "    out.data = y",
        "    out.grad = 0.0",
        "    out.op = OP",
        '    out.label = ""',
    ]


def _formula(op: Op, names: list[str]) -> tuple[list[str], list[str]]:
    """Return the statements that compute the output and the partials, and the partials' names."""
    inputs = [symbol(name) for name in names]
    targets = {"y": lift(op.forward(Symbols(), *inputs))}
    found = []
    for k, partial in enumerate(map(lift, op.partials(Symbols(), symbol("y"), *inputs))):
        name = _PARTIALS[k] if len(names) <= 2 else f"p{k}"
        found.append(render(partial, PYTHON) if partial.atomic else name)
        targets |= {} if partial.atomic else {name: partial}
    return list(statements(targets)), found


def statements(targets: dict[str, Expr], dialect: Dialect = PYTHON) -> Iterator[str]:
    """Yield assignments that compute the targets in turn, each shared part once, as t1, t2, …"""
    distinct: set[Expr] = set()
    for expr in targets.values():
        distinct.update(part for part in expr.walk(distinct) if not part.atomic)
    uses = Counter(arg for part in distinct for arg in part.args) + Counter(targets.values())
    uses.update(
        arg for part in distinct if part.head in ("maximum", "minimum") for arg in part.args
    )  # written twice
    known: dict[Expr, str] = {}
    count = itertools.count(1)
    for name, target in targets.items():
        for part in reversed(list(target.walk(known))):  # parts before what is made of them
            shared = uses[part] > 1 and not part.atomic
            if shared and part != target and part not in known:
                temporary = f"t{next(count)}"
                yield f"{temporary} = {render(_swap(part, known), dialect)}"
                known[part] = temporary
        yield f"{name} = {render(_swap(target, known), dialect)}"
        known[target] = name


def _swap(expr: Expr, known: dict[Expr, str]) -> Expr:
    """Return the expression with the parts that have names already replaced by them."""
    if expr in known:
        return symbol(known[expr])
    if expr.atomic:
        return expr
    return Expr(expr.head, tuple(_swap(arg, known) for arg in expr.args))
