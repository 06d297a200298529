"""What lines do: which ends them, which opens a step, which is passed over, and what is said."""

import pytest

from autograd import Worksheet, WorksheetError, check
from autograd.language.chain import Chain, StepBreak
from autograd.language.reader import read_sheet


def acts(text):
    return [
        (one.act, str(one.target)) if isinstance(one, Chain) else type(one).__name__
        for one in read_sheet(text).statements
    ]


def verdicts(text):
    return [(one.quantity, one.verdict.value) for one in Worksheet.parse(text).check().lines]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_ends_a_comment(end):
    assert verdicts(f"x = 2 # a remark{end}y = 3*x -> 7") == [("y", "wrong")]
    sheet = Worksheet.parse(f"x = 2{end}y = 3*x -> 6{end}")
    assert str(sheet.blank()) == f"x = 2{end}y = 3*x -> ?{end}"


def test_a_quantity_that_comes_again_after_an_update_opens_the_next_step():
    text = "w = 2\nC = w^2 = 4\nw ← w − 0.25 dC/dw = 1\nC = 1"
    assert acts(text)[2:] == [("update", "w'"), "StepBreak", ("claim", "C")]
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert any(isinstance(one, StepBreak) for one in read_sheet(text).statements)


def test_after_an_assignment_the_name_is_the_new_value_and_after_w_new_it_is_the_old():
    head = "v = 0\nw = 1\nC = w^2\n"
    assigned = "v ← 0.9v + dC/dw = 2.00\nw ← w − 0.1v = 0.80"
    assert {verdict for _, verdict in verdicts(head + assigned)} == {"exact"}
    named = "w_new = w − 0.1 dC/dw = 0.80\nw -> 1.00"
    assert {verdict for _, verdict in verdicts(head + named)} == {"exact"}


def test_prose_is_passed_over_and_counted():
    text = "Let us begin.\nx = 3\nThe square is what we want.\ny = x² = 9"
    reading = read_sheet(text)
    assert reading.skipped == 2
    assert "2 lines of text were passed over." in list(reading.notes())


def test_a_formula_whose_names_never_get_a_value_is_passed_over_and_named():
    notes = list(read_sheet("z = q·r + s\nx = 3\ny = x² = 9").notes())
    assert notes[0] == "Line 1 was passed over, because q has no value."


def test_a_formula_may_come_before_the_values():
    assert verdicts("y = x²\ndy/dx = 2x\nx = 3\ny = 9\ndy/dx = 6") == [
        ("dy/dx", "exact"),
        ("y", "exact"),
        ("dy/dx", "exact"),
    ]


def test_numbers_are_recognized_as_the_formula_only_where_that_is_unique():
    unique = "w = 0.8\nx = 0.5\nb = 0.1\nz = 0.8*0.5 + 0.1 = 0.50\ndz/dw = 0.50"
    assert verdicts(unique)[-1] == ("dz/dw", "exact")
    notes = notes_on("u = 0.5\nv = 0.5\nz = 0.5*0.5 = 0.25\ndz/du = 0.5")
    assert any("line 3 computes z from numbers alone" in note for note in notes)


def test_what_is_taken_from_a_product_may_be_a_negative_bias():
    text = (
        "x=1, w1=0.5, b1=0, w2=2, b2=-0.5, y=1\nh = tanh(0.5*1+0) = 0.4621\n"
        "o = 2*0.4621-0.5 = 0.4242\nL = 0.5*(1-0.4242)^2 = 0.1658\n"
        "dL/dw1 = -0.5758*2*(1-0.4621^2)*1 = -0.9057"
    )
    assert {verdict for _, verdict in verdicts(text)} <= {"exact", "right as rounded", "carried on"}


def test_a_decimal_comma_is_one_where_the_sheet_uses_it_throughout():
    assert verdicts("x = [0,5, 0,1]\ny = 2*x -> [1,0, 0,2]") == [
        ("y[1]", "exact"),
        ("y[2]", "exact"),
    ]
    assert acts("x = [1,2]\ny = x[1] = 1") == [("define", "x"), ("define", "y")]
    with pytest.raises(WorksheetError, match="this comma has two readings"):
        Worksheet.parse("x = 0.5\ny = 2*x = 1,0").check()


def test_second_derivatives_and_derivatives_of_derivatives_are_computed():
    text = "x = 2\ny = x^3\ng = dy/dx = 12.0\ndg/dx = 12.0\nd²y/dx² = 6x = 12.0"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_the_slopes_of_a_vector_number_by_number():
    text = "z = [0, 1]\na = z² = [0, 1]\nda/dz = 2z = [0, 2]"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_functions_of_functions_do_not_fill_the_memory():
    text = "f(x) = x*x*x\nx = 1\ny = " + "f(" * 20 + "x" + ")" * 20
    with pytest.raises(WorksheetError, match="too many function calls"):
        read_sheet(text)


