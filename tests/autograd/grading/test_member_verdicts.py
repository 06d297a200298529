"""The members of a chain: formulas, numbers put in, and results, each judged by what it is from."""

import pytest

from autograd import Worksheet, WorksheetError

HEAD = (
    "x = 0.5\nw = 0.8\nt = 1\nz = w*x -> 0.4\na = tanh(z) -> 0.379949\nC = ½(a - t)² -> 0.192232\n"
)


def check(line):
    return Worksheet.parse(HEAD + line).check()


@pytest.mark.parametrize(
    "line",
    [
        "dC/da = a - t = 0.38 - 1 = -0.62",
        "dC/dz = (a - t)*(1 - a²) = -0.62*(1 - 0.38²) = -0.530",
        "dC/dz = (a - t)*(1 - a²) = -0.62*0.856 = -0.531",
        "dC/dw = -0.53*0.5 -> -0.265",
        "u = w*x + 1 = 0.8*0.5 + 1 = 0.4 + 1 = 1.4",
        "d = (1.1, 2.3)\nh = (3.1, 4.2)\ng = d·h = (1.1, 2.3)·(3.1, 4.2) = (3.41, 9.66)",
        "d = (1.1, 2.3)\nh = (3, 4)\ng = 2 d·h = 2·(1.1, 2.3)·(3, 4) = (6.6, 18.4)",
        "d = (1.1, 2.3)\nh = (3, 4)\ng = d·h = (1.1, 2.3)·(3, 4) = 12.5",
        "u = 2x = 2·½ = 1\nr = x/2 = ¼",
        "h = (0.31, 0.42)\ng = h·h = (0.31, 0.42)·h = (0.0961, 0.1764)",
    ],
)
def test_numbers_put_in_count_as_rounded(line):
    report = check(line)
    assert report.ok, report


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dC/da = a - t = 0.38 - 2 = -1.62", "You put in 2 for t, but your t is 1."),
        ("u = w*x + 1 = 0.8*0.7 + 1 = 1.56", "You put in 0.7 for x, but your x is 0.5."),
        ("u = w*x + 1 = ¼*0.5 + 1 = 1.125", "You put in ¼ for w, but your w is 0.8."),
    ],
)
def test_a_number_put_in_for_another_is_named(line, words):
    report = check(line)
    assert report.first_wrong.kind == "numbers"
    assert words in str(report)
    assert report.lines[-1].verdict.value == "carried on"
    assert report.lines[-1].causes == (7,)


def test_the_number_of_examples_is_exact_among_wrong_numbers_put_in():
    report = check("p = [1, 2]\nq = [3, 4]\ng = p - q = [1, 2] - N = [-1, 0]")
    assert report.first_wrong.kind == "numbers", report


def test_a_wrong_formula_is_carried_on_even_without_a_number():
    report = check("dC/da = 2*(a - t)\ndC/dz = dC/da*(1 - a²) -> -1.0611")
    assert report.first_wrong.kind == "working"
    assert report.first_wrong.slips[0].key == "two-doubled"
    assert report.lines[-1].verdict.value == "carried on"
    assert "dC/dz is only wrong because of this line" in str(report)


def test_a_result_on_the_way_is_judged_too():
    report = check("u = w*x + 1 = 1.5 = 1.40")
    assert [line.verdict.value for line in report.lines[-2:]] == ["wrong", "exact"]


def test_a_formula_that_differs_from_the_definition_is_wrong():
    report = check("z = w + x = 1.3")
    assert [line.kind for line in report.lines if line.verdict.blamed][:1] == ["working"]


def test_a_wrong_number_put_in_is_named_without_a_formula_too():
    report = check(
        "v = 0.7312\ny = v*a\nD = y^2 -> 0.0771832\ndD/da = 2*0.277819*0.379949 -> 0.211114"
    )
    assert "You get exactly this if" in str(report)
    assert report.first_wrong.slips[0].key == "wrong-number"


def test_numbers_put_into_a_wrong_formula_are_no_second_mistake():
    report = check("dC/dz = (a - t)*a*(1 - a) = (0.38 - 1)*0.38*(1 - 0.38) = -0.1461")
    assert [line.kind for line in report.lines if line.verdict.blamed] == ["working"]
    assert str(report).count("mistake") == 1


def test_the_arithmetic_is_named_where_the_numbers_put_in_are_right():
    report = check("u = w*x + 1 = 0.8*0.5 + 1 = 0.4 + 1 = 1.37")
    assert "You compute 0.4 + 1 wrongly." in str(report)
    report = check("u = w*x + 1 = 0.8*0.7 + 1 = 1.56")
    assert "wrongly" not in str(report)


