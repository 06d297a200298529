"""Operations: the activation functions of neurons."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from ..error_function import clip_to
from ..operation import MAKERS, Op, in_form, row, unique
from .arithmetic import MAKER_CACHE_SIZE, real_constant

# --- activations ----------------------------------------------------------------------------------


def _sigmoid(xp: Any, x: Any) -> Any:
    def stable() -> Any:
        # This is 1/(1 + e⁻ˣ) if x ≥ 0 and eˣ/(1 + eˣ) if x < 0, so that no exponential overflows.
        return xp.exp(xp.minimum(x, 0.0)) / (1 + xp.exp(-xp.abs(x)))

    def textbook() -> Any:
        return 1 / (1 + xp.exp(-x))

    return in_form(xp, stable=stable, textbook=textbook, quick=textbook)


def _stable_sigmoid_slope(xp: Any, x: Any) -> Any:
    """Return σ(x) σ(−x), which is accurate for large x, while 1 − σ(x) rounds to 0."""
    sigmoid = getattr(xp, "sigmoid", None)
    if sigmoid:
        # Here `xp` is the namespace of Values, which has all operations. The form below contains
        # |x|. Its kink at 0 would make the derivative of the slope wrong there.
        return sigmoid(x) * sigmoid(-x)
    t = xp.exp(-xp.abs(x))
    return t / ((1 + t) * (1 + t))


def _sigmoid_slope(xp: Any, y: Any, x: Any) -> Any:
    return in_form(
        xp,
        stable=lambda: _stable_sigmoid_slope(xp, x),
        textbook=lambda: y * (1 - y),
        quick=lambda: xp.exp(-x) * y * y,
    )


SIGMOID = row(
    "sigmoid",
    1,
    _sigmoid,
    lambda xp, y, x: (_sigmoid_slope(xp, y, x),),
    "σ",
    r"\sigma",
    activation="saturating",
    aliases=("σ", "sig", "logistic"),
    monotone=1,
    confused_with=("tanh", "relu"),
)


def _stable_tanh_slope(xp: Any, x: Any) -> Any:
    """Return 1/cosh² x, which is accurate for large |x|, while 1 − tanh² x rounds to 0."""
    sigmoid = getattr(xp, "sigmoid", None)
    if sigmoid:
        # Here `xp` is the namespace of Values, whose cosh raises an error if it overflows. The same
        # function in the form 4 σ(2x) σ(−2x) does not overflow.
        return 4 * sigmoid(2 * x) * sigmoid(-2 * x)
    # If cosh overflows a float, `local_derivatives` repeats this with NumPy, and 1/inf² is 0.
    c = xp.cosh(x)
    return 1 / (c * c)


def _fused_tanh_slope(xp: Any, y: Any, x: Any) -> Any:
    """Return 1/cosh² x as e^(−2|x|) (1 + |y|)², with one exponential and no division."""
    rest = 1 + xp.abs(y)
    return xp.exp(-2 * xp.abs(x)) * rest * rest


def _tanh_slope(xp: Any, y: Any, x: Any) -> Any:
    return in_form(
        xp,
        stable=lambda: _stable_tanh_slope(xp, x),
        textbook=lambda: 1 - xp.pow(y, 2),
        fused=lambda: _fused_tanh_slope(xp, y, x),
    )


TANH = row(
    "tanh",
    1,
    lambda xp, x: xp.tanh(x),
    lambda xp, y, x: (_tanh_slope(xp, y, x),),
    "tanh",
    r"\tanh",
    activation="saturating",
    monotone=1,
    definition=lambda xp, x: xp.sinh(x) / xp.cosh(x),
    confused_with=("sigmoid", "relu"),
)

RELU = row(
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
    confused_with=("sigmoid", "tanh"),
)


# The cache is typed, because True == 1.0. The slope True would otherwise find the cached operation
# of the slope 1.0, and `real_constant` would not refuse it.
@lru_cache(maxsize=MAKER_CACHE_SIZE, typed=True)
def make_leaky_relu(slope: float) -> Op:
    """Return the operation leaky ReLU, which is x if x > 0 and slope·x elsewhere.

    Raises:
        TypeError: the slope is not a real number.
        ValueError: the slope is not finite.
    """
    a = real_constant(slope, "leaky_relu")
    if type(slope) is not float:
        return make_leaky_relu(a)  # so that the slopes 1 and 1.0 give the same object
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
            confused_with=("relu", "sigmoid"),
        )
    )


MAKERS["leaky_relu"] = make_leaky_relu


def _softplus(xp: Any, x: Any) -> Any:
    # In the stable form no exponential overflows.
    return in_form(
        xp,
        stable=lambda: xp.maximum(x, 0.0) + xp.log1p(xp.exp(-xp.abs(x))),
        textbook=lambda: xp.log(1 + xp.exp(x)),
    )


SOFTPLUS = row(
    "softplus",
    1,
    _softplus,
    lambda xp, y, x: (SIGMOID(xp, x),),
    "softplus",
    r"\operatorname{softplus}",
    activation="rectifying",
    monotone=1,
    confused_with=("relu", "sigmoid"),
)


def _silu_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    s = SIGMOID(xp, x)
    rest = in_form(xp, stable=lambda: SIGMOID(xp, -x), textbook=lambda: 1 - s)
    return (s * (1 + x * rest),)


SILU = row(
    "silu",
    1,
    lambda xp, x: x * SIGMOID(xp, x),
    _silu_partials,
    "SiLU",
    r"\operatorname{SiLU}",
    activation="rectifying",
    confused_with=("sigmoid", "relu"),
)

_GELU_SCALE = math.sqrt(2 / math.pi)
_GELU_CUBE = 0.044715


def _gelu_inner(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """Return three numbers: c, u and du/dc, where u = √(2/π)(c + 0.044715 c³).

    The number c is x clipped to ±40, so that the cube does not overflow. The clipping does not
    change the result, because σ(2u) is exactly 0 or 1 for larger |x|. The textbook form does not
    clip.
    """
    c = in_form(xp, stable=lambda: clip_to(xp, x, -40.0, 40.0), textbook=lambda: x)
    u = _GELU_SCALE * (c + _GELU_CUBE * c * c * c)
    return c, u, _GELU_SCALE * (1 + 3 * _GELU_CUBE * c * c)


def _gelu(xp: Any, x: Any) -> Any:
    _, u, _ = _gelu_inner(xp, x)
    # The two forms are equal, because ½(1 + tanh u) = σ(2u).
    return in_form(
        xp,
        stable=lambda: x * SIGMOID(xp, 2 * u),
        textbook=lambda: 0.5 * x * (1 + xp.tanh(u)),
    )


def _gelu_partials(xp: Any, y: Any, x: Any) -> tuple[Any]:
    c, u, du = _gelu_inner(xp, x)
    s = SIGMOID(xp, 2 * u)
    rest = in_form(xp, stable=lambda: SIGMOID(xp, -(2 * u)), textbook=lambda: 1 - s)
    # The factor x is clipped to c. This changes nothing, because s·rest is 0 where they differ.
    return (s + 2 * c * s * rest * du,)


# This is the tanh approximation of Hendrycks & Gimpel (2016), arXiv:1606.08415, section 2. PyTorch
# computes it with approximate="tanh".
GELU = row(
    "gelu",
    1,
    _gelu,
    _gelu_partials,
    "GELU",
    r"\operatorname{GELU}",
    activation="rectifying",
    confused_with=("relu", "sigmoid"),
)
