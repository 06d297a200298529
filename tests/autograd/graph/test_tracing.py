"""The trace: every step of both sweeps, in an order in which it can be done by hand."""

import math

import pytest

from autograd import Graph, Value, dot, trace
from autograd.graph.formulas import Writer


@pytest.fixture
def shared() -> Value:
    """y = a·b + a·exp(b): both leaves are used twice."""
    a, b = Value(2.0, "a"), Value(0.5, "b")
    y = a * b + a * b.exp()
    y.label = "y"
    return y


def test_there_is_one_forward_step_per_computed_node_and_one_backward_step_per_edge(shared):
    graph = Graph.of(shared)
    steps = trace(shared)
    assert [step.child for step in steps.forward] == [n.index for n in graph.nodes if n.parents]
    assert {(s.child, s.parent, s.slot) for s in steps.backward} == {
        (e.child, e.parent, e.slot) for e in graph.edges
    }
    assert len(steps) == len(steps.forward) + len(steps.backward) == len(list(steps))
    assert steps[0].kind == "forward"
    numbers = {(s.upstream, s.local, s.contribution, s.before) for s in steps.forward}
    assert numbers == {(0, 0, 0, 0)}  # only the value is computed
    assert [step.after for step in steps.forward] == [n.data for n in graph.nodes if n.parents]
    assert steps[-1].kind == "backward"


def test_each_contribution_is_upstream_times_local_and_moves_the_total_from_before_to_after(shared):
    for step in trace(shared).backward:
        assert step.contribution == step.upstream * step.local
        assert step.after == step.before + step.contribution


def test_a_node_passes_on_only_its_finished_gradient(shared):
    steps = trace(shared).backward
    finished = {}
    for k, step in enumerate(steps):
        finished[step.parent] = k
    for k, step in enumerate(steps):
        assert finished.get(step.child, -1) < k


def test_the_last_total_of_each_leaf_is_its_gradient(shared):
    a, b = 2.0, 0.5
    graph = Graph.of(shared)
    totals = {graph.nodes[step.parent].label: step.after for step in trace(shared).backward}
    assert totals["a"] == pytest.approx(b + math.exp(b), rel=1e-15)
    assert totals["b"] == pytest.approx(a + a * math.exp(b), rel=1e-15)


def test_a_parent_used_twice_by_one_child_gets_two_steps():
    x = Value(3.0, "x")
    steps = trace(x + x).backward
    assert [(step.slot, step.before, step.after) for step in steps] == [(0, 0, 1), (1, 1, 2)]


def test_edges_to_plain_constants_are_left_out():
    x = Value(3.0, "x")
    assert [step.local for step in trace(2 * x).backward] == [2.0]


def test_a_leaf_alone_has_no_steps():
    assert len(trace(Value(1.0))) == 0
    assert "Forward" in str(trace(Value(1.0)))


def test_the_text_shows_symbols_numbers_and_totals(shared):
    text = str(trace(shared))
    assert "= a·b" in text
    assert "= 2·0.5" in text
    assert "∂y/∂a" in text
    assert "∂y/∂a: 1.6487 → 2.1487" in text


def test_a_prompt_shows_what_print_shows():
    steps = trace(Value(2.0, "x") * 3)
    assert repr(steps) == str(steps)


def test_the_notebook_table_escapes_labels():
    v = Value(1.0, "<script>alert(1)</script>")
    page = trace(v * v)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_wide_neuron_reads_in_one_line():
    n = 784
    z = dot([Value(0.1, f"w{i}") for i in range(n)], [Value(1.0, f"x{i}") for i in range(n)])
    line = str(trace(z)).splitlines()[1]
    assert "784 terms" in line
    assert len(line) < 250


def test_several_outputs_are_computed_together_and_the_gradient_is_that_of_their_sum():
    x = Value(0.5, "x")
    y1, y2 = x.tanh(), x.sigmoid()
    y1.label, y2.label = "y1", "y2"
    steps = trace([y1, y2])
    assert [step.child for step in steps.forward] == [1, 2]
    assert steps.backward[-1].after == Graph.of(y1 + y2).adjoints[0]
    text = str(steps)
    assert "∂(y1 + y2)/∂y1 = 1, ∂(y1 + y2)/∂y2 = 1, then edge by edge" in text
    assert "∂(y1 + y2)/∂x: " in text


def test_steps_and_long_traces_are_short_at_a_prompt():
    x = Value(2.0, "x")
    steps = trace(x * 3)
    assert repr(steps[0]) == "<Step forward: node 2 = 6>"
    assert repr(steps[1]) == "<Step backward: node 2 → node 0, operand 0: (1)(3) = 3, total 3>"
    y = x
    for _ in range(600):
        y = y * x
    y.label = "y"
    assert repr(trace(y)) == (
        "<Trace of y: 600 forward and 1,200 backward steps; print it to see them>"
    )


def test_a_trace_is_written_in_latex(shared):
    latex = trace(shared).latex
    assert latex.count(r"\\") == len(trace(shared)) - 1
    assert latex.count("{") == latex.count("}")
    assert r"\frac{\partial y}{\partial a} &\mathrel{+}=" in latex


def test_printing_a_step_reads_only_the_names_that_it_shows(monkeypatch):
    asked = []
    read = Writer._word
    monkeypatch.setattr(Writer, "_word", lambda writer, k: asked.append(k) or read(writer, k))

    def words(count):
        inputs = [Value(float(k), f"x{k}") for k in range(2 * count)]
        asked.clear()
        str(trace(dot(inputs[:count], inputs[count:])))
        return len(asked)

    assert words(400) < 4.1 * words(100)
