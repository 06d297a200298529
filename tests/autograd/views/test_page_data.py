"""The graph of a page as data: each operation once, leaves in the order of their lines."""

from autograd import Graph, Value, dot, recording
from autograd.views.page_data import graph_data, names_on_page, operations_of


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


def test_a_number_without_a_label_goes_by_its_formula_or_its_operation():
    w, x = Value(2.0, "w"), Value(-3.0, "x")
    y = (w * x - 0.5).tanh() + w * x + dot([w] * 5, [x] * 5)
    names = names_on_page(Graph.of(y))
    told = ["w", "x", "(w·x)", None, "((w·x) − 0.5)", "tanh₅", "mul₆", "add₇", "dot₈", "add₉"]
    assert names == told  # the second w·x would be taken for the first