def test_a_wrong_formula_for_a_vector_is_one_mistake_with_one_slip():
    text = "z = [0.3, -0.7]\na = sigmoid(z)\nL = [0.5, 0.8] @ a\ndL/da -> [0.5, 0.8]\n"
    report = Worksheet.parse(text + "dL/dz = dL/da = [0.5, 0.8]").check()
    assert len([line for line in report.lines if line.verdict.blamed]) == 1
    assert "if you forget the slope f′(z) at a." in str(report)
    assert [line.causes for line in report.lines if line.quantity.startswith("dL/dz[")][1:] == [
        (5,),
        (5,),
    ]


def test_a_formula_with_a_rounded_number_in_it_stands_for_all_that_round_to_it():
    report = Worksheet.parse("b = 3\nu = b/7\ny = u·b\ndy/db = u + b·0.1429 = 0.857").check()
    assert report.ok
    report = Worksheet.parse("b = 3\nu = b/7\ny = u·b\ndy/db = u + b·0.1529 = 0.887").check()
    assert not report.ok


def test_a_number_out_of_range_among_those_put_in_is_refused():
    with pytest.raises(WorksheetError, match="line 7, column 13: the exponent of this number must"):
        check("u = w + 1 = 0.001e-99987 + 1 = 1")


@pytest.mark.parametrize(
    ("formula", "is_right"),
    [
        ("2*x*k", True),
        ("3*x*k", False),
        ("x*k + k*x", True),
        ("2e-20*1.5e-9", False),
        ("2*1.5e-9*4e-12", True),
    ],
)
def test_formulas_of_tiny_numbers_are_told_apart(formula, is_right):
    report = Worksheet.parse(f"x = 1.5e-9\nk = 4e-12\ny = k*x^2\ndy/dx = {formula}").check()
    assert report.ok == is_right, report


def test_what_cancels_but_for_rounding_is_no_mistake():
    text = "x = 0.1\nt = 0.3\ny = x + 0.2 - t\nC = y^2\ndC/dx = 2*(x + 0.2) - 2*t"
    assert Worksheet.parse(text).check().ok


SQUARE = "x = 2\ny = x² = 4\nf = x*y + y² = 24\n"
NESTED = "x = 2, y = 3\nu = x*y = 6\nv = u + x = 8\nz = v^2 = 64\ndz/dv = 16\ndv/du = 1\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (NESTED + "dv/dx = 1\ndz/dx = dz/dv*(dv/du*du/dx + dv/dx) = 16*(1*3 + 1) = 64", []),
        (NESTED + "dz/dx = dz/dv*(dv/du*y + dv/dx) = 64", []),
        (NESTED + "dv/dx = ∂v/∂x + ∂v/∂u*du/dx = 1 + 1*3 = 4", []),
        (NESTED + "dv/dx = 1\ndz/dx = 16", ["dv/dx"]),
        (NESTED + "dv/dx = 2\ndz/dx = dz/dv*(dv/du*du/dx + dv/dx) = 80", ["dv/dx"]),
        (NESTED + "dv/dx = 4\ndz/dx = dz/dv*(dv/du*du/dx + dv/dx) = 112", ["dz/dx"]),
        (
            "t = 2\na = 3t = 6\nb = t + a = 8\nf = a*b + t = 50\ndf/da = b = 8\ndf/db = a = 6\n"
            "df/dt = 1\ndf/dt = ∂f/∂a·da/dt + ∂f/∂b·db/dt + ∂f/∂t = 8·3 + 6·4 + 1 = 49",
            [],
        ),
        # A sheet that writes ∂f/∂y beside ∂f/∂x may mean either.
        (SQUARE + "∂f/∂x -> 4\n∂f/∂y -> 10\ndf/dx -> 44", []),
        (SQUARE + "∂f/∂x -> 44\n∂f/∂y -> 10", []),
        (SQUARE + "∂f/∂x -> 5\n∂f/∂y -> 10\ndf/dx -> 44", ["df/dx"]),
        (SQUARE + "∂f/∂x -> 4", ["df/dx"]),
        (SQUARE + "C = 3f\n∂C/∂f = 3\n∂f/∂x = y = 4\n∂f/∂y = 10\n∂C/∂x = 12", ["dC/dx"]),
        ("U = 12; R = 4\nI = U/R\nP = U*I = 36\n∂P/∂U = I = 3\n∂P/∂I = U = 12", []),
    ],
)
def test_a_partial_holds_fixed_what_the_chain_rule_adds(text, wrong):
    report = Worksheet.parse(text).check()
    assert [one.quantity for one in report.lines if one.verdict.blamed] == wrong, report


