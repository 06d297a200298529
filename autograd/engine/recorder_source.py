"""Generate the Python function that records an operation, as source text.

The methods of `Value`, such as `__mul__` and `tanh`, are generated functions. Each contains the
formulas of its operation as plain statements, so that recording calls no functions for them. Each
derivative is still written only once, in the table of operations.
``inspect.getsource(Value.__mul__)`` shows the source of one method.

The functions use names that `recorder` defines. ``op`` is the operation, ``operands`` converts
numbers to Values, ``ERRORS`` are the errors of a formula, ``new`` is ``LiveNode.__new__``, and
``record_carefully`` raises the right error. `LiveNode` explains the attributes of ``out``.

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
    out._note = current_note
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

from .dialect import PYTHON, Dialect, render
from .formula import SYMBOLS, Expr, lift, symbol
from .operation import Op
from .ops import DOT

_PARTIALS = ("p", "q")  # the variables for the partials of a node with one or two parents


def recorder_source(op: Op) -> str:
    """Return the source of the function that records an operation with one or two inputs."""
    names = ["a", "b"][: op.arity]
    parents = "(a,)" if op.arity == 1 else "(a, b)"
    statements, partials = _formula_statements(op, ["u", "v"][: op.arity])
    # Only partials that are computed need a check. The others are constants, inputs or y.
    checked = ["y", *(name for name in partials if name in _PARTIALS)]
    return _lines(
        f"def record_{op.name}({', '.join(names)}):",
        *_operand_lines(names),
        *(f"    {data} = {name}._data" for name, data in zip(names, "uv", strict=False)),
        *_computation_lines(statements, checked, parents),
        "    out._a = a",
        f"    out._b = {'b' if op.arity == 2 else None}",
        *(
            f"    out._{name} = {partial}"
            for name, partial in zip(_PARTIALS, partials, strict=False)
        ),
        "    return out",
    )


def many_recorder_source(op: Op, count: int) -> str:
    """Return the source of the function that records an operation with three or more parents.

    The function does not check the partials, because in all operations of many inputs the partials
    are finite if the output is finite.
    """
    names = [f"a{k}" for k in range(count)]
    statements, partials = _formula_statements(op, [f"u{k}" for k in range(count)])
    return _lines(
        f"def record_{op.name}(parents):",
        f"    {', '.join(names)} = parents",
        *(f"    u{k} = a{k}._data" for k in range(count)),
        *_computation_lines(statements, ["y"], "parents"),
        "    out._a = parents",
        "    out._b = None",
        f"    out._p = ({', '.join(partials)})",
        "    return out",
    )


def weighted_sum_source(count: int) -> str:
    """Return the source of the function that records w·x + b for `count` weights and a bias.

    The function stores its two tuples of parents, (w₁ … wₙ, b) and x, without copying them. Its
    argument `data` is the tuple (x₁ … xₙ, 1) of numbers, which are the partials with respect to w
    and b. A layer computes this tuple once for all its neurons.
    """
    x_data, w_data = [f"u{k}" for k in range(count)], [f"v{k}" for k in range(count)]
    statements, partials = _formula_statements(DOT, [*w_data, *x_data, "c"])
    # The function stores `data` as partials. That is right only if the partials are the data of the
    # operands.
    if partials != [*x_data, *w_data, "1.0"]:
        raise ValueError("a weighted sum keeps its operands as its partials; the row DOT differs")
    return _lines(
        "def record_dot(weights, x, data):",
        f"    {', '.join(f'w{k}' for k in range(count))}, b = weights",
        f"    {', '.join(x_data)}, _ = data",
        *(f"    v{k} = w{k}._data" for k in range(count)),
        "    c = b._data",
        *_computation_lines(statements, ["y"], "(*weights[:-1], *x, b)"),
        "    out._a = weights",
        "    out._b = x",
        "    out._p = data",
        f"    out._q = ({', '.join(w_data)},)",
        "    return out",
    )


def traced_source(source: str) -> str:
    """Return the source of a recorder that also calls `note_node` with the frame of its caller.

    Only the last line differs. The other lines that return a node call `record_carefully`, which
    itself calls `note_node`.
    """
    return source.removesuffix("    return out\n") + "    return note_node(out, getframe(1))\n"


def _lines(*lines: str) -> str:
    return "\n".join([*lines, ""])


def _operand_lines(names: list[str]) -> Iterator[str]:
    """Yield the lines that turn operands that are not Values into Values."""
    yield f"    if {' or '.join(f'{name}.__class__ is not Value' for name in names)}:"
    if len(names) == 1:
        yield "        (a,) = operands(Value, op, a)"
        return
    yield "        a, b = operands(Value, op, a, b)"
    yield "        if b is None:"
    yield "            return NotImplemented"


def _computation_lines(statements: list[str], checked: list[str], parents: str) -> list[str]:
    """Return the lines that compute the formula and create the node.

    They do not store the parents and the partials in the node.
    """
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
        "    out._note = current_note",
    ]


def _formula_statements(op: Op, names: list[str]) -> tuple[list[str], list[str]]:
    """Return the statements that compute the output and the partials, and the partials as text.

    A partial that needs no computation, such as ``1.0`` or ``y``, has no statement.
    """
    inputs = [symbol(name) for name in names]
    targets = {"y": lift(op.forward(SYMBOLS, *inputs))}
    texts = []
    for k, partial in enumerate(map(lift, op.partials(SYMBOLS, symbol("y"), *inputs))):
        name = _PARTIALS[k] if len(names) <= 2 else f"p{k}"
        if partial.atomic:
            texts.append(render(partial, PYTHON))
        else:
            texts.append(name)
            targets[name] = partial
    return list(statements(targets)), texts


def statements(targets: dict[str, Expr], dialect: Dialect = PYTHON) -> Iterator[str]:
    """Yield assignments that compute the targets in their order, such as ``y = u * u``.

    A part that occurs more than once is computed once and assigned to a temporary, t1, t2, ….

    Args:
        targets: the expression to compute for each name.
        dialect: the language of the right sides.
    """
    # `walk` skips what is in `distinct` already, and `distinct` grows during the walk. A part that
    # occurs many times is therefore walked only once.
    distinct: set[Expr] = set()
    for expr in targets.values():
        distinct.update(part for part in expr.walk(distinct) if not part.atomic)
    uses = Counter(arg for part in distinct for arg in part.args) + Counter(targets.values())
    # The text of a maximum or minimum has each argument twice: ``a if a >= b else b``.
    uses.update(
        arg for part in distinct if part.head in ("maximum", "minimum") for arg in part.args
    )
    known: dict[Expr, str] = {}  # the names of the parts that are computed already
    count = itertools.count(1)
    for name, target in targets.items():
        for part in reversed(list(target.walk(known))):  # each part before the whole
            is_shared = uses[part] > 1 and not part.atomic
            if is_shared and part != target and part not in known:
                temporary = f"t{next(count)}"
                yield f"{temporary} = {render(_substitute(part, known), dialect)}"
                known[part] = temporary
        yield f"{name} = {render(_substitute(target, known), dialect)}"
        known[target] = name


def _substitute(expr: Expr, known: dict[Expr, str]) -> Expr:
    """Return the expression, with each part that was assigned to a name replaced by that name."""
    if expr in known:
        return symbol(known[expr])
    if expr.atomic:
        return expr
    return Expr(expr.head, tuple(_substitute(arg, known) for arg in expr.args))
