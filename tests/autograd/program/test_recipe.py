"""Formulas as instructions, carried out on arrays, give what the formulas give."""

import numpy as np
import pytest

from autograd.engine.formula import Expr, Symbols, lift, symbol
from autograd.engine.operation import FLOATS
from autograd.program.binding import Views, bind
from autograd.program.instructions import TEMPORARY, Rows
from autograd.program.recipe import recipe
from autograd.program.stacking import Y, local_derivative


def write(expression, rows, target=Y, shared=frozenset()):
    """Return the instructions that compute an expression of a0, a1, …, and how many rows."""
    steps = recipe((expression,), (target,), shared)
    instructions, _ = steps.follow(rows, dict.fromkeys(TEMPORARY, 0), 1)
    return instructions, steps.units


def inputs(count):
    rows = {symbol(f"a{k}"): Rows("inputs", k, k + 1) for k in range(count)}
    return rows | {Y: Rows("values", 0, 1)}


def run(expr, columns):
    """Carry out on these columns the instructions that compute an expression of a0, a1, …"""
    instructions, units = write(expr, inputs(len(columns)))
    arrays = {"inputs": columns, "values": np.zeros((1, columns.shape[1]))}
    for array, kind in (("scratch", float), ("masks", bool)):
        arrays[array] = np.zeros((units.get(array, 0), columns.shape[1]), kind)
    for instruction in instructions:
        bind(instruction, Views(arrays))()
    return arrays["values"][0], [i.function for i in instructions]


def test_every_row_of_the_table_gives_the_bits_of_its_formula_over_numpy(op, points):
    count = op.arity or 4
    columns = np.array(points(op, count)[:4]).T
    names = [symbol(f"a{k}") for k in range(count)]
    value, _ = run(lift(op.forward(Symbols(), *names)), columns)
    expected = op.forward(np, *columns)

    np.testing.assert_allclose(value, expected, rtol=4e-16)
    for k, column in enumerate(columns.T):
        assert value[k] == pytest.approx(op.forward(FLOATS, *column.tolist()), rel=1e-14)


def test_a_shared_part_is_computed_once():
    x = Symbols().exp(symbol("a0"))
    _, functions = run(x * x + x, np.array([[0.5, 1.0]]))

    assert functions.count("exp") == 1


def test_small_powers_are_their_own_functions():
    x, one = symbol("a0"), np.array([[4.0, 9.0]])
    functions = {n: run(Symbols().pow(x, n), one) for n in (2.0, 0.5, -1.0, 3.0)}

    assert [f[1] for f in functions.values()] == [["square"], ["sqrt"], ["reciprocal"], ["power"]]
    assert functions[0.5][0].tolist() == [2.0, 3.0]


def test_a_long_sum_needs_one_temporary_row():
    _, units = write(Expr("add", tuple(symbol(f"a{k}") for k in range(6))), inputs(6), None)

    assert units == {"scratch": 1}


def test_a_temporary_row_is_used_again_when_it_has_been_read():
    xp, names = Symbols(), [symbol(f"a{k}") for k in range(30)]
    products = tuple(xp.sin(a) * xp.cos(a) for a in names)
    instructions, units = write(Expr("add", products), inputs(30))

    assert len(instructions) == 4 * 30 - 1
    assert units["scratch"] <= 2


def test_temporaries_of_what_is_shared_are_shared():
    a, b = symbol("a0"), symbol("a1")
    rows = {a: Rows("shared", 0, 3), b: Rows("values", 0, 3)}
    arrays = [
        write(expression, rows, None, frozenset(["a0"]))[0][-1].out.array
        for expression in (a * 2.0, a * b, b > 0.0, a > 0.0)
    ]

    assert arrays == ["shared_scratch", "scratch", "masks", "shared_masks"]


@pytest.mark.parametrize(
    ("make", "functions"),
    [
        (lambda xp, a, b: xp.where(a > b, a, b), ["maximum"]),
        (lambda xp, a, b: xp.where(a >= 0.0, a, 0.0), ["maximum"]),
        (lambda xp, a, b: xp.where(a <= b, a, b), ["minimum"]),
        (lambda xp, a, b: xp.where(a > b, b, a), ["greater", "copy", "copy_where"]),
        (lambda xp, a, b: xp.where(a > 1.0, b, 2.0), ["greater", "copy", "copy_where"]),
    ],
)
def test_the_larger_of_two_is_one_call(make, functions):
    columns = np.array([[0.0, 1.0, 2.0, -3.0], [1.0, 0.5, 2.0, -4.0]])
    found, used = run(make(Symbols(), symbol("a0"), symbol("a1")), columns)

    assert used == functions
    np.testing.assert_array_equal(found, make(np, *columns))


def test_a_slope_of_zero_or_one_is_a_mask():
    xp, a = Symbols(), symbol("a0")
    assert local_derivative(xp.where(a > 0.0, 1.0, 0.0)) == ("multiply", a > 0.0)
    assert local_derivative(xp.where(a >= 2.0, 0.0, 1.0)) == ("multiply", a < 2.0)
    assert local_derivative(xp.where(a > 0.0, 1.0, 0.5))[1].head == "where"
    assert local_derivative(1.0 / a) == ("divide", a)
    assert local_derivative(2.0 / a) == ("multiply", 2.0 / a)
