"""Verdicts over several lines: steps, consequences, derivatives under other names, conventions."""

import pytest

from autograd import Worksheet


def verdicts(text):
    return [line.verdict.value for line in Worksheet.parse(text).check().lines]


RAW = """h0 = 0.5
w = 2.0
v = 40.0
r1 = w*h0
h1 = tanh(r1)
r2 = w*h1
h2 = tanh(r2)
y = v*h2
dy = 1
dv = h2*1 -> 0.9093
dh2 = v*1 -> 40
dr2 = (1 - r2**2)*dh2 -> -52.80
dh1 = w*dr2 -> -105.6
"""


def test_names_such_as_dz_are_derivatives_where_the_sheet_uses_them_so():
    report = Worksheet.parse(RAW).check()
    assert report.first_wrong.line == 12
    assert report.first_wrong.slips[0].key == "f-prime-formula-at-z"
    assert report.lines[-1].verdict.value == "carried on"


@pytest.mark.parametrize(
    "text",
    [
        "x = 2\nt = 0.5\ny = x*t -> 1.0\ndt = 0.1*t -> 0.05\nz = y + dt -> 1.05",
        "x = 2\nt = 0.51\ny = x*t -> 1.02\nC = y^2\ndy = 2*y -> 2.04\ndt = 0.1*t -> 0.051",
        "x = 2\na = 3\ny = a*x -> 6.0\ndx = 0.25\nda = 0.01*a -> 0.03\ne = y + a*dx -> 6.75",
    ],
)
def test_names_such_as_dt_that_are_no_derivatives_are_the_writers_own(text):
    report = Worksheet.parse(text).check()
    assert report.ok, report


def test_a_gradient_written_in_full_is_never_a_name():
    text = "x = [1.1, 2.3]\no = mean(3*x*x)\nx.grad -> [27.5, 27.5]\n"
    report = Worksheet.parse(text).check()
    assert not report.ok
    assert not report.notes


def test_a_wrong_derivative_among_right_ones_is_no_name_of_its_own():
    text = "x = 1.7\nw = 3.1\nb = 0.3\ny = w*x + b\nC = y^2\ndy = 2*y\ndb = 2*y*x -> 18.938\n"
    report = Worksheet.parse(text).check()
    assert report.first_wrong.slips[0].key == "bias-times-input"


def test_the_same_slip_in_the_next_step_is_no_new_mistake():
    text = """X = [1, 2, 3, 4]
Y = [2, 4, 6, 8]
w = 0
J = mean((w*X - Y)^2) -> 30.00000000
w' = w - 0.01*dJ/dw -> 1.200
---
J -> 4.79999924
w' -> 1.680
"""
    report = Worksheet.parse(text).check()
    assert [line.verdict.value for line in report.lines] == ["exact", "wrong", *["carried on"] * 2]
    assert report.first_wrong.slips[0].key == "mean-forgotten"
    assert "the same slip again" in str(report)


def test_only_lines_that_rest_on_a_mistake_are_its_consequences():
    text = """a = 2
b = 3
p = a*b -> 7.00
q = a + b -> 5.00
r = p + 1 -> 8.00
s = q + 1 -> 6.00
"""
    report = Worksheet.parse(text).check()
    assert "r is only wrong because of this line" in str(report)
    assert [line.causes for line in report.lines] == [(), (), (3,), ()]


def test_a_consequence_reaches_the_next_step():
    text = "w = 1\nC = w^2\nw' = w - 0.1*dC/dw -> 0.90\n---\nC -> 0.810\n"
    report = Worksheet.parse(text).check()
    assert [line.verdict.value for line in report.lines] == ["wrong", "carried on"]
    assert report.lines[1].causes == (3,)


def test_who_adds_in_the_formula_and_subtracts_in_the_number_is_told_just_that():
    text = "a = 0.3\nL = ln(a) + 2*ln(1 - a)\ndL/da -> 0.476\na' = a + 0.01*dL/da -> 0.2952"
    report = Worksheet.parse(text).check()
    (slip,) = report.first_wrong.slips
    assert slip.sentence == "you subtract the step, although your own formula adds it"


def test_a_transposed_outer_product_is_one_mistake():
    text = """x = [0.5, 0.2]
W = [[0.3, 0.7], [0.9, -0.4]]
t = [1, 0]
y = W @ x
C = sum(½(y - t)²)
dC/dy -> [-0.71, 0.37]
dC/dW -> [[-0.355, 0.185], [-0.142, 0.074]]
"""
    report = Worksheet.parse(text).check()
    assert str(report).count("Another mistake") == 0
    assert {line.slips[0].key for line in report.lines if line.slips} == {"transposed-gradient"}


