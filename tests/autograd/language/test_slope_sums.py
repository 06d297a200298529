"""Derivatives that are added up are judged as sums, which end where they are used."""

import pytest

from autograd import Worksheet

TWO_PATHS = "x = 3.0\ny = 2.0\nf = x*y + x**2\n"
SQUARE = "w = 3.0\nL = w**2\n"
LINEAR = "x = 2.0\nw = 0.5\nL = (w*x - 3)**2\ng = 2*(w*x - 3)\n"
NETWORK = "x = 2.0\nw = 3.0\nz = w*x\nL = (z - 7)**2\ndz = 2*(z - 7)\n"


def verdicts(text):
    """Return the verdicts of a sheet."""
    return [one.verdict.value for one in Worksheet.parse(text).check().lines]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (TWO_PATHS + "dx = y # 2\ndx += {}*x # 8", "2", "3"),
        (TWO_PATHS + "dx = y\ndx += 2*x # {}", "8", "7"),
        (TWO_PATHS + "dx = y\ndx += 2*x # {}", "6", "7"),  # the last summand
        (TWO_PATHS + "dx = y # 2\ndx += x # 5\ndx += {}*x # 8", "1", "2"),
        (TWO_PATHS + "dx = y; dy = x # 3\ndx += {}*x", "2", "3"),
        (TWO_PATHS + "dx = 0\ndx += y\nNow dx of the square:\ndx += {}*x\ndx -> 8", "2", "3"),
        (SQUARE + "dw = {}*w\ndb = 0\ndw += 0", "2", "3"),
        (SQUARE + "dw = 2*w # 6\ndb = 0\ndw += {}", "0", "1"),
        (LINEAR + "dw = {}*x\nv = 0.9*0 + dw\ndw += 0.01*w", "g", "2*g"),
        (SQUARE + "w.grad += {}*w # 6.0\nw.data -= 0.1*w.grad\nw.grad += 2*w", "2", "4"),
        (NETWORK + "dw = dz*{}\nw -= 0.1*dw\nz = w*x\nL = (z - 7)**2\ndz = 2*(z - 7)\ndw += dz*x",
         "x", "2*x"),
    ],
)  # fmt: skip
def test_a_sum_is_right_or_wrong_as_a_whole(text, right, wrong):
    found = verdicts(text.format(right))
    assert set(found) == {"exact"}, text.format(right)
    assert "wrong" in verdicts(text.format(wrong))


TWO_EXAMPLES = "w = 0.5\np = w*1\nq = w*2\nL = (p - 1)**2 + (q - 2)**2\ndw = 0\n"


@pytest.mark.parametrize("numbers", [("-1", "-4"), ("-1", "-5")])
def test_a_number_behind_a_summand_may_be_the_summand_or_the_sum(numbers):
    first, second = numbers
    text = f"{TWO_EXAMPLES}dw += 2*(p - 1)*1 # {first}\ndw += 2*(q - 2)*2 # {{}}"
    assert set(verdicts(text.format(second))) == {"exact"}
    assert "wrong" in verdicts(text.format("-3"))


@pytest.mark.parametrize("number", ["", " # -2.5"])
def test_a_sum_that_is_divided_later_is_passed_over(number):
    text = TWO_EXAMPLES.replace("L = (p", "L = ((p").replace("2)**2\n", "2)**2)/2\n")
    text += "dw += 2*(p - 1)*1\ndw += 2*(q - 2)*2\ndw = dw/2{}\nu = w + 1 = {}"
    assert verdicts(text.format(number, "1.5")) == ["exact"]
    assert verdicts(text.format(number, "1.6")) == ["wrong"]


def test_a_sum_over_a_name_that_changes_is_passed_over():
    text = TWO_PATHS + "g = y\ndx = g\ng' = 2*x\ng = 2*x\ndx += g # 8"
    report = Worksheet.parse(text).check()
    assert all("dx" not in one.quantity for one in report.lines)
    assert "the sum dx changes in another way" in str(report)
