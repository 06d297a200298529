"""Neurons, layers and networks: the published numbers, hand-written NumPy, labels and errors."""

import copy
import math
import re
from itertools import pairwise

import numpy as np
import pytest

from autograd import Value, tanh
from autograd.engine import ops
from nn import MLP, SGD, Layer, Module, Neuron, half_squared_error, mse, predict, squared_error

# --- the 2-2-1 hand computation -------------------------------------------------------------------

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


# --- against NumPy --------------------------------------------------------------------------------


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


def test_activations_may_differ_from_layer_to_layer():
    network = MLP(2, [3, 3, 1], activation=["tanh", "relu"], output_activation="sigmoid", seed=0)

    assert [layer.activation for layer in network.layers] == ["tanh", "relu", "sigmoid"]
    (output,) = network([1.0, 2.0])
    assert output.op is ops.SIGMOID


# --- seeds ----------------------------------------------------------------------------------------


def bits(network):
    return [p.data.hex() for p in network.parameters()]


def test_a_seed_gives_the_same_bits_and_another_seed_others():
    assert bits(MLP(3, [4, 1], seed=7)) == bits(MLP(3, [4, 1], seed=7))
    assert bits(MLP(3, [4, 1], seed=7)) == bits(MLP(3, [4, 1], seed=np.random.default_rng(7)))
    assert bits(MLP(3, [4, 1], seed=7)) != bits(MLP(3, [4, 1], seed=8))


def test_a_generator_goes_on_from_network_to_network():
    generator = np.random.default_rng(7)

    assert bits(MLP(3, [4, 1], seed=generator)) != bits(MLP(3, [4, 1], seed=generator))


def test_weights_and_gradients_are_the_same_under_every_hash_seed(run_python):
    source = """
from nn import MLP, squared_error
network = MLP(5, [4, 3], activation="tanh", seed=3)
squared_error(network([0.1, 0.2, 0.3, 0.4, 0.5]), [1, 0, 1]).backward()
print([(name, p.data.hex(), p.grad.hex()) for name, p in network.named_parameters()])
"""
    assert run_python(source, PYTHONHASHSEED="1") == run_python(source, PYTHONHASHSEED="2")


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / 400), ("tanh", 2 / 600)])
def test_initial_weights_have_the_variance_that_fits_the_activation(activation, variance):
    layer = Layer(400, 200, activation=activation, seed=0)

    weights = np.array([w.data for neuron in layer.neurons for w in neuron.w])

    assert weights.var() == pytest.approx(variance, rel=0.02)
    assert abs(weights.mean()) < 0.001
    assert all(neuron.b.data == 0 for neuron in layer.neurons)


# --- labels, order, shapes of what comes out ------------------------------------------------------


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


def test_a_neuron_alone_is_labelled_without_layer_and_place():
    neuron = Neuron.from_arrays([0.4, 0.2], 0.1, activation="relu")

    a = neuron([0.5, 0.1])

    (z,) = a.parents
    assert (a.label, z.label) == ("a", "z")
    assert [parent.label for parent in z.parents] == ["w1", "w2", "x1", "x2", "b"]
    assert z.op is ops.DOT
    assert z.data == exactly(0.32)


def test_a_layer_alone_is_labelled_without_its_number():
    layer = Layer.from_arrays([[1.0, 2.0], [3.0, 4.0]], [0.5, -0.5], activation="tanh")

    outputs = layer([0.1, 0.2])

    assert [output.label for output in outputs] == ["a[1]", "a[2]"]
    assert [name for name, _ in layer.named_parameters()] == [
        *("W[1,1]", "W[1,2]", "W[2,1]", "W[2,2]", "b[1]", "b[2]"),
    ]


def test_a_linear_neuron_is_its_weighted_sum_one_node():
    z = Neuron.from_arrays([2.0], 1.0, activation="linear")([3.0])

    assert (z.label, z.op, z.data) == ("z", ops.DOT, 7.0)


def test_a_network_returns_a_list_even_of_one_output():
    for network in (MLP(2, [1], seed=0), MLP(2, [3, 1], seed=0), MLP(2, [3, 2], seed=0)):
        outputs = network([1.0, 2.0])
        assert isinstance(outputs, list)
        assert len(outputs) == len(network.layers[-1].neurons)


def test_inputs_that_are_values_receive_gradients_and_keep_their_labels():
    pixel = Value(0.5, label="pixel")
    network = two_two_one()

    network([pixel, 0.1])[0].backward()

    assert pixel.grad == exactly(0.6 * 0.4)
    assert pixel.label == "pixel"


@pytest.mark.parametrize("make", [tuple, list, np.array, iter])
def test_inputs_may_be_any_sequence_of_numbers(make):
    assert two_two_one()(make([0.5, 0.1]))[0].data == exactly(0.392)


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


# --- learning -------------------------------------------------------------------------------------


def test_a_small_network_learns_exclusive_or():
    points, wanted = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]
    network, rule = MLP(2, [4, 1], activation="tanh", seed=1), SGD(0.3)

    def cost():
        return mse([network(point)[0] for point in points], wanted)

    for _ in range(300):
        network.zero_grad()
        cost().backward()
        rule.step(network.parameters())

    assert cost().data < 1e-3
    assert [round(network(point)[0].data) for point in points] == wanted


