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
