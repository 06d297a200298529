"""The table of slips: whoever makes one is told which, and is not blamed for what follows."""

import math

import pytest

from autograd import Value, Worksheet, check
from autograd.grading.slips.predictions import predictions
from nn import half_squared_error

# --- slips computed here, by hand formulas and not by the table -----------------------------------


def sigma(z):
    return 1 / (1 + math.exp(-z))


X, W, B, V, T = 0.35, 0.8, 0.1, -1.3, 0.9
Z = W * X + B
A = sigma(Z)
N = V * A
Y = sigma(N)
ERROR = Y - T
D2 = ERROR * Y * (1 - Y)
D1 = D2 * V * A * (1 - A)
HEAD = f"""x = {X}
w = {W}
b = {B}
v = {V}
t = {T}
z = w*x + b -> {Z:.5f}
a = sigmoid(z) -> {A:.5f}
n = v*a -> {N:.5f}
y = sigmoid(n) -> {Y:.5f}
C = ½(y - t)² -> {ERROR * ERROR / 2:.6f}
"""


@pytest.mark.parametrize(
    ("quantity", "number", "key"),
    [
        ("dC/dy", -ERROR, "sign"),
        ("dC/dy", 2 * ERROR, "two-doubled"),
        ("dC/dn", ERROR, "f-prime-forgotten"),
        ("dC/dn", ERROR * Y, "f-for-f-prime"),
        ("dC/dn", ERROR * sigma(Y) * (1 - sigma(Y)), "f-prime-at-a"),
        ("dC/dn", ERROR * N * (1 - N), "f-prime-formula-at-z"),
        ("dC/dn", ERROR * Y * (1 - Y) * (1 - Y * (1 - Y)), "squashed-twice"),
        ("dC/dn", ERROR * (Y * (1 - Y)) ** 2, "f-prime-twice"),
        ("dC/dv", D2, "input-dropped"),
        ("dC/dv", A, "upstream-dropped"),
        ("dC/da", D2, "weight-dropped"),
        ("dC/dw", D1, "input-dropped"),
        ("dC/db", D1 * X, "bias-times-input"),
        ("v' = v - 0.7*dC/dv", V + 0.7 * D2 * A, "ascent"),
        ("v' = v - 0.7*dC/dv", V - D2 * A, "rate-forgotten"),
        ("v' = v - 0.7*dC/dv", V - 0.49 * D2 * A, "rate-twice"),
        ("v' = v - 0.7*dC/dv", -0.7 * D2 * A, "step-alone"),
        ("v' = v - 0.7*dC/dv", 0.7 * D2 * A, "step-alone"),
        ("(y - t)²", ERROR, "square"),
        ("(y - t)²", 2 * ERROR, "square"),
        ("(y - t)²", ERROR / 2, "square"),
        ("z/(1 - a²)", Z / (1 - A), "correction-power"),
        ("sigmoid(z)", Z, "function-forgotten"),
        ("sigmoid(z)", sigma(A), "function-twice"),
        ("ln(y) + 2", math.log10(Y) + 2, "log10"),
        ("sin(z + 1)", math.sin(math.radians(Z + 1)), "degrees"),
    ],
)
def test_a_slip_computed_by_hand_is_named(quantity, number, key):
    report = Worksheet.parse(f"{HEAD}{quantity} -> {number:.6g}").check()
    assert report.first_wrong, report
    assert report.first_wrong.line == 11
    assert report.first_wrong.slips[0].key == key, report


def test_two_slips_together_are_found_only_when_one_does_not_fit():
    report = Worksheet.parse(f"{HEAD}dC/dn -> {-ERROR * Y:.6g}").check()
    assert report.first_wrong.slips[0].key == "sign+f-for-f-prime"


def test_when_no_slip_fits_the_right_working_is_shown():
    report = Worksheet.parse(f"{HEAD}dC/dn -> 7.7777").check()
    assert report.first_wrong.slips == ()
    assert "We cannot tell which slip gives this number" in str(report)
    assert report.first_wrong.working.startswith("dC/dn = dC/dy·y·(1 − y) = ")


def test_a_right_working_says_nothing_twice():
    working = Worksheet.parse("r = 2/3 -> 0.65").check().first_wrong.working
    assert working == "r = 2/3 = 0.666667"


def test_an_updated_weight_used_while_going_back_is_named():
    new = V - 0.7 * D2 * A
    text = f"""{HEAD}dC/dn -> {D2:.7f}
dC/dv -> {D2 * A:.7f}
v' = v - 0.7*dC/dv -> {new:.6f}
dC/da -> {D2 * new:.7f}
dC/dz -> {D2 * new * A * (1 - A):.7f}"""
    report = Worksheet.parse(text).check()
    assert report.first_wrong.quantity == "dC/da"
    assert report.first_wrong.slips[0].key == "updated-weight"
    assert report.lines[-1].verdict.value == "carried on"


@pytest.mark.parametrize("number", ["0.0542", "0.542", "0.0452"])
def test_slips_of_the_pen(number):
    x = 0.0524 if number == "0.0542" else 0.0542 if number == "0.542" else 0.0425
    report = Worksheet.parse(f"x = {x}\ny = 1*x\nz = y + 0\nz -> {number}").check()
    assert report.first_wrong.slips[0].key in ("digits", "point")


