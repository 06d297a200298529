"""Which terms are one call: equal operations of a level, or products that share weights."""

import pytest

from autograd import Value, compile, dot, sin, tanh, total  # noqa: A004 - the name of the job


def values(count, name):
    return [Value(0.1 * (k + 1), f"{name}{k}") for k in range(count)]


def calls(output, inputs, *, grouped=True):
    planner = compile(output, inputs=inputs)._runner.planner
    return (planner.grouped if grouped else planner.single).calls


def members(output, inputs, operation, **how):
    found = calls(output, inputs, **how)
    return [len(call.members) for call in found if call.op.name == operation]


def test_equal_operations_of_one_level_are_one_call():
    x = values(6, "x")
    output = total([*map(tanh, x[:4]), *map(sin, x[4:])])

    assert members(output, x, "tanh") == [4]
    assert members(output, x, "sin") == [2]
    assert members(output, x, "tanh", grouped=False) == [1] * 4


def test_operations_on_results_and_on_inputs_are_two_calls():
    x = values(4, "x")
    once = [tanh(v) for v in x[:2]]

    assert members(total([*map(tanh, once), *map(tanh, x[2:])]), x, "tanh") == [4, 2]
    assert members(total([tanh(once[0] * once[1]), tanh(x[2])]), x, "tanh") == [3, 1]


@pytest.mark.parametrize("grouped", [True, False], ids=["groups", "rows"])
def test_the_same_weights_at_several_positions_are_one_product(grouped):
    x, w = values(6, "x"), [values(3, "w") for _ in range(2)]
    output = total([tanh(dot(row, part)) for part in (x[:3], x[3:]) for row in w])
    products = [call for call in calls(output, x, grouped=grouped) if call.is_product]

    assert [len(call.members) for call in products] == ([4] if grouped else [2, 2])
    assert [call.positions for call in products] == ([2] if grouped else [1, 1])


def test_products_of_varying_vectors_are_one_call_for_each_head():
    x = values(12, "x")
    heads = [[[tanh(v) for v in x[k : k + 2]] for k in range(h, h + 6, 2)] for h in (0, 6)]
    output = total([dot(q, k) for q, *keys in heads for k in keys])

    assert members(output, x, "dot") == [2, 2]
