"""What lines do: which ends them, which opens a step, which is passed over, and what is said."""

import pytest

from autograd import Worksheet, WorksheetError
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
    with pytest.raises(WorksheetError, match="computes z from numbers alone"):
        Worksheet.parse("u = 0.5\nv = 0.5\nz = 0.5*0.5 = 0.25\ndz/du = 0.5").check()


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
    with pytest.raises(WorksheetError, match="too often"):
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
