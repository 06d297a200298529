"""What all optimizers share: settings, clipping, state and copies."""

import copy
import math
import pickle
import re

import numpy as np
import pytest

from autograd import Value
from nn import MLP, SGD, Adam, AdamW


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(lr=0.1), "SGD has no setting 'lr': write learning_rate="),
        (lambda: Adam(betas=(0.9, 0.99)), "write beta1=…, beta2=…"),
        (lambda: Adam(eps=1e-8), "write epsilon="),
        (lambda: SGD(0.1, momentum=0.9), "write Momentum(learning_rate, momentum=…)"),
        (lambda: SGD([Value(1.0)], lr=0.1), "SGD has no setting 'lr'"),
    ],
)
def test_what_others_write_is_answered_by_what_to_write_here(make, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        make()


def stepped(rule, gradients=(3.0, -4.0)):
    w = [Value(1.0, f"w{k}") for k in range(len(gradients))]
    for value, gradient in zip(w, gradients, strict=True):
        value.grad = gradient
    rule.step(w)
    return [value.data for value in w]


def test_the_whole_gradient_is_clipped():
    assert stepped(SGD(1.0, clip_value=2.0)) == [-1.0, 3.0]
    assert stepped(SGD(1.0, clip_norm=1.0)) == pytest.approx([0.4, 1.8], rel=1e-6)
    assert stepped(SGD(1.0, clip_norm=5.1)) == [-2.0, 5.0]


def test_decay_is_added_to_the_gradient_or_decoupled_from_it():
    assert stepped(SGD(0.5, weight_decay=0.2), (0.0, 0.0)) == [0.9, 0.9]
    assert stepped(AdamW(0.5, weight_decay=0.2), (0.0, 0.0)) == [0.9, 0.9]
    assert stepped(Adam(0.5, weight_decay=0.2), (0.0, 0.0)) == pytest.approx([0.5, 0.5], rel=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weight_decay": -1.0}, "weight_decay must be 0 or more; got -1.0"),
        ({"weight_decay": "small"}, "weight_decay must be 0 or more; got 'small'"),
        ({"clip_norm": 0.0}, "clip_norm must be above 0; got 0.0"),
        ({"clip_value": -1}, "clip_value must be above 0; got -1"),
        ({"clip_value": 1.0, "clip_norm": 1.0}, "by clip_norm or by clip_value, not by both"),
    ],
)
def test_settings_of_decay_and_clipping_are_checked(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        SGD(0.1, **settings)


def test_an_optimizer_that_remembers_serves_one_network():
    first, second = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    rule = Adam(0.1)
    rule.step(first.parameters())
    rule.step(first.parameters())
    with pytest.raises(ValueError, match=r"this Adam has stepped other parameters before, 13"):
        rule.step(second.parameters())
    with pytest.raises(ValueError, match="state belongs to those; make a new one, such as Adam"):
        rule.step(first.parameters()[:3])


def test_an_optimizer_that_remembers_nothing_serves_any():
    rule = SGD(0.1)
    for network in (MLP(2, [3, 1], seed=0), MLP(3, [1], seed=1)):
        rule.step(network.parameters())


def test_an_optimizer_can_be_copied_and_pickled():
    net = MLP(2, [1], seed=0)
    rule = Adam(0.1, clip_norm=1.0)
    rule.step(net.parameters())
    for again in (copy.deepcopy(rule), pickle.loads(pickle.dumps(rule))):
        assert again == rule
        assert again.steps == 1
        assert again.state[0].tolist() == rule.state[0].tolist()
    twin, again = copy.deepcopy((net, rule))
    again.step(twin.parameters())
    assert again.steps == 2


def test_the_error_state_of_numpy_breaks_no_step():
    w, rule = Value(1.0, "w"), Adam(0.1)
    with np.errstate(all="raise"):
        for gradient in (1e-200, 0.0, 1e-200):
            w.grad = gradient
            rule.step([w])
    assert math.isfinite(w.data)
