"""Modules as a tree: names, order, arrays and back."""

import copy
import pickle
import re

import numpy as np
import pytest

from autograd import Value
from nn import MLP, Dropout, Layer, Module, Neuron


class Pair(Module):
    """Two networks, a list of layers and a number of its own, and things that are no parameters."""

    def __init__(self):
        self.encoder = MLP(3, [2], seed=0)
        self.decoder = MLP(2, [3], seed=1)
        self.rest = [Layer(2, 1, seed=2), Neuron(1, seed=3)]
        self.temperature = Value(0.5, "t")
        self.cached = self.temperature * 2  # computed: no parameter
        self.name, self.sizes = "pair", [3, 2]


def test_a_tree_names_every_parameter_once():
    names = [name for name, _ in Pair().named_parameters()]
    assert names[:3] == ["encoder.W1[1,1]", "encoder.W1[1,2]", "encoder.W1[1,3]"]
    assert "decoder.b1[3]" in names
    assert names[-6:] == [
        *("rest[1].W[1,1]", "rest[1].W[1,2]", "rest[1].b[1]"),
        *("rest[2].w1", "rest[2].b", "temperature"),
    ]
    assert len(set(names)) == len(names) == 8 + 9 + 3 + 2 + 1


MODULES = {
    "neuron": lambda: Neuron(3, seed=0),
    "layer": lambda: Layer(3, 2, seed=0),
    "network": lambda: MLP(3, [4, 2], seed=0),
    "tree": Pair,
}
every_module = pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)


@every_module
def test_arrays_laid_end_to_end_are_the_parameters(make):
    module = make()
    flat = np.concatenate([array.ravel() for array in module.arrays().values()])
    assert flat.tolist() == [p.data for p in module.parameters()]
    assert [p for _, p in module.named_parameters()] == module.parameters()


@every_module
def test_arrays_go_back_bit_for_bit(make):
    module = make()
    arrays = {name: array + 0.1 for name, array in module.arrays().items()}
    module.load_arrays(arrays)
    for name, array in module.arrays().items():
        np.testing.assert_array_equal(array, arrays[name])


def test_arrays_are_copies_of_the_right_shapes():
    network = MLP(3, [4, 2], seed=0)
    arrays = network.arrays()
    assert {name: array.shape for name, array in arrays.items()} == {
        **{"W1": (4, 3), "b1": (4,), "W2": (2, 4), "b2": (2,)}
    }
    arrays["W1"][:] = 0
    assert network.parameters()[0].data != 0
    assert network.sizes == [3, 4, 2]


class Nested(Module):
    """Parameters in every kind of container, tied ones, and things that are no parameters."""

    def __init__(self):
        shared = Layer(2, 2, "tanh", seed=0, number=1)
        self.first, self.second = shared, shared
        self.rows = [[Value(1.0), Value(2.0)], (Value(3.0),)]
        self.named = {"w": Value(4.0), "deep": {"v": [Value(5.0)]}}
        self.matrix = np.array([[Value(6.0), Value(7.0)]], dtype=object)
        self.again = [self.named["w"], self.matrix[0, 1], Value(8.0)]
        self.mixed = np.array([self.rows[0][0], Value(9.0), 3.0], dtype=object)
        self.itself = self
        self.text, self.numbers, self.range = "text", np.ones(3), range(10)
        self.computed = Value(1.0) * 2

    def __call__(self, x):
        return self.second(self.first(x))


def test_parameters_are_found_in_lists_of_lists_dicts_and_arrays_each_once():
    assert [name for name, _ in Nested().named_parameters()] == [
        *("first.W1[1,1]", "first.W1[1,2]", "first.W1[2,1]", "first.W1[2,2]"),
        *("first.b1[1]", "first.b1[2]", "rows[1,1]", "rows[1,2]", "rows[2,1]"),
        *("named.w", "named.deep.v[1]", "matrix[1,1]", "matrix[1,2]", "again[3]", "mixed[2]"),
    ]
    shapes = {name: array.shape for name, array in Nested().arrays().items()}
    assert shapes["first.W1"] == (2, 2)
    assert shapes["matrix"] == (1, 2)
    assert shapes["rows[1,1]"] == ()


def test_an_array_with_a_parameter_that_was_seen_before_leaves_it_out():
    module = Module()
    module.a = Value(1.0)
    module.w = np.array([module.a, Value(2.0), Value(3.0)], dtype=object)
    module.twice = np.array([module.w[1], module.w[1]], dtype=object)
    assert {k: v.tolist() for k, v in module.arrays().items()} == {"a": 1, "w[2]": 2, "w[3]": 3}


