"""The operands of a call, and the parts of a sum of products."""

import pytest

from autograd.engine.ops import DOT, LEAF, MUL
from autograd.program.calls import Call, Schedule, split_dot, weights_of
from autograd.program.fuse import Term
from autograd.program.instructions import Location


@pytest.mark.parametrize("bias", [(), (9,)])
def test_a_dot_is_split_into_weights_inputs_and_bias(bias):
    assert split_dot(Term(DOT, (1, 2, 5, 6, *bias), 0.0, 7, True)) == ((1, 2), (5, 6), bias)


def test_the_weights_of_a_matrix_product_are_listed_input_by_input():
    assert weights_of([((1, 2), (8, 9), ()), ((3, 4), (8, 9), ())]) == [1, 3, 2, 4]


def test_operands_have_a_list_of_places_for_each_slot():
    leaves = [Term(LEAF, (), 1.0, k, True) for k in range(3)]
    products = [Term(MUL, (0, 1), 1.0, 3, True), Term(MUL, (2, 1), 1.0, 4, True)]
    schedule = Schedule([*leaves, *products], [0, 1, 2])
    for leaf in (2, 0, 1):
        schedule.put(leaf, "inputs")

    found = schedule.operands(Call(MUL, (3, 4), False, True))

    assert found == [[Location("inputs", row) for row in rows] for rows in ([1, 0], [2, 2])]
    assert schedule.rows["inputs"] == 3
