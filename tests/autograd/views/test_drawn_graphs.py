"""The graphs of a textbook as they are drawn: measured as geometry, and against dot."""

import random

import pytest

from autograd import Graph, Value, draw, total
from autograd.views import direction
from nn import MLP, half_squared_error


def two_two_one():
    weights, biases = [[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]]
    return Graph.of(half_squared_error(MLP.from_arrays(weights, biases)([0.5, 0.1]), 0.8))


def diamond():
    a = Value(2.0, "a")
    return (a * a + a.sin()) * a


def softmax():
    """Cross-entropy of a softmax over three logits, every exp, sum and quotient a node."""
    exps = [Value(z, f"z{k}").exp() for k, z in enumerate((1.0, 2.0, 0.5), start=1)]
    probabilities = [e / total(exps) for e in exps]
    return -total([t * p.log() for t, p in zip((1.0, 0.0, 0.0), probabilities, strict=True)])


def irregular():
    rng = random.Random(1)
    values = [Value(rng.uniform(-1, 1), f"x{k}") for k in range(20)]
    while len(values) < 480:
        a, b = rng.choice(values[-40:]), rng.choice(values[-40:])
        values.append(rng.choice([a * b, a + b, a.tanh(), a - b]))
    return sum(values[-29:])


GRAPHS = {
    "2-2-1": two_two_one,
    "expanded": lambda: two_two_one().expand(),
    "diamond": diamond,
    "softmax": softmax,
    "400 nodes": irregular,
}


@pytest.fixture(params=GRAPHS, scope="module")
def drawn(request):
    """Return what the drawing asked of the layout, sizes, edges and groups, and the layout."""
    calls = []
    arrange = direction.arrange
    direction.arrange = lambda *asked: calls.append((asked, arrange(*asked))) or calls[-1][1]
    try:
        draw(GRAPHS[request.param](), gradients=True, level="scalar").svg()
    finally:
        direction.arrange = arrange
    return calls[0]


def test_no_box_overlaps_another_and_no_edge_runs_through_one(geometry, drawn):
    (_, edges, _), layout = drawn
    assert geometry.overlaps(layout.boxes) == []
    assert geometry.edges_through_boxes(layout, edges) == []


@pytest.mark.optional("dot")
def test_edges_cross_no_more_than_in_dots_picture_and_a_fifth(geometry, drawn):
    asked, layout = drawn
    assert geometry.crossings(layout.curves) <= 1.2 * geometry.crossings(
        geometry.dot_curves(*asked)
    )


def test_the_large_one_has_some_four_hundred_nodes():
    assert 350 < len(Graph.of(irregular()).nodes) < 500
