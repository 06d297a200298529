"""The table of operations as the tests walk it: where each row is defined, and what it means.

A test with an argument `op` runs once for every row. `samples(op)` gives it inputs, and
`reference` the row's value and slopes in mpmath's 50 digits, written here from the mathematics and
not from the row.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import mpmath
import pytest
import sympy

from autograd.engine.operation import OPS
from autograd.engine.ops import CONSTANT, LEAF, make_leaky_relu, make_power

EXPONENTS = (-3, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 7, 20)
SLOPES = (0.01, 0.25, -0.5)
ROWS = [
    *(op for op in OPS.values() if op not in (LEAF, CONSTANT)),
    *map(make_power, EXPONENTS),
    *map(make_leaky_relu, SLOPES),
]


@dataclass(frozen=True)
class Domain:
    """Which inputs a row takes: their sizes in powers of ten, their signs, how many of them."""

    low: float = -300
    high: float = 300
    positive: bool = False
    zero: bool = True
    counts: tuple[int, ...] = (1,)
    above: float = -math.inf  # inputs are larger than this
    kinked: bool = False  # at input 0 or, with two inputs, where they are equal
    formula: Callable[..., Any] | None = None  # f(library, *inputs), for mpmath and SymPy alike

    def at_kink(self, inputs):
        return self.kinked and (inputs == (0,) or len(set(inputs)) < len(inputs))


PAIR = (2,)
MANY = (1, 2, 3, 4, 9, 64, 65, 80)
EVEN = (2, 4, 6, 20, 70)
DOMAINS = {
    "add": Domain(counts=PAIR),
    "sub": Domain(counts=PAIR),
    "mul": Domain(-150, 150, counts=PAIR),
    "div": Domain(-100, 100, zero=False, counts=PAIR),
    "neg": Domain(),
    "pow": Domain(-3, 1.5, positive=True, zero=False, counts=PAIR),
    "square": Domain(-150, 150),
    "sum": Domain(counts=MANY),
    "dot": Domain(-150, 150, counts=MANY),
    "squared_error": Domain(-150, 150, counts=EVEN),
    "half_squared_error": Domain(-150, 150, counts=EVEN),
    "exp": Domain(-300, 2.84),
    "log": Domain(positive=True, zero=False),
    "sqrt": Domain(positive=True, zero=False),
    "logsumexp": Domain(counts=MANY),
    "expm1": Domain(-300, 2.84),
    "log1p": Domain(above=-1),
    "asin": Domain(-300, -0.001),
    "acos": Domain(-300, -0.001),
    "sinh": Domain(-300, 2.84),
    "cosh": Domain(-300, 2.84),
    "asinh": Domain(),
    "acosh": Domain(0.001, 300, positive=True, zero=False),
    "atanh": Domain(-300, -0.001),
    "sin": Domain(-300, 15),
    "cos": Domain(-300, 15),
    "tan": Domain(-300, 15),
    "atan": Domain(-300, 150),  # beyond, the slope 1/(1 + x²) is subnormal
    "erf": Domain(),
    "erfc": Domain(-300, 1.4),  # beyond, it is subnormal
    "sigmoid": Domain(),
    "tanh": Domain(),
    "relu": Domain(kinked=True),
    "softplus": Domain(),
    "silu": Domain(),
    "gelu": Domain(),
    "abs": Domain(kinked=True),
    "maximum": Domain(counts=PAIR, kinked=True),
    "minimum": Domain(counts=PAIR, kinked=True),
    "clip": Domain(counts=(3,), kinked=True),
    "greater": Domain(counts=PAIR, kinked=True),
    "greater_equal": Domain(counts=PAIR, kinked=True),
    "less": Domain(counts=PAIR, kinked=True),
    "less_equal": Domain(counts=PAIR, kinked=True),
    "where": Domain(counts=(3,), kinked=True),
}
for n in EXPONENTS:
    reach = 290 / max(1, abs(n), abs(n - 1))
    DOMAINS[make_power(n).name] = Domain(-reach, reach, n != int(n), zero=n >= 1 or n == 0)
for slope in SLOPES:
    DOMAINS[make_leaky_relu(slope).name] = Domain(-290, 290, kinked=True)


def draw(op, count, number=40, moderate=False, seed=0):
    """Return tuples of inputs: all sizes the row takes or, if `moderate`, those of everyday."""
    domain, rng = DOMAINS[op.name], random.Random(f"{op.name} {count} {seed}")
    low, high = (-1, 0.6) if moderate else (-300, 300)
    sizes = max(low, domain.low), min(high, domain.high)
    common = max(-2, domain.low), min(2, domain.high)  # half of the points; the tails begin there

    def one():
        size = 10 ** rng.uniform(*(sizes if moderate or rng.random() < 0.5 else common))
        x = size if domain.positive else rng.choice([-size, size])
        return x if x > domain.above else one()

    points = [tuple(one() for _ in range(count)) for _ in range(number)]
    if domain.zero and not moderate:
        points += [(0.0,) * count, (0.0, *points[0][1:]), (*points[1][:-1], 0.0)]
    return points


def formula_in(op, library):
    """Return the formula of `DOMAINS`, or the library's own function of this name."""
    formula = DOMAINS[op.name].formula
    return partial(formula, library) if formula else getattr(library, op.name)


