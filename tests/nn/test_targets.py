"""What targets mean is read from the loss and all training targets, and then never changes."""

from functools import partial

import numpy as np
import pytest

from autograd import Value, log, sigmoid, total
from nn import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    mse,
    one_hot,
    squared_error,
)
from nn.targets import TargetType, decide_type, type_of_targets

CLASSES, ONE_CLASS = one_hot([0, 1, 2], 3), one_hot([1, 1], 3)
BITS, ONES = np.array([[0.0], [1.0]]), np.array([[1.0], [1.0]])
SIGNS = np.array([[-1.0], [1.0]])
LABELS = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
SHARES = np.array([[0.9], [0.2]])
PRICES = np.array([[3.5], [0.2]])


def smoothed(outputs, targets):
    return binary_cross_entropy(outputs, [0.05 + 0.9 * y for y in targets])


def weighted(outputs, targets, weight):
    return weight * binary_cross_entropy(outputs, targets)


def huber(outputs, targets):
    e = outputs[0] - targets[0]
    return e * e / 2 if abs(e) <= 1 else abs(e) - 0.5


def on_probabilities(outputs, targets):
    a, y = outputs[0], targets[0]
    return -(y * log(a) + (1 - y) * log(1 - a))


def likelihood_of_a_count(outputs, targets):
    return total([*(z.exp() - y * z for z, y in zip(outputs, targets, strict=True))])


@pytest.mark.parametrize(
    ("loss", "y", "expected"),
    [
        (cross_entropy, CLASSES, ("classes", 0.0)),
        (cross_entropy, ONE_CLASS, ("classes", 0.0)),
        (binary_cross_entropy, CLASSES, ("classes", 0.0)),
        (squared_error, CLASSES, ("classes", 0.5)),
        (lambda o, t: 2 * squared_error(o, t), CLASSES, ("classes", 0.5)),
        (squared_error, LABELS, ("numbers", 0.5)),
        (squared_error, one_hot([1], 3), ("numbers", 0.5)),
        (binary_cross_entropy, BITS, ("label", 0.0)),
        (binary_cross_entropy, ONES, ("label", 0.0)),
        (binary_cross_entropy, SHARES, ("label", 0.0)),
        (binary_cross_entropy, LABELS, ("labels", 0.0)),
        (smoothed, BITS, ("label", 0.0)),
        (partial(weighted, weight=3.0), BITS, ("label", 0.0)),
        (lambda o, t: binary_cross_entropy(o, t), ONES, ("label", 0.0)),
        (on_probabilities, BITS, ("label", 0.5)),
        (hinge, SIGNS, ("label", 0.0)),
        (lambda o, t: 3 * hinge(o, t), SIGNS, ("label", 0.0)),
        (hinge, 2 * LABELS - 1, ("labels", 0.0)),
        (squared_error, SIGNS, ("label", 0.0)),
        (squared_error, BITS, ("label", 0.5)),
        (half_squared_error, BITS, ("label", 0.5)),
        (mse, BITS, ("label", 0.5)),
        (huber, BITS, ("label", 0.5)),
        (squared_error, ONES, ("numbers", 0.5)),
        (squared_error, PRICES, ("numbers", 0.5)),
        (squared_error, np.array([[3.5]]), ("numbers", 0.5)),
        (likelihood_of_a_count, BITS, ("numbers", 0.5)),
    ],
)
def test_what_targets_mean_is_read_from_the_loss_and_the_training_targets(loss, y, expected):
    outputs = [sigmoid(Value(0.25)) for _ in y[0]]
    cost = loss(outputs, [Value(number) for number in y[0]])
    found = decide_type(cost, outputs, y, type_of_targets(y))
    assert (found.kind, found.threshold) == expected


def test_the_caller_may_say_what_they_mean():
    outputs = [Value(0.25) * 1 for _ in range(3)]
    cost = squared_error(outputs, LABELS[0].tolist())
    declared = type_of_targets(LABELS)
    assert decide_type(cost, outputs, LABELS, declared, "labels") == TargetType("labels", 0.5)
    with pytest.raises(ValueError, match="'classes', 'label', 'labels', 'numbers'; got 'multi'"):
        decide_type(cost, outputs, LABELS, declared, "multi")


def test_what_the_data_says_counts_where_the_loss_leaves_it_open():
    outputs = [Value(0.25) * 1]
    cost = squared_error(outputs, [1.0])
    assert decide_type(cost, outputs, ONES, TargetType("label")) == TargetType("label", 0.5)
    assert decide_type(cost, outputs, BITS, TargetType("numbers")) == TargetType("numbers", 0.5)


@pytest.mark.parametrize(
    ("kind", "outputs", "y", "right"),
    [
        (TargetType("label"), [[0.2], [0.9]], ONES, [0, 1]),
        (TargetType("label", 0.0), [[0.2], [-0.9]], ONES, [1, 0]),
        (TargetType("label", 0.0), [[0.2], [-0.9]], -ONES, [0, 1]),
        (TargetType("classes"), [[0.2, 0.1, 0.9], [0, 3, 1]], ONE_CLASS, [0, 1]),
        (TargetType("labels"), [[0.9, 0.2, 0.1], [0.1, 0.2, 0.3]], LABELS, [2 / 3, 1]),
    ],
)
def test_answers_are_judged_alike_whatever_examples_are_at_hand(kind, outputs, y, right):
    outputs = np.array(outputs, float)
    assert kind.right(outputs, y) == pytest.approx(right)
    parts = [kind.right(outputs[k : k + 1], y[k : k + 1])[0] for k in range(len(y))]
    assert parts == pytest.approx(right)


def test_numbers_are_not_judged():
    assert not TargetType("numbers").is_judged
    assert TargetType("label").is_judged


@pytest.mark.parametrize(
    ("kind", "y", "message"),
    [
        ("classes", LABELS, r"example 0 are \[1.0, 0.0, 1.0\]: classes have one row of one_hot"),
        ("classes", BITS, r"example 0 are \[0.0\]: classes"),
        ("label", PRICES, r"example 0 are \[3.5\]: one label has a single target"),
        ("label", LABELS, "one label has a single target"),
        ("labels", [[1.0, 0.0], [0.0, 2.0]], r"example 1 are \[0.0, 2.0\]: several labels"),
        ("labels", BITS, "several labels have a target for each output"),
    ],
)
def test_targets_of_another_kind_are_refused_with_their_row(kind, y, message):
    with pytest.raises(ValueError, match=message):
        TargetType(kind).check(np.array(y))


@pytest.mark.parametrize(
    ("kind", "y"), [("numbers", PRICES), ("label", SIGNS), ("classes", CLASSES)]
)
def test_targets_of_the_kind_are_taken(kind, y):
    TargetType(kind).check(y)
