"""What follows from rounded numbers is as narrow as the choices of their writer allow."""

import functools
import itertools
import math

import pytest

from autograd import Worksheet
from autograd.engine.value import Value
from autograd.grading.choices import Choices, narrowed
from autograd.grading.intervals import Held
from autograd.grading.ledger import Ledger


def test_two_uses_of_a_number_are_one_choice():
    ledger, a, b = Ledger(), Value(1.2), Value(0.7)
    ledger.write(a, Held(1.15, 1.21, 1.2))
    ledger.write(b, Held(0.68, 0.71, 0.7))
    p = a / (a + b)
    choose = functools.partial(Choices, ledger)
    found, wide = narrowed(choose, ledger, lambda numbers: numbers.enter(p)), ledger.own(p)
    corners = [x / (x + y) for x, y in itertools.product((1.15, 1.21), (0.68, 0.71))]
    assert (found.low, found.high) == pytest.approx((min(corners), max(corners)), rel=1e-4)
    assert found.middle == 1.2 / 1.9
    assert wide.high - wide.low > 2 * (found.high - found.low)


SCORES = "z = [1.2, -0.4, 0.3]\ns = exp(z[1]) + exp(z[2]) + exp(z[3]) -> {}\np = exp(z[1])/s -> {}"


@pytest.mark.parametrize("s", ["5.34", "5.3403", "5.34030"])
def test_whoever_keeps_or_rounds_a_sum_is_right_and_others_are_wrong(s):
    exact, e = 5.340296, math.exp(1.2)
    for digits in (3, 4, 5):
        for used in (exact, float(s)):
            report = Worksheet.parse(SCORES.format(s, f"{e / used:.{digits}f}")).check()
            assert not report.first_wrong, report
    off = e / exact + 6 * abs(e / exact - e / float(s)) + 3e-5
    assert Worksheet.parse(SCORES.format(s, f"{off:.5f}")).check().first_wrong


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("0.0884", "right as rounded"),
        ("-0.088398", "right but for rounding on the way"),  # by p·(g − Σ pg), each step rounded
        ("-0.088390", "wrong"),
    ],
)
def test_the_closed_form_before_a_softmax_may_be_rounded_at_every_step(number, verdict):
    number = number if "-" in number else f"-{number}"
    text = (
        "z = [1.86, -0.99, -0.99]\nt = [0, 1, 0]\np = softmax(z) -> [0.89631, 0.051846, 0.051846]\n"
        f"C = sum(½(p - t)²) -> 0.85255\ndC/dz[2] -> {number}\ndC/dz[3] -> -0.036554"
    )
    report = Worksheet.parse(text).check()
    [found] = [one.verdict.value for one in report.lines if one.quantity == "dC/dz[2]"]
    assert found == verdict, report


def test_whoever_keeps_all_digits_after_a_mistake_makes_no_second_one():
    text = (
        "x = -1.22\nw = -1.17\nz = w*x + 0.42 -> 3.6948\np = 1/(1 + exp(-z)) -> 0.9758\n"
        "L = -ln(p) -> 0.0245\ndL/dp -> -1.0249\ndL/dz -> -0.0242\ndL/dw -> 0.0296"
    )
    report = Worksheet.parse(text).check()
    assert [one.quantity for one in report.lines if one.verdict.blamed] == ["z"], report


@pytest.mark.parametrize(("number", "is_right"), [("0.070005", True), ("0.070003", False)])
def test_the_gradient_before_a_cross_entropy_is_not_excused_by_a_rounded_quotient(number, is_right):
    text = (
        "z1 = -1.21\nz2 = -0.83\nz3 = 1.26\ns = exp(z1) + exp(z2) + exp(z3) -> 4.259668\n"
        "p1 = exp(z1)/s -> 0.070005\np2 = exp(z2)/s -> 0.102367\np3 = exp(z3)/s -> 0.827628\n"
        f"L = -ln(p2) -> 2.279191\ndL/dz1 -> {number}\ndL/dz2 -> -0.897633"
    )
    assert Worksheet.parse(text).check().ok == is_right
