"""Networks: the hand computation, gradients against NumPy, and learning."""

from itertools import pairwise

import numpy as np
import pytest

from autograd.engine import ops
from nn import MLP, SGD, half_squared_error, squared_error

W1, B1 = [[0.4, 0.2], [0.3, 0.7]], [0.1, -0.3]


W2, B2 = [[0.6, 0.9]], [0.2]


def two_two_one():
    return MLP.from_arrays([W1, W2], [B1, B2], activation="relu", output_activation="linear")


def exactly(numbers):
    return pytest.approx(numbers, rel=1e-15, abs=1e-15)


def nodes_by_label(output):
    found, rest = {}, [output]
    while rest:
        node = rest.pop()
        found[node.label] = node
        rest += node.parents
    return found


def test_the_hand_computation_forward():
    (output,) = two_two_one()([0.5, 0.1])
    nodes = nodes_by_label(output)

    assert [nodes["z1[1]"].data, nodes["z1[2]"].data] == exactly([0.32, -0.08])
    assert [nodes["a1[1]"].data, nodes["a1[2]"].data] == exactly([0.32, 0.0])
    assert output.label == "z2[1]"
    assert output.data == exactly(0.392)
    assert half_squared_error(output, 0.8).data == exactly(0.083232)


def test_the_hand_computation_backward():
    network = two_two_one()
    cost = half_squared_error(network([0.5, 0.1]), 0.8)

    cost.backward()

    nodes = nodes_by_label(cost)
    assert nodes["z2[1]"].grad == exactly(-0.408)
    assert [nodes["z1[1]"].grad, nodes["z1[2]"].grad] == exactly([-0.2448, 0.0])
    assert {label: p.grad for label, p in network.named_parameters()} == exactly(
        {
            "W1[1,1]": -0.1224,
            "W1[1,2]": -0.02448,
            "W1[2,1]": 0.0,
            "W1[2,2]": 0.0,
            "b1[1]": -0.2448,
            "b1[2]": 0.0,
            "W2[1,1]": -0.13056,
            "W2[1,2]": 0.0,
            "b2[1]": -0.408,
        }
    )


def test_the_hand_computation_update():
    network = two_two_one()
    half_squared_error(network([0.5, 0.1]), 0.8).backward()

    SGD(learning_rate=0.1).step(network.parameters())

    assert {label: p.data for label, p in network.named_parameters()} == exactly(
        {
            "W1[1,1]": 0.41224,
            "W1[1,2]": 0.202448,
            "W1[2,1]": 0.3,
            "W1[2,2]": 0.7,
            "b1[1]": 0.12448,
            "b1[2]": -0.3,
            "W2[1,1]": 0.613056,
            "W2[1,2]": 0.9,
            "b2[1]": 0.2408,
        }
    )


def test_repeated_steps_drive_the_error_down():
    network, rule, costs = two_two_one(), SGD(0.1), []
    for _ in range(40):
        cost = half_squared_error(network([0.5, 0.1]), 0.8)
        network.zero_grad()
        cost.backward()
        rule.step(network.parameters())
        costs.append(cost.data)

    assert all(later < earlier for earlier, later in pairwise(costs))
    assert costs[-1] < 1e-6


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backpropagated(weights, biases, x, y):
    """The four equations for a sigmoid network and Σ(a − y)²: cost, ∂C/∂W and ∂C/∂b by layer."""
    activations = [x]
    for w, b in zip(weights, biases, strict=True):
        activations.append(sigmoid(w @ activations[-1] + b))
    a = activations[-1]
    cost = np.sum((a - y) ** 2)
    delta = 2 * (a - y) * a * (1 - a)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        before = activations[layer]
        of_weights.insert(0, np.outer(delta, before))
        of_biases.insert(0, delta)
        delta = weights[layer].T @ delta * before * (1 - before)
    return cost, of_weights, of_biases


def as_arrays(network):
    weights = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in network.layers]
    biases = [np.array([n.b.data for n in layer.neurons]) for layer in network.layers]
    return weights, biases


def test_all_gradients_of_the_digits_network_agree_with_numpy():
    network = MLP(784, [16, 16, 10], activation="sigmoid", output_activation="sigmoid", seed=0)
    x, y = np.random.default_rng(1).random(784), np.eye(10)[3]

    cost = squared_error(network(x), y)
    cost.backward()

    expected, of_weights, of_biases = backpropagated(*as_arrays(network), x, y)
    layers = zip(of_weights, of_biases, strict=True)
    gradients = np.concatenate([part.ravel() for layer in layers for part in layer])
    assert gradients.size == len(network.parameters()) == 13_002
    assert cost.data == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose([p.grad for p in network.parameters()], gradients, rtol=1e-12)


def test_activations_may_differ_from_layer_to_layer():
    network = MLP(2, [3, 3, 1], activation=["tanh", "relu"], output_activation="sigmoid", seed=0)

    assert [layer.activation for layer in network.layers] == ["tanh", "relu", "sigmoid"]
    (output,) = network([1.0, 2.0])
    assert output.op is ops.SIGMOID


def test_parameters_come_layer_by_layer_w_row_by_row_then_b():
    names = [name for name, _ in MLP(2, [2, 1], seed=0).named_parameters()]

    assert names == [
        *("W1[1,1]", "W1[1,2]", "W1[2,1]", "W1[2,2]", "b1[1]", "b1[2]"),
        *("W2[1,1]", "W2[1,2]", "b2[1]"),
    ]


def test_parameters_are_the_values_themselves_in_the_same_order_each_time():
    network = MLP(2, [2, 1], seed=0)

    first, second = network.parameters(), network.parameters()

    assert all(a is b for a, b in zip(first, second, strict=True))
    assert first[0] is network.layers[0].neurons[0].w[0]


def test_zero_grad_clears_every_parameter():
    network = two_two_one()
    half_squared_error(network([0.5, 0.1]), 0.8).backward()

    network.zero_grad()

    assert all(p.grad == 0 for p in network.parameters())


def test_gradients_of_a_batch_add_up():
    examples = [([0.5, 0.1], 0.8), ([0.2, 0.9], 0.1)]
    together, apart = two_two_one(), two_two_one()

    for x, y in examples:
        half_squared_error(together(x), y).backward()
    sum(half_squared_error(apart(x), y) for x, y in examples).backward()

    assert [p.grad for p in together.parameters()] == exactly([p.grad for p in apart.parameters()])
