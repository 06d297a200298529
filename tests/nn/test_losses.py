"""Costs against NumPy, their slopes as the textbooks have them, their labels and errors."""

import re

import numpy as np
import pytest

from autograd import Value
from nn import half_squared_error, mse, squared_error

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
def test_the_cost_is_labelled_c_and_targets_y(loss):
    cost = loss([Value(3.0), Value(4.0)], [1.0, 2.0])
    nodes = [cost, *cost.parents, *(node for parent in cost.parents for node in parent.parents)]

    labels = [node.label for node in nodes]

    assert labels.count("C") == 1
    assert {"y1", "y2"} <= set(labels)
    assert [p.label for p in loss(Value(3.0), 1.0).parents] == ["", "y"]


@every_loss
@pytest.mark.parametrize(("outputs", "targets"), [(2, 1), (1, 2), (0, 1)])
def test_outputs_and_targets_must_pair_up(loss, outputs, targets):
    message = f"{outputs} outputs but {targets} targets"

    with pytest.raises(ValueError, match=re.escape(message)):
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
