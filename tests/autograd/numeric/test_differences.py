"""Slopes by differences: how exact they are, and how honest their doubt is, against mpmath."""

import math

import mpmath
import pytest

from autograd.numeric.differences import EPSILON, Differences, Extrapolation

MP = mpmath.MPContext()
MP.dps = 60


def measured(function, at, noise=0.0):
    differences = Differences(function, at, noise)
    differences.refine()
    return differences


CASES = [
    (math.exp, MP.exp, (0.0, 1e-9, 1.0, -20.0, 300.0)),
    (math.log, MP.log, (1e-300, 1e-9, 1.0, 1e300)),
    (lambda x: 1 / x, lambda x: 1 / x, (1e-8, 1e-5, -1e-5, 3.0, 1e6)),
    (math.tan, MP.tan, (math.pi / 2 - 5e-4, 1e-3, 1.0)),
    (math.atan, MP.atan, (0.0, 1e3)),
    (math.sqrt, MP.sqrt, (1e-300, 1e-12, 4.0, 1e10)),
    (lambda x: math.tanh(1e6 * x), lambda x: MP.tanh(10**6 * x), (0.0, 1e-7, 1e-6)),
    (lambda x: 1e-8 * x * x, lambda x: MP.mpf(1e-8) * x * x, (1e-3, 1.0)),
]


@pytest.mark.parametrize(("function", "exact", "points"), CASES, ids=range(len(CASES)))
def test_the_slope_is_exact_to_six_digits_and_its_doubt_covers_the_error(function, exact, points):
    for at in points:
        true = float(MP.diff(exact, MP.mpf(at), h=MP.mpf(at or 1) * MP.mpf(10) ** -20))
        best = measured(function, at, EPSILON * abs(function(at))).best
        assert best.doubt <= 1e-6 * abs(true), at
        assert abs(best.slope - true) <= 2 * best.doubt, at


def test_smaller_steps_take_precedence():
    """Far out the function looks like x; at 0 its slope is 2."""
    differences = measured(lambda x: x + 1e-9 * math.tanh(1e9 * x), 0.0)
    assert differences.best.slope == pytest.approx(2.0, rel=1e-9)
    early = Differences(lambda x: x + 1e-9 * math.tanh(1e9 * x), 0.0, 0.0)
    early.refine(until=1e-7)
    assert early.best.slope == pytest.approx(1.0)
    assert not early.is_confirmed()


def test_a_sine_whose_period_fits_no_step_is_not_mistaken_for_a_constant():
    best = measured(lambda x: math.sin(2**12 * math.pi * x), 0.0).best
    assert best.slope == pytest.approx(2**12 * math.pi, rel=1e-9)


def test_what_the_steps_cannot_resolve_is_doubted():
    differences = measured(math.sin, 1e15, EPSILON)
    assert differences.conclude(math.cos(1e15)).doubt == math.inf
    assert not differences.has_kink
    assert not differences.has_jump


def test_a_function_that_is_defined_on_one_side_only_has_the_slope_of_that_side():
    assert measured(lambda x: math.sqrt(x) ** 2 + 3 * x, 0.0).best.slope == pytest.approx(4.0)
    nowhere = measured(lambda x: math.log(-abs(x)) if x else 0.0, 0.0)
    assert nowhere.best is None
    assert nowhere.conclude(1.0).doubt == math.inf


@pytest.mark.parametrize(
    ("function", "at", "kink", "jump"),
    [
        (abs, 0.0, True, False),
        (abs, 1e-13, False, False),
        (lambda x: max(x, 0.3), 0.3, True, False),
        (lambda x: max(x, 0.3), 0.3001, False, False),
        (lambda x: x * x + 1e-5 * abs(x - 0.3), 0.3, True, False),
        (lambda x: x * abs(x), 0.0, False, False),
        (lambda x: x * x if x > 1 else 2 * x - 1, 1.0, False, False),
        (lambda x: float(x > 0), 0.0, None, True),
        (lambda x: x + (x > 1), 1.0, None, True),
        (lambda x: math.copysign(abs(x) ** 0.2, x), 0.0, False, False),
        (math.exp, 1.0, False, False),
    ],
)
def test_kinks_and_jumps(function, at, kink, jump):
    differences = measured(function, at, EPSILON * abs(function(at)))
    assert differences.has_jump == jump
    assert kink is None or differences.has_kink == kink


def test_the_table_starts_anew_where_the_function_is_not_defined():
    table = Extrapolation(4.0)
    for difference in (5.0, math.nan, 1.0, 1.0):
        table.add(difference, 0.0)
    assert [(e.slope, e.doubt) for e in table.estimates] == [(1.0, 0.0)]
