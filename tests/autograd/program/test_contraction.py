"""Repeated shapes become few calls, and give what the scalar engine gives for every example."""

import numpy as np
import pytest

from autograd import compile  # noqa: A004 - its name, as re.compile has it
from autograd.engine.ops import DOT, SUM
from autograd.program.calls import Call
from autograd.program.contraction import find_contraction, find_sums
from autograd.program.instructions import Grid, Location
from autograd.program.planner import Planner

NAMES = ["attention", "convolution", "shared layer"]


@pytest.fixture(params=["in groups", "as chosen"], autouse=True)
def plan(request, monkeypatch):
    if request.param == "in groups":
        monkeypatch.setattr(Planner, "is_grouping_faster", lambda self, batch: True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("batch", [1, 3, 50])
def test_the_program_gives_what_the_engine_gives(repeated_shapes, name, batch):
    flat = repeated_shapes.flat
    function, x, parameters = repeated_shapes.case(name)
    program = compile(function(x, parameters), inputs=flat(x))
    columns = np.random.default_rng(1).uniform(-1, 1, (len(flat(x)), batch))
    input_gradients = program.input_gradients(columns)
    value, gradients = program.value_and_grad(columns, "sum")
    outputs, summed = [], np.zeros(len(gradients))
    for k in range(min(batch, 3)):
        for leaf, number in zip(flat(x), columns[:, k].tolist(), strict=True):
            leaf.data, leaf.grad = number, 0.0
        for parameter in program.parameters:
            parameter.grad = 0.0
        output = function(x, parameters)
        output.backward()
        outputs.append(output.data)
        summed += [parameter.grad for parameter in program.parameters]
        found = [leaf.grad for leaf in flat(x)]
        np.testing.assert_allclose(input_gradients[:, k], found, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(program.outputs[:3], outputs, rtol=1e-13)
    if batch <= 3:
        np.testing.assert_allclose(gradients, summed, rtol=1e-11, atol=1e-13)
        assert value == pytest.approx(sum(outputs))


@pytest.mark.parametrize("name", NAMES)
def test_the_printed_source_gives_the_same_numbers(repeated_shapes, name):
    function, x, parameters = repeated_shapes.case(name)
    inputs = repeated_shapes.flat(x)
    program = compile(function(x, parameters), inputs=inputs)
    columns = np.random.default_rng(1).uniform(-1, 1, (len(inputs), 4))
    names = {}
    exec(program.source(), names)
    outputs, gradients, _ = names["forward_and_backward"](program.weights, columns)
    program.value_and_grad(columns, "sum")
    np.testing.assert_allclose(outputs, program.outputs, rtol=1e-13)
    np.testing.assert_allclose(gradients, program.gradients, rtol=1e-12, atol=1e-14)


def test_the_number_of_calls_does_not_grow_with_the_tokens(repeated_shapes):
    def calls(tokens):
        function, _, parameters = repeated_shapes.case("attention")
        x = repeated_shapes.leaves(tokens, 4)
        plan = compile(function(x, parameters), inputs=repeated_shapes.flat(x)).plan
        return len(plan.forward) + len(plan.backward), plan.products

    assert calls(12) == calls(6)
    assert calls(6)[1] == 2  # q, k and v of both heads at every token, and the last layer


def test_overlapping_windows_are_read_without_an_index(repeated_shapes):
    function, _, parameters = repeated_shapes.case("convolution")
    x = repeated_shapes.leaves(1, 9)
    plan = compile(function(x, parameters), inputs=repeated_shapes.flat(x)).plan
    assert any(isinstance(part, Grid) for i in plan.forward for part in i.operands)


# --- recognition ----------------------------------------------------------------------------------


def places(*rows, array="values"):
    return [Location(array, row) for row in rows]


def test_every_vector_with_every_other_is_one_contraction():
    call = Call(DOT, (0, 1, 2, 3), False, True)
    first = [places(0, 0, 2, 2), places(1, 1, 3, 3)]
    second = [places(5, 7, 5, 7), places(6, 8, 6, 8)]
    found = find_contraction(call, first + second)
    assert (found.a, found.b) == (places(0, 1, 2, 3), places(5, 6, 7, 8))
    assert (found.count_a, found.count_b) == (2, 2)


def test_pairs_of_vectors_are_one_contraction_too():
    call = Call(DOT, (0, 1, 2), False, True)
    operands = [places(0, 2, 4), places(1, 3, 5), places(6, 6, 9), places(7, 7, 8)]
    found = find_contraction(call, operands)
    assert (found.count_a, found.count_b) == (3, 0)
    assert found.equations[0] == "ife,ife->ie"


def test_shared_factors_and_a_bias_make_no_contraction():
    call = Call(DOT, (0, 1), False, True)
    shared = [places(0, 1, array="shared")] * 2
    assert find_contraction(call, shared + [places(0, 1)] * 2) is None
    assert find_contraction(call, [places(0, 1)] * 5) is None


def test_sums_of_a_few_summands_are_added_one_by_one():
    call = Call(SUM, (0, 1), False, True)
    assert find_sums(call, [places(0, 1)] * 3) is None
    assert find_sums(call, [places(k, 4 + k) for k in range(4)]) == places(*range(8))
