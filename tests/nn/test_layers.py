"""Layers: activations, labels, shapes, biases and errors."""

import math
import re

import numpy as np
import pytest

from nn import MLP, Layer, Module, Neuron, predict

# The 2-2-1 hand computation.

W1, B1 = [[0.4, 0.2], [0.3, 0.7]], [0.1, -0.3]
W2, B2 = [[0.6, 0.9]], [0.2]


def exactly(numbers):
    return pytest.approx(numbers, rel=1e-15, abs=1e-15)


# --- against NumPy --------------------------------------------------------------------------------


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("relu", lambda z: np.maximum(z, 0)),
        ("sigmoid", sigmoid),
        ("tanh", np.tanh),
        ("linear", lambda z: z),
        ("softplus", lambda z: np.log1p(np.exp(z))),
    ],
)
def test_each_activation_is_the_function_of_that_name(name, function):
    layer = Layer(3, 4, activation=name, seed=5)
    x = [0.5, -1.0, 2.0]

    w = np.array([[v.data for v in neuron.w] for neuron in layer.neurons])

    np.testing.assert_allclose([a.data for a in layer(x)], function(w @ x), rtol=1e-14)


# --- labels, order, shapes of what comes out ------------------------------------------------------


def test_a_layer_alone_is_labeled_without_its_number():
    layer = Layer.from_arrays([[1.0, 2.0], [3.0, 4.0]], [0.5, -0.5], activation="tanh")

    outputs = layer([0.1, 0.2])

    assert [output.label for output in outputs] == ["a[1]", "a[2]"]
    assert [name for name, _ in layer.named_parameters()] == [
        *("W[1,1]", "W[1,2]", "W[2,1]", "W[2,2]", "b[1]", "b[2]"),
    ]


