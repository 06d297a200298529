"""Formulas as instructions, carried out on arrays, give what the formulas give."""

import numpy as np
import pytest

from autograd.engine.formula import Expr, Symbols, lift, symbol
from autograd.engine.operation import FLOATS
from autograd.program.emitter import Emitter
from autograd.program.instructions import Rows, bind


def run(expr, columns):
    """Emit an expression of a0, a1, … and carry the instructions out on these columns."""
    arrays = {"X": columns, "V": np.zeros((1, columns.shape[1]))}
    instructions, rows = [], {}
    emit = Emitter(instructions, rows)

    def lookup(part):
        place = int(part.args[0][1:])
        return Rows("X", place, place + 1)

    emit.formula(expr, lookup, {}, into=Rows("V", 0, 1))
    emit.close()
    for array, kind in (("T", float), ("M", bool)):
        arrays[array] = np.zeros((rows.get(array, 0), columns.shape[1]), kind)
    for instruction in instructions:
        bind(instruction, arrays)()
    return arrays["V"][0], [i.function for i in instructions]


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
    names = [symbol(f"a{k}") for k in range(6)]
    rows = {}
    emit = Emitter([], rows)
    emit.formula(
        Expr("add", tuple(names)),
        lambda e: Rows("X", int(e.args[0][1:]), int(e.args[0][1:]) + 1),
        {},
    )
    emit.close()

    assert rows == {"T": 1}


def test_a_temporary_row_is_used_again_when_it_has_been_read():
    xp, names, rows = Symbols(), [symbol(f"a{k}") for k in range(30)], {}
    instructions = []
    emit = Emitter(instructions, rows)
    products = [xp.sin(a) * xp.cos(a) for a in names]
    emit.formula(
        Expr("add", tuple(products)),
        lambda e: Rows("X", int(e.args[0][1:]), int(e.args[0][1:]) + 1),
        {},
        into=Rows("V", 0, 1),
    )
    emit.close()

    assert len(instructions) == 4 * 30 - 1
    assert rows["T"] <= 4
    assert not any(i.out in i.operands for i in instructions if i.out.array == "T")


def test_temporaries_of_what_is_shared_are_shared():
    rows = {}
    emit = Emitter([], rows)
    fixed = emit.compute("multiply", Rows("F", 0, 3), 2.0)
    mixed = emit.compute("multiply", Rows("F", 0, 3), Rows("V", 0, 3))
    truth = emit.compute("greater", Rows("V", 0, 3), 0.0, truth=True)

    emit.close()

    assert (fixed.array, mixed.array, truth.array) == ("S", "T", "M")
    assert rows == {"S": 3, "T": 3, "M": 3}
