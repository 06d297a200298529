"""The complex step along a recorded graph, against mpmath and where it has no answer."""

import mpmath
import pytest

from autograd import Value, logsumexp, maximum
from autograd.numeric.complex_step import complex_slope


@pytest.mark.parametrize("at", [-30.0, 0.0, 1e-9, 3.0, 40.0, 200.0])
def test_tiny_slopes_keep_all_digits(at):
    x = Value(at)
    with mpmath.workdps(300):
        tail = mpmath.exp(-mpmath.mpf(at))
        assert complex_slope(x.sigmoid(), x) == pytest.approx(float(tail / (1 + tail) ** 2), 1e-13)
    assert complex_slope(x.softplus(), x) == pytest.approx(x.sigmoid().data, rel=1e-13)


def test_all_paths_count():
    x = Value(0.5)
    y = x * x + maximum(x, 0.2) * x.tanh() + logsumexp([x, 2 * x, 1.0]) + abs(x - 1)
    y.backward()
    assert complex_slope(y, x) == pytest.approx(x.grad, rel=1e-14)
    assert complex_slope(x, x) == 1.0
    assert complex_slope(Value(2.0) * 3, x) == 0.0


def test_there_is_no_answer_where_the_function_has_a_branch_point():
    x = Value(0.0)
    assert complex_slope(x**1.5, x) is None
