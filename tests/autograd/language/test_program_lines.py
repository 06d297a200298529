"""Statements of Python: passed over, or asked about where they would compute something."""

import pytest

from autograd import Worksheet, WorksheetError
from autograd.language.reader import read_sheet


@pytest.mark.parametrize(
    "line",
    [
        "import numpy as np",
        "from math import exp",
        "def f(x):\n    y = 2*x\n    return y",
        "if x > 2:\n    print('large')",
        "with torch.no_grad():",
        "plt.plot(x)",
        "print('x')",
    ],
)
def test_a_statement_is_passed_over_with_its_block(line):
    report = Worksheet.parse(f"x = 3\n{line}\ny = x² -> 9").check()
    assert [one.verdict.value for one in report.lines] == ["exact"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("for k in range(3):\n    w = w - 0.1", "a loop is not run"),
        ("for k in range(3): w -= 0.1", "a loop is not run"),
        ("while w > 0:\n    w -= 0.1", "a loop is not run"),
        ("if w > 0:\n    a = w", "a condition is not evaluated"),
    ],
)
def test_a_loop_or_a_condition_that_computes_is_asked_about(text, words):
    with pytest.raises(WorksheetError, match=words) as caught:
        Worksheet.parse("w = 1\n" + text)
    assert caught.value.line == 2


@pytest.mark.parametrize("word", ["with", "for", "if", "from", "while"])
def test_a_sentence_that_begins_like_a_statement_is_read(word):
    assert Worksheet.parse(f"{word} x = 3 we get y = x² = 9").check().ok
    assert not read_sheet(f"{word} x = 3 we get y = x² = 9").skipped


@pytest.mark.parametrize(
    ("definition", "call", "value"),
    [
        ("def slope(x):\n    return x * (1 - x)", "slope(0.6)", "0.24"),
        ("def slope_of_relu(x): return 1 if x > 0 else 0", "3*slope_of_relu(z)", "3"),
        ("def drelu(x: float) -> float:\n    return (x > 0).astype(np.float32)", "drelu(z)", "1"),
        (
            'def d(z):\n    """The slope\n    of tanh."""\n    return 1 - np.tanh(z)**2',
            "d(z)",
            "0.0707",
        ),
        ("def mse(y, p):\n\n    # the mean\n    return ((y - p)**2).mean()", "mse(v, v + 1)", "1"),
        ("square = lambda u: u**2", "square(z) + square(1)", "5"),
        ("b = 10\nf <- function(x, w = 2, b = 1) w*x + b", "f(3, z, 1)", "7"),
    ],
)
def test_a_function_of_python_that_only_returns_a_formula_is_a_function_of_the_sheet(
    definition, call, value
):
    text = f"z = 2\nv = [1, 2]\n{definition}\ny = {call}  # {value}"
    (line,) = Worksheet.parse(text).check().lines
    assert line.verdict.value in ("exact", "right as rounded")
    wrong = Worksheet.parse(text + "1").check()
    assert [one.verdict.value for one in wrong.lines] == ["wrong"]


@pytest.mark.parametrize(
    "definition",
    [
        "def f(n): return n*f(n - 1)",
        "def f(x):\n    y = 2*x\n    return y",
        "def f(x): return u.v(x)",
    ],
)
def test_other_functions_of_python_are_passed_over(definition):
    with pytest.raises(WorksheetError, match="no function is named f") as caught:
        Worksheet.parse(f"{definition}\ny = f(2)  # 4").check()
    assert caught.value.line == definition.count("\n") + 2


def test_the_main_block_of_a_script_is_read():
    text = "if __name__ == '__main__':\n    x = 3\n    y = 2*x  # 6\n    z = y + 1  # 8"
    report = Worksheet.parse(text).check()
    assert [one.verdict.value for one in report.lines] == ["exact", "wrong"]


@pytest.mark.parametrize(
    ("definition", "call", "value"),
    [
        ("def square(e): return e**2", "square(3)", "9"),
        ("def relu(x): return x if x > 0 else 0.01*x", "relu(-2)", "-0.02"),
        ("def mse(a, b): return 0.5*(a - b)**2", "mse(3, 1)", "2"),
        ("def sigmoid(x): return 1/(1 + exp(x))", "sigmoid(1)", "0.2689"),
        ("def relu(x): return np.maximum(0, x)", "relu(-2)", "0"),
    ],
)
def test_a_function_of_python_is_the_writers_own_also_if_its_name_is_known(definition, call, value):
    (line,) = Worksheet.parse(f"{definition}\ny = {call}  # {value}").check().lines
    assert line.verdict.value in ("exact", "right as rounded")


def test_the_outputs_of_several_prints_are_not_paired_with_the_last_one():
    text = "x = 2.0\ny = x*3\nz = y + 1\nprint(y)\nprint(z)\n6.0\n7.0\n"
    assert not Worksheet.parse(text, goes_on=True).check().lines
    alone = "x = 2.0\ny = x*3\nprint(y)\n6.0\n"
    assert [one.verdict.value for one in Worksheet.parse(alone).check().lines] == ["exact"]


@pytest.mark.parametrize("line", ["y = x // 2", "y = x // 2  # 3", "y = (x + 1) // 2 * 3"])
def test_the_division_of_whole_numbers_is_no_comment(line):
    with pytest.raises(WorksheetError, match="'//' cannot be read here; it divides whole numbers"):
        Worksheet.parse(f"x = 7\n{line}\nz = 2*y = 6").check()


def test_two_slashes_behind_a_semicolon_a_gap_or_before_words_begin_a_comment():
    text = (
        "w = 0.8\nx = 0.5\nz = w * x;  // 0.4\ny = 2*z // twice the product\nu = 3*z;  // = 1.2\n"
        "k = 2*z  // 0.8"
    )
    found = [one.verdict.value for one in Worksheet.parse(text).check().lines]
    assert found == ["exact"] * 3
