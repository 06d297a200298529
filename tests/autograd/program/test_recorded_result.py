"""A recording of a function knows its own comparisons and no others."""

import pytest

from autograd import Graph, Value
from autograd.engine.kept_guards import forget_guards, own_guards
from autograd.program.recorded_result import compared_leaves, last_node


def test_comparisons_inside_are_apart_from_those_before_and_after():
    forget_guards()  # those of other tests
    before, inside, after = (Value(1.0, name) for name in ("before", "inside", "after"))
    assert before > 0
    with own_guards():
        assert compared_leaves() == []
        assert inside * 2 > 1
        assert compared_leaves() == [inside]
        assert [guard.relation for guard in Graph.of(last_node(inside + 1)).guards] == [">"]
    assert after > 0
    assert compared_leaves() == [before, after]


def test_the_chain_goes_on_after_an_error():
    x = Value(1.0, "x")
    with own_guards():
        assert x > 0
        with pytest.raises(ZeroDivisionError), own_guards():
            raise ZeroDivisionError
        assert compared_leaves() == [x]


def test_a_leaf_and_a_number_become_computed_nodes():
    x = Value(3.0, "x")
    same, number = last_node(x), last_node(2)
    assert (same.parents, same.data, number.data) == ((x,), 3.0, 2.0)


@pytest.mark.parametrize("result", [None, "2", [Value(1.0)]])
def test_what_is_not_one_value_is_refused_by_its_type(result):
    with pytest.raises(TypeError, match=f"returns one Value; got {type(result).__name__}"):
        last_node(result)
