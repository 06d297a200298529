"""Recorded gradients against differences of the function itself."""

import math
import random

import pytest

from autograd import Value, compile, gradcheck  # noqa: A004
from autograd.engine.operation import OPS
from nn import MLP

SMOOTH = ["exp", "log", "sqrt", "sin", "cos", "tan", "atan", "tanh", "sigmoid", "softplus", "silu"]


@pytest.mark.parametrize("name", [*SMOOTH, "gelu", "square"])
def test_right_gradients_agree(name):
    report = gradcheck(getattr(Value, name), [0.7])
    assert report.ok
    assert report.components[0].error < 1e-9
    assert not report.kinks


def test_a_wrong_gradient_is_found_and_named(monkeypatch):
    tanh = OPS["tanh"]
    wrong = type(tanh)("wrong", 1, tanh.forward, lambda xp, y, x: (1 - y,), "wrong")
    from autograd.engine.functions import record

    report = gradcheck(lambda a, b: record(wrong, [a * b]), [Value(0.4, "a"), Value(2.0, "b")])
    assert not report.ok
    assert report.worst[0].name == "a"
    assert "WRONG" in str(report)
    assert "2 disagree" in str(report)


def test_a_kink_is_named_and_does_not_fail():
    report = gradcheck(lambda a: a.relu() + a, [Value(0.0, "a")])
    assert report.ok
    assert [c.kink for c in report.kinks] == ["relu"]


def test_a_kink_nearby_is_kept_out_of_the_step():
    report = gradcheck(lambda a: a.relu(), [1e-5])
    assert report.ok
    assert not report.kinks
    assert report.components[0].measured == pytest.approx(1.0)


def test_a_wrong_gradient_near_a_kink_is_not_excused():
    relu = OPS["relu"]
    wrong = type(relu)("relu", 1, relu.forward, lambda xp, y, x: (0.5,), "wrong")
    from autograd.engine.functions import record

    assert not gradcheck(lambda a: record(wrong, [a]), [1e-4]).ok


def test_the_step_stays_where_the_function_is_defined():
    assert gradcheck(lambda a: a.log(), [1e-4]).ok


def test_a_module_is_checked_with_its_parameters_and_left_as_it_was():
    net = MLP(2, [3, 1], activation="tanh", seed=3)
    before = [(p.data, p.grad) for p in net.parameters()]
    report = gradcheck(net, [0.3, -0.8])
    assert report.ok
    assert len(report.components) == 2 + len(before)
    assert [(p.data, p.grad) for p in net.parameters()] == before


def test_a_program_is_checked_over_its_batch():
    w, b, x = Value(0.7, "w"), Value(-0.2, "b"), Value(0.0, "x")
    program = compile((w * x + b).tanh().square(), inputs=[x])
    report = gradcheck(program, [[0.5, -1.0, 2.0]])
    assert report.ok
    assert [c.name for c in report.components] == ["w", "b"]
    assert program.weights.tolist() == [0.7, -0.2]


def test_a_program_whose_gradients_are_wrong_is_found_out(monkeypatch):
    w, x = Value(0.7, "w"), Value(0.0, "x")
    program = compile((w * x).tanh(), inputs=[x])
    right = program.value_and_grad

    def wrong(columns):
        value, gradients = right(columns)
        return value, gradients * (1 + 1e-4)

    monkeypatch.setattr(program, "value_and_grad", wrong)
    assert not gradcheck(program, [[0.5, -1.0, 2.0]]).ok


def test_an_input_without_effect_does_not_disturb_the_check_of_a_program():
    w, x, unused = Value(0.7, "w"), Value(0.0, "x"), Value(1.0, "unused")
    program = compile((w * x).tanh(), inputs=[unused, x])
    assert gradcheck(program, [[1.0, 2.0], [0.5, -1.0]]).ok


def test_a_function_that_does_not_repeat_is_told_so():
    rng = random.Random(1)
    report = gradcheck(lambda x: x * rng.choice([0.0, 2.0]), [0.7])
    assert not report.ok
    assert "does not repeat" in str(report)
    assert sorted(report.returned) == [0.0, 1.4]
    counted = iter(range(1000))
    report = gradcheck(lambda x: x * next(counted), [2.0])
    assert "it returned 2 and then 4" in str(report)


