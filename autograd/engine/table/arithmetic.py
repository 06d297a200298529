"""Operations: arithmetic, powers, sums and sums of products."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from typing import Any

from ..operation import MAKERS, Op, in_form, row, unique

# The first arguments of `row` are the name, how many inputs there are (None: any number), the
# formula, the local derivatives and the glyph.

# --- leaves, which have no inputs and no formula --------------------------------------------------

LEAF = row("leaf", 0, lambda xp: None, lambda xp, y: (), "")
CONSTANT = row("constant", 0, lambda xp: None, lambda xp, y: (), "")

# --- arithmetic -----------------------------------------------------------------------------------

ADD = row(
    "add",
    2,
    lambda xp, a, b: a + b,
    lambda xp, y, a, b: (1.0, 1.0),
    "+",
    infix=True,
    rule="sum rule",
)
SUB = row(
    "sub",
    2,
    lambda xp, a, b: a - b,
    lambda xp, y, a, b: (1.0, -1.0),
    "−",
    infix=True,
    rule="sum rule",
)
MUL = row(
    "mul",
    2,
    lambda xp, a, b: a * b,
    lambda xp, y, a, b: (b, a),
    "×",
    infix=True,
    rule="product rule",
)
NEG = row(
    "neg",
    1,
    lambda xp, a: -a,
    lambda xp, y, a: (-1.0,),
    "−",
    infix=True,
    rule="constant multiple rule",
)


def _div_partials(xp: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    # −y/b instead of −a/b², because b² overflows for |b| > 1e154.
    return 1 / b, in_form(xp, stable=lambda: -y / b, textbook=lambda: -(a / xp.pow(b, 2)))


DIV = row(
    "div",
    2,
    lambda xp, a, b: a / b,
    _div_partials,
    "÷",
    needs="a divisor other than 0",
    infix=True,
    rule="quotient rule",
)


def _pow_partials(xp: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    return in_form(
        xp,
        stable=lambda: _pow_slopes(xp, y, a, b),
        textbook=lambda: (b * xp.pow(a, b - 1), y * xp.log(a)),
    )


def _pow_slopes(xp: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    # If b is 0, ∂/∂a is 0, because a**0 is constant. At a = b = 0 the formula b·a**(b − 1) would
    # give 0 · ∞, so for b = 0 the exponent is set to 0. If a is 0, ∂/∂b is 0, because 0**b is 0 for
    # all b > 0. If a is negative, the logarithm raises an error. A formula can compare only by
    # <, ≤, > and ≥, so |b| > 0 stands for b ≠ 0.
    lowered = xp.where(xp.abs(b) > 0, b, 1.0) - 1
    log = xp.log(xp.where(xp.abs(a) > 0, a, 1.0))
    return b * xp.pow(a, lowered), y * log


POW = row(
    "pow",
    2,
    lambda xp, a, b: xp.pow(a, b),
    _pow_partials,
    "^",
    needs="a base above 0, or base 0 with an exponent of 0 or at least 1, because the slope with "
    "respect to the exponent contains ln(base); write a fixed exponent as a plain number, x**3",
    convention="at base 0 the slope with respect to the exponent is 0",
    infix=True,
    rule="power rule",
)

_SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")  # for glyphs such as x³

# The size of the caches of `make_power` and `make_leaky_relu`. They are bounded, because a loop
# that computes its exponents would otherwise fill the memory with operations.
MAKER_CACHE_SIZE = 256


# The cache is typed, because otherwise make_power(True) would find make_power(1.0) and not raise
# an error.
@functools.lru_cache(maxsize=MAKER_CACHE_SIZE, typed=True)
def make_power(exponent: float) -> Op:
    """Return the operation xⁿ with a fixed exponent n.

    Raises:
        TypeError: the exponent is not a real number.
        ValueError: the exponent is not finite.

    >>> from autograd.engine.operation import FLOATS
    >>> make_power(3).partials(FLOATS, 8.0, 2.0)
    (12.0,)
    """
    n = real_constant(exponent, "power")
    if type(exponent) is not float:
        return make_power(n)  # so that power(3) and power(3.0) are the same object

    def partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
        return (n * xp.pow(x, n - 1) if n else 0.0,)

    return unique(
        Op(
            f"power({n!r})",
            1,
            lambda xp, x: xp.pow(x, n),
            partials,
            f"x{f'{n:g}'.translate(_SUPERSCRIPTS)}",
            needs="a whole exponent for a negative base, and an exponent of 0 or at least 1 for "
            "base 0",
            square=n == 2,
            rule="power rule",
        )
    )


MAKERS["power"] = make_power


def real_constant(value: float, name: str) -> float:
    """Return the constant of an operation as a float, or raise an error if it is not finite."""
    if isinstance(value, bool | complex | str) or not hasattr(value, "__float__"):
        raise TypeError(f"{name}: its constant must be a real number, got {value!r}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name}: its constant must be finite, got {value!r}")
    return number


SQUARE = row(
    "square",
    1,
    lambda xp, x: in_form(xp, stable=lambda: x * x, textbook=lambda: xp.pow(x, 2)),
    lambda xp, y, x: (2 * x,),
    "x²",
    square=True,
    rule="power rule",
)

# --- sums and sums of products --------------------------------------------------------------------


def add_up(terms: Any) -> Any:
    """Return the sum of the terms, added from left to right.

    Python's own `sum` is not used, because its rounding depends on the version of Python.
    """
    return functools.reduce(operator.add, terms)


SUM = row(
    "sum",
    None,
    lambda xp, *v: add_up(v),
    lambda xp, y, *v: (1.0,) * len(v),
    "Σ",
    needs="at least one term",
    composite=True,
    rule="sum rule",
)


def _dot(xp: Any, *v: Any) -> Any:
    n = len(v) // 2  # the number of products
    bias = v[2 * n :]  # one input if there is an odd number, else none
    return add_up(itertools.chain(map(operator.mul, v[:n], v[n:]), bias))


def _dot_partials(xp: Any, y: Any, *v: Any) -> tuple[Any, ...]:
    n = len(v) // 2
    return (*v[n : 2 * n], *v[:n], *(1.0 for _ in v[2 * n :]))


# The weighted sum of a neuron. The inputs are w₁ … wₙ, x₁ … xₙ and, if there is a bias, b.
DOT = row(
    "dot",
    None,
    _dot,
    _dot_partials,
    "Σ",
    needs="as many x as w, and at least one",
    composite=True,
    rule="sum rule and product rule",
)

# Squared errors. The inputs are the outputs ŷ₁ … ŷₙ, then the targets y₁ … yₙ. The whole sum is one
# node, so that its local derivatives are the ones that textbooks state. Those of the half squared
# error are ∂C/∂ŷ = ŷ − y.


def _squares(xp: Any, v: tuple[Any, ...]) -> Any:
    n = len(v) // 2
    return add_up(SQUARE(xp, output - target) for output, target in zip(v[:n], v[n:], strict=True))


def _half(xp: Any, x: Any) -> Any:
    return in_form(xp, stable=lambda: 0.5 * x, textbook=lambda: x / 2)


def _errors(v: tuple[Any, ...], factor: float) -> tuple[Any, ...]:
    """Return factor·(ŷ − y) for each output, then its negative for each target."""
    n = len(v) // 2
    errors = [factor * (output - target) for output, target in zip(v[:n], v[n:], strict=True)]
    return (*errors, *(-error for error in errors))


SQUARED_ERROR = row(
    "squared_error",
    None,
    lambda xp, *v: _squares(xp, v),
    lambda xp, y, *v: _errors(v, 2),
    "Σ(ŷ−y)²",
    needs="as many outputs as targets, and at least one",
    composite=True,
    square=True,
)
HALF_SQUARED_ERROR = row(
    "half_squared_error",
    None,
    lambda xp, *v: _half(xp, _squares(xp, v)),
    lambda xp, y, *v: _errors(v, 1),
    "½Σ(ŷ−y)²",
    needs="as many outputs as targets, and at least one",
    composite=True,
    square=True,
)
