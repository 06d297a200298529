"""Nudges and avenues: every number equals a gradient of the scalar engine."""

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
        wishes += [n.change * a.derivative for a in avenues(net, X, n.label).activations]
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
