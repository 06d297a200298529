"""What a report shows: as much as may be revealed, in the sheet's own names."""

import json
import re

import pytest

from autograd import Report, Value, Worksheet, check

SHEET = """x = 0.5
w = 0.8
v = -1.3
z = w*x -> 0.4
a = sigmoid(z) -> 0.5987
C = ½(v*a − 0.9)² -> 1.4083
dC/da -> 2.1818
dC/dz -> 2.1818
dC/dw -> 1.0909
w' = w − 0.1*dC/dw -> 0.6909
"""


def report(reveal="hint"):
    return Worksheet.parse(SHEET).check(reveal)


def test_a_hint_names_the_slip_and_keeps_the_number():
    text = str(report())
    assert "You get exactly 2.1818 if you forget the slope f′(z) at a." in text
    assert "dC/dw and w' are only wrong because of this line." in text
    assert "0.5242" not in text
    assert "Correct" not in text


def test_nothing_is_revealed_but_the_verdicts():
    text = str(report("none"))
    assert "WRONG" in text
    assert "slope" not in text
    assert report("none").lines == report("hint").lines


# Mistakes in the members of a chain, and what is asked for there and written nowhere.
ASKED_FOR = {
    "arithmetic": ("w = 0.43\nx = 0.51\nz = w*x = 0.43*0.51 = 0.2913", ["0.2193"]),
    "arithmetic of a gradient": (
        "w = 0.43\nx = 0.51\nC = w^2*x\ndC/dw = 2*w*x = 2*0.43*0.51 = 0.8436",
        ["0.4386"],
    ),
    "number put in": (
        "w = 0.43\nx = 0.51\nz = w*x\na = tanh(z) = tanh(0.31) = 0.3004",
        ["0.2193", "0.21585"],
    ),
    "gradient put in": (
        "w = 0.43\nx = 0.51\nz = w*x\nC = (z - 1)^2\ndC/dw = dC/dz*x = -1.4*0.51 = -0.714",
        ["1.5614", "0.7963"],
    ),
    "formula": ("w = 0.43\nx = 0.51\nC = (w*x - 1)^2\ndC/dw = 2*(w*x - 1) = -1.5614", ["0.7963"]),
    "transposed": (
        "W = [[1.13, 2.27], [3.31, 4.09]]\nx = [0.57, 0.73]\nt = [1.9, 5]\ny = W @ x\n"
        "C = sum((y - t)^2)\ndC/dW -> [[0.2, 0.1], [0.3, 0.4]]",
        ["0.4578", "0.5863", "0.1418"],
    ),
}


@pytest.mark.parametrize("reveal", ["none", "hint"])
@pytest.mark.parametrize(("text", "answers"), ASKED_FOR.values(), ids=ASKED_FOR)
def test_no_format_shows_a_number_that_is_asked_for(text, answers, reveal):
    sheet = Worksheet.parse(text)
    report = sheet.check(reveal)
    shown = [str(report), report.to_json(), report._repr_html_(), report.latex]
    shown.append(str(sheet.annotated(report)))
    assert not report.ok
    assert [answer for answer in answers for form in shown if answer in form] == []


def test_the_data_count_what_the_text_counts():
    text = "x = 0.5\nw = 0.8\na = sigmoid(w x) -> 0.5987\nC = a^2 -> 0.9000\nw' = C - w -> 0.1000"
    checked = Worksheet.parse(text).check()
    data = json.loads(checked.to_json())
    assert (data["right"], data["carried"], data["asked"], data["score"]) == (1, 1, 3, 2 / 3)
    assert "1 of 3 numbers are right, 1 follows from your earlier numbers, 1 wrong." in str(checked)


def test_the_answer_shows_every_factor_in_the_sheets_own_names():
    text = str(report("answer"))
    assert "You wrote 2.1818; the correct value is 0.524" in text
    assert "Correct: dC/dz = dC/da·a·(1 − a) = (2.1818)(0.24026) = 0.524" in text
    assert not re.search(r"\bv\d+\b", text)


def test_the_correct_working_has_the_factor_that_was_forgotten():
    head = "X = [1, 2, 3]\nY = [2, 4, 7]\nw = 0.5\nJ = mean((w*X - Y)^2)\n"
    for line in ("dJ/dw -> -48.00", "w' = w - 0.1*dJ/dw -> 5.300"):
        shown = str(Worksheet.parse(head + line).check("answer"))
        assert "dJ/dw = (1/3)·2·(w·X[1] − Y[1])·X[1] + " in shown
        assert "if you forget the factor 1/3" in shown
    assert "w' = w − 0.1·dJ/dw = 0.5 − 0.1·(−16) = 2.1" in shown


def test_one_slip_on_one_line_is_said_once():
    text = "x = [0.51, 0.23]\nb = [0.4, 0.3]\nz = x + b\na = tanh(z) -> [0.91000, 0.53000]\n"
    shown = str(Worksheet.parse(text).check())
    assert shown.count("forget the activation") == 1
    assert "First mistake, line 4: a[1] and a[2]." in shown


def test_the_data_hold_no_more_than_may_be_shown():
    for reveal, key in (("none", ""), ("hint", "f-prime-forgotten")):
        wrong = json.loads(report(reveal).to_json())["lines"][4]
        assert wrong["verdict"] == "wrong"
        assert wrong["exact"] is wrong["follows"] is None
        assert [slip["key"] for slip in wrong["slips"][:1]] == ([key] if key else [])
    assert json.loads(report("answer").to_json())["lines"][4]["exact"] == pytest.approx(
        0.5242, 1e-3
    )


def test_check_takes_reveal_too():
    w = Value(0.43, "w")
    cost = w.square()
    cost.label = "C"
    answers = {"dC/dw": "0.430"}
    assert "0.86" not in str(check(cost, answers))
    assert "the correct value is 0.86" in str(check(cost, answers, reveal="answer"))
    with pytest.raises(ValueError, match="none, hint, answer"):
        check(cost, answers, reveal="all")


def test_html_is_escaped():
    shown = Report(report().lines, title="<script>")._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_report_is_written_in_latex():
    latex = report().latex
    assert latex.startswith(r"\begin{array}") and latex.count(r"\\") == len(report().lines)
    assert r"\text{0.5987}" in latex and "WRONG" in latex
    assert "a_b" not in Worksheet.parse("a_b = 2\nc = a_b -> 3").check().latex


def test_a_slip_made_twice_is_called_so():
    text = """x = 0.8
w = 0.5
v = -0.9
t = 0.4
a = σ(w x) = 0.5987
y = σ(v a) = 0.3685
C = ½(y - t)² = 0.00050
dC/dy = -0.0315
dC/dv = -0.0189
dC/da = 0.0284
"""
    report = Worksheet.parse(text).check()
    assert "Another mistake" not in str(report)
    assert "The same slip again, line 10: dC/da." in str(report)
    assert "The same slip again" not in str(report.revealing("none"))


def test_a_sheet_that_counts_from_0_gets_its_own_indices():
    text = "Lists count from 0.\nz = [1, 2, -1]\np = softmax(z) -> [0.2595, 0.75, 0.0351]\n"
    report = Worksheet.parse(text + "L = -ln(p_0) -> 1.3490\ndL/dz_0 -> 0.7405").check("answer")
    assert [one.quantity for one in report.lines] == ["p[0]", "p[1]", "p[2]", "L", "dL/dz[0]"]
    assert "line 3: p[1]" in str(report) and "z[3]" not in str(report)
    assert "dL/dz[0] = dL/dp[0]" in report.lines[-1].working or "p[0]" in report.lines[-1].working
