"""The table example × parameter is −∇C on average, and every row a scalar gradient; rankings."""

import numpy as np
import pytest

from autograd import Value
from nn import MLP, Data, sensitivities, squared_error, total_cost, votes


def trained():
    generator = np.random.default_rng(0)
    data = Data(generator.normal(size=(12, 3)), generator.random((12, 2)))
    return MLP(3, [4, 2], "tanh", "sigmoid", seed=0), data


def test_every_row_is_minus_the_gradient_of_its_example():
    network, data = trained()
    found = votes(network, data)
    assert found.labels == tuple(label for label, _ in network.named_parameters())
    for row, x, y in zip(found.table, data.x, data.y, strict=True):
        network.zero_grad()
        squared_error(network(x), y).backward()
        np.testing.assert_allclose(row, [-p.grad for p in network.parameters()], rtol=1e-11)


def test_the_average_is_minus_the_gradient_of_the_whole_cost():
    network, data = trained()
    found = votes(network, data)
    total_cost(network, data)
    expected = [-p.grad for p in network.parameters()]
    np.testing.assert_allclose(found.average, expected, rtol=1e-11)
    text = str(found)
    assert "the 6 most wanted of 26" in text
    assert "average" in text
    assert "⋮" in text


def test_one_example_alone_would_call_everything_its_own_class():
    network = MLP(1, [2], output_activation="sigmoid", seed=0)
    one = Data([[1.0]], [[0.0, 1.0]])
    step = dict(zip(*(lambda v: (v.labels, v.average))(votes(network, one)), strict=True))
    assert step["b1[2]"] > 0 > step["b1[1]"]


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
    assert found.compare("c", "a") == "the cost does not react to c at all, and to a with 0.1"
    assert "1 of 4 parameters do not matter here at all" in str(found)
    with pytest.raises(ValueError, match="no parameter is labelled 'e'"):
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
    assert "and least, of those that matter at all, to" in str(found)


def test_no_examples_are_refused():
    network, data = trained()
    with pytest.raises(ValueError, match="at least one example"):
        votes(network, data[:0])
