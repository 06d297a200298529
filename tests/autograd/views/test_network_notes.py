"""Notes above a network: they say what a circle, a wire or a block shows, and touch nothing."""

from itertools import pairwise

import pytest

from autograd import Graph, Value, draw, total
from autograd.views import text
from autograd.views.network_scene import scene_of
from autograd.views.network_svg import NetworkPicture, network_svg
from autograd.views.spots import SMALL
from autograd.views.units import network_of, readable_network
from nn import MLP, RNN, half_squared_error
from nn.sequences.attention import Attention


def layers(*sizes):
    return half_squared_error(MLP(sizes[0], sizes[1:], seed=0)([0.3] * sizes[0]), [0.5] * sizes[-1])


def attention(tokens):
    xs = [[Value(t + k / 10, f"x{t}[{k}]") for k in (1, 2)] for t in range(tokens)]
    return total(Attention(2, 1, seed=0)(xs)[-1])


GRAPHS = {
    "2-2-1": (lambda: layers(2, 2, 1), ["a neuron", "a wire"]),
    "one neuron": (lambda: layers(1, 1), ["a neuron", "a wire"]),
    "2-16-16-1": (lambda: layers(2, 16, 16, 1), ["a neuron", "a wire"]),
    "784-16-10": (lambda: layers(784, 16, 10), ["a neuron", "a wire"]),
    "attention": (lambda: attention(4), ["a block"]),
    "recurrence": (lambda: total(RNN(1, 3, 2, seed=0)([[0.1]] * 30)[-1]), ["a block"]),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_notes_touch_neither_each_other_nor_any_unit(name):
    make, expected = GRAPHS[name]
    scene = scene_of(readable_network(network_of(Graph.of(make()))), notes=True)
    assert sorted(note.words[0].split(":")[0] for note in scene.notes) == expected
    halves = [max(text.width(line, SMALL) for line in note.words) / 2 for note in scene.notes]
    sides = [(n.at[0] - half, n.at[0] + half) for n, half in zip(scene.notes, halves, strict=True)]
    assert all(one[1] < two[0] for one, two in pairwise(sides))
    assert all(left >= 0 and right <= max(scene.width, 640) for left, right in sides)
    highest = min(spot.y - (spot.height / 2 or spot.radius) for spot in scene.spots)
    assert all(note.start[1] < note.end[1] and note.start[1] < highest for note in scene.notes)


def test_a_note_on_the_ring_stands_only_where_gradients_do():
    scene = scene_of(network_of(Graph.of(layers(2, 16, 16, 1))), notes=True)
    with_ring, without = (network_svg(NetworkPicture(scene, "", shown)) for shown in (True, False))
    assert "the ring shows" in with_ring and "the ring" not in without
    assert "the fill shows its value" in without


@pytest.mark.parametrize("sizes", [(64, 16, 16, 10), (2, 2, 1), (784, 16, 16, 10)])
def test_every_line_of_the_legend_is_inside_the_picture(sizes):
    picture = draw(layers(*sizes), level="network")
    width = max(picture.picture.scene.width, 640)
    legend = [line for line in picture.svg().split("\n") if 'font-size="11.5"' in line]
    words = [line.partition(">")[2].partition("<")[0] for line in legend]
    assert all(16 + text.width(line, 11.5) <= width for line in words)
    assert (len(words) > 1) == (sizes[0] >= 64)
