"""Examples: blocks that are recorded several times with the same weights are drawn once."""

import pytest

from autograd import Graph, Value, block, dot, page, total
from autograd.views.units import network_of
from nn import MLP, RNN, half_squared_error

X = [[0.1 * k, 0.3 - 0.2 * k] for k in range(5)]


def of_layers():
    net = MLP(2, [3, 2], "tanh", seed=0)
    return total([half_squared_error(net(x), [1.0, 0.0]) for x in X]) / len(X)


def of_blocks(share=False):
    w, u, v = (Value(0.1 * k, name) for k, name in enumerate("wuv", 1))
    inputs = [[Value(a, "x1"), Value(b, "x2")] for a, b in X]
    cost = 0.0
    for x in inputs:
        with block("hidden"):
            h = [dot([weight, w], inputs[0] if share else x).tanh() for weight in (u, v)]
        with block("out"):
            y = dot([u, v], h)
        cost = cost + (y - 0.5) ** 2
    return cost


def of_one_neuron():
    net = MLP(2, [1], "sigmoid", output_activation="sigmoid", seed=0)
    return sum((net([Value(a), Value(b)])[0] - 1.0) ** 2 for a, b in X)


@pytest.mark.parametrize(
    ("record", "sizes"), [(of_layers, [2, 3, 2]), (of_blocks, [2, 2, 1]), (of_one_neuron, [2, 1])]
)
def test_the_first_example_is_drawn_and_the_others_are_one_box(record, sizes):
    graph = Graph.of(record())
    found = network_of(graph)
    *columns, cost = found.columns
    assert [len(column.units) for column in columns] == sizes
    others = next(unit for unit in found.units if unit.kind == "fed")
    assert others.path == ("4 more examples",) and len(others.results) == 4 * sizes[-1]
    assert [found.units[k].kind for k in cost.units] == ["number", "fed"]
    inside = [node for unit in found.units for node in unit.nodes]
    assert sorted(inside) == [node.index for node in graph.nodes if node.parents]


def recurrent():
    return half_squared_error(RNN(1, 2, 1, seed=0)([[x[0]] for x in X])[-1], [0.5])


def of_one_layer():
    with block("layer"):
        y = [dot([Value(0.1 * k), Value(0.2)], [Value(1.0), Value(2.0)]) for k in range(4)]
    return total(y)


def of_a_shared_input():
    return of_blocks(share=True)


def of_products():
    x, w = Value(0.5, "x"), [Value(0.1 * k, f"w{k}") for k in range(4)]
    with block("layer"):
        return total([(k * x).tanh() for k in w])


def linked():
    w, h = Value(0.5, "w"), Value(0.1, "h")
    for x in X:
        with block("cell"):
            h = dot([w, w], [h, Value(x[0])]).tanh()
        with block("gate"):
            h = dot([w], [h]).sigmoid()
    return h


@pytest.mark.parametrize(
    "record", [recurrent, of_one_layer, of_a_shared_input, of_products, linked]
)
def test_what_feeds_itself_or_has_a_common_input_or_own_weights_is_no_example(record):
    found = network_of(Graph.of(record()))
    assert not any("example" in name for unit in found.units for name in unit.path)


def test_a_page_of_a_hundred_examples_has_the_circles_of_one():
    net = MLP(2, [16, 16, 1], "relu", seed=0)
    points = [[Value(0.01 * k), Value(1.0 - 0.02 * k)] for k in range(100)]
    margins = [(1 - net(x)[0]).relu() for x in points]
    made = page(sum(margins) * 0.01 + 1e-4 * sum(p * p for p in net.parameters()))
    (scene,) = made._data()["scenes"]
    assert sum(unit["shape"] == "circle" for unit in scene["units"]) == 2 + 16 + 16 + 1
    assert len(made.html) < 1_000_000
