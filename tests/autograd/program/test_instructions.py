"""Rows are views that print as NumPy; instructions say which arrays they use."""

import numpy as np

from autograd.program.instructions import Grid, Rows


def test_rows_are_views_and_print_as_numpy():
    arrays = {"values": np.ones((6, 5)), "shared_scratch": np.zeros((6, 1))}
    matrix = Rows("shared_scratch", 0, 6, 3, True)

    assert Rows("values", 1, 3).of(arrays).base is not None
    assert np.shares_memory(Rows("values", 1, 3).of(arrays), arrays["values"])
    assert matrix.of(arrays).shape == (3, 2)
    assert np.shares_memory(matrix.of(arrays), arrays["shared_scratch"])
    assert (str(Rows("values", 1, 3)), str(matrix)) == (
        "values[1:3]",
        "shared_scratch[0:6].reshape(-1, 3).T",
    )


def test_blocks_of_rows_are_matrices_one_after_the_other():
    arrays = {"values": np.arange(30.0).reshape(6, 5), "shared": np.arange(12.0)[:, None]}
    varying = Rows("values", 0, 6, blocks=2)
    shared = Rows("shared", 0, 12, 3, blocks=2, transposed=True)

    assert varying.of(arrays).shape == (2, 3, 5)
    assert (shared.of(arrays) == arrays["shared"].reshape(2, 2, 3).swapaxes(1, 2)).all()
    for rows in (varying, shared):
        assert (eval(str(rows), {}, dict(arrays)) == rows.of(arrays)).all()


def test_a_grid_is_a_view_of_rows_at_equal_distances():
    arrays = {"values": np.arange(40.0).reshape(20, 2)}
    for grid in (
        Grid("values", 4, (2, 3), (10, 1)),
        Grid("values", 1, (3, 4), (1, 2)),  # windows that overlap
        Grid("values", 3, (2, 2), (1, 0)),  # each row twice
    ):
        view = grid.of(arrays)
        assert np.shares_memory(view, arrays["values"])
        assert (view.reshape(grid.height, 2) == arrays["values"][list(grid.rows)]).all()
        assert grid.stop == max(grid.rows) + 1
        assert grid._replace(start=0).rows[0] == 0
