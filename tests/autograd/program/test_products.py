"""A product in pieces is the product, however its operands lie."""

import itertools

import numpy as np
import pytest

from autograd.program import products
from autograd.program.products import product

SHAPES = [
    (1, 1, 1),
    (16, 784, 100),
    (784, 100, 16),
    (784, 10, 16),
    (784, 1200, 16),
    (16, 784, 1000),
    (16, 784, 250),
    (100, 99, 202),
    (300, 300, 300),
    (512, 784, 30),
]


def laid(rng, shape, turned, dtype):
    matrix = rng.normal(size=shape).astype(dtype)
    return np.asfortranarray(matrix) if turned else matrix


@pytest.fixture(params=[1, 2], ids="threads={}".format)
def threads(request, monkeypatch):
    monkeypatch.setattr(products, "count_threads", lambda: request.param)
    return request.param


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_all_layouts_give_the_product(shape, dtype, threads):
    rng = np.random.default_rng(0)
    m, k, n = shape
    for turned in itertools.product([False, True], repeat=3):
        a, b, out = (
            laid(rng, size, how, dtype)
            for size, how in zip([(m, k), (k, n), (m, n)], turned, strict=True)
        )
        call = product(a, b, out)
        near = 1e-5 if dtype == np.float32 else 1e-13
        for _ in range(2):  # the operands' present numbers, at every call
            a *= 1.5
            call()
            np.testing.assert_allclose(out, a @ b, rtol=near, atol=near * k)


def test_a_large_product_is_cut_if_it_is_thin_and_blas_has_one_thread(monkeypatch, threads):
    cut = []
    monkeypatch.setattr(products, "_cut", lambda *given: cut.append(given[3]) or iter([given[:3]]))
    for n, m, batch in ((100, 100, 100), (101, 100, 100), (158, 158, 158), (300, 300, 300)):
        product(np.zeros((m, n)), np.zeros((n, batch)), np.zeros((m, batch)))
    assert cut == [1, 2, 4]

    product(np.zeros((16, 784)), np.zeros((784, 1000)), np.zeros((16, 1000)))
    assert cut[3:] == ([13] if threads == 1 else [])


def test_threads_are_those_of_the_variables_of_blas(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert products.count_threads.__wrapped__() == 3

    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "5")
    assert products.count_threads.__wrapped__() == 5


def test_the_rows_of_a_larger_array_will_do():
    rng = np.random.default_rng(0)
    whole = rng.normal(size=(794, 100))
    w, out = rng.normal(size=(784, 16)), np.full((40, 100), 7.0)
    product(w.T, whole[:784], out[8:24])()

    np.testing.assert_allclose(out[8:24], w.T @ whole[:784], rtol=1e-12)
    assert (out[:8] == 7.0).all()
    assert (out[24:] == 7.0).all()


def test_a_large_transposed_matrix_times_few_columns_is_computed_as_its_transpose(
    monkeypatch, threads
):
    made = []
    monkeypatch.setattr(products, "_transposed_product", lambda *given: made.append(given) or [0])
    w, narrow = np.zeros((784, 512)), np.zeros((784, 16))
    for weights, batch in ((w, 30), (w, 1000), (narrow, 1000), (w.astype(np.float32), 30)):
        x = np.zeros((784, batch), weights.dtype)
        product(weights.T, x, np.zeros((weights.shape[1], batch), weights.dtype))

    assert [x.shape[1] for _, x, _ in made] == ([30] if threads == 1 else [])
