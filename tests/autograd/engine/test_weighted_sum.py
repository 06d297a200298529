"""A neuron's sum, recorded with tuples that it shares, is the row DOT all the same."""

import copy
import pickle
import random

import pytest

from autograd import Graph, Value, dot
from autograd.engine.operation import FLOATS
from autograd.engine.ops import DOT
from autograd.engine.recorder import weighted_sum
from nn import Layer, Neuron

COUNTS = (1, 2, 5, 31, 32, 33, 100)


def operands(count: int) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    rng = random.Random(count)
    weights = tuple(Value(rng.uniform(-1, 1), f"w{k}") for k in range(count + 1))
    return weights, tuple(Value(rng.uniform(-1, 1), f"x{k}") for k in range(count))


def recorded(weights: tuple[Value, ...], x: tuple[Value, ...]) -> Value:
    return weighted_sum(Value, len(x))(weights, x, (*(v.data for v in x), 1.0))


@pytest.mark.parametrize("count", COUNTS)
def test_value_parents_and_partials_are_those_of_the_row(count):
    weights, x = operands(count)
    z = recorded(weights, x)
    inputs = [v.data for v in (*weights[:-1], *x, weights[-1])]
    assert z.op is DOT
    assert z.data == DOT.forward(FLOATS, *inputs)
    assert z.partials == DOT.partials(FLOATS, z.data, *inputs)
    assert [p.label for p in z.parents] == [v.label for v in (*weights[:-1], *x, weights[-1])]


@pytest.mark.parametrize("count", COUNTS)
def test_gradients_are_those_of_dot(count):
    weights, x = operands(count)
    y = recorded(weights, x).tanh()
    y.backward()
    found = [v.grad for v in (*weights, *x)]
    y.zero_grad()
    dot(weights[:-1], x, weights[-1]).tanh().backward()
    assert [v.grad for v in (*weights, *x)] == found
    assert Graph.of(y).adjoints[0] == found[0]


def test_neurons_of_a_layer_share_their_inputs_and_examples_share_a_neuron():
    layer = Layer.from_arrays([[1.0, 2.0], [3.0, 4.0]], [0.5, -0.5], "tanh")
    x = [Value(0.1, "x1") * 1.0, Value(-0.2, "x2") * 1.0]  # computed, so that order matters
    outputs = [sum(layer(x)) for _ in range(3)]
    (total := sum(outputs)).backward()
    expected = {p.label: p.grad for p in layer.parameters()}
    graph = Graph.of(total)
    for node, adjoint in zip(graph.nodes, graph.adjoints, strict=True):
        if node.label in expected:
            assert adjoint == expected[node.label]


def test_inputs_may_be_computed_and_weights_used_twice():
    w = Value(0.5, "w")
    weights, x = (w, w, w), (w.exp(), w)
    z = recorded(weights, x)
    z.backward()
    plain = Value(0.5)
    expected = plain * plain.exp() + plain * plain + plain
    expected.backward()
    assert w.grad == pytest.approx(plain.grad, rel=1e-15)


def test_copies_and_pickles_keep_parents_in_order():
    neuron = Neuron.from_arrays([0.4, 0.2], 0.1, activation="linear")
    z = neuron([0.5, 0.1])
    for other in (copy.copy(z), copy.deepcopy(z), pickle.loads(pickle.dumps(z))):
        assert [p.label for p in other.parents] == [p.label for p in z.parents]
        assert other.partials == z.partials


def test_a_result_beyond_the_floats_names_its_operands():
    neuron = Neuron.from_arrays([1e308, 1e308], 0.0, activation="linear")
    with pytest.raises(OverflowError, match=r"dot\(w1=1e\+308"):
        neuron([10.0, 10.0])
    wide = Neuron.from_arrays([1e308] * 40, 0.0, activation="linear")
    with pytest.raises(OverflowError, match=r"dot\(w1=1e\+308"):
        wide([10.0] * 40)
