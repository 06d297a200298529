"""Errors name the operation, its operands and their labels, and say what is needed."""

import math
import re

import pytest

from autograd import (
    Value,
    acosh,
    asin,
    dot,
    exp,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    sqrt,
    tan,
    tanh,
    total,
    where,
)
from autograd.engine.errors import describe_operands, failure
from autograd.engine.functions import constant
from autograd.engine.ops import DIV, SUM
from autograd.engine.topological import all_nodes


def v(data, label=""):
    return Value(data, label=label)


FAILING = [
    (lambda: v(1.0, "a") / 0, ZeroDivisionError, "div(a=1.0, 0.0): needs a divisor other than 0"),
    (lambda: 1 / v(0.0, "b"), ZeroDivisionError, "div(1.0, b=0.0): needs a divisor other than 0"),
    (lambda: log(v(0.0, "x")), ValueError, "log(x=0.0): needs x > 0"),
    (lambda: v(-1.0, "x").log(), ValueError, "log(x=-1.0): needs x > 0"),
    (lambda: sqrt(v(-1.0, "s")), ValueError, "sqrt(s=-1.0): needs x > 0"),
    (lambda: exp(v(1e3, "x")), OverflowError, "exp(x=1000.0): the result overflows"),
    (lambda: v(1e300, "a") * 1e300, OverflowError, "mul(a=1e+300, 1e+300): the result overflows"),
    (lambda: v(1e308, "a") + 1e308, OverflowError, "add(a=1e+308, 1e+308): the result overflows"),
    (lambda: v(-2.0, "a") ** 0.5, ValueError, "power(0.5)(a=-2.0): needs a whole exponent"),
    (lambda: v(0.0, "a") ** -1, ZeroDivisionError, "power(-1.0)(a=0.0): needs"),
    (lambda: v(1e200, "a") ** 3, OverflowError, "power(3.0)(a=1e+200): the result overflows"),
    (lambda: total([v(1e308, "t")] * 3), OverflowError, "sum(t=1e+308, t=1e+308, t=1e+308)"),
    (lambda: v(1.0, "a") + "1", TypeError, "add(a=1.0, '1'): a Value holds one real number"),
    (lambda: "1" * v(1.0, "a"), TypeError, "mul('1', a=1.0): a Value holds one real number"),
    (lambda: None - v(1.0, "a"), TypeError, "sub(None, a=1.0)"),
    (lambda: v(1.0, "a") / 1j, TypeError, "div(a=1.0, 1j): a Value holds one real number; got"),
    (lambda: v(1.0, "a") ** "2", TypeError, "pow(a=1.0, '2')"),
    (lambda: v(1.0, "a") * math.nan, ValueError, "mul(a=1.0, nan): a Value holds a finite"),
    (lambda: v(1.0, "a") + 10**400, OverflowError, "too large"),
    (lambda: tanh("x"), TypeError, "tanh('x'): a Value holds one real number"),
    (lambda: maximum(v(1.0, "a"), "2"), TypeError, "maximum(a=1.0, '2')"),
    (lambda: leaky_relu(1.0, slope="a"), TypeError, "leaky_relu: its constant must be a real"),
    (lambda: leaky_relu(v(1.0), slope=math.inf), ValueError, "leaky_relu: its constant must be"),
    (
        lambda: dot([1], [1, 2]),
        ValueError,
        "dot: w and x must have the same length; got 1 and 2",
    ),
    (lambda: dot([], []), ValueError, "dot: nothing to add; give at least one w and x, or b"),
    (lambda: dot([v(1.0, "w"), "a"], [1, 2]), TypeError, "dot(w=1.0, 'a', 1, 2)"),
    (lambda: total([]), ValueError, "total: no terms to add; give at least one"),
    (lambda: logsumexp([]), ValueError, "logsumexp: no terms; give at least one"),
]


