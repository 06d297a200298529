"""The operations as functions and methods: each row of the table by the name people type."""

import math

import mpmath
import numpy as np
import pytest

import autograd
from autograd import (
    Value,
    dot,
    grad,
    leaky_relu,
    logsumexp,
    maximum,
    minimum,
    normal_cdf,
    normal_pdf,
    power,
    total,
)
from autograd.engine.operation import _MADE, FLOATS, OPS, op_named

UNARY = "exp log sqrt sin cos tan tanh atan sigmoid relu softplus silu gelu square"
SPELT = {"abs": "absolute", "sum": "total"}
BY_OPERATOR = {op.name for op in OPS.values() if op.infix}
LOSSES = {"squared_error", "half_squared_error"}  # functions of the package nn


def test_every_row_of_the_table_can_be_typed():
    names = set(OPS) - {"leaf", "constant"} - BY_OPERATOR - LOSSES
    assert {SPELT.get(name, name) for name in names} <= set(autograd.__all__)


@pytest.mark.parametrize("name", [*UNARY.split(), "absolute"])
def test_function_and_method_are_one_and_record_the_row(name):
    function, op = getattr(autograd, name), OPS.get(name, OPS["abs"])
    x = Value(0.7, label="x")
    for node in (function(x), getattr(x, name)()):
        assert node.op is op
        assert node.parents == (x,)
        assert node.data == op.forward(FLOATS, 0.7)
        assert node.partials == op.partials(FLOATS, node.data, 0.7)
    assert function.__name__ == op.name


@pytest.mark.parametrize("number", [1, True, 0.5, np.float32(0.5), np.int64(1)])
def test_functions_take_plain_numbers(number):
    assert autograd.tanh(number).data == math.tanh(number)
    assert maximum(number, Value(-1.0)).data == minimum(number, 9).data == float(number)
    assert leaky_relu(number).data == float(number)


def test_absolute_is_the_operator_abs():
    assert abs(Value(-2.0)).op is autograd.absolute(-2.0).op is OPS["abs"]
    assert Value.arctan is Value.atan


@pytest.mark.parametrize("slope", [0.01, 0.2, -1, np.float32(0.5)])
def test_leaky_relu_takes_its_slope_as_a_constant(slope):
    for x, want, partial in ((2.0, 2.0, 1.0), (-2.0, -2.0 * slope, slope)):
        node = leaky_relu(Value(x), slope)
        assert (node.data, node.partials) == (want, (partial,))
        assert Value(x).leaky_relu(slope).op is node.op
    assert leaky_relu(Value(-1.0)).data == Value(-1.0).leaky_relu().data == -0.01


def test_dot_is_one_node_with_the_textbook_slopes():
    w, x, b = [Value(2.0), Value(3.0)], [Value(5.0), Value(7.0)], Value(11.0)
    z = dot(w, x, b)
    assert z.data == 2 * 5 + 3 * 7 + 11
    assert z.parents == (*w, *x, b)
    assert z.partials == (5.0, 7.0, 2.0, 3.0, 1.0)
    assert dot(w, x).parents == (*w, *x)
    assert dot([], [], b).data == 11.0
    assert dot(np.array([2.0, 3.0]), np.array(x)).data == 31.0
    assert dot(iter(w), (v for v in x), 1).data == 32.0


@pytest.mark.parametrize("count", [1, 2, 3, 5, 40, 200])
def test_total_and_logsumexp_are_one_node_of_any_number_of_terms(count):
    terms = [Value(math.cos(k)) for k in range(count)]
    sums, lse = total(terms), logsumexp(terms)
    assert len(sums.parents) == len(lse.parents) == count
    assert sums.data == pytest.approx(math.fsum(t.data for t in terms), abs=1e-13)
    assert lse.data == pytest.approx(math.log(sum(math.exp(t.data) for t in terms)), rel=1e-13)
    sums.backward()
    assert [t.grad for t in terms] == [1.0] * count
    sums.zero_grad()
    lse.backward()
    whole = math.fsum(math.exp(t.data) for t in terms)
    assert [t.grad for t in terms] == pytest.approx([math.exp(t.data) / whole for t in terms])
    assert sum(t.grad for t in terms) == pytest.approx(1.0, rel=1e-14)


def test_a_term_may_be_repeated():
    x = Value(3.0)
    total([x, x, x, 1]).backward()
    assert x.grad == 3.0


def test_maximum_and_minimum_pass_the_gradient_to_the_one_taken():
    for function, taken in ((maximum, 1), (minimum, 0)):
        a, b = Value(1.0), Value(2.0)
        function(a, b).backward()
        assert (a.grad, b.grad) == ((0.0, 1.0) if taken else (1.0, 0.0))
    tie = Value(2.0), Value(2.0)
    maximum(*tie).backward()
    minimum(*tie).backward()
    assert [v.grad for v in tie] == [2.0, 0.0]


# --- written out ----------------------------------------------------------------------------------


def test_clip_takes_one_bound_or_both_and_each_may_be_a_value():
    x, low = Value(-2.0), Value(-1.0)
    assert [x.clip(-1, 1).data, x.clip(None, -3).data, x.clip(-1).data, x.clip().data] == [
        -1.0,
        -3.0,
        -1.0,
        -2.0,
    ]
    y = autograd.clip(x, low, 1)
    y.backward()
    assert (x.grad, low.grad) == (0.0, 1.0)
    assert Value(0.0).clip(1, -1).data == np.clip(0.0, 1, -1) == -1.0  # crossed, as in NumPy


def test_power_takes_numbers_and_values_on_either_side():
    x = Value(3.0)
    assert [power(x, 2).data, power(2, x).data, power(2, 3).data] == [9.0, 8.0, 8.0]
    assert power(x, 2).op is op_named("power(2.0)")
    assert power(2, x).op is OPS["pow"]


@pytest.mark.parametrize("x", [-37.0, -8.0, -1.0, 0.0, 0.3, 2.0, 9.0])
def test_the_normal_distribution(x):
    mp = mpmath.MPContext()
    mp.dps = 40
    assert normal_cdf(x).data == pytest.approx(float(mp.ncdf(x)), rel=1e-13)
    assert normal_pdf(x).data == pytest.approx(float(mp.npdf(x)), rel=1e-13)
    v = Value(x)
    (slope,) = grad(normal_cdf(v), [v])
    assert slope.data == pytest.approx(normal_pdf(x).data, rel=1e-12)
    assert (normal_pdf(1e200).data, normal_cdf(-1e200).data) == (0.0, 0.0)


def test_logsumexp_leaves_masked_terms_out():
    x, y = Value(1.0), Value(2.0)
    masked = logsumexp([x, -math.inf, y, np.float64("-inf")])
    assert masked.data == logsumexp([x, y]).data
    assert masked.parents == (x, y)
    with pytest.raises(ValueError, match="every term is masked by −∞"):
        logsumexp([-math.inf])
    with pytest.raises(ValueError, match="finite"):
        logsumexp([x, math.inf])


def test_makers_keep_a_bounded_number_of_operations():
    kept = [power(Value(2.0), k / 7) for k in range(1, 3)]
    for k in range(2000):
        op_named(f"power({k + 0.5})")
    assert len(_MADE) < 600
    assert [power(Value(2.0), k / 7).op for k in range(1, 3)] == [v.op for v in kept]