def test_a_subclass_keeps_its_layers_first_and_adds_its_own_parameters():
    class Scaled(MLP):
        def __init__(self):
            self.scale = Value(2.0)
            super().__init__(2, [1], seed=0)
            self.head = Layer(1, 1, seed=0)

    class Gained(Layer):
        gain: Value

    assert [name for name, _ in Scaled().named_parameters()] == [
        *("W1[1,1]", "W1[1,2]", "b1[1]", "scale", "head.W[1,1]", "head.b[1]"),
    ]
    layer = Gained(1, 1, seed=0)
    layer.gain = Value(3.0)
    assert list(layer.arrays()) == ["W", "b", "gain"]
    net = MLP(2, [2, 2], seed=0)
    net.layers.append(Layer(2, 1, seed=0))
    net.layers.append(net.layers[0])
    assert list(net.arrays()) == ["W1", "b1", "W2", "b2", "layers[3].W", "layers[3].b"]


def test_a_network_may_have_layers_of_another_kind_and_neurons_parameters_of_their_own():
    net = MLP(2, [3, 1], seed=0)
    net.layers.insert(1, Dropout(0.5))
    assert list(net.arrays()) == ["W1", "b1", "W2", "b2"]
    assert net.sizes == [2, 3, 1]
    assert repr(net) == "<MLP 2-3-1: relu, <Dropout of 0.5>, linear; 13 weights and biases>"
    assert not vars(Neuron(1))
    layer = Layer(1, 2, seed=0)
    layer.neurons[1].gain = Value(3.0)
    assert [name for name, _ in layer.named_parameters()][-2:] == ["b[2]", "neurons[2].gain"]


def test_parameters_in_a_set_are_refused():
    module = Module()
    module.w = {Value(1.0)}
    with pytest.raises(TypeError, match="w is a set, whose order is not stable"):
        module.parameters()
    module.w = {1.0, "a"}
    assert module.parameters() == []


def test_a_module_without_a_call_says_what_it_needs():
    class Forward(Module):
        def forward(self, x):
            return x

    with pytest.raises(NotImplementedError, match=re.escape("needs a method __call__(self, x)")):
        Module()([1.0])
    with pytest.raises(NotImplementedError, match="here it is not called forward"):
        Forward()([1.0])
    assert repr(Pair()) == "<Pair: 23 parameters>"


COPIES = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize(
    "make",
    [
        lambda: Neuron(2, seed=0),
        lambda: Neuron(2, "linear", seed=0, bias=False),
        lambda: Layer(2, 2, "softmax", seed=0),
        lambda: MLP(2, [3, 1], "leaky_relu(0.2)", seed=0),
        lambda: MLP(2, [3, 1], Value.tanh, seed=0),
        lambda: MLP(2, [3, 1], softsign, seed=0),
        lambda: MLP(2, [40, 1], bias=False, seed=0),
        Pair,
    ],
    ids=["neuron", "no bias", "softmax", "leaky", "method", "function", "wide", "tree"],
)
def test_networks_are_copied_whole(make, copied):
    module = make()
    twin = copied(module)
    assert module.named_parameters()[0][0] == twin.named_parameters()[0][0]
    assert not set(module.parameters()) & set(twin.parameters())
    assert [p.data for p in module.parameters()] == [p.data for p in twin.parameters()]
    if not isinstance(module, Pair):
        assert outputs_of(module, [0.5, -0.25]) == outputs_of(twin, [0.5, -0.25])


def softsign(z):
    return z / (1 + abs(z))


def outputs_of(module, x):
    outputs = module(x)
    return [outputs.data] if isinstance(outputs, Value) else [a.data for a in outputs]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("b1"), "expected the arrays ['W1', 'b1']; got ['W1']"),
        (lambda a: a.update(W9=[1.0]), "got ['W1', 'W9', 'b1']"),
        (lambda a: a.update(W1=np.ones((3, 2))), "W1 must have shape (2, 3); got shape (3, 2)"),
        (lambda a: a.update(b1=[1.0, np.inf]), "b1[1] is inf; it must be finite"),
    ],
)
def test_arrays_that_do_not_fit_change_nothing(change, message):
    network = MLP(3, [2], seed=0)
    before = [p.data for p in network.parameters()]
    arrays = {name: array + 1 for name, array in network.arrays().items()}
    change(arrays)
    with pytest.raises(ValueError, match=re.escape(message)):
        network.load_arrays(arrays)
    assert [p.data for p in network.parameters()] == before
