"""Describe an operation in sentences for ``help``."""

from __future__ import annotations

from .dialect import PYTHON, Dialect, render
from .formula import Symbols, lift, symbol
from .operation import Op

# Python as people write it: powers with ** instead of a call, and numbers without ".0".
_PYTHON = Dialect({**PYTHON.templates, "pow": (6, "{0:7}**{1:6}")}, number="{:g}".format)


def describe(op: Op) -> str:
    """Return the formula and the local derivatives of an operation of one or two numbers.

    >>> from autograd.engine.ops import TANH
    >>> print(describe(TANH))
    Return tanh(x) as a Value. Its local derivative is 1 - tanh(x)**2.
    """
    inputs = [symbol(name) for name in ("x" if op.arity == 1 else "ab")]
    call = f"{op.name}({', '.join(map(str, inputs))})"
    textbook = Symbols(textbook=True)
    formula = render(lift(op.forward(textbook, *inputs)), _PYTHON)
    slopes = [
        render(lift(slope), _PYTHON) for slope in op.partials(textbook, symbol(call), *inputs)
    ]
    value = formula if op.infix or formula == call else f"{call} = {formula}"
    verb = "s are" if len(slopes) > 1 else " is"
    sentences = [
        f"Return {value} as a Value. Its local derivative{verb} {' and '.join(slopes)}.",
        f"Convention: {op.convention}." if op.convention else "",
        f"Needs {op.needs}." if op.needs else "",
    ]
    return "\n".join(filter(None, sentences))
