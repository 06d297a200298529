"""Sheets written after the table of slips, each with one mistake or two: the cause is told truly.

The numbers were computed with NumPy. The comment on top of a sheet says which lines are wrong, and
the slip that was made there, or - for a slip that the digits cannot tell.
"""

from pathlib import Path

import pytest

from autograd import Worksheet

SHEETS = sorted((Path(__file__).parent / "unseen").glob("*.calc"))


def test_there_are_sheets():
    assert SHEETS


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_the_slip_that_was_made_is_named_first(path):
    report = Worksheet.read(path).check()
    first = {}
    for one in report.lines:
        if one.verdict.blamed:
            first.setdefault(one.line, one.slips[0].key if one.slips else "-")
    found = ", ".join(f"{line} {key}" for line, key in first.items()) or "none"
    assert found == path.read_text("utf-8").split("\n")[1].removeprefix("# expected: "), report
