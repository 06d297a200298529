"""The calculation in files of all kinds, and the files that hold none."""

import json

import pytest

from autograd import Worksheet, WorksheetError
from autograd.language.formats import read_file

SHEET = "x = 3\ny = x^2 -> 9\ndy/dx -> 5\n"


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": k, "source": s} for k, s in cells]}).encode()


@pytest.mark.parametrize("suffix", [".calc", ".md", ".txt", ".py", ""])
def test_text_is_read_as_it_is(suffix):
    assert read_file(SHEET.encode(), "sheet" + suffix) == SHEET


def test_of_latex_the_body_of_the_document_is_read_and_lines_keep_their_numbers():
    text = (
        "\\documentclass{article}\n\\title{x = 1}\n\\begin{document}\n"
        + SHEET
        + "\\end{document}\n"
    )
    sheet = Worksheet.decode(text.encode(), "sheet.tex")
    assert [(one.quantity, one.line) for one in sheet.check().lines] == [("y", 5), ("dy/dx", 6)]


def test_of_a_notebook_the_calc_cells_are_read():
    content = notebook(("markdown", "# y = 7"), ("code", ["%%calc\n", SHEET]), ("code", "y = 8"))
    assert read_file(content, "sheet.ipynb") == SHEET


def test_the_numbers_that_a_notebook_printed_are_its_results():
    cells = [
        {
            "cell_type": "code",
            "source": "y = 3*2\nprint('y =', y)",
            "outputs": [{"text": "y = 6\n"}],
        },
        {"cell_type": "code", "source": "y + 1", "outputs": [{"data": {"text/plain": "8"}}]},
    ]
    content = json.dumps({"cells": cells}).encode()
    report = Worksheet.decode(content, "sheet.ipynb").check()
    assert [one.verdict.value for one in report.lines] == ["exact", "wrong"]


def test_of_a_notebook_without_calc_cells_all_cells_are_read():
    content = notebook(("markdown", "x = 3"), ("code", "y = x**2 -> 9"))
    report = Worksheet.decode(content, "sheet.ipynb").check()
    assert [one.verdict.value for one in report.lines] == ["exact"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"a,b\n1,2\n", "marks.csv", ".csv is a table"),
        (b"%PDF", "sheet.PDF", "is a document with its layout"),
        (b"\x89PNG", "photo.png", "is a picture"),
        (b"\xff\xfe\x00", "sheet.txt", "not UTF-8"),
        (b"{", "sheet.ipynb", "not a notebook"),
        (b"[]", "sheet.ipynb", "not a notebook"),
        (b'{"cells": [3]}', "sheet.ipynb", "not a notebook"),
        (b'{"cells": [{"source": [3]}]}', "sheet.ipynb", "not a notebook"),
        (b"[" * 100_000, "sheet.ipynb", "not a notebook"),
        (b"x" * 2_000_000, "sheet.txt", "too long"),
    ],
)
def test_a_file_that_holds_no_calculation_is_refused_with_what_to_do(content, name, words):
    with pytest.raises(WorksheetError, match=words):
        read_file(content, name)


@pytest.mark.parametrize(
    "definition",
    [
        r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}",
        r"\newcommand\pd[2]{\frac{\partial #1}" + "\n" + r"{\partial #2}}",
        r"\def\pd#1#2{\p{#1}{#2}}" + "\n" + r"\newcommand{\p}[2]{\frac{\partial #1}{\partial #2}}",
        r"\providecommand{\pd}[2]{\dfrac{\partial #1}{\partial #2}}",
    ],
)
def test_the_macros_of_a_latex_file_are_expanded(definition):
    head = definition + "\n" + r"\DeclareMathOperator{\relu}{ReLU}" + "\n"
    body = "$w_1 = 2$\n$C = \\relu(3 w_1) = 6$\n$\\pd{C}{w_1} = 3, \\pd C{w_1} = 4$\n"
    text = head + r"\begin{document}" + "\n" + body + r"\end{document}"
    sheet = Worksheet.decode(text.encode(), "homework.tex", goes_on=True)
    judged = [(one.quantity, one.verdict.value, one.line) for one in sheet.check().lines]
    line = head.count("\n") + 3
    assert judged[0] == ("C", "exact", line)
    assert ("dC/dw1", "exact", line + 1) in judged
    assert ("dC/dw1", "wrong", line + 1) in judged


@pytest.mark.parametrize(
    "text",
    [
        r"\newcommand{\a}[1]{" + "#1" * 30_000 + "}" + r"\a{" * 9 + "x" * 20 + "}" * 9,
        r"\def\a{\b\b\b\b\b\b\b\b}"
        + "".join(rf"\def\{p}{{{(chr(92) + q) * 30}}}" for p, q in ("bc", "cd", "de"))
        + r"\def\e{xxxxxxxxxxxxxxxx}"
        + r"\a",
    ],
)
def test_macros_that_grow_without_bound_are_refused(text):
    with pytest.raises(WorksheetError, match="too long"):
        Worksheet.decode(text.encode(), "homework.tex")


def test_a_macro_that_is_never_closed_or_calls_itself_is_no_trap():
    for text in (r"\newcommand{\a}{x = 2", r"\def\a{\a}\a x = 2", r"\def\a#1{#1}\a"):
        Worksheet.decode(f"{text}\n".encode(), "homework.tex", goes_on=True)


def test_macros_in_comments_and_provided_again_do_not_count():
    text = (
        "\\newcommand{\\lr}{0.1}\n% \\newcommand{\\lr}{0.5}\n\\providecommand{\\lr}{0.7}\n"
        "$w = 2$\n$g = 3$\n$v = w - \\lr \\cdot g = 1.7$"
    )
    (line,) = Worksheet.decode(text.encode(), "homework.tex").check().lines
    assert line.verdict.value == "exact"
