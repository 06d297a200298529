"""Costs against NumPy, their slopes as the textbooks have them, their labels and errors."""

import math
import re

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    l2,
    mse,
    squared_error,
)

LOSSES = {
    half_squared_error: lambda a, y: np.sum((a - y) ** 2) / 2,
    squared_error: lambda a, y: np.sum((a - y) ** 2),
    mse: lambda a, y: np.mean((a - y) ** 2),
}
SLOPES = {
    half_squared_error: lambda a, y: a - y,
    squared_error: lambda a, y: 2 * (a - y),
    mse: lambda a, y: 2 * (a - y) / len(a),
}

every_loss = pytest.mark.parametrize("loss", LOSSES)


@every_loss
@pytest.mark.parametrize("count", [1, 2, 3, 10, 100])
def test_cost_and_slopes_agree_with_numpy(loss, count):
    generator = np.random.default_rng(count)
    a, y = generator.normal(size=count), generator.normal(size=count)
    outputs = [Value(number) for number in a]

    cost = loss(outputs, y)
    cost.backward()

    assert cost.data == pytest.approx(LOSSES[loss](a, y), rel=1e-14)
    np.testing.assert_allclose([o.grad for o in outputs], SLOPES[loss](a, y), rtol=1e-14)


@every_loss
def test_targets_that_are_values_receive_the_opposite_slope(loss):
    outputs, targets = [Value(0.5), Value(-1.0)], [Value(0.0), Value(2.0, label="wanted")]

    loss(outputs, targets).backward()

    assert [t.grad for t in targets] == [-o.grad for o in outputs]
    assert targets[1].label == "wanted"


@every_loss
def test_one_output_needs_no_list(loss):
    assert loss(Value(3.0), 1.0).data == loss([Value(3.0)], [1.0]).data
    assert loss(Value(3.0), np.float32(1)).data == loss([Value(3.0)], np.array([1.0])).data
    assert loss(3.0, Value(1.0)).data == loss([3.0], [1.0]).data


@every_loss
def test_the_cost_is_labeled_c_and_targets_y(loss):
    cost = loss([Value(3.0), Value(4.0)], [1.0, 2.0])
    nodes = [cost, *cost.parents, *(node for parent in cost.parents for node in parent.parents)]

    labels = [node.label for node in nodes]

    assert labels.count("C") == 1
    assert {"y1", "y2"} <= set(labels)
    assert [p.label for p in loss(Value(3.0), 1.0).parents] == ["", "y"]


@every_loss
@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        (2, 1, "2 outputs but 1 target"),
        (1, 2, "1 output but 2 targets"),
        (0, 1, "0 outputs but 1 target"),
    ],
)
def test_outputs_and_targets_must_pair_up(loss, outputs, targets, message):
    with pytest.raises(ValueError, match=f"{message}$"):
        loss([Value(1.0)] * outputs, [0.0] * targets)


@every_loss
def test_a_cost_of_nothing_is_refused(loss):
    with pytest.raises(ValueError, match="at least one output and its target"):
        loss([], [])


@every_loss
def test_a_target_that_is_no_number_is_refused(loss):
    with pytest.raises(TypeError, match="one real number; got the string '1'"):
        loss([Value(1.0)], ["1"])
    with pytest.raises(ValueError, match="finite number; got nan"):
        loss([Value(1.0)], [float("nan")])


# --- classes: logits and margins ------------------------------------------------------------------


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def recorded(loss, z, y):
    """Return the cost and its slopes in z."""
    outputs = [Value(number) for number in z]
    cost = loss(outputs, y)
    cost.backward()
    assert cost.label == "C"
    return cost.data, [output.grad for output in outputs]


@pytest.mark.parametrize("count", [1, 2, 10])
def test_cross_entropy_is_that_of_the_softmax(count):
    generator = np.random.default_rng(count)
    z, y = generator.normal(size=count), generator.dirichlet(np.ones(count))
    cost, slopes = recorded(cross_entropy, z, y)
    assert cost == pytest.approx(-np.sum(y * np.log(softmax(z))), rel=1e-13, abs=1e-13)
    np.testing.assert_allclose(slopes, softmax(z) - y, rtol=1e-12, atol=1e-14)


