"""Published worked examples, in the digits their authors printed, and where they are wrong."""

import re
from pathlib import Path

import pytest

from autograd import Worksheet

SHEETS = sorted((Path(__file__).parent / "published").glob("*.calc"))
NAMED = "wrong|truncated|carried on|too few digits to tell|right but for rounding on the way"
EXPECTED = re.compile(rf"# expected: ({NAMED}),")
RIGHT = {"exact", "right as rounded"}


def test_there_are_at_least_twelve_of_them():
    assert len(SHEETS) >= 12


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_every_line_gets_the_verdict_it_deserves(path):
    sheet = Worksheet.read(path)
    expected = {
        number: found[1]
        for number, line in enumerate(sheet.text.split("\n"), start=1)
        if (found := EXPECTED.search(line))
    }
    seen: dict[int, set[str]] = {}
    for judged in sheet.check().lines:
        seen.setdefault(judged.line, set()).add(judged.verdict.value)
    for line, verdicts in seen.items():
        if line in expected:
            assert expected[line] in verdicts, line
        else:
            follows = {"carried on"} if path.stem == "kushwaha_softmax" else set()
            assert verdicts <= RIGHT | follows, (line, verdicts)
    assert set(expected) <= set(seen)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_no_slip_is_named_on_a_right_line(path):
    for judged in Worksheet.read(path).check().lines:
        assert not judged.slips or judged.verdict.value == "wrong"


def test_the_sheet_of_the_hand_computation_is_judged_as_its_author_wrote_it():
    report = Worksheet.read(SHEETS[0].parent / "humanity.calc").check()
    assert report.ok
    assert report.score == 1
    verdicts = {(line.quantity, line.written): line.verdict.value for line in report.lines}
    rounded = [("dC/dW2[1]", "-0.13"), ("W2'[1]", "0.613"), ("C", "0.0832")]
    for key in (*rounded, ("W1'[1,2]", "0.2024"), ("dC/dW1[1,2]", "-0.0245")):
        assert verdicts[key] == "right as rounded"


def test_a_page_that_exchanged_two_indices_is_told_which():
    report = Worksheet.read(SHEETS[0].parent / "kushwaha_softmax.calc").check()
    slips = {line.quantity: [s.key for s in line.slips] for line in report.lines if line.slips}
    assert slips["dL/dw8"][0] == slips["dL/dw9"][0] == "neighbors-gradient"