# --- errors say what to write ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MLP(2, [1])([1.0]), "expected 2 inputs, one for each weight; got 1"),
        (lambda: Neuron(2)([1.0, 2.0, 3.0]), "expected 2 inputs, one for each weight; got 3"),
        (lambda: Layer(2, 2)([]), "expected 2 inputs, one for each weight; got 0"),
        (lambda: MLP(2, []), "a network has at least one layer"),
        (lambda: MLP(0, [1]), "1 or more; got 0"),
        (lambda: Layer(2, 0), "1 or more; got 0"),
        (lambda: MLP(2, [3, 1], activation="selu"), "no activation is named 'selu'; there are"),
        (lambda: Neuron(2, "softmax"), "softmax is an activation of a whole layer"),
        (
            lambda: MLP(2, [3, 3, 1], activation=["relu"]),
            "2 hidden layers but 1 activations: ['relu']",
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
        (lambda: MLP(1, [1])(0.5), "inputs are a list, one number for each weight; got 0.5: write"),
        (lambda: MLP(1, [1])(np.array(0.5)), "inputs are a list, one number for each weight; got"),
        (
            lambda: MLP(2, [1])({0: 0.5, 1: 1.0}),
            "list of numbers, in order; got a dict",
        ),
        (lambda: MLP(2, [1])({0.5, 1.0}), "inputs are a list of numbers, in order; got a set"),
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


def test_an_input_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match="input x2: a Value holds a finite number; got nan"):
        MLP(2, [1])([0.5, float("nan")])


# --- outputs are a list ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "calculate",
    [
        *(lambda y: 1 - y, lambda y: y - 1, lambda y: y + 1, lambda y: 1 + y, lambda y: y + y),
        *(lambda y: 2 * y, lambda y: y * 2, lambda y: y / 2, lambda y: y**2, lambda y: -y),
        *(lambda y: 1 / y, lambda y: abs(y), float, lambda y: y > 0.5, lambda y: sum([y, y])),
        *(lambda y: y @ y, lambda y: Value(1.0) - y, round, lambda y: f"{y:.3f}"),
    ],
)
def test_arithmetic_with_the_list_of_outputs_says_to_take_one_out(calculate):
    with pytest.raises(TypeError, match=r"net\(x\)\[0\]|one real number"):
        calculate(MLP(2, [1], seed=0)([0.5, 1.0]))


def test_what_a_value_has_is_asked_of_an_output_not_of_the_list():
    outputs = MLP(2, [2], seed=0)([0.5, 1.0])
    for name in ("data", "grad", "backward", "tanh"):
        with pytest.raises(AttributeError, match="a network returns a list, here of 2 outputs"):
            getattr(outputs, name)
    with pytest.raises(AttributeError, match="has no attribute 'shape'"):
        _ = outputs.shape
    first, second = outputs
    assert outputs == [first, second]
    assert outputs[:1] == [first]
    assert copy.copy(outputs) == outputs
    assert f"{outputs}" == str([first, second])


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


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        *(("he", 2 / 400), ("glorot", 2 / 600), ("lecun", 1 / 400), ("zeros", 0.0)),
        *(("he_uniform", 2 / 400), ("glorot_uniform", 2 / 600), ("lecun_uniform", 1 / 400)),
    ],
)
def test_a_beginning_is_given_by_name(name, variance):
    weights = Layer(400, 200, seed=0, initialization=name).weights
    assert weights.var() == pytest.approx(variance, rel=0.02)
    if name.endswith("uniform"):
        assert abs(weights).max() == pytest.approx(math.sqrt(3 * variance), rel=0.01)


def test_a_beginning_may_be_a_function_and_the_default_is_the_one_that_fits():
    net = MLP(2, [2, 1], initialization=lambda n, m, generator: np.full((m, n), n + m), seed=0)
    assert net.arrays()["W1"].tolist() == [[4, 4], [4, 4]]
    assert net.arrays()["W2"].tolist() == [[3, 3]]
    by_name = {
        g: Layer(5, 4, g, 0, initialization=i) for g, i in (("relu", "he"), ("tanh", "glorot"))
    }
    for g, layer in by_name.items():
        assert bits(layer) == bits(Layer(5, 4, g, 0))


@pytest.mark.parametrize(
    ("initialization", "message"),
    [
        (
            "xavier",
            "no initialization is named 'xavier'; there are he, glorot, lecun, zeros, ",
        ),
        ("xavier_uniform", "xavier is called glorot here"),
        ("kaiming", "kaiming is called he here"),
        ("zeros_normal", "no initialization is named 'zeros_normal'"),
        (lambda n, m, g: np.ones((n, m)), "must return W of shape (2, 3); got (3, 2)"),
        (lambda n, m, g: np.full((m, n), np.nan), "the initial W[0, 0] is nan"),
    ],
)
def test_an_unknown_beginning_is_refused(initialization, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Layer(3, 2, initialization=initialization)


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


def test_a_module_without_parameters_has_none_and_that_is_no_error():
    class Empty(Module):
        pass

    Empty().zero_grad()
    assert Empty().parameters() == []
    assert Empty().arrays() == {}


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
