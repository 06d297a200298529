"""Blocks nest, end with their statement, cost nothing otherwise, and belong to the main thread."""

import copy
import pickle
import threading

import pytest

import nn
from autograd import Graph, Value, block
from autograd.engine import recorder
from autograd.engine.block import current_block


def blocks(output):
    return [node.block for node in Graph.of(output).nodes]


def test_blocks_nest_and_end_with_their_statement():
    x = Value(2.0, "x")
    with block("layer 1"):
        a = x * 3
        with block("neuron 2"):
            b = a.tanh()
        c = b + 1
    d = c * 2
    assert current_block() == ()
    layer, neuron = ("layer 1",), ("layer 1", "neuron 2")
    assert blocks(d) == [(), layer, layer, neuron, layer, layer, (), ()]
    assert recorder.current_note == ""


def test_a_leaf_made_inside_a_block_is_in_it_and_keeps_its_label():
    with block("head 1"):
        w = Value(0.5, "w")
    assert (w.label, w.block) == ("w", ("head 1",))
    w.label = "v"
    assert (w.label, w.block) == ("v", ("head 1",))


def test_a_block_can_be_entered_again_also_inside_itself():
    cell, x = block("cell"), Value(1.0)
    with cell:
        with cell:
            x = x * 2
        y = x * 2
    assert [x.block, y.block] == [("cell", "cell"), ("cell",)]


def test_a_block_ends_with_an_error():
    with pytest.raises(ZeroDivisionError), block("head 1"):
        Value(1.0) / 0
    assert current_block() == ()


def test_blocks_of_two_tasks_are_refused_and_none_stays_open():
    def task(name):
        with block(name):
            yield

    first, second = task("A"), task("B")
    next(first), next(second)
    with pytest.raises(RuntimeError, match=r"block\('A'\) ends, but the open blocks are A / B"):
        next(first)
    with pytest.raises(RuntimeError, match=r"block\('B'\) ends, but the open blocks are none"):
        next(second)
    assert (Value(2.0) * 2).block == ()


def test_guards_and_blocks_leave_each_other_alone():
    x = Value(2.0, "x")
    with block("head 1"):
        y = x * 3 if x > 0 else x
    z = y + 1
    assert [y.block, z.block] == [("head 1",), ()]
    assert [guard.text for guard in Graph.of(z).guards] == ["x > 0"]
    with block("head 2"):
        z.backward()
        assert (x * 2).block == ("head 2",)
    assert recorder.current_note == ""


def test_layers_of_a_network_keep_labels_inside_a_block():
    net = nn.MLP(2, [2, 1], seed=0)
    plain, labeled = net([1.0, 2.0])[0], []
    with block("token 1"):
        inside = net([1.0, 2.0])[0]
    labeled = [node.label for node in Graph.of(inside).nodes]
    assert labeled == [node.label for node in Graph.of(plain).nodes]
    assert inside.block[0] == "token 1"


def test_copies_pickles_and_json_keep_blocks():
    with block("head 1"):
        y = Value(2.0) * 3
    graph = Graph.of(y)
    for twin in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert twin.block == ("head 1",)
    assert Graph.from_json(graph.to_json()) == graph
    assert Graph.of(graph.record()) == graph
    assert graph.expand().output.block == ("head 1",)


@pytest.mark.parametrize(("name", "error"), [(3, TypeError), (None, TypeError), ("", ValueError)])
def test_a_name_is_a_string(name, error):
    with pytest.raises(error, match=r"write block\('head 1'\)"):
        block(name)


def test_a_second_thread_is_refused_in_words():
    caught = []

    def work():
        try:
            with block("head 1"):
                pass
        except RuntimeError as error:
            caught.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "opened in a second thread" in caught[0]
    assert current_block() == ()
