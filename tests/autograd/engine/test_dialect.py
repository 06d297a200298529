"""Formulas as text: parentheses where they are needed, and long sums cut."""

import pytest

from autograd.engine.dialect import PYTHON, Dialect, render
from autograd.engine.formula import Symbols, lift, symbol

x, y, z = map(symbol, "xyz")
xp = Symbols()

WRITTEN = [
    (x + y + z, "x + y + z"),
    (x + (y + z), "x + (y + z)"),
    (x - (y - z), "x - (y - z)"),
    (x - y - z, "x - y - z"),
    (x * y / z, "x * y / z"),
    (x * (y / z), "x * (y / z)"),
    (x / (y * z), "x / (y * z)"),
    ((x + y) * z, "(x + y) * z"),
    (-(x + y), "-(x + y)"),
    (-x * y, "-x * y"),
    (-(x * y), "-(x * y)"),
    (x - -2.0, "x - (-2.0)"),
    (x * -2.0, "x * (-2.0)"),
    (1 / (1 + xp.exp(-x)), "1 / (1 + exp(-x))"),
    (xp.where(x > 0, x, 0.0) + 1, "(x if x > 0 else 0.0) + 1"),
    (xp.where(x <= y, x, y), "x if x <= y else y"),
    (xp.maximum(x, y + z), "x if x >= y + z else y + z"),
    (xp.minimum(x, 0.0), "x if x <= 0.0 else 0.0"),
    (xp.pow(x, 2.5), "pow(x, 2.5)"),
]


@pytest.mark.parametrize(("expr", "text"), WRITTEN, ids=str)
def test_an_expression_is_written_as_python_with_the_parentheses_it_needs(expr, text):
    assert render(expr, PYTHON) == text


@pytest.mark.parametrize("expr", [expr for expr, _ in WRITTEN], ids=str)
def test_the_python_text_evaluates_to_the_expression_again(expr):
    scope = {"x": x, "y": y, "z": z, "exp": xp.exp, "pow": xp.pow, "abs": xp.abs}
    if not any(part.head in ("where", "maximum", "minimum") for part in expr.walk()):
        assert lift(eval(render(expr, PYTHON), scope)) == expr


def test_a_dialect_can_cut_long_sums_and_says_how_many_terms_there_are():
    terms = [symbol(f"t{k}") for k in range(9)]
    long = sum(terms[1:], terms[0])
    assert (
        render(long, Dialect(PYTHON.templates, most_terms=4)) == "t0 + t1 + … 9 terms … + t7 + t8"
    )
    assert render(long, PYTHON).count("+") == 8
