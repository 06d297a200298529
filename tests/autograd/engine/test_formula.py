"""Formulas as data: simplification, rendering, and what the namespace offers."""

import math

import pytest

from autograd.engine.formula import Expr, Symbols, literal, symbol
from autograd.engine.namespace import FUNCTIONS

x, y, z = map(symbol, "xyz")
xp = Symbols()

SIMPLIFIED = [
    (x + 0, "x"),
    (0 + x, "x"),
    (x - 0, "x"),
    (0 - x, "-x"),
    (x * 1, "x"),
    (1 * x, "x"),
    (x * 0, "0.0"),
    (x / 1, "x"),
    (-(0 - x), "x"),
    (-literal(2.0), "-2.0"),
    (xp.pow(x, 1), "x"),
    (xp.pow(x, 0), "1.0"),
    (xp.abs(-x), "abs(x)"),
    (xp.exp(0.0) * x, "x"),
    (xp.maximum(1, 2), "2"),
    (Symbols(textbook=True).log(2.0), "log(2.0)"),
    (xp.log(-1.0), "log(-1.0)"),
]


@pytest.mark.parametrize(("expr", "text"), SIMPLIFIED, ids=str)
def test_what_needs_no_computation_is_simplified_away(expr, text):
    assert repr(expr) == text


def test_sums_and_products_are_flat_to_the_left_and_keep_the_order_of_rounding():
    assert (x + y + z).args == (x, y, z)
    assert (x + (y + z)).args == (x, Expr("add", (y, z)))
    numbers = {"x": 1e16, "y": 1.0, "z": 1.0}
    assert eval(repr(x + y + z), dict(numbers)) != eval(repr(x + (y + z)), dict(numbers))


def test_equal_expressions_have_equal_hashes_and_only_those_are_one():
    assert x + y == symbol("x") + symbol("y")
    assert hash(x + y) == hash(symbol("x") + symbol("y"))
    assert len({x + y, symbol("x") + symbol("y"), y + x}) == 2


def test_walking_yields_users_before_arguments_and_leaves_out_what_is_known():
    whole = (x + y) * (x + y)
    assert [part.head for part in whole.walk()] == ["mul", *["add", "symbol", "symbol"] * 2]
    assert list(whole.walk({x + y})) == [whole]


def test_a_deep_expression_is_hashed_and_walked_without_recursion():
    deep = x
    for _ in range(5000):
        deep = xp.exp(deep)
    assert len({deep}) == 1
    assert sum(1 for _ in deep.walk()) == 5001


def test_the_namespace_offers_the_functions_that_every_namespace_has_and_no_others():
    assert all(callable(getattr(xp, name)) for name in FUNCTIONS)
    for namespace, name in ((xp, "sigmoid"), (xp, "_exp"), (Symbols(textbook=True), "__len__")):
        with pytest.raises(AttributeError, match=name):
            getattr(namespace, name)


def test_the_textbook_namespace_writes_other_rows_as_calls():
    assert repr(Symbols(textbook=True).sigmoid(2 * x)) == "sigmoid(2 * x)"
    assert Symbols(textbook=True).textbook
    assert not xp.textbook


def test_numbers_mix_with_expressions_on_either_side():
    values = {"x": 3.0}
    for expr in (2 + x, x + 2, 2 - x, x - 2, 2 * x, x * 2, 2 / x, x / 2, -x):
        assert isinstance(expr, Expr)
        assert math.isfinite(eval(repr(expr), dict(values)))
    assert eval(repr((7 - x) / 2), dict(values)) == 2.0


def test_a_sum_grown_term_by_term_is_the_sum_made_at_once():
    grown, made = x + y + z + x, Expr("add", (x, y, z, x))

    assert grown == made
    assert hash(grown) == hash(made)
    assert hash(grown) != hash(x + y + z + z)