def test_cross_entropy_takes_the_number_of_a_class():
    z = [0.5, -1.0, 2.0]
    assert recorded(cross_entropy, z, 2) == recorded(cross_entropy, z, [0.0, 0.0, 1.0])
    with pytest.raises(ValueError, match="there is no class 3: 3 outputs, counted from 0"):
        cross_entropy([Value(v) for v in z], 3)


def test_cross_entropy_agrees_with_log_of_the_softmax_layer():
    logits, answers = (MLP(2, [3], output_activation=g, seed=0) for g in ("linear", "softmax"))
    direct = cross_entropy(logits([1.0, 2.0]), 1)
    assert direct.data == pytest.approx(-math.log(answers([1.0, 2.0])[1].data), rel=1e-14)


@pytest.mark.parametrize(("z", "expected"), [([1e4, 0.0], 1e4), ([-1e4, 0.0], 0.0)])
def test_cross_entropy_is_stable(z, expected):
    cost, slopes = recorded(cross_entropy, z, [0.0, 1.0])
    assert cost == expected
    assert np.isfinite(slopes).all()


def test_binary_cross_entropy_is_that_of_the_sigmoid():
    z, y = np.array([0.3, -2.0, 1.0]), np.array([1.0, 0.0, 0.25])
    cost, slopes = recorded(binary_cross_entropy, z, y)
    a = 1 / (1 + np.exp(-z))
    assert cost == pytest.approx(-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)), rel=1e-13)
    np.testing.assert_allclose(slopes, a - y, rtol=1e-12)


@pytest.mark.parametrize(
    ("z", "y", "expected"), [(-1e3, 1, 1e3), (1e3, 0, 1e3), (1e3, 1, 0.0), (-1e3, 0, 0.0)]
)
def test_binary_cross_entropy_is_stable(z, y, expected):
    assert binary_cross_entropy(Value(z), y).data == expected


def test_the_hinge_is_the_missing_margin():
    a, y = np.array([0.5, 2.0, -0.5, -3.0]), np.array([1.0, 1.0, 1.0, -1.0])
    cost, slopes = recorded(hinge, a, y)
    assert cost == np.maximum(0, 1 - y * a).sum() == 2.0
    assert slopes == [-1.0, 0.0, -1.0, 0.0]


def test_l2_adds_twice_the_weight_to_its_slope():
    w = [Value(v) for v in (1.0, -2.0, 3.0)]
    cost = l2(w, 0.5)
    cost.backward()
    assert cost.data == 7.0
    assert [v.grad for v in w] == [1.0, -2.0, 3.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda z: cross_entropy(z, [0.5, 0.2]), "probabilities that add up to 1; these add up to"),
        (lambda z: cross_entropy(z, [1.0]), "2 outputs but 1 target"),
        (lambda z: binary_cross_entropy(z, [0.5, 1.5]), "a probability from 0 to 1; got 1.5"),
        (lambda z: binary_cross_entropy(z, [1, -1]), "got -1.0: write (y + 1) / 2"),
        (lambda z: hinge(z, [1, 0]), "a target of the hinge is −1 or 1; got 0.0"),
        (lambda z: l2(z, -1.0), "a strength of 0 or more; got -1.0"),
        (lambda z: l2([], 1.0), "l2 takes parameters"),
    ],
)
def test_targets_of_another_kind_are_refused(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make([Value(1.0), Value(2.0)])


@pytest.mark.parametrize("label", [np.int64(1), np.int32(1), np.uint8(1), np.array(1)])
def test_a_class_may_be_an_integer_of_numpy(label):
    z = [Value(1.0), Value(2.0), Value(0.5)]
    assert cross_entropy(z, label).data == cross_entropy(z, 1).data


def test_a_target_may_be_an_array_without_dimensions():
    assert mse(Value(2.0), np.array(1.0)).data == 1.0
