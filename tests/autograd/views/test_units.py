"""The network of a graph: units, wires and columns come from blocks and edges."""

import numpy as np
import pytest

from autograd import Graph, Value, block, dot, draw, total
from autograd.views.network_names import names_of
from autograd.views.units import folded_network, network_of, readable_network
from nn import (
    MLP,
    RNN,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    mse,
    squared_error,
)
from nn.sequences.attention import Attention


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


LOSSES = {
    "half squared error": (half_squared_error, [0.5, -1.0]),
    "squared error": (squared_error, [0.5, -1.0]),
    "mean squared error": (mse, [0.5, -1.0]),
    "cross-entropy": (cross_entropy, [0.0, 1.0]),
    "binary cross-entropy": (binary_cross_entropy, [0.0, 1.0]),
    "hinge": (hinge, [1.0, -1.0]),
    "by hand": (lambda a, y: (a[0] - y[0]) ** 2 + (y[1] - a[1]) ** 2, [0.5, -1.0]),
}


@pytest.mark.parametrize(("loss", "targets"), LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("as_values", [True, False])
def test_an_output_knows_the_target_that_the_cost_compares_it_with(loss, targets, as_values):
    outputs = MLP(2, [3, 2], seed=0)([1.0, 2.0])
    found = network_of(Graph.of(loss(outputs, [*map(Value, targets)] if as_values else targets)))
    told = {u.result: u.target for u in found.units if u.target is not None}
    assert [found.graph.nodes[told[k]].data for k in sorted(told)] == targets
    assert {found.units[k].path[0] for k in found.columns[2].units} == {"layer 2"}


def test_what_an_output_is_multiplied_with_is_no_target():
    (output,) = MLP(2, [3, 1], seed=0)([1.0, 2.0])
    found = network_of(Graph.of(output * Value(0.5, "scale") - 3.0 * Value(1.0, "other")))
    assert all(unit.target is None for unit in found.units)


def test_each_step_of_a_recurrence_stands_above_the_input_that_it_reads():
    outputs = RNN(2, 3, 1, seed=0)([[0.1 * t, 1.0] for t in range(9)])
    found = readable_network(network_of(Graph.of(half_squared_error(outputs[-1], [0.5]))))
    kinds = [[found.units[k].kind for k in column.units] for column in found.columns]
    assert kinds == [["block", "fed"]] * 9 + [["number"]]
    fed = [u.results for u in found.units if u.kind == "fed"]
    labels = sorted([found.graph.nodes[x].label for x in xs] for xs in fed)
    assert labels == [[f"x{t}[1]", f"x{t}[2]"] for t in range(1, 10)]


@pytest.mark.parametrize("labels", ["hwux", ""])
def test_the_first_step_of_a_hand_written_recurrence_also_shows_its_own_inputs(labels):
    h, w, u = (
        Value(x, name if labels else "") for x, name in zip((0.1, 0.7, 0.5), "hwu", strict=True)
    )
    for t in range(1, 15):
        h = (w * h + u * Value(t / 10, f"x{t}" if labels else "")).tanh()
    network = folded_network(Graph.of(h))
    fed = [k for k, unit in enumerate(network.units) if unit.kind == "fed"]
    inputs = [[network.graph.nodes[leaf].data for leaf in network.units[k].results] for k in fed]
    assert sorted(map(sorted, inputs)) == sorted([[0.1, 0.1], *([t / 10] for t in range(2, 15))])
    names = [names_of(network)[k] for k in fed]
    assert names == (["h, x1", *(f"x{t}" for t in range(2, 15))] if labels else ["input"] * 14)


def test_the_inputs_of_blocks_beside_each_other_stand_before_them_in_their_order():
    xs = [[Value(t + k / 10, f"x{t}[{k}]") for k in (1, 2)] for t in (1, 2, 3)]
    network = readable_network(network_of(Graph.of(total(Attention(2, 1, seed=0)(xs)[2]))))
    columns = [[names_of(network)[k] for k in column.units] for column in network.columns]
    assert columns[:2] == [["x1", "x2", "x3"], ["token 1", "token 2", "token 3"]]