def test_a_matrix_of_exchanged_shape_is_named_too():
    text = "x = [1.5, 2.5, 3.5]\nW = [[1, 2, 3], [4, 5, 6]]\nC = sum(W @ x)\n"
    report = Worksheet.parse(text + "dC/dW -> [[1.5, 1.5], [2.5, 2.5], [3.5, 3.5]]").check()
    assert {line.slips[0].key for line in report.lines} == {"transposed-gradient"}


def test_whoever_leaves_the_sign_convention_once_is_wrong_there():
    text = """x = 0.5
w = 0.8
v = -1.3
t = 0.9
n = w*x
a = sigmoid(n)
y = v*a
E = ½(t - y)²
dE/dy -> 1.6783
dE/da -> -2.1818
dE/dn -> -0.52420
w' = w - 0.5*dE/dn*x -> 0.9310
"""
    right = text.replace("- 0.5*dE/dn*x -> 0.9310", "+ 0.5*dE/dn*x -> 0.66895")
    assert Worksheet.parse(right).check().ok
    odd = right.replace("dE/da -> -2.1818", "dE/da -> 2.1818")
    report = Worksheet.parse(odd).check()
    assert report.convention
    assert [line.quantity for line in report.lines if line.verdict.blamed] == ["dE/da"]


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("2.603", "right as rounded"),
        ("2.60", "right as rounded"),
        ("2.61", "right but for rounding on the way"),  # 0.60 + 0.37 + 1.64
        ("2.62", "wrong"),
        ("2.59", "wrong"),
        ("2.602", "wrong"),
        ("3", "too few digits to tell"),
        ("2", "too few digits to tell"),
        ("4", "wrong"),
    ],
)
def test_digits_and_rounding_on_the_way(number, verdict):
    text = f"p = 0.36\nq = 0.6\nr = 0.22\ns = p/q + r/q + p/r -> {number}".replace(
        "0.36\n", "0.36\n"
    )
    assert verdicts(text) == [verdict]


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("0", "wrong"),  # of 0.312: nobody rounds it to 0
        ("0.0", "wrong"),
        ("[0.31, 0]", "wrong"),
        ("[0.3, 0]", "too few digits to tell"),
        ("[0.312, 0]", "wrong"),
    ],
)
def test_a_zero_claims_that_nothing_is_left(number, verdict):
    text = f"x = 0.39\ny = 0.8*x -> {number}"
    if "[" in number:
        text = f"x = [0.39, 0.025]\ny = 0.8*x -> {number}"
    assert verdicts(text)[-1] == verdict


def test_a_transposed_matrix_with_zeros_is_one_mistake():
    text = """x = [0.5, -0.8]
W = [[0.4, 0.2], [0.3, 0.7]]
a = relu(W @ x)
C = sum(½(a - [1, 0])²)
dC/dW -> [[-0.48, 0], [0.768, 0]]
"""
    report = Worksheet.parse(text).check()
    assert str(report).count("mistake") == 1
    assert "if you write the matrix with its rows and columns exchanged" in str(report)


def test_a_slip_made_in_two_lines_is_more_certain_than_in_one():
    text = "q = [1.0, 0.5]\nk1 = [0.2, 0.8]\nk2 = [0.9, -0.4]\ns1 = q·k1/√2 -> 0.60\n"
    once = Worksheet.parse(text).check().first_wrong.slips[0]
    twice = Worksheet.parse(text + "s2 = q·k2/√2 -> 0.70").check().first_wrong.slips[0]
    assert once.key == twice.key == "divisor-lost"
    assert not once.is_certain
    assert twice.is_certain


def test_float32_of_a_whole_sheet_is_no_mistake_but_one_wrong_digit_is():
    numbers = "a = sqrt(0.5) -> {}\nb = exp(a)*a -> 1.4340938\nc = exp(b)*b*7 -> 42.120605"
    assert Worksheet.parse(numbers.format("0.70710677")).check().ok  # 0.70710678…
    text = numbers.format("0.70710677") + "\nd = a*b -> 1.014057520"  # no float32 is printed so
    assert not Worksheet.parse(text).check().ok


def test_every_square_of_a_cost_may_be_rounded_before_they_are_added():
    text = "a = [0.61268, 0.32555]\nt = [-1.1, -1.06]\nC = sum(½*(a - t)²) -> {}"  # 2.42651
    assert verdicts(text.format("2.4266")) == ["right but for rounding on the way"]
    assert verdicts(text.format("2.4267")) == ["wrong"]
    assert verdicts(text.format("2.4263")) == ["wrong"]