def test_a_note_says_what_a_partial_holds_fixed():
    text = NESTED + "dv/dx = 1\ndz/dx = dz/dv*(dv/du*du/dx + dv/dx) = 64"
    notes = Worksheet.parse(text).check().notes
    assert "Line 7: dv/dx is read as the partial with u held fixed." in notes


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [("-√2/4", False), ("-0.35355", False), ("-√2/5", True), ("-0.3541", True)],
)
def test_a_slope_taken_as_given_has_the_digits_of_its_result(line, is_wrong):
    text = "t = π/4\nx = cos(t)\ndz/dt = 1*(-0.7071) + 0.5*0.7071 = -0.3536\ndz/dt = " + line
    report = Worksheet.parse(text).check()
    assert any(one.verdict.blamed for one in report.lines) == is_wrong, report


def test_a_wrong_step_between_numbers_is_found():
    text = "t = 0.01\ny = 0.7569\nE = ½(t − y)² = ½·(−0.747)² = ½·0.5850 = 0.2925"
    wrong = Worksheet.parse(text).check().first_wrong
    assert (wrong.kind, wrong.written) == ("numbers", "½·0.5850")


RECURRENT = """\
x1 = 1
x2 = 0.5
u = 0.6
w = 0.9
h0 = 0
h1 = tanh(u x1 + w h0) = 0.537
h2 = tanh(u x2 + w h1) = 0.655
L = 1/2 (h2 - 1)^2
dL/dh2 = h2 - 1 = -0.345
dL/da2 = -0.345 (1 - 0.655²) = -0.197
dL/dh1 = -0.197*0.9 = -0.177
dL/da1 = -0.177 (1 - 0.537²) = -0.126
"""


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("dL/dw = dL/da2 h1 + dL/da1 h0 = -0.106", []),
        ("dL/du = dL/da2 x2 + dL/da1 x1 = -0.2245", []),
        ("dL/du = dL/da2 x1 + dL/da1 x2 = -0.26", ["dL/du"]),
        ("dL/dw = dL/da2 h2 + dL/da1 h0 = -0.129", ["dL/dw"]),
    ],
)
def test_a_formula_of_slopes_known_only_in_digits_is_judged_by_these_digits(line, wrong):
    report = Worksheet.parse(RECURRENT + line).check()  # a1 and a2 are not defined on the sheet
    assert [one.quantity for one in report.lines if one.verdict.blamed] == wrong, report


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        # ∂w/∂z counts only the use of z, and dw/dt also that of t in y.
        ("s = 1; t = 2; y = s t; z = t; w = y z\ndw/dz = y = 2\ndw/dt = s z + y = 4", []),
        ("s = 1; t = 2; y = s t; z = t; w = y z\ndw/dz = s z + y = 4", ["dw/dz"]),
        ("x = 2; u = x; f = u x\ndf/du = x = 2\ndf/dx = 2x = 4", []),
        ("x = [1, 2]; u = x; f = u·x\ndf/du = x = [1, 2]\ndf/dx = [2, 4]", []),
        # A skip connection, and an output without an activation, whose slope is that of its sum.
        ("x = 3; k = x; h = x^2; y = h + k\ndy/dk = 1\ndy/dx = 2x + 1 = 7", []),
        ("x = 3; w = 2; z = w x; a = z; C = a^2\ndC/da = 2a = 12\ndC/dz = 12\ndC/dw = 36", []),
    ],
)
def test_a_second_name_is_a_variable_of_its_own(text, wrong):
    report = Worksheet.parse(text).check()
    assert [one.quantity for one in report.lines if one.verdict.blamed] == wrong, report


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("u = 1/(1 + e^(-x)) = 1/(1 + e^(-0.5)) = 1/(1 + 0.68) = 0.595", "You write 0.68, but"),
        ("u = 2x² + x = 2·0.5² + 0.5 = 2·1.0 + 0.5 = 2.5", "You write 1.0, but that part"),
    ],
)
def test_a_part_of_a_line_that_comes_to_another_number_is_named(line, words):
    numbers, result = check(line).lines[-2:]
    assert (numbers.verdict.value, result.verdict.value) == ("wrong", "carried on")
    assert words in str(check(line))


def test_a_product_of_lists_with_one_number_as_its_result_is_their_sum_of_products():
    assert check("w = [1, 2]\ny = w * [3, 4] = 11\nu = [1, 2]*[3, 4] + 1 = 3 + 8 + 1 = 12").ok
    assert not check("y = [1, 2] * [3, 4] = 12").ok
