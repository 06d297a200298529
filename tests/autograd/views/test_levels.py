import pytest

from autograd import Graph, Value, trace
from autograd.views.levels import scenes_of, steps_of
from autograd.views.selection import cut
from nn import MLP, half_squared_error


def network():
    return MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])


def cost(net):
    return half_squared_error(net([0.5, 0.1]), 0.8)


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


def test_steps_are_those_of_the_trace(wide):
    steps, shown = steps_of(wide, cut(wide)), cut(wide)
    expected = trace(wide)
    assert [shown.items[k].nodes for k in steps["forward"]] == [
        (s.child,) for s in expected.forward
    ]
    edges = [edge for k in steps["backward"] for edge in shown.ties[k].edges]
    assert [(e.child, e.parent, e.slot) for e in edges] == [
        (s.child, s.parent, s.slot) for s in expected.backward
    ]


@pytest.mark.parametrize("level", ["neuron", "layer"])
def test_collapsed_steps_compute_before_they_use(wide, level):
    shown = cut(wide, level=level)
    steps = steps_of(wide, shown)
    place = {box: k for k, box in enumerate(steps["forward"])}
    assert all(place.get(t.tail, -1) < place[t.head] for t in shown.ties)
    heads = [place[shown.ties[k].head] for k in steps["backward"]]
    assert heads == sorted(heads, reverse=True)


def test_boxes_leave_room_for_numbers_to_grow(wide):
    for card in scenes_of(wide)[1].data(wide)["cards"]:
        if card["kind"] in ("leaf", "node"):
            assert card["box"][2] >= 75


def test_the_layout_of_a_scene_is_sound(geometry):
    graph = Graph.of(cost(network()))
    for scene in scenes_of(graph):
        data = scene.data(graph)
        boxes = [geometry.Box(*card["box"]) for card in data["cards"]]
        assert geometry.overlaps(boxes) == []
        assert all(b.x >= 0 and b.right <= data["width"] + 0.2 for b in boxes)