def slip_of(text):
    """Return the first slip that is named, as its key and its sentence."""
    found = Worksheet.parse(text).check().first_wrong.slips[0]
    return found.key, found.sentence


MOMENTUM = "w = 1.3\nv = 0.2\nt = 0.4\nC = (w - t)²\nv' = 0.9*v + dC/dw -> 1.98\n"


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ("w' = w - 0.05*v' -> 0.099", "step-alone", "which is w minus the step"),
        ("w' = w - 0.05*v' -> -0.68", "rate-forgotten", "the learning rate 0.05"),
        ("g1 = 2*w - 0.86 -> 1.74\nm1 = g1*1 -> 1.74\ng2 = 3*w + 0.01*t -> 1.74", "copied", "g1"),
    ],
)
def test_the_step_may_be_a_velocity_and_a_copied_number_has_the_likeliest_name(line, key, words):
    found, sentence = slip_of(MOMENTUM + line)
    assert found == key
    assert words in sentence


AFTER = """x = 0.7
w = 0.8
b = 0.1
t = 0.2
z = w*x + b -> 0.66
a = sigmoid(z) -> 0.659260
C = ½(a - t)² -> 0.105460
dC/dw -> 0.0722165
w' = w - 2*dC/dw -> 0.655567
"""


def test_a_gradient_computed_after_the_update_is_named():
    z = 0.655567 * 0.7 + 0.1
    late = (sigma(z) - 0.2) * sigma(z) * (1 - sigma(z))
    key, sentence = slip_of(f"{AFTER}dC/db -> {late:.6g}")
    assert key == "after-update"
    assert "after w was updated" in sentence


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("x1 = 0.05\nx2 = 0.10\nw1 = 0.25\nw2 = 0.30\ny = w1*x1 + w2*x2 -> 0.04000",
         "operands-exchanged", "you exchange x1 and x2"),
        ("a = 1.537\nb = 2.518\nc = 4.1\ny = (a + b)*c -> 11.8608",
         "brackets-ignored", "the brackets around (a + b)"),
        ("x = 1.2\ny = exp(-x) -> 3.32012", "exponent-sign", "as with e^z and e^−z"),
        ("x = 0.7\nk = 0.9\nd = x*0.8/k -> 0.560000", "divisor-lost", "to divide by k"),
        ("x = 1.73\nu = 1/x -> 0.578035\ndu/dx -> -0.578035", "reciprocal-slope", "−1/u²"),
        ("w = -1.37\nC = abs(w)\ndC/dw -> -2.7400", "abs-slope", "the sign of w"),
        ("x = 1.37\ny = x^3 -> 2.57135\ndy/dx -> 7.71406", "power-rule", "n·uⁿ⁻¹"),
        ("x = 1.37\ny = exp(x) -> 3.93535\ndy/dx -> 1.98340", "exp-power-rule", "eᵘ"),
        ("β = 0.9\nm = 0.2157\ng = 0.5312\nm1 = β*m + (1 - β)*g -> 0.725330",
         "share-forgotten", "the factor (1 − β)"),
        ("X = [1.1, 2.3, 3.2]\nJ = mean(X^2) -> 16.74", "mean-forgotten", "1/3"),
        ("x1 = [0.51, 0.23]\nx2 = [0.92, -0.41]\nw = [1.3, 0.7]\ny = w @ x2 -> 0.82400",
         "wrong-number", "x1 instead of x2"),
        ("k = 0.8\nd = 1.7\nh = d/k -> 1.3600", "product-for-quotient", "multiply by k"),
        ("x = 0.83\nv = x^2 + 1\nq = sin(x)/v\ndq/dx -> -0.0504", "divisor-square", "v²"),
        ("a = 1.7\nt = 0.4\nL = abs(a - t)\ndL/da -> 1.3000", "abs-slope", "the sign of w"),
        ("g = 0.83\nm1 = 0.21\nv1 = 0.031\nmh = m1/(1 - 0.9²)\nvh = v1/(1 - 0.99²)\n"
         "w' = 0.5 - 0.1*mh/sqrt(vh) -> 0.380728", "correction-forgotten", "all of them"),
        ("z = 0.31\nn = 0.6\nh0 = -0.4\nh = (1 - z)*h0 + z*n\nL = h^2\ndL/dz -> -0.0360",
         "minus", "lose a minus sign"),
        ("a = 0.4\nx = 1.7\ny = a*x^3\ndy/da -> 3.468", "neighbors-gradient", "x instead of a"),
        ("p = [0.2, 0.5, 0.3]\nL = -ln(p[2]) -> 0.301030", "log10", "log₁₀"),
    ],
)  # fmt: skip
def test_slips_that_teachers_know(text, key, words):
    found, sentence = slip_of(text)
    assert found == key
    assert words in sentence


def test_numbers_with_one_digit_are_never_explained():
    for text in ("x = 3\ny = x^2\ndy/dx -> 3", "x = 4\ny = 2*x -> 4", "a = 2\nb = 5*a -> 7"):
        report = Worksheet.parse(text).check()
        assert not report.ok
        assert report.first_wrong.slips == ()


