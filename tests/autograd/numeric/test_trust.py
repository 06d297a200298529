"""gradcheck against mpmath: right slopes pass, slopes 1 in 10,000 off fail, at every scale.

Each function is written twice, for Values and for mpmath in 60 digits. The slope is falsified by an
operation that returns its input and claims another slope.
"""

import math
import random

import mpmath
import pytest

from autograd import Value, dot, gradcheck, logsumexp
from autograd.engine.functions import record
from autograd.engine.operation import Op

MP = mpmath.MPContext()
MP.dps = 60


def sigma(x):
    return 1 / (1 + MP.exp(-x))


TABLE = {
    "1/x": (lambda x: 1 / x, lambda x: 1 / x, [1e-8, 1e-5, 1e-4, -1e-5, 3.0, 1e6]),
    "exp(-x)/x": (lambda x: (-x).exp() / x, lambda x: MP.exp(-x) / x, [2e-4, 1.0, 5.0]),
    "ln": (Value.log, MP.log, [1e-300, 1e-15, 1e-9, 1.0 + 1e-9, 5.0, 1e300]),
    "sqrt": (Value.sqrt, MP.sqrt, [1e-300, 1e-12, 4.0, 1e10]),
    "exp": (Value.exp, MP.exp, [0.0, 1e-9, 1.0, -20.0, 500.0]),
    "sin": (Value.sin, MP.sin, [0.0, 1e-3, 3.0, 1e4, 1e6, math.pi / 2, math.pi / 2 - 1e-7]),
    "sin 1e4 x": (lambda x: (1e4 * x).sin(), lambda x: MP.sin(10**4 * x), [0.0, 1e-3, 0.3]),
    "tan": (Value.tan, MP.tan, [1e-3, 1.0, math.pi / 2 - 5e-4]),
    "atan": (Value.atan, MP.atan, [0.0, 1e3, 1e6]),
    "tanh": (Value.tanh, MP.tanh, [0.0, 1.0, 8.0, 20.0]),
    "tanh 1e6 x": (lambda x: (1e6 * x).tanh(), lambda x: MP.tanh(10**6 * x), [0.0, 1e-7, 1e-6]),
    "sigmoid": (Value.sigmoid, sigma, [0.0, -10.0, 10.0, -30.0, 30.0, 60.0]),
    "softplus": (Value.softplus, lambda x: MP.log(1 + MP.exp(x)), [0.0, -20.0, 20.0]),
    "silu": (Value.silu, lambda x: x * sigma(x), [0.0, 3.0]),
    "relu": (Value.relu, lambda x: max(x, 0), [1e-13, 1e-5, 2.0]),
    "x**3": (lambda x: x**3, lambda x: x**3, [1e-10, 2.0, 1e50]),
    "x**-2": (lambda x: x**-2, lambda x: x**-2, [1e-10, 2.0, 1e50]),
    "1e-8 x²": (lambda x: 1e-8 * x * x, lambda x: MP.mpf(1e-8) * x * x, [1e-3, 1.0]),
    "1e-20 sin": (lambda x: 1e-20 * x.sin(), lambda x: MP.mpf(1e-20) * MP.sin(x), [1.0]),
    "1e20 sin": (lambda x: 1e20 * x.sin(), lambda x: MP.mpf(1e20) * MP.sin(x), [1.0]),
    "1 + 1e-12 x": (lambda x: 1 + 1e-12 * x, lambda x: 1 + MP.mpf(1e-12) * x, [0.7]),
    "(x + 1e3) - 1e3": (lambda x: (x + 1e3) - 1e3, lambda x: x, [1e-3, 0.5]),
    "1000 (x - 1)²": (lambda x: (x - 1) ** 2 * 1e3, lambda x: (x - 1) ** 2 * 1000, [1 + 1e-6]),
    "exp(-x²)": (lambda x: (-x * x).exp(), lambda x: MP.exp(-x * x), [1e-4, 3.0, 5.0]),
    "Lorentz": (lambda x: 1 / (1e-6 + x * x), lambda x: 1 / (MP.mpf(1e-6) + x * x), [1e-3, 0.1]),
    "ln(x + 1e-9)": (lambda x: (x + 1e-9).log(), lambda x: MP.log(x + MP.mpf(1e-9)), [0.0, 1e-6]),
    "logsumexp": (lambda x: logsumexp([x, 1.0]), lambda x: MP.log(MP.exp(x) + MP.e), [-9.0, 0.5]),
    "dot": (lambda x: dot([x, 2.0], [x, x], 1.0), lambda x: x * x + 2 * x + 1, [1e-6, 3.0]),
    "max in Python": (lambda x: max(x * x, x), lambda x: max(x * x, x), [0.9, 1.1]),
}
POINTS = [(name, at) for name, (_, _, points) in TABLE.items() for at in points]


