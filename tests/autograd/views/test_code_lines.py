"""The lines of code of a graph, as the code pane of a page shows them."""

import linecache

from autograd import Graph, Value, page, recording
from autograd.views.code_lines import code_of

SOURCE = """
def f(a):
    b = a * a

    return b + a
x = Value(2.0)
y = f(x)
"""


def traced(name="lines.py", known=True):
    if known:
        linecache.cache[name] = (len(SOURCE), None, SOURCE.splitlines(keepends=True), name)
    else:
        linecache.cache.pop(name, None)
    names = {"Value": Value}
    with recording():
        exec(compile(SOURCE, name, "exec"), names)
    return Graph.of(names["y"])


def test_the_lines_from_the_first_to_the_last_and_the_line_of_each_node():
    found = code_of(traced())
    assert found["files"] == [
        [
            "lines.py",
            [
                (2, "def f(a):", 2, 5),
                (3, "    b = a * a"),
                (4, ""),
                (5, "    return b + a"),
                (6, "x = Value(2.0)"),
            ],
        ]
    ]
    assert found["at"] == [[0, 6], [0, 3], [0, 5]]


def lines_of(source):
    linecache.cache["whole.py"] = (len(source), None, source.splitlines(keepends=True), "whole.py")
    names = {"Value": Value}
    with recording():
        exec(compile(source, "whole.py", "exec"), names)
    found = code_of(Graph.of(names["y"]))
    made = {line for _, line in filter(None, found["at"])}
    return {line[0]: line[2:] or line[0] in made for line in found["files"][0][1]}


def test_a_line_without_nodes_stands_for_the_statement_it_is_a_part_of():
    source = "x = Value(2.0)\ny = (\n    x * x\n    + x.exp()\n)\ny = (y\n     * x)"
    assert lines_of(source) == {1: True, 2: (2, 5), 3: True, 4: True, 5: (2, 5), 6: True, 7: (6, 7)}


def test_the_head_of_a_loop_stands_for_the_loop_and_other_lines_for_nothing():
    source = "x = y = Value(2.0)\n# three times\nfor k in range(3):\n    n = k + 1\n\n    y = y * x"
    assert lines_of(source) == {1: True, 2: False, 3: (3, 6), 4: False, 5: False, 6: True}


def test_without_the_source_the_numbers_are_left():
    found = code_of(traced("<unknown>", known=False))
    assert found["files"] == [["<unknown>", [(3, ""), (5, ""), (6, "")]]]


def test_a_graph_read_from_json_shows_the_lines_that_it_kept():
    graph = Graph.from_json(traced().to_json())
    linecache.cache["lines.py"] = (1, None, ["another file\n"], "lines.py")
    assert code_of(graph)["files"][0][1] == [
        (3, "b = a * a"), (5, "return b + a"), (6, "x = Value(2.0)"),
    ]  # fmt: skip


def test_a_page_has_the_pane_only_with_lines():
    assert '"files":' in page(traced()).html and "makeCode" in page(traced()).html
    plain = page(Value(2.0) * 3.0).html
    assert '"files":' not in plain and "makeCode" not in plain and ".code button" not in plain
