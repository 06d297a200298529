"""The table example × parameter is −∇C on average, and every row a scalar gradient."""

import numpy as np
import pytest

from nn import MLP, Data, squared_error, total_cost, votes


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


def test_no_examples_are_refused():
    network, data = trained()
    with pytest.raises(ValueError, match="at least one example"):
        votes(network, data[:0])
