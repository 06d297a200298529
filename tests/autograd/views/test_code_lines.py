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
            [(3, "    b = a * a"), (4, ""), (5, "    return b + a"), (6, "x = Value(2.0)")],
        ]
    ]
    assert found["at"] == [[0, 6], [0, 3], [0, 5]]


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