# --- errors say what to write ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP(2, [1])([1.0]), "expected 2 inputs; got 1"),
        (lambda: Neuron(2)([1.0, 2.0, 3.0]), "expected 2 inputs; got 3"),
        (lambda: Layer(2, 2)([]), "expected 2 inputs; got 0"),
        (lambda: MLP(2, []), "a network has at least one layer"),
        (lambda: MLP(0, [1]), "1 or more; got 0"),
        (lambda: Layer(2, 0), "1 or more; got 0"),
        (lambda: MLP(2, [3, 1], activation="selu"), "no activation is named 'selu'; there are"),
        (lambda: Neuron(2, "softmax"), "softmax is an activation of a whole layer"),
        (
            lambda: MLP(2, [3, 3, 1], activation=["relu"]),
            "2 hidden layers but 1 activation: ['relu']",
        ),
        (
            lambda: Layer.from_arrays([[1.0, 2.0]], [0.0, 0.0]),
            "W has 1 rows, one per neuron, but b has 2 numbers. W is of shape (outputs, inputs); "
            "is it transposed?",
        ),
        (lambda: Layer.from_arrays([1.0, 2.0], [0.0]), "W must have shape (outputs, inputs)"),
        (lambda: Layer.from_arrays([[1.0]], [[0.0]]), "b must have shape (outputs,)"),
        (lambda: Neuron.from_arrays([[1.0, 2.0]]), "w must have shape (inputs,); got shape (1, 2)"),
        (lambda: MLP.from_arrays([], []), "a network has at least one layer"),
        (lambda: MLP.from_arrays([W1, W2], [B1]), "2 weight matrices but 1 bias vectors"),
        (
            lambda: MLP.from_arrays([W1, [[0.6, 0.9, 1.0]]], [B1, B2]),
            "W2 takes 3 inputs, but layer 1 has 2 neurons. W is of shape (outputs, inputs)",
        ),
        (
            lambda: MLP.from_arrays([W1, [[0.6], [0.9]]], [B1, B2]),
            "W2 has 2 rows, one per neuron, but b2 has 1 numbers",
        ),
        (
            lambda: MLP.from_arrays([[[float("nan")]]], [[0.0]]),
            "W1[0, 0] is nan; it must be ",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP(2, 3), "write [3]"),
        (lambda: MLP(2, {3: 1}), "sizes is a list, the output layer last: write list(…) of it"),
        (lambda: MLP(2.0, [1]), "the number of inputs must be a whole number, 1 or more; got 2.0"),
        (lambda: MLP(2, [3.0, 1]), "number of neurons must be a whole number, 1 or more; got 3.0"),
        (lambda: MLP(2, [2.5]), "the number of neurons must be a whole number, 1 or more; got 2.5"),
        (lambda: MLP(2, [None]), "the number of neurons must be a whole number"),
        (lambda: Layer("2", 1), "the number of inputs must be a whole number, 1 or more; got '2'"),
        (lambda: Neuron(True), "the number of inputs must be a whole number, 1 or more; got True"),
        (lambda: MLP(2, [1], seed="0"), "seed must be an int, a numpy Generator or None; got '0'"),
        (lambda: MLP(2, [3, 1], activation=3), "an activation is a name such as"),
        (lambda: MLP(2, [3, 1], activation=None), "an activation is a name such as"),
        (lambda: Neuron(2, activation=math.tanh), "the activation tanh must"),
        (lambda: Layer(2, 1, activation=float), "the activation float must"),
        (
            lambda: Layer(2, 1, activation=lambda a, b: a),
            "must take one Value; it raised",
        ),
        (lambda: Layer(2, 1, activation=lambda z: z.data), "must return a Value; it returned 0.5"),
        (lambda: Layer(2, 1, initialization=3), "initialization is a name or a function; got 3"),
        (lambda: MLP.from_arrays({"W1": W1}, [B1]), "weights and biases are lists"),
        (lambda: MLP.from_arrays([W1], {"b1": B1}), "weights and biases are lists"),
        (lambda: Neuron.from_arrays("abc"), "w must hold numbers; got text"),
        (
            lambda: MLP(1, [1])(0.5),
            "inputs are a list with one number for each input; got 0.5: write",
        ),
        (
            lambda: MLP(1, [1])(np.array(0.5)),
            "inputs are a list with one number for each input; got",
        ),
        (
            lambda: MLP(2, [1])({0: 0.5, 1: 1.0}),
            "list of numbers, in order; got {0: 0.5, 1: 1.0}",
        ),
        (lambda: MLP(2, [1])({0.5, 1.0}), "inputs are a list of numbers, in order; got {"),
        (lambda: MLP(2, [1])([[0.5, 1.0]]), "inputs are those of one example, a list of 2 numbers"),
        (lambda: MLP(2, [1])(np.ones((3, 2))), "got 3 rows: loop over the rows, or write predict("),
        (lambda: MLP(2, [1])("ab"), "input x1: a Value holds one real number; got the string 'a'"),
        (
            lambda: MLP(2, [1])([0.5, 1j]),
            "input x2: a Value holds one real number; got the",
        ),
        (lambda: MLP(2, [1])([0.5, None]), "input x2: a Value holds one real number; got None"),
    ],
)
def test_what_is_of_the_wrong_kind_is_refused_with_what_to_write(make, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        make()


# --- no bias, other beginnings, functions as activations ------------------------------------------


def test_a_layer_may_have_no_bias():
    net = MLP(2, [2, 1], "tanh", bias=False, seed=0)
    assert [name for name, _ in net.named_parameters()][3:] == ["W1[2,2]", "W2[1,1]", "W2[1,2]"]
    w1, w2 = net.arrays().values()
    x = np.array([0.5, -1.0])
    assert net(x)[0].data == exactly((w2 @ np.tanh(w1 @ x))[0])
    assert predict(net, x)[0] == exactly(w2 @ np.tanh(w1 @ x))
    net(x)[0].backward()
    assert all(p.grad for p in net.parameters())
    assert repr(net.layers[0]) == "<Layer of 2 neurons on 2 inputs: tanh, no bias>"
    assert repr(Neuron(1, bias=False)) == "<Neuron of 1 input: relu, no bias>"


def test_arrays_may_leave_biases_out_for_all_layers_or_for_one():
    assert MLP.from_arrays([[[1.0, 2.0]]], None)([3.0, 4.0])[0].data == 11.0
    mixed = MLP.from_arrays([W1, W2], [None, B2])
    assert list(mixed.arrays()) == ["W1", "W2", "b2"]
    assert Neuron.from_arrays([2.0], None, "linear")([3.0]).data == 6.0
    assert Neuron.from_arrays([2.0], None).b is None


def test_a_module_without_parameters_has_none_and_that_is_no_error():
    class Empty(Module):
        pass

    Empty().zero_grad()
    assert Empty().parameters() == []
    assert Empty().arrays() == {}
