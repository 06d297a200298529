"""Every operation of the table can be used everywhere; a new one needs a row and its method."""

import math

import numpy as np
import pytest

import autograd
from autograd import Graph, Value, Worksheet, grad, gradcheck
from autograd.engine.functions import exported_name, function_of, is_called
from autograd.engine.operation import FLOATS, OPS
from autograd.engine.second_order import VALUES
from autograd.grading.interval_functions import over_intervals
from autograd.grading.intervals import EVERYTHING, Interval
from autograd.graph.formulas import Writer
from autograd.graph.wording import LATEX, TEXT, WORDS
from autograd.language.evaluate import FUNCTIONS as SHEET_FUNCTIONS
from autograd.language.evaluate import expression
from autograd.views.javascript import function as javascript

CALLED = [op for op in OPS.values() if is_called(op)]


@pytest.fixture(params=CALLED, ids=lambda op: op.name)
def called(request):
    return request.param


@pytest.fixture
def point(called, points):
    """One place well inside the domain of the operation."""
    return points(called, called.arity)[0]


def record_at(op, point):
    leaves = [Value(x, f"x{k}") for k, x in enumerate(point, 1)]
    return function_of(op)(*leaves), leaves


def test_it_is_a_function_and_a_method(called, point):
    name = exported_name(called)
    node, leaves = record_at(called, point)
    assert name in autograd.__all__
    assert getattr(autograd, name)(*leaves).op is called
    assert getattr(leaves[0], name)(*leaves[1:]).data == node.data


def test_numpy_calls_it_on_arrays_of_values(called, point):
    ufunc = getattr(np, called.ufunc or called.name, None)
    if called.arity == 1 and isinstance(ufunc, np.ufunc):
        array = np.array([Value(point[0])])
        assert ufunc(array)[0].data == pytest.approx(float(ufunc(point[0])), rel=1e-14)


def test_formulas_of_values_may_call_it(called, point):
    leaves = [Value(x) for x in point]
    assert called(VALUES, *leaves).data == called.forward(FLOATS, *point)


def test_a_sheet_calls_it_by_every_name(called, point):
    values = {f"x{k}": Value(x) for k, x in enumerate(point, 1)}
    for name in (called.name, *called.aliases):
        text = f"{name}({', '.join(values)})"
        assert expression(text, values).items[0].data == called.forward(FLOATS, *point)
    assert called.name in SHEET_FUNCTIONS


def test_a_sheet_with_rounded_numbers_is_checked(called, point):
    names = [f"x{k}" for k in range(1, len(point) + 1)]
    given = "\n".join(f"{name} = {x:.3f}" for name, x in zip(names, point, strict=True))
    numbers = [float(f"{x:.3f}") for x in point]
    y = called.forward(FLOATS, *numbers)
    slope = called.partials(FLOATS, y, *numbers)[0]
    text = (
        f"{given}\nh = x1*1 -> {numbers[0]:.2f}\n"
        f"y = {called.name}({', '.join(['h', *names[1:]])}) -> {y:.2f}\ndy/dh -> {slope:.2f}"
    )
    assert "dy/dh" in str(Worksheet.parse(text).check())


def test_intervals_hold_more_than_nothing(called, point):
    inputs = [Interval(x - 1e-3, x + 1e-3) for x in point]
    found = over_intervals(called, inputs)
    assert called.forward(FLOATS, *point) in found
    assert found is not EVERYTHING
    assert math.isfinite(found.radius)


@pytest.mark.parametrize("dialect", [TEXT, LATEX, WORDS], ids=["text", "latex", "words"])
def test_it_is_written_in_every_dialect(called, point, dialect):
    graph = Graph.of(record_at(called, point)[0])
    written = [Writer(graph, dialect).formula(graph.output.index)]
    written += [Writer(graph, dialect).local_derivative(edge) for edge in graph.edges]
    assert all(written)


def test_the_page_has_it_in_javascript(called):
    assert "return y" in javascript(called, called.arity)


def test_a_batch_computes_it(called, points):
    columns = np.array(points(called, called.arity)[:5]).T
    node, leaves = record_at(called, columns[:, 0])
    program = autograd.compile(node * leaves[0], inputs=leaves)
    outputs = program.forward(columns)
    for k, column in enumerate(columns.T):
        y = called.forward(FLOATS, *column.tolist()) * column[0]
        assert outputs[k] == pytest.approx(y, rel=1e-13)


def test_gradcheck_agrees(called, point):
    assert gradcheck(function_of(called), point).ok


def test_it_can_be_differentiated_twice(called, point):
    def slope(x):
        node, leaves = record_at(called, [x, *point[1:]])
        return grad(node, leaves[:1])[0], leaves

    first, leaves = slope(point[0])
    (second,) = grad(first, leaves[:1])
    h = 1e-5 * min(1.0, abs(point[0]))
    measured = (slope(point[0] + h)[0].data - slope(point[0] - h)[0].data) / (2 * h)
    assert second.data == pytest.approx(measured, rel=1e-5, abs=1e-5)


@pytest.mark.optional("jax")
def test_jax_has_every_function_a_formula_may_call(called, points):
    import jax
    import jax.numpy as jnp

    with jax.enable_x64(True):
        for point in points(called, called.arity)[:3]:
            inputs = [jnp.asarray(x) for x in point]
            y = called.forward(jnp, *inputs)
            slopes = called.partials(jnp, y, *inputs)
            value = called.forward(FLOATS, *point)
            wanted = called.partials(FLOATS, value, *point)
            assert float(y) == pytest.approx(value, rel=1e-12)
            assert [float(s) for s in slopes] == pytest.approx(wanted, rel=1e-11, abs=1e-15)
