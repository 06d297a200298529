"""Replaying a graph with other numbers in its leaves is recording it anew, to the last bit."""

from random import Random

import pytest

from autograd import Graph, Value, log, tanh
from autograd.program.replay import replay


def test_replaying_is_recording(random_graphs):
    for seed in range(40):
        recipe = random_graphs.make(Random(seed), 3)
        first = Graph.of(recipe.record(0)[0])
        output, inputs, _ = recipe.record(2)
        output.backward()
        wanted = Graph.of(output)
        data = {first.index(v.label): v.data for v in inputs}

        assert replay(first, data) == wanted
        assert replay(first, data).adjoints == wanted.adjoints


def test_leaves_that_are_not_given_keep_their_numbers():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    graph = Graph.of(a * b)

    assert replay(graph, {}).output.data == 6.0
    assert replay(graph, {1: 5.0}).output.data == 10.0
    assert graph.output.data == 6.0


def test_it_fails_as_recording_fails():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    graph = Graph.of(log(x) / y)

    with pytest.raises(ValueError, match=r"log\(x=-1\.0\): needs x > 0"):
        replay(graph, {0: -1.0})
    with pytest.raises(ZeroDivisionError, match=r"div\(0\.0, y=0\.0\)"):
        replay(graph, {2: 0.0, 0: 1.0})


def test_a_result_beyond_the_floats_is_refused():
    x = Value(1.0, "x")
    graph = Graph.of(tanh(x * x))

    with pytest.raises(OverflowError, match=r"mul\(x=1e\+200, x=1e\+200\)"):
        replay(graph, {0: 1e200})
