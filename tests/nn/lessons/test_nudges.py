"""Nudges and avenues: every number equals a gradient of the scalar engine."""

import re

import numpy as np
import pytest

from autograd import Value
from nn import MLP, avenues, cross_entropy, half_squared_error, nudges, squared_error

X = [0.5, -1.0, 0.25]


def network(output="sigmoid", seed=0):
    return MLP(3, [4, 5, 2], "tanh", output, seed=seed)


@pytest.mark.parametrize("output", ["sigmoid", "linear", "softmax"])
@pytest.mark.parametrize("loss", [squared_error, half_squared_error])
def test_every_nudge_is_minus_the_gradient_of_its_activation(output, loss):
    net, y = network(output), [1.0, 0.0]
    found = nudges(net, X, y, loss)
    layers = net.activations([Value(v) for v in X])
    cost = loss(layers[-1], y)
    cost.backward()
    assert found.cost == cost.data
    for ours, activations in zip(found.layers, layers, strict=True):
        assert [n.label for n in ours] == [a.label for a in activations]
        assert [n.activation for n in ours] == [a.data for a in activations]
        assert [n.change for n in ours] == pytest.approx([-a.grad for a in activations], rel=1e-12)


def test_an_output_is_nudged_in_proportion_to_its_distance_from_its_target():
    found = nudges(network(), X, [1.0, 0.0]).outputs
    assert [n.change for n in found] == pytest.approx(
        [2 * (n.target - n.activation) for n in found], rel=1e-14
    )
    assert found[0].change > 0 > found[1].change


def test_the_nudges_of_a_layer_are_the_summed_wishes_of_the_next():
    net = network()
    found = nudges(net, X, [1.0, 0.0])
    wishes = np.zeros(5)
    for n in found.outputs:
        wishes += [n.change * a.change for a in avenues(net, X, n.label).activations]
    np.testing.assert_allclose([n.change for n in found.layers[1]], wishes, rtol=1e-12)


def test_the_class_may_be_given_by_its_number():
    assert nudges(network("linear"), X, 1, cross_entropy) == nudges(
        network("linear"), X, [0.0, 1.0], cross_entropy
    )


def test_nobodys_gradient_is_touched():
    net = network()
    for p in net.parameters():
        p.grad = 7.0
    nudges(net, X, [1.0, 0.0])
    avenues(net, X, "a2[1]")
    assert all(p.grad == 7.0 for p in net.parameters())


def test_the_table_names_every_output_and_the_strongest_of_hidden_layers():
    text = str(nudges(MLP(2, [12, 2], "tanh", "sigmoid", seed=0), [1.0, 2.0], [1.0, 0.0]))
    assert "a2[1]" in text
    assert "wanted" in text
    assert "↑" in text
    assert "↓" in text
    assert "… and 4 weaker ones" in text


@pytest.mark.parametrize("output", ["sigmoid", "linear", "softmax"])
@pytest.mark.parametrize("neuron", [(1, 2), (2, 5), (3, 1)])
def test_every_avenue_is_a_gradient_of_the_neuron(output, neuron):
    net = network(output)
    found = avenues(net, X, neuron)
    leaves = [Value(v, f"x{i}") for i, v in enumerate(X, start=1)]
    layers = [leaves, *net.activations(leaves)]
    a, before = layers[neuron[0]][neuron[1] - 1], layers[neuron[0] - 1]
    a.backward()
    own = net.layers[neuron[0] - 1].neurons[neuron[1] - 1]
    assert (found.label, found.activation) == (a.label, a.data)
    assert found.bias.change == own.b.grad == found.slope
    assert [w.change for w in found.weights] == pytest.approx([w.grad for w in own.w], rel=1e-12)
    assert [v.change for v in found.activations] == pytest.approx(
        [v.grad for v in before], rel=1e-12
    )


def test_the_avenues_are_in_proportion_to_activations_and_to_weights():
    net = network()
    found = avenues(net, X, "a2[3]")
    own = net.layers[1].neurons[2]
    assert [w.reason for w in found.weights] == [v.data for v in found.activations]
    assert [v.reason for v in found.activations] == [w.data for w in own.w]
    for avenue in (*found.weights, *found.activations):
        assert avenue.change == pytest.approx(found.slope * avenue.reason, rel=1e-12)
        assert f"{avenue.label} " in str(found)


def test_a_neuron_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=re.escape("no neuron 'a9[1]'; there are a1[1] to a3[2]")):
        avenues(network(), X, "a9[1]")
    with pytest.raises(ValueError, match="expected 3 inputs"):
        nudges(network(), [1.0], [1.0, 0.0])