@cache
def derivatives(op, count, of=None):
    """Return the derivatives of the formula, or of its derivative number `of`, found by SymPy.

    They are functions of mpmath's numbers.
    """
    symbols = sympy.symbols(f"x:{count}", real=True)
    whole = formula_in(op, sympy)(*symbols)
    whole = whole if of is None else sympy.diff(whole, symbols[of])
    slopes = [sympy.diff(whole, symbol) for symbol in symbols]
    return [sympy.lambdify(symbols, slope, modules="mpmath") for slope in slopes]


class Reference:
    """Values and slopes in 50 digits; `scale` says how large the numbers on the way are.

    A correctly rounded operation errs by half a unit in the last place (ulp) of its result; a
    formula errs by a few ulp of its largest intermediate. Where terms cancel, that exceeds the
    result, and no formula could do better on rounded inputs: hence `scale` and `slope_scale`. For
    an operation with a formula in `DOMAINS`, they are the effect of inputs wrong by their own size.
    """

    def __init__(self):
        self.mp = mpmath.MPContext()
        self.mp.dps = 50

    def numbers(self, inputs):
        return [self.mp.mpf(x) for x in inputs]

    def value(self, op, inputs):
        own = getattr(self, f"_{op.family}", None)
        numbers = self.numbers(inputs)
        return own(op, *numbers)[0] if own else formula_in(op, self.mp)(*numbers)

    def slopes(self, op, inputs):
        own = getattr(self, f"_{op.family}", None)
        if own:
            return own(op, *self.numbers(inputs))[1]
        return self._derivatives(op, inputs)

    def _derivatives(self, op, inputs, of=None):
        with mpmath.workdps(self.mp.dps):
            return [slope(*map(mpmath.mpf, inputs)) for slope in derivatives(op, len(inputs), of)]

    def _effect(self, op, inputs, of=None):
        """Return how far a value or a slope moves if every input is wrong by its own size."""
        pairs = zip(inputs, self._derivatives(op, inputs, of), strict=True)
        return sum(abs(x * slope) for x, slope in pairs)

    def scale(self, op, inputs):
        """Return the size of the largest intermediate of the value."""
        v = self.numbers(inputs)
        half = len(v) // 2
        match op.name:
            case "sum":
                return sum(map(abs, v))
            case "dot":
                pairs = zip(v[:half], v[half : 2 * half], strict=True)
                return sum(abs(w * x) for w, x in pairs) + (abs(v[-1]) if len(v) % 2 else 0)
            case "logsumexp":
                return max(map(abs, v)) + 1
            case "gelu":  # ln σ(2u) moves by 2σ(−2u) for each 1 of u, and u errs by its own size
                u = self._inner(v[0])[0]
                return abs(self.value(op, inputs)) * (1 + 2 * abs(u) * self._sigma(-2 * u))
            case _:
                effect = self._effect(op, inputs) if DOMAINS[op.name].formula else 0
                return max(abs(self.value(op, inputs)) * max(1, len(v) / 4), effect)

    def slope_scales(self, op, inputs):
        """Return the same for each slope."""
        v, slopes = self.numbers(inputs), self.slopes(op, inputs)
        match op.name:
            case "logsumexp":  # x − max is rounded, and exp of it errs by as much as its size
                return [s * (len(v) + abs(x - max(v))) for s, x in zip(slopes, v, strict=True)]
            case "silu":
                s = self._sigma(v[0])
                return [s * (1 + abs(v[0]) * self._sigma(-v[0]))]
            case "gelu":
                u, du = self._inner(v[0])
                s, rest = self._sigma(2 * u), self._sigma(-2 * u)
                grown = abs(2 * v[0] * s * rest * du)
                return [s * (1 + 2 * abs(u) * rest) + grown * (1 + 2 * abs(u))]
            case "erf" | "erfc":  # x² is rounded, and exp of it errs by as much as its size
                return [abs(slopes[0]) * (1 + v[0] ** 2)]
            case "pow":  # b − 1 is rounded, an error that the power multiplies by ln a
                grown = 1 + abs((v[1] - 1) * self.mp.log(v[0]))
                return [abs(slopes[0]) * grown, abs(slopes[1])]
            case _ if DOMAINS[op.name].formula:
                return [abs(s) + self._effect(op, inputs, k) for k, s in enumerate(slopes)]
            case _:
                return [abs(slope) for slope in slopes]

    # --- one line of mathematics for each row: value, (slopes) ------------------------------------

    def _sigma(self, x):
        return 1 / (1 + self.mp.exp(-x))

    def _inner(self, x):
        c = self.mp.mpf(0.044715)
        k = self.mp.sqrt(2 / self.mp.pi)
        return k * (x + c * x**3), k * (1 + 3 * c * x**2)

    def _add(self, op, a, b):
        return a + b, (1, 1)

    def _sub(self, op, a, b):
        return a - b, (1, -1)

    def _mul(self, op, a, b):
        return a * b, (b, a)

    def _neg(self, op, a):
        return -a, (-1,)

    def _div(self, op, a, b):
        return a / b, (1 / b, -a / b**2)

    def _pow(self, op, a, b):
        return a**b, (b * a ** (b - 1), a**b * self.mp.log(a))

    def _power(self, op, x):
        n = self.mp.mpf(float(op.name[6:-1]))
        return x**n, (n * x ** (n - 1) if n else self.mp.mpf(0),)

    def _square(self, op, x):
        return x**2, (2 * x,)

    def _sum(self, op, *v):
        return sum(v), (1,) * len(v)

    def _dot(self, op, *v):
        n = len(v) // 2
        w, x, b = v[:n], v[n : 2 * n], v[2 * n :]
        return self.mp.fdot(w, x) + sum(b), (*x, *w, *[1] * len(b))

    def _squared_error(self, op, *v):
        n = len(v) // 2
        errors = [a - b for a, b in zip(v[:n], v[n:], strict=True)]
        return sum(e**2 for e in errors), (*(2 * e for e in errors), *(-2 * e for e in errors))

    def _half_squared_error(self, op, *v):
        value, slopes = self._squared_error(op, *v)
        return value / 2, tuple(slope / 2 for slope in slopes)

    def _exp(self, op, x):
        return self.mp.exp(x), (self.mp.exp(x),)

    def _log(self, op, x):
        return self.mp.log(x), (1 / x,)

    def _sqrt(self, op, x):
        return self.mp.sqrt(x), (1 / (2 * self.mp.sqrt(x)),)

    def _logsumexp(self, op, *v):
        top = max(v)
        rest = sum(self.mp.exp(x - top) for x in v)
        return top + self.mp.log(rest), tuple(self.mp.exp(x - top) / rest for x in v)

    def _sin(self, op, x):
        return self.mp.sin(x), (self.mp.cos(x),)

    def _cos(self, op, x):
        return self.mp.cos(x), (-self.mp.sin(x),)

    def _tan(self, op, x):
        return self.mp.tan(x), (self.mp.sec(x) ** 2,)

    def _atan(self, op, x):
        return self.mp.atan(x), (1 / (1 + x**2),)

    def _cosh(self, op, x):
        return self.mp.cosh(x), (self.mp.sinh(x),)

    def _expm1(self, op, x):
        return self.mp.expm1(x), (self.mp.exp(x),)

    def _log1p(self, op, x):
        return self.mp.log1p(x), (1 / (1 + x),)

    def _asinh(self, op, x):
        return self.mp.asinh(x), (1 / self.mp.sqrt(1 + x**2),)

    def _acosh(self, op, x):
        return self.mp.acosh(x), (1 / self.mp.sqrt(x**2 - 1),)

    def _sigmoid(self, op, x):
        return self._sigma(x), (self._sigma(x) * self._sigma(-x),)

    def _tanh(self, op, x):
        return self.mp.tanh(x), (4 / (self.mp.exp(x) + self.mp.exp(-x)) ** 2,)

    def _relu(self, op, x):
        return (x, (1,)) if x > 0 else (self.mp.mpf(0), (0,))

    def _leaky_relu(self, op, x):
        a = self.mp.mpf(float(op.name[11:-1]))
        return (x, (1,)) if x > 0 else (a * x, (a,))

    def _softplus(self, op, x):
        return max(x, 0) + self.mp.log1p(self.mp.exp(-abs(x))), (self._sigma(x),)

    def _silu(self, op, x):
        s = self._sigma(x)
        return x * s, (s * (1 + x * self._sigma(-x)),)

    def _gelu(self, op, x):  # x(1 + tanh u)/2, whose 1 + tanh u is 2σ(2u)
        u, du = self._inner(x)
        s = self._sigma(2 * u)
        return x * s, (s + 2 * x * s * self._sigma(-2 * u) * du,)

    def _erf(self, op, x):
        return self.mp.erf(x), (2 / self.mp.sqrt(self.mp.pi) * self.mp.exp(-(x**2)),)

    def _erfc(self, op, x):
        return self.mp.erfc(x), (-2 / self.mp.sqrt(self.mp.pi) * self.mp.exp(-(x**2)),)

    def _clip(self, op, x, low, high):
        value = min(max(x, low), high)
        return value, tuple(int(v is value) for v in (x, low, high))

    def _greater(self, op, a, b):
        return self.mp.mpf(a > b), (0, 0)

    def _greater_equal(self, op, a, b):
        return self.mp.mpf(a >= b), (0, 0)

    def _less(self, op, a, b):
        return self.mp.mpf(a < b), (0, 0)

    def _less_equal(self, op, a, b):
        return self.mp.mpf(a <= b), (0, 0)

    def _where(self, op, condition, yes, no):
        return (yes, (0, 1, 0)) if condition > 0 else (no, (0, 0, 1))

    def _abs(self, op, x):
        return abs(x), (self.mp.sign(x),)

    def _maximum(self, op, a, b):
        return (a, (1, 0)) if a >= b else (b, (0, 1))

    def _minimum(self, op, a, b):
        return (a, (1, 0)) if a <= b else (b, (0, 1))


def pytest_generate_tests(metafunc):
    if "op" in metafunc.fixturenames:
        metafunc.parametrize("op", ROWS, ids=lambda op: op.name)


@pytest.fixture
def rows():
    return ROWS


@pytest.fixture
def domains():
    return DOMAINS


@pytest.fixture
def samples():
    """Return ``samples(op, …)``: inputs of every count the row is tested with."""

    def samples(op, **options):
        return [point for n in DOMAINS[op.name].counts for point in draw(op, n, **options)]

    return samples


@pytest.fixture
def points():
    """Return ``points(op, count)``: many inputs of everyday size."""
    return lambda op, count: draw(op, count, number=100, moderate=True)


@pytest.fixture(scope="session")
def reference():
    return Reference()
