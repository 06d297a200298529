"""One digit, exact ends, one unit off, and numbers of writers who round every step in a line."""

import itertools
import math
import random

import pytest

from autograd import Worksheet

ROUNDED, NEARLY = "right as rounded", "right but for rounding on the way"
UNTOLD = "too few digits to tell"

LINES = [
    ("x = 0.7", "y = x*x -> 0.5", UNTOLD),
    ("x = 0.7", "y = x*x -> 0.4", UNTOLD),
    ("x = 0.7", "y = x*x -> 0.6", "wrong"),
    ("x = 0.5", "y = x*2 -> 1", "exact"),
    ("x = 0.5", "y = x*2.02 -> 1", UNTOLD),
    ("x = 0.5", "y = x*3.9 -> 1", UNTOLD),
    ("x = 0.5", "y = x*4 -> 1", "wrong"),
    ("x = 0.3", "y = x*x -> 0.1", UNTOLD),
    ("x = 0.3", "y = x*x -> 0", UNTOLD),
    ("x = 0.02", "y = x*x -> 0.0", UNTOLD),
    ("x = 0.02", "y = x*x -> 0.00", UNTOLD),
    ("x = 0.02", "y = x*x -> 4e-4", "exact"),
    ("x = 3", "y = relu(x-5) -> 0", "exact"),
    ("x = 3", "y = 1/x -> 0.33", ROUNDED),
    ("x = 3", "y = 2/x -> 0.66", "truncated"),
    ("x = 3", "y = 2/x -> 0.67", ROUNDED),
    ("x = 3", "y = 2/x -> 0.68", "wrong"),
    ("x = 3", "y = 2/x -> 0.65", "wrong"),
    ("x = 3", "y = 2/x -> 2/3", "exact"),
    ("x = 2.65", "y = 2*x -> 5.2", "wrong"),
    ("x = 2.65", "y = 2*x -> 5.3", "exact"),
    ("x = 2.65", "y = 2*x -> 5.4", "wrong"),
    ("x = 2.65", "y = 2*x -> 5.30", "exact"),
    ("x = 2.65", "y = 2*x -> 5.29", "wrong"),
    ("x = 2.655", "y = 2*x -> 5.3", ROUNDED),
    ("x = 1.5", "y = x^3 -> 3.375", "exact"),
    ("x = 1.5", "y = x^3 -> 3.37", ROUNDED),
    ("x = 1.5", "y = x^3 -> 3.38", ROUNDED),
    ("x = 1.5", "y = x^3 -> 3.36", "wrong"),
    ("x = -3", "y = 2/x -> -0.66", "truncated"),
    ("x = -3", "y = 2/x -> -0.7", UNTOLD),
    ("x = 0.1; w = 0.33; b = 0.27", "y = w*x + b -> 0.30", ROUNDED),
    ("x = 0.1; w = 0.33; b = 0.27", "y = w*x + b -> 0.31", "wrong"),
    ("a = 0.333; b = 0.667; c = 0.123; d=0.457", "y = a*b + c*d -> 0.278", ROUNDED),
    ("a = 0.333; b = 0.667; c = 0.123; d=0.457", "y = a*b + c*d -> 0.279", "wrong"),
    ("a = 0.335; b = 0.667; c = 0.125; d=0.457", "y = a*b + c*d -> 0.280", "truncated"),
    ("a = 0.335; b = 0.667; c = 0.125; d=0.457", "y = a*b + c*d -> 0.282", "wrong"),
    ("z = 0.5", "a = sigmoid(z) -> 0.6", UNTOLD),
    ("z = 0.5", "a = sigmoid(z) -> 0.62", ROUNDED),
    ("z = 0.5", "a = sigmoid(z) -> 0.63", NEARLY),
    ("z = 0.5", "a = sigmoid(z) -> 0.6225", ROUNDED),
    ("z = 0.5", "a = sigmoid(z) -> 0.6224", "truncated"),
    ("z = 0.5", "a = sigmoid(z) -> 0.6226", "wrong"),
    ("x = 100", "y = 3*x -> 300", "exact"),
    ("x = 101", "y = 3*x -> 300", "wrong"),
    ("x = 101", "y = 3*x -> 3e2", UNTOLD),
    ("x = 0.25", "y = x^2 -> 0.06", UNTOLD),
    ("x = 0.25", "y = x^2 -> 0.0625", "exact"),
    ("x = 0.25", "y = x^2 -> 0.0624", "wrong"),
    ("x = 0.25", "y = x^2 -> 0.062", ROUNDED),
    ("x = 0.25", "y = x^2 -> 0.063", ROUNDED),
    ("w = 2; C = w^2", "dC/dw -> 4", "exact"),
    ("w = 2.1; C = w^2", "dC/dw -> 4", UNTOLD),
    ("w = 2.1; C = w^2", "dC/dw -> 5", "wrong"),
    ("w = 1.05; C = w^2", "dC/dw -> 2.1", "exact"),
    ("w = 1.05; C = w^2", "dC/dw -> 2.0", "wrong"),
    ("x = 1.5", "y = 2*x -> 3.000001", "wrong"),
    ("x = 1.2345", "y = x*x -> 1.52399024", "wrong"),
    ("x = 1.2345", "y = x*x*x -> 1.881365962", "wrong"),
    ("x = 1.5", "y = exp(x) -> 4.481689071", "wrong"),
    ("x = 1.5", "y = exp(x) -> 4.48168908", "wrong"),
    ("a = 5.5; b = 0.7", "y = 1/a + b -> 0.882", ROUNDED),
    ("a = 5.5; b = 0.7", "y = 1/a + b -> 0.883", "wrong"),
]


