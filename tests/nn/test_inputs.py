"""Inputs of neurons, layers and networks."""

import numpy as np
import pytest

from autograd import Value
from nn import MLP

W1, B1 = [[0.4, 0.2], [0.3, 0.7]], [0.1, -0.3]


W2, B2 = [[0.6, 0.9]], [0.2]


def two_two_one():
    return MLP.from_arrays([W1, W2], [B1, B2], activation="relu", output_activation="linear")


def exactly(numbers):
    return pytest.approx(numbers, rel=1e-15, abs=1e-15)


def test_inputs_that_are_values_receive_gradients_and_keep_their_labels():
    pixel = Value(0.5, label="pixel")
    network = two_two_one()

    network([pixel, 0.1])[0].backward()

    assert pixel.grad == exactly(0.6 * 0.4)
    assert pixel.label == "pixel"


@pytest.mark.parametrize("make", [tuple, list, np.array, iter])
def test_inputs_may_be_any_sequence_of_numbers(make):
    assert two_two_one()(make([0.5, 0.1]))[0].data == exactly(0.392)


def test_an_input_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match="input x2: a Value holds a finite number; got nan"):
        MLP(2, [1])([0.5, float("nan")])
