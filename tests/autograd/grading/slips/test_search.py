"""The table of slips: whoever makes one is told which, and is not blamed for what follows."""

import math

import pytest

from autograd import Worksheet

# --- slips computed here, by hand formulas and not by the table -----------------------------------


def sigma(z):
    return 1 / (1 + math.exp(-z))


X, W, B, V, T = 0.35, 0.8, 0.1, -1.3, 0.9
Z = W * X + B
A = sigma(Z)
N = V * A
Y = sigma(N)
ERROR = Y - T
D2 = ERROR * Y * (1 - Y)
D1 = D2 * V * A * (1 - A)
HEAD = f"""x = {X}
w = {W}
b = {B}
v = {V}
t = {T}
z = w*x + b -> {Z:.5f}
a = sigmoid(z) -> {A:.5f}
n = v*a -> {N:.5f}
y = sigmoid(n) -> {Y:.5f}
C = ½(y - t)² -> {ERROR * ERROR / 2:.6f}
"""


@pytest.mark.parametrize(
    ("quantity", "number", "key"),
    [
        ("dC/dy", -ERROR, "sign"),
        ("dC/dy", 2 * ERROR, "two-doubled"),
        ("dC/dn", ERROR, "f-prime-forgotten"),
        ("dC/dn", ERROR * Y, "f-for-f-prime"),
        ("dC/dn", ERROR * sigma(Y) * (1 - sigma(Y)), "f-prime-at-a"),
        ("dC/dn", ERROR * N * (1 - N), "f-prime-formula-at-z"),
        ("dC/dn", ERROR * Y * (1 - Y) * (1 - Y * (1 - Y)), "squashed-twice"),
        ("dC/dn", ERROR * (Y * (1 - Y)) ** 2, "f-prime-twice"),
        ("dC/dv", D2, "input-dropped"),
        ("dC/dv", A, "upstream-dropped"),
        ("dC/da", D2, "weight-dropped"),
        ("dC/dw", D1, "input-dropped"),
        ("dC/db", D1 * X, "bias-times-input"),
        ("v' = v - 0.7*dC/dv", V + 0.7 * D2 * A, "ascent"),
        ("v' = v - 0.7*dC/dv", V - D2 * A, "rate-forgotten"),
        ("v' = v - 0.7*dC/dv", V - 0.49 * D2 * A, "rate-twice"),
        ("sigmoid(z)", Z, "activation-forgotten"),
        ("sigmoid(z)", sigma(A), "activation-twice"),
        ("ln(y) + 2", math.log10(Y) + 2, "log10"),
        ("sin(z + 1)", math.sin(math.radians(Z + 1)), "degrees"),
    ],
)
def test_a_slip_computed_by_hand_is_named(quantity, number, key):
    report = Worksheet.parse(f"{HEAD}{quantity} -> {number:.6g}").check()
    assert report.first_wrong, report
    assert report.first_wrong.line == 11
    assert report.first_wrong.slips[0].key == key, report


def test_two_slips_together_are_found_only_when_one_does_not_fit():
    report = Worksheet.parse(f"{HEAD}dC/dn -> {-ERROR * Y:.6g}").check()
    assert report.first_wrong.slips[0].key == "sign+f-for-f-prime"


def test_when_no_slip_fits_the_right_working_is_shown():
    report = Worksheet.parse(f"{HEAD}dC/dn -> 7.7777").check()
    assert report.first_wrong.slips == ()
    assert "No slip that we know gives this number" in str(report)
    assert report.first_wrong.working.startswith("dC/dn = dC/dy·y·(1 − y) = ")


def test_a_right_working_says_nothing_twice():
    working = Worksheet.parse("r = 2/3 -> 0.65").check().first_wrong.working
    assert working == "r = 2/3 = 0.666667"


def test_an_updated_weight_used_while_going_back_is_named():
    new = V - 0.7 * D2 * A
    text = f"""{HEAD}dC/dn -> {D2:.7f}
dC/dv -> {D2 * A:.7f}
v' = v - 0.7*dC/dv -> {new:.6f}
dC/da -> {D2 * new:.7f}
dC/dz -> {D2 * new * A * (1 - A):.7f}"""
    report = Worksheet.parse(text).check()
    assert report.first_wrong.quantity == "dC/da"
    assert report.first_wrong.slips[0].key == "updated-weight"
    assert report.lines[-1].verdict.value == "carried on"


@pytest.mark.parametrize("number", ["0.0542", "0.542", "0.0452"])
def test_slips_of_the_pen(number):
    x = 0.0524 if number == "0.0542" else 0.0542 if number == "0.542" else 0.0425
    report = Worksheet.parse(f"x = {x}\ny = 1*x\nz = y + 0\nz -> {number}").check()
    assert report.first_wrong.slips[-1].key in ("digits", "point")
