"""The words below the columns of a network: they never touch, and say each thing once."""

from itertools import pairwise

import pytest

from autograd import Graph, Value, block, tanh, total
from autograd.views import text
from autograd.views.network_captions import ColumnPlace, captions_of
from autograd.views.network_scene import scene_of
from autograd.views.spots import SMALL
from autograd.views.unit_parts import Column
from autograd.views.units import network_of
from nn import MLP
from nn.sequences.attention import Attention
from nn.sequences.gpt import GPT
from nn.sequences.rnn import RNN


def attention():
    xs = [[Value(0.1 * t + i, f"x{t}[{i}]") for i in range(2)] for t in range(3)]
    return total([y for row in Attention(2, 1, seed=0)(xs) for y in row])


NETWORKS = {
    "MLP": lambda: MLP(3, [4, 4, 2], seed=0)([0.1, 0.2, 0.3])[0],
    "RNN": lambda: total(RNN(1, 3, 2, seed=0)([[0.1 * k] for k in range(20)])[-1]),
    "attention": attention,
    "GPT": lambda: GPT("abc", context=5, size=4, heads=2, seed=0).cost("cab"),
}


def reach(caption):
    half = text.width(caption.words, SMALL) / 2
    return caption.x - half, caption.x + half


@pytest.mark.parametrize("name", NETWORKS)
def test_no_two_captions_touch_or_say_the_same_beside_each_other(name):
    scene = scene_of(network_of(Graph.of(NETWORKS[name]())))
    assert scene.captions
    for one, two in pairwise(scene.captions):
        if one.row == two.row:
            assert reach(one)[1] < reach(two)[0]
            assert one.words != two.words or one.last + 1 < two.first
        assert one.last < two.first


@pytest.mark.parametrize("name", NETWORKS)
def test_a_caption_is_true_of_each_column_that_it_spans(name):
    scene = scene_of(network_of(Graph.of(NETWORKS[name]())))
    for caption in scene.captions:
        columns = scene.network.columns[caption.first : caption.last + 1]
        if len(columns) > 1:
            size = len(caption.path)
            assert {column.path[:size] for column in columns} == {caption.path}


def places(*names, width=20.0, gap=10.0):
    columns = [Column(", ".join(name), (k,), name) for k, name in enumerate(names)]
    lefts = [k * (width + gap) for k in range(len(columns))]
    return [
        ColumnPlace(column, left, left + width, 100.0, 0)
        for column, left in zip(columns, lefts, strict=True)
    ]


def test_neighbors_without_room_are_called_by_the_block_that_both_are_in():
    found = captions_of(places(("layer 1", "head 1"), ("layer 1", "head 2")))
    assert [(c.words, c.first, c.last) for c in found] == [("layer 1", 0, 1)]
    wide = captions_of(places(("layer 1", "head 1"), ("layer 1", "head 2"), width=200))
    assert [c.words for c in wide] == ["layer 1, head 1", "layer 1, head 2"]


def test_strangers_without_room_are_shortened():
    found = captions_of(places(("a long name",), ("another long name",), width=60))
    assert len(found) == 2
    assert any("…" in caption.words for caption in found)


def test_inputs_are_named_once():
    h = Value(0.0, "h")
    for t in range(4):
        with block(f"step {t}"):
            h = tanh(h * 0.5 + Value(0.1 * t, f"x{t}") * Value(2.0, f"w{t}"))
    words = [c.words for c in scene_of(network_of(Graph.of(h))).captions]
    assert words.count("inputs") <= 1
