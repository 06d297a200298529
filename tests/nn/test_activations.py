"""Activations by name and by row; softmax; the same rows over NumPy columns."""

import math
import re

import numpy as np
import pytest

from autograd import Value
from autograd.engine import ops
from autograd.engine.operation import OPS
from nn import MLP, Layer, Neuron
from nn.activations import activate, activation_operation, slope, softmax

NAMES = ["linear", "relu", "leaky_relu", "leaky_relu(0.3)", "sigmoid", "tanh", "gelu", "silu"]


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_slopes_agree_with_the_values(name):
    z = np.array([-2.0, -0.5, 0.0, 0.3, 4.0])
    columns = activate(name, z)
    slopes = slope(name, z, columns)
    for k, number in enumerate(z):
        leaf = Value(number)
        neuron = Neuron.from_arrays([1.0], 0.0, name)
        a = neuron([leaf])
        a.backward()
        assert columns[k] == pytest.approx(a.data, rel=1e-14, abs=1e-300)
        assert slopes[k] == pytest.approx(leaf.grad, rel=1e-14, abs=1e-300)


def test_a_row_serves_as_well_as_its_name():
    by_name, by_row = (MLP(2, [3, 1], activation=g, seed=0) for g in ("tanh", ops.TANH))
    assert by_name([1.0, 2.0])[0].data == by_row([1.0, 2.0])[0].data
    assert [layer.activation for layer in by_row.layers] == ["tanh", "linear"]


def test_a_row_with_a_constant_is_found_again_by_its_name():
    row = ops.make_leaky_relu(0.2)
    layer = Layer(2, 2, activation=row, seed=0)
    assert activation_operation(layer.activation) is row
    assert Neuron.from_arrays([1.0], 0.0, "leaky_relu(0.2)")([-10.0]).data == -2.0


@pytest.mark.parametrize("name", [op.name for op in OPS.values() if op.arity == 1])
def test_every_operation_of_one_number_is_an_activation(name):
    x = 4.0 if name == "acosh" else 0.5
    assert Neuron.from_arrays([0.5], 0.25, name)([x]).op is OPS[name]


@pytest.mark.parametrize("name", ["leaky_relu", "softplus", "silu", "gelu"])
def test_the_family_of_relu_starts_as_relu_does(name):
    def weights(g):
        return [p.data for p in Layer(50, 3, g, seed=0).parameters()]

    assert weights(name) == weights("relu") != weights("tanh")


def test_softmax_is_positive_adds_up_to_1_and_is_labeled():
    outputs = MLP(3, [4, 5], "tanh", "softmax", seed=0)([1.0, -2.0, 0.5])
    assert [a.label for a in outputs] == [f"a2[{i}]" for i in range(1, 6)]
    assert all(a.data > 0 for a in outputs)
    assert math.fsum(a.data for a in outputs) == pytest.approx(1, rel=1e-15)


def test_softmax_agrees_with_its_definition_and_jacobian():
    z = [Value(v) for v in (0.1, -1.0, 2.0)]
    a = softmax(z)
    expected = np.exp([0.1, -1.0, 2.0])
    expected /= expected.sum()
    np.testing.assert_allclose([v.data for v in a], expected, rtol=1e-15)
    np.testing.assert_allclose(
        activate("softmax", np.array([0.1, -1.0, 2.0])), expected, rtol=1e-15
    )
    a[1].backward()
    jacobian = expected[1] * (np.eye(3)[1] - expected)
    np.testing.assert_allclose([v.grad for v in z], jacobian, rtol=1e-14)


def test_softmax_does_not_overflow():
    assert [a.data for a in softmax([Value(1e4), Value(-1e4)])] == [1.0, 0.0]
    assert activate("softmax", np.array([1e4, -1e4])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        ("selu", "no activation is named 'selu'; there are linear, softmax, leaky_relu, "),
        ("add", "an activation is an operation of one number; add is not"),
        (ops.DOT, "an activation is an operation of one number; dot is not"),
        ("softmax", "softmax is an activation of a whole layer, not of one neuron"),
    ],
)
def test_what_is_no_activation_is_refused(activation, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Neuron(2, activation)
