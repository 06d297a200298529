"""The network of a graph: units, wires and columns come from blocks and edges."""

import numpy as np
import pytest

from autograd import Graph, Value, block, dot, draw
from autograd.views.units import network_of
from nn import MLP, cross_entropy, half_squared_error


def network(sizes, activation="tanh", output="linear"):
    net = MLP(sizes[0], sizes[1:], activation, output, seed=0)
    x = np.random.default_rng(0).normal(size=sizes[0]).tolist()
    cost = half_squared_error(net(x), [0.5] * sizes[-1])
    cost.label = "C"
    cost.backward()
    return net, cost


@pytest.mark.parametrize("sizes", [(2, 2, 1), (2, 16, 16, 1), (30, 4, 3), (1, 1)])
def test_columns_are_the_layers_and_wires_the_weights(sizes):
    net, cost = network(sizes)
    found = network_of(Graph.of(cost))
    inner = [(f"layer {k}", size) for k, size in enumerate(sizes[1:], start=1)]
    expected = [("inputs", sizes[0]), *inner, ("", 1)]
    assert [(column.name, len(column.units)) for column in found.columns] == expected
    weights = {p.label: p for p in net.parameters() if p.label.startswith("W")}
    held = {
        found.graph.nodes[wire.parameter].label: wire
        for wire in found.wires
        if wire.parameter is not None
    }
    assert held.keys() == weights.keys()
    assert all(held[label].weight == w.data for label, w in weights.items())
    biases = [found.graph.nodes[unit.bias].label for unit in found.units if unit.bias is not None]
    assert sorted(biases) == sorted(p.label for p in net.parameters() if p.label.startswith("b"))


def test_every_computed_node_is_in_one_unit():
    _, cost = network((3, 4, 2), output="softmax")
    graph = Graph.of(cost)
    found = network_of(graph)
    inside = [node for unit in found.units for node in unit.nodes]
    assert sorted(inside) == [node.index for node in graph.nodes if node.parents]


def test_a_block_that_is_opened_again_makes_other_units():
    net = MLP(2, [2, 1], seed=0)
    total = net([1.0, 2.0])[0] + net([3.0, 4.0])[0]
    found = network_of(Graph.of(total))
    assert len([unit for unit in found.units if unit.path == ("layer 1", "neuron 1")]) == 2


def test_blocks_of_ones_own_are_units_whatever_the_labels():
    x, w = Value(2.0, "W9[1,1]"), Value(3.0, "x")
    with block("head 1"):
        a = dot([w], [x]).tanh()
    with block("head 2"):
        b = dot([w], [x]).sigmoid()
    found = network_of(Graph.of(a * b))
    assert {unit.path for unit in found.units if unit.kind == "neuron"} == {
        ("head 1",),
        ("head 2",),
    }


def test_a_graph_without_blocks_is_no_network():
    x = Value(2.0, "W1[1,1]")
    assert network_of(Graph.of(x * x)) is None
    with pytest.raises(ValueError, match=r"with block"):
        draw(x * x, level="network")


def test_cross_entropy_of_three_is_one_column_of_logits_and_a_cost():
    net = MLP(2, [3], seed=0)
    found = network_of(Graph.of(cross_entropy(net([1.0, 2.0]), 1)))
    assert [len(column.units) for column in found.columns] == [2, 3, 1]
