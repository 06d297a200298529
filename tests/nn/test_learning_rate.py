"""Learning rates: numbers and schedules."""

from fractions import Fraction

import numpy as np
import pytest

from autograd import Value
from nn import SGD


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf"), "0.1", None])
def test_a_rate_that_is_not_a_number_above_0_is_refused(rate):
    with pytest.raises(ValueError, match="must be a finite number above 0, or a function of"):
        SGD(rate)


@pytest.mark.parametrize(
    "rate", [np.float32(0.25), np.int64(1), np.array(0.25)[()], Fraction(1, 4)]
)
def test_a_rate_of_any_real_type_becomes_a_float(rate):
    assert type(SGD(rate).learning_rate) is float
    assert SGD(rate).learning_rate == float(rate)


def test_a_schedule_is_asked_for_each_step_counted_from_0():
    asked = []
    rule = SGD(lambda step: asked.append(step) or 0.5**step)
    w = Value(0.0, "w")
    for _ in range(3):
        w.grad = -1.0
        rule.step([w])
    assert w.data == 1.0 + 0.5 + 0.25
    assert asked == [0, 1, 2]
    assert (rule.steps, rule.learning_rate) == (3, 0.125)


def test_a_schedule_may_reach_0_but_not_go_below():
    w = Value(1.0, "w")
    w.grad = 1.0
    SGD(lambda step: 0.0).step([w])
    assert w.data == 1.0
    with pytest.raises(ValueError, match=r"learning rate at step 0 is -1\.0; it must be"):
        SGD(lambda step: -1.0).step([w])
