"""The members of a chain: formulas, numbers put in, and results, each judged by what it is from."""

import pytest

from autograd import Worksheet

HEAD = (
    "x = 0.5\nw = 0.8\nt = 1\nz = w*x -> 0.4\na = tanh(z) -> 0.379949\nC = ½(a - t)² -> 0.192232\n"
)


def check(line):
    return Worksheet.parse(HEAD + line).check()


@pytest.mark.parametrize(
    "line",
    [
        "dC/da = a - t = 0.38 - 1 = -0.62",
        "dC/dz = (a - t)*(1 - a²) = -0.62*(1 - 0.38²) = -0.530",
        "dC/dz = (a - t)*(1 - a²) = -0.62*0.856 = -0.531",
        "dC/dw = -0.53*0.5 -> -0.265",
        "u = w*x + 1 = 0.8*0.5 + 1 = 0.4 + 1 = 1.4",
    ],
)
def test_numbers_put_in_count_as_rounded(line):
    report = check(line)
    assert report.ok, report


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dC/da = a - t = 0.38 - 2 = -1.62", "You put in 2 for t, which is 1."),
        ("u = w*x + 1 = 0.8*0.7 + 1 = 1.56", "You put in 0.7 for x, which is 0.5."),
    ],
)
def test_a_number_put_in_for_another_is_named(line, words):
    report = check(line)
    assert report.first_wrong.kind == "numbers"
    assert words in str(report)
    assert report.lines[-1].verdict.value == "carried on"
    assert report.lines[-1].causes == (7,)


def test_a_wrong_formula_is_carried_on_even_without_a_number():
    report = check("dC/da = 2*(a - t)\ndC/dz = dC/da*(1 - a²) -> -1.0611")
    assert report.first_wrong.kind == "working"
    assert report.first_wrong.slips[0].key == "two-doubled"
    assert report.lines[-1].verdict.value == "carried on"
    assert "dC/dz is only wrong because of this line" in str(report)


def test_a_result_on_the_way_is_judged_too():
    report = check("u = w*x + 1 = 1.5 = 1.40")
    assert [line.verdict.value for line in report.lines[-2:]] == ["wrong", "exact"]


def test_a_formula_that_differs_from_the_definition_is_wrong():
    report = check("z = w + x = 1.3")
    assert [line.kind for line in report.lines if line.verdict.blamed][:1] == ["working"]
