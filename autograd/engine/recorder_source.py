"""Generate the Python function that records an operation, as source text.

`Value` records every product and tanh through such a function. It holds the operation's formula as
plain statements, so that recording costs no function call per formula and no derivative is written
twice. ``inspect.getsource(Value.__mul__)`` shows one.

>>> from autograd.engine.ops import SQUARE
>>> print(recorder_source(SQUARE))
def record_square(a):
    if a.__class__ is not Value:
        (a,) = operands(Value, op, a)
    u = a._data
    try:
        y = u * u
        p = 2 * u
    except ERRORS:
        return record_carefully(op, (a,))
    if y - y or p - p:  # inf - inf and nan - nan are nan, which counts as true
        return record_carefully(op, (a,))
    out = new(Value)
    out._data = y
    out._grad = 0.0
    out.op = op
    out.note = current_note
    out._a = a
    out._b = None
    out._p = p
    return out
<BLANKLINE>
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from .formula import PYTHON, Dialect, Expr, Symbols, lift, render, symbol
from .operation import Op
from .ops import DOT

_PARTIALS = ("p", "q")  # the names of the partials in a node of one or two parents


def recorder_source(op: Op) -> str:
    """Return the source of the function that records a row with one or two inputs."""
    names = ["a", "b"][: op.arity]
    group = "(a,)" if op.arity == 1 else "(a, b)"
    statements, partials = _formula(op, ["u", "v"][: op.arity])
    checked = ["y", *(name for name in partials if name in _PARTIALS)]
    return _lines(
        f"def record_{op.name}({', '.join(names)}):",
        *_check_operands(names),
        *(f"    {data} = {name}._data" for name, data in zip(names, "uv", strict=False)),
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
        f"def record_{op.name}(parents):",
        f"    {', '.join(names)} = parents",
        *(f"    u{k} = a{k}._data" for k in range(count)),
        *_computation(statements, ["y"], "parents"),
        "    out._a = parents",
        "    out._b = None",
        f"    out._p = ({', '.join(partials)})",
        "    return out",
    )


def weighted_sum_source(count: int) -> str:
    """Return the source of the function that records a neuron's sum of `count` products and a bias.

    Its parents are two existing tuples, stored without copying: (w₁ … wₙ, b) and x. `data`, which a
    layer computes once, is (x₁ … xₙ, 1): the partials with respect to w and b.
    """
    us, vs = [f"u{k}" for k in range(count)], [f"v{k}" for k in range(count)]
    statements, partials = _formula(DOT, [*vs, *us, "c"])
    if partials != [*us, *vs, "1.0"]:
        raise ValueError("a weighted sum keeps its operands as its partials; the row DOT differs")
    return _lines(
        "def record_dot(weights, x, data):",
        f"    {', '.join(f'w{k}' for k in range(count))}, b = weights",
        f"    {', '.join(us)}, _ = data",
        *(f"    v{k} = w{k}._data" for k in range(count)),
        "    c = b._data",
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
        yield "        (a,) = operands(Value, op, a)"
        return
    yield "        a, b = operands(Value, op, a, b)"
    yield "        if b is None:"
    yield "            return NotImplemented"


def _computation(statements: list[str], checked: list[str], parents: str) -> list[str]:
    """Return the lines from the formula to the new node, without its parents and partials."""
    return [
        "    try:",
        *(f"        {line}" for line in statements),
        "    except ERRORS:",
        f"        return record_carefully(op, {parents})",
        f"    if {' or '.join(f'{name} - {name}' for name in checked)}:"
        "  # inf - inf and nan - nan are nan, which counts as true",
        f"        return record_carefully(op, {parents})",
        "    out = new(Value)",
        "    out._data = y",
        "    out._grad = 0.0",
        "    out.op = op",
        "    out.note = current_note",
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
