"""Names and lines from the code alone: every node of many scripts, and what a block costs."""

import copy
import gc
import linecache
import pickle
import re
import threading
from inspect import unwrap
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import Graph, Value, block, draw, explain, recording, trace
from autograd.engine.ops import CONSTANT

TEXT = Path(__file__).with_name("recorded_scripts.txt").read_text(encoding="utf-8")
SCRIPTS = dict(part.split("\n", 1) for part in TEXT.split("\n== ")[1:])


def run(source, tmp_path):
    """Run a script inside `recording` and return the graph of `out`."""
    path = tmp_path / "script.py"
    path.write_text(source, encoding="utf-8")
    linecache.checkcache(str(path))
    names = {name: getattr(autograd, name) for name in autograd.__all__} | {"np": np}
    code = compile(source, str(path), "exec")
    with recording():
        exec(code, names)
    return Graph.of(names["out"])


def listed_names(source):
    """Return the names by line that the comments of a script list."""
    lines = {}
    for number, line in enumerate(source.splitlines(), start=1):
        _, _, comment = line.partition("  # ")
        if comment:
            lines[number] = sorted(re.findall(r"(?:[^\s\[]|\[[^\]]*\])+", comment))
    return lines


def found_names(graph):
    lines = {}
    for node in graph.nodes:
        if node.op is not CONSTANT:
            lines.setdefault(node.line.number, []).append(node.label or ".")
    return {number: sorted(names) for number, names in sorted(lines.items())}


@pytest.mark.parametrize("title", SCRIPTS)
def test_every_node_of_a_script_has_its_name_and_its_line(title, tmp_path):
    source = SCRIPTS[title]
    graph = run(source, tmp_path)
    assert found_names(graph) == listed_names(source)
    texts = source.splitlines()
    assert all(node.line.text == texts[node.line.number - 1].strip() for node in graph.nodes)


@pytest.mark.parametrize("title", [title for title in SCRIPTS if "global" not in SCRIPTS[title]])
def test_a_script_inside_a_function_has_the_same_names(title, tmp_path):
    lines = SCRIPTS[title].rstrip().splitlines()
    body = "".join(f"    {line}\n" for line in lines)
    source = f"def main():\n{body}    return out\nout = main()\n"
    assert found_names(run(source, tmp_path)) == listed_names(source)


def test_two_two_one_is_explained_in_its_own_names(tmp_path):
    text = str(explain(run(SCRIPTS["two-two-one"], tmp_path), wrt="W1[0][0]"))
    assert "∂y/∂v" in text and "∂h[0]/∂z@1" in text
    assert "· W2[0] ·" in text and "= −0.1224\n" in text


def test_explanation_trace_and_picture_show_the_lines(tmp_path):
    graph = run(SCRIPTS["one neuron"], tmp_path)
    code = "script.py:4  z = w * x + b"
    assert re.search(rf"\n  z +{re.escape(code)}", str(explain(graph, wrt="w")))
    forward = str(trace(graph)).splitlines()[2]
    assert forward.startswith("  z ") and code in forward
    assert f"; {code}" in draw(graph).source
    assert "Code:" not in str(explain(Value(2.0) * 3.0, wrt=0))


def test_an_explanation_shows_the_first_twenty_lines_of_code(tmp_path):
    lines = ["x0 = Value(0.5)", *(f"x{k + 1} = x{k}.tanh()" for k in range(30)), "out = x30"]
    _, _, code = str(explain(run("\n".join(lines), tmp_path), wrt="x0")).partition("Code:\n")
    assert len(code.splitlines()) == 20
    assert "x30 = x29.tanh()" in code.splitlines()[0] and "x10.tanh()" in code.splitlines()[-1]


# --- what a block leaves as it was ----------------------------------------------------------------


def codes():
    methods = [getattr(Value, name) for name in ("__add__", "tanh", "__mul__", "__init__")]
    return [unwrap(method).__code__ for method in methods]  # a compiled recorder wraps Python's


def test_outside_the_block_nothing_has_changed():
    before = codes()
    with recording():
        assert not set(before) & set(codes())
    assert codes() == before
    z = Value(1.0) * 2.0
    assert (z.label, z.line, z.note) == ("", None, "")


@pytest.mark.parametrize("was_enabled", [True, False])
def test_an_error_restores_the_collector_and_the_recorders(was_enabled):
    before, functions = gc.isenabled(), codes()
    (gc.enable if was_enabled else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), recording():  # noqa: PT012 - the block is tested
            assert not gc.isenabled()
            x = Value(1.0)
            y = x * 2.0
            y / 0.0
        assert gc.isenabled() is was_enabled
        assert (x.label, y.label) == ("x", "y")
        assert codes() == functions
    finally:
        (gc.enable if before else gc.disable)()


