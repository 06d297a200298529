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
    (16, 784, 250),
    (100, 99, 202),
    (300, 300, 300),
    (512, 784, 30),
]


def laid(rng, shape, turned, dtype):
    matrix = rng.normal(size=shape).astype(dtype)
    return np.asfortranarray(matrix) if turned else matrix


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_all_layouts_give_the_product(shape, dtype):
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


def test_a_product_is_cut_only_between_the_bounds(monkeypatch):
    cut = []
    monkeypatch.setattr(products, "_cut", lambda *given: cut.append(given[3]) or iter([]))
    for size in (100, 101, 150, 158, 159, 300):
        square = np.zeros((size, size))
        product(square, square, np.zeros((size, size)))

    assert cut == [1, 2, 4, 4]


def test_the_rows_of_a_larger_array_will_do():
    rng = np.random.default_rng(0)
    whole = rng.normal(size=(794, 100))
    w, out = rng.normal(size=(784, 16)), np.full((40, 100), 7.0)
    product(w.T, whole[:784], out[8:24])()

    np.testing.assert_allclose(out[8:24], w.T @ whole[:784], rtol=1e-12)
    assert (out[:8] == 7.0).all()
    assert (out[24:] == 7.0).all()


def test_a_large_transposed_matrix_times_few_columns_is_computed_as_its_transpose(monkeypatch):
    made = []
    monkeypatch.setattr(products, "_transposed_product", lambda *given: made.append(given))
    w, narrow = np.zeros((784, 512)), np.zeros((784, 16))
    for weights, batch in ((w, 30), (w, 400), (narrow, 1000), (w.astype(np.float32), 30)):
        x = np.zeros((784, batch), weights.dtype)
        product(weights.T, x, np.zeros((weights.shape[1], batch), weights.dtype))

    assert [x.shape[1] for _, x, _ in made] == [30]
