"""Parameters ranked by the size of their gradients, and compared in words."""

import numpy as np
import pytest

from autograd import Value
from nn import MLP, Data, sensitivities, total_cost


def trained():
    generator = np.random.default_rng(0)
    data = Data(generator.normal(size=(12, 3)), generator.random((12, 2)))
    return MLP(3, [4, 2], "tanh", "sigmoid", seed=0), data


def test_sensitivities_are_ranked_and_compared():
    parameters = [Value(0.0, label) for label in "abcd"]
    for parameter, gradient in zip(parameters, (0.1, -3.2, 0.0, 0.4), strict=True):
        parameter.grad = gradient
    found = sensitivities(parameters)
    assert [entry.label for entry in found] == ["b", "d", "a", "c"]
    assert found.most(2) == found[:2]
    assert [entry.label for entry in found.least(2)] == ["a", "d"]
    assert (len(found), found.idle, found[0].gradient) == (4, 1, -3.2)
    assert found.compare("a", "b") == ("the cost is 32× more sensitive to b (−3.2) than to a (0.1)")
    assert found.compare("c", "a") == "to first order, the cost reacts to a (0.1) but not to c"
    assert "To first order, it does not react to 1 of 4 at all." in str(found)
    with pytest.raises(ValueError, match="no parameter is labeled 'e'"):
        found.compare("a", "e")


def test_sensitivities_of_a_network_are_its_gradients():
    network, data = trained()
    with pytest.raises(ValueError, match="call backward"):
        sensitivities(network)
    total_cost(network, data)
    found = sensitivities(network)
    sizes = [abs(entry.gradient) for entry in found]
    assert sizes == sorted(sizes, reverse=True)
    assert {entry.label: entry.gradient for entry in found} == {
        label: p.grad for label, p in network.named_parameters()
    }
    assert "and least, of those whose gradient is not 0, to" in str(found)
