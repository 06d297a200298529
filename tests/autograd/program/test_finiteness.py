"""The rows looked at show every input and every parameter that is not finite, and are few."""

from functools import cache

import numpy as np
import pytest

from autograd import Value, compile, dot, relu, sigmoid, total  # noqa: A004
from autograd.program import products
from autograd.program.finiteness import covering_rows, report_overflow
from autograd.program.instructions import Instruction, Rows
from nn import MLP, squared_error


def leaves(count, name):
    return [Value(0.1 * (k + 1), f"{name}{k + 1}") for k in range(count)]


def test_of_a_network_one_stretch_of_results_is_looked_at_and_no_weight():
    net, x, y = MLP(30, [8, 8, 3], activation="sigmoid", seed=0), leaves(30, "x"), leaves(3, "y")
    program = compile(squared_error(net(x), y), inputs=x + y)
    (rows,) = program._runner.engine(program.plan).watched

    assert rows.array == "values"


def test_an_input_that_a_comparison_could_hide_is_looked_at_itself():
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile(x.leaky_relu(0.5) * w, inputs=[x])
    found = program._runner.engine(program.plan).watched

    assert Rows("inputs", 0, 1) in found


def test_what_was_in_a_temporary_row_before_is_forgotten():
    t = Rows("scratch", 0, 2)
    forward = [
        Instruction("add", (Rows("inputs", 0, 2), 1.0), t),
        Instruction("copy", (0.0,), Rows("scratch", 1, 2)),
        Instruction("multiply", (t, 2.0), Rows("values", 0, 2)),
    ]

    assert covering_rows(forward, {"inputs": 2, "shared": 0}) == [Rows("inputs", 0, 2)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("plan", ["groups", "rows"])
def test_every_single_number_that_is_not_finite_is_found_by_name(force, plan, bad):
    x, w, b = leaves(4, "x"), leaves(6, "w"), leaves(3, "b")
    hidden = [sigmoid(dot(w[2 * k : 2 * k + 2], x[:2], b[k])) for k in range(3)]
    output = total([*hidden, relu(x[2]) * w[0], (x[3] - b[0]) ** 2])
    program = compile(output, inputs=x)
    force(plan)
    program.forward(np.ones((4, 3)))
    for row in range(4):
        columns = np.ones((4, 3))
        columns[row, 1] = bad
        with pytest.raises(ValueError, match=f"example 1: x{row + 1} is"):
            program.forward(columns)
    for k, parameter in enumerate(program.parameters):
        good = program.weights[k]
        program.weights[k] = bad
        with pytest.raises(ValueError, match=f"the weight of {parameter.label} is"):
            program.forward(np.ones((4, 3)))
        program.weights[k] = good


def test_a_result_that_is_read_in_part_is_looked_at_itself():
    v = Rows("values", 0, 2)
    forward = [
        Instruction("add", (Rows("inputs", 0, 2), 1.0), v),
        Instruction("add", (Rows("values", 1, 2), 1.0), Rows("values", 2, 3)),
    ]

    assert covering_rows(forward, {"inputs": 2, "shared": 0}) == [v]


def test_the_rows_of_a_long_chain_are_chosen_in_linear_time():
    w = Rows("shared", 0, 1)
    forward = [Instruction("add", (Rows("inputs", 0, 1), w), Rows("values", 0, 1))]
    for k in range(20_000):
        now = Rows("values", k, k + 1)
        forward.append(Instruction("multiply", (now, w), Rows("values", k + 1, k + 2)))

    assert covering_rows(forward, {"inputs": 1, "shared": 1}) == [Rows("values", 20_000, 20_001)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [2, 5, 16, 100, 300])
def test_arithmetic_reports_a_result_that_is_not_finite(size, dtype):
    large = np.ones((size, size), dtype)
    large[-1, -1] = np.finfo(dtype).max / 2
    out = np.empty_like(large)
    for call in (
        lambda: np.multiply(large, large, out),
        lambda: np.add.reduce(large * 2 + large / 2, 1, None, out[:, :1], True),
    ):
        with np.errstate(all="raise"), pytest.raises(FloatingPointError):
            call()


@pytest.mark.parametrize(("unit", "entry"), [(0, 0), (100, 129), (255, 0), (0, 255), (255, 255)])
def test_an_overflow_in_a_product_is_reported_whatever_its_thread(unit, entry, monkeypatch):
    # A variable that BLAS does not read may say that it has one thread.
    monkeypatch.setattr(products, "count_threads", lambda: 1)
    program, inner, outer = wide_network()
    program.weights[inner] = 1e-60
    program.weights[outer] = 1.0
    program.weights[outer[unit]] = 1e200
    columns = np.full((256, 200), 0.1)
    columns[entry] = 1e150
    with pytest.raises(OverflowError):
        program.value_and_grad(columns, reduction="sum")  # ∂y/∂W is 1e350


@cache
def wide_network():
    x = leaves(256, "x")
    rows = [leaves(256, "w") for _ in range(256)]
    outer = leaves(256, "v")
    program = compile(dot(outer, [dot(row, x).relu() for row in rows]), inputs=x)
    places = {leaf: k for k, leaf in enumerate(program.parameters)}
    inner = [places[leaf] for row in rows for leaf in row]
    return program, inner, [places[leaf] for leaf in outer]


def test_functions_that_are_not_arithmetic_are_not_relied_on():
    def step(function):
        return Instruction(function, (Rows("values", 0, 1),), Rows("scratch", 0, 1))

    assert report_overflow([step("multiply")])
    assert not report_overflow([step("cosh")])
    assert not report_overflow([step("matmul")])  # BLAS may have threads of its own
    assert not report_overflow([step("ife,jfe->ije")])
