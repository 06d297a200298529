"""Adjoints reach every operand, also mixed and repeated ones, and nothing else is computed."""

import numpy as np
import pytest

from autograd import (
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    dot,
    exp,
    logsumexp,
    sigmoid,
    tanh,
    total,
)


def check(output, inputs, force, columns, record):
    """Compare both plans with the engine on these columns; `record` records one example."""
    program = compile(output, inputs=inputs)
    found = []
    for k in range(columns.shape[1]):
        for parameter in program.parameters:
            parameter.grad = 0.0
        leaves = [Value(v) for v in columns[:, k].tolist()]
        out = record(leaves)
        out.backward()
        found.append((out.data, [v.grad for v in leaves], [p.grad for p in program.parameters]))
    outputs, slopes, gradients = (np.array(each) for each in zip(*found, strict=True))
    for plan in ("groups", "rows"):
        force(plan)
        np.testing.assert_allclose(program.forward(columns), outputs, rtol=1e-13)
        np.testing.assert_allclose(
            program.input_gradients(columns), slopes.T, rtol=1e-12, atol=1e-15
        )
        if program.parameters:
            total_gradient = gradients.sum(axis=0)
            found_gradient = program.value_and_grad(columns, "sum")[1]
            np.testing.assert_allclose(found_gradient, total_gradient, rtol=1e-12)


W = [Value(0.3 * k - 0.7, f"w{k}") for k in range(6)]

CASES = {
    # A row whose operands stand in X, in V and in what all examples share, none side by side:
    "mixed operands": (lambda x: dot(W[:4], [x[0], tanh(x[1]), x[2], tanh(x[0])], W[4]), 3),
    "mixed, shared": (lambda x: (x[1] * W[1] + (W[2] * x[0] + x[0] * W[1] * x[1])) + W[3], 2),
    "an input twice": (lambda x: dot(W[:3], [x[0], x[1], x[0]]), 2),
    "a weight twice": (lambda x: tanh(dot([W[0], W[1], W[0]], x)) + W[0], 3),
    "neurons on x, x": (lambda x: tanh(dot(W[:2], [x[0], x[0]])) * dot(W[2:4], [x[0], x[0]]), 1),
    "x times itself": (lambda x: dot(x, x) + dot(x[:2], x[1:]), 3),
    "weights of weights": (lambda x: dot([exp(W[0]), W[1] * W[0]], x), 2),
    "scattered sum": (lambda x: total([x[2], W[0], tanh(x[0]), x[2], x[1], W[0], x[0]]), 3),
    "scattered logsumexp": (lambda x: logsumexp([x[2], W[0], tanh(x[0]), x[1], x[2]]), 3),
    "one bias for all": (lambda x: total([tanh(dot(W[:2], x, W[2])), dot(W[3:5], x, W[2])]), 2),
    "half with a bias": (lambda x: sigmoid(dot(W[:2], x)) + sigmoid(dot(W[2:4], x, W[4])), 2),
    "a constant weight": (lambda x: dot([2.0, W[0]], x, 1.0), 2),
    "a dot of one": (lambda x: dot([W[0]], x) + dot([x[0]], [x[0]]), 1),
    "scaled by a weight": (lambda x: total([v * W[0] for v in x]) * W[0], 4),
    "an input at the end": (lambda x: tanh(x[0]) + x[1], 2),
}


@pytest.mark.parametrize("name", CASES)
def test_adjoints_reach_every_operand_wherever_it_stands(name, force):
    record, count = CASES[name]
    x = [Value(0.2 * k + 0.1, f"x{k}") for k in range(count)]
    columns = np.random.default_rng(1).normal(size=(count, 5))
    check(record(x), x, force, columns, record)


def instructions(program, name, want="gradients"):
    return getattr(program._runner.planner.plan(want, grouped=True), name)


def test_nothing_is_computed_backward_that_nobody_asked_for():
    x, w = [Value(0.5, f"x{k}") for k in range(3)], [Value(0.1 * k, f"w{k}") for k in range(3)]
    program = compile(tanh(dot(w, x)), inputs=x)

    parameters = {i.out.array for i in instructions(program, "backward")}
    inputs = {i.out.array for i in instructions(program, "backward", "input gradients")}
    assert "input_adjoints" not in parameters
    assert "shared_adjoints" in parameters
    assert "input_adjoints" in inputs


def test_first_contributions_are_written_and_only_later_ones_added():
    x, w = [Value(0.5, f"x{k}") for k in range(3)], [Value(0.1 * k, f"w{k}") for k in range(3)]
    program = compile(tanh(dot(w, x)), inputs=x)

    functions = [i.function for i in instructions(program, "backward")]
    assert "add" not in [
        i.function
        for i in instructions(program, "backward")
        if i.out.array in ("adjoints", "shared_adjoints", "input_adjoints")
    ]
    assert "copy" not in functions


def test_a_parameter_that_nothing_reaches_has_gradient_zero():
    x, w, idle = Value(0.5, "x"), Value(0.5, "w"), Value(2.0, "idle")
    program = compile(x * w + idle * 0.0, inputs=[x])
    _, gradients = program.value_and_grad([[1.0, 2.0]], "sum")

    found = dict(zip(program.parameters, gradients.tolist(), strict=True))
    assert found == {w: 3.0, idle: 0.0}


def test_the_adjoints_of_a_product_are_two_products_and_a_sum():
    """∂W = X ∂Zᵀ, ∂X = W ∂Z and ∂b = Σ ∂Z."""
    w, v = [Value(0.1 * k, f"w{k}") for k in range(6)], [Value(0.2 * k, f"v{k}") for k in range(4)]
    x, b = [Value(0.5, f"x{k}") for k in range(3)], [Value(0.0, f"b{k}") for k in range(2)]
    h = [tanh(dot(w[3 * k : 3 * k + 3], x, b[k])) for k in range(2)]
    y = [dot(v[2 * k : 2 * k + 2], h) for k in range(2)]
    program = compile(total([n * n for n in y]), inputs=x)

    products = [i for i in instructions(program, "backward") if i.function == "matmul"]
    assert [i.out.array for i in products] == ["shared_adjoints", "adjoints", "shared_adjoints"]
    first = products[-1]
    assert first.operands[0].array == "inputs"
    assert first.operands[1].transposed
    sums = [i for i in instructions(program, "backward") if i.function == "sum_rows"]
    assert [i.out.height for i in sums] == [2]
