"""Scenes of boxes: the order of their steps, and where the boxes are."""

import pytest

from autograd import Graph, trace
from autograd.views.box_scene import steps_of
from autograd.views.levels import scenes_of
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
