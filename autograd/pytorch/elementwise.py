"""Operations of ATen that work entry by entry, as `from_torch` computes them with Values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..engine.functions import normal_cdf
from ..engine.operation import OPS
from ..engine.ops import make_leaky_relu
from ..engine.value import Value
from .choices import are_equal, guard_chosen, number_of, step_of
from .entries import Entries, apply, entrywise, plus


def unary(name: str) -> Callable[..., Entries]:
    op = OPS[name]
    return lambda x: entrywise(lambda entry: apply(op, entry), x)


def add(a: Any, b: Any, *, alpha: float = 1) -> Entries:
    return entrywise(plus, a, b if alpha == 1 else mul(b, alpha))


def mul(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: x * y, a, b)


def sub(a: Any, b: Any, *, alpha: float = 1) -> Entries:
    return entrywise(lambda x, y: x - y, a, b if alpha == 1 else mul(b, alpha))


def div(a: Any, b: Any, *, rounding_mode: None = None) -> Entries:
    return entrywise(lambda x, y: x / y, a, b)


def power(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: apply(OPS["square"], x) if y == 2 else x**y, a, b)


def maximum(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: _chosen("maximum", x, y), a, b)


def minimum(a: Any, b: Any) -> Entries:
    return entrywise(lambda x, y: _chosen("minimum", x, y), a, b)


def _chosen(name: str, x: Any, y: Any) -> Any:
    """Return the larger or the smaller of two entries.

    At a tie each entry gets the slope 1/2, as in PyTorch.
    """
    return (x + y) / 2 if are_equal(x, y) else apply(OPS[name], x, y)


def clamp(x: Any, low: Any = None, high: Any = None) -> Entries:
    def one(v: Any, low: Any, high: Any) -> Any:
        above = v if low is None else apply(OPS["maximum"], v, low)
        return above if high is None else apply(OPS["minimum"], above, high)

    return entrywise(one, x, low, high)


def where(condition: Any, yes: Any, no: Any) -> Entries:
    return entrywise(lambda c, a, b: a if c else b, condition, yes, no)


def gelu(x: Any, *, approximate: str = "none") -> Entries:
    if approximate == "tanh":
        return unary("gelu")(x)
    return entrywise(lambda v: v * normal_cdf(v), x)


def softplus(x: Any, beta: float = 1, threshold: float = 20) -> Entries:
    def one(v: Any) -> Any:
        scaled = v * beta
        return v if scaled > threshold else Value.softplus(scaled) / beta

    return entrywise(one, x)


def leaky_relu(x: Any, slope: float = 0.01) -> Entries:
    return entrywise(lambda v: apply(make_leaky_relu(slope), v), x)


def elu(x: Any, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Entries:
    def one(v: Any) -> Any:
        return v * scale if v > 0 else Value.expm1(v * input_scale) * (alpha * scale)

    return entrywise(one, x)


def hardtanh(x: Any, low: float = -1, high: float = 1) -> Entries:
    """Return x between the bounds. As in PyTorch, the slope at a bound is 0."""

    def one(v: Any) -> Any:
        if not isinstance(v, Value):
            return min(max(number_of(v), low), high)
        return 0.0 * v + v.data if are_equal(v, low) or are_equal(v, high) else v.clip(low, high)

    return entrywise(one, x)


def hardsigmoid(x: Any) -> Entries:
    return hardtanh(add(div(x, 6), 0.5), 0, 1)


def hardswish(x: Any) -> Entries:
    return mul(x, hardsigmoid(x))


def angle(y: Any, x: Any) -> Any:
    """Return the angle of the point (x, y), from −π to π."""
    guard_chosen(y, [0.0])
    if abs(x) < abs(y):
        return math.copysign(math.pi / 2, number_of(y)) - apply(OPS["atan"], x / y)
    turn = 0.0 if x > 0 else math.copysign(math.pi, number_of(y))
    return apply(OPS["atan"], y / x) + turn


def hypotenuse(a: Any, b: Any) -> Entries:
    return unary("sqrt")(add(power(a, 2), power(b, 2)))


def rrelu(
    x: Any, noise: Any, low: float = 1 / 8, high: float = 1 / 3, is_training: bool = False, *_: Any
) -> Any:
    if is_training:
        raise NotImplementedError("rrelu draws random slopes in training; call module.eval() first")
    return leaky_relu(x, (low + high) / 2), noise


def fmod(a: Any, b: Any) -> Entries:
    """Return a − b·trunc(a/b), which has the sign of a."""
    return entrywise(lambda x, y: x - y * step_of("trunc", x / y), a, b)


def remainder(a: Any, b: Any) -> Entries:
    """Return a − b·floor(a/b), which has the sign of b."""
    return entrywise(lambda x, y: x - y * step_of("floor", x / y), a, b)


def copysign(a: Any, b: Any) -> Entries:
    """Return |a| with the sign of b."""

    def one(x: Any, y: Any) -> Any:
        guard_chosen(x, [0.0])
        guard_chosen(y, [0.0])
        sign = math.copysign(1.0, number_of(y))
        return x if math.copysign(1.0, number_of(x)) == sign else -x

    return entrywise(one, a, b)
