"""NumPy's functions on arrays of Values: each works, gradients included, or says what to write."""

import operator

import numpy as np
import pytest

from autograd import Value, log, maximum

DATA = [1.0, 2.0, 4.0, 0.5]
SQUARE = [[1.0, 2.0], [3.0, 5.0]]

# A call as text, with A for the array of DATA, B for another of that shape, M for a matrix.
WORKING = """
np.add(A, 2)
np.subtract(2, A)
np.multiply(A, B)
np.divide(1, A)
np.negative(A)
np.positive(A)
np.power(A, 2)
np.power(2, A)
np.square(A)
np.sqrt(A)
np.reciprocal(A)
np.abs(-A)
np.fabs(-A)
np.exp(A)
np.exp2(A)
np.expm1(A)
np.log(A)
np.log2(A)
np.log10(A)
np.log1p(A)
np.sin(A)
np.cos(A)
np.tan(A)
np.arcsin(A / 5)
np.arccos(A / 5)
np.arctan(A)
np.sinh(A)
np.cosh(A)
np.tanh(A)
np.arcsinh(A)
np.arccosh(A + 1)
np.arctanh(A / 5)
np.hypot(A, B)
np.deg2rad(A)
np.degrees(A)
np.conjugate(A)
np.real(A)
np.sum(A)
np.sum(M, axis=0)
np.sum(M, axis=1, keepdims=True)
np.prod(A)
np.mean(A)
np.mean(M, axis=0)
np.var(A)
np.var(M, axis=0)
np.var(A, ddof=1)
np.std(A)
np.std(M, axis=1)
np.cumsum(A)
np.cumprod(A)
np.diff(A)
np.ptp(A)
np.dot(A, B)
np.dot(M, M)
A @ B
M @ M
M @ np.array([1.0, 2.0])
np.matmul(M, M)
np.vdot(A, B)
np.inner(A, B)
np.outer(A, B)
np.tensordot(A, B, 1)
np.kron(A, B)
np.cross(A[:3], B[1:])
np.einsum("i,i->", A, B)
np.einsum("ij,j->i", M, A[:2])
np.trace(M)
np.linalg.norm(A)
np.convolve(A, B)
np.average(A, weights=[1, 2, 3, 4])
np.trapezoid(A)
np.polyval(A, 2.0)
np.add.reduce(A)
np.multiply.outer(A, B)
np.concatenate([A, B])
np.stack([A, B])
np.reshape(A, (2, 2))
np.transpose(M)
np.where([True, False, True, False], A, B)
np.where(A > 1.5, A, B)
np.maximum(A, B)
np.minimum(A, B)
np.fmax(A, B)
np.clip(A, 0.6, 3)
np.max(A)
np.min(A)
np.maximum.reduce(A)
np.sort(A)
np.median(A)
np.percentile(A, 30)
np.select([A > 1.5], [A], B)
np.log(np.maximum(A, 1e-12))
(A - np.mean(A)) / (np.var(A) + 1e-5) ** 0.5
np.array(2.0) * A[0]
A[0] * np.array(2.0)
A[0] ** np.array(2.0)
np.float32(2) - A[0]
A[0] / np.int64(2)
""".strip().splitlines()


def arrays(make):
    return {
        "np": np,
        "A": np.array([make(x) for x in DATA]),
        "B": np.array([make(x + 0.75) for x in reversed(DATA)]),
        "M": np.array([[make(x) for x in row] for row in SQUARE]),
    }


def entries(result):
    return list(np.asarray(result, dtype=object).ravel())


def plain(x):
    return x.data if isinstance(x, Value) else float(x)


@pytest.mark.parametrize("call", WORKING)
def test_a_function_of_numpy_gives_the_numbers_and_the_gradients(call):
    values, numbers = arrays(Value), arrays(float)
    found, want = entries(eval(call, values)), entries(eval(call, numbers))
    assert [plain(x) for x in found] == pytest.approx([float(x) for x in want], rel=1e-13)
    total = sum(k * x for k, x in enumerate(found, start=1))
    total.backward()
    h = 1e-6
    for name in ("A", "M"):
        for place, leaf in np.ndenumerate(values[name]):
            ends = []
            for step in (h, -h):
                shifted = arrays(float)
                shifted[name][place] += step
                ends.append(sum(k * x for k, x in enumerate(entries(eval(call, shifted)), start=1)))
            assert leaf.grad == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-5, abs=1e-6)


