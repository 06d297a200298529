"""What print shows is judged as what its label says, with the values at the time of the call."""

import contextlib

import pytest

from autograd import Worksheet, WorksheetError

PARABOLA = "x = 2\ny = x**2\n"
STEP = """\
w = 2.0
x = 3.0
y = w*x
L = (y - 5)**2
print("Loss before", L)
dw = 2*(y - 5)*x
w = w - 0.1*dw
y = w*x
L = (y - 5)**2
print("Loss after", L)

Loss before {}
Loss after {}
"""


def judged(text):
    """Return the verdicts of the answers in a sheet, and their numbers."""
    lines = Worksheet.parse(text).check().lines
    return [(one.written, one.verdict.value) for one in lines if one.kind in ("value", "gradient")]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (PARABOLA + 'print("dy/dx =", 3*x)\ndy/dx = {}', "4", "6"),
        (PARABOLA + 'print("dy/dx:", y)\ndy/dx: {}', "4", "5"),
        (PARABOLA + 'g = 3*x\nprint(f"dy/dx = {{g:.2f}}")\ndy/dx = {}', "4.00", "6.00"),
        (PARABOLA + 'print("the output is", y)\nthe output is {}', "4", "5"),
        (PARABOLA + 'print("x + y =", x + y)\n# x + y = {}\nz = 1', "6", "5"),
        (PARABOLA + 'print("x =", x, "x^2 =", x**2)\nx = 2 x^2 = {}', "4", "5"),
        (PARABOLA + 'print("twice:", 2*y)\ntwice: {}', "8", "4"),
        (PARABOLA + 'print("y =", y)\nprint("x =", x)\ny = {}\nx = 2', "4", "5"),
        (PARABOLA + 'print("y =", y)\nOutput:\ny = {}', "4", "5"),
        (PARABOLA + 'print(f"{{x=}} {{y=}}")\nx=2 y={}', "4", "5"),
        (">>> x = 2\n>>> y = x**2\n>>> print('y =', y)\ny = {}\n>>> z = y + 1", "4", "5"),
        ("x <- 2\ny <- x^2\ncat(' y =', round(y, 2), '\\n')\n## y = {}\nz <- 2*y", "4", "5"),
        (PARABOLA + 'print("y is", y)\ny is {}\nx = 3\ny = x**2\nprint("y is", y)', "4", "9"),
    ],
)
def test_the_label_and_the_expression_decide_what_is_judged(text, right, wrong):
    assert (right, "exact") in judged(text.format(right))
    assert (wrong, "wrong") in judged(text.format(wrong))


@pytest.mark.parametrize("label", ["y is", "dy/dx is", "dx =", "slope of x:", "f(x) =", "2*x ="])
def test_a_label_of_something_else_does_not_make_a_number_right(label):
    text = f'{PARABOLA}g = 3*x\nprint("{label}", g)\n{label} 6'
    assert ("6", "exact") not in judged(text)


@pytest.mark.parametrize(("written", "verdict"), [("9.0", "exact"), ("4.0", "wrong")])
def test_an_assignment_below_a_call_is_not_what_the_call_shows(written, verdict):
    text = f'x = 2.0\ny = x**2\nprint("x =", x)\nx = 3.0\ny = x**2\nprint("y =", y) # {written}'
    assert judged(text) == [(written, verdict)]


def test_a_slope_that_was_shown_before_an_update_to_a_new_name_is_passed_over():
    text = (
        "x = 2.0\nw = 3.0\nL = (w*x - 5)**2\ndw = 2*(w*x - 5)*x\nprint('dw:', dw)\n"
        "w_new = w - 0.1*dw\nprint('new w:', w_new)\ndw: 4.0\nnew w: {}"
    )
    assert judged(text.format("2.6")) == [("2.6", "exact")]
    assert judged(text.format("2.5")) == [("2.5", "wrong")]


@pytest.mark.parametrize("shown", ["y is", "# y =", "## y =", "# w = 1, y ="])
def test_what_was_shown_before_a_change_is_passed_over(shown):
    text = f'{PARABOLA}print("{shown.lstrip("# ")}", y)\nx = 3\ny = x**2\n{shown} 4\ny -> 9'
    assert judged(text) == [("9", "exact")]


@pytest.mark.parametrize("before", ["1.0", "7.0"])
@pytest.mark.parametrize(("after", "verdict"), [("0.64", "exact"), ("1.0", "wrong")])
def test_what_is_shown_before_an_update_is_passed_over(before, after, verdict):
    found = [one for one in judged(STEP.format(before, after)) if one[0] == after]
    assert found == [(after, verdict)]


def test_a_value_that_a_function_computes_from_a_changed_name_is_passed_over():
    text = "w = 2\ndef f(x):\n    return w*x\nprint('f is', y)\n"
    text = text.replace("print", "y = f(3)\nprint") + "w = w - 1\nf is 6"
    assert not [one for one in judged(text) if one[1] == "wrong"]


@pytest.mark.parametrize(
    "expression", ["int(y/3)", 'len("abc")', "y.dtype", "x % 2", "f'{y:,}'", "f'{y:.0%}'", "q"]
)
def test_a_call_that_cannot_be_read_leaves_the_rest_of_the_sheet(expression):
    text = PARABOLA + f'print("the thing", {expression})\nthe thing 2\nz = x + 1 = '
    assert judged(text + "3") == [("3", "exact")]
    assert judged(text + "4") == [("4", "wrong")]


@pytest.mark.parametrize(
    "text",
    [
        'a = 1\nprint(f"x{a}{a}")\nx' + "1" * 250 + "y",
        'a = 1\nprint(f"x{a}1{a}1{a}1{a}")\nx' + "1" * 250 + "y",
        'a = 1\nprint(f"x{a}e{a}e{a}e{a}")\nx' + "1e" * 120 + "y",
        'a = 1\nprint(f"x{a},{a},{a},{a}")\nx' + "1." * 120 + "y",
        "y = 1\nprint(" + '" ",' * 60 + '"x", y)\n' + " " * 280 + "z",
        'y = 1\nprint("y", ' + "(" * 140 + "y" + ")" * 140 + ")\ny 1",
        "print('y', y)\n" + ":a[" * 30_000,
        "x0 = 1\n" + "".join(f"x{k + 1} = x{k} + 1\n" for k in range(1_000))
        + 'print("y is", x1000)\n' * 900 + "y is 1\n" * 900,
    ],
    ids=lambda text: f"{text[:40]!r}… {len(text)}",
)  # fmt: skip
def test_a_hostile_call_ends_soon(text, effort):
    def read():
        with contextlib.suppress(WorksheetError):
            str(Worksheet.parse(text).check())

    assert effort(read) < 60
