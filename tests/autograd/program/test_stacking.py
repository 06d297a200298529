"""All derivatives are the table's: a changed row changes the program, dot's matrix form aside."""

from dataclasses import replace

import numpy as np
import pytest

from autograd import (
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    dot,
    logsumexp,
    tanh,
    total,
)
from autograd.engine.functions import record
from autograd.engine.operation import Op
from autograd.program import fuse as fuse_module
from autograd.program.calls import Call
from autograd.program.instructions import Location
from autograd.program.places import find_grid, runs
from autograd.program.stacking import formulas_of


def test_a_row_of_ones_own_runs_like_any_other():
    cube = Op("cube", 1, lambda xp, x: x * x * x, lambda xp, y, x: (3 * x * x,), "³")
    x, w = Value(2.0, "x"), Value(0.5, "w")
    program = compile(record(cube, [x * w]), inputs=[x])

    assert program.input_gradients([[1.0, 2.0]]).tolist() == [[3 * 0.25 * 0.5, 3 * 1.0 * 0.5]]


def test_a_wrong_derivative_in_the_table_is_the_programs_derivative(rows, points):
    """Row by row: double its partials, and the program's gradients double. (rows: all of them.)"""
    for op in rows:
        count = op.arity or 4
        columns = np.array(points(op, count)[:2]).T
        x = [Value(v, f"x{k}") for k, v in enumerate(columns[:, 0])]
        doubled = replace(
            op,
            name=f"doubled_{op.name}",
            partials=lambda xp, y, *v, op=op: tuple(2 * p for p in op.partials(xp, y, *v)),
        )
        once, twice = (compile(record(each, x), inputs=x) for each in (op, doubled))
        found = once.input_gradients(columns)
        assert np.isfinite(found).all()
        np.testing.assert_allclose(
            twice.input_gradients(columns), 2 * found, rtol=1e-15, err_msg=op.name
        )


def test_the_matrix_form_of_dot_gives_what_the_engine_gives():
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=(4, 3)), rng.normal(size=4)
    weights = [[Value(v) for v in row] for row in w]
    biases = [Value(v) for v in b]
    columns = rng.normal(size=(3, 6))

    def network(x):
        rows = [dot(row, x, c) for row, c in zip(weights, biases, strict=True)]
        return total([tanh(z) * (k + 1) for k, z in enumerate(rows)])

    x = [Value(0.1) for _ in range(3)]
    program = compile(network(x), inputs=x)
    first = program._runner.planner.grouped.calls[0]
    assert (first.is_product, len(first.members)) == (True, 4)
    outputs, slopes = program.forward(columns), program.input_gradients(columns)
    _, gradients = program.value_and_grad(columns, "sum")
    for parameter in program.parameters:
        parameter.grad = 0.0
    for k in range(6):
        example = [Value(v) for v in columns[:, k]]
        output = network(example)
        output.backward()
        assert outputs[k] == pytest.approx(output.data, rel=1e-14)
        assert slopes[:, k] == pytest.approx([v.grad for v in example], rel=1e-13)
    assert gradients == pytest.approx([p.grad for p in program.parameters], rel=1e-13)


def places(array, *numbers):
    return [Location(array, n) for n in numbers]


def test_runs_are_consecutive_rows_of_one_array():
    assert runs(places("values", 1, 2, 3, 7, 8, 8)) == [
        (Location("values", 1), 3),
        (Location("values", 7), 2),
        (Location("values", 8), 1),
    ]
    assert len(runs([Location("inputs", 1), Location("values", 2)])) == 2
    assert runs([]) == []


def test_many_operands_alike_are_one_formula_over_stacked_rows():
    x = [Value(0.1 * k) for k in range(6)]
    call = Call(logsumexp(x).op, (0,), False, True)
    stacked = formulas_of(call, [places("values", k) for k in range(6)])
    scattered = formulas_of(call, [places("values", 3 * k % 7) for k in range(6)])

    assert len(stacked.partials) == 1
    assert stacked.partials[0].slots == (0, 1, 2, 3, 4, 5)
    assert any(part.head == "total" for part in stacked.value.stable.walk())
    assert len(scattered.partials) == 6


def test_a_partial_that_shares_work_with_the_value_is_known_as_such():
    single = [places("values", 0)]
    sharing = {}
    for value in (Value(0.5).tanh(), Value(0.5).exp(), Value(0.5).sigmoid(), Value(0.5).sin()):
        formulas = formulas_of(Call(value.op, (0,), False, True), single)
        sharing[value.op.name] = formulas.partials[0].is_shared_work

    assert sharing == {"tanh": False, "exp": False, "sigmoid": True, "sin": False}


def test_fusing_imports_no_derivative():
    assert "partials" not in fuse_module.__dict__


@pytest.mark.parametrize(
    ("rows", "shape", "steps"),
    [
        ([0, 1, 2, 1, 2, 3, 2, 3, 4], (3, 3), (1, 1)),  # the windows of a convolution
        ([5, 5, 5, 7, 7, 7], (2, 3), (2, 0)),
        ([1, 9, 17, 2, 10, 18], (2, 3), (1, 8)),
        ([4, 6, 8], (1, 3), (0, 2)),
        ([3, 4, 3, 4], (2, 2), (0, 1)),
    ],
)
def test_rows_at_equal_distances_are_a_grid(rows, shape, steps):
    grid = find_grid([Location("values", row) for row in rows])
    assert (grid.shape, grid.steps) == (shape, steps)
    assert list(grid.rows) == rows


@pytest.mark.parametrize("rows", [[0, 1, 3], [0, 1, 5, 7], [4, 3, 2], [0, 1, 2, 5, 6]])
def test_other_rows_are_no_grid(rows):
    assert find_grid([Location("values", row) for row in rows]) is None


def test_rows_of_two_arrays_are_no_grid():
    assert find_grid([Location("values", 0), Location("inputs", 2), Location("values", 4)]) is None


@pytest.mark.parametrize(("rows", "steps"), [((3, 7), (0, 4)), ((3,), (0, 1))])
def test_one_place_and_two_places_are_a_grid_too(rows, steps):
    grid = find_grid([Location("values", row) for row in rows])
    assert (grid.start, grid.shape, grid.steps) == (3, (1, len(rows)), steps)