@pytest.mark.parametrize(("given", "line", "verdict"), LINES, ids=lambda text: text)
def test_a_number_is_judged_by_its_digits(given, line, verdict):
    report = Worksheet.parse(given.replace("; ", "\n") + "\n" + line).check()
    assert report.lines[-1].verdict.value == verdict


# Each writer rounds every product, sum and function inside a line to the digits of the sheet.
STEPS = {
    "four digits": "h = 0.3895\nt = -0.74\ny = 1*h -> 0.3895\nC = ½(y - t)² -> 0.6375",
    "four decimals of a sum": (
        "x = [1.14, -1.2, 1.28]\nt = [-0.62, 1.28, -0.84]\nw = -0.91\n"
        "C = sum((w*x - t)²) -> 0.3148\ndC/dw -> -1.332"
    ),
    "three decimals of a slope": (
        "x = 1.69\nk = 1.5\nu = k*x -> 2.535\nq = u^3 -> 16.290\ndq/dx -> 28.917"
    ),
    "many digits, in another order": (
        "x = 1.16\nw = 1.77\nk = 2.42\nu = w*x -> 2.0532\nv = k*x -> 2.8072\n"
        "y = u*exp(v) -> 34.0081\ndy/dx -> 111.6163"
    ),
    "float32": (
        "x1 = 0.95\nx2 = 0.7\nt1 = 0.35\nt2 = -1.55\nw = 0.39\ny1 = w*x1 -> 0.3705\n"
        "y2 = w*x2 -> 0.273\nd1 = y1 - t1 -> 0.0205\nd2 = y2 - t2 -> 1.823\n"
        "L = ½(d1² + d2²) -> 1.6618747\ndL/dw -> 1.295575"
    ),
    "float32, of which no number has eight digits": (
        "x = -0.74\nw = -0.49\nt = 1.34\nC = ½(w*x - t)² + 0.3*½*w² -> 0.5136704\n"
        "D = ½(w*x - t)² + 0.7*abs(w) -> 0.8206554\ndC/dw -> 0.576276\ndD/dw -> 0.02327602"
    ),
    "float32, where 1 - 0.999 is not 0.001": (
        "b = 0.999\nw = 0.62\nt = -0.85\ng = 2*(w - t) -> 2.94\nv = (1 - b)*g^2 -> 0.008643489\n"
        "s = sqrt(v) -> 0.09297037\nq = g/s -> 31.622978"
    ),
    "half a factor that is taken out of a sum": (
        "y1 = 0.8424\ny2 = -0.6752\nC = ½y1² + ½y2² -> 0.582765\ndC/dy1 -> 0.842400"
    ),
    "the terms of a sum in another order": (
        "x = [1.54, 1.02, -0.95]\nt = [-1.84, 0.34, -1.42]\nw = 0.73\n"
        "C = sum((w*x - t)²) -> 9.47798\ndC/dw -> 8.57478"
    ),
    "the terms of a product in another order": (
        "W = [[-0.17, -1.11], [-0.71, 1.12]]\nx = [-0.36, -1.09]\nb = [-0.41, 1.02]\n"
        "z = W @ x + b -> [0.86, 0.056]\na = tanh(z) -> [0.696, 0.0559]"
    ),
}


@pytest.mark.parametrize("text", STEPS.values(), ids=STEPS)
def test_rounding_inside_a_line_is_no_mistake(text):
    assert Worksheet.parse(text).check().ok


