"""Verdicts: a written number is judged in its own digits."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.grading.verdict import Verdict, judge
from autograd.grading.written import Written


@pytest.mark.parametrize(
    ("written", "exact", "verdict"),
    [
        ("0.0832", 0.083232, Verdict.ROUNDED),
        ("-0.13", -0.13056, Verdict.ROUNDED),
        ("−0.13", -0.13056, Verdict.ROUNDED),
        ("0.2408", 0.24080000000000001, Verdict.EXACT),
        ("0", 0.0, Verdict.EXACT),
        ("-0", 0.0, Verdict.EXACT),
        ("0.66", 2 / 3, Verdict.TRUNCATED),
        ("0.67", 2 / 3, Verdict.ROUNDED),
        ("0.65", 2 / 3, Verdict.WRONG),
        ("0.68", 2 / 3, Verdict.WRONG),
        ("0.12", 0.125, Verdict.ROUNDED),
        ("0.13", 0.125, Verdict.ROUNDED),
        ("1e-3", 0.00123, Verdict.UNTOLD),
        ("1.2e-3", -0.0012, Verdict.WRONG),
        ("3", 3.2, Verdict.UNTOLD),
        ("3", 3.0, Verdict.EXACT),
        ("1", 1.99, Verdict.UNTOLD),
        ("0.1", 0.199, Verdict.UNTOLD),
        ("5.2", 5.3, Verdict.WRONG),
        ("0.20", 0.21, Verdict.WRONG),
        ("3e-20", 2e-20, Verdict.WRONG),
        ("3.4e-19", 3.313e-19, Verdict.WRONG),
        ("6.63e-34", 6.626e-34, Verdict.ROUNDED),
        ("0", 0.1 + 0.2 - 0.3, Verdict.EXACT),
    ],
)
def test_verdicts(written, exact, verdict):
    assert judge(written, exact) is verdict


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_every_correctly_rounded_number_is_right(exact, digits):
    verdict = judge(f"{exact:.{digits}f}", exact)
    assert verdict.ok or verdict is Verdict.UNTOLD


@given(st.floats(-1e3, 1e3), st.integers(0, 6))
def test_a_number_off_by_more_than_its_last_digit_is_wrong(exact, digits):
    off = Fraction(exact) + Fraction(21, 20) / 10**digits * (1 if exact >= 0 else -1)
    written = f"{math.floor(off * 10**digits) / 10**digits:.{digits}f}"
    if abs(Fraction(written) - Fraction(exact)) > Fraction(11, 10) / 10**digits:
        verdict = judge(written, exact)
        float32 = verdict is Verdict.NEARLY and Written.read(written).significant > 7
        assert verdict is Verdict.WRONG or float32


@pytest.mark.parametrize("written", ["", "abc", "1,5", "nan", "inf", "0x10"])
def test_what_is_no_number_is_refused_by_name(written):
    with pytest.raises(ValueError, match="number"):
        judge(written, 1.0)
