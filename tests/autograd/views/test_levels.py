import pytest

from autograd import Graph, Value
from autograd.views.levels import scenes_of
from nn import MLP, half_squared_error


@pytest.fixture(scope="module")
def wide():
    """A 30-3-2 network: its inputs are a row of leaves."""
    net = MLP(30, [3, 2], activation="tanh", seed=1)
    return Graph.of(half_squared_error(net([k / 30 for k in range(30)]), [0.5, -0.5]))


def names(scene):
    return [card.name for card in scene.picture.cards]


def test_a_network_has_three_levels_of_detail(wide):
    network, nodes, neurons, layers = scenes_of(wide)
    assert type(network).__name__ == "NetworkLevel"
    assert [scene.name for scene in (nodes, neurons, layers)] == ["scalars", "neurons", "layers"]
    assert len(nodes.cut.items) == len(wide.nodes)
    assert names(neurons).count("neuron 1") == 2 and "x1 … x30" in names(neurons)
    assert {"layer 1", "layer 2", "x1 … x30", "C"} <= set(names(layers))


def test_a_graph_without_neurons_has_one_scene():
    x = Value(2.0, "x")
    assert [scene.name for scene in scenes_of(Graph.of(x * x))] == ["scalars"]


def test_collapsed_with_a_focus_its_largest_paths_are_expanded(wide):
    first, *others = scenes_of(wide, level="layer", focus=wide.index("W1[2,7]"))
    assert first.name == "paths" and [scene.name for scene in others] == ["neurons", "layers"]
    shown = set(names(first))
    assert {"W1[2,7]", "z1[2]", "a1[2]", "z2[1]", "z2[2]", "rest of layer 1"} <= shown
    held = sorted(node for item in first.cut.items for node in item.nodes)
    assert held == list(range(len(wide.nodes)))
