"""Words before a name say what is meant, or say nothing of it: gradient of w, the gradient when."""

import pytest

from autograd import Worksheet, check

SQUARE = "w = 3; x = 2; t = 10\ny = w*x = 6\nL = (y - t)^2 = 16\n"

# Sheets in which @ stands for a right number, with that number and a wrong one.
DEFINED_BEHIND_SLOPE_WORDS = [
    ("w = 3; x = 2; t = 1\nCompute the gradient of L = (w*x - t)^2\ndL/dw = @", "20", "10"),
    ("Find the derivative of y = x^3 at x = 2.\ndy/dx = @", "12", "8"),
    ("Berechne die Ableitung von y = x^2 an der Stelle x = 3\ndy/dx = @", "6", "9"),
    ("w = 2; x = 3\nFind the gradient of f = w*x with respect to w\ndf/dw = @", "3", "2"),
    ("w = 2; x = 3\nTo get the gradient, first compute z = w*x = @\ndz/dw = 3", "6", "7"),
    (
        "w = 2; x = 3\nUsing the derivative of the square, L = (w*x - 4)^2 = 4\ndL/dw = @",
        "12",
        "6",
    ),
    (SQUARE + "upstream gradient g = 2(y-t) = @", "-8", "-4"),
    (SQUARE + "upstream gradient g = 2(y-t) = -8\ndL/dw = g*x = @", "-16", "-8"),
    (SQUARE + "local gradient l = x = 2\ndL/dw = 2(y-t)*l = @", "-16", "-8"),
    (SQUARE + "gradient clipping threshold c = 5\ng = min(16, c) = @", "5", "16"),
    ("x = 2\nslope of the tangent m = 3x^2 = @", "12", "8"),
    ("x = 2\nGradient of f = 3x^2 = 12\nf = x^3 = @", "8", "12"),
]
SLOPES_THAT_ARE_MENTIONED = [
    (SQUARE + f"{words} {name} = @", right, wrong)
    for words, name, right, wrong in (
        ("To compute the gradient we need", "y", "6", "-8"),
        ("The gradient is evaluated for", "y", "6", "-8"),
        ("The gradient when", "y", "6", "7"),
        ("Then the gradient flows to", "y = w*x", "6", "7"),
        ("Gradient backpropagates through", "y = w*x", "6", "7"),
        ("The derivative of", "y = w*x", "6", "7"),
        ("The gradient is", "2(y-t)x", "-16", "-8"),
        ("The sigmoid at the output uses", "y", "6", "0.9975"),
        ("dL/dw = -16\nMove against the gradient", "w = w - 0.1*dL/dw", "4.6", "1.4"),
        ("dL/dw = -16\nSubtracting the gradient,", "w = w - 0.1*dL/dw", "4.6", "1.4"),
    )
] + [
    ("x = 2\ny = x^3 = 8\nThe derivative at the point x = 2 is 12\ndy/dx = @", "12", "8"),
    ("x = 2\ny = x^3 = 8\nDie Ableitung an der Stelle x = 2 ist 12\ndy/dx = @", "12", "8"),
    (SQUARE + "The derivative of y = 6 with respect to w is 2\ndL/dw = @", "-16", "-8"),
]
SLOPES_BY_NAME = [
    (SQUARE + f"{words} = @", right, wrong)
    for words, right, wrong in (
        ("gradient of w", "-16", "-8"),
        ("The gradient with respect to the weight w", "-16", "-8"),
        ("so the gradient of the weight w", "-16", "-8"),
        ("By the chain rule, gradient of w = 2(y-t)x", "-16", "-8"),
        ("Compute the gradient of w = 2(y-t)x", "-16", "-8"),
        ("gradient w = 2(y-t)x", "-16", "-8"),
        ("Gradient for w = 2(y-t)x", "-16", "-8"),
        ("Ableitung von L nach w", "-16", "-8"),
        ("derivative of L w.r.t. y", "-8", "-4"),
        ("gradient of the loss with respect to w", "-16", "-8"),
        ("derivative of y with respect to x", "3", "-24"),
        ("partial derivative of y by w", "2", "-16"),
    )
]
COUNTS_AND_FACTORS = [
    ("w = 2; x = 3\niterate 3 times w = w - 0.1*x = @", "1.7", "1.1"),
    ("x = 2\nrepeat 3 times y = x^2 = @", "4", "12"),
    ("w = 2\n3 times w = @", "6", "2"),
    ("w = 2; x = 3\nL = w times x = @", "6", "5"),
    ("n0 = 3\nn = 4\nn-1 = @\n", "3", "2"),
    ("n0 = 3\nn = 3\nn-1 = 2\ns = 10/(n-1) = @", "5", "3"),
    ("v-1 = 2\nv0 = 5\nv1 = v-1*v0 = @", "10", "11"),
    ("d = 2; a = 3; b = 4\ny = (d a)/(d b) = @", "0.75", "1.75"),
    ("x = 3\nL = x^2 = 9\n(d L)/(d x) = @", "6", "9"),
    ("x = 3\nL = x^2 = 9\n(∂L)/(∂x) = @", "6", "9"),
]


@pytest.mark.parametrize(
    ("sheet", "right", "wrong"),
    DEFINED_BEHIND_SLOPE_WORDS + SLOPES_THAT_ARE_MENTIONED + SLOPES_BY_NAME + COUNTS_AND_FACTORS,
)
def test_the_right_number_passes_and_a_wrong_one_fails(sheet, right, wrong):
    assert check(sheet.replace("@", right)).ok
    assert not check(sheet.replace("@", wrong)).ok


@pytest.mark.parametrize(
    "words",
    [
        "local gradient of y",
        "second derivative of w",
        "Numerical gradient of w",
        "derivative of the tanh of w",
    ],
)
def test_another_slope_than_that_of_the_loss_is_not_judged_as_such(words):
    report = Worksheet.parse(f"{SQUARE}{words} = 2").check()
    assert report.ok
    assert all("/" not in line.quantity for line in report.lines)
