"""Neurons are found by labels, and in expanded networks by what lies between them."""

from autograd import Graph, Value, dot, relu
from autograd.views.neurons import NeuronPlace, neurons_of


def network(*, label="W1[{},{}]"):
    x = [Value(0.5, label="x1[1]"), Value(0.1, label="x1[2]")]
    activations = []
    for row in (1, 2):
        weights = [Value(0.1 * row, label=label.format(row, column)) for column in (1, 2)]
        z = dot(weights, x, Value(0.3, label=f"b1[{row}]"))
        z.label = f"z1[{row}]"
        activations.append(relu(z))
        activations[-1].label = f"a1[{row}]"
    output = activations[0] * activations[1]
    output.label = "C"
    return Graph.of(output)


def by_name(graph):
    return {node.name: neuron for node, neuron in zip(graph.nodes, neurons_of(graph), strict=True)}


def test_weights_bias_sum_and_activation_of_a_neuron_belong_together():
    found = by_name(network())
    for name in ("W1[2,1]", "W1[2,2]", "b1[2]", "z1[2]", "a1[2]"):
        assert found[name] == NeuronPlace(1, 2)
    assert found["C"] is None


def test_inputs_are_no_neurons_when_none_is_computed_under_their_name():
    x = Value(1.0, label="x1[1]")
    assert by_name(Graph.of(x * x))["x1[1]"] is None


def test_products_and_sums_of_an_expanded_neuron_belong_to_it():
    graph = network().expand()
    unnamed = [
        neuron
        for node, neuron in zip(graph.nodes, neurons_of(graph), strict=True)
        if not node.label
    ]
    assert sorted(unnamed) == [NeuronPlace(1, 1)] * 3 + [NeuronPlace(1, 2)] * 3


def test_other_labels_are_no_neurons():
    labels = ("W", "W1", "W1[a]", "1[1]", "W1[1", "x" * 5000 + "1[1]", "W1[1] ", "W1[1]]")
    total = sum(Value(1.0, label=label) * 2 for label in labels)
    assert set(neurons_of(Graph.of(total))) == {None}
