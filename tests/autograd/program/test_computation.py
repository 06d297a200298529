"""What is read from a graph before it is planned."""

from autograd import Value, compile  # noqa: A004
from autograd.program.computation import read_computation


def test_leaves_are_inputs_or_parameters_and_each_knows_its_node():
    w, b, x, unused = Value(2.0, "w"), Value(1.0, "b"), Value(3.0, "x"), Value(0.0, "unused")
    y = w * x
    found = read_computation(y + b, [x, unused], keep=[y])

    labels = [node.label for node in found.graph.nodes]
    assert [labels[k] for k in found.parameter_nodes] == [p.label for p in found.parameters]
    assert sorted(p.label for p in found.parameters) == ["b", "w"]
    assert labels[found.input_nodes[0]] == "x"
    assert found.describe_unused() == " (the output does not depend on unused)"
    assert found.kept == 1


def test_what_guards_compare_is_among_the_roots():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    assert x * 2 > w
    found = read_computation(w * x, [x])

    names = [found.graph.nodes[k].name for k in found.guarded]
    assert "w" in names
    assert len(names) == 2
    assert len(found.planner.roots) == 1 + len(names)


def test_a_leaf_that_only_a_guard_compares_is_a_constant():
    x, w, best = Value(1.0, "x"), Value(2.0, "w"), Value(100.0, "best")
    loss = (x * w - 1).square()
    assert loss < best
    program = compile(loss, [x])
    assert program.parameters == [w]
    assert program.value_and_grad([[3.0]])[1].tolist() == [30.0]
    assert program.holds([[3.0, 30.0]]).tolist() == [True, False]
