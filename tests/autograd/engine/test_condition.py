"""Comparisons of Values: outcomes, combinations, and what `where` and arithmetic record of them."""

import itertools
import operator

import numpy as np
import pytest

from autograd import Graph, Value, compile, grad, where  # noqa: A004
from autograd.engine import ops, recorder
from autograd.engine.condition import Condition
from autograd.engine.kept_guards import forget_guards


@pytest.mark.parametrize(("a", "b"), [*itertools.product((True, False), repeat=2)])
def test_conditions_combine_as_truth_values_do(a, b):
    x = Value(1.0)
    left, right = (x > (0 if a else 2)), (x < (2 if b else 0))
    for made, right_value in (
        (left & right, a and b),
        (left | right, a or b),
        (~left, not a),
        (left & b, a and b),
        (b | left, a or b),
        (~(left | ~right), not (a or not b)),
    ):
        assert bool(made) is right_value
        assert made.as_value().data == float(right_value)
        assert where(made, 1, 0).data == float(right_value)


@pytest.mark.parametrize("operand", [5, 1.0, "a", None])
def test_conditions_combine_only_with_conditions(operand):
    condition = Value(1.0) > 0
    for combine in (operator.and_, operator.or_):
        for operands in ((condition, operand), (operand, condition)):
            with pytest.raises(TypeError, match="unsupported operand"):
                combine(*operands)


def test_a_condition_combines_with_booleans_of_numpy():
    condition = Value(1.0) > 0
    assert (condition & np.False_).as_value().data == 0.0
    both = condition & np.array([condition, ~condition])
    assert [part.outcome for part in both] == [True, False]


def test_a_recorded_comparison_is_written_as_it_was_typed():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    made = [(x > y), (x >= 1), (x < y), (x <= 0.5), (x < 3)]
    assert [c.as_value().op for c in made] == [
        ops.GREATER,
        ops.GREATER_EQUAL,
        ops.LESS,
        ops.LESS_EQUAL,
        ops.LESS,
    ]
    assert [c.as_value().data for c in made] == [0.0, 1.0, 1.0, 0.0, 1.0]


def test_a_comparison_with_something_else_is_left_to_it():
    with pytest.raises(TypeError, match="not supported between"):
        Value(1.0) > "1"  # noqa: B015


def test_a_condition_counts_as_1_or_0_in_arithmetic_and_is_recorded():
    x = Value(2.0, "x")
    y = (x > 1) * x + (x > 3)
    assert y.data == 2.0
    y.backward()
    assert x.grad == 1.0
    program = compile(y, inputs=[x])
    assert program.forward([[0.5, 2.0, 4.0]]).tolist() == [0.0, 2.0, 5.0]


def test_recording_a_comparison_asks_nothing():
    forget_guards()
    x, y = Value(2.0, "x"), Value(3.0, "y")
    where((x > y) | ~(x < 1), x, y)
    grad(where(x > y, x * y, y).relu(), [x, y])
    assert recorder.current_note == ""


def test_where_is_one_node_whose_batch_takes_the_other_branch():
    x = Value(-2.0, "x")
    y = where((x > -1) & (x < 3), x * x, -x)
    assert y.op is ops.WHERE
    program = compile(y, inputs=[x])
    assert program.forward([[-2.0, 2.0, 5.0]]).tolist() == [2.0, 4.0, -5.0]
    (slope,) = grad(y, [x])
    assert compile(slope, inputs=[x]).forward([[-2.0, 2.0, 5.0]]).tolist() == [-1.0, 4.0, -1.0]


def test_where_of_a_where_compares_nothing_twice():
    x = Value(2.0, "x")
    (slope,) = grad(where(x > 0, x * x, 0.0), [x])
    made = [node.op for node in Graph.of(slope).nodes]
    assert made.count(ops.GREATER) == 1


@pytest.mark.parametrize("condition", [True, np.True_, 1, 1.0, "x > 0", Value(1.0), None])
def test_where_wants_a_comparison(condition):
    with pytest.raises(TypeError, match="a comparison of Values, such as x > 0"):
        where(condition, 1, 0)


def test_numpy_compares_arrays_of_values():
    values = np.array([Value(-1.0), Value(2.0)])
    assert (values > 0).tolist() == [False, True]
    assert isinstance(values[0] > 0, Condition)


def test_recording_a_condition_leaves_no_guard_of_its_own():
    x, y = Value(2.0, "x"), Value(1.0, "y")
    (slope,) = grad(where(x > y, x * x, y), [x])
    program = compile(slope, inputs=[x, y])
    assert program.forward([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0]]).tolist() == [4.0, 0.0, 0.0]
