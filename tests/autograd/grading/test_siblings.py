"""A quantity computed from a sibling, such as a2 = 1 − a1, may count as independent of it."""

import pytest

from autograd import Worksheet

WEIGHTS = """\
s1 = 0.7; s2 = -0.4; v1 = 1.3; v2 = -0.8
a1 = 1/(1 + exp(s2 - s1))
a2 = 1 - a1
L = 1/2*(a1*v1 + a2*v2 - 1)^2
"""
PARTIAL, TOTAL, OTHER = "dL/da1 -> -0.29179\n", "dL/da1 -> -0.47135\n", "dL/da2 -> 0.17956\n"
CIRCLE = """\
t = 0.6
a = cos(t) = 0.825336
b = sqrt(1 - a^2) = 0.564642
y = 2a + 3b = 3.344599
dy/da = 2
dy/db = 3
"""


@pytest.mark.parametrize(
    ("text", "wrong", "is_apart"),
    [
        (WEIGHTS + PARTIAL + OTHER + "dL/ds1 -> -0.088317", [], True),
        (WEIGHTS + TOTAL + OTHER + "dL/ds1 -> -0.088317", [], False),
        (
            WEIGHTS + "dL/da1 -> -0.27179\n" + OTHER + "dL/ds1 = a1 a2 (dL/da1 - dL/da2)"
            " = -0.08457",
            ["dL/da1"],
            True,
        ),
        (WEIGHTS + PARTIAL + OTHER + "dL/ds1 -> -0.05467", ["dL/ds1"], True),
        (WEIGHTS + PARTIAL + "dL/ds1 -> -0.088317", ["dL/da1"], False),
        (
            "a = [0.2, 0.5]; b = 1 - a; g = [1, 2]; h = [3, -1]\nL = sum(g*a*a + h*b)\n"
            "dL/db -> [3, -1]; dL/da -> [0.4, 2]",
            [],
            True,
        ),
        (
            "a1 = 0.2; a2 = 0.3; a3 = 1 - a1 - a2\nL = a1² + 2*a2² + 3*a3²\n"
            "dL/da1 -> 0.4; dL/da2 -> 1.2; dL/da3 -> 3",
            [],
            True,
        ),
        # The chain rule that adds up the contributions of a and b shows that they are partials.
        (CIRCLE + "dy/dt = dy/da*(-sin(t)) + dy/db*cos(t) = 1.34672", [], True),
        (CIRCLE, ["dy/da"], False),
        # A path through a sum, or through a weight, was forgotten.
        ("x = 2; z = x + 1; y = x*z\ndy/dz -> 2; dy/dx -> 3", ["dy/dx"], False),
        ("x = 2; f = relu(3x); y = f + x²; C = y²\ndC/df -> 20; dC/dx -> 80", ["dC/dx"], False),
    ],
)
def test_a_derivative_by_a_sibling_may_hold_the_other_fixed(text, wrong, is_apart):
    report = Worksheet.parse(text).check()
    assert [one.quantity for one in report.lines if one.verdict.blamed] == wrong, report
    assert any("is read as independent of" in note for note in report.notes) == is_apart
