"""The law of the backward sweep, in tables of one's own."""

import math

from autograd import Value
from autograd.engine.adjoints import accumulate, adjoints_of


def test_a_list_and_a_dictionary_accumulate_alike():
    by_index, by_name = [0.0, 1.0], {"a": 0.0, "b": 1.0}
    accumulate(by_index, 2.0, (0, 1, 0), (3.0, 5.0, 7.0))
    accumulate(by_name, 2.0, ("a", "b", "a"), (3.0, 5.0, 7.0))
    assert by_index == list(by_name.values()) == [20.0, 11.0]


def test_a_slope_that_is_not_finite_adds_nothing_where_no_gradient_arrives():
    table = [0.0]
    accumulate(table, 0.0, (0, 0), (math.inf, math.nan))
    assert table == [0.0]


def test_the_adjoints_are_the_gradients_and_nothing_is_changed():
    a, b = Value(2.0), Value(3.0)
    y = (a * b).tanh() * a
    adjoints = adjoints_of(y)
    assert (a.grad, b.grad, y.grad) == (0.0, 0.0, 0.0)
    assert adjoints[Value(1.0)] == 0.0
    y.backward()
    assert (adjoints[a], adjoints[b], adjoints[y]) == (a.grad, b.grad, 1.0)
