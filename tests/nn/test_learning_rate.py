"""Learning rates: numbers and schedules."""

import math
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from autograd import Value
from nn import MLP, SGD, squared_error
from nn.optimizers import OPTIMIZERS

MODEL = MLP(2, [1], seed=0)


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
@pytest.mark.parametrize(
    "rate",
    [
        *(0, -0.1, float("nan"), float("inf"), 1j),
        *("0.1", "adam", None, np.array([0.1]), SGD(0.1)),
    ],
)
def test_a_rate_that_is_neither_a_number_above_0_nor_a_schedule_is_refused(kind, rate):
    name = kind.__name__
    with pytest.raises(
        ValueError, match=rf"number above 0, as in {name}\(0\.1\), or a function of"
    ):
        kind(rate)
    with pytest.raises(ValueError, match="the learning rate must be a finite number above 0"):
        kind(0.1).with_settings(learning_rate=rate)


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
@pytest.mark.parametrize(
    "given",
    [
        *(MODEL, MODEL.layers[0], MODEL.layers[0].neurons[0], MODEL.parameters()[0]),
        *(MODEL.parameters(), set(MODEL.parameters()), dict(MODEL.named_parameters()), []),
        *(MODEL.parameters, MODEL.named_parameters, iter(MODEL.parameters())),
    ],
)
def test_a_model_or_parameters_in_place_of_the_rate_are_refused(kind, given):
    name = kind.__name__
    expected = rf"{name} takes the learning rate, as in {name}\(0\.1\)\. Give .* model to `fit`"
    with pytest.raises(TypeError, match=expected):
        kind(given)
    with pytest.raises(TypeError, match=expected):
        kind(0.1).learning_rate = given


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
@pytest.mark.parametrize("given", [squared_error, lambda: 0.1, SGD])
def test_what_is_not_a_function_of_the_step_is_no_schedule(kind, given):
    with pytest.raises(
        TypeError, match=rf"function of the step, as in {kind.__name__}\(lambda step"
    ):
        kind(given)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda step: 0.5,
        lambda step, warm_up=10: 0.5,
        lambda *args: 0.5,
        math.exp,
        partial(pow, 0.5),
    ],
)
def test_any_function_of_one_argument_is_a_schedule(schedule):
    assert SGD(schedule).has_schedule
    assert SGD(schedule).learning_rate == schedule(0)


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
