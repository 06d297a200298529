"""Slips at the functions of the table: a new row has them without a line of code."""

import math

import pytest

from autograd import Value, Worksheet
from autograd.engine.functions import CALLED
from autograd.engine.operation import FLOATS
from autograd.grading.slips.slip import places

FUNCTIONS = {op.name: op for op in CALLED.values() if op.arity == 1 and op.latex}
X = {"acosh": 1.7391}


def input_of(name):
    return X.get(name, 0.3817)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_was_forgotten_is_named(name):
    x = input_of(name)
    if FUNCTIONS[name].forward(FLOATS, x) == x:  # relu and abs do nothing here
        x = -x
    report = Worksheet.parse(f"x = {x}\ny = {name}(x) + 1.5 -> {x + 1.5:.6f}").check()
    assert report.first_wrong.slips[0].key == "function-forgotten", report
    assert FUNCTIONS[name].glyph in report.first_wrong.slips[0].sentence


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_slope_that_was_forgotten_is_named(name):
    op, x = FUNCTIONS[name], input_of(name)
    y = op.forward(FLOATS, x)
    if op.partials(FLOATS, y, x) == (1.0,):
        x = -x
        y = op.forward(FLOATS, x)
    text = f"x = {x}\ny = {name}(x)\nC = 1.7*y^2\ndC/dx -> {3.4 * y:.6f}"
    report = Worksheet.parse(text).check()
    if math.isclose(3.4 * y * op.partials(FLOATS, y, x)[0], 3.4 * y, rel_tol=1e-4):
        return  # nothing was wrong
    keys = {slip.key for slip in report.first_wrong.slips} if report.first_wrong else set()
    assert keys & {"f-prime-forgotten", "dead-relu"} or not y, report


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("u = 0.7431\ny = sinh(u) -> 1.28904", "another-function", "a different function"),
        ("z = 0.3\na = softplus(z)\nC = ½a²\ndC/dz -> 0.106309", "slope-of-another", "another"),
        ("x = 0.37\ny = cosh(x) -> 0.3785", "slope-for-value", "function cosh at y"),
        ("x = 0.83\nu = x^2\ny = sin(u)\ndy/dx -> 0.771946", "f-prime-forgotten", "at u"),
    ],
)
def test_slips_at_functions(text, key, words):
    found = Worksheet.parse(text).check().first_wrong.slips
    assert key in {slip.key for slip in found}, found
    assert any(words in slip.sentence for slip in found)


@pytest.mark.parametrize(
    ("labels", "place"),
    [
        (["W1[1,2]"], " at W1[1,2]"),
        (["a[1]", "a[2]"], " at a"),
        (["d", "c", "b", "a"], " at a, b, c …"),
        ([""], ""),
    ],
)
def test_the_place_of_a_slip_is_a_number_or_its_vector(labels, place):
    assert places(Value(1.0, label) for label in labels) == place
