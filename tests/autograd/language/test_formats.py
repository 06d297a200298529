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
