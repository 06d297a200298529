"""One neuron: labels, nodes and parameters."""

import numpy as np
import pytest

from autograd import tanh
from autograd.engine import ops
from nn import MLP, Neuron, predict


def exactly(numbers):
    return pytest.approx(numbers, rel=1e-15, abs=1e-15)


def bits(network):
    return [p.data.hex() for p in network.parameters()]


def test_a_neuron_alone_is_labeled_without_layer_and_place():
    neuron = Neuron.from_arrays([0.4, 0.2], 0.1, activation="relu")

    a = neuron([0.5, 0.1])

    (z,) = a.parents
    assert (a.label, z.label) == ("a", "z")
    assert [parent.label for parent in z.parents] == ["w1", "w2", "x1", "x2", "b"]
    assert z.op is ops.DOT
    assert z.data == exactly(0.32)


def test_a_linear_neuron_is_its_weighted_sum_one_node():
    z = Neuron.from_arrays([2.0], 1.0, activation="linear")([3.0])

    assert (z.label, z.op, z.data) == ("z", ops.DOT, 7.0)


def softsign(z):
    return z / (1 + abs(z))


def test_an_activation_may_be_a_function_of_values():
    net = MLP(2, [3, 1], softsign, seed=0)
    assert repr(net) == "<MLP 2-3-1: softsign, linear; 13 weights and biases>"
    w1, b1, w2, b2 = net.arrays().values()
    x = np.array([0.5, -1.0])
    z = w1 @ x + b1
    assert net(x)[0].data == exactly((w2 @ (z / (1 + abs(z))) + b2)[0])
    assert predict(net, x)[0, 0] == exactly(net(x)[0].data)
    assert MLP(2, [3, 1], tanh).layers[0].activation == "tanh"
    assert bits(MLP(2, [3, 1], np.tanh, seed=0)) == bits(MLP(2, [3, 1], "tanh", seed=0))


def test_parameters_that_a_subclass_adds_to_neurons_come_in_one_order(run_python):
    source = (
        "from nn import Layer\n"
        "from autograd import Value\n"
        "layer = Layer(2, 2, seed=0)\n"
        "for neuron in layer.neurons:\n"
        "    neuron.gain, neuron.shift, neuron.power = Value(1.0), Value(2.0), Value(3.0)\n"
        "print([p.data for p in layer.parameters()][-6:])\n"
    )
    orders = {run_python(source, PYTHONHASHSEED=seed) for seed in ("1", "2", "3")}
    assert orders == {"[1.0, 2.0, 3.0, 1.0, 2.0, 3.0]\n"}