def claim(function, factor, extra=0.0):
    """Return the function with its slope claimed to be `factor` times as large, plus `extra`."""
    false = Op("false", 2, lambda xp, y, x: y, lambda xp, y, a, b: (factor, extra), "false")
    return lambda x: record(false, [function(x), x])


def test_the_table_is_long_enough():
    assert len(POINTS) >= 60


@pytest.mark.parametrize(("name", "at"), POINTS)
def test_a_right_slope_passes_and_a_false_one_fails(name, at):
    function, exact, _ = TABLE[name]
    true = float(MP.diff(exact, MP.mpf(at), h=MP.mpf(at or 1) * MP.mpf(10) ** -25))
    (component,) = gradcheck(function, [at]).components
    assert component.recorded == pytest.approx(true, rel=1e-8)
    assert component.verdict == "agrees"
    for factor in (1 + 1e-4, 1 - 1e-4, 1.5, 0.0, -1.0):
        report = gradcheck(claim(function, factor), [at])
        assert report.components[0].verdict == "disagrees", factor
        assert not report.ok


@pytest.mark.parametrize(
    ("function", "at"),
    [(Value.square, 0.0), (Value.cos, 0.0), (lambda x: x**1.5, 0.0), (lambda x: (x - 5).relu(), 1)],
    ids=["square", "cos", "x**1.5", "dead relu"],
)
def test_a_slope_of_zero_passes_and_another_fails(function, at):
    assert gradcheck(function, [at]).ok
    for extra in (1e-4, -1e-9):
        assert not gradcheck(claim(function, 1.0, extra), [at]).ok


UNARY = {
    "exp": MP.exp,
    "tanh": MP.tanh,
    "sin": MP.sin,
    "cos": MP.cos,
    "sigmoid": sigma,
    "atan": MP.atan,
    "square": lambda x: x * x,
}


def composed(seed):
    """Return a random composition for Values and for mpmath, and a point."""
    rng = random.Random(seed)
    names = [rng.choice(list(UNARY)) for _ in range(rng.randint(1, 4))]
    sizes = [10 ** rng.uniform(-3, 2) * rng.choice([-1, 1]) for _ in names]
    at = rng.choice([0.0, 10 ** rng.uniform(-8, 1), rng.uniform(-3, 3)])

    def function(x):
        for name, size in zip(names, sizes, strict=True):
            x = getattr(x * size, name)()
        return x

    def exact(x):
        for name, size in zip(names, sizes, strict=True):
            x = UNARY[name](x * MP.mpf(size))
        return x

    return function, exact, at


@pytest.mark.parametrize("seed", range(60))
def test_random_compositions(seed):
    function, exact, at = composed(seed)
    true = float(MP.diff(exact, MP.mpf(at), h=MP.mpf(at or 1) * MP.mpf(10) ** -20))
    (component,) = gradcheck(function, [at]).components
    if component.recorded != pytest.approx(true, rel=1e-8) or abs(true) < 1e-30:
        return  # so ill-conditioned that floats do not give the slope, or as good as zero
    assert component.verdict == "agrees"
    assert gradcheck(claim(function, 1 + 1e-4), [at]).components[0].verdict == "disagrees"