def test_a_layer_written_with_numpy_works_on_arrays_of_values():
    weights = np.array([[Value(0.4), Value(0.2)], [Value(0.3), Value(0.7)]])
    x, b = np.array([0.5, 0.1]), np.array([Value(0.1), Value(-0.3)])
    out = np.tanh(weights @ x + b)
    assert out.shape == (2,)
    want = np.tanh(np.array([[0.4, 0.2], [0.3, 0.7]]) @ x + [0.1, -0.3])
    np.testing.assert_allclose([node.data for node in out], want, rtol=1e-15)
    sum(out).backward()
    slopes = np.array([[w.grad for w in row] for row in weights])
    np.testing.assert_allclose(slopes, np.outer(1 - want**2, x), rtol=1e-14)


WORDS = [
    ("np.floor(A)", r"round\(x\.data, 3\)"),
    ("np.ceil(A)", r"round\(x\.data, 3\)"),
    ("np.rint(A)", r"round\(x\.data, 3\)"),
    ("np.trunc(A)", r"round\(x\.data, 3\)"),
    ("np.round(A, 2)", r"round\(x\.data, 3\)"),
    ("np.mod(A, 2)", "remainder"),
    ("np.floor_divide(A, 2)", "remainder"),
    ("np.cbrt(A)", r"x \*\* \(1/3\)"),
    ("np.arctan2(A, B)", r"atan\(y / x\)"),
    ("np.any(A)", "truth of a Value"),
    ("np.nonzero(A)", "truth of a Value"),
    ("np.logical_and(A, B)", "truth of a Value"),
    ("np.count_nonzero(A)", "truth of a Value"),
    ("np.asarray(A, float)", r"x\.data for the plain number"),
    ("A.astype(float)", r"x\.data for the plain number"),
    ("np.zeros(4).__setitem__(0, A[0])", r"x\.data for the plain number"),
    ("np.interp(A[0], [0, 1], [0, 1])", r"x\.data for the plain number"),
]


@pytest.mark.parametrize(("call", "advice"), WORDS)
def test_what_has_no_gradient_says_what_to_write(call, advice):
    with pytest.raises(TypeError, match=advice):
        eval(call, arrays(Value))


@pytest.mark.parametrize(
    "call", ["np.linalg.inv(M)", "np.fft.fft(A)", "np.isnan(A)", "np.logaddexp(A, B)"]
)
def test_what_numpy_has_for_floats_only_it_refuses_itself(call):
    with pytest.raises(TypeError, match=r"cast|not supported"):
        eval(call, arrays(Value))


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("operate", OPERATORS)
def test_arrays_of_numbers_and_values_combine_entry_by_entry(operate):
    v, numbers = Value(3.0), np.array([1.0, 2.0])
    objects = np.array([Value(1.0), Value(2.0)])
    for got, want in (
        (operate(v, numbers), operate(3.0, numbers)),
        (operate(numbers, v), operate(numbers, 3.0)),
        (operate(v, objects), operate(3.0, numbers)),
        (operate(objects, numbers), operate(numbers, numbers)),
    ):
        assert [x.data for x in got] == want.tolist()
    assert operate(v, numbers)[0].parents[0] is v


@pytest.mark.parametrize("operate", OPERATORS)
def test_an_array_without_dimensions_is_a_number(operate):
    for x, y in ((Value(3.0), np.array(2.0)), (np.array(3.0), Value(2.0))):
        assert operate(x, y).data == operate(3.0, 2.0)
    v = Value(3.0)
    assert operate(v, np.array(v)).parents == (v, v)
    assert maximum(Value(1.0), np.array(2.0)).data == 2.0
    assert Value(np.array(2.0)).data == 2.0


def test_a_function_of_one_number_says_how_to_map_it_over_several():
    for several in (np.array([1.0, 2.0]), [Value(1.0)], (1.0, 2.0)):
        with pytest.raises(TypeError, match=r"log takes one number: write \[log\(x\) for x in …\]"):
            log(several)


def test_a_function_of_several_numbers_does_not_ask_for_one():
    for call in (lambda: maximum([1.0], Value(1.0)), lambda: Value(1.0).clip([0.0], 2.0)):
        with pytest.raises(
            TypeError, match=r"(maximum|clip) takes single numbers: write \[\1\(x, "
        ):
            call()


def test_arrays_compare_entry_by_entry():
    numbers = np.array([1.0, 3.0, 5.0])
    assert (Value(3.0) == numbers).tolist() == [False, True, False]
    assert (Value(3.0) < numbers).tolist() == [False, False, True]
    assert (numbers >= Value(3.0)).tolist() == [False, True, True]
    a, b = np.array([Value(1.0), Value(2.0)]), np.array([Value(1.0), Value(2.0)])
    assert (a == b).tolist() == [False, False]  # the same number, not the same Value
    assert (a == a).tolist() == [True, True]
