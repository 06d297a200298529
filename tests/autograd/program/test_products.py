"""A product in pieces is the product, however its operands lie."""

import itertools

import numpy as np
import pytest

from autograd.program import products
from autograd.program.binding import bind_product
from autograd.program.products import product_text

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
        call = bind_product(a, b, out)
        near = 1e-5 if dtype == np.float32 else 1e-13
        for _ in range(2):  # the operands' present numbers, at every call
            a *= 1.5
            call()
            np.testing.assert_allclose(out, a @ b, rtol=near, atol=near * k)


def test_a_large_product_is_cut_if_it_is_thin_and_blas_has_one_thread(threads):
    def pieces(m, n, batch):
        return len(product_text(np.zeros((m, n)), np.zeros((n, batch)), np.zeros((m, batch))).calls)

    # 101 needs two pieces; because they begin with a line of the cache, there are three.
    assert [pieces(100, n, 100) for n in (100, 101)] == [1, 3]
    assert [pieces(n, n, n) for n in (158, 300)] == [4, 1]
    assert pieces(16, 784, 1000) == (14 if threads == 1 else 1)


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
    bind_product(w.T, whole[:784], out[8:24])()

    np.testing.assert_allclose(out[8:24], w.T @ whole[:784], rtol=1e-12)
    assert (out[:8] == 7.0).all()
    assert (out[24:] == 7.0).all()


def test_a_large_transposed_matrix_times_few_columns_is_computed_as_its_transpose(threads):
    w, narrow = np.zeros((784, 512)), np.zeros((784, 16))
    for weights, batch, is_faster in (
        (w, 30, threads == 1),
        (w, 1000, False),
        (narrow, 1000, False),
        (w.astype(np.float32), 30, False),
    ):
        x = np.zeros((784, batch), weights.dtype)
        out = np.zeros((weights.shape[1], batch), weights.dtype)
        _, temporary = product_text(weights.T, x, out)
        assert (temporary is not None) == is_faster