def test_a_block_inside_a_block_changes_nothing():
    with recording():
        a = Value(1.0)
        with recording():
            b = a * 2.0
        c = b * 3.0
    assert [v.label for v in (a, b, c)] == ["a", "b", "c"]


def test_generators_may_close_their_blocks_in_any_order():
    def squares():
        with recording():
            for k in range(3):
                y = Value(k) ** 2
                yield y

    before, first, second = codes(), squares(), squares()
    next(first), next(second)
    first.close()
    assert next(second).label == "y@3"
    second.close()
    assert (codes(), gc.isenabled()) == (before, True)


def test_a_graph_is_named_while_the_block_is_open():
    with recording():
        a = Value(1.0)
        b = a * 2.0
        assert [node.name for node in Graph.of(b).nodes] == ["a", "v1", "b"]
        b = b * a
    assert [node.name for node in Graph.of(b).nodes] == ["a", "v1", "b@1", "b@2"]


def test_the_same_name_in_two_blocks_is_numbered_in_a_graph():
    with recording():
        a = Value(3.0)
        h = a * a
    with recording():
        h = h * a
    assert [node.name for node in Graph.of(h).nodes] == ["a", "h@1", "h@2"]


def test_a_label_given_later_comes_first():
    with recording():
        a = Value(3.0)
        h = a * a
    h.label = "square"
    assert (h.label, Graph.of(h).output.name) == ("square", "square")
    h.label = ""
    assert h.label == "h"


def test_blocks_and_guards_are_kept():
    with recording():
        a = Value(3.0)
        with block("head 1"):
            h = a * a
            if h > 1:
                k = h + a
    graph = Graph.of(k)
    assert [node.block for node in graph.nodes] == [(), ("head 1",), ("head 1",)]
    assert [node.name for node in graph.nodes] == ["a", "h", "k"]
    assert [guard.text for guard in graph.guards] == ["h > 1"]


def test_names_and_lines_survive_copies_pickles_and_json():
    with recording():
        a = Value(3.0)
        for _ in range(2):
            a = a * a
    graph = Graph.of(a)
    assert Graph.from_json(graph.to_json()) == graph
    for again in (copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        assert Graph.of(again).nodes == graph.nodes
    assert [node.name for node in graph.expand().nodes] == ["a@1", "a@2", "a@3"]


def test_a_second_thread_is_refused():
    found = []

    def open_block():
        try:
            with recording():
                pass
        except RuntimeError as error:
            found.append(str(error))

    thread = threading.Thread(target=open_block)
    thread.start()
    thread.join()
    assert "open it in the main thread" in found[0]


def test_frames_of_many_calls_are_let_go():
    class Held:
        alive = 0

        def __init__(self):
            Held.alive += 1

        def __del__(self):
            Held.alive -= 1

    def step(x, held):
        y = [x * 1.5]
        return y[0] + 1.0

    with recording():
        x = Value(0.1)
        for _ in range(2000):
            x = step(x * 0.1, Held())
        assert Held.alive < 600
    assert (x.label, Held.alive) == ("x@2001", 0)


def test_lines_are_known_without_the_source():
    names = {"Value": Value}
    with recording():
        exec(compile("x = Value(2.0)\ny = x * x", "<no such file>", "exec"), names)
    node = Graph.of(names["y"]).output
    assert (node.name, node.line.number, node.line.text) == ("y", 2, "")


def test_a_swap_in_a_later_cell_is_seen():
    names = {"Value": Value}
    with recording():
        cells = "a, b = Value(1.0), Value(2.0)", "a, b = b, a", "def f(): return a - b\nc = f()"
        for k, cell in enumerate(cells):
            exec(compile(cell, f"/tmp/ipykernel_1/{k}.py", "exec"), names)
    assert [node.name for node in Graph.of(names["c"]).nodes] == ["b@1", "a@1", "c"]


def test_equal_code_in_two_files_keeps_its_file():
    names = {"x": Value(2.0)}
    places = []
    for file in ("one.py", "two.py"):
        with recording():
            exec(compile("y = x * x", file, "exec"), names)
        places.append(names["y"].line.place)
    assert places == ["one.py:1", "two.py:1"]


def test_a_block_that_is_interrupted_at_its_beginning_is_not_left_open(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("autograd.naming.noter.Names.noter", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError), recording():
            pass
    with recording():
        z = Value(1.0) * 2
    assert z.label == "z"
