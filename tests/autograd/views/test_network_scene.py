"""Where a network is drawn: nothing overlaps, and only the strongest wires are shown."""

from itertools import pairwise
from math import hypot

import numpy as np
import pytest

from autograd import Graph, Value, block, draw
from autograd.views.network_data import network_data
from autograd.views.network_scene import MOST_WIRES, scene_of
from autograd.views.units import network_of
from nn import MLP, half_squared_error

SIZES = [(2, 2, 1), (2, 16, 16, 1), (64, 16, 16, 10), (40, 30, 3), (784, 16, 16, 10)]


def scene(sizes):
    net = MLP(sizes[0], list(sizes[1:]), "tanh", seed=0)
    x = np.random.default_rng(0).random(sizes[0]).tolist()
    cost = half_squared_error(net(x), [0.5] * sizes[-1])
    cost.backward()
    return scene_of(network_of(Graph.of(cost)))


def reach(spot):
    return (spot.width / 2, spot.height / 2) if spot.shape == "box" else (spot.radius, spot.radius)


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "-".join(map(str, sizes)))
def test_units_neither_overlap_nor_leave_the_picture(sizes):
    found = scene(sizes)
    for column in found.network.columns:
        spots = [found.spots[k] for k in column.units]
        for one, two in pairwise(spots):
            assert hypot(one.x - two.x, one.y - two.y) >= reach(one)[1] + reach(two)[1] - 1e-6
    for spot in found.spots:
        wide, high = reach(spot)
        assert wide <= spot.x <= found.width - wide and high <= spot.y <= found.height - high


def test_few_units_are_circles_with_room_for_their_number_and_784_are_the_digit():
    assert all(s.radius >= 18 for s in scene((2, 2, 1)).spots if s.shape == "circle")
    pixels = [spot for spot in scene((784, 16, 16, 10)).spots if spot.shape == "pixel"]
    assert len({spot.x for spot in pixels}) == len({spot.y for spot in pixels}) == 28


def test_one_scale_holds_for_all_circles_and_weights():
    found = scene((2, 16, 16, 1))
    graph, units = found.network.graph, found.network.units
    for spot in (spot for spot in found.spots if spot.shape == "circle"):
        node = units[spot.unit].result
        assert spot.fill * found.scale.value == pytest.approx(graph.nodes[node].data)
        assert spot.ring * found.scale.gradient == pytest.approx(graph.adjoints[node])
    for line in found.lines:
        wire = found.network.wires[line.wire]
        weight = 0 if wire.parameter is None else abs(graph.nodes[wire.parameter].data)
        assert line.size * found.scale.weight == pytest.approx(weight)
    assert 0 in [line.size for line in found.lines]  # from the output to the cost


def test_many_units_wrap_into_columns():
    spots = [spot for spot in scene((40, 30, 3)).spots if spot.shape == "circle"]
    assert len({round(spot.x) for spot in spots}) > 4


def test_at_most_600_wires_are_drawn_and_the_picture_says_so():
    found = scene((784, 16, 16, 10))
    assert len(found.lines) == MOST_WIRES and found.hidden_wires == len(found.network.wires) - 600
    kept = {line.wire for line in found.lines}
    first = [
        k
        for k, wire in enumerate(found.network.wires)
        if found.network.units[wire.tail].kind == "input"
    ]
    bright = max(first, key=lambda k: abs(found.network.wires[k].weight))
    assert bright in kept


def test_the_drawing_of_a_network_is_small_and_says_what_it_leaves_out():
    net = MLP(64, [16, 16, 10], seed=0)
    drawing = draw(half_squared_error(net([0.5] * 64), [0.0] * 10))
    assert "strongest of" in drawing.svg() and "network of" in repr(drawing)
    assert "shape=circle" in drawing.source


def test_units_that_are_built_alike_share_one_layout():
    data = network_data(scene((2, 16, 16, 1)), {})
    assert len(data["insides"]) <= 3
    assert len(data["units"]) == 2 + 16 + 16 + 1 + 1


def test_a_target_is_written_whichever_node_it_is():
    with block("layer 1"):
        output = Value(2.0, "x").tanh()
    y = Value(0.25, "y")
    found = []
    for cost in ((output - y) ** 2.0, y * y + (output - y) ** 2.0):
        units = network_of(Graph.of(cost)).units
        found += [unit.target for unit in units if unit.kind == "neuron"]
        assert "target 0.25<" in draw(cost, level="network").svg()
    assert found == [2, 0]
