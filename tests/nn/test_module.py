"""Modules as a tree: names, order, arrays and back."""

import re

import numpy as np
import pytest

from autograd import Value
from nn import MLP, Layer, Module, Neuron


class Pair(Module):
    """Two networks, a list of layers and a number of its own, and things that are no parameters."""

    def __init__(self):
        self.encoder = MLP(3, [2], seed=0)
        self.decoder = MLP(2, [3], seed=1)
        self.rest = [Layer(2, 1, seed=2), Neuron(1, seed=3)]
        self.temperature = Value(0.5, "t")
        self.cached = self.temperature * 2  # computed: no parameter
        self.name, self.sizes = "pair", [3, 2]


def test_a_tree_names_every_parameter_once():
    names = [name for name, _ in Pair().named_parameters()]
    assert names[:3] == ["encoder.W1[1,1]", "encoder.W1[1,2]", "encoder.W1[1,3]"]
    assert "decoder.b1[3]" in names
    assert names[-6:] == [
        *("rest[1].W[1,1]", "rest[1].W[1,2]", "rest[1].b[1]"),
        *("rest[2].w1", "rest[2].b", "temperature"),
    ]
    assert len(set(names)) == len(names) == 8 + 9 + 3 + 2 + 1


MODULES = {
    "neuron": lambda: Neuron(3, seed=0),
    "layer": lambda: Layer(3, 2, seed=0),
    "network": lambda: MLP(3, [4, 2], seed=0),
    "tree": Pair,
}
every_module = pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)


@every_module
def test_arrays_laid_end_to_end_are_the_parameters(make):
    module = make()
    flat = np.concatenate([array.ravel() for array in module.arrays().values()])
    assert flat.tolist() == [p.data for p in module.parameters()]
    assert [p for _, p in module.named_parameters()] == module.parameters()


@every_module
def test_arrays_go_back_bit_for_bit(make):
    module = make()
    arrays = {name: array + 0.1 for name, array in module.arrays().items()}
    module.load_arrays(arrays)
    for name, array in module.arrays().items():
        np.testing.assert_array_equal(array, arrays[name])


def test_arrays_are_copies_of_the_right_shapes():
    network = MLP(3, [4, 2], seed=0)
    arrays = network.arrays()
    assert {name: array.shape for name, array in arrays.items()} == {
        **{"W1": (4, 3), "b1": (4,), "W2": (2, 4), "b2": (2,)}
    }
    arrays["W1"][:] = 0
    assert network.parameters()[0].data != 0
    assert network.sizes == [3, 4, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("b1"), "expected the arrays ['W1', 'b1']; got ['W1']"),
        (lambda a: a.update(W9=[1.0]), "got ['W1', 'W9', 'b1']"),
        (lambda a: a.update(W1=np.ones((3, 2))), "W1 must have shape (2, 3); got shape (3, 2)"),
        (lambda a: a.update(b1=[1.0, np.inf]), "b1 holds a number that is not finite"),
    ],
)
def test_arrays_that_do_not_fit_change_nothing(change, message):
    network = MLP(3, [2], seed=0)
    before = [p.data for p in network.parameters()]
    arrays = {name: array + 1 for name, array in network.arrays().items()}
    change(arrays)
    with pytest.raises(ValueError, match=re.escape(message)):
        network.load_arrays(arrays)
    assert [p.data for p in network.parameters()] == before
