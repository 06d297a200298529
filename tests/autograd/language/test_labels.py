"""Words that stand for quantities, and how derivatives of second order may be written."""

import pytest

from autograd import Worksheet, WorksheetError, check


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


NEURON = """Inputs: x1 = 2, x2 = 0, weights: w1 = -3, w2 = 1, bias 6.8813735870195432
x1w1 = -6
x2w2 = 0
x1w1x2w2 = x1w1 + x2w2 = -6
n = x1w1x2w2 + b = 0.8814
o = tanh(n) = 0.7071
"""


def test_every_gradient_of_a_neuron_is_judged_if_its_products_have_only_names():
    text = NEURON + "n.grad = 1 - o**2 = 0.5\nb.grad = 0.5\nx2w2.grad = 0.5\n"
    text += "x2.grad = w2 * x2w2.grad = 0.5\nx1.grad = -1.5\nw2.grad = 0\nw1.grad = 1.0"
    report = check(text)
    assert report.ok and {line.quantity for line in report.lines} >= {"x1w1", "do/dw1", "do/dx2"}
    assert not check(text.replace("x1.grad = -1.5", "x1.grad = 1.5")).ok
    assert not check(NEURON.replace("x1w1 = -6", "x1w1 = -7")).ok


def test_a_gradient_without_a_loss_is_a_name_of_its_own():
    text = "w = 3; x = 2\nq.grad = 0.5\nw.grad = q.grad x = 1\nx.grad = w q.grad = 1.4"
    assert [line.verdict.value for line in check(text).lines] == ["exact", "wrong"]


def test_what_a_formula_with_an_unknown_name_uses_is_no_loss():
    text = "w = 3; x = 2; t = 1\nz = w x = 6\ny = z + c = 7.3\nL = (y − t)² = 39.69\ndw = 24"
    report = Worksheet.parse(text, goes_on=True).check()
    assert [line.quantity for line in report.lines] == ["z", "L"]


@pytest.mark.parametrize("part", ["(t=2)", "(t = 2)", "(step 2)", "(sample 1)", "(i=1)"])
def test_what_one_time_step_adds_to_a_gradient_is_arithmetic(part):
    text = "w = 0.5; h = 0.2; t0 = 1\nL = (w h − t0)²\n"
    report = check(f"{text}dL/dw {part} = 0.4*0.7 = 0.28\ndL/dw {part} = 0.4*0.7 = 0.29")
    assert [line.verdict.value for line in report.lines] == ["exact", "wrong"]
    # Here t is the variable itself.
    assert check("t = 2\ny = t³\ndy/dt (t=2) = 12").lines[-1].quantity == "dy/dt"


def test_the_rule_of_a_recurrent_network_takes_the_elements_of_a_list():
    text = """h_t = tanh(w h_{t-1} + u x_t)
w = 0.5; u = 1; x = [1, 0.5]; h_0 = 0
h_1 = tanh(1) = 0.7616
h_2 = tanh(0.8808) = 0.7068
dh_2/du = (1 − 0.7068²)(0.5 + 0.5·(1 − 0.7616²)) = """
    assert check(text + "0.3553").ok
    assert not check(text + "0.2502").ok  # the first step is forgotten


@pytest.mark.parametrize("says", ["true class = 2 (counting from 1)", "1-indexed, true class 2"])
def test_a_one_hot_vector_follows_from_the_true_class(says):
    text = (
        f"{says}\nz = [2, 1, 0.1]\np = softmax(z) = [0.659, 0.242, 0.099]\nL = -ln p[2] = 1.417\n"
    )
    assert check(text + "dL/dz = p - onehot = [0.659, -0.758, 0.099]").ok
    assert not check(text + "dL/dz = p - onehot = [-0.341, 0.242, 0.099]").ok


def test_a_list_behind_a_formula_needs_no_brackets():
    text = "x = 1, 2, 3, 6\ny = (x − 3)/√3.5 = -1.069, -0.535, 0, "
    assert check(text + "1.604").ok and not check(text + "1.704").ok


def test_numbers_may_stand_right_behind_their_names():
    assert check("w1 .40, w2 .45\nb 0.1; x1 2\nz = w1 x1 + w2 + b = 1.35").ok


@pytest.mark.parametrize("circle", ["pi", "π", r"\pi"])
def test_a_multiple_of_pi_before_an_equals_sign_gives_pi_no_value(circle):
    text = f"x = 2\ny = x {circle} = 2 {circle} = 6.283\nz = sin({circle}/x) = "
    assert check(text + "1").ok and not check(text + "0.9").ok


