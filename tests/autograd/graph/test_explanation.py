"""explain: a gradient as products of local derivatives, in symbols and in numbers."""

import pytest

from autograd import Graph, Value, draw, explain, page
from nn import MLP, half_squared_error


@pytest.fixture
def cost() -> Value:
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    return half_squared_error(net([0.5, 0.1]), 0.8)


def test_the_hand_example_reads_as_in_the_textbook(cost):
    assert str(explain(cost, wrt="W1[1,1]")).splitlines() == [
        "∂C/∂W1[1,1] = ∂C/∂z2[1] · ∂z2[1]/∂a1[1] · ∂a1[1]/∂z1[1] · ∂z1[1]/∂W1[1,1]",
        "            = (z2[1] − y) · W2[1,1] · ReLU′(z1[1]) · x1",
        "            = (−0.408)(0.6)(1)(0.5)",
        "            = −0.1224",
    ]


def test_a_dead_path_is_shown_as_such(cost):
    text = str(explain(cost, wrt="W1[2,1]"))
    assert "(−0.408)(0.9)(0)(0.5)" in text
    assert "a dead path: ∂a1[2]/∂z1[2] = ReLU′(z1[2]) = 0" in text


def test_several_paths_are_listed_and_summed(cost):
    found = explain(cost, wrt="x1")
    assert found.path_count == 2
    assert found.total == pytest.approx(-0.09792, rel=1e-12)
    assert str(found).splitlines()[-1] == "∂C/∂x1 = (−0.09792) + 0 = −0.09792"


def test_total_is_the_gradient_for_every_node(cost):
    cost.backward()
    graph = Graph.of(cost)
    for node in graph.nodes:
        found = explain(graph, node.index)
        assert found.total == graph.adjoints[node.index]
        listed = sum(path.contribution for path in found.paths)
        assert listed == pytest.approx(found.total, rel=1e-12, abs=1e-15)


def test_latex_numbers_its_paths_and_names_what_stopped_a_dead_one(cost):
    latex = explain(cost, wrt="x1")._repr_latex_()
    assert [latex.count(rf"\text{{path {k}:}}") for k in (1, 2, 3)] == [1, 1, 0]
    assert r"= 0 \quad \text{(a dead path: } \frac{\partial a^{(1)}_{2}}" in latex
    assert latex.count("{") == latex.count("}")
    assert r"\text{path" not in explain(cost, wrt="W1[2,1]")._repr_latex_()


def test_latex_has_the_same_rows_and_balanced_braces(cost):
    latex = explain(cost, wrt="W1[1,1]")._repr_latex_()
    assert latex.startswith("$$\\begin{aligned}")
    assert r"\frac{\partial C}{\partial W^{(1)}_{1,1}}" in latex
    assert r"\left(z^{(2)}_{1} - y\right) \cdot W^{(2)}_{1,1}" in latex
    assert "(-0.408)(0.6)(1)(0.5)" in latex
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")


def test_values_labels_and_numbers_name_the_same_node():
    a = Value(2.0, "a")
    y = a * a
    assert explain(y, a) == explain(y, "a") == explain(y, 0)
    assert explain(y, a).rest == 0.0


def test_too_many_paths_are_counted_and_the_rest_is_summed():
    v = Value(1.0, "x")
    for _ in range(60):
        v = v + v
    found = explain(v, wrt="x", most=2)
    assert found.path_count == 2**60
    assert len(found.paths) == 2
    assert found.rest == 2.0**60 - 2
    text = str(found)
    assert "1,152,921,504,606,846,976 paths" in text
    assert "1,152,921,504,606,846,974 more paths" in text
    assert max(map(len, text.splitlines())) < 200


def test_the_output_itself_and_a_node_it_does_not_depend_on():
    x = Value(2.0, "x")
    y = x * 3
    y.label = "y"
    assert str(explain(y, y)) == "∂y/∂y = 1"
    with pytest.raises(ValueError, match="not part of the computation"):
        explain(y, Value(1.0, "stranger"))


def test_unknown_and_double_labels_are_refused_by_name():
    y = Value(1.0, "a") * Value(2.0, "a") + Value(3.0, "b")
    with pytest.raises(ValueError, match=r"no node is labeled 'q'.*a, a, b"):
        explain(y, "q")
    with pytest.raises(ValueError, match="2 nodes are labeled 'a'"):
        explain(y, "a")
    with pytest.raises(TypeError, match="label"):
        explain(y, 1.5)


def test_numbers_changed_after_recording_are_not_explained_with_the_old_slopes():
    x = Value(2.0, "x")
    y = x * x
    x.data = 5.0
    with pytest.raises(ValueError, match="changed after the recording"):
        explain(y, x)


def test_a_prompt_shows_what_print_shows():
    x = Value(2.0, "x")
    explanation = explain(x * 3, x)
    assert repr(explanation) == str(explanation)


def test_several_outputs_are_explained_as_their_sum():
    x = Value(0.5, "x")
    y1, y2 = x * 3, x * -5
    y1.label, y2.label = "y1", "y2"
    text = str(explain([y1, y2], wrt=x))
    assert text.startswith("∂(y1 + y2)/∂x: 2 paths lead from x to (y1 + y2)\n")
    assert "path 1: y2 ← x" in text
    assert text.endswith("∂(y1 + y2)/∂x = (−5) + 3 = −2")
    assert r"\frac{\partial \left(y_{1} + y_{2}\right)}" in explain([y1, y2], x)._repr_latex_()
    many = [x * k for k in range(1, 7)]
    assert str(explain(many, wrt=x)).startswith("∂(v2 + … + v12)/∂x: 6 paths")


def test_one_mistake_has_one_message_wherever_it_is_made():
    x, other = Value(2.0, "x"), Value(1.0, "other")
    y = x * 3
    for wanted, output, error, words in (
        (other, y, ValueError, "is not part of the computation"),
        (x, Graph.of(y), TypeError, "a Graph does not hold Values"),
        ("q", y, ValueError, "no node is labeled 'q'"),
        (99, y, ValueError, "there is no node 99"),
        (1.5, y, TypeError, "by its label or its index"),
    ):
        for ask in (explain, lambda y, w: draw(y, focus=w), lambda y, w: page(y, focus=w)):
            with pytest.raises(error, match=words):
                ask(output, wanted)


def test_a_number_of_paths_too_long_for_python_to_print_is_said_by_its_size():
    v = Value(1.0, "x")
    for _ in range(15_000):
        v = v * 0.5 + v * 0.5
    text = str(explain(v, "x", most=1))
    assert "about 10^4,515 paths lead from x" in text
    assert "about 10^4,515 more paths" in text
