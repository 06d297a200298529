"""The few functions that NumPy does not have with an `out`, and views of rows."""

import numpy as np
import pytest

from autograd.program.instructions import HELPERS, Instruction, Rows, bind, segments


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return {"V": rng.normal(size=(6, 5)), "G": rng.normal(size=(6, 5)), "S": np.zeros((6, 1))}


def carry_out(arrays, function, *operands, out):
    bind(Instruction(function, operands, out), arrays)()


def test_rows_are_views_and_print_as_numpy(arrays):
    matrix = Rows("S", 0, 6, 3, True)

    assert Rows("V", 1, 3).of(arrays).base is not None
    assert np.shares_memory(Rows("V", 1, 3).of(arrays), arrays["V"])
    assert matrix.of(arrays).shape == (3, 2)
    assert np.shares_memory(matrix.of(arrays), arrays["S"])
    assert (str(Rows("V", 1, 3)), str(matrix)) == ("V[1:3]", "S[0:6].reshape(-1, 3).T")


def test_an_instruction_knows_what_it_reads_and_writes():
    instruction = Instruction("multiply", (Rows("X", 0, 1), 2.0), Rows("V", 0, 1))

    assert instruction.uses(frozenset("X"))
    assert instruction.uses(frozenset("V"))
    assert not instruction.uses(frozenset("G"))


@pytest.mark.parametrize("rows", [(0, 2, 4), (1, 1, 3), (5, 0, 5, 0, 5), (3,)])
def test_scatter_adds_repeated_rows_as_often_as_they_occur(arrays, rows):
    expected = arrays["G"].copy()
    np.add.at(expected, list(rows), arrays["V"][: len(rows)])
    by_itself = arrays["G"].copy()
    HELPERS["scatter_add"](arrays["V"][: len(rows)], np.array(rows), by_itself)
    source = Rows("V", 0, len(rows))
    carry_out(arrays, "scatter_add", source, rows, out=Rows("G", 0, 6))

    np.testing.assert_allclose(arrays["G"], expected, atol=1e-14)
    np.testing.assert_allclose(by_itself, expected, atol=1e-14)


def test_segments_say_where_each_row_begins():
    order, unique, starts = segments(np.array([5, 0, 5, 2]))

    assert order.tolist() == [1, 3, 0, 2]
    assert unique.tolist() == [0, 2, 5]
    assert starts.tolist() == [0, 1, 2]


def test_the_helpers_write_what_numpy_gives(arrays):
    v, g = arrays["V"].copy(), arrays["G"].copy()
    arrays |= {"M": v[:2] > 0, "T": np.zeros((2, 5))}
    out = Rows("T", 0, 2)

    carry_out(arrays, "where", Rows("M", 0, 2), Rows("V", 0, 2), -1.0, out=out)
    np.testing.assert_array_equal(arrays["T"], np.where(v[:2] > 0, v[:2], -1.0))
    carry_out(arrays, "take", Rows("V", 0, 6), (4, 1), out=out)
    np.testing.assert_array_equal(arrays["T"], v[[4, 1]])
    carry_out(arrays, "copy", 7.0, out=out)
    np.testing.assert_array_equal(arrays["T"], 7.0)
    carry_out(arrays, "sum_columns", Rows("V", 0, 6), out=Rows("T", 0, 1))
    np.testing.assert_allclose(arrays["T"][0], v.sum(axis=0))
    carry_out(arrays, "sum_rows", Rows("V", 0, 6), out=Rows("S", 0, 6))
    np.testing.assert_allclose(arrays["S"][:, 0], v.sum(axis=1))
    carry_out(arrays, "dot_rows", Rows("V", 0, 6), Rows("G", 0, 6), out=Rows("S", 0, 6))
    np.testing.assert_allclose(arrays["S"][:, 0], (v * g).sum(axis=1))


@pytest.mark.parametrize(
    "function", ["maximum", "minimum", "add", "multiply", "subtract", "divide", "power"]
)
def test_numpys_own_functions_take_their_out_without_a_warning(arrays, function):
    v, g = np.abs(arrays["V"]) + 1, np.abs(arrays["G"]) + 1
    arrays |= {"V": v, "G": g, "T": np.zeros((6, 5))}
    whole = Rows("V", 0, 6), Rows("G", 0, 6)
    carry_out(arrays, function, *whole, out=Rows("T", 0, 6))

    np.testing.assert_array_equal(arrays["T"], getattr(np, function)(v, g))
