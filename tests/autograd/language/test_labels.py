"""Words that stand for quantities, and how derivatives of second order may be written."""

import pytest

from autograd import WorksheetError, check


@pytest.mark.parametrize("written", ["d^{2}y/dx^{2}", "d^2y/dx^2", "d²y/dx²", "∂²y/∂x²"])
def test_the_order_of_a_derivative_may_be_in_braces(written):
    report = check(f"x = 3\ny = x^4 -> 81\n{written} -> 108")
    assert [line.verdict.value for line in report.lines] == ["exact", "exact"]
    assert not check(f"x = 3\ny = x^4 -> 81\n{written} -> 107").ok


@pytest.mark.parametrize("rate", ["η", "alpha", "lr"])
def test_a_rate_that_a_heading_states_is_the_rate_of_the_steps_and_of_nothing_else(rate):
    sheet = (
        f"# one step with a learning rate of 0.1\nw = 2\nC = w^2 -> 4\nw' = w - {rate}*dC/dw -> 1.6"
    )
    assert [line.verdict.value for line in check(sheet).lines] == ["exact", "exact"]
    with pytest.raises(WorksheetError, match="k is not defined"):
        check("# a learning rate of 0.1\nw = 2\nC = k*w -> 6")


def test_a_target_with_the_number_of_a_given_quantity_is_that_quantity():
    cost = "C = ½(a - target)^2"
    same = check(f"y = 0.8\na = 0.5\nTarget: 0.8\n{cost} -> 0.045\ndC/dy -> 0.3")
    assert [line.quantity for line in same.lines] == ["y", "C", "dC/dy"] and same.ok
    other = check(f"y = 0.8\na = 0.5\nTarget: 0.9\n{cost} -> 0.08")
    assert [line.quantity for line in other.lines] == ["C"] and other.ok


@pytest.mark.parametrize("sign", [";", ",", " |"])
def test_a_labeled_number_behind_a_calculation_is_read(sign):
    text = f"x = 2\nL = 3 x = 6{sign} dL/dx: "
    assert [line.verdict.value for line in check(text + "3").lines] == ["exact", "exact"]
    assert [line.verdict.value for line in check(text + "4").lines] == ["exact", "wrong"]
    assert "loss is taken as given" in str(check(f"x = 2\nz = 3 x = 6{sign} loss: 5"))


@pytest.mark.parametrize("inputs", ["x1: 0.5; w: 2", "x1: 0.5, w: 2", "input x1: 0.5, weight w: 2"])
def test_a_line_may_label_several_numbers(inputs):
    assert [line.verdict.value for line in check(f"{inputs}\nL = x1 w = 1").lines] == ["exact"]
