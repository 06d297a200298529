"""The table of operations: one row each, one formula each, for every kind of number.

A row's ``forward(xp, *inputs)`` is the value and its ``partials(xp, output, *inputs)`` the local
derivatives, one per input. Both are written with operators and a namespace `xp` (NumPy's names:
``xp.exp``, ``xp.where``) and know nothing of `Value`. The same row is run over Python floats
(``FLOATS``), NumPy columns (``numpy`` itself), symbols (`formula.Symbols`), and in the tests over
complex numbers and SymPy. No derivative is written anywhere else.

To add an operation, add a row.

>>> from autograd.engine.operation import FLOATS
>>> TANH.forward(FLOATS, 0.5)
0.46211715726000974
>>> MUL.partials(FLOATS, 6.0, 2.0, 3.0)
(3.0, 2.0)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any

from .error_function import between, erf, erf_slope, erfc
from .operation import MAKERS, Op, in_form, row, unique

# --- leaves: no inputs, no formula; their data is given -------------------------------------------

LEAF = row(Op("leaf", 0, lambda xp: None, lambda xp, y: (), ""))
CONSTANT = row(Op("constant", 0, lambda xp: None, lambda xp, y: (), ""))

# --- arithmetic -----------------------------------------------------------------------------------

ADD = row(Op("add", 2, lambda xp, a, b: a + b, lambda xp, y, a, b: (1.0, 1.0), "+", infix=True))
SUB = row(Op("sub", 2, lambda xp, a, b: a - b, lambda xp, y, a, b: (1.0, -1.0), "−", infix=True))
MUL = row(Op("mul", 2, lambda xp, a, b: a * b, lambda xp, y, a, b: (b, a), "×", infix=True))
NEG = row(Op("neg", 1, lambda xp, a: -a, lambda xp, y, a: (-1.0,), "−", infix=True))


def _div_partials(xp: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    # −y/b, not −a/b²: b² leaves the range of floats for |b| > 1e154 already.
    return 1 / b, in_form(xp, computed=lambda: -y / b, textbook=lambda: -(a / xp.pow(b, 2)))


DIV = row(
    Op(
        "div",
        2,
        lambda xp, a, b: a / b,
        _div_partials,
        "÷",
        needs="a divisor other than 0",
        infix=True,
    )
)


def _pow_partials(xp: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    return in_form(
        xp,
        computed=lambda: _pow_slopes(xp, y, a, b),
        textbook=lambda: (b * xp.pow(a, b - 1), y * xp.log(a)),
    )


def _pow_slopes(xp: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    # At exponent 0 the slope in the base is 0, at base 0 too, where a**(b - 1) is infinite. At base
    # 0 the slope in the exponent is 0, because 0**b is 0 for all b > 0. The logarithm refuses a
    # negative base.
    lowered = xp.where(xp.abs(b) > 0, b, 1.0) - 1
    log = xp.log(xp.where(xp.abs(a) > 0, a, 1.0))
    return b * xp.pow(a, lowered), y * log


POW = row(
    Op(
        "pow",
        2,
        lambda xp, a, b: xp.pow(a, b),
        _pow_partials,
        "^",
        needs="a base above 0, since the slope in the exponent has ln(base) in it; "
        "for a fixed exponent write it as a plain number, x**3",
        convention="at base 0 the slope in the exponent is 0",
        infix=True,
    )
)

_RAISED = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")  # for the sign of x³ in pictures
_MOST_MADE = 256  # operations that a maker keeps; exponents computed in a loop would fill memory


@lru_cache(maxsize=_MOST_MADE, typed=True)  # typed, so that True is refused though 1.0 is known
def power(exponent: float) -> Op:
    """Return the row of xⁿ for a fixed exponent n.

    Raises:
        TypeError: the exponent is not a real number.
        ValueError: the exponent is not finite.

    >>> from autograd.engine.operation import FLOATS
    >>> power(3).partials(FLOATS, 8.0, 2.0)
    (12.0,)
    """
    n = _constant(exponent, "power")
    if n != exponent or type(exponent) is not float:
        return power(n)

    def partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
        return (n * xp.pow(x, n - 1) if n else 0.0,)

    return unique(
        Op(
            f"power({n!r})",
            1,
            lambda xp, x: xp.pow(x, n),
            partials,
            f"x{f'{n:g}'.translate(_RAISED)}",
            needs="a whole exponent for a negative base, and an exponent of 0 or at least 1 for "
            "base 0",
            square=n == 2,
        )
    )


def _constant(value: float, name: str) -> float:
    if isinstance(value, bool | complex | str) or not hasattr(value, "__float__"):
        raise TypeError(f"{name}: its constant must be a real number, got {value!r}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name}: its constant must be finite, got {value!r}")
    return number


SQUARE = row(
    Op(
        "square",
        1,
        lambda xp, x: in_form(xp, computed=lambda: x * x, textbook=lambda: xp.pow(x, 2)),
        lambda xp, y, x: (2 * x,),
        "x²",
        square=True,
    )
)

# --- sums and sums of products --------------------------------------------------------------------


def _sum(terms: Any) -> Any:
    """Add from left to right. (Python's own `sum` rounds differently from version to version.)"""
    rest = iter(terms)
    total = next(rest)
    for term in rest:
        total = total + term
    return total


SUM = row(
    Op(
        "sum",
        None,
        lambda xp, *v: _sum(v),
        lambda xp, y, *v: (1.0,) * len(v),
        "Σ",
        needs="at least one term",
        composite=True,
    )
)


def _dot(xp: Any, *v: Any) -> Any:
    n = len(v) // 2
    products = map(operator.mul, v[:n], v[n:])
    if len(v) % 2 == 0:
        return _sum(products)
    return _sum(products) + v[-1] if n else v[-1]


def _dot_partials(xp: Any, y: Any, *v: Any) -> tuple[Any, ...]:
    n = len(v) // 2
    return (*v[n : 2 * n], *v[:n], *([1.0] * (len(v) % 2)))


# Inputs in this order: w₁ … wₙ, x₁ … xₙ and, if there is one, b: a neuron's whole weighted input.
DOT = row(
    Op(
        "dot",
        None,
        _dot,
        _dot_partials,
        "Σ",
        needs="as many x as w, and at least one",
        composite=True,
    )
)

# Squared errors, inputs in this order: outputs ŷ₁ … ŷₙ, targets y₁ … yₙ. As one node its slopes
# read as the textbooks have them, ∂C/∂ŷ = ŷ − y.


def _squares(xp: Any, v: tuple[Any, ...]) -> Any:
    n = len(v) // 2
    return _sum(SQUARE(xp, output - target) for output, target in zip(v[:n], v[n:], strict=True))


def _half(xp: Any, x: Any) -> Any:
    return in_form(xp, computed=lambda: 0.5 * x, textbook=lambda: x / 2)


def _errors(v: tuple[Any, ...], factor: float) -> tuple[Any, ...]:
    n = len(v) // 2
    errors = [factor * (output - target) for output, target in zip(v[:n], v[n:], strict=True)]
    return (*errors, *(-error for error in errors))


SQUARED_ERROR = row(
    Op(
        "squared_error",
        None,
        lambda xp, *v: _squares(xp, v),
        lambda xp, y, *v: _errors(v, 2),
        "Σ(ŷ−y)²",
        needs="as many outputs as targets, and at least one",
        composite=True,
        square=True,
    )
)
HALF_SQUARED_ERROR = row(
    Op(
        "half_squared_error",
        None,
        lambda xp, *v: _half(xp, _squares(xp, v)),
        lambda xp, y, *v: _errors(v, 1),
        "½Σ(ŷ−y)²",
        needs="as many outputs as targets, and at least one",
        composite=True,
        square=True,
    )
)

# --- exponentials and roots -----------------------------------------------------------------------

EXP = row(
    Op(
        "exp",
        1,
        lambda xp, x: xp.exp(x),
        lambda xp, y, x: (y,),
        "exp",
        r"\exp",
        needs="x below about 709.78, where eˣ leaves the range of floats",
        monotone=1,
    )
)
LOG = row(
    Op(
        "log",
        1,
        lambda xp, x: xp.log(x),
        lambda xp, y, x: (1 / x,),
        "ln",
        r"\ln",
        needs="x > 0",
        aliases=("ln",),
        monotone=1,
    )
)
SQRT = row(
    Op(
        "sqrt",
        1,
        lambda xp, x: xp.sqrt(x),
        lambda xp, y, x: (1 / (2 * y),),
        "√",
        r"\operatorname{sqrt}",
        needs="x > 0 (at 0 its slope is infinite)",
        monotone=1,
    )
)
EXPM1 = row(
    Op(
        "expm1",
        1,
        lambda xp, x: in_form(xp, computed=lambda: xp.expm1(x), textbook=lambda: xp.exp(x) - 1),
        lambda xp, y, x: (xp.exp(x),),
        "expm1",
        r"\operatorname{expm1}",
        needs="x below about 709.78, where eˣ overflows",
        monotone=1,
    )
)
LOG1P = row(
    Op(
        "log1p",
        1,
        lambda xp, x: in_form(xp, computed=lambda: xp.log1p(x), textbook=lambda: xp.log(1 + x)),
        lambda xp, y, x: (1 / (1 + x),),
        "log1p",
        r"\operatorname{log1p}",
        needs="x > −1",
        monotone=1,
    )
)


def _softmax(xp: Any, y: Any, *v: Any) -> tuple[Any, ...]:
    def scaled(shift: Any) -> tuple[Any, ...]:
        exps = [xp.exp(x - shift) for x in v]
        whole = _sum(exps)
        return tuple(e / whole for e in exps)

    return in_form(xp, computed=lambda: scaled(reduce(xp.maximum, v)), textbook=lambda: scaled(0))


def _logsumexp(xp: Any, *v: Any) -> Any:
    def shifted(shift: Any) -> Any:
        return shift + xp.log(_sum(xp.exp(x - shift) for x in v))

    return in_form(xp, computed=lambda: shifted(reduce(xp.maximum, v)), textbook=lambda: shifted(0))


LOGSUMEXP = row(
    Op(
        "logsumexp",
        None,
        _logsumexp,
        _softmax,
        "lse",
        r"\operatorname{lse}",
        needs="at least one term",
        aliases=("lse",),
    )
)

# --- trigonometry ---------------------------------------------------------------------------------

SIN = row(Op("sin", 1, lambda xp, x: xp.sin(x), lambda xp, y, x: (xp.cos(x),), "sin", r"\sin"))
COS = row(Op("cos", 1, lambda xp, x: xp.cos(x), lambda xp, y, x: (-xp.sin(x),), "cos", r"\cos"))
TAN = row(
    Op("tan", 1, lambda xp, x: xp.tan(x), lambda xp, y, x: (1 + SQUARE(xp, y),), "tan", r"\tan")
)


def _scaled(xp: Any, x: Any) -> tuple[Any, Any]:
    """Return 1/m and x/m for m = max(|x|, 1), so that their squares do not overflow."""
    m = xp.maximum(xp.abs(x), 1.0)
    return 1 / m, x / m


def _atan_slope(xp: Any, x: Any) -> Any:
    u, v = _scaled(xp, x)
    return u * u / (u * u + v * v)


def _atan_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    return (
        in_form(
            xp,
            computed=lambda: _atan_slope(xp, x),
            textbook=lambda: 1 / (1 + xp.pow(x, 2)),
        ),
    )


ATAN = row(
    Op(
        "atan",
        1,
        lambda xp, x: xp.atan(x),
        _atan_partials,
        "atan",
        r"\arctan",
        activation="saturating",
        aliases=("arctan",),
        ufunc="arctan",
        monotone=1,
    )
)


def _asin_slope(xp: Any, x: Any) -> Any:
    # (1 − x)(1 + x) keeps the digits that 1 − x² loses near ±1.
    return in_form(
        xp,
        computed=lambda: 1 / xp.sqrt((1 - x) * (1 + x)),
        textbook=lambda: 1 / xp.sqrt(1 - xp.pow(x, 2)),
    )


ASIN = row(
    Op(
        "asin",
        1,
        lambda xp, x: xp.asin(x),
        lambda xp, y, x: (_asin_slope(xp, x),),
        "asin",
        r"\arcsin",
        needs="−1 < x < 1 (at ±1 its slope is infinite)",
        monotone=1,
        aliases=("arcsin",),
        ufunc="arcsin",
    )
)
ACOS = row(
    Op(
        "acos",
        1,
        lambda xp, x: xp.acos(x),
        lambda xp, y, x: (-_asin_slope(xp, x),),
        "acos",
        r"\arccos",
        needs="−1 < x < 1 (at ±1 its slope is infinite)",
        monotone=-1,
        aliases=("arccos",),
        ufunc="arccos",
    )
)

# --- hyperbolic functions -------------------------------------------------------------------------

SINH = row(
    Op(
        "sinh",
        1,
        lambda xp, x: xp.sinh(x),
        lambda xp, y, x: (xp.cosh(x),),
        "sinh",
        r"\sinh",
        needs="|x| below about 710.47, where sinh x overflows",
        monotone=1,
    )
)
COSH = row(
    Op(
        "cosh",
        1,
        lambda xp, x: xp.cosh(x),
        lambda xp, y, x: (xp.sinh(x),),
        "cosh",
        r"\cosh",
        needs="|x| below about 710.47, where cosh x overflows",
    )
)


def _asinh_slope(xp: Any, x: Any) -> Any:
    u, v = _scaled(xp, x)
    return u / xp.sqrt(u * u + v * v)


def _asinh_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    return (
        in_form(
            xp,
            computed=lambda: _asinh_slope(xp, x),
            textbook=lambda: 1 / xp.sqrt(1 + xp.pow(x, 2)),
        ),
    )


ASINH = row(
    Op(
        "asinh",
        1,
        lambda xp, x: xp.asinh(x),
        _asinh_partials,
        "asinh",
        r"\operatorname{arsinh}",
        monotone=1,
        aliases=("arsinh", "arcsinh"),
        ufunc="arcsinh",
    )
)


def _acosh_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    # √(x − 1) √(x + 1) keeps the digits that x² − 1 loses near 1, and does not overflow.
    return (
        in_form(
            xp,
            computed=lambda: 1 / (xp.sqrt(x - 1) * xp.sqrt(x + 1)),
            textbook=lambda: 1 / xp.sqrt(xp.pow(x, 2) - 1),
        ),
    )


ACOSH = row(
    Op(
        "acosh",
        1,
        lambda xp, x: xp.acosh(x),
        _acosh_partials,
        "acosh",
        r"\operatorname{arcosh}",
        needs="x > 1 (at 1 its slope is infinite)",
        monotone=1,
        aliases=("arcosh", "arccosh"),
        ufunc="arccosh",
    )
)


def _atanh_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    return (
        in_form(
            xp,
            computed=lambda: 1 / ((1 - x) * (1 + x)),
            textbook=lambda: 1 / (1 - xp.pow(x, 2)),
        ),
    )


ATANH = row(
    Op(
        "atanh",
        1,
        lambda xp, x: xp.atanh(x),
        _atanh_partials,
        "atanh",
        r"\operatorname{artanh}",
        needs="−1 < x < 1",
        monotone=1,
        aliases=("artanh", "arctanh"),
        ufunc="arctanh",
    )
)

# --- the error function ---------------------------------------------------------------------------

ERF = row(
    Op(
        "erf",
        1,
        erf,
        lambda xp, y, x: (erf_slope(xp, x),),
        "erf",
        r"\operatorname{erf}",
        monotone=1,
    )
)
ERFC = row(
    Op(
        "erfc",
        1,
        erfc,
        lambda xp, y, x: (-erf_slope(xp, x),),
        "erfc",
        r"\operatorname{erfc}",
        monotone=-1,
    )
)

# --- activations ----------------------------------------------------------------------------------


def _sigmoid(xp: Any, x: Any) -> Any:
    def computed() -> Any:
        # 1/(1 + e⁻ˣ) above 0, eˣ/(1 + eˣ) below: no overflow, no digit lost on either side.
        return xp.exp(xp.minimum(x, 0.0)) / (1 + xp.exp(-xp.abs(x)))

    return in_form(xp, computed=computed, textbook=lambda: 1 / (1 + xp.exp(-x)))


def _sigmoid_slope(xp: Any, x: Any) -> Any:
    """σ(x) σ(−x), which keeps its digits where 1 − σ(x) has none left in floating point."""
    own = getattr(xp, "sigmoid", None)
    if own:  # such as a Value's, to be differentiated again: |x| below has a kink at 0, σ has none
        return own(x) * own(-x)
    t = xp.exp(-xp.abs(x))
    return t / ((1 + t) * (1 + t))


def _sigmoid_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    return (in_form(xp, computed=lambda: _sigmoid_slope(xp, x), textbook=lambda: y * (1 - y)),)


SIGMOID = row(
    Op(
        "sigmoid",
        1,
        _sigmoid,
        _sigmoid_partials,
        "σ",
        r"\sigma",
        activation="saturating",
        aliases=("σ", "sig", "logistic"),
        monotone=1,
    )
)


def _tanh_slope(xp: Any, x: Any) -> Any:
    """1/cosh² x, which keeps its digits where tanh x is ±1 in floating point."""
    own = getattr(xp, "sigmoid", None)
    if own:  # such as a Value's: 4 σ(2x) σ(−2x) is the same, of rows there are
        return 4 * own(2 * x) * own(-2 * x)
    c = xp.cosh(x)
    return 1 / (c * c)


def _tanh_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    return (in_form(xp, computed=lambda: _tanh_slope(xp, x), textbook=lambda: 1 - xp.pow(y, 2)),)


TANH = row(
    Op(
        "tanh",
        1,
        lambda xp, x: xp.tanh(x),
        _tanh_partials,
        "tanh",
        r"\tanh",
        activation="saturating",
        monotone=1,
    )
)

RELU = row(
    Op(
        "relu",
        1,
        lambda xp, x: xp.where(x > 0, x, 0.0),
        lambda xp, y, x: (xp.where(x > 0, 1.0, 0.0),),
        "ReLU",
        r"\operatorname{ReLU}",
        convention="ReLU′(0) = 0",
        kinked=True,
        activation="rectifying",
        monotone=1,
    )
)


@lru_cache(maxsize=_MOST_MADE, typed=True)  # typed, so that True is refused though 1.0 is known
def leaky_relu_row(slope: float) -> Op:
    """Return the row of leaky ReLU: x above 0, slope·x elsewhere.

    Raises:
        TypeError: the slope is not a real number.
        ValueError: the slope is not finite.
    """
    a = _constant(slope, "leaky_relu")
    if type(slope) is not float:
        return leaky_relu_row(a)
    return unique(
        Op(
            f"leaky_relu({a!r})",
            1,
            lambda xp, x: xp.where(x > 0, x, a * x),
            lambda xp, y, x: (xp.where(x > 0, 1.0, a),),
            "LeakyReLU",
            r"\operatorname{LeakyReLU}",
            convention="its slope at 0 is that of the left side",
            kinked=True,
            activation="rectifying",
        )
    )


def _softplus(xp: Any, x: Any) -> Any:
    return in_form(
        xp,
        computed=lambda: xp.maximum(x, 0.0) + xp.log1p(xp.exp(-xp.abs(x))),
        textbook=lambda: xp.log(1 + xp.exp(x)),
    )


SOFTPLUS = row(
    Op(
        "softplus",
        1,
        _softplus,
        lambda xp, y, x: (SIGMOID(xp, x),),
        "softplus",
        r"\operatorname{softplus}",
        activation="rectifying",
        monotone=1,
    )
)


def _silu_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    s = SIGMOID(xp, x)
    rest = in_form(xp, computed=lambda: SIGMOID(xp, -x), textbook=lambda: 1 - s)
    return (s * (1 + x * rest),)


SILU = row(
    Op(
        "silu",
        1,
        lambda xp, x: x * SIGMOID(xp, x),
        _silu_partials,
        "SiLU",
        r"\operatorname{SiLU}",
        activation="rectifying",
    )
)

_GELU_SCALE = math.sqrt(2 / math.pi)
_GELU_CUBE = 0.044715


def _gelu_inner(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """x, u = √(2/π)(x + 0.044715 x³), du/dx; beyond ±40 σ(2u) is exactly 0 or 1: x stops there."""

    c = in_form(xp, computed=lambda: between(xp, x, -40.0, 40.0), textbook=lambda: x)
    u = _GELU_SCALE * (c + _GELU_CUBE * c * c * c)
    return c, u, _GELU_SCALE * (1 + 3 * _GELU_CUBE * c * c)


def _gelu(xp: Any, x: Any) -> Any:
    _, u, _ = _gelu_inner(xp, x)
    return in_form(
        xp,
        computed=lambda: x * SIGMOID(xp, 2 * u),
        textbook=lambda: 0.5 * x * (1 + xp.tanh(u)),
    )


def _gelu_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    c, u, du = _gelu_inner(xp, x)
    s = SIGMOID(xp, 2 * u)
    rest = in_form(xp, computed=lambda: SIGMOID(xp, -(2 * u)), textbook=lambda: 1 - s)
    return (s + 2 * c * s * rest * du,)


# The tanh form of Hendrycks & Gimpel (2016), arXiv:1606.08415, equation in section 2; PyTorch's
# approximate="tanh". It needs no erf, which NumPy and JavaScript lack.
GELU = row(
    Op(
        "gelu",
        1,
        _gelu,
        _gelu_partials,
        "GELU",
        r"\operatorname{GELU}",
        activation="rectifying",
    )
)

# --- kinks ----------------------------------------------------------------------------------------

ABS = row(
    Op(
        "abs",
        1,
        lambda xp, x: xp.abs(x),
        lambda xp, y, x: (xp.where(x > 0, 1.0, xp.where(x < 0, -1.0, 0.0)),),
        "abs",
        r"\operatorname{abs}",
        convention="abs′(0) = 0",
        kinked=True,
        ufunc="absolute",
    )
)
MAXIMUM = row(
    Op(
        "maximum",
        2,
        lambda xp, a, b: xp.where(a >= b, a, b),
        lambda xp, y, a, b: (xp.where(a >= b, 1.0, 0.0), xp.where(a >= b, 0.0, 1.0)),
        "max",
        r"\max",
        convention="a tie goes to the first argument",
        kinked=True,
        aliases=("max",),
    )
)
MINIMUM = row(
    Op(
        "minimum",
        2,
        lambda xp, a, b: xp.where(a <= b, a, b),
        lambda xp, y, a, b: (xp.where(a <= b, 1.0, 0.0), xp.where(a <= b, 0.0, 1.0)),
        "min",
        r"\min",
        convention="a tie goes to the first argument",
        kinked=True,
        aliases=("min",),
    )
)


# Bounds are inputs too, so that a clip can be learned.
CLIP = row(
    Op(
        "clip",
        3,
        lambda xp, x, low, high: xp.minimum(xp.maximum(x, low), high),
        lambda xp, y, x, low, high: (
            xp.where(x < low, 0.0, xp.where(x > high, 0.0, 1.0)),
            xp.where(x < low, xp.where(low > high, 0.0, 1.0), 0.0),
            xp.where(xp.maximum(x, low) > high, 1.0, 0.0),
        ),
        "clip",
        r"\operatorname{clip}",
        needs="a lower bound that is not above the upper one",
        convention="at a bound the slope of x is 1",
        kinked=True,
    )
)

# --- conditions -----------------------------------------------------------------------------------

# A comparison is a number of the graph, 1 where it holds and 0 where it does not. Its slopes are 0.


def _comparison(name: str, glyph: str, latex: str, holds: Callable[[Any, Any], Any]) -> Op:
    return row(
        Op(
            name,
            2,
            lambda xp, a, b: xp.where(holds(a, b), 1.0, 0.0),
            lambda xp, y, a, b: (0.0, 0.0),
            glyph,
            latex,
            convention="its slopes are 0 where it jumps too",
            infix=True,
            kinked=True,
        )
    )


GREATER = _comparison("greater", ">", ">", operator.gt)
GREATER_EQUAL = _comparison("greater_equal", "≥", r"\ge", operator.ge)
LESS = _comparison("less", "<", "<", operator.lt)
LESS_EQUAL = _comparison("less_equal", "≤", r"\le", operator.le)
COMPARISONS = {GREATER: "gt", GREATER_EQUAL: "ge", LESS: "lt", LESS_EQUAL: "le"}
"""The comparisons, with their names in Python's `operator` and in formulas."""

WHERE = row(
    Op(
        "where",
        3,
        lambda xp, condition, yes, no: xp.where(condition > 0, yes, no),
        lambda xp, y, condition, yes, no: (
            0.0,
            xp.where(condition > 0, 1.0, 0.0),
            xp.where(condition > 0, 0.0, 1.0),
        ),
        "where",
        r"\operatorname{where}",
        convention="the slope in the condition is 0",
        infix=True,
        kinked=True,
    )
)

MAKERS |= {"power": power, "leaky_relu": leaky_relu_row}
