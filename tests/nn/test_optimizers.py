"""Update rules: one step by hand, floats and arrays alike, and convergence."""

import contextlib
import dataclasses
import inspect
import math

import numpy as np
import pytest

from autograd import Value
from nn import SGD, Adam, AdamW, Momentum, Nesterov


def test_a_step_is_the_rate_times_the_gradient_downhill():
    w = Value(0.4, label="w")
    w.grad = -0.1224

    SGD(learning_rate=0.1).step([w])

    assert w.data == pytest.approx(0.41224, rel=1e-15)
    assert w.grad == -0.1224


@pytest.mark.parametrize("rule", [SGD, Momentum, Nesterov, Adam, AdamW])
def test_the_signature_names_the_settings(rule):
    names = list(inspect.signature(rule).parameters)
    assert names[0] == "learning_rate"
    assert names[-3:] == ["weight_decay", "clip_norm", "clip_value"]


def test_descent_finds_the_straight_line_through_points():
    points = [(x, 3.0 * x - 1.0) for x in (-1.0, 0.0, 1.0, 2.0)]
    slope, offset = Value(0.0), Value(0.0)
    for _ in range(200):
        slope.grad = offset.grad = 0.0
        cost = sum((slope * x + offset - y).square() for x, y in points) / len(points)
        cost.backward()
        SGD(0.2).step([slope, offset])

    assert (slope.data, offset.data) == pytest.approx((3.0, -1.0), abs=1e-9)


# --- rules that remember --------------------------------------------------------------------------

RULES = {
    "SGD": SGD(0.1),
    "Momentum": Momentum(0.1, momentum=0.8),
    "Nesterov": Nesterov(0.1, momentum=0.8),
    "Adam": Adam(0.1, beta1=0.8, beta2=0.95, epsilon=1e-6),
}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def by_the_book(name, w, gradients):
    """The published update equations for one number, written without sharing a line with nn."""
    v = m = s = 0.0
    for t, g in enumerate(gradients, start=1):
        if name == "SGD":
            w -= 0.1 * g
        elif name == "Momentum":
            v = 0.8 * v + g
            w -= 0.1 * v
        elif name == "Nesterov":
            v = 0.8 * v + g
            w -= 0.1 * (g + 0.8 * v)
        else:
            m, s = 0.8 * m + 0.2 * g, 0.95 * s + 0.05 * g * g
            w -= 0.1 * (m / (1 - 0.8**t)) / (math.sqrt(s / (1 - 0.95**t)) + 1e-6)
    return w


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_the_published_one(name):
    gradients = np.random.default_rng(0).normal(size=12).tolist()
    w, state = 0.5, ()
    for g in gradients:
        w, state = RULES[name].rule(w, g, state)
    assert w == pytest.approx(by_the_book(name, 0.5, gradients), rel=1e-13)


@every_rule
def test_floats_and_arrays_take_the_same_steps_and_nothing_changes_in_place(rule):
    generator = np.random.default_rng(1)
    w, state, floats = np.array([1.0, -2.0, 0.5]), (), [(1.0, ()), (-2.0, ()), (0.5, ())]
    for _ in range(5):
        g = generator.normal(size=3)
        kept = w.copy(), g.copy(), [np.copy(part) for part in state]
        new, new_state = rule.rule(w, g, state)
        np.testing.assert_array_equal(w, kept[0])
        np.testing.assert_array_equal(g, kept[1])
        for part, before in zip(state, kept[2], strict=True):
            np.testing.assert_array_equal(part, before)
        floats = [rule.rule(v, x, s) for (v, s), x in zip(floats, g.tolist(), strict=True)]
        w, state = new, new_state
        np.testing.assert_allclose(w, [v for v, _ in floats], rtol=1e-15)


@every_rule
def test_steps_on_values_are_those_of_the_rule(rule):
    rule = dataclasses.replace(rule)
    values, w, state = [Value(1.0), Value(-2.0)], np.array([1.0, -2.0]), ()
    for g in ([0.5, 1.0], [-1.0, 0.25], [2.0, 0.0]):
        for value, number in zip(values, g, strict=True):
            value.grad = number
        rule.step(values)
        w, state = rule.rule(w, np.array(g), state)
        assert [value.data for value in values] == w.tolist()
    with (
        pytest.raises(ValueError, match="has stepped other parameters before")
        if state
        else (contextlib.nullcontext())
    ):
        rule.step(values[:1])


@every_rule
def test_every_rule_finds_the_bottom_of_a_bowl(rule):
    w, state = np.array([3.0, -2.0]), ()
    for _ in range(600):
        w, state = rule.rule(w, w * [1.0, 0.3], state)
    assert np.abs(w).max() < 0.02


@pytest.mark.optional("torch")
@pytest.mark.parametrize("name", RULES)
def test_the_rules_are_those_of_pytorch(name, optional):
    torch = optional("torch")
    w = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    theirs = {
        "SGD": lambda: torch.optim.SGD([w], lr=0.1),
        "Momentum": lambda: torch.optim.SGD([w], lr=0.1, momentum=0.8),
        "Nesterov": lambda: torch.optim.SGD([w], lr=0.1, momentum=0.8, nesterov=True),
        "Adam": lambda: torch.optim.Adam([w], lr=0.1, betas=(0.8, 0.95), eps=1e-6),
    }[name]()
    ours, state = w.detach().numpy().copy(), ()
    for g in np.random.default_rng(2).normal(size=(6, 3)):
        w.grad = torch.from_numpy(g)
        theirs.step()
        ours, state = RULES[name].rule(ours, g, state)
        np.testing.assert_allclose(ours, w.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Momentum(0.1, momentum=1.0), "momentum must be from 0 to below 1; got 1.0"),
        (lambda: Nesterov(0.1, momentum=-0.1), "momentum must be from 0 to below 1; got -0.1"),
        (lambda: Adam(beta1=1), "beta1 must be from 0 to below 1; got 1"),
        (lambda: Adam(beta2=2), "beta2 must be from 0 to below 1; got 2"),
        (lambda: Adam(epsilon=0), "epsilon must be above 0; got 0"),
        (
            lambda: Adam(-1.0),
            "or a function of the step; got -1.0",
        ),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
