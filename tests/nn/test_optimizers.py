"""Update rules: one step by hand, floats and arrays alike, and convergence."""

import numpy as np
import pytest

from autograd import Value
from nn import SGD


def test_a_step_is_the_rate_times_the_gradient_downhill():
    w = Value(0.4, label="w")
    w.grad = -0.1224

    SGD(learning_rate=0.1).step([w])

    assert w.data == pytest.approx(0.41224, rel=1e-15)
    assert w.grad == -0.1224


def test_the_rule_is_the_same_for_arrays():
    rule, w, g = SGD(0.25).rule, np.array([1.0, 2.0, 3.0]), np.array([4.0, 0.0, -4.0])

    np.testing.assert_array_equal(rule(w, g), [rule(float(a), float(b)) for a, b in zip(w, g)])  # noqa: B905
    np.testing.assert_array_equal(rule(w, g), [0.0, 2.0, 4.0])


def test_parameters_may_come_from_a_generator():
    w = [Value(1.0), Value(2.0)]
    for v in w:
        v.grad = 1.0

    SGD(0.5).step(v for v in w)

    assert [v.data for v in w] == [0.5, 1.5]


def test_descent_finds_the_straight_line_through_points():
    points = [(x, 3.0 * x - 1.0) for x in (-1.0, 0.0, 1.0, 2.0)]
    slope, offset = Value(0.0), Value(0.0)
    for _ in range(200):
        slope.grad = offset.grad = 0.0
        cost = sum((slope * x + offset - y).square() for x, y in points) / len(points)
        cost.backward()
        SGD(0.2).step([slope, offset])

    assert (slope.data, offset.data) == pytest.approx((3.0, -1.0), abs=1e-9)


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf"), "0.1", None])
def test_a_rate_that_is_not_a_number_above_0_is_refused(rate):
    with pytest.raises(ValueError, match="must be a finite number above 0; got"):
        SGD(rate)
