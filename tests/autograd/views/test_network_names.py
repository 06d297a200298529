"""What circles are called."""

import pytest

from autograd import Graph
from autograd.views.network_names import names_of
from autograd.views.units import network_of
from nn import MLP, half_squared_error


def network(outputs):
    net = MLP(2, [3, outputs], seed=0)
    return network_of(Graph.of(half_squared_error(net([1.0, 2.0]), [0.0] * outputs)))


def shown(network, names=None):
    return [name for name in names_of(network, names) if name]


def test_several_outputs_are_numbered_from_0_as_digits_are():
    assert {"0", "1", "2", "3"} <= set(shown(network(4)))


def test_outputs_carry_the_names_of_their_classes():
    assert {"cat", "dog"} <= set(shown(network(2), ["cat", "dog"]))


@pytest.mark.parametrize("names", [["cat"], "ab", ["a", "b", "c"]])
def test_there_is_one_name_for_each_output(names):
    with pytest.raises(ValueError, match="each of the 2 outputs"):
        names_of(network(2), names)
