"""Neurons are found by their blocks: those of a user, of `nn`, and of a sheet."""

import pytest

from autograd import Graph, Value, Worksheet, block, dot, relu
from autograd.views.neurons import families_of, neurons_of
from nn import MLP, half_squared_error


def places(graph):
    return {
        node.name: (neuron.around, neuron.name) if neuron else None
        for node, neuron in zip(graph.nodes, neurons_of(graph), strict=True)
    }


def test_a_leaf_belongs_to_the_neuron_that_alone_uses_it_as_a_weight():
    w, x, b = Value(2.0, "w"), Value(0.5, "x"), Value(0.1, "b")
    with block("head 1"), block("query"):
        z = dot([w], [x], b)
        z.label = "z"
    found = places(Graph.of(z * b))
    assert found["w"] == found["z"] == ("head 1", "query")
    assert found["x"] is found["b"] is None


def test_labels_alone_make_no_neuron():
    w, x = Value(2.0, "W1[1,1]"), Value(0.5, "x1[1]")
    a = relu(w * x)
    a.label = "a1[1]"
    assert set(neurons_of(Graph.of(a * a))) == {None}


SHEETS = {
    "sums, then activations": "z1 = W1 @ x + b1\na1 = relu(z1)\ny = [0.6, 0.9] @ a1 + 0.2",
    "at once": "h = tanh(W1 @ x + b1)\nout = [0.6, 0.9] @ h + 0.2",
    "without biases": "s = W1 @ x\nt = sigmoid(s)\ny = [0.6, 0.9] @ t",
    "the bias first": "z = b1 + W1 @ x\na = relu(z)\ny = 0.2 + [0.6, 0.9] @ a",
}


@pytest.mark.parametrize("lines", SHEETS.values(), ids=SHEETS)
def test_the_neurons_of_a_sheet_are_its_weighted_sums_whatever_they_are_called(lines):
    given = "x = [0.5, 0.1]\nW1 = [[0.4, 0.2], [0.3, 0.7]]\nb1 = [0.1, -0.3]\n"
    names = [line.split(" = ")[0] for line in lines.splitlines()]
    sheet = f"{given}{lines}\nC = 1/2*({names[-1]} - 0.8)^2"
    found = places(Graph.of(Worksheet.parse(sheet).output))
    for row in (1, 2):
        place = ("layer 1", f"neuron {row}")
        for name in (f"W1[{row},1]", f"W1[{row},2]", *(f"{n}[{row}]" for n in names[:-1])):
            assert found[name] == place, name
    assert found[names[-1]] == ("layer 2", "neuron 1")
    assert found["x[1]"] is found["C"] is None


@pytest.mark.parametrize("line", ["C = d @ d", "C = w @ w", "C = sum(d*w)", "C = w[1]*x[1]"])
def test_what_is_no_weighted_sum_is_no_neuron(line):
    sheet = f"x = [0.5, 0.1]\nw = [1.0, 2.0]\nd = x - 0.2\n{line}"
    assert set(neurons_of(Graph.of(Worksheet.parse(sheet).output))) == {None}


def test_many_inputs_that_the_same_nodes_read_are_a_family():
    x = [Value(0.1, name) for name in [f"p{k}" for k in range(29)] + ["last"]]
    graph = Graph.of(half_squared_error(MLP(30, [2, 1], seed=0)(x), 1.0))
    assert set(families_of(graph, neurons_of(graph)).values()) == {"p0 … last"}
    few = Graph.of(half_squared_error(MLP(20, [2, 1], seed=0)(x[:20]), 1.0))
    assert not families_of(few, neurons_of(few))
