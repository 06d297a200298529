"""The list of outputs, which refuses arithmetic."""

import copy

import pytest

from autograd import Value
from nn import MLP


def test_a_network_returns_a_list_even_of_one_output():
    for network in (MLP(2, [1], seed=0), MLP(2, [3, 1], seed=0), MLP(2, [3, 2], seed=0)):
        outputs = network([1.0, 2.0])
        assert isinstance(outputs, list)
        assert len(outputs) == len(network.layers[-1].neurons)


@pytest.mark.parametrize(
    "calculate",
    [
        *(lambda y: 1 - y, lambda y: y - 1, lambda y: y + 1, lambda y: 1 + y, lambda y: y + y),
        *(lambda y: 2 * y, lambda y: y * 2, lambda y: y / 2, lambda y: y**2, lambda y: -y),
        *(lambda y: 1 / y, lambda y: abs(y), float, lambda y: y > 0.5, lambda y: sum([y, y])),
        *(lambda y: y @ y, lambda y: Value(1.0) - y, round, lambda y: f"{y:.3f}"),
    ],
)
def test_arithmetic_with_the_list_of_outputs_says_to_take_one_out(calculate):
    with pytest.raises(TypeError, match=r"net\(x\)\[0\]|one real number"):
        calculate(MLP(2, [1], seed=0)([0.5, 1.0]))


def test_what_a_value_has_is_asked_of_an_output_not_of_the_list():
    outputs = MLP(2, [2], seed=0)([0.5, 1.0])
    for name in ("data", "grad", "backward", "tanh"):
        with pytest.raises(AttributeError, match="a network returns a list, here of 2 outputs"):
            getattr(outputs, name)
    with pytest.raises(AttributeError, match=r"write net\(x\)\[k\]\.backward\(\)$"):
        outputs.backward()
    with pytest.raises(AttributeError, match="has no attribute 'shape'"):
        _ = outputs.shape
    first, second = outputs
    assert outputs == [first, second]
    assert outputs[:1] == [first]
    assert copy.copy(outputs) == outputs
    assert f"{outputs}" == str([first, second])
