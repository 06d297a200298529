"""Calculations as people write them: in text, Markdown, LaTeX and Python lines, all read whole."""

import re
from pathlib import Path

import pytest

from autograd import Worksheet

SHEETS = sorted((Path(__file__).parent / "own_writing").iterdir())
RIGHT = {
    "exact",
    "right as rounded",
    "truncated",
    "right but for rounding on the way",
    "carried on",
    "too few digits to tell",
    "opposite sign convention",
    "blank",
}
# What is wrong, as the writer wrote it; everything else is right. In the cell, one last
# digit is wrong. In 02, the mean was forgotten. In 20, the 27 of three backward passes was printed.
WRONG = {
    "22_one_mistake": {"dC/dw"},
    "published_02_mean_forgotten": {"dMSE/dw"},
    "published_20_mean_or_sum": {"do/dx"},
    "published_29_gru_cell": {"h_hat"},
}


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_a_sheet_is_read_whole_and_judged_by_what_it_says(path):
    report = Worksheet.read(path).check()
    assert report.lines
    blamed = {
        re.sub(r"\[.*", "", one.quantity) for one in report.lines if one.verdict.value not in RIGHT
    }
    assert blamed <= WRONG.get(path.stem, set()), report
    assert blamed or path.stem not in WRONG


def test_what_was_taken_for_granted_is_said():
    notes = Worksheet.read(SHEETS[0].parent / "published_02_mean_forgotten.txt").check().notes
    assert "Line 4: x is read as X." in notes
    assert "Line 4: N is read as 4, the number of examples." in notes
