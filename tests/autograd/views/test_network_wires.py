"""Wires: which are drawn, and where their numbers stand."""

from itertools import pairwise

import pytest

from autograd import Graph, Value, draw, tanh
from autograd.views.network_scene import scene_of
from autograd.views.network_wires import MOST_WRITTEN, _around, _overlap, _room_of
from autograd.views.units import folded_network, network_of, readable_network
from nn import MLP, RNN, half_squared_error


def scene(sizes):
    net = MLP(sizes[0], list(sizes[1:]), "tanh", seed=0)
    cost = half_squared_error(net([0.5] * sizes[0]), [0.5] * sizes[-1])
    return scene_of(network_of(Graph.of(cost)))


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 2, 1), (2, 3, 2), (4, 3), (1, 1, 1, 1)])
def test_numbers_on_wires_touch_no_unit_and_no_other_number(sizes):
    found = scene(sizes)
    weights = [line for line in found.lines if found.network.wires[line.wire].parameter is not None]
    written = [line for line in weights if line.place is not None]
    assert len(written) == len(weights) <= MOST_WRITTEN
    rooms = [_around(line.at(line.place)) for line in written]
    rooms += [_room_of(spot) for spot in found.spots]
    assert not any(_overlap(a, b) for k, a in enumerate(rooms) for b in rooms[:k])


def test_the_2_2_1_shows_all_nine_weights_and_biases():
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]], "relu")
    picture = draw(half_squared_error(net([0.5, 0.1]), 0.8), level="network").svg()
    for words in ("0.4", "0.2", "0.3", "0.7", "0.6", "0.9"):
        assert f">{words}</text>" in picture
    for words in ("b1[1] 0.1", "b1[2] −0.3", "b2[1] 0.2"):
        assert f">{words}</text>" in picture


def test_a_long_network_wraps_into_rows_and_its_wires_go_around():
    h = Value(0.1, "h")
    for _ in range(60):
        h = tanh(h * h)
        h.label = "h"
    found = scene_of(folded_network(Graph.of(h)))
    assert len(found.rows) > 2 and found.width < 4 * found.height
    around = [line for line in found.lines if len(line.points) > 2]
    assert len(around) == len(found.rows) - 1
    assert all(0 <= x <= found.width for line in around for x, _ in line.points)


@pytest.mark.parametrize("steps", [5, 50])
def test_the_wires_of_a_recurrence_pass_over_its_steps_and_say_what_they_carry(steps):
    outputs = RNN(1, 3, 1, seed=0)([[0.1 * t] for t in range(steps)])
    cost = half_squared_error([y for step in outputs for y in step], [0.5] * steps)
    found = scene_of(readable_network(network_of(Graph.of(cost))))
    names = [line.name for line in found.lines if line.name]
    wanted = [f"h{t}" for t in range(1, steps)] + [f"y{t}[1]" for t in range(1, steps + 1)]
    assert sorted(names) == sorted(wanted)
    boxes = [_room_of(spot) for spot in found.spots]
    for line in found.lines:
        wire = found.network.wires[line.wire]
        others = [box for k, box in enumerate(boxes) if k not in (wire.tail, wire.head)]
        for (x1, y1), (x2, y2) in pairwise(line.points):
            between = [(x1 + k / 20 * (x2 - x1), y1 + k / 20 * (y2 - y1)) for k in range(21)]
            assert not any(
                left < x < left + wide and top < y < top + high
                for x, y in between
                for left, top, wide, high in others
            )
