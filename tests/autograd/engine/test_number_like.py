"""Where Python expects a number, a Value is compared and printed, or says what to write."""

import math
import operator
import statistics
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value, sin
from autograd.engine.condition import Condition

KINDS = [int, float, bool, Fraction, Decimal, np.int64, np.uint8, np.float32, np.float64]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("kind", [*KINDS, np.longdouble, Value])
@pytest.mark.parametrize("compare", COMPARISONS)
def test_order_is_that_of_the_data_on_either_side(compare, kind):
    for data in (0.0, 1.0, 3.0):
        v, number = Value(data), kind(1)
        assert bool(compare(v, number)) is compare(data, 1.0)
        assert bool(compare(number, v)) is compare(1.0, data)
        assert type(compare(v, number)) is Condition


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_equals_a_number_by_its_data(kind):
    assert Value(1.0) == kind(1)
    assert kind(1) == Value(1.0)
    assert Value(0.0) != kind(1)
    assert kind(1) != Value(0.0)
    assert bool(Value(1.0) != kind(1)) is False


def test_two_values_are_equal_only_if_they_are_the_same():
    a, b = Value(1.0, "a"), Value(1.0, "b")
    assert a == a
    assert (a != a) is False
    assert a != b
    assert type(a == b) is bool
    assert [p.label for p in [a, b] if p not in [a]] == ["b"]
    assert [a, b].index(b) == 1
    assert [a, b].count(b) == 1
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[b] == "b"


def test_a_value_equals_nothing_that_is_not_a_number_and_orders_with_none():
    for other in (None, "1.0", [1.0], object()):
        assert Value(1.0) != other
        with pytest.raises(TypeError, match="not supported"):
            assert Value(1.0) < other


def test_sorting_and_choosing_go_by_data():
    values = [Value(2.0), Value(-1.0), Value(0.5)]
    assert [v.data for v in sorted(values)] == [-1.0, 0.5, 2.0]
    assert max(values) is values[0]
    assert min(values) is values[1]
    assert statistics.median(values) is values[2]


@pytest.mark.parametrize(
    ("use", "advice"),
    [
        (float, r"write w\.data for the plain number"),
        (int, r"write w\.data"),
        (complex, r"write w\.data"),
        (math.sin, r"autograd\.sin instead of math\.sin"),
        (lambda w: math.fsum([w]), r"write w\.data"),
        (lambda w: np.zeros(2).__setitem__(0, w), r"np\.array\(values, dtype=object\)"),
        (lambda w: np.asarray([w], float), r"np\.array\(values, dtype=object\)"),
        (lambda w: "%.3f" % w, r"write w\.data"),  # noqa: UP031 - the old way is what is tested
        (bool, r"w is not None .* w\.data != 0"),
        (lambda w: 1.0 if w else 0.0, r"w is not None"),
        (lambda w: w or 1.0, r"w is not None"),
        (lambda w: any([w]), r"w is not None"),
        (lambda w: list(filter(None, [w])), r"w is not None"),
        (round, r"round\(w\.data, 3\)"),
        (lambda w: round(w, 2), r"round\(w\.data, 3\)"),
        (math.floor, r"round\(w\.data, 3\)"),
        (math.ceil, r"round\(w\.data, 3\)"),
        (math.trunc, r"round\(w\.data, 3\)"),
        (lambda w: [1, 2][w], r"int\(w\.data\)"),
        (lambda w: range(w), r"int\(w\.data\)"),
        (lambda w: w % 2, "remainder"),
        (lambda w: 2 // w, "remainder"),
        (lambda w: divmod(w, 2), "remainder"),
        (lambda w: 0 < w & w < 1, r"\(w > 0\) & \(w < 1\)"),
        (lambda w: (w > 0) | w, r"\(w > 0\) & \(w < 1\)"),
    ],
)
def test_what_would_leave_the_graph_says_what_to_write(use, advice):
    with pytest.raises(TypeError, match=advice):
        use(Value(2.0, "w"))


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("_prev", r"x\.parents"),
        ("_backward", r"operation\("),
        ("_op", r"x\.op\.name"),
        ("requires_grad", "update only the data"),
        ("item", r"x\.data"),
        ("detach", r"Value\(x\.data\)"),
        ("numpy", r"x\.data"),
    ],
)
def test_names_of_other_engines_say_what_to_use_instead(name, advice):
    with pytest.raises(AttributeError, match=f"no such attribute: .*{advice}"):
        getattr(Value(1.0), name)
    with pytest.raises(AttributeError, match=advice):
        setattr(Value(1.0), name, lambda: None)


def test_a_subclass_of_value_is_refused_in_words():
    with pytest.raises(TypeError, match=r"Tensor cannot be a subclass of Value.*operation\("):
        type("Tensor", (Value,), {})


def test_repr_shows_data_gradient_label_and_operation_as_far_as_there_are_any():
    a = Value(2, label="a")
    out = a * 3
    assert repr(a) == "Value(2.0, label='a')"
    assert repr(out) == "Value(6.0, op=mul)"
    out.label = "out"
    out.backward()
    assert repr(a) == "Value(2.0, grad=3.0, label='a')"
    assert repr(out) == str(out) == "Value(6.0, grad=1.0, label='out', op=mul)"
    assert repr(Value(-0.0)) == "Value(-0.0)"
    assert f"{a:.3f} {a:+g}" == "2.000 +2"
    assert f"{a}" == repr(a)


# --- assigned numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*KINDS, np.float16, np.longdouble, np.array])
@pytest.mark.parametrize("name", ["data", "grad"])
def test_an_assigned_number_becomes_a_float(name, kind):
    x = Value(5.0)
    setattr(x, name, kind(1))
    assert type(getattr(x, name)) is float
    assert getattr(x, name) == 1.0


def test_small_integers_of_numpy_do_not_wrap():
    x, y = Value(0.0), Value(0.0)
    x.data, y.data = np.array([100, 200], np.uint8)
    assert (x - y).data == -100.0


def test_none_as_a_gradient_is_zero():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    y = w * x + w
    w.grad = None
    y.backward()
    assert (w.grad, x.grad) == (4.0, 2.0)


@pytest.mark.parametrize(
    ("number", "error", "advice"),
    [
        (Value(1.0), TypeError, r"write \.data of it"),
        ("3", TypeError, r"write float\("),
        (1j, TypeError, r"write \.real"),
        ([1.0], TypeError, "a list"),
        (np.zeros(3), TypeError, "an array of shape"),
        (math.nan, ValueError, "finite"),
        (math.inf, ValueError, "finite"),
        (10**400, OverflowError, "too large"),
    ],
)
@pytest.mark.parametrize("name", ["data", "grad"])
def test_what_is_not_a_number_is_refused_at_the_assignment(name, number, error, advice):
    w = Value(2.0, "w")
    with pytest.raises(error, match=rf"cannot set \.{name} of w: .*{advice}"):
        setattr(w, name, number)
    assert (w.data, w.grad) == (2.0, 0.0)


def test_a_gradient_that_is_a_value_is_not_nested_into_the_data():
    w = Value(1.0, "w")
    g = sin(w)
    with pytest.raises(TypeError, match=r"cannot set \.data of w: .*write \.data of it"):
        w.data -= 0.01 * g
    assert w.data == 1.0
