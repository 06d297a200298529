"""BP1 to BP4 against the gradients of the scalar engine, to 1e-12, for every kind of network."""

import re

import numpy as np
import pytest

from nn import (
    MLP,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    mse,
    squared_error,
)
from nn.matrix import (
    backward,
    bias_gradient,
    cost_gradient,
    forward,
    hidden_error,
    output_error,
    softmax_error,
    weight_gradient,
)

LOSSES = [half_squared_error, squared_error, mse]
ACTIVATIONS = ["relu", "sigmoid", "tanh", "leaky_relu", "softplus", "silu", "gelu", "sin"]


def scalar_gradients(network, x, y, loss):
    cost = loss(network(x), y)
    network.zero_grad()
    cost.backward()
    return [p.grad for p in network.parameters()]


def pinned(network, x, y, loss):
    """Assert that all gradients of the two agree to 1e-12 of the largest."""
    found = backward(network, forward(network, x), y, loss).flat
    expected = np.array(scalar_gradients(network, x, y, loss))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [[1], [3], [4, 2], [5, 4, 3, 2]])
def test_pinned_to_the_scalar_engine(sizes, activation, loss):
    generator = np.random.default_rng(len(sizes))
    network = MLP(3, sizes, activation, "tanh", seed=generator)
    pinned(network, generator.normal(size=3), generator.normal(size=sizes[-1]), loss)


@pytest.mark.parametrize(
    ("output", "loss", "y"),
    [
        ("linear", cross_entropy, [0.0, 1.0, 0.0]),
        ("linear", binary_cross_entropy, [0.0, 1.0, 0.25]),
        ("linear", hinge, [1.0, -1.0, 1.0]),
        ("softmax", squared_error, [0.0, 1.0, 0.0]),
        ("softmax", half_squared_error, [0.2, 0.3, 0.5]),
    ],
)
def test_pinned_for_classes_and_softmax(output, loss, y):
    pinned(MLP(4, [5, 3], "tanh", output, seed=1), [0.5, -1.0, 2.0, 0.1], y, loss)


def test_pinned_for_all_13002_gradients_of_the_digits_network():
    network = MLP(784, [16, 16, 10], "sigmoid", "sigmoid", seed=0)
    pinned(network, np.random.default_rng(1).random(784), np.eye(10)[3], squared_error)


def test_the_hand_computation():
    network = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    numbers = forward(network, [0.5, 0.1])
    back = backward(network, numbers, 0.8)
    near = {"rel": 1e-15, "abs": 1e-15}
    assert numbers.z[0] == pytest.approx([0.32, -0.08], **near)
    assert numbers.a[2] == pytest.approx([0.392], **near)
    assert cost_gradient(half_squared_error, [0.392], 0.8)[0] == pytest.approx(0.083232, **near)
    assert back.errors[1] == pytest.approx([-0.408], **near)
    assert back.errors[0] == pytest.approx([-0.2448, 0], **near)
    assert back.weights[0].ravel() == pytest.approx([-0.1224, -0.02448, 0, 0], **near)
    assert back.biases[0] == pytest.approx([-0.2448, 0], **near)


def test_each_equation_is_its_formula():
    g, s, a = np.array([2.0, -3.0]), np.array([0.5, 0.25]), np.array([1.0, 2.0, 3.0])
    w = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert output_error(g, s).tolist() == [1.0, -0.75]
    # The transpose that one text leaves out: W is 2×3, δ of the next layer has 2 entries.
    assert hidden_error(w, g, a).tolist() == [-10.0, -22.0, -36.0]
    assert bias_gradient(g) is g
    assert weight_gradient(g, a).tolist() == [[2.0, 4.0, 6.0], [-3.0, -6.0, -9.0]]
    assert softmax_error(g, s) @ [1, 1] == pytest.approx(s @ g * (1 - s.sum()))


def test_columns_are_examples():
    network = MLP(3, [4, 2], "tanh", "softmax", seed=0)
    x = np.random.default_rng(0).normal(size=(3, 5))
    columns = forward(network, x)
    for k in range(5):
        for whole, single in zip(columns.a, forward(network, x[:, k]).a, strict=True):
            np.testing.assert_allclose(whole[:, k], single, rtol=1e-14)
        outputs = [a.data for a in network(x[:, k])]
        np.testing.assert_allclose(columns.a[-1][:, k], outputs, rtol=1e-14)


def test_what_does_not_fit_is_refused():
    network = MLP(3, [2], seed=0)
    with pytest.raises(ValueError, match=re.escape("(3,) or (3, examples); got (2,)")):
        forward(network, [1.0, 2.0])
    with pytest.raises(ValueError, match="hold for one example"):
        backward(network, forward(network, np.ones((3, 4))), [0, 0])
    with pytest.raises(ValueError, match="2 outputs but 1 target"):
        backward(network, forward(network, np.ones(3)), 0.5)
    hidden = MLP(3, [2, 2], "softmax", seed=0)
    with pytest.raises(ValueError, match="softmax at the output only"):
        backward(hidden, forward(hidden, np.ones(3)), [0, 0])
