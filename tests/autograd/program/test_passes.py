"""Both passes over a batch: chunks give what one pass gives, and what fails is named."""

import numpy as np
import pytest

from autograd import (
    Value,
    compile,  # noqa: A004 - the public name
    gelu,
    log,
    sigmoid,
    silu,
    softplus,
    sqrt,
    tanh,
    where,
)
from autograd.program import numpy_engine
from autograd.program.binding import bind
from nn import MLP


def test_chunks_give_what_every_example_gives():
    w, x = Value(0.5, "w"), Value(0.0, "x")
    program = compile((w * x).tanh() + w * w, inputs=[x], keep=[w])
    columns = np.random.default_rng(0).normal(size=(1, 40_000))
    value, gradient = program.value_and_grad(columns)
    assert len(program._runner.parts("gradients", 40_000)) > 1

    t = np.tanh(0.5 * columns[0])
    assert value == pytest.approx(np.mean(t + 0.25), rel=1e-13)
    assert gradient[0] == pytest.approx(np.mean((1 - t * t) * columns[0] + 1.0), rel=1e-12)
    np.testing.assert_allclose(program.outputs, t + 0.25, rtol=1e-13)
    assert (program.kept == 0.5).all()


def test_a_kept_input_is_that_of_the_present_columns():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program = compile(w * x, inputs=[x], keep=[x])
    for columns in ([[1.0, 2.0]], [[3.0, 4.0]]):
        program.value_and_grad(columns)
        assert program.kept.tolist() == columns


@pytest.mark.parametrize("call", ["value_and_grad", "input_gradients"])
def test_a_slope_that_is_infinite_counts_only_where_an_adjoint_reaches_it(call):
    w, x = Value(1.0, "w"), Value(4.0, "x")
    program = compile(
        where(x > 1.0, sqrt(w * (x - x.data + 4.0)), 0.0), inputs=[x], guards="ignore"
    )
    program.weights[:] = 0.0  # sqrt(0) has the slope 1/0
    with pytest.raises(ArithmeticError, match=r"example 1: .*sqrt"):
        getattr(program, call)([[0.5, 2.0]])
    getattr(program, call)([[0.5, 0.25]])  # no example takes the root


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", [sigmoid, silu, gelu, softplus])
def test_what_overflows_in_quick_form_is_computed_in_stable_form(function, dtype):
    x = Value(0.5, "x")
    program = compile(function(x), inputs=[x], dtype=dtype)
    near = {"rel": 1e-13, "abs": 1e-300}
    if dtype == np.float32:
        near = {"rel": 3e-6, "abs": 1e-37}
    tails = [[-1000.0, -740.0, -709.0, -90.0, 3.0, 40.0, 709.0, 1e30]]
    for columns in ([[-5.0, 0.0, 3.0]], tails, [[2.0]]):  # the last one is quick again
        outputs, slopes = program.forward(columns).copy(), program.input_gradients(columns)[0]
        for k, number in enumerate(columns[0]):
            leaf = Value(number)
            y = function(leaf)
            y.backward()
            assert outputs[k] == pytest.approx(y.data, **near)
            assert slopes[k] == pytest.approx(leaf.grad, **near)


def test_only_the_neurons_that_overflow_are_computed_again(monkeypatch):
    net = MLP(3, [4, 4, 1], "sigmoid", "sigmoid", seed=0)
    x = [Value(0.1) for _ in range(3)]
    program = compile(net(x)[0], inputs=x)
    columns = np.ones((3, 5))
    program.value_and_grad(columns)
    columns[:, 2] = 1e5  # the neurons of the first layer are far from 0, those of the second not
    bound = []
    monkeypatch.setattr(numpy_engine, "bind", lambda i, views: bound.append(i) or bind(i, views))
    program.value_and_grad(columns)

    (first, *_) = program.plan.fallbacks["forward"]
    assert bound == first.instructions()
    net_of_one = [Value(1e5) for _ in range(3)]
    output = net(net_of_one)[0]
    assert program.outputs[2] == pytest.approx(output.data, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_slope_whose_exponential_overflows_is_its_limit(monkeypatch, dtype):
    x = Value(0.5, "x")
    program = compile(tanh(x) + 3 * x, inputs=[x], dtype=dtype)
    monkeypatch.setattr(numpy_engine.Workspace, "backward_past_zeros", None)  # needs no second pass
    numbers = [0.5, -1000.0, 400.0, 80.0, 1e30]  # cosh 1000 overflows, and cosh² 400
    found = program.input_gradients([numbers])[0]
    for number, slope in zip(numbers, found, strict=True):
        leaf = Value(number)
        (tanh(leaf) + 3 * leaf).backward()
        assert slope == pytest.approx(leaf.grad, rel=1e-14 if dtype == np.float64 else 1e-6)


def test_numpy_reports_errors_as_before_after_a_call_that_failed():
    x = Value(1.0, "x")
    program = compile(log(x), inputs=[x])
    before = np.geterr()
    with pytest.raises(ValueError, match="example 1"):
        program.input_gradients([[1.0, -1.0]])
    assert np.geterr() == before
