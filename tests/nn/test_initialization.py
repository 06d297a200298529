"""Initial weights: seeds, variances, names and functions."""

import math
import re

import numpy as np
import pytest

from nn import MLP, Layer


def bits(network):
    return [p.data.hex() for p in network.parameters()]


def test_a_seed_gives_the_same_bits_and_another_seed_others():
    assert bits(MLP(3, [4, 1], seed=7)) == bits(MLP(3, [4, 1], seed=7))
    assert bits(MLP(3, [4, 1], seed=7)) == bits(MLP(3, [4, 1], seed=np.random.default_rng(7)))
    assert bits(MLP(3, [4, 1], seed=7)) != bits(MLP(3, [4, 1], seed=8))


def test_a_generator_goes_on_from_network_to_network():
    generator = np.random.default_rng(7)

    assert bits(MLP(3, [4, 1], seed=generator)) != bits(MLP(3, [4, 1], seed=generator))


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / 400), ("tanh", 2 / 600)])
def test_initial_weights_have_the_variance_that_fits_the_activation(activation, variance):
    layer = Layer(400, 200, activation=activation, seed=0)

    weights = np.array([w.data for neuron in layer.neurons for w in neuron.w])

    assert weights.var() == pytest.approx(variance, rel=0.02)
    assert abs(weights.mean()) < 0.001
    assert all(neuron.b.data == 0 for neuron in layer.neurons)


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