def test_new_weights_below_a_line_that_announces_a_step_are_judged():
    text = "w = [0.5, -1]; x = [2, 1]; L = (w·x − 2)² = 4\ndL/dw = [-8, -4]\n"
    text += "one step with eta 0.1:\nw = [1.3, "
    assert check(text + "-0.6]").ok and not check(text + "-0.7]").ok


@pytest.mark.parametrize(
    ("slope", "right"),
    [
        ("d/dx ln(x)", "0.5"),
        ("d/dx x^3", "12"),
        ("d/dx x³", "12"),
        ("d/dx[x^3]", "12"),
        ("d/dx 3x^2", "12"),
        ("d/dx e^(2x)", "109.196"),
        ("d/dx x^2 sin(x)", "1.973"),  # 2x·sin x + x²·cos x
        ("(x^3)'", "12"),
        ("(ln x)'", "0.5"),
        ("(x^3)' = 3x^2", "12"),
    ],
)
def test_an_expression_may_be_differentiated_where_it_stands(slope, right):
    assert [line.verdict.value for line in check(f"x = 2\n{slope} = {right}").lines][-1:] != []
    assert check(f"x = 2\n{slope} = {right}").ok
    assert check(f"{slope} at x = 2 = {right}").ok
    assert not check(f"x = 2\n{slope} = 1{right}").ok


def test_a_sum_behind_a_derivative_needs_brackets():
    with pytest.raises(WorksheetError, match=r"two readings: write d/dx \(…\) around"):
        check("x = 2\nd/dx 3x^2 + x = 13")
    assert check("x = 2\nd/dx (3x^2 + x) = 13").ok


def test_a_short_gradient_that_a_line_has_stated_is_a_factor():
    text = "x = 0.5; t = 1\nz = 2 x = 1\na = z² = 1\nL = 3(a − t)² + a = 1\n"
    text += "da = 6(a − t) + 1 = 1\ndz = da(2 z) = 2\ndx = 2 dz = "
    assert check(text + "4").ok and not check(text + "5").ok


@pytest.mark.parametrize(
    "line",
    [
        "y = 2 exp(2) = 14.778",
        "z = 0.5\nswish = z σ(z) = 0.5 σ(0.5) = 0.3112",
        "x = 3\ny = x ln(x) = 3 ln(3) = 3.2958",
        "b = 0.5 tanh(0.5) = 0.231",
    ],
)
def test_a_number_times_a_function_of_it_is_a_product(line):
    assert check(line).ok and not check(line[:-2] + "75").ok


def test_a_new_list_may_follow_one_of_its_new_elements():
    text = "w = [1, 2]; x = [3, 4]\ny = w·x = 11\nL = y²/2\ndL/dw = [33, 44]\n"
    text += "w1' = 1 - 0.1*33 = -2.3\nw' = w - 0.1*dL/dw = [-2.3, -2.4]\ny' = w'·x = "
    assert check(text + "-16.5").ok and not check(text + "-12.5").ok


@pytest.mark.parametrize(
    "text",
    [
        "z = [1, 2]\nh = tanh(z)\nh1' = 1 - h1^2 = 0.42\n---\ns = h1 + h2 = 1.7256",
        "z = [1, 2]\na = σ(z) = [0.7311, 0.8808]\na1' = σ'(z1) = 0.1966\nq = 2 a1' = 0.3932",
        "x = 3; y = [2, 4]\ny1' = 3*x^2 = 27\nf = 2*y1' = 54",
    ],
)
def test_the_slope_of_an_element_is_a_name_of_its_own(text):
    assert check(text).ok and not check(text[:-1] + str((int(text[-1]) + 5) % 10)).ok


@pytest.mark.parametrize("line", ["a' = 0.7116", "L' = -0.926", "y' = 3\nnew L = 2"])
def test_a_prime_alone_may_be_a_slope_and_is_not_judged_as_a_new_value(line):
    text = "w = 0.3; x = 2; t = 1; lr = 0.1; y = 2\na = tanh(w x) = 0.537\nL = (a − t)² + 0 y\n"
    text += f"w' = w − lr·dL/dw = 0.4318\n{line}"
    assert "wrong" not in [judged.verdict.value for judged in check(text).lines]