def test_more_digits_make_a_slip_more_certain():
    chances = []
    for digits in (2, 3, 4, 6):
        text = f"{HEAD}dC/dn -> {ERROR:.{digits}g}"
        found = Worksheet.parse(text).check().first_wrong.slips
        chances.append(min((slip.chance for slip in found), default=1.0))
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.01


ROUND = "w = 2\nx = 3\nb = 1\nz = w*x + b -> 7\nL = (z - 10)^2 -> 9\ndL/dz -> -6\n"


def test_a_lost_minus_sign_is_named_in_round_numbers_and_only_that():
    (wrong,) = [line for line in check(f"{ROUND}dL/dw -> 18").lines if line.slips]
    assert [slip.key for slip in wrong.slips] == ["minus"]
    assert not wrong.slips[0].is_certain
    assert check(f"{ROUND}dL/db -> 6").first_wrong.slips == ()  # one digit is no evidence


def test_a_result_that_is_computed_wrongly_from_the_right_numbers_is_called_that():
    report = check(f"{HEAD}u = w*x + 1 = 0.8*0.35 + 1 -> 1.18")
    assert "you compute 0.8*0.35 + 1 wrongly" in str(report).casefold()


def test_a_difference_of_rounded_numbers_that_nearly_cancel_excuses_no_number():
    sheet = "p = 0.41467\nq = 0.41433\nr = (p - q)*100 -> "
    assert check(f"{sheet}0.034").ok
    assert not check(f"{sheet}0.051").ok


def test_what_a_learner_may_predict_is_never_right():
    w, x, t = Value(0.8, "w"), Value(0.35, "x"), Value(0.9, "t")
    z = w * x
    y = z.sigmoid()
    cost = half_squared_error(y, t)
    z.label, y.label, cost.label = "z", "y", "C"
    cost.backward()
    nodes = [w, x, t, z, y, cost]
    numbers, gradients = predictions(nodes, cost)
    assert {nodes[k].label for k in gradients} == {"w", "x", "t", "z", "y"}
    for found, right in ((numbers, "data"), (gradients, "grad")):
        for k, told in found.items():
            exact = getattr(nodes[k], right)
            assert all(abs(number - exact) > 1e-14 for number, _ in told)
    assert -y.grad in [number for number, _ in gradients[4]]  # a lost minus sign


@pytest.mark.parametrize(
    ("sheet", "convention"),
    [
        ("x = 0\ny = relu(x)\ndy/dx -> 1", "ReLU′(0) = 0"),
        ("x = 0\ny = |x|\ndy/dx -> -1", "abs′(0) = 0"),
        ("w = 2\nx = 0\nC = ½(relu(w x) - 1)²\ndC/dx -> -2", "ReLU′(0) = 0"),
    ],
)
def test_the_slope_of_one_side_of_a_kink_is_named_with_the_convention(sheet, convention):
    (slip,) = check(sheet).first_wrong.slips
    assert slip.key == "kink"
    assert convention in slip.sentence


def test_a_sum_that_cancels_is_shown_as_zero():
    assert "5.55" not in str(check("x = 0.1\nz = 3x - 0.3 -> 0"))


def test_new_weights_of_another_shape_are_no_cause():
    report = check("w = [0.2, 0.3, 0.4]\nw' = [0.1, 0.2]\ny = 2 w[3] -> 0.51")
    assert report.first_wrong.line == 3


def test_a_number_that_the_output_does_not_use_has_gradient_0():
    report = check("x = 0.5\ny = [2x, 3x]\nL = (y[2] - 1)² -> 0.25\ndL/dy -> [0.1, 1.0]")
    assert [line.verdict.value for line in report.lines] == ["exact", "wrong", "exact"]
    assert report.lines[1].exact == 0


def test_a_formula_with_derivatives_of_two_outputs_is_explained_after_an_update():
    report = check(
        "w = 2\nx = 3\ny = w*x -> 6\nL = (y - 5)² -> 1\nE = L + w*x -> 7\n"
        "w' = w - 0.1*dE/dw -> 1.1\ng = dL/dx*dE/dx -> 5.123"
    )
    assert report.first_wrong.quantity == "g"


def test_a_copied_number_has_the_digits_of_what_is_copied():
    assert "copy" not in str(check("p = 2/3 -> 0.66\nr = 2/3 -> 0.65"))
    assert "copy the number of p" in str(check("p = 2/3 -> 0.66\nr = 3/3 -> 0.66"))


@pytest.mark.parametrize(
    ("number", "names"),
    [("1.2384", True), ("1.3247", False), ("1.3248", True), ("1.2347", False), ("1.2357", False)],
)
def test_digits_are_exchanged_among_the_written_ones(number, names):
    """The right number is 1.23476, which is rounded to 1.2348 before digits are exchanged."""
    first = Worksheet.parse(f"a = 1.23476\ny = 1*a -> {number}").check().first_wrong
    assert names == bool(first and any(slip.key == "digits" for slip in first.slips))
