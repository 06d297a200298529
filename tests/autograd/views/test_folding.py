"""Which numbers belong together in a large graph without blocks."""

import pytest

from autograd import Graph, Value, draw, page, recording, sin, tanh
from autograd.views.folding import MOST_JOINED, banded, joined
from autograd.views.levels import network_to_show
from autograd.views.units import folded_network


def recurrent(steps):
    """One recurrent number through time: its three weights are shared by all steps."""
    w, u, b = Value(0.7, "w"), Value(0.5, "u"), Value(0.1, "b")
    h = Value(0.0, "h0")
    for t in range(steps):
        h = tanh(w * h + u * Value(t / steps, f"x{t + 1}") + b)
    return (h - 0.5) ** 2


def diamonds(count):
    """A chain in which every number is read twice, so that nothing can be joined."""
    v = Value(1.0, "x")
    for _ in range(count):
        v = v * v - v
    return v


def test_every_computed_number_is_in_one_group():
    graph = Graph.of(recurrent(30))
    for groups in (joined(graph, ends_at_names=True), banded(graph, 10)):
        inside = sorted(node for group in groups for node in group)
        assert inside == [node.index for node in graph.nodes if node.parents]


def test_a_recurrent_step_is_one_unit_and_its_weights_are_shared():
    found = folded_network(Graph.of(recurrent(30)))
    kinds = [unit.kind for unit in found.units]
    assert kinds.count("shared") == 3
    assert kinds.count("number") == 30 + 1
    assert found.columns[0].name == "shared"


def test_a_long_formula_is_cut_into_units_that_can_be_opened():
    x = Value(0.3, "x")
    for _ in range(100):
        x = sin(x)
    assert max(map(len, joined(Graph.of(x), ends_at_names=True))) <= MOST_JOINED


@pytest.mark.parametrize("most", [5, 50, 500])
def test_bands_are_few_and_feed_each_other_in_one_direction(most):
    graph = Graph.of(diamonds(400))
    groups = banded(graph, most)
    assert len(groups) <= most
    place = {node: k for k, group in enumerate(groups) for node in group}
    assert all(
        place[edge.parent] <= place[edge.child] for edge in graph.edges if edge.parent in place
    )


def squares(steps):
    """Two lines of code, repeated; the first reads its own products more than once."""
    a = Value(1.0, "a")
    for _ in range(steps):
        b = a * a + sin(a) * sin(a) - a
        a = b * 0.1
    return a


def test_a_line_of_code_is_a_unit_where_lines_are_known():
    with recording():
        output = squares(30)
    graph = Graph.of(output)
    found = folded_network(graph)
    computed = [unit for unit in found.units if unit.nodes]
    assert len(computed) == 2 * 30
    for unit in computed:
        assert len({graph.nodes[node].line for node in unit.nodes}) == 1
    without = folded_network(Graph.of(squares(30)))
    assert {len(unit.nodes) for unit in without.units} != {len(unit.nodes) for unit in found.units}


def test_a_large_graph_without_blocks_opens_folded_and_says_so():
    output = recurrent(50)
    graph = Graph.of(output)
    network = network_to_show(graph, None, is_cut=False)
    units = sum(unit.kind != "fed" for unit in network.units)
    assert units < len(graph.nodes) / 4
    said = f"{len(graph.nodes):,} numbers, folded into {units}"
    assert said in draw(output).svg() and said in page(output).html


def test_more_than_2000_boxes_are_folded():
    output = diamonds(1500)
    network = network_to_show(Graph.of(output), None, is_cut=False)
    assert network is not None and len(network.units) <= 2000
    with pytest.raises(ValueError, match="too many to draw"):
        draw(output, level="scalar")


def test_the_large_terms_of_a_long_sum_are_units_and_small_terms_are_in_the_sum():
    w, b = Value(0.5, "w"), Value(0.1, "b")
    points = [(0.1 * k, 1.0 - 0.2 * k) for k in range(9)]
    found = folded_network(Graph.of(sum((w * x + b - y) ** 2 for x, y in points) / 9))
    assert [len(column.units) for column in found.columns] == [2, 9, 1]
    weights = [Value(0.1 * k, f"w{k}") for k in range(40)]
    hidden = [sin(w * (0.1 * k)) + b for k in range(40)]
    for k, h in enumerate(hidden):
        h.label = f"h{k}"
    found = folded_network(Graph.of(tanh(sum(a * h for a, h in zip(weights, hidden, strict=True)))))
    assert max(len(unit.nodes) for unit in found.units) == 1 + 40 + 39


def test_every_pixel_of_an_image_is_an_input_also_in_the_corners():
    image = [[Value(0.1 * (4 * r + c), f"x{r}{c}") for c in range(4)] for r in range(4)]
    kernel = [[Value(0.5, "k00"), Value(-0.3, "k01")], [Value(0.2, "k10"), Value(0.8, "k11")]]
    cells = [
        tanh(sum(image[r + i][c + j] * kernel[i][j] for i in range(2) for j in range(2)))
        for r in range(3)
        for c in range(3)
    ]
    found = folded_network(Graph.of(sum(cells)))
    kinds = [unit.kind for unit in found.units]
    assert (kinds.count("input"), kinds.count("fed")) == (16 + 4, 0)
