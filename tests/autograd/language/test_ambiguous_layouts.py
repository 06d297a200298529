"""Sheets whose layout has two readings: the right numbers pass, and the wrong ones do not."""

import pytest

from autograd import WorksheetError, check

VECTORS = "e = [1; 2]\nw = [3; 4]\n"
SQUARE = "x = 2; y = x^2\n"
SHEETS = [  # with the right number and a wrong one in place of @
    # A primed name that is a target is no transposed matrix.
    ("e = [1; 2]\nf' = [0.5; 0.25]\nd = f' * e = [0.5; @]", "0.5", "0.25"),
    ("e = [1; 2]\ng' = 2\nh = g' * 3 = @", "6", "5"),
    (f"{VECTORS}so w' = w - e = [2; 2]\nd = w' * e = [2; @]", "4", "6"),
    ("e = [1; 2];\nw = [3; 4];\nw' = w - e = [2; 2]\nd = w' * e = [2; @]", "4", "6"),
    (f"{VECTORS}d = e * w = [3; @]\nSo we have the vector 'w'", "8", "11"),
    ("e = [1; 2]\nf(x) = x^2\nf'(3) = 6\nd = f'(3) * e = [6; @]", "12", "6"),
    (f"{VECTORS}z = w' * e = @", "11", "8"),
    (f"{VECTORS}G = e * w' = [3 4; 6 @]", "8", "4"),
    # The first cells of a table are numbers of rows only below a heading that says so.
    ("x = 3\n| No. | node | is |\n|-|-|-|\n| 1 | u | x^2 = 9 |\n| 2 | v | 2u = @ |", "18", "6"),
    ("x = 3\n| | node | value |\n|---|---|---|\n| 1 | u | 2x = 6 |\n| 2 | v | 2u = @ |", "12", "6"),
    # Rows without outer bars that hold several calculations are no table.
    ("x = 3\nforward | backward\nz = 2x = 6 | dL/dL = 1\nL = z^2 = 36 | dL/dz = 2z = @", "12", "6"),
    ("x = 3\nforward | back\n---|---\nz = 2x = 6 | dL/dL = 1\nL = z^2 = 36 | dL/dz = @", "12", "6"),
    ("x = 3\nforward | local\nz = 2x = 6 | dz/dx = 2\nL = z^2 = 36 | dL/dz = 2z = @", "12", "6"),
    # Between bars, a comma before a digit belongs to the number.
    ("e = |−1,5| = @", "1,5", "5,1"),
    ("x = 1,5\ne = |1,5| + 2,5 = @", "4,0", "5,0"),
    ("d = |3 -2| = @", "1", "5"),
    ("x = -2\ny = |-2| = @\n| x |\n|---|\n| 3 |", "2", "-2"),
    ("x = |1, 2|ᵀ\ny = 2x = |2, @|ᵀ", "4", "2"),
    # Columns stay in the order of their rows if the left one defines a name twice.
    ("x = 3   p = z\nz = x + 1 = 4   q = p + 1 = 5\nx = 5   r = x = @", "5", "3"),
    # d \\over dx is d/dx.
    (SQUARE + r"{d \over dx} x^2 = 2x = @", "4", "6"),
    (SQUARE + r"{d\over d x} (x^2) = @", "4", "6"),
    (SQUARE + r"{\partial \over \partial x} y = @", "4", "6"),
    (SQUARE + r"{d^2 y \over dx^2} = @", "2", "4"),
    (SQUARE + r"z = {x + 4 \over 3} = @", "2", "6"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), SHEETS)
def test_right_numbers_pass_and_wrong_numbers_do_not(text, right, wrong):
    judged = check(text.replace("@", right))
    assert judged.lines and judged.ok
    assert not check(text.replace("@", wrong)).ok


def test_a_primed_vector_is_a_name_of_its_own_in_a_product():
    text = "e = [1; 2]\nz = [0.1; 0.2]\na = σ(z) = [0.52498; 0.54983]\n"
    text += "a' = a * (1 - a) = [0.24938; 0.24752]\nd = (e * a') = [0.24938; @]"
    assert {line.quantity for line in check(text.replace("@", "0.49503")).lines} >= {"d[1]", "d[2]"}
    assert check(text.replace("@", "0.49503")).ok and not check(text.replace("@", "0.24752")).ok


def test_the_derivative_is_named_in_the_verdict():
    report = check(SQUARE + r"{d \over dx} x^2 = 2x = 6")
    assert report.lines[-1].quantity == r"{d \over dx} x^2"


@pytest.mark.parametrize("head", ["| x | f | y |", "x | f | y", "| n | f | y |"])
@pytest.mark.parametrize("given", ["", "x = 3\n"])
def test_the_values_of_a_name_are_no_numbers_of_rows(head, given):
    name = "n" if "n" in head else "x"
    rows = f"| 2 | {name}^2 | 4 |\n| 3 | {name}^2 | 9 |"
    rows = rows if head.startswith("|") else rows.replace("\n| ", "\n").strip("| ")
    assert not check(f"{given}{head}\n|---|---|---|\n{rows}").lines


@pytest.mark.parametrize("rows", ["|1,5|\n    |2,5|", "| 1,5 |\n    | 2,5 |"])
def test_a_column_whose_commas_have_two_readings_is_not_judged(rows):
    try:
        report = check(f"x = {rows}\ny = 2x = |3,0|\n         |5,0|")
    except WorksheetError:
        return
    assert not report.lines
