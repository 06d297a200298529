"""Rows over intervals: what they give contains what they give for every number inside."""

import math
import random

import pytest

from autograd.engine.operation import FLOATS, OPS, op_named
from autograd.grading.interval_functions import over_intervals, partials_over_intervals
from autograd.grading.intervals import Interval

ROWS = [name for name, op in OPS.items() if op.arity in (1, 2)] + ["power(2.0)", "power(3.0)"]


def contains(part, x):
    slack = 1e-9 * (1 + abs(x))
    return part.low - slack <= x <= part.high + slack


@pytest.mark.parametrize("name", ROWS)
def test_a_row_contains_what_it_gives_for_any_number_inside(name):
    op, rng = op_named(name), random.Random(name)
    for _ in range(200):
        pairs = [sorted((rng.uniform(-3, 3), rng.uniform(-3, 3))) for _ in range(op.arity)]
        inside = [rng.uniform(*pair) for pair in pairs]
        try:
            exact = op.forward(FLOATS, *inside)
            slopes = op.partials(FLOATS, exact, *inside)
        except (ArithmeticError, ValueError):
            continue
        inputs = [Interval(*pair) for pair in pairs]
        output = over_intervals(op, inputs)
        assert contains(output, exact)
        parts = partials_over_intervals(op, output, inputs)
        assert all(map(contains, parts, slopes))


def test_what_is_not_defined_everywhere_may_be_anything():
    everything = over_intervals(OPS["log"], [Interval(-1.0, 1.0)])
    assert (everything.low, everything.high) == (-math.inf, math.inf)
    assert over_intervals(OPS["div"], [Interval(1.0, 1.0), Interval(-1.0, 1.0)]).high == math.inf