def test_the_digits_of_the_sheet_must_explain_a_number_that_is_far_off():
    text = "h = 0.3895\nt = -0.74\ny = 1*h -> 0.38950000\nC = ½(y - t)² -> 0.6375"
    assert [one.quantity for one in Worksheet.parse(text).check().lines if one.verdict.blamed] == [
        "C"
    ]


@pytest.mark.parametrize(("zeros", "is_right"), [("[0, 0]", False), ("[0, -0.0902]", True)])
def test_a_bare_zero_has_the_fewest_decimals_of_the_sheet(zeros, is_right):
    text = f"x = [1.2, -0.0902]\ny = 2.5*0.5 -> 1.250\nz = x - [1.2, 0] -> {zeros}"
    assert Worksheet.parse(text).check().ok == is_right


# --- which numbers rounding explains: every step kept in full, or rounded, counted out ------------


def ways(x, unit):
    """Return a result that is kept, and the same rounded; a tie is rounded both ways."""
    places = {math.ceil(x / unit - 0.5 - 1e-6), math.floor(x / unit + 0.5 + 1e-6)}
    return [x, *(place * unit for place in places)]


def by_decimals(x, places):
    return ways(x, 10.0**-places)


def by_digits(x, digits):
    return ways(x, 10.0 ** (math.floor(math.log10(abs(x))) + 1 - digits)) if x else [x]


def possible_results(a, b, c, d, keep):
    """Return what a·b + c·d may be for one habit of rounding."""
    products = itertools.product(keep(a * b), keep(c * d))
    return {y for p, q in products for y in keep(p + q)}


def explained(numbers, k):
    """Whether rounding to as many decimals or digits as k thousandths have, or one more, does."""
    digits = len(str(abs(k)))
    habits = [lambda x, n=n: by_decimals(x, n) for n in (3, 4)]
    habits += [lambda x, n=n: by_digits(x, n) for n in (digits, digits + 1)]
    found = (y for keep in habits for y in possible_results(*numbers, keep))
    return any(abs(1000 * y - k) <= 0.5 + 1e-6 for y in found)


@pytest.mark.parametrize("seed", range(6))
def test_a_number_is_right_if_and_only_if_rounding_explains_it(seed):
    rng = random.Random(seed)
    for _ in range(25):
        numbers = [round(rng.uniform(0.11, 0.99), 3) for _ in "abcd"]
        a, b, c, d = numbers
        exact = a * b + c * d
        k = round(1000 * exact) + rng.choice((-1, 1))
        if 1e-3 * abs(k - 1000 * exact) < 0.001001 and k < 1000 * exact:
            continue  # it may be truncated
        text = f"a = {a}\nb = {b}\nc = {c}\nd = {d}\ny = a*b + c*d -> {k / 1000:.3f}"
        assert Worksheet.parse(text).check().ok == explained(numbers, k), text


# Formulas, and what somebody gets who rounds every step (with r) in some order.
SUM = "y = k*a*b + k*a*c"
ORDERS = {
    "every product first": (SUM, lambda r, k, a, b, c: r(r(k * a) * b) + r(r(k * a) * c)),
    "common factors last": (SUM, lambda r, k, a, b, c: r(r(r(b + c) * k) * a)),
    "common factors first": (SUM, lambda r, k, a, b, c: r(r(k * a) * r(b + c))),
    "mean of a sum": ("y = (a*b + a*c)/k", lambda r, k, a, b, c: r(r(r(a * b) + r(a * c)) / k)),
    "mean by terms": ("y = a*b/k + a*c/k", lambda r, k, a, b, c: r(r(a * b) / k + r(a * c) / k)),
    "function kept": ("y = a*exp(b) + c*k", lambda r, k, a, b, c: r(a * math.exp(b)) + r(c * k)),
}


@pytest.mark.parametrize(("formula", "compute"), ORDERS.values(), ids=ORDERS)
def test_people_multiply_and_add_in_any_order(formula, compute):
    rng = random.Random(formula)
    for _ in range(20):
        k, a, b, c = (round(rng.uniform(1.1, 4.9), 2) for _ in "kabc")
        y = compute(lambda x: round(x, 3), k, a, b, c)
        text = f"k = {k}\na = {a}\nb = {b}\nc = {c}\nu = 2*a -> {2 * a:.3f}\n{formula} -> {y:.3f}"
        text += f"\nv = 2*b -> {2 * b:.3f}"  # so that three decimals are the habit of the sheet
        assert Worksheet.parse(text).check().ok, text
