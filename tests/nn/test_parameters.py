"""Parameters in all the forms in which they are given."""

import re

import pytest

from autograd import Value
from nn import MLP, SGD, Module, Momentum, squared_error


def test_parameters_may_come_from_a_generator():
    w = [Value(1.0), Value(2.0)]
    for v in w:
        v.grad = 1.0

    SGD(0.5).step(v for v in w)

    assert [v.data for v in w] == [0.5, 1.5]


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ValueError, "there are no parameters to change: the list is empty"),
        (Module(), ValueError, "there are no parameters to change"),
        ([1.0], TypeError, "parameters are Values, such as net.parameters(); got 1.0"),
        ([Value(1.0), "w"], TypeError, "parameters are Values"),
        ([[Value(1.0)]], TypeError, "parameters are Values"),
    ],
)
def test_what_is_not_a_parameter_cannot_be_stepped(parameters, error, message):
    with pytest.raises(error, match=re.escape(message)):
        SGD(0.1).step(parameters)


def test_a_parameter_given_twice_is_stepped_once():
    w = Value(1.0, "w")
    w.grad = 1.0
    rule = Momentum(0.5)
    rule.step([w, w])
    assert (w.data, len(rule.state[0])) == (0.5, 1)


@pytest.mark.parametrize("give", [lambda net: net, lambda net: net.named_parameters()])
def test_parameters_may_be_a_model_or_pairs_with_names(give):
    net, same = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=0)
    for each in (net, same):
        squared_error(each([1.0, 2.0]), [3.0]).backward()
    SGD(0.1).step(give(net))
    SGD(0.1).step(same.parameters())
    assert [p.data for p in net.parameters()] == [p.data for p in same.parameters()]