def test_rounds_whose_updates_are_written_begin_where_a_quantity_comes_again():
    text = (
        "w = 1\nC = w^2\nRound 1: C = 1.0, dC/dw = 2.0\nw ← w − 0.25 dC/dw = 0.50\n"
        "Round 2: C = 0.25, dC/dw = 1.0\nw ← w − 0.25 dC/dw = 0.25"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_headings_count_steps_and_t_in_a_formula_follows_them():
    text = (
        "w = 1\nm = 0\nC = w^2\nt = 1\nm ← 0.9m + 0.2w = 0.20\nh = m/(1 − 0.9^t) = 2.0\n"
        "w ← w − 0.1h = 0.80\nt = 2\nm ← 0.9m + 0.2w = 0.34\nh = m/(1 − 0.9^t) = 1.789"
    )
    assert {verdict for _, verdict in verdicts(text)} <= {"exact", "right as rounded"}
    counted = text.replace("0.9^t) = 2.0", "0.9) = 2.0").replace("0.9^t", "0.9²")
    assert {verdict for _, verdict in verdicts(counted)} <= {"exact", "right as rounded"}
    assert acts("t = 0.5\nt=1\nh_1 = t = 0.5\nt=2\nh_2 = 2t = 1")[1] == "Skipped"


def test_the_rule_of_a_slope_is_judged_where_it_is_first_used():
    assert verdicts("f(x) = x²\nf'(x) = 2x\na = 3 − f'(3) = -3") == [("a", "exact")]
    assert ("f'(x)", "wrong") in verdicts("f(x) = x²\nf'(x) = 3x\na = 3 − f'(3) = -3")


def test_a_gradient_of_a_function_has_a_number_for_each_variable():
    text = "f(x, y) = x²y\nx = 1, y = 2\n∇f = (2xy, x²) = (4, 1)"
    assert [quantity for quantity, _ in verdicts(text)] == ["df/dx", "df/dx", "df/dy", "df/dy"]
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_a_part_of_an_earlier_formula_that_gets_a_name_is_that_part():
    text = "w = 2\nx = 3\nh = tanh(w x)\nL = h^2\nz = w x = 6\ndL/dz = 2h(1 − h²)"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_elements_are_defined_one_by_one_and_counted_as_the_sheet_counts():
    text = "x = [1, 2]\ny[0] = 2x[0] = 2\ny[1] = 2x[1] = 4\nL = y[0] + y[1]² = 18\ndL/dy[1] = 8"
    assert [quantity for quantity, _ in verdicts(text)] == ["y[0]", "y[1]", "L", "dL/dy[1]"]
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_a_line_of_words_that_holds_a_number_says_why_it_is_passed_over():
    notes = list(read_sheet("x = 1\nthe next number y = 3*q = 9 is wrong\nz = x = 1").notes())
    assert notes[0] == "Line 2 was passed over, because q is not defined."


def test_a_long_chain_of_modules_is_no_deep_recursion():
    assert acts("x = 1\ny = " + "np." * 5_000 + "x = 1")[1] == ("define", "y")


def notes_on(text):
    return list(Worksheet.parse(text).check().notes)


def test_a_number_that_a_heading_or_a_remark_gives_is_taken_from_there():
    text = "w = 1\nC = (y − w)² = 1.00 (y is now y = 0)\n## Update, η = 0.1\nw ← w − η dC/dw = 0.80"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert "Line 2: y is read as 0, which line 2 gives." in notes_on(text)
    assert "Line 4: η is read as 0.1, which line 3 gives." in notes_on(text)


def test_the_second_example_begins_with_numbers_of_its_own():
    text = (
        "w = 0.5\nExample 1: x = 1, t = 0\ny = w x = 0.50\ne = y − t = 0.50\ndw = e x = 0.50\n"
        "Example 2: x = 2, t = 1\ny = w x = 1.0\ne = y − t = 0.0\ndw = e x = 0.0\nSum: dw = 0.5"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert any("sums over examples" in note for note in notes_on(text))


def test_a_slope_through_a_line_of_numbers_alone_is_not_judged_but_named():
    head = "a = 3\nb = 3\nu = a + 1 = 4\nv = 3·3·2 = 18\nL = u + v = 22\n"
    assert verdicts(head + "dL/da = 1 + 6 = 7") == verdicts(head)
    assert any("line 4 computes v from numbers alone" in n for n in notes_on(head + "dL/da = 7.0"))
    assert ("dL/du", "wrong") in verdicts(head + "dL/du = 7.0")


def test_a_number_that_others_give_is_no_claim_of_the_writer():
    text = (
        "x = 2\nd1 = x² = 4.0\nThe book says the answer should be d1 = 3.5\nPyTorch gives d1 = 4.1"
    )
    assert verdicts(text) == [("d1", "exact")]
    assert sum("what d1 should be" in note for note in notes_on(text)) == 2


def test_only_equals_goes_on_behind_an_empty_line():
    text = "x = 2\n\n+++\n\ny = 3x\n\n= 6.0\n\n+ z = y + 1 = 7.0"
    assert verdicts(text) == [("y", "exact"), ("z", "exact")]


def test_a_call_of_a_function_of_the_sheet_is_no_product():
    text = (
        "s = 2\nf(s) = 3s + 1\nf(s) = 3·2 + 1 = 7.0\nf(4) = 3·4 + 1 = 13.0\ny = f(s) + f(1) = 11.0"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_an_expression_that_is_differentiated_by_is_a_part_of_the_formula():
    text = (
        "x = 2, w = 0.5, b = 0.1, y = 1\nh = tanh(w*x + b)\nL = (h - y)²\n"
        "dL/d(w*x+b) = 2(h - y)(1 - h²) = -0.1433\ndL/dw = dL/d(w*x+b) * d(w*x+b)/dw = -0.2866"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"right as rounded", "exact"}
    assert ("dL/d(w*x+b)", "wrong") in verdicts(text.replace("-0.1433", "-0.2433"))


def test_a_slope_that_an_exercise_gives_is_where_the_sweep_begins():
    text = "x = 2\na = x² = 4\ndL/da = 0.5 (given)\nda/dx = 4.0\ndL/dx = 2.0"
    assert verdicts(text)[-1] == ("dL/dx", "exact")
    assert ("dL/dx", "wrong") in verdicts(text.replace("dL/dx = 2.0", "dL/dx = 1.0"))


def test_of_a_slope_without_a_defined_loss_the_arithmetic_is_checked():
    head = "z = 0.7*2 + 0.1 = 1.5\n"
    assert verdicts(head + "dL/dz = 2*0.25 = 0.50")[-1] == ("dL/dz", "exact")
    assert verdicts(head + "dL/dz = 2*0.25 = 0.60")[-1] == ("dL/dz", "wrong")
    assert any(
        "only the arithmetic of dL/dz" in note for note in notes_on(head + "dL/dz = 2*3 = 6")
    )


def test_an_activation_is_recognized_by_its_number():
    text = "x = 1\nnet = 0.3775*x = 0.3775\nout = 0.59327\ndout/dnet = out(1 − out) = 0.24130"
    assert verdicts(text)[-1] == ("dout/dnet", "right as rounded")
    assert "Line 3: out is read as sigmoid(net)." in notes_on(text)


def test_a_row_of_a_quantity_whose_updates_are_not_written_is_passed_over():
    text = "w = 1\nv = 0\nf = w²\n| t | v | w |\n| 1 | 0.2 | 0.8 |\n| 2 | 0.34 | 0.46 |"
    assert verdicts(text) == []
    assert any("does not say how w changes" in note for note in notes_on(text))


def test_lines_of_matlab_multiply_matrices():
    text = "x = [1; 0.5];\nW = [0.2 -0.3; 0.4 0.1];\nz = W*x;  % [0.05; 0.45]\ny = z'*z;  % 0.205"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_cells_of_a_spreadsheet_are_a_table():
    text = "Name\tFormula\tValue\nx\t\t0.6\nw\t\t0.9\nz\tw*x + 1\t1.54"
    assert verdicts(text) == [("z", "exact")]


def test_what_a_session_printed_is_the_result():
    text = ">>> x = 3.0\n>>> y = x**2\n>>> y\n9.0\nIn [4]: x + 1\nOut[4]: 5.0"
    assert [verdict for _, verdict in verdicts(text)] == ["exact", "wrong"]


def test_headings_of_a_table_may_hold_the_formula():
    text = "w = 2\n| i | x | y = w x |\n|---|---|---|\n| 1 | 1 | 2 |\n| 2 | 3 | 7 |"
    assert verdicts(text) == [("y[1]", "exact"), ("y[2]", "wrong")]


def test_a_loss_over_n_examples_is_summed_and_the_notes_say_so():
    report = check("x = [1, 2, 4]\nt = [1, 1, 1]\nMSE = 1/N*(x-t)^2 -> 3.3333")
    assert report.ok
    assert report.notes == (
        "Line 3: N is read as 3, the number of examples.",
        "Line 3: MSE is summed over the examples.",
    )


def test_an_error_in_a_later_line_of_a_matrix_has_its_own_column():
    with pytest.raises(WorksheetError) as caught:
        check("a = 1\nb = 2\nW = [[1, 2],\n     [3, a + * b]]\n")
    assert (caught.value.line, caught.value.column) == (4, 14)


def test_wide_signs_end_where_ascii_ends():
    assert check("ｘ ＝ （1 ＋ 1） → 2").ok
    with pytest.raises(WorksheetError, match="'｟' cannot be read"):
        check("x = ｟1 -> 1")


def test_the_opposite_of_a_quantity_is_recognized_in_numbers():
    report = check("z = 0.527\na = 1/(1 + e^-0.527) -> 0.6288\nda/dz -> 0.2334")
    assert report.ok
    assert report.right == 2


def going_on(text):
    """Return the verdicts of a sheet, and the lines that could not be read."""
    report = Worksheet.parse(text, goes_on=True).check()
    verdicts = [(one.quantity, one.verdict.value) for one in report.lines]
    return verdicts, [error.line for error in report.unread]


def test_lines_that_cannot_be_read_do_not_hide_the_others():
    text = "x = 2\ny = 3x = 6.0\nz = (1 + = 3\nw = x^1/2\nu = y + 1 = 8.0"
    assert going_on(text) == ([("y", "exact"), ("u", "wrong")], [3, 4])
    with pytest.raises(WorksheetError, match="line 3"):
        check(text)


def test_what_rests_on_a_line_that_cannot_be_read_is_not_judged():
    text = "x = 2\nb = 1\ny = x + b = 3.0\nb = 1 +* 5\ny = x + b = 8.0\nz = 3x = 7.0"
    assert going_on(text) == ([("y", "exact"), ("z", "wrong")], [4])
    update = "w = 1\nx = 2\nz = w x = 2.0\nw' = w − foo(1) = 3\n---\nz = w x = 6.0"
    assert going_on(update) == ([("z", "exact")], [4])


@pytest.mark.parametrize(
    ("line", "later"),
    [
        ("w' = w − (0.1 = 3\n---", "y = w x = 6.0"),
        ("w_new = w - (0.1 = 3\n---", "y = w x = 6.0"),
        ("new w = (0.1 = 3\n---", "y = w x = 6.0"),
        ("w^+ = (0.1 = 3\n---", "y = w x = 6.0"),
        ("w_{t+1} = (0.1 = 3\n---", "y = w x = 6.0"),
        ("w' = w − 0.1·dC/db = 3\n---", "y = w x = 6.0"),
        ("w -= (0.1 = 3", "y = w x = 6.0"),
        ("x -= 0.5, w -= (0.1 = 3", "y = w x = 6.0"),
        ("w <- (0.1 = 3", "y = w x = 6.0"),
        ("for k in range(3):\n    w -= 0.1", "y = w x = 1.4"),
        ("V[k] = 5", "y = V[1] + 1 = 6"),
        ("V[1] = (3 +* = 5", "y = V[1] + 1 = 6"),
        ("f(t) = (t³", "f(3) = 27"),
        ("[x, w] = (1 +* 2", "y = w x = 9.0"),
        ("w, x = (1 +* 2", "y = x + 1 = 9.0"),
        ("z = (q +* 2 = 3\nq = 5", "u = z = 9.0"),
    ],
)
def test_no_older_value_is_judged_behind_a_line_that_cannot_be_read(line, later):
    given = "w = 1\nx = 2\nV = [1, 2]\nf(t) = t²\nz = q + x"
    verdicts, unread = going_on(f"{given}\n{line}\n{later}\ns = 1 + 1 = 3.0")
    assert (verdicts, unread[0]) == ([("s", "wrong")], 6)


def test_a_gradient_that_cannot_be_read_changes_no_quantity():
    text = "x = 2\ny = 3x = 6.0\ndy/dx = (3 = 3\n∂y/∂x = (3 = 3\nz = y + x = 9.0"
    assert going_on(text) == ([("y", "exact"), ("z", "wrong")], [3, 4])


def test_every_line_that_cannot_be_read_is_listed():
    assert going_on("x = 7\nv = x % 2 = 1\nu = x%2 = 1") == ([], [2, 3])


def test_what_was_defined_before_its_parts_is_forgotten_with_them():
    text = "c = 1\na = 1\nb = c + 1\na = b + 1 = 3.0\nc = (1 +* 2\ny = a + 1 = 9.0"
    assert going_on(text) == ([("a", "exact")], [5])


@pytest.mark.parametrize("power", ["^", "^-", " ^", "/s^", "^)"])
def test_a_unit_without_its_exponent_is_an_error(power):
    with pytest.raises(WorksheetError):
        check(f"x = 3 m{power}")


def test_a_loop_hides_only_what_it_computes():
    text = "w = 1\nz = 2\nfor k in range(3):\n    w = w + 1\ny = 3z = 6.0\nu = w + 1 = 5.0"
    assert going_on(text) == ([("y", "exact")], [3])


def test_another_number_after_a_calculation_is_the_next_case():
    text = "x = 1\ny = x² = 1\nAt x = 3: dy/dx = 6.0\nb = 5\nz = y + b = 14.0\nb = 6, x = 2\nz = 10"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert "Line 6: b is given again." in notes_on(text)
    with pytest.raises(WorksheetError, match="already defined"):
        check("x = 1\nx = 3\ny = x² = 9")


def test_an_exercise_may_define_a_name_again():
    text = "1. y = x², x = 3, y = 9\n2. y = x³, y = 27\n3. f(x) = x⁴ + x, point (2): f(x) = 18"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_the_given_state_becomes_the_new_one_by_a_formula():
    text = "x = 1, h = 0.5\na = x + h = 1.5\nL = h²\nh = 2a = 3.0\nL = 9.0\ndL/da = 12.0"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_a_label_takes_the_place_of_a_name():
    text = (
        "Input (x): 2\nTarget: 1\nLearning rate: 10%\nw = 0.5\nPrediction ($p$): $w x$\n"
        "L = (p − target)²\nOutput: 1\ndL/dw: 0.0\nLoss: 0\nGradient of w: 0.5\nFoo bar: 7\n"
        "w' = w − lr·dL/dw = 0.5"
    )
    found = verdicts(text)
    assert [name for name, _ in found] == ["p", "dL/dw", "L", "dL/dw", "w'"]
    assert [name for name, verdict in found if verdict == "wrong"] == ["dL/dw"]
    assert any("Line 11 was passed over" in note for note in notes_on(text))


def test_columns_that_spaces_align_are_a_table():
    rows = "  n    x_n    f(x_n)   x_{n+1}\n  0    1      2        3\n  1    3      11       4"
    text = "f(x) = x² + 1\n" + rows
    assert verdicts(text) == [("f(x_0)", "exact"), ("x1", "exact"), ("f(x_1)", "wrong")]


def test_rows_of_steps_give_numbered_names():
    text = "| step | h |\n|---|---|\n| 1 | 0.5 |\n| 2 | 0.25 |\ny = h_1 + h_2 = 0.75"
    assert verdicts(text) == [("y", "exact")]


def test_the_body_of_a_function_without_parameters_is_read():
    main = "def main():\n    x = 3.0\n    y = x**2\n    # print(y) # 9.0\n\n"
    text = main + "def f(a):\n    b = a*2  # 5"
    assert verdicts(text) == [("y", "exact")]


def test_a_missing_name_is_named_where_it_is_missing():
    with pytest.raises(WorksheetError, match="C has no value, because q in line 1 is not defined"):
        check("z = q + 1\na = 2z\nC = 3a\nr = C -> 5")


def test_rounds_that_no_line_explains_are_not_judged():
    text = (
        "w = 0.5\nround 1: p = 0.5, dw = 2*(0.5-2)*1 = -3, w = 0.5 - 0.1*(-3) = 0.8\n"
        "round 2: p = 0.8, dw = -2.4, w = 0.8 + 0.24 = 1.04\nround 3: p = 1.04, dw = -1.92, w = 1.2"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert any("does not say how dw changes" in note for note in notes_on(text))


def test_the_label_of_a_list_is_its_name_unless_it_is_a_function():
    text = "logits: [1, 2]\nexp: [2.718, 7.389]\ny = exp(0) + logits_2 = 3.0"
    assert verdicts(text) == [("y", "exact")]


def test_a_point_after_a_function_gives_its_variables():
    text = (
        "Let f(x, y) = 3x²y − y³. At P(1, 2):\nf_x = 6xy = 12\nf_y = 3x² − 3y² = -9\nu = <3/5, 4/5>"
    )
    assert verdicts(text)[1::2] == [("df/dx", "exact"), ("df/dy", "exact")]


@pytest.mark.parametrize("update", ["v' = v' + 1 = 4.4", "v' += 1 = 4.4"])
def test_a_primed_name_without_the_plain_one_is_updated_like_any_other(update):
    text = f"v' = 3.4\n{update}\nq = 2*v' = 8.8"
    assert verdicts(text) == [("v''", "exact"), ("q", "exact")]


def test_an_arrow_between_two_numbers_gives_a_new_value_that_is_not_judged():
    text = "w = 2\nL = 9 − 3w = 3\nw: 2.00 -> 2.18\nL: 3.0 -> 2.46"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert any("no line says how w changes" in note for note in notes_on(text))


def test_a_cell_behind_a_calculation_is_no_result_of_it():
    assert verdicts("| a | 2*3 + 1 = 7.0 | 1.5 |\n| b | 2*2 = 5.0 | 4.0 |") == [
        ("a", "exact"),
        ("b", "wrong"),
    ]
    text = "w = 2\nx = 3\n| y = 3x | 9.0 |\n| z = y + 1 | 11.0 |\n| u | w x = 2*3 | 6.0 |"
    assert verdicts(text) == [("y", "exact"), ("z", "wrong"), ("u", "exact")]


def test_numbers_put_in_may_be_rounded_on_the_way():
    text = "t = 0.01\ny = 0.7569\nE = ½(t − y)² = ½·(−0.747)² = ½·0.5580 = 0.279"
    assert {verdict for _, verdict in verdicts(text)} == {"right as rounded"}


def test_an_index_may_have_a_comma_of_its_own():
    assert verdicts("w₁,₂ = 0.5, x₁ = 2\ny = w₁,₂ x₁ = 1.0") == [("y", "exact")]


@pytest.mark.parametrize("number", ["0.1e-99945", "0.10000000001e305", "1E-301"])
def test_a_number_whose_exponent_no_float_has_room_for_is_refused_where_it_stands(number):
    with pytest.raises(WorksheetError, match="line 1, column 5: the exponent of this number must"):
        check(f"w = {number}\ny = 2w = 0.0")


NO_SECOND_VALUES = {
    "a prose at": ("x = 2\nw = 3\ny = w x = 6.0\nwe arrive at y = 7.0", ["exact", "wrong"]),
    "new_total": ("a = 2\nb = 3\ny = a b = 6.0\nnew_total = a + b = 5.0\nz = y + 1 = 7.0", "exact"),
    "Gradient (w)": (
        "w = 1\nx = 2\nL = (w x − 4)² = 4.0\nGradient ($w$): 3\ndL/dw = -8.0",
        "exact",
    ),
    "Target": ("x = 2\nw = 3\ny = w x = 6.0\nTarget: 10\nL = (y − target)² = 16.0", "exact"),
    "Learning rate": ("α = 0.9\nL = α² = 0.81\nLearning rate: 0.1\nu = α + 1 = 1.9", "exact"),
    "slope of y": ("x = 2\ny = x² = 4.0\nslope of y: 4", "exact"),
    "±": ("d = 2(5 ± 1) = 10.0", "exact"),
}


def test_a_point_after_at_also_replaces_a_computed_number():
    text = "p = 2\nQ = 10p = 20\nE = p/Q = 0.1\nAt Q = 1 and p = 3\nE = 3.0"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


@pytest.mark.parametrize(("text", "expected"), NO_SECOND_VALUES.values(), ids=NO_SECOND_VALUES)
def test_words_before_a_number_give_no_second_value_to_a_quantity(text, expected):
    found = [verdict for _, verdict in verdicts(text)]
    assert found == expected or set(found) == {expected}


def test_the_bars_of_a_list_inside_a_function_have_two_readings():
    for text in ("w = [3, -4]\nL = sum(|w|) = 7.0", "s = [3, 4]\nu = s/|s| = [0.6, 0.8]"):
        with pytest.raises(WorksheetError, match="two readings"):
            check(text)
    assert verdicts("a = [3, 4]\nn = 2|a| = 10.0") == [("n", "exact")]


def test_the_body_of_an_else_is_not_computed():
    with pytest.raises(WorksheetError, match="a condition is not evaluated here"):
        check("x = 2\nelse:\n    w = 4\nz = w + x = 6.0")


@pytest.mark.parametrize("entry", ["p_0", "p0", "p_{0}", "p[0]"])
def test_the_first_element_of_a_list_may_have_the_index_0(entry):
    text = f"z = [0.2, 0.7, 1]\np = softmax(z)\nL = -log {entry}\ndL/dz = [-0.79, 0.34, 0.46]"
    report = Worksheet.parse(text).check()
    assert all(one.verdict.right for one in report.lines), report
    assert any("x[0] is the first element" in note for note in report.notes)


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        # A list of two numbers whose x_2 occurs is counted from 1, also where w is from 0.
        ("x = (1, 2)\nw = (0.5, 0.1, 0.3)\nz = w_0 + w_1 x_1 + w_2 x_2 = 1.2", True),
        # A w_0 with a value of its own is no element of w.
        ("x = (1, 2)\nw = (0.5, 0.1)\nw_0 = 0.3\nz = w_0 + w_1 x_1 + w_2 x_2 = 1.0", True),
        ("h_0 = 0\nx = [1, 0.5]\nh_1 = tanh(0.6 x_1 + 0.9 h_0) = 0.537", True),
        ("The label is class 1 (0-based).\np = [0.2, 0.8]\nL = −ln p_1 = 0.223", True),
        ("The label is class 1.\np = [0.2, 0.8]\nL = −ln p_1 = 0.223", False),
        # The names of two classes say nothing about lists.
        ("Two classes 0 and 1.\nx = [1, 2]\nw = [3, 5]\nz = w_1 x_1 + w_2 x_2 = 13", True),
        ("Classes 0, 1, 2.\nx = [1, 2]\nw = [3, 5]\nz = w_1 x_1 + w_2 x_2 = 13", True),
        ("Weights start with 0.\np = [0.2, 0.8]\nL = −ln p_1 = 1.609", True),
        ("Take a number from 0 to 1.\np = [0.2, 0.8]\nL = −ln p_1 = 1.609", True),
        ("Elements are counted from 0.\np = [0.2, 0.8]\nL = −ln p_1 = 0.223", True),
        ("Indices start at 0.\np = [0.2, 0.8]\nL = −ln p_1 = 0.223", True),
    ],
)
def test_where_a_list_is_counted_from(text, is_right):
    report = Worksheet.parse(text).check()
    assert report.lines[-1].verdict.right == is_right, report


def test_a_list_that_is_counted_from_0_and_from_1_is_refused():
    with pytest.raises(WorksheetError, match="p0 is not defined"):
        check("p = [0.2, 0.8]\ny = p_0 + p_2 = 1")


@pytest.mark.parametrize(
    ("line", "is_read"),
    [
        ("p = (0.659, 0.242, 0.099)", True),
        ("p = (0.6590, 0.2424, 0.0986)", True),
        ("p = (0.699, 0.242, 0.059)", False),
        ("p = (0.7, 0.2, 0.1)", False),  # too few digits
    ],
)
def test_the_numbers_of_a_softmax_are_recognized(line, is_read):
    text = f"z = (2.0, 1.0, 0.1)\n{line}\ny = (1, 0, 0)\nL = -Σ y ln(p)\ndL/dz = p - y"
    notes = Worksheet.parse(text).check().notes
    assert ("Line 2: p is read as softmax(z)." in notes) == is_read
    assert is_read or "line 2 gives p as a number" in notes[-1]


def test_at_most_four_names_are_read_as_a_product():
    given = "a = 2\nb = 3\nc = 5\nd = 7\ne = 11\n"
    assert check(given + "y = abcd -> 210").ok
    with pytest.raises(WorksheetError, match="abcde is not defined"):
        check(given + "y = abcde -> 2310")


@pytest.mark.parametrize(
    "again",
    [
        "grad = 2(w1 − 3) = 2(0.6 − 3) = -4.8",
        "grad = 2(0.6 − 3) = -4.8",
        "iter 2:\ngrad = 2(0.6 − 3) = -4.8",
    ],
)
def test_a_gradient_that_goes_on_with_the_next_weight_is_that_of_the_next_round(again):
    text = "w0 = 0\ngrad = 2(w0 − 3) = -6\nw1 = w0 − 0.1 grad = 0.6\n"
    text += again + "\nw2 = w1 − 0.1 grad = 1.08"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert verdicts(text.replace("= -4.8", "= -4.6"))[-2] == ("grad", "wrong")


def test_a_numbered_quantity_with_the_weight_of_another_is_a_mistake():
    text = "x = 2\nw1 = 3\nw2 = 5\nh1 = w1 x = 6\nh1 = w2 x = 10"
    assert verdicts(text)[-1] == ("h1", "wrong")


def test_several_kinds_of_losses_are_several_quantities():
    text = "w = 2\ndata loss = (w − 1)² = 1\nreg loss = 0.5 w² = 2\n"
    text += "total J = data loss + reg loss = 3"
    assert verdicts(text) == [("data_loss", "exact"), ("reg_loss", "exact"), ("J", "exact")]


def test_a_new_value_without_a_rule_is_not_judged_and_said():
    report = Worksheet.parse("w = 0.5\nw_new = 0.9").check()
    assert not report.lines
    assert "the new w was not judged" in str(report)


@pytest.mark.parametrize(("new", "verdict"), [("0.8", "exact"), ("1.2", "wrong")])
def test_a_new_value_is_compared_with_the_step_of_gradient_descent(new, verdict):
    head = "lr = 0.1\nw = 1\nL = w²\n"
    assert verdicts(f"{head}w_new = {new}")[-1] == ("w'", verdict)
    # Next to a stated gradient, another number may come from momentum or from other examples.
    judged = verdicts(f"{head}dL/dw = 2\nw ← {new}")[1:]
    assert judged == ([("w'", verdict)] if verdict == "exact" else [])
    # With momentum, a step is not only that.
    assert not Worksheet.parse(f"β = 0.9\n{head}w_new = {new}").check().lines


NEW_ELEMENTS = (
    "w2_new = @;w2' = @;w[2]' = @;w'[2] = @;w_2 ← @;new w2 = @;w2 new = @;w_{2} <- @;"
    "w_2^{new} = @;w2 after the update = @;updated w2: @;w2: -0.25 -> @"
)
NEW_LOSSES = (
    "new L = @;L_new = @;L after the step = @;new loss: @;updated loss = @;"
    "loss after one update: @;L(new) = @;L: 9 -> @"
)
VECTOR = """x = (1, 2); y = 1; w = (0.5, -0.25); b = 0.1; lr = 0.1
z = w·x + b = 0.1
L = ½(z − y)² = 0.405
"""


@pytest.mark.parametrize(
    "spelling",
    NEW_ELEMENTS.split(";"),
)
@pytest.mark.parametrize("gradient", ["", "dL/dw = (-0.9, -1.8)\n", "dL/dw2 = -1.8\n"])
def test_the_new_value_of_an_element_is_judged(spelling, gradient):
    # z = 0.5 − 0.5 + 0.1, so dL/dw2 = (z − y)·x2 = −0.9·2, and w2' = −0.25 + 0.18
    assert verdicts(VECTOR + gradient + spelling.replace("@", "-0.07"))[-1] == ("w'[2]", "exact")
    judged = verdicts(VECTOR + gradient + spelling.replace("@", "-0.43"))
    # Beside a stated gradient, another number may come from momentum.
    assert judged[-1] == ("w'[2]", "wrong") if not gradient else "w'[2]" not in dict(judged)


def test_new_elements_make_the_new_list():
    steps = "w1' = w1 − 0.1·dL/dw1 = 0.59\nw2' = -0.25 + 0.1*1.8 = -0.07\n"
    assert verdicts(VECTOR + steps + "z' = w'·x + b = 0.55")[-1] == ("z'", "exact")
    assert verdicts(VECTOR + steps + "z' = w1' x1 + w2' x2 + b = 0.55")[-1] == ("z'", "exact")
    steps = "dL/dw1 = -0.9\ndL/dw2 = -1.8\nw_new = (0.59, -0.07)\n"
    assert verdicts(VECTOR + steps)[-2:] == [("w'[1]", "exact"), ("w'[2]", "exact")]
    table = (
        "| weight | gradient | new |\n|---|---|---|\n| w1 | -0.9 | 0.59 |\n| w2 | -1.8 | -0.06 |"
    )
    assert verdicts(VECTOR + table)[-2:] == [("w'[1]", "exact"), ("w'[2]", "wrong")]


def test_a_new_row_of_a_matrix_is_judged():
    head = "x = (1, 2); W = [0.1 0.2; 0.3 0.4]; η = 0.1\nz = W x = (0.5, 1.1)\nL = ½ Σ z²\n"
    head += "dL/dW = [0.5 1; 1.1 2.2]\n"
    assert verdicts(head + "W[2]' = (0.19, 0.18)")[-2:] == [
        ("W'[2,1]", "exact"),
        ("W'[2,2]", "exact"),
    ]
    assert verdicts(head + "W12_new = 0.1")[-1] == ("W'[1,2]", "exact")


@pytest.mark.parametrize(
    "spelling",
    NEW_LOSSES.split(";"),
)
@pytest.mark.parametrize("rule", ["L = (w x + b − y)² = 9", "p = w x + b\ne = p − y\nL = e² = 9"])
@pytest.mark.parametrize("step", ["{0}_new = {1} = {2}", "{0}' = {1} = {2}", "{0} ← {1} = {2}"])
def test_the_new_value_of_what_is_computed_follows_from_the_new_weights(spelling, rule, step):
    text = f"w = 2; x = 3; b = 1; y = 10; lr = 0.01\n{rule}\n"
    text += step.format("w", "w − lr·dL/dw", "2.18") + "\n"
    text += step.format("b", "b − lr·dL/db", "1.06") + "\n"
    assert verdicts(text + spelling.replace("@", "5.76"))[-1] == (
        "L'",
        "exact",
    )  # (2.18·3 + 1.06 − 10)²
    assert verdicts(text + spelling.replace("@", "5.67"))[-1] == ("L'", "wrong")


def test_a_new_value_may_be_stated_again():
    text = "w = 1; lr = 0.1\nL = w² = 1\nw' = w − 0.1·dL/dw = 0.8\n"
    for again in ("w_new = 0.8", "w after the update = 0.8", "new w = 0.8"):
        assert verdicts(text + again)[-1] == ("w'", "exact")
        assert "StepBreak" not in acts(text + again)


def test_an_unexplained_number_after_a_calculation_is_not_passed_over_in_silence():
    text = "x = 2; lr = 0.1\ny = 3 x = 6\nq = 7"
    assert "Line 3: q is taken as given, because no line says how" in str(check(text))
    assert "taken as given" not in str(check(f"{text}\nz = q x = 14"))


def test_after_an_assignment_a_sentence_states_the_new_value():
    text = "w = 1\nL = w²\nw = w − 0.1·2\nSo now w = 0.8 and L = 0.64"
    assert verdicts(text) == [("w'", "exact"), ("L", "exact")]


RNN = "h_t = tanh(w x_t + u h_{t-1})\nw = 0.5; u = 0.8; x1 = 1; x2 = 0.5; h0 = 0\n"


def test_the_rule_for_all_t_is_the_formula_of_each_number():
    text = RNN + "h1 = tanh(0.5·1) = 0.4621\nh2 = tanh(0.25 + 0.8·0.4621) = 0.5509\ndh2/dh1 = 0.557"
    assert verdicts(text) == [
        ("h1", "right as rounded"),
        ("h2", "right as rounded"),
        ("dh2/dh1", "right as rounded"),
    ]


def test_a_rule_with_another_result_is_not_the_formula():
    text = RNN + "h1 = tanh(0.5·2) = 0.7616\nd = h1 = 0.7616"
    assert verdicts(text) == [("h1", "right as rounded"), ("d", "right as rounded")]


def test_a_line_that_rests_on_an_unread_one_is_no_error_of_its_own():
    text = "x = 1\ni = tanh(x = 0.76\nc = 2i = 1.5\nh = c + 1 = 2.5\ns = x + 1 = 3"
    report = Worksheet.parse(text, goes_on=True).check()
    assert [error.line for error in report.unread] == [2]
    assert "Lines 3 and 4 were passed over, because line 2 was not read." in report.notes
    assert [(one.quantity, one.verdict.value) for one in report.lines] == [("s", "wrong")]


def test_a_line_that_rests_on_one_that_cannot_be_computed_is_no_error_of_its_own():
    text = "x = -1\ni = ln(x) = 0.5\nc = 2i = 1\nh = c + 1 = 2\ns = 2x = -2"
    report = Worksheet.parse(text, goes_on=True).check()
    assert [error.line for error in report.unread] == [2]
    assert "Lines 3 and 4 were passed over, because line 2 was not read." in report.notes


def test_an_operation_before_a_colon_is_a_label_and_continues_no_line():
    text = "1/x: (-1/2)(1) = -0.5\n+1: (1)(-0.5) = -0.5\nexp: (e^-1)(-0.5) = -0.18"
    assert [verdict for _, verdict in verdicts(text)] == ["exact", "exact", "right as rounded"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s = [3, 5, 7]\ny = s_0 + 1 = 4", "exact"),
        ("s = [3, 5, 7]\ny = s_1 + 1 = 4", "exact"),
        ("s = [3, 5, 7]\ns_0 = 3\ny = s_1 + 1 = 6", "wrong"),
        ("s = [3, 5, 7], the classes are numbered 0, 1, 2\ny = s_1 + 1 = 6", "exact"),
        ("E = [[1, 2], [3, 4]], indices count from 0\ny = E[1] = [3, 4]", "exact"),
        ("E = [[1, 2], [3, 4]] (1-based)\ny = E[1] = [3, 4]", "wrong"),
    ],
)
def test_indices_count_from_zero_where_the_sheet_says_or_shows_it(text, expected):
    assert verdicts(text)[-1][1] == expected


CLASSES = "p = [0.2, 0.3, 0.5]\nL = -ln p_{k} = {loss}\nd = p − y = {d}"


@pytest.mark.parametrize(
    ("words", "k", "answers"),
    [
        ("The correct class is class 0.", "0", ("1.61", "[-0.8, 0.3, 0.5]")),
        ("The true class is 1 (classes 0, 1, 2).", "1", ("1.20", "[0.2, -0.7, 0.5]")),
        ("The true label is 3.", "3", ("0.69", "[0.2, 0.3, -0.5]")),
    ],
)
def test_the_true_class_in_words_is_the_target(words, k, answers):
    sheet = CLASSES.format(k=k, loss=answers[0], d=answers[1])
    assert {verdict for _, verdict in verdicts(f"{words}\n{sheet}")} <= {
        "exact",
        "right as rounded",
    }


def test_a_class_that_may_be_counted_from_0_or_1_is_asked_for():
    with pytest.raises(WorksheetError, match="y is not defined; write y"):
        Worksheet.parse("The true class is 2.\np = [0.2, 0.3, 0.5]\nd = p − y = [0.2, -0.7, 0.5]")


def test_an_index_in_the_target_of_a_list_is_no_name():
    text = "z = [1, 2]\np_i = e^{z_i}/Σ_j e^{z_j}\np = [0.27, 0.73]\ndp_1/dz = [0.20, -0.20]"
    assert [verdict for _, verdict in verdicts(text)] == ["right as rounded"] * 4


def test_the_letter_e_is_a_quantity_where_the_sheet_defines_it():
    assert verdicts("p = [1, 2]\ne = p − 3 = [-2, -1]\ns = 2*sum(e) = -6")[-1] == ("s", "exact")


def test_a_greek_letter_and_its_name_are_one_quantity():
    assert verdicts("gamma = 2\nβ_1 = 3\ny = \\gamma + beta1 = 5") == [("y", "exact")]
    assert verdicts("gamma = 2\nγ = 3\ny = \\gamma + 1 = 4") == [("y", "exact")]


def test_a_number_from_to_is_the_step_of_gradient_descent_if_there_is_a_rate():
    text = "x = 3\nlr = 0.1\nw = 0.5\nL = (w x − 2)²\nw: 0.5 -> 0.8\n---\nL = 0.16"
    assert verdicts(text) == [("w", "exact"), ("w'", "exact"), ("L", "exact")]
    assert verdicts(text.replace("0.8", "0.9"))[1] == ("w'", "wrong")


def test_a_row_of_a_matrix_is_replaced_whole():
    head = "E = [[1, 2], [3, 4]]\n"
    assert verdicts(head + "E[2] <- E[2] − [1, 1] = [2, 3]\n---\ns = sum(E) = 8")[-1][1] == "exact"
    with pytest.raises(
        WorksheetError, match="this is a vector of 3, but it replaces a vector of 2"
    ):
        Worksheet.parse(head + "E[2] <- [1, 2, 3]").check()


def test_hidden_commands_before_a_name_give_it_no_value():
    text = "x = [1, 3]\n$\\hat x = [0.2, 0.3]$\n$m = \\frac{1}{2}\\sum_i x_i = 2$\n"
    text += "$s = 2\\sum_i \\hat x_i = 1.0$"
    assert verdicts(text) == [("m", "exact"), ("s", "exact")]


def test_a_number_of_a_list_is_recognized_where_only_one_element_has_it():
    text = "s = [3.2, 5.1, -1.7]\nL = max(0, 5.1 − 3.2 + 1) + max(0, -1.7 − 3.2 + 1) = 2.9\n"
    assert verdicts(text + "dL/ds = [-1, 1, 0]")[-1] == ("dL/ds[3]", "exact")
    twice = "s = [2, 2]\nL = max(2, 1) = 2\ndL/ds = [1, 0]"
    assert [quantity for quantity, _ in verdicts(twice)] == ["L"]


def test_numbered_weights_are_a_list_and_have_a_gradient_together():
    text = "w1 = 0.5, w2 = -1\nx1 = 2, x2 = 3\nz = w·x = -2\nJ = z² = 4\ndJ/dw = (-8, -12)"
    assert verdicts(text)[-2:] == [("dJ/dw[1]", "exact"), ("dJ/dw[2]", "exact")]


def test_a_hidden_output_is_not_the_output():
    text = "x = 2\nhidden output = 3x = 6\noutput = 0.5 hidden output = 3\nd = output = 3"
    assert verdicts(text) == [("hidden_output", "exact"), ("output", "exact"), ("d", "exact")]


def test_a_learning_rate_may_follow_a_schedule():
    text = "lr = 0.1\nw0 = 2\nw1 = w0 − lr·4 = 1.6\nlr = 0.1/2 = 0.05\nw2 = w1 − lr·3 = 1.45\n"
    text += "lr = 0.02\nw3 = w2 − lr·3 = 1.39"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_several_numbers_that_r_prints_are_a_list():
    text = "> x <- c(1, 2, 3)\n> p <- 2 * x\n> p\n[1] 2 4 6\n> s <- sum(p)\n> s\n[1] 12"
    assert verdicts(text)[-2:] == [("p[3]", "exact"), ("s", "exact")]


def test_a_formula_with_another_result_leaves_what_was_computed_from_the_old_number():
    text = "a = 1\nx = 2\ny = 3x = 6\nx = a + 3 = 4\nz = y + 1 = 7\nu = 5x = 20"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    explained = "s = 2z\nz = 0.5\ns = 1.0\nw = 0.25\nz = 2w = 0.5\nds/dw = 4"
    assert {verdict for _, verdict in verdicts(explained)} == {"exact"}


def test_a_heading_that_counts_rounds_begins_other_numbers():
    text = (
        "Epoch 1\np = 0.5·2 = 1\nL = (1 − 3)² = 4\nEpoch 2\np = 0.9·2 = 1.8\nL = (1.8 − 3)² = 1.44"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_a_value_that_is_named_after_an_input_depends_on_it():
    text = "v_0 = x_1 = 2\nv_1 = x_2 = 5\ny = v_0 v_1 = 10\ndy/dx_1 = 5\ndy/dv_1 = 2"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    assert verdicts("w1 = w2 = 2\ny = w1 w2 = 4\ndy/dw2 = 2")[-1] == ("dy/dw2", "exact")


def test_layers_in_parentheses_are_names():
    text = "a(L-1) = 0.6, w(L) = 1.5\nz(L) = w(L) a(L-1) = 0.9\na(L) = σ(z(L)) = 0.7109\n"
    text += "∂a(L)/∂w(L) = σ'(z(L)) a(L-1) = 0.1233"
    assert verdicts(text)[-1] == ("da_L/dw_L", "right as rounded")


@pytest.mark.parametrize(
    "heading", ["### Exercise 2", "Problem 2:", "Q2. Compute the output.", "Aufgabe 2"]
)
def test_a_new_exercise_defines_its_quantities_again(heading):
    first = "x = 2\nz = 3*x = 6\na = tanh(0.1*z) = 0.537\n"
    for second in (
        "x = 4\nz = 5*x + 1 = 21\na = relu(z) = 21",
        "z = 4*0.3 - 2 = -0.8\na = sigmoid(z) = 0.310",
        "z = 4*0.3 - 2\na = sigmoid(z)\nz = 1.2 - 2 = -0.8\na = 1/(1 + e^0.8) = 0.310",
    ):
        found = {verdict for _, verdict in verdicts(f"{first}{heading}\n{second}")}
        assert found <= {"exact", "right as rounded"}
    # Nothing new is given, or not all of it.
    for wrong in ("z = 5*x = 10", "a = relu(z) = 6", "v = 3\nz = 3*x - v = 3"):
        assert "wrong" in {verdict for _, verdict in verdicts(f"{first}{heading}\n{wrong}")}


def test_a_full_stop_after_a_number_ends_its_member():
    text = "x = 4\nz = 2*x = 8\nb = -2. z = 8. Then y = 3z = 24."
    assert verdicts(text) == [("z", "exact"), ("z", "exact"), ("y", "exact")]


@pytest.mark.parametrize(
    ("product", "result"),
    [
        ("[1; 2] [3 4]", "[3 4; 6 8]"),
        ("2 · [1; 2] · [3 4]", "[6 8; 12 16]"),
        ("[1 2] [3; 4]", "11"),
        (
            r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}\begin{pmatrix} 3 & 4 & 5 \end{pmatrix}",
            r"\begin{pmatrix} 3 & 4 & 5 \\ 6 & 8 & 10 \end{pmatrix}",
        ),
    ],
)
def test_a_column_times_a_row_is_their_outer_product(product, result):
    assert {verdict for _, verdict in verdicts(f"A = {product} = {result}")} == {"exact"}


def test_a_heading_behind_displayed_mathematics_is_passed_over():
    text = "$$ x = 2, w = 3 $$1. Forward pass\n$$ z = w x = 6 $$2. The loss\n$$ L = z^2 = 36 $$"
    assert verdicts(text) == [("z", "exact"), ("L", "exact")]


def test_the_numbers_behind_a_function_without_a_formula_are_checked():
    text = "z = 0.5\na = g(z) = 0.5·2 = 1.0\nb = -3 · g'(2) = -3 · 1 = -4"
    assert verdicts(text) == [("a", "exact"), ("b", "wrong")]
    assert "Line 2: the formula was not checked, because g is not defined." in notes_on(text)
    with pytest.raises(WorksheetError, match="did you mean tanh"):
        check("a = tahn(1) = 0.5·2 = 1.0")


def test_a_raised_index_in_a_derivative_belongs_to_the_name():
    text = (
        r"\(\dfrac{\partial H}{\partial a_1^{(1)}} = 5(-3) + 1(1) = -14\)"
        "\n"
        r"$\frac{\partial H}{\partial W^{[2]}} = 2·3 = 7$"
    )
    assert verdicts(text) == [("dH/da1^(1)", "exact"), ("dH/dW^[2]", "wrong")]


@pytest.mark.parametrize("name", [r"\hat{m}", r"\hat m", r"\bar{x}", r"\text{net}", r"\mathbf{w}"])
def test_a_decorated_name_with_a_number_is_a_name_of_its_own(name):
    text = f"{name} = 10\ns = 2 {name} = 20\n{name}_2 = 3·2 = 6\nu = 2 {name}_2 = 12"
    found = [verdict for _, verdict in verdicts(text)]
    assert found == ["exact"] * 3
    assert not [note for note in notes_on(text) if "not defined" in note]


def test_slopes_wait_for_the_values_of_their_names():
    text = "z = x²·y\nx = t\ny = 5t\ndx/dt = 1\ndy/dt = 4\ndz/dt = 2xy·dx/dt + x²·dy/dt\nt = 2"
    assert sorted(verdicts(f"{text}\ndz/dt = 60")) == [
        ("dx/dt", "exact"),
        ("dy/dt", "wrong"),
        ("dz/dt", "exact"),
        ("dz/dt", "exact"),
    ]
    assert verdicts("y = q²\ndy/dx = 2·3 = 7\nu = 2") == [("dy/dx", "wrong")]


def test_a_line_of_mathematics_may_go_on_in_mathematics_of_its_own():
    text = r"$\displaystyle y$ $\displaystyle =$ $\displaystyle 2x + 1$" + "\n$= 2·3 + 1$\n$= 8$"
    assert verdicts("$x = 3$\n" + text) == [("y", "wrong")]
    assert verdicts("$x = 3$\n" + text.replace("8", "7")) == [("y", "exact")]


def test_a_line_that_ends_with_a_colon_and_has_no_reading_is_a_heading():
    reading = read_sheet('x = 2\nRow 0 (Query = Token 0 = "cat"):\ny = 2x = 4', goes_on=True)
    assert not reading.unread
    assert reading.skipped == 1


BATCH = """X = [1 2 3; 0 1 1]
Y = [1 0 1]
W1 = [0.1 0.2; 0.3 -0.1]
b1 = [0; 0]
W2 = [0.5 -0.4]
b2 = 0
m = 3
Z1 = W1 X + b1
A1 = tanh(Z1)
Z2 = W2 A1 + b2
A2 = sigmoid(Z2)
J = -1/m * sum(Y*log(A2) + (1-Y)*log(1-A2)) = 0.7111
dZ2 = A2 - Y
dW2 = 1/m * dZ2 A1^T = [-0.0320, -0.0855]
db2 = 1/m * sum(dZ2) = -0.1747
dZ1 = W2^T dZ2 * (1 - A1^2)
dW1 = 1/m * dZ1 X^T = [-0.1423 0.0048; 0.0717 -0.0147]
"""


def test_the_slopes_of_single_examples_may_lack_the_mean_that_the_gradients_have():
    found = verdicts(BATCH)
    assert "wrong" not in {verdict for _, verdict in found}
    wrong = BATCH.replace("1/m * dZ2", "dZ2").replace("1/m * sum(dZ2)", "sum(dZ2)")
    assert "wrong" in {verdict for _, verdict in verdicts(wrong)}


def test_a_row_times_a_transposed_row_is_a_number_and_the_transpose_of_a_row_is_a_column():
    text = (
        "x = [1 2]\nd = [3 -1]\ns = x d^T = 1\nt = 1/2 * x d^T = 0.5\nu = x^T d = 1\n"
        "A = x^T d = [3 -1; 6 -2]\nB = x^T d * [1 2; 3 4] = [3 -2; 18 -8]\nC = 2 x^T d = 2"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_the_number_of_a_formula_with_an_undefined_name_is_taken_as_given():
    text = "x = 2\ny = 3\nz = k*x = 4\nu = z + y = 7\ndu/dz = 2"
    judged, unread = going_on(text)
    assert (judged, unread) == ([("u", "exact"), ("du/dz", "wrong")], [])
    note = (
        "Line 3: z is taken as given, because k is not defined; write k = … on a line before this "
        "one."
    )
    assert note in list(read_sheet(text, goes_on=True).notes())
    assert going_on("x_in = 2\nz = 3*x_im = 6")[1] == [2]  # because the name is misspelled
    with pytest.raises(WorksheetError, match="k is not defined"):
        check(text)


def test_two_points_that_are_given_to_different_names_are_no_lists():
    text = "(x1, y1) = (1, 1), (x2, y2) = (2, 0)\nu = x2 + y1 = 3\nv = x1 + y2 = 1"
    assert verdicts(text) == [("u", "exact"), ("v", "exact")]


def test_the_square_after_a_sum_of_differences_belongs_to_the_differences():
    text = (
        "y = [1, 2]\nt = [0, 0]\nx = [3, 1]\na = sum (y - t)^2 = 5\nb = 1/2 sum(y - t)² = 2.5\n"
        "c = mean (y - t)^2 = 2.5\nd = avg(y - t)^2 = 2.5\ne = sum (y - t) x = 5\n"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_other_powers_of_sums_and_those_of_programs_are_what_they_say():
    text = (
        "x = [3, 4]\nu = [0, 0]\nd = sum(x^2 + u^2)^(1/2) = 5\ne = sum(x*x - u)^0.5 = 5\n"
        "f = sum((x - u))^2 = 49\ng = sum(x + 1)^2 = 81\nh = mean(x - 1)^2 = 6.25\n"
        "l = sum (x)^2 = 49\nm = mean (x)^2 = 12.25\nn = sum (x) * u = [0, 0]"
    )
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}
    code = (
        "import numpy as np\nx = np.array([1.0, 2.0])\ny = np.array([0.0, 0.0])\n"
        "a = np.sum (x)**2  # 9\nb = np.mean (x)**2  # 2.25\nc = np.sum (x - y) ** 2  # 9"
    )
    assert {verdict for _, verdict in verdicts(code)} == {"exact"}


@pytest.mark.parametrize(
    "head",
    [
        "import numpy as np",
        "x = np.array(x)",
        "import torch",
        "def f(u): return u*2",
        "g = lambda u: u",
    ],
)
def test_the_brackets_of_python_count_from_0(head):
    text = f"x = [1, 2, 3]\n{head}\nk = 2\ny = x[1] + 0  # 2\nz = 5 - x[k]  # 2"
    assert verdicts(text) == [("y", "exact"), ("z", "exact")]
    plain = text.replace(head, "").replace("x[1] + 0  # 2", "x[1] + 0 = 1")
    assert verdicts(plain.replace("x[k]  # 2", "x[k] = 3")) == [("y", "exact"), ("z", "exact")]


def test_parameters_of_a_function_may_stand_side_by_side():
    text = (
        "f(x, y) = 2xy + 2x - x^2 - 2y^2\ndf/dx at (-1, 1) = 2y + 2 - 2x = 6\n"
        "df/dy at (-1, 1) = 2x - 4y = -5\ng(u, v) = uv - exp(uv)\nh = g(0, 2) = -1"
    )
    found = verdicts(text)
    assert [verdict for _, verdict in found] == ["exact", "exact", "exact", "wrong", "exact"]


def test_sum_exp_is_a_name():
    text = "z = [1, 2]\nsum_exp = sum(exp(z)) = 10.107\nL = ln(sum_exp) - z[1] = 1.313"
    assert {verdict for _, verdict in verdicts(text)} == {"right as rounded"}


def test_the_questions_of_one_problem_go_on_with_its_quantities():
    text = (
        "Question 1\nx = 0.5\nw = 0.8\nb = 0.1\nz = w*x + b = 0.5\nC = (z - 1)^2 = 0.25\n"
        "Question 2\ndC/dw = 2(0.5 - 1)*0.5 = -0.5\nw = 0.8 - 0.1*(-0.5) = 0.85\n"
        "Question 3\nz = 0.85*0.5 + 0.1 = 0.525\nC = (0.525 - 1)^2 = 0.2256\nx = 1\n"
    )
    assert {verdict for _, verdict in verdicts(text)} <= {"exact", "right as rounded"}
    assert ("z", "wrong") in verdicts(text + "z = w*x - b = 0.75")


def test_an_undefined_name_points_at_the_line_that_was_not_read_as_its_formula():
    text = "o2 = 0.4\nE_o1 is half of (1 - o2)^2 -> 0.36\nE_o2 = o2^2 -> 0.16\nE = E_o1 + E_o2 -> 1"
    with pytest.raises(WorksheetError, match="E_o1 is not defined, because line 2 was not read"):
        read_sheet(text)
    with pytest.raises(WorksheetError, match=r"did you mean E_o2\?"):
        read_sheet(text.replace("E_o1", "E_o3", 1))


def test_what_with_and_gives_say_of_a_formula_leaves_it_a_formula():
    text = "The add gate: s = a + b with a = 1.5, b = -0.5 gives s = 1\nt = 2s = 2\ndt/da = 2"
    assert {verdict for _, verdict in verdicts(text)} == {"exact"}


def test_a_gradient_that_is_named_in_words_is_no_value_of_its_quantity():
    text = (
        "x = 2\nz = 3x = 6\nL = z^2 = 36\nGradient with respect to z: 12\nGradient wrt x: 36\n"
        "Updated weight: 0.5\nChange in x: 0.5\n"
    )
    assert verdicts(text)[2:] == [("dL/dz", "exact"), ("dL/dx", "exact")]


def test_a_bracket_that_never_closes_is_no_remark():
    assert going_on("t = 1\nE = 1/2 (t - 0.2 ^^ -> 0.32")[1] == [2]
    assert going_on("t = 1\nE = 1/2 (t - 0.2 = 0.32")[1] == [2]
    assert verdicts("y = 0.5 (rounded\nz = 2*y = 1") == [("z", "exact")]


def test_words_that_change_a_value_are_not_left_out():
    text = "t = 1\na = 0.2\nE is half of (t - a)^2 -> 0.32\nF is twice a -> 0.4\nz = 2a = 0.4"
    assert ("z", "exact") in verdicts(text)
    assert "wrong" not in {verdict for _, verdict in verdicts(text)}


def test_a_mistake_beside_the_slopes_of_single_examples_is_blamed_alone():
    missing = BATCH.replace("db2 = 1/m * sum(dZ2) = -0.1747", "db2 = sum(dZ2) = -0.5240")
    found = [
        (one.quantity, one.kind)
        for one in Worksheet.parse(missing).check().lines
        if one.verdict.value == "wrong"
    ]
    assert found == [("dJ/db2", "working")]


def test_numbers_put_into_the_formula_of_question_1_are_judged_in_question_2():
    head = "Question 1\nx = 1\nw = 2\nb = 0.5\nz = w x + b\nQuestion 2\n"
    assert verdicts(head + "z = 2*1 + 0.5 = 2.5") == [("z", "exact")]
    assert ("z", "exact") not in verdicts(head + "z = 2*1 + 0.4 = 2.4")