def test_a_kink_of_python_is_a_kink():
    for function, what in (
        (lambda x: max(2 * x, 0.3 * x), "the function"),
        (lambda x: x.exp() if x.data > 0 else 1 - 3 * x, "a branch of the function"),
    ):
        report = gradcheck(function, [0.0])
        assert [c.kink for c in report.components] == [what]
        assert report.ok


def test_what_cannot_be_decided_is_said_to_be_undecided():
    """Its slope is 0 at 0, but a power of 1.01 gets there too slowly to be measured."""
    report = gradcheck(lambda x: x**1.01, [0.0])
    assert report.components[0].verdict == "undecided"
    assert not report.ok
    assert "1 undecided." in str(report)


def test_a_number_hidden_from_the_recording_is_found():
    report = gradcheck(lambda x: x * x.data, [3.0])
    assert report.components[0].verdict == "disagrees"
    assert report.components[0].measured == pytest.approx(6.0)


HIDDEN = {
    "a factor beside a large number": (lambda x: x * x.data + 1e14, 1.0),
    "a part that oscillates": (lambda x: Value(math.sin(1e6 * x.data)) + 0 * x, 1.0),
    "a slope that is infinite": (lambda x: Value(math.cbrt(x.data)) + 0 * x, 0.0),
    "an exponent": (lambda x: (x + 1.0) ** x.data + 1e14, 1.0),
    "a rounded number": (lambda x: x * round(x.data, 9) + 1e15, 0.5),
    "a number from a table": (lambda x: x * [3.0, 4.0][x.data > 2.2] + 1e15, 2.0),
}


@pytest.mark.parametrize(("function", "at"), HIDDEN.values(), ids=HIDDEN)
def test_what_the_differences_cannot_see_is_not_judged_by_a_graph_that_hides_it(function, at):
    report = gradcheck(function, [at])
    assert [c.verdict for c in report.components] == ["undecided"]


SEEN_BY_THE_GRAPH_ONLY = {
    "small beside the output": (lambda x: x * x * 3 + 1e14, 1.0),
    "saturated": (lambda x: x.sigmoid() + 5, 40.0),
    "one branch": (lambda x: x.sigmoid() if x.data > 0 else x * x, 40.0),
    "several constants": (lambda x: sum(((x * k).sigmoid() for k in range(3, 6)), 7e3), 12.0),
}


@pytest.mark.parametrize(
    ("function", "at"), SEEN_BY_THE_GRAPH_ONLY.values(), ids=SEEN_BY_THE_GRAPH_ONLY
)
def test_the_complex_step_judges_a_slope_that_the_differences_cannot_see(function, at):
    assert gradcheck(function, [at]).ok


def test_an_infinite_gradient_agrees_with_no_finite_slope():
    """The slope is −10⁴⁰⁰, which no float can hold."""
    component = gradcheck(lambda x: 1 / x, [1e-200]).components[0]
    assert component.recorded == -math.inf
    assert component.verdict == "undecided"


def test_a_value_may_be_returned_as_it_came():
    assert gradcheck(lambda a, b: a, [0.0, 2.0]).ok


def test_what_returns_no_value_is_refused_with_advice():
    with pytest.raises(TypeError, match="operations of autograd"):
        gradcheck(lambda a: 3.0, [1.0])


def test_the_report_is_shown_in_notebooks_and_at_a_prompt():
    report = gradcheck(lambda a: a * a, [1.0])
    assert report._repr_html_().startswith("<pre>")
    assert repr(report) == str(report)


def test_the_first_line_counts_what_agrees_what_does_not_and_kinks():
    kink = gradcheck(lambda a, b: a.relu() + b * b, [0.0, 1.0])
    assert str(kink).startswith("2 gradients compared with differences: 1 agrees, 1 at a kink.\n")
    both = gradcheck(lambda a, b: a * b, [1.0, 2.0])
    assert str(both).startswith("2 gradients compared with differences: all agree.\n")


def test_a_label_that_is_no_python_name_is_not_written_as_code():
    with pytest.raises(TypeError, match=r"write x\.data for the plain number"):
        gradcheck(math.sin, [1.0])