@pytest.mark.parametrize(("fail", "error", "message"), FAILING, ids=[row[2] for row in FAILING])
def test_an_error_names_the_operation_the_operands_and_their_labels(fail, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        fail()
    assert type(caught.value) is error


def test_the_error_comes_without_a_chain_of_inner_errors():
    with pytest.raises(ZeroDivisionError) as caught:
        v(1.0) / 0
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_many_operands_are_cut_to_the_first_four_and_the_last():
    assert describe_operands([v(k, f"x{k}") for k in range(9)]) == (
        "x0=0.0, x1=1.0, x2=2.0, x3=3.0, …, x8=8.0"
    )
    assert describe_operands([1, 2, 3, 4, 5, 6]) == "1, 2, 3, 4, 5, 6"


SLOPES = [
    (lambda: v(0.0, "s").sqrt(), ZeroDivisionError, "the slope of sqrt(s=0.0) with respect to s="),
    (lambda: v(0.0, "s") ** 0.5, ZeroDivisionError, "the slope of power(0.5)(s=0.0)"),
    (
        lambda: v(-2.0, "a") ** v(2.0, "n"),
        ValueError,
        "the slope of pow(a=-2.0, n=2.0) with respect",
    ),
    (lambda: v(1.0, "a") / v(1e-200, "b"), OverflowError, "with respect to b=1e-200 is -inf"),
    (lambda: v(1e-300, "x") * 1e200 * 1e200, OverflowError, "the gradient of x=1e-300 overflows"),
    (
        lambda: sum(v * 1e308 for v in [v(1e-9, "x")] * 3),
        OverflowError,
        "the gradient of x=1e-09 overflows",
    ),
    (
        lambda: dot([v(1e-200, "w"), 1.0], [1e300, v(2.0)]) * 1e10,
        OverflowError,
        "the gradient of w=1e-200 overflows",
    ),
]


@pytest.mark.parametrize(("make", "error", "message"), SLOPES, ids=[row[2] for row in SLOPES])
def test_a_gradient_that_is_not_finite_is_an_error_that_names_the_node(make, error, message):
    out = make()
    for _ in range(2):
        with pytest.raises(error, match=re.escape(message)):
            out.backward()
        assert all(node.grad == 0.0 for node in all_nodes(out))


def test_a_slope_that_is_not_finite_is_no_error_where_no_gradient_reaches_it():
    x = v(0.0)
    (0.0 * x.sqrt() + x).backward()
    assert x.grad == 1.0
    y = v(-1.0)
    root = y.relu().sqrt()  # the slope at 0 is infinite, but ReLU multiplies it by 0
    with pytest.raises(ZeroDivisionError):
        root.backward()
    base = v(-2.0)
    (base ** constant(2.0)).backward()
    assert base.grad == -4.0


def test_a_row_without_needs_repeats_what_python_said():
    error = failure(SUM, [v(1.0)], ValueError("said"))
    assert str(error) == "sum(1.0): needs at least one term"
    assert str(failure(DIV, [v(1.0), v(0.0)], None)).endswith(
        "the result overflows; floats end at about ±1.8e308"
    )
    assert tan(v(1.0)).data == math.tan(1.0)


@pytest.mark.parametrize(
    ("x", "fail", "wanted"),
    [
        (-1.0, lambda x: where(x > 0, log(x), 0.0), math.log(2)),
        (0.0, lambda x: where(x > 0, 1 / x, 0.0), 0.5),
        (0.0, lambda x: where(x > 0, Value(3.0) / x, 0.0), 1.5),
        (0.0, lambda x: where(x > 0, x**-1, 0.0), 0.5),
        (-1.0, lambda x: where(x > 0, x**1.5, 0.0), 2**1.5),
        (0.0, lambda x: where(x > 0, x ** Value(-1.0), 0.0), 0.5),
        (2.0, lambda x: where(x < 1, asin(x), 0.0), 0.0),
        (0.5, lambda x: where(x > 1, acosh(x), 0.0), math.acosh(2)),
    ],
)
def test_an_operation_that_fails_inside_where_teaches_the_double_where(x, fail, wanted):
    """The advice is code that runs."""
    with pytest.raises((ValueError, ArithmeticError)) as caught:
        fail(Value(x, "x"))
    advice = str(caught.value).partition("as in ")[2]
    names = {"where": where, "log": log, "asin": asin, "acosh": acosh}
    for number, result in ((x, 0.0), (2.0, wanted)):
        value = eval(advice, names | {"x": Value(number, "x")})
        value.backward()
        assert value.data == pytest.approx(result)


def test_outside_of_where_there_is_no_advice():
    with pytest.raises(ValueError, match=r"needs x > 0$"):
        log(Value(-1.0))
