"""The three ways to raise an activation."""

import re

import pytest

from autograd import Value
from nn import MLP, avenues, nudges

X = [0.5, -1.0, 0.25]


def network(output="sigmoid", seed=0):
    return MLP(3, [4, 5, 2], "tanh", output, seed=seed)


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
    assert found.bias.derivative == own.b.grad == found.slope
    assert [w.derivative for w in found.weights] == pytest.approx(
        [w.grad for w in own.w], rel=1e-12
    )
    assert [v.derivative for v in found.activations] == pytest.approx(
        [v.grad for v in before], rel=1e-12
    )


def test_the_avenues_are_in_proportion_to_activations_and_to_weights():
    net = network()
    found = avenues(net, X, "a2[3]")
    own = net.layers[1].neurons[2]
    assert [w.factor for w in found.weights] == [v.data for v in found.activations]
    assert [v.factor for v in found.activations] == [w.data for w in own.w]
    for avenue in (*found.weights, *found.activations):
        assert avenue.derivative == pytest.approx(found.slope * avenue.factor, rel=1e-12)
        assert f"{avenue.label} " in str(found)


def test_the_avenues_of_a_softmax_do_not_claim_to_be_in_proportion_to_the_weights():
    shared, alone = avenues(network("softmax"), X, (3, 1)), avenues(network("softmax"), X, (2, 1))
    assert shared.depends_on_others
    assert "the activations before it, which act on the other neurons too:" in str(shared)
    assert not alone.depends_on_others
    assert "the activations before it, in proportion to their weights:" in str(alone)


def test_a_neuron_that_is_not_there_is_refused():
    message = "no neuron 'a9[1]'; give a label from a1[1] to a3[2]"
    with pytest.raises(ValueError, match=re.escape(message)):
        avenues(network(), X, "a9[1]")
    with pytest.raises(ValueError, match="expected 3 inputs"):
        nudges(network(), [1.0], [1.0, 0.0])
