"""What an operation is: the namespace of floats, names, and whether numbers still fit."""

import copy
import math
import pickle

import pytest

from autograd.engine import ops
from autograd.engine.formula import Symbols
from autograd.engine.namespace import FUNCTIONS
from autograd.engine.operation import FLOATS, OPS, Op, in_form, op_named


def test_the_floats_have_every_function_a_formula_may_use():
    assert all(callable(getattr(FLOATS, name)) for name in FUNCTIONS)


def test_floats_fail_as_python_fails_and_never_turn_complex():
    with pytest.raises(ZeroDivisionError):
        FLOATS.pow(0.0, -1.0)
    with pytest.raises(OverflowError):
        FLOATS.exp(1000.0)
    with pytest.raises(ValueError, match="not a real number"):
        FLOATS.pow(-2.0, 0.5)
    assert type(FLOATS.pow(2.0, 3)) is float


def test_every_row_is_found_by_its_name_and_survives_pickle_and_copy_as_itself(op):
    assert op_named(op.name) is op
    assert pickle.loads(pickle.dumps(op)) is op
    assert copy.deepcopy(op) is copy.copy(op) is op
    assert repr(op) == f"<op {op.name}>"


def test_the_names_in_the_table_are_those_of_its_rows():
    assert all(name == op.name for name, op in OPS.items())


@pytest.mark.parametrize(
    "name", ["tan h", "", "power", "power()", "power(x)", "power(1", "sigmoid(2.0)", "power(1e999)"]
)
def test_an_unknown_name_is_refused(name):
    with pytest.raises(ValueError, match=r"no operation is named|float|finite"):
        op_named(name)


def test_an_unknown_name_is_answered_by_its_neighbors_in_a_short_message():
    with pytest.raises(ValueError, match=r"named 'tan h'; did you mean 'tanh' or .*\?"):
        op_named("tan h")
    for count, shown in ((60, "x" * 60), (61, "x" * 59 + "…"), (10_000, "x" * 59 + "…")):
        with pytest.raises(ValueError, match=f"named '{shown}'"):
            op_named("x" * count)


def test_a_row_reproduces_its_own_numbers_and_no_others(op, samples):
    for x in samples(op, moderate=True, number=3):
        y = op.forward(FLOATS, *x)
        partials = op.partials(FLOATS, y, *x)
        assert op.reproduces(y, partials, x)
        assert not op.reproduces(y + 1e-6 + 1e-6 * abs(y), partials, x)
        assert not op.reproduces(y, (*partials[:-1], partials[-1] + 1e-3), x)
        assert not op.reproduces(y, partials[1:], x)


def test_numbers_a_row_refuses_are_not_reproduced():
    assert not ops.LOG.reproduces(0.0, (1.0,), (-1.0,))
    assert not ops.DIV.reproduces(0.0, (1.0, 1.0), (1.0, 0.0))
    assert not ops.EXP.reproduces(0.0, (1.0,), ("1",))
    assert not ops.EXP.reproduces(math.inf, (math.inf,), (1000.0,))


def test_a_row_used_by_another_is_taken_from_the_namespace_where_that_has_it():
    class Own:
        @staticmethod
        def sigmoid(x):
            return "own"

    assert ops.SIGMOID(Own, 0.0) == "own"
    assert ops.SIGMOID(FLOATS, 0.0) == 0.5


def test_a_formula_takes_the_form_its_namespace_asks_for():
    forms = {"stable": lambda: 1, "textbook": lambda: 2}
    assert in_form(FLOATS, **forms) == in_form(Symbols(), **forms) == 1
    assert in_form(Symbols(textbook=True), **forms) == 2
    assert in_form(Symbols(quick=True), **forms) == 1
    assert in_form(Symbols(quick=True), **forms, quick=lambda: 3) == 3
    assert in_form(Symbols(fused=True), **forms, quick=lambda: 3) == 1
    assert in_form(Symbols(fused=True), **forms, quick=lambda: 3, fused=lambda: 4) == 4


def test_rows_are_frozen_and_each_is_its_own():
    with pytest.raises(AttributeError):
        ops.TANH.glyph = "t"
    twin = Op("tanh", 1, ops.TANH.forward, ops.TANH.partials, "tanh")
    assert twin != ops.TANH
