"""Blocks as units: which are boxes, that no two feed each other, and what is inside of one."""

import math

import pytest

from autograd import Graph, Value, block, logsumexp, total
from autograd.engine.topological import order_indices
from autograd.views.units import deep_network, network_of, readable_network
from nn import GPT, MLP, RNN, half_squared_error
from nn.sequences.attention import Attention


def language_model(layers=1, tokens=3):
    gpt = GPT("abcd", context=8, size=8, heads=2, layers=layers, seed=0)
    numbers = gpt.encode("abcdabc")[: tokens + 1]
    logits = gpt.logits(numbers[:tokens])[-1]
    return logsumexp(logits) - logits[numbers[tokens]]


def recurrent(steps):
    outputs = RNN(1, 3, 1, seed=0)([[math.sin(t)] for t in range(steps)])
    return half_squared_error(outputs[-1], [0.5])


def attention():
    xs = [[Value(math.sin(t + k), f"x{t}[{k}]") for k in (1, 2)] for t in (1, 2, 3)]
    return total(Attention(2, 1, seed=0)(xs)[-1])


def deep(layers):
    net = MLP(4, [6] * layers + [1], "tanh", seed=0)
    return half_squared_error(net([0.5, -0.2, 0.1, 0.9]), [0.5])


GRAPHS = {
    "GPT": language_model,
    "GPT of 3 layers": lambda: language_model(3, 5),
    "RNN": lambda: recurrent(40),
    "RNN of 3 steps": lambda: recurrent(3),
    "attention": attention,
    "MLP": lambda: deep(18),
}


def inner_paths(network):
    return {unit.path for unit in network.units if unit.kind == "block"} & set(network.blocks.units)


@pytest.mark.parametrize("name", GRAPHS)
def test_units_cover_the_graph_and_none_feed_each_other_wherever_it_is_opened(name):
    graph = Graph.of(GRAPHS[name]())
    network = readable_network(network_of(graph))
    shown = [network, *(deep_network(graph, network.blocks, p) for p in inner_paths(network))]
    for one in shown:
        inside = [node for unit in one.units for node in unit.nodes]
        assert sorted(inside) == [node.index for node in graph.nodes if node.parents]
        later = [[] for _ in one.units]
        for wire in one.wires:
            later[wire.tail].append(wire.head)
        assert len(order_indices(later)) == len(one.units)
        column = {k: place for place, found in enumerate(one.columns) for k in found.units}
        fed = {k for k, unit in enumerate(one.units) if unit.kind == "fed"}
        for wire in one.wires:  # what is fed to a block stands below it
            assert column[wire.tail] < column[wire.head] + (wire.tail in fed)


@pytest.mark.parametrize(
    ("name", "boxes"),
    [
        ("GPT", ["embedding", "attention", "MLP", "logits"]),
        ("GPT of 3 layers", ["embedding", "layer 1", "layer 2", "layer 3", "logits"]),
        ("MLP", [f"layer {k}" for k in range(1, 20)]),
        ("RNN", [f"step {k}" for k in range(1, 41)]),
        ("RNN of 3 steps", [f"step {k}" for k in range(1, 4)]),
        ("attention", ["token 1", "token 2", "token 3", "head 1", "token 3"]),
    ],
)
def test_a_deep_network_is_its_blocks(name, boxes):
    network = readable_network(network_of(Graph.of(GRAPHS[name]())))
    found = [u.path[-1] for column in network.columns for k in column.units
             if (u := network.units[k]).kind == "block"]  # fmt: skip
    assert found == boxes


def test_few_columns_stay_circles():
    network = network_of(Graph.of(deep(3)))
    assert readable_network(network) is network


def test_a_block_that_is_left_and_entered_again_is_several_boxes():
    x = y = Value(0.5, "x")
    for _ in range(20):
        with block("a"):
            x, y = (x * y).tanh(), (x + y).tanh()
        with block("b"):
            x, y = (x - y).tanh(), (x * 2.0).tanh()
    network = readable_network(network_of(Graph.of(x * y)))
    blocks = [unit for unit in network.units if unit.kind == "block"]
    assert len(blocks) == 40 and {unit.path for unit in blocks} == {("a",), ("b",)}


def test_what_leaves_a_block_are_its_results():
    network = readable_network(network_of(Graph.of(recurrent(40))))
    step = next(unit for unit in network.units if unit.path == ("step 7",))
    assert [network.graph.nodes[k].label for k in step.results] == [f"h7[{k}]" for k in (1, 2, 3)]


def test_many_boxes_around_an_opened_block_are_two():
    graph = Graph.of(recurrent(40))
    network = readable_network(network_of(graph))
    found = deep_network(graph, network.blocks, ("step 9",))
    names = [unit.path[-1] for unit in found.units if unit.kind == "block"]
    assert sorted(names) == ["step 1 … step 8", "step 10 … step 40"]
