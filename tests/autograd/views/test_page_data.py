"""The graph of a page as data: each operation once, leaves in the order of their lines."""

from contextlib import ExitStack

import pytest

from autograd import Graph, Value, block, dot, recording, tanh
from autograd.views.page_data import graph_data, names_on_page, operations_of
from nn import RNN


def test_an_operation_is_listed_once_for_each_number_of_inputs():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    graph = Graph.of(a * b + a * a)
    data = graph_data(graph)
    assert [(op.name, count) for op, count in operations_of(graph)] == [("mul", 2), ("add", 2)]
    assert [row["op"] for row in data["rows"]] == ["mul", "add"]
    assert [node[0] for node in data["nodes"]] == [-1, -1, 0, 0, 1]


def test_leaves_come_in_the_order_of_the_lines_that_made_them():
    with recording():
        c = Value(3.0)
        a = Value(1.0)
        b = Value(2.0)
        y = a * b + c * 2.0
    graph = Graph.of(y)
    names = [graph.nodes[leaf].label for leaf in graph_data(graph)["leaves"]]
    assert names == ["c", "a", "b", ""]


@pytest.mark.parametrize("around", [[], ["model"], ["model", "encoder"]])
def test_inputs_of_a_recurrence_come_in_the_order_of_its_steps(around):
    state, w = Value(0.0, "h"), Value(0.5, "w")
    with ExitStack() as blocks:
        for name in around:
            blocks.enter_context(block(name))
        for t in range(1, 12):
            with block(f"step {t}"):  # the input comes first in the formula
                state = tanh(w * Value(0.1 * t, f"x{t}") + w * state)
    graph = Graph.of(state)
    names = [graph.nodes[leaf].label for leaf in graph_data(graph)["leaves"]]
    assert [name for name in names if name[0] == "x"] == [f"x{t}" for t in range(1, 12)]


def test_plain_inputs_of_an_rnn_come_in_the_order_of_its_steps():
    graph = Graph.of(RNN(1, 2, 1, seed=0)([[0.1 * t] for t in range(12)])[-1][0])
    names = [graph.nodes[leaf].label for leaf in graph_data(graph)["leaves"]]
    assert [n for n in names if n[0] == "x"] == [f"x{t}[1]" for t in range(1, 13)]


def test_a_number_without_a_label_goes_by_its_formula_or_its_operation():
    w, x = Value(2.0, "w"), Value(-3.0, "x")
    y = (w * x - 0.5).tanh() ** 2.0 + w * x + dot([w] * 5, [x] * 5)
    names = names_on_page(Graph.of(y))
    told = ["w", "x", "(w·x)", None, "((w·x) − 0.5)", "tanh₅", "power₆", "mul₇", "add₈", "dot₉"]
    told.append("add₁₀")
    assert names == told  # the second w·x would be taken for the first
